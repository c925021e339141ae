/* SPDX-License-Identifier: MIT */
#ifndef COMPOSE_FIXTURE_H
#define COMPOSE_FIXTURE_H

/* Reads a message that can be composed. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "postino/message.h"

static struct postino_source_info info;
static char composed[8192];

/* Begins the message, reads all of it into `composed`, and returns how many octets it has. The size that
 * begin() said is right, or unknown. */
static inline size_t compose_octets(struct postino_message *message, uint32_t capabilities)
{
    struct postino_source *source = &message->source;
    const uint8_t *data;
    size_t length;
    size_t total = 0;

    assert_int_equal(source->methods->begin(source, capabilities, &info), 0);
    while (source->methods->span(source, &data, &length) == POSTINO_SOURCE_DATA) {
        assert_true(total + length < sizeof composed);
        memcpy(composed + total, data, length);
        total += length;
        source->methods->consume(source, length);
    }
    assert_true(info.size_octets == POSTINO_SIZE_UNKNOWN || info.size_octets == total);
    composed[total] = '\0';
    return total;
}

#endif
