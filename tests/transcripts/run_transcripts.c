/* SPDX-License-Identifier: MIT */
/* Replays each transcript named on the command line, in every way its README.md lists. A run in which no case
 * was executed fails, so that a wrong path cannot pass for a success. */
#include "drive.h"

#include <stdio.h>
#include <string.h>

#define RUN_LARGE_OCTETS    65536
#define RUN_FINDINGS_A_FILE 3
#define RUN_FAILURES_A_FILE 100 /* then the rest of the file's cases would tell nothing new */

struct run {
    const char *path;
    const struct transcript *transcript;
    unsigned long passed;
    unsigned long failed;
    unsigned findings; /* printed for this file */
};

typedef void (*run_driver)(struct drive *drive);

static void run_case(struct run *run, const char *way, run_driver driver, const struct drive_plan *plan)
{
    static struct drive drive;

    if (run->findings == RUN_FAILURES_A_FILE) {
        return;
    }
    drive_init(&drive, run->transcript, plan);
    driver(&drive);
    if (drive.finding[0] == '\0') {
        run->passed++;
        return;
    }
    run->failed++;
    if (run->findings++ < RUN_FINDINGS_A_FILE) {
        (void)printf("%s: over the %s, capacity %lu, pieces %lu, split %lu, spans %lu%s%s: %s\n", run->path,
                     way, (unsigned long)plan->capacity_octets, (unsigned long)plan->piece_octets,
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
        run_case(run, way, driver, &plan);
    }
    if (!run->transcript->linger && run->transcript->pace != TRANSCRIPT_SINGLY) {
        plan.together = 1;
        run_case(run, way, driver, &plan);
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
        run_case(run, way, driver, &plan);
    }
}

static int run_file(struct run *run)
{
    static struct transcript transcript;

    if (transcript_read(&transcript, run->path, 0) != 0) {
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
    return 0;
}

int main(int count, char **arguments)
{
    struct run run = {0};
    int i;

    for (i = 1; i < count; i++) {
        run.path = arguments[i];
        if (run_file(&run) != 0) {
            run.failed++;
        }
    }
    if (run.passed + run.failed == 0) {
        (void)printf("no transcript was run\n");
        run.failed++;
    }
    (void)printf("%lu passed, %lu failed\n", run.passed, run.failed);
    return run.failed != 0;
}
