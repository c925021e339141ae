/* SPDX-License-Identifier: MIT */
/* Usage: run_model session|client COUNT [FIRST_SEED], or run_model session|client seed SEED for one with its
 * dialogue. */
#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    unsigned long accepted, unknown, transient, permanent, not_attempted, connections;
} totals;

static void count(const struct model_world *world)
{
    size_t i;
    size_t j;

    totals.connections += world->connection_count;
    for (i = 0; i < world->mail_count; i++) {
        for (j = 0; j < world->mails[i].recipient_count; j++) {
            unsigned outcome = world->mails[i].recipients[j].outcome;

            totals.accepted += outcome == POSTINO_OUTCOME_ACCEPTED;
            totals.unknown += outcome == POSTINO_OUTCOME_UNKNOWN;
            totals.transient += outcome == POSTINO_OUTCOME_TRANSIENT;
            totals.permanent += outcome == POSTINO_OUTCOME_PERMANENT;
            totals.not_attempted += outcome == POSTINO_OUTCOME_NOT_ATTEMPTED;
        }
    }
}

/* Returns 0, or 1 for a mismatch. */
static int run_seed(uint64_t seed, int client, int show)
{
    struct model_world *world = calloc(1, sizeof *world);
    int failed;

    if (world == NULL) {
        abort();
    }
    model_run(world, seed, client);
    failed = world->fault[0] != '\0';
    if (failed || show) {
        model_dump(world);
        printf("seed %lu (%s): %s\n", (unsigned long)seed, client ? "client" : "session",
               failed ? world->fault : "agrees");
        (void)fflush(stdout);
    }
    count(world);
    model_world_free(world);
    free(world);
    return failed;
}

int main(int argc, char **argv)
{
    int client;
    unsigned long number;
    unsigned long first = 1;
    unsigned long failures = 0;
    unsigned long i;

    if (argc < 3 || argc > 4) {
        (void)fprintf(stderr,
                      "usage: run_model session|client COUNT [FIRST_SEED] | session|client seed SEED\n");
        return 2;
    }
    client = strcmp(argv[1], "client") == 0;
    if (strcmp(argv[2], "seed") == 0 && argc == 4) {
        return run_seed(strtoull(argv[3], NULL, 0), client, 1);
    }
    number = strtoul(argv[2], NULL, 0);
    if (argc == 4) {
        first = strtoul(argv[3], NULL, 0);
    }
    for (i = 0; i < number && failures < 3; i++) {
        failures += (unsigned long)run_seed(first + i, client, 0);
    }
    printf(
        "%lu seeds, %lu failed; %lu connections; recipients: %lu accepted, %lu unknown, %lu transient, %lu "
        "permanent, %lu not attempted\n",
        i, failures, totals.connections, totals.accepted, totals.unknown, totals.transient, totals.permanent,
        totals.not_attempted);
    /* A run in which nothing is accepted, or all is, has tested nothing. */
    if (number >= 100 && (totals.accepted == 0 || totals.unknown == 0 || totals.transient == 0 ||
                          totals.permanent == 0 || totals.not_attempted == 0)) {
        printf("an outcome never came\n");
        return 1;
    }
    return failures != 0 || i == 0;
}
