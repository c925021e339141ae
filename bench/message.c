/* SPDX-License-Identifier: MIT */
/* Invariant: the head's length is the message's modulo the lines', so every message ends with a whole line,
 * and the same `octets` give the same message in every program. */

#include <stdio.h>
#include <string.h>

#include "common.h"

#define MESSAGE_LINES_PER_DOT 100
#define MESSAGE_DOTTED_LINE   3
#define MESSAGE_FILLER        "X-Filler: "

/* Everything that some client would add of its own accord where it is missing. */
static const char message_fields[] = "From: <" BENCH_SENDER ">\r\n"
                                     "To: <" BENCH_RECIPIENT ">\r\n"
                                     "Subject: A message of the bench\r\n"
                                     "Date: Wed, 25 Nov 2026 12:00:00 +0000\r\n"
                                     "Message-ID: <bench@sender.test>\r\n";

static const char *message_block(void)
{
    char *block = bench_allocate_for_good(BENCH_BLOCK_OCTETS);
    size_t i;

    for (i = 0; i < BENCH_BLOCK_OCTETS; i++)
        block[i] = (char)('a' + i % 26);
    for (i = 0; i < BENCH_BLOCK_OCTETS / BENCH_LINE_OCTETS; i++) {
        /* NOLINTNEXTLINE(bugprone-not-null-terminated-result) */
        memcpy(block + (i + 1) * BENCH_LINE_OCTETS - 2, "\r\n", 2);
        if (i % MESSAGE_LINES_PER_DOT == MESSAGE_DOTTED_LINE)
            block[i * BENCH_LINE_OCTETS] = '.';
    }
    return block;
}

struct bench_message bench_message_make(size_t octets)
{
    const size_t fields = sizeof message_fields - 1;
    const size_t least = fields + strlen(MESSAGE_FILLER) + 4;
    struct bench_message message = {.octets = octets};
    char *head;

    if (octets < BENCH_MESSAGE_MIN)
        bench_die("a message has at least %d octets", BENCH_MESSAGE_MIN);
    message.head_octets = octets % BENCH_LINE_OCTETS;
    while (message.head_octets < least)
        message.head_octets += BENCH_LINE_OCTETS;
    head = bench_allocate_for_good(message.head_octets);
    memset(head, 'x', message.head_octets);
    memcpy(head, message_fields, fields);
    /* NOLINTNEXTLINE(bugprone-not-null-terminated-result) */
    memcpy(head + fields, MESSAGE_FILLER, strlen(MESSAGE_FILLER));
    /* NOLINTNEXTLINE(bugprone-not-null-terminated-result) */
    memcpy(head + message.head_octets - 4, "\r\n\r\n", 4);
    message.head = head;
    message.block = message_block();
    return message;
}

const char *bench_message_span(const struct bench_message *message, size_t offset, size_t *octets)
{
    size_t in_block;
    size_t left;

    if (offset < message->head_octets) {
        *octets = message->head_octets - offset;
        return message->head + offset;
    }
    in_block = (offset - message->head_octets) % BENCH_BLOCK_OCTETS;
    left = message->octets - offset;
    *octets = BENCH_BLOCK_OCTETS - in_block < left ? BENCH_BLOCK_OCTETS - in_block : left;
    return message->block + in_block;
}

char *bench_message_flat(const struct bench_message *message)
{
    char *flat = bench_allocate_for_good(message->octets);
    size_t offset = 0;
    size_t octets;

    while (offset < message->octets) {
        const char *span = bench_message_span(message, offset, &octets);
        memcpy(flat + offset, span, octets);
        offset += octets;
    }
    return flat;
}

size_t bench_stuff(char *out, const char *text, size_t octets)
{
    size_t stuffed = 0;
    size_t i;

    for (i = 0; i < octets; i++) {
        if (text[i] == '.' && (i == 0 || text[i - 1] == '\n')) {
            if (out != NULL)
                out[stuffed] = '.';
            stuffed++;
        }
        if (out != NULL)
            out[stuffed] = text[i];
        stuffed++;
    }
    return stuffed;
}
