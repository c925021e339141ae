/* SPDX-License-Identifier: MIT */
/* Text as quoted-printable (RFC 2045 section 6.7). Invariant: held[0] is a blank that may turn out to end its
 * line. */
#include "compose.h"

/* One less than RFC 2045 allows: the sign of a soft line break is still to fit. */
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

/* What is held goes out, quoted where it ends a line. */
static uint8_t *quoted_flush(struct postino_encoder *encoder, uint8_t *to, unsigned quote)
{
    unsigned held = encoder->held[0];

    encoder->held[0] = 0;
    return held != 0 ? quoted_put(encoder, to, held, quote) : to;
}

static uint8_t *quoted_octet(struct postino_encoder *encoder, uint8_t *to, unsigned octet)
{
    to = quoted_flush(encoder, to, octet == '\n');
    if (octet == '\n') {
        *to++ = '\r';
        *to++ = '\n';
        encoder->column = 0;
    } else if (octet == ' ' || octet == '\t') {
        encoder->held[0] = (uint8_t)octet;
    } else {
        to = quoted_put(encoder, to, octet, octet < '!' || octet > '~' || octet == '=');
    }
    return to;
}

static size_t quoted_encode(struct postino_encoder *encoder, const uint8_t *data, size_t *length,
                            uint8_t *out, size_t room)
{
    return data != NULL ? postino_text_encode(encoder, data, length, out, room, quoted_octet)
                        : (size_t)(quoted_flush(encoder, out, 1) - out);
}

const struct postino_encoding postino_message_quoted = {"quoted-printable", LEVEL_7BIT, quoted_encode};
