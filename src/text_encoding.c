/* SPDX-License-Identifier: MIT */
/* Text in lines: as it is, or quoted-printable (RFC 2045 section 6.7). Invariant: every line end is CRLF
 * whatever it was; held[0] is a blank that may turn out to end its line, held[1] is not 0 behind a CR. */
#include "compose.h"

/* One less than RFC 2045 allows: the sign of a soft line break is still to fit. */
#define QUOTED_COLUMNS 75

static uint8_t *text_put(struct postino_encoder *encoder, uint8_t *to, unsigned octet, unsigned quote)
{
    static const char digits[] = "0123456789ABCDEF";
    unsigned columns = quote ? 3 : 1;

    if (encoder->column + columns > QUOTED_COLUMNS) {
        memcpy(to, "=\r\n", 3);
        to += 3;
        encoder->column = 0;
    }
    encoder->column = (uint8_t)(encoder->column + columns);
    if (quote) {
        *to++ = '=';
        *to++ = (uint8_t)digits[octet >> 4];
        *to++ = (uint8_t)digits[octet & 15];
    } else {
        *to++ = (uint8_t)octet;
    }
    return to;
}

static uint8_t *text_quote(struct postino_encoder *encoder, uint8_t *to, unsigned octet)
{
    if (encoder->held[0] != 0) {
        to = text_put(encoder, to, encoder->held[0], 0);
        encoder->held[0] = 0;
    }
    if (octet == ' ' || octet == '\t')
        encoder->held[0] = (uint8_t)octet;
    else
        to = text_put(encoder, to, octet, octet < '!' || octet > '~' || octet == '=');
    return to;
}

static size_t text_encode(struct postino_encoder *encoder, const uint8_t *data, size_t *length, uint8_t *out,
                          size_t room, int quoted)
{
    const uint8_t *in = data;
    const uint8_t *end = data;
    uint8_t *to = out;

    if (data == NULL)
        return encoder->held[0] != 0 ? (size_t)(text_put(encoder, out, encoder->held[0], 1) - out) : 0;
    end += *length;
    while (in != end && room - (size_t)(to - out) >= COMPOSE_STEP_OCTETS) {
        unsigned octet = *in++;
        unsigned half = encoder->held[1];

        encoder->held[1] = octet == '\r';
        if (octet == '\r' || octet == '\n') {
            if (octet == '\n' && half)
                continue;
            if (encoder->held[0] != 0)
                to = text_put(encoder, to, encoder->held[0], 1);
            encoder->held[0] = 0;
            encoder->column = 0;
            *to++ = '\r';
            *to++ = '\n';
        } else if (quoted) {
            to = text_quote(encoder, to, octet);
        } else {
            *to++ = (uint8_t)octet;
            encoder->column = 1;
        }
    }
    *length = (size_t)(in - data);
    return (size_t)(to - out);
}

static size_t text_encode_quoted(struct postino_encoder *encoder, const uint8_t *data, size_t *length,
                                 uint8_t *out, size_t room)
{
    return text_encode(encoder, data, length, out, room, 1);
}

static size_t text_encode_lines(struct postino_encoder *encoder, const uint8_t *data, size_t *length,
                                uint8_t *out, size_t room)
{
    return text_encode(encoder, data, length, out, room, 0);
}

const struct postino_encoding postino_encodings_text[3] = {
    {"7bit", LEVEL_7BIT, text_encode_lines},
    {"8bit", LEVEL_8BIT, text_encode_lines},
    {"quoted-printable", LEVEL_7BIT, text_encode_quoted}};
