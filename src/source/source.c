/* SPDX-License-Identifier: MIT */
/* Sources: the calls of their methods, and the sources over spans, memory and a callback. Invariant: a source
 * that lends octets lends at least one, and lends the same octets until they are consumed. */
#include "source.h"

#include "postino/error.h"
#include "postino/extension.h"

#include "../text/text.h"
#include "../text/wide.h"

/* Returns the error if it is one of the caller's band (-1xx), else POSTINO_ERROR_SOURCE. */
static int source_error(int error)
{
    if (error == POSTINO_OK || (error <= POSTINO_ERROR_ARGUMENT && error > POSTINO_ERROR_REFUSED))
        return error;
    return POSTINO_ERROR_SOURCE;
}

int postino_source_begin(struct postino_source *source, uint32_t capabilities,
                         struct postino_source_info *info)
{
    return source_error(source->methods->begin(source, capabilities, info));
}

int postino_source_check(struct postino_source *source, uint32_t capabilities)
{
    if (source->methods->check == NULL)
        return POSTINO_OK;
    return source_error(source->methods->check(source, capabilities));
}

int postino_source_mark(struct postino_source *source, int in_use)
{
    int error = POSTINO_OK;

    if (in_use && source->in_use)
        return POSTINO_ERROR_SOURCE_IN_USE;
    source->in_use = (uint8_t)in_use;
    if (source->methods->mark != NULL)
        error = source->methods->mark(source, in_use);
    if (error != POSTINO_OK)
        source->in_use = 0;
    return error;
}

/* ---- Spans ---- */

static int spans_begin(struct postino_source *source, uint32_t capabilities, struct postino_source_info *info)
{
    struct postino_spans_source *self = (struct postino_spans_source *)source;

    (void)capabilities;
    self->index = 0;
    self->offset_octets = 0;
    info->size_octets = POSTINO_SIZE_UNKNOWN;
    info->flags = POSTINO_SOURCE_REWINDS | POSTINO_SOURCE_IN_MEMORY;
    return POSTINO_OK;
}

