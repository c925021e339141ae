/* SPDX-License-Identifier: MIT */
/* Positions count the source's own octets, before the data filter. */
#include "test_source.h"

#include <string.h>

static struct test_source *test_source_of(struct postino_source *source)
{
    return (struct test_source *)(void *)source;
}

static int test_source_begin(struct postino_source *base, uint32_t capabilities,
                             struct postino_source_info *info)
{
    struct test_source *source = test_source_of(base);

    source->begins++;
    source->capabilities = capabilities;
    source->position = 0;
    source->lent_octets = 0;
    source->released = 0;
    source->waiting = 0;
    info->size_octets = source->size_octets;
    info->flags = source->flags;
    return source->begin_error;
}

static enum postino_source_status test_source_span(struct postino_source *base, const uint8_t **data,
                                                   size_t *length_octets)
{
    struct test_source *source = test_source_of(base);
    size_t limit = source->length_octets;

    if (source->begins == 0 && source->breach == NULL) {
        source->breach = "span() before begin()";
    }
    source->lent_octets = 0;
    if (source->position == source->fail_octets) {
        return POSTINO_SOURCE_FAIL;
    }
    if (source->position == source->wait_octets && !source->released) {
        source->waiting = 1;
        return POSTINO_SOURCE_WAIT;
    }
    if (source->position == source->length_octets) {
        return POSTINO_SOURCE_END;
    }
    if (source->fail_octets < limit) {
        limit = source->fail_octets;
    }
    if (source->wait_octets < limit && !source->released) {
        limit = source->wait_octets;
    }
    source->lent_octets = limit - source->position;
    if (source->piece_octets != 0 && source->lent_octets > source->piece_octets) {
        source->lent_octets = source->piece_octets;
    }
    *data = source->data + source->position;
    *length_octets = source->lent_octets;
    return POSTINO_SOURCE_DATA;
}

static void test_source_consume(struct postino_source *base, size_t length_octets)
{
    struct test_source *source = test_source_of(base);

    if (length_octets > source->lent_octets) {
        source->breach = "consume() of more than was lent";
        return;
    }
    source->lent_octets -= length_octets;
    source->position += length_octets;
}

static int test_source_check(struct postino_source *base, uint32_t capabilities)
{
    struct test_source *source = test_source_of(base);

    source->checks++;
    source->capabilities = capabilities;
    return source->check_error;
}

static const struct postino_source_class test_source_methods = {
    test_source_begin, test_source_span, test_source_consume, test_source_check, NULL,
};

void test_source_init(struct test_source *source, const void *data, size_t length_octets)
{
    memset(source, 0, sizeof *source);
    source->source.methods = &test_source_methods;
    source->data = data;
    source->length_octets = length_octets;
    source->wait_octets = SIZE_MAX;
    source->fail_octets = SIZE_MAX;
    source->size_octets = POSTINO_SIZE_UNKNOWN;
    source->flags = POSTINO_SOURCE_REWINDS;
}

int test_source_release(struct test_source *source)
{
    int waited = source->waiting;

    source->waiting = 0;
    source->released = 1;
    return waited;
}
