/* SPDX-License-Identifier: MIT */
/* Attachments, in base64 at 76 columns (RFC 2045 section 6.8). Invariant: a line end is written only in front
 * of the group that follows it; `count` bits are held, the low ones of `held`, 0 where a group begins. */
#include "compose.h"

static uint8_t *base64_put(struct postino_encoder *encoder, uint8_t *to, unsigned octet)
{
    unsigned count = encoder->count;
    unsigned bits = (unsigned)encoder->held << 8 | octet;

    if (octet == COMPOSE_END) {
        if (count == 0)
            return to;
        *to++ = (uint8_t)postino_base64_digit((unsigned)encoder->held << (6 - count));
        for (; count < 6; count += 2)
            *to++ = '=';
        return to;
    }
    if (count == 0) {
        if (encoder->column == BASE64_LINE_COLUMNS) {
            *to++ = '\r';
            *to++ = '\n';
            encoder->column = 0;
        }
        encoder->column = (uint8_t)(encoder->column + 4);
    }
    for (count += 8; count >= 6; *to++ = (uint8_t)postino_base64_digit(bits >> count))
        count -= 6;
    encoder->count = (uint8_t)count;
    encoder->held = (uint8_t)bits;
    return to;
}

#if BASE64_FAST
/* Whole lines, where a line begins and as many are there and fit. */
static uint8_t *base64_run(struct postino_encoder *encoder, const uint8_t **data, const uint8_t *end,
                           uint8_t *to, const uint8_t *full)
{
    const uint8_t *in = *data;

    while (in != end && to <= full) {
        if (encoder->column != BASE64_LINE_COLUMNS || encoder->count != 0 || end - in < BASE64_LINE_OCTETS) {
            to = base64_put(encoder, to, *in++);
            continue;
        }
        if (full + COMPOSE_STEP_OCTETS - to < BASE64_LINE_COLUMNS + 2)
            break;
        *to++ = '\r';
        *to++ = '\n';
        postino_base64_line(to, in);
        to += BASE64_LINE_COLUMNS;
        in += BASE64_LINE_OCTETS;
    }
    *data = in;
    return to;
}
#endif

int postino_part_base64_begin(struct postino_message *message, struct postino_part *part)
{
#if BASE64_FAST
    static const struct postino_encoding base64 = {base64_put, base64_run};
#else
    static const struct postino_encoding base64 = {.put = base64_put};
#endif
    int error = postino_part_scan(message, part, POSTINO_SOURCE_IN_MEMORY, 0);
    size_t octets = part->size_octets;

    part->encoding = &base64;
    part->encoding_name = "base64";
    part->open = octets != 0;
    /* The line ends stand between the lines. */
    if (octets > SIZE_MAX / 2)
        part->size_octets = POSTINO_SIZE_UNKNOWN;
    else if (octets != 0)
        part->size_octets = (octets + 2) / 3 * 4 + (octets - 1) / BASE64_LINE_OCTETS * 2;
    return error;
}

void postino_part_attachment_init(struct postino_part *part, struct postino_source *source, const char *type,
                                  const char *file_name)
{
    postino_part_init(part, postino_part_base64_begin, source,
                      type != NULL && *type != '\0' ? type : "application/octet-stream");
    part->disposition = "attachment";
    part->file_name = file_name;
}
