/* SPDX-License-Identifier: MIT */
/* Text in lines, as it is or as quoted-printable. Invariant: every line end becomes CRLF, whichever it was.
 * The member `held` is not 0 behind a CR. */
#include "encoding.h"

#include "writer.h"

unsigned postino_text_octet(struct postino_encoder *encoder, unsigned octet)
{
    unsigned half = encoder->held;

    encoder->held = octet == '\r';
    if (octet == '\r')
        return '\n';
    return octet == '\n' && half ? ENCODING_END : octet;
}

static uint8_t *text_put(struct postino_encoder *encoder, uint8_t *to, unsigned octet)
{
    octet = postino_text_octet(encoder, octet);
    if (octet == ENCODING_END)
        return to;
    encoder->column = octet != '\n';
    if (octet == '\n')
        *to++ = '\r';
    *to++ = (uint8_t)octet;
    return to;
}

const struct postino_encoding postino_encoding_text = {.put = text_put};

void postino_part_as_text(struct postino_message *message, struct postino_part *part)
{
    part->encoding = &postino_encoding_text;
    part->size_octets += message->unit_octets;
    part->open_line = message->column != 0;
    if ((part->scan & SCAN_8BIT) != 0) {
        part->level = LEVEL_8BIT;
        part->encoding_name = "8bit";
    }
}

/* ---- quoted-printable (RFC 2045 section 6.7) ---- */

/* One less than RFC 2045 allows, so that a soft line break still fits. */
#define QUOTED_COLUMNS 75

static uint8_t *quoted_put(struct postino_encoder *encoder, uint8_t *to, unsigned octet, unsigned quote)
{
    unsigned columns = quote ? 3 : 1;

    if (encoder->column + columns > QUOTED_COLUMNS) {
        *to++ = '=';
        *to++ = '\r';
        *to++ = '\n';
        encoder->column = 0;
    }
    encoder->column = (uint8_t)(encoder->column + columns);
    if (quote) {
        *to++ = '=';
        *to++ = (uint8_t)postino_hex_digit(octet >> 4);
        octet = postino_hex_digit(octet & 15);
    }
    *to++ = (uint8_t)octet;
    return to;
}

/* Puts out a blank that was held back in `count`; quoted where it ends a line. */
static uint8_t *quoted_flush(struct postino_encoder *encoder, uint8_t *to, unsigned quote)
{
    unsigned held = encoder->count;

    encoder->count = 0;
    return held != 0 ? quoted_put(encoder, to, held, quote) : to;
}

static uint8_t *quoted_octet(struct postino_encoder *encoder, uint8_t *to, unsigned octet)
{
    unsigned end = octet == ENCODING_END;

    octet = postino_text_octet(encoder, octet);
    if (octet == ENCODING_END && !end)
        return to;
    to = quoted_flush(encoder, to, octet == '\n' || end);
    if (octet == '\n') {
        *to++ = '\r';
        *to++ = '\n';
        encoder->column = 0;
    } else if (octet == ' ' || octet == '\t') {
        encoder->count = (uint8_t)octet;
    } else if (!end) {
        to = quoted_put(encoder, to, octet, octet < '!' || octet > '~' || octet == '=');
    }
    return to;
}

/* Counts the octets of a part in memory. */
int postino_message_quoted(struct postino_message *message, struct postino_part *part)
{
    static const struct postino_encoding quoted = {.put = quoted_octet};
    struct postino_source_info info;
    enum postino_source_status status;

    part->encoding = &quoted;
    part->encoding_name = "quoted-printable";
    part->size_octets = POSTINO_SIZE_UNKNOWN;
    if ((part->source_flags & POSTINO_SOURCE_IN_MEMORY) == 0)
        return POSTINO_OK;
    postino_clear(&message->encoder, sizeof message->encoder);
    part->size_octets = 0;
    do {
        message->lent_octets = 0;
        status = postino_compose_body(message);
        part->size_octets += message->lent_octets;
    } while (status == POSTINO_SOURCE_DATA);
    part->open_line = message->encoder.column != 0;
    if (status != POSTINO_SOURCE_END ||
        part->source->methods->begin(part->source, message->capabilities, &info) < 0)
        return POSTINO_ERROR_SOURCE;
    return POSTINO_OK;
}
