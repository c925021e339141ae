/* SPDX-License-Identifier: MIT */
/* Attachments as they are, to a server that takes them (RFC 3030). Invariant: what goes out as it is was
 * looked through, so that no boundary occurs in it. */
#include "compose.h"

static uint8_t *binary_put(struct postino_encoder *encoder, uint8_t *to, unsigned octet)
{
    (void)encoder;
    if (octet != COMPOSE_END)
        *to++ = (uint8_t)octet;
    return to;
}

#if !POSTINO_SMALL
static uint8_t *binary_run(struct postino_encoder *encoder, const uint8_t **data, const uint8_t *end,
                           uint8_t *to, const uint8_t *full)
{
    size_t room = (size_t)(full + COMPOSE_STEP_OCTETS - to);
    size_t length = (size_t)(end - *data) < room ? (size_t)(end - *data) : room;

    (void)encoder;
    memcpy(to, *data, length);
    *data += length;
    return to + length;
}
#endif

static int binary_begin(struct postino_message *message, struct postino_part *part)
{
#if POSTINO_SMALL
    static const struct postino_encoding binary = {binary_put};
#else
    static const struct postino_encoding binary = {binary_put, binary_run};
#endif
    const uint32_t needed = POSTINO_CAPABILITY_BINARYMIME | POSTINO_CAPABILITY_CHUNKING;
    int error;

    if ((message->capabilities & needed) != needed || part->parent == NULL)
        return postino_part_base64_begin(message, part);
    error = postino_part_scan(message, part, POSTINO_SOURCE_IN_MEMORY, 1);
    if (error != POSTINO_OK)
        return error;
    /* What is empty is not worth it, and some readers take the boundary's line end for it. */
    if ((part->source_flags & POSTINO_SOURCE_IN_MEMORY) == 0 || part->size_octets == 0)
        return postino_part_base64_begin(message, part);
    part->encoding = &binary;
    part->encoding_name = "binary";
    part->level = LEVEL_BINARY;
    return POSTINO_OK;
}

void postino_part_binary_init(struct postino_part *part, struct postino_source *source, const char *type,
                              const char *file_name)
{
    postino_part_attachment_init(part, source, type, file_name);
    part->begin_part = binary_begin;
}
