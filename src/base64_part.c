/* SPDX-License-Identifier: MIT */
/* Attachments, in base64 at 76 columns (RFC 2045 section 6.8) or as they are (RFC 3030). Invariant: a line end
 * is written only in front of the octets that follow it, and `held` has the octets of a group that is not
 * whole. */
#include "compose.h"

#define BASE64_COLUMNS 76
#define BASE64_OCTETS  57

#if !POSTINO_SMALL
/* Whole lines, while there is room for them. Returns how many; *wait: the next one is to have a whole buffer. */
static size_t base64_lines(const uint8_t *in, size_t length, uint8_t *to, size_t room, int *wait)
{
    size_t lines = 0;

    while (length >= BASE64_OCTETS && room >= BASE64_COLUMNS + 2) {
        *to++ = '\r';
        *to++ = '\n';
        postino_base64(to, in, BASE64_OCTETS / 3);
        to += BASE64_COLUMNS;
        room -= BASE64_COLUMNS + 2;
        in += BASE64_OCTETS;
        length -= BASE64_OCTETS;
        lines++;
    }
    *wait = length >= BASE64_OCTETS;
    return lines;
}
#endif

static size_t base64_encode(struct postino_encoder *encoder, const uint8_t *data, size_t *length,
                            uint8_t *out, size_t room)
{
    static const uint8_t zeros[2] = {0, 0};
    const uint8_t *full = out + room - 6;
    const uint8_t *in = data;
    uint8_t *to = out;
    unsigned padding = 0;
    size_t left;

    if (data != NULL) {
        left = *length;
    } else {
        in = zeros;
        padding = encoder->count == 1 ? 2 : encoder->count != 0;
        left = padding;
    }
    while (left != 0 && to <= full) {
#if !POSTINO_SMALL
        if (encoder->column == BASE64_COLUMNS && encoder->count == 0) {
            int wait;
            size_t lines = base64_lines(in, left, to, room - (size_t)(to - out), &wait);

            in += BASE64_OCTETS * lines;
            left -= BASE64_OCTETS * lines;
            to += (BASE64_COLUMNS + 2) * lines;
            if (wait)
                break;
            if (lines != 0)
                continue;
        }
#endif
        encoder->held[encoder->count++] = *in++;
        left--;
        if (encoder->count < 3)
            continue;
        if (encoder->column == BASE64_COLUMNS) {
            *to++ = '\r';
            *to++ = '\n';
            encoder->column = 0;
        }
        encoder->count = 0;
        postino_base64(to, encoder->held, 1);
        to += 4;
        encoder->column = (uint8_t)(encoder->column + 4);
    }
    if (data != NULL)
        *length -= left;
    if (padding == 2)
        to[-2] = '=';
    if (padding != 0)
        to[-1] = '=';
    return (size_t)(to - out);
}

/* What `octets` become, with the line ends between the lines. */
static size_t base64_size(size_t octets)
{
    size_t groups;

    if (octets > SIZE_MAX / 2)
        return POSTINO_SIZE_UNKNOWN;
    groups = octets / 3 + (octets % 3 != 0);
    return groups == 0 ? 0 : 4 * groups + (groups - 1) / (BASE64_COLUMNS / 4) * 2;
}

static int base64_begin(struct postino_message *message, struct postino_part *part, uint32_t capabilities)
{
    static const struct postino_encoding base64 = {"base64", LEVEL_7BIT, base64_encode};
    static const struct postino_encoding binary = {"binary", LEVEL_BINARY, NULL};
    const uint32_t needed = POSTINO_CAPABILITY_BINARYMIME | POSTINO_CAPABILITY_CHUNKING;
    int error;

    part->encoding = NULL;
    error = postino_part_count(message, part, capabilities);
    if (error != POSTINO_OK)
        return error;
    /* What is empty is not worth it, and some readers take the boundary's line end for it. */
    if ((part->flags & POSTINO_PART_BINARY) != 0 && (capabilities & needed) == needed &&
        part->parent != NULL && part->open && (part->source_flags & POSTINO_SOURCE_IN_MEMORY) != 0) {
        part->encoding = &binary;
        error = postino_part_look(message, part, capabilities);
        return error < 0 ? error : POSTINO_OK;
    }
    part->encoding = &base64;
    if (part->size_octets != POSTINO_SIZE_UNKNOWN)
        part->size_octets = base64_size(part->size_octets);
    return POSTINO_OK;
}

void postino_part_attachment_init(struct postino_part *part, struct postino_source *source, const char *type,
                                  const char *file_name)
{
    static const struct postino_part_class base64_class = {base64_begin};

    postino_part_init(part, &base64_class, source, type != NULL ? type : "application/octet-stream");
    part->disposition = "attachment";
    part->file_name = file_name;
}
