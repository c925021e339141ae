/* SPDX-License-Identifier: MIT */
/* One piece of memory. Invariant: offset_octets of it were taken. */
#include <string.h>

#include "postino/error.h"
#include "postino/extension.h"
#include "postino/source.h"

#include "../text/text.h"
#include "../text/wide.h"

/* Up to here octets above 127 are looked for; a longer message may hold some, says BODY=8BITMIME, and nothing
 * is wrong with it when it does not (RFC 6152 section 3). */
#define MEMORY_SCAN_OCTETS 1048576

#if !POSTINO_SMALL
#define MEMORY_QUARTER 256
#define MEMORY_BLOCK   (4 * (size_t)MEMORY_QUARTER)

/* Without a branch inside of a block, and of what is taken together nothing waits for the rest, so that the
 * compiler can take many octets at once. */
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

/* Whether whole blocks hold any. */
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
    /* So that a message of nothing may be NULL, to which not even 0 may be added. */
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
