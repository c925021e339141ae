/* SPDX-License-Identifier: MIT */
/* Replays transcripts over the session, octet by octet, and prints which step followed which: a line for each
 * pair, two values of enum postino_step_id. Each command has an octet, so no step passes unseen.
 *
 * Usage: run_steps FILE... */
#include "drive.h"

#include <stdio.h>

#include "engine/steps.h"

#define STEPS_MAX 32

static unsigned char steps_seen[STEPS_MAX][STEPS_MAX];
static unsigned steps_before;

static void steps_look(const struct postino_session *session)
{
    unsigned step = session->sent.step->id;

    if (step != steps_before) {
        steps_seen[steps_before][step] = 1;
    }
    steps_before = step;
}

static void steps_replay(const struct transcript *transcript, int together)
{
    static struct drive drive;
    const struct drive_plan plan = {.capacity_octets = 1, .span_octets = 1, .together = together};

    drive_init(&drive, transcript, &plan);
    drive.on_turn = steps_look;
    steps_before = POSTINO_STEP_GREETING;
    drive_over_session(&drive);
}

static int steps_read_file(const char *path)
{
    static struct transcript_table table;
    static struct transcript transcript;
    size_t i;

    if (table_read(&table, path) != 0) {
        return -1;
    }
    for (i = 0; i < table.case_count; i++) {
        if (transcript_read(&transcript, &table, i, 0) != 0) {
            return -1;
        }
        if ((transcript.ways & TRANSCRIPT_SESSION) != 0 && transcript.pace != TRANSCRIPT_TOGETHER) {
            steps_replay(&transcript, 0);
        }
        if ((transcript.ways & TRANSCRIPT_SESSION) != 0 && transcript.pace != TRANSCRIPT_SINGLY &&
            !transcript.linger) {
            steps_replay(&transcript, 1);
        }
    }
    return 0;
}

int main(int count, char **arguments)
{
    int i;
    int k;

    for (i = 1; i < count; i++) {
        if (steps_read_file(arguments[i]) != 0) {
            return 1;
        }
    }
    for (i = 0; i < STEPS_MAX; i++) {
        for (k = 0; k < STEPS_MAX; k++) {
            if (steps_seen[i][k]) {
                (void)printf("%d %d\n", i, k);
            }
        }
    }
    return 0;
}
