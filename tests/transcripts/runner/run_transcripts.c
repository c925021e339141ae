/* SPDX-License-Identifier: MIT */
/* Replays each transcript named on the command line, in every way that README.md lists.
 *
 * Usage: run_transcripts [--case NAME | --print] FILE...
 *
 * --case replays only the cases of that name; --print shows each case as a transcript without a table. A run
 * of no case fails, so that a wrong path or name is an error. */
#include "drive.h"

#include <stdio.h>
#include <string.h>

#define RUN_LARGE_OCTETS    65536
#define RUN_FINDINGS_A_CASE 3
#define RUN_FAILURES_A_CASE 100 /* then the rest of the case's runs would tell nothing new */

/* "Case" is a row of a file's table here, or the only one of a file without a table. Each is run in many
 * ways. */
struct run {
    const char *path;
    const struct table_case *row;
    const struct transcript *transcript;
    const char *only; /* the name of --case; NULL: all */
    int print;
    unsigned long passed;
    unsigned long failed;
    unsigned findings; /* of this case */
};

typedef void (*run_driver)(struct drive *drive);

static void run_print_name(const struct run *run)
{
    if (run->row->name_octets != 0) {
        (void)printf("%s: case %.*s: ", run->path, (int)run->row->name_octets, run->row->name);
    } else {
        (void)printf("%s: ", run->path);
    }
}

static void run_once(struct run *run, const char *way, run_driver driver, const struct drive_plan *plan)
{
    static struct drive drive;

    if (run->findings == RUN_FAILURES_A_CASE) {
        return;
    }
    drive_init(&drive, run->transcript, plan);
    driver(&drive);
    if (drive.finding[0] == '\0') {
        run->passed++;
        return;
    }
    run->failed++;
    if (run->findings++ < RUN_FINDINGS_A_CASE) {
        run_print_name(run);
        (void)printf("over the %s, capacity %lu, pieces %lu, split %lu, spans %lu%s%s: %s\n", way,
                     (unsigned long)plan->capacity_octets, (unsigned long)plan->piece_octets,
                     (unsigned long)plan->split_octets, (unsigned long)plan->span_octets,
                     plan->together ? ", together" : "", plan->idles ? ", idling" : "", drive.finding);
    }
}

/* Mails at once or each when it is wanted: where the client listens between mails they cannot be handed in
 * before. */
static void run_both(struct run *run, const char *way, run_driver driver, struct drive_plan plan)
{
    plan.together = 0;
    if (run->transcript->pace != TRANSCRIPT_TOGETHER) {
        run_once(run, way, driver, &plan);
    }
    if (!run->transcript->linger && run->transcript->pace != TRANSCRIPT_SINGLY) {
        plan.together = 1;
        run_once(run, way, driver, &plan);
    }
}

static void run_way(struct run *run, const char *way, run_driver driver)
{
    static const size_t capacities[] = {1, 2, 5, 7, 64, RUN_LARGE_OCTETS};
    struct drive_plan plan = {0};
    size_t i;

    for (i = 0; i < sizeof capacities / sizeof capacities[0]; i++) {
        plan.capacity_octets = capacities[i];
        run_both(run, way, driver, plan);
        plan.span_octets = 1;
        run_both(run, way, driver, plan);
        plan.span_octets = 0;
    }
    plan.piece_octets = 1;
    run_both(run, way, driver, plan);
    plan.capacity_octets = 1;
    plan.span_octets = 1;
    run_both(run, way, driver, plan);
    plan.piece_octets = 0;
    plan.span_octets = 0;
    plan.capacity_octets = RUN_LARGE_OCTETS;
    /* The clock wraps on the way. */
    plan.start_ms = UINT32_MAX - 100;
    run_both(run, way, driver, plan);
    plan.start_ms = 0x7FFFFF00;
    run_both(run, way, driver, plan);
    plan.start_ms = 0;
    plan.idles = 1;
    run_both(run, way, driver, plan);
    plan.idles = 0;
    plan.together = run->transcript->pace == TRANSCRIPT_TOGETHER;
    for (plan.split_octets = 1; plan.split_octets < run->transcript->server_octets; plan.split_octets++) {
        run_once(run, way, driver, &plan);
    }
}

static int run_case(struct run *run, const struct transcript_table *table, size_t index)
{
    static struct transcript transcript;

    if (transcript_read(&transcript, table, index, 0) != 0) {
        return -1;
    }
    run->transcript = &transcript;
    run->findings = 0;
    if (transcript.ways & TRANSCRIPT_SESSION) {
        run_way(run, "session", drive_over_session);
    }
    if (transcript.ways & TRANSCRIPT_PUMP) {
        run_way(run, "pump", drive_over_pump);
    }
    if (run->findings != 0) {
        run_print_name(run);
        (void)printf("%u runs failed\n", run->findings);
    }
    return 0;
}

static int run_print_case(struct run *run, const struct transcript_table *table, size_t index)
{
    static char text[TABLE_OCTETS];
    const char *line;

    if (table_expand(table, index, text) != 0) {
        return -1;
    }
    (void)printf("# ");
    run_print_name(run);
    (void)printf("\n");
    for (line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
        if (*line != '\n') {
            (void)printf("%.*s\n", (int)strcspn(line, "\n"), line);
        }
    }
    run->passed++;
    return 0;
}

static void run_file(struct run *run)
{
    static struct transcript_table table;
    size_t i;

    if (table_read(&table, run->path) != 0) {
        run->failed++;
        return;
    }
    for (i = 0; i < table.case_count; i++) {
        run->row = &table.cases[i];
        if (run->only != NULL && (strlen(run->only) != run->row->name_octets ||
                                  memcmp(run->only, run->row->name, run->row->name_octets) != 0)) {
            continue;
        }
        if ((run->print ? run_print_case : run_case)(run, &table, i) != 0) {
            run->failed++;
        }
    }
}

int main(int count, char **arguments)
{
    struct run run = {0};
    int i = 1;

    if (count > 2 && strcmp(arguments[1], "--case") == 0) {
        run.only = arguments[2];
        i = 3;
    } else if (count > 1 && strcmp(arguments[1], "--print") == 0) {
        run.print = 1;
        i = 2;
    }
    for (; i < count; i++) {
        run.path = arguments[i];
        run_file(&run);
    }
    if (run.passed + run.failed == 0) {
        (void)printf("no transcript was run\n");
        run.failed++;
    }
    if (!run.print) {
        (void)printf("%lu passed, %lu failed\n", run.passed, run.failed);
    }
    return run.failed != 0;
}
