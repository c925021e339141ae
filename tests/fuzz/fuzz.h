/* SPDX-License-Identifier: MIT */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "postino/session.h"

/* Runs one input. libFuzzer calls it, or replay.c does. Returns 0; a broken promise aborts. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Stays in builds without assert(). */
#define FUZZ_CHECK(condition)                                                     \
    do {                                                                          \
        if (!(condition)) {                                                       \
            (void)fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                              \
        }                                                                         \
    } while (0)

/* Lengths that depend on the input alone. */
static inline size_t fuzz_length(uint32_t *noise, size_t max)
{
    *noise = *noise * 1664525u + 1013904223u;
    return max == 0 ? 0 : 1 + ((*noise >> 8) & ((*noise >> 28) != 0 ? 0xF : 0xFFFF)) % max;
}

/* A copy of exactly that size, so that a sanitizer sees an octet too far. */
static inline uint8_t *fuzz_copy(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size + (size == 0));

    FUZZ_CHECK(copy != NULL);
    if (size != 0) {
        memcpy(copy, data, size);
    }
    return copy;
}

/* Reads a source that has begun, at most `most` octets at a time. Returns how many octets it gave. */
static inline size_t fuzz_read(struct postino_source *source, size_t most, uint8_t *out, size_t room)
{
    enum postino_source_status status;
    const uint8_t *data;
    size_t length;
    size_t total = 0;

    while ((status = source->methods->span(source, &data, &length)) == POSTINO_SOURCE_DATA) {
        FUZZ_CHECK(length != 0);
        length = length < most ? length : most;
        FUZZ_CHECK(total + length <= room);
        memcpy(out + total, data, length);
        total += length;
        source->methods->consume(source, length);
    }
    FUZZ_CHECK(status == POSTINO_SOURCE_END);
    return total;
}

#endif
