/* SPDX-License-Identifier: MIT */
/* Spans of memory. Invariant of the source: index and offset name the first octet not yet taken, and never
 * rest at the end of a span that is not the last. */
#include <string.h>

#include "postino/error.h"
#include "postino/source.h"

#include "../text/text.h"

static int source_begin(struct postino_source *source, uint32_t capabilities,
                        struct postino_source_info *info)
{
    struct postino_spans_source *self = (struct postino_spans_source *)source;

    (void)capabilities;
    self->index = 0;
    self->offset_octets = 0;
    info->size_octets = POSTINO_SIZE_UNKNOWN;
    info->flags = POSTINO_SOURCE_REWINDS | POSTINO_SOURCE_IN_MEMORY;
    return POSTINO_OK;
}

static enum postino_source_status source_span(struct postino_source *source, const uint8_t **data,
                                              size_t *length_octets)
{
    struct postino_spans_source *self = (struct postino_spans_source *)source;

    for (; self->index < self->count; self->index++, self->offset_octets = 0) {
        const struct postino_span *span = &self->spans[self->index];

        if (self->offset_octets < span->length_octets) {
            *data = (const uint8_t *)span->data + self->offset_octets;
            *length_octets = span->length_octets - self->offset_octets;
            return POSTINO_SOURCE_DATA;
        }
    }
    return POSTINO_SOURCE_END;
}

static void source_consume(struct postino_source *source, size_t length_octets)
{
    ((struct postino_spans_source *)source)->offset_octets += length_octets;
}

static const struct postino_source_class source_spans_class = {source_begin, source_span, source_consume,
                                                               NULL, NULL};

void postino_spans_source_init(struct postino_spans_source *source, const struct postino_span *spans,
                               size_t count)
{
    source->source.methods = &source_spans_class;
    source->source.in_use = 0;
    source->spans = spans;
    source->count = count;
    source->index = 0;
    source->offset_octets = 0;
}
