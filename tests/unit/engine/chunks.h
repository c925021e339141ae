/* SPDX-License-Identifier: MIT */
#ifndef CHUNKS_H
#define CHUNKS_H

/* A reader of BDAT commands of its own, and what a message must be on the wire. */

#include "group.h"

#define MESSAGE_MAX 5000

/* The octets that the session sent, decoded by a reader of the test's own. */
struct wire {
    uint8_t octets[2 * MESSAGE_MAX + 2000];
    size_t length_octets;
    uint8_t message[2 * MESSAGE_MAX];
    size_t message_octets;
    size_t sizes[300]; /* of the chunks */
    size_t chunks;
    int last;           /* LAST was said */
    size_t rest_octets; /* of the chunk that is not out whole; SIZE_MAX: its command is not */
};

static struct wire wire;
static uint8_t normal[2 * MESSAGE_MAX];
static size_t normal_octets;

/* RFC 5321 section 2.3.8: the reference. */
static inline void normalise(const char *message, size_t length)
{
    size_t i;

    normal_octets = 0;
    for (i = 0; i < length; i++) {
        if (message[i] == '\r' || message[i] == '\n') {
            normal[normal_octets++] = '\r';
            normal[normal_octets++] = '\n';
            i += message[i] == '\r' && i + 1 < length && message[i + 1] == '\n';
        } else {
            normal[normal_octets++] = (uint8_t)message[i];
        }
    }
    if (length != 0 && normal[normal_octets - 1] != '\n') {
        normal[normal_octets++] = '\r';
        normal[normal_octets++] = '\n';
    }
}

static inline void decode(void)
{
    size_t i = 0;

    wire.message_octets = 0;
    wire.chunks = 0;
    wire.last = 0;
    wire.rest_octets = 0;
    while (i < wire.length_octets) {
        const uint8_t *end = memchr(wire.octets + i, '\n', wire.length_octets - i);
        size_t size = 0;

        if (end == NULL) {
            wire.rest_octets = SIZE_MAX;
            return;
        }
        assert_false(wire.last);
        assert_true(end - wire.octets > (ptrdiff_t)i + 6);
        assert_memory_equal(wire.octets + i, "BDAT ", 5);
        for (i += 5; wire.octets[i] >= '0' && wire.octets[i] <= '9'; i++) {
            size = 10 * size + wire.octets[i] - '0';
        }
        wire.last = wire.octets[i] == ' ';
        assert_memory_equal(wire.octets + i, wire.last ? " LAST\r\n" : "\r\n", wire.last ? 7 : 2);
        i += wire.last ? 7 : 2;
        wire.sizes[wire.chunks++] = size;
        if (size > wire.length_octets - i) {
            wire.rest_octets = size - (wire.length_octets - i);
            size = wire.length_octets - i;
        }
        memcpy(wire.message + wire.message_octets, wire.octets + i, size);
        wire.message_octets += size;
        i += size;
    }
}

#endif
