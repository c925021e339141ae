/* SPDX-License-Identifier: MIT */
/* One piece of memory. Invariant: offset_octets of it were taken. */
#include "internal.h"

/* Up to here octets above 127 are looked for; a longer message may hold some, says BODY=8BITMIME, and nothing
 * is wrong with it when it does not (RFC 6152 section 3). */
#define MEMORY_SCAN_OCTETS 1048576

#define MEMORY_BLOCK 256

static uint64_t memory_word(const uint8_t *data)
{
    uint64_t word;

    memcpy(&word, data, sizeof word);
    return word;
}

static int memory_is_8bit(const struct postino_memory_source *self)
{
    const uint8_t *data = self->data;
    size_t left = self->length_octets;
    uint8_t bits = 0;

    /* Word by word, and a branch for a block of them only. */
    for (; left >= MEMORY_BLOCK; left -= MEMORY_BLOCK) {
        const uint8_t *end = data + MEMORY_BLOCK;
        uint64_t words = 0;

        for (; data != end; data += 32)
            words |=
                memory_word(data) | memory_word(data + 8) | memory_word(data + 16) | memory_word(data + 24);
        if ((words & 0x8080808080808080u) != 0)
            return 1;
    }
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
    static const struct postino_source_class memory_class = {memory_begin, memory_span, memory_consume};

    source->source.methods = &memory_class;
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
