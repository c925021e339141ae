/* SPDX-License-Identifier: MIT */
/* Invariant: every write takes `write_octets` of prepared octets in one piece, the first and the last of a
 * message excepted. */

#include <stdio.h>
#include <string.h>

#include "bare.h"

#define LARGE_COMMAND_OCTETS 64

/* The lines of the block over and over, so long that a write may begin anywhere in the first period. */
struct bare_wheel {
    struct bare_text text;
    size_t period_octets;
};

static struct bare_wheel bare_wheel_make(const char *block, size_t period_octets, size_t write_octets)
{
    struct bare_wheel wheel = {.text = bare_text_make(2 * period_octets + write_octets),
                               .period_octets = period_octets};

    while (wheel.text.octets < period_octets + write_octets)
        bare_text_add(&wheel.text, block, period_octets);
    return wheel;
}

/* Writes `octets` of the wheel from its begin. */
static void bare_wheel_write(struct bare *bare, const struct bare_wheel *wheel, size_t octets)
{
    size_t offset = 0;

    while (octets > 0) {
        size_t piece = bare->write_octets < octets ? bare->write_octets : octets;
        bare_write(bare, wheel->text.data + offset, piece);
        offset = (offset + piece) % wheel->period_octets;
        octets -= piece;
    }
}

void bare_large_data(struct bare *bare)
{
    const struct bench_message message = bench_message_make(bare->octets);
    const size_t body_octets = message.octets - message.head_octets;
    const size_t whole_blocks = body_octets / BENCH_BLOCK_OCTETS;
    struct bare_text stuffed = bare_text_make((size_t)2 * BENCH_BLOCK_OCTETS);
    struct bare_wheel wheel;
    size_t rest_octets;
    size_t i;

    stuffed.octets = bench_stuff(stuffed.data, message.block, BENCH_BLOCK_OCTETS);
    rest_octets = bench_stuff(NULL, message.block, body_octets % BENCH_BLOCK_OCTETS);
    wheel = bare_wheel_make(stuffed.data, stuffed.octets, bare->write_octets);
    for (i = 0; i < bare->mails; i++) {
        bare_write(bare, BARE_MAIL, strlen(BARE_MAIL));
        bare_await(bare, 1);
        bare_write(bare, BARE_RCPT, strlen(BARE_RCPT));
        bare_await(bare, 1);
        bare_write(bare, BARE_DATA, strlen(BARE_DATA));
        bare_await(bare, 1);
        bare_write(bare, message.head, message.head_octets);
        bare_wheel_write(bare, &wheel, whole_blocks * stuffed.octets + rest_octets);
        bare_write(bare, ".\r\n", 3);
        bare_await(bare, 1);
    }
}

/* One chunk: nothing that chunks of some size add to it could be a limit. */
void bare_large_bdat(struct bare *bare)
{
    const struct bench_message message = bench_message_make(bare->octets);
    const struct bare_wheel wheel = bare_wheel_make(message.block, BENCH_BLOCK_OCTETS, bare->write_octets);
    char command[LARGE_COMMAND_OCTETS];
    size_t i;

    (void)snprintf(command, sizeof command, "BDAT %zu LAST\r\n", message.octets);
    for (i = 0; i < bare->mails; i++) {
        bare_write(bare, BARE_MAIL, strlen(BARE_MAIL));
        bare_await(bare, 1);
        bare_write(bare, BARE_RCPT, strlen(BARE_RCPT));
        bare_await(bare, 1);
        bare_write(bare, command, strlen(command));
        bare_write(bare, message.head, message.head_octets);
        bare_wheel_write(bare, &wheel, message.octets - message.head_octets);
        bare_await(bare, 1);
    }
}

void bare_chunks(struct bare *bare)
{
    const struct bench_message message = bench_message_make(bare->octets);
    const char *flat = bench_message_flat(&message);
    char command[LARGE_COMMAND_OCTETS];
    size_t replies;
    size_t offset;
    size_t i;

    for (i = 0; i < bare->mails; i++) {
        bare_write(bare, BARE_MAIL BARE_RCPT, strlen(BARE_MAIL BARE_RCPT));
        replies = 3;
        for (offset = 0; offset < message.octets; replies++) {
            size_t octets = message.octets - offset;
            if (octets > bare->write_octets)
                octets = bare->write_octets;
            (void)snprintf(command, sizeof command, "BDAT %zu\r\n", octets);
            bare_write(bare, command, strlen(command));
            bare_write(bare, flat + offset, octets);
            offset += octets;
        }
        bare_write(bare, "BDAT 0 LAST\r\n", strlen("BDAT 0 LAST\r\n"));
        bare_await(bare, replies);
    }
}