static enum postino_source_status spans_span(struct postino_source *source, const uint8_t **data,
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

static void spans_consume(struct postino_source *source, size_t length_octets)
{
    ((struct postino_spans_source *)source)->offset_octets += length_octets;
}

static const struct postino_source_class spans_class = {spans_begin, spans_span, spans_consume, NULL, NULL};

void postino_spans_source_init(struct postino_spans_source *source, const struct postino_span *spans,
                               size_t count)
{
    source->source.methods = &spans_class;
    source->source.in_use = 0;
    source->spans = spans;
    source->count = count;
    source->index = 0;
    source->offset_octets = 0;
}

/* ---- Memory ---- */

/* A message of up to so many octets is scanned for octets above 127. A longer one is taken to hold some:
 * BODY=8BITMIME is right for a message without them too (RFC 6152 section 3). */
#define MEMORY_SCAN_OCTETS 1048576

#if !POSTINO_SMALL
#define MEMORY_QUARTER 256
#define MEMORY_BLOCK   (4 * (size_t)MEMORY_QUARTER)

/* No branch inside of a block, and four independent results: so the compiler can take many octets at once. */
static WIDE_INLINE int memory_look(const uint8_t *data, size_t blocks)
{
    uint8_t bits = 0;
    size_t i;

    for (; blocks != 0 && bits <= 127; blocks--, data += MEMORY_BLOCK) {
        for (i = 0; i < MEMORY_QUARTER; i++)
            bits |= (uint8_t)(data[i] | data[i + MEMORY_QUARTER] | data[i + 2 * MEMORY_QUARTER] |
                              data[i + 3 * MEMORY_QUARTER]);
    }
    return bits > 127;
}

#ifdef WIDE_TARGET
WIDE_TARGET static int memory_look_wide(const uint8_t *data, size_t blocks)
{
    return memory_look(data, blocks);
}
#endif

/* Whether one of the blocks holds an octet above 127. */
static int memory_blocks_are_8bit(const uint8_t *data, size_t blocks)
{
#ifdef WIDE_TARGET
    if (WIDE_IS_RUN)
        return memory_look_wide(data, blocks);
#endif
    return memory_look(data, blocks);
}
#endif

static int memory_is_8bit(const struct postino_memory_source *self)
{
    const uint8_t *data = self->data;
    size_t left = self->length_octets;
    uint8_t bits = 0;

#if !POSTINO_SMALL
    size_t blocks = left / MEMORY_BLOCK;

    if (memory_blocks_are_8bit(data, blocks))
        return 1;
    data += blocks * MEMORY_BLOCK;
    left -= blocks * MEMORY_BLOCK;
#endif
    for (; left != 0; left--)
        bits |= *data++;
    return bits > 127;
}

static int memory_begin(struct postino_source *source, uint32_t capabilities,
                        struct postino_source_info *info)
{
    struct postino_memory_source *self = (struct postino_memory_source *)source;

    self->offset_octets = 0;
    info->size_octets =
        (self->flags & POSTINO_SOURCE_CANONICAL) != 0 ? self->length_octets : POSTINO_SIZE_UNKNOWN;
    info->flags = self->flags;
    if (((capabilities & POSTINO_CAPABILITY_8BITMIME) != 0 && self->length_octets > MEMORY_SCAN_OCTETS) ||
        memory_is_8bit(self))
        info->flags |= POSTINO_SOURCE_8BIT;
    return POSTINO_OK;
}

static enum postino_source_status memory_span(struct postino_source *source, const uint8_t **data,
                                              size_t *length_octets)
{
    struct postino_memory_source *self = (struct postino_memory_source *)source;

    *data = self->data + self->offset_octets;
    *length_octets = self->length_octets - self->offset_octets;
    return *length_octets != 0 ? POSTINO_SOURCE_DATA : POSTINO_SOURCE_END;
}

static void memory_consume(struct postino_source *source, size_t length_octets)
{
    ((struct postino_memory_source *)source)->offset_octets += length_octets;
}

void postino_memory_source_init(struct postino_memory_source *source, const void *data, size_t length_octets)
{
    static const struct postino_source_class memory_class = {memory_begin, memory_span, memory_consume, NULL,
                                                             NULL};

    source->source.methods = &memory_class;
    source->source.in_use = 0;
    /* An empty message may be NULL, and not even 0 may be added to that. */
    source->data = length_octets != 0 ? data : (const void *)"";
    source->length_octets = length_octets;
    source->offset_octets = 0;
    source->flags = POSTINO_SOURCE_REWINDS | POSTINO_SOURCE_IN_MEMORY;
}

void postino_memory_source_init_canonical(struct postino_memory_source *source, const void *data,
                                          size_t length_octets)
{
    postino_memory_source_init(source, data, length_octets);
    source->flags |= POSTINO_SOURCE_CANONICAL;
}

/* ---- A callback ---- */

static int callback_begin(struct postino_source *source, uint32_t capabilities,
                          struct postino_source_info *info)
{
    struct postino_callback_source *self = (struct postino_callback_source *)source;

    (void)capabilities;
    *info = self->info;
    /* Octets that were read and not taken cannot be read again, so the next connection begins with them. */
    if (self->begin == NULL)
        return POSTINO_OK;
    self->length_octets = 0;
    return self->begin(self->context);
}

static enum postino_source_status callback_span(struct postino_source *source, const uint8_t **data,
                                                size_t *length_octets)
{
    struct postino_callback_source *self = (struct postino_callback_source *)source;

    if (self->length_octets == 0) {
        enum postino_source_status status = self->read(self->context, &self->data, &self->length_octets);

        if (status != POSTINO_SOURCE_DATA) {
            self->length_octets = 0;
            return status;
        }
        /* A callback that calls nothing data could go on for ever. */
        if (self->length_octets == 0)
            return POSTINO_SOURCE_FAIL;
    }
    *data = self->data;
    *length_octets = self->length_octets;
    return POSTINO_SOURCE_DATA;
}

static void callback_consume(struct postino_source *source, size_t length_octets)
{
    struct postino_callback_source *self = (struct postino_callback_source *)source;

    self->data += length_octets;
    self->length_octets -= length_octets;
}

void postino_callback_source_init(struct postino_callback_source *source, int (*begin)(void *context),
                                  enum postino_source_status (*read)(void *context, const uint8_t **data,
                                                                     size_t *length_octets),
                                  void *context, size_t size_octets, unsigned flags)
{
    static const struct postino_source_class callback_class = {callback_begin, callback_span,
                                                               callback_consume, NULL, NULL};

    source->source.methods = &callback_class;
    source->source.in_use = 0;
    source->begin = begin;
    source->read = read;
    source->context = context;
    source->info.size_octets = size_octets;
    source->info.flags = (uint8_t)(begin != NULL ? flags | POSTINO_SOURCE_REWINDS : flags);
    source->data = NULL;
    source->length_octets = 0;
}
