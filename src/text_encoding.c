/* SPDX-License-Identifier: MIT */
/* Text in lines. Invariant: every line end is CRLF whatever it was; held[1] is not 0 behind a CR. */
#include "compose.h"

size_t postino_text_encode(struct postino_encoder *encoder, const uint8_t *data, size_t *length, uint8_t *out,
                           size_t room,
                           uint8_t *(*put)(struct postino_encoder *encoder, uint8_t *to, unsigned octet))
{
    const uint8_t *in = data;
    const uint8_t *end = data + *length;
    const uint8_t *full = out + room - COMPOSE_STEP_OCTETS;
    uint8_t *to = out;

    while (in != end && to <= full) {
        unsigned octet = *in++;
        unsigned half = encoder->held[1];

        encoder->held[1] = octet == '\r';
        if (octet == '\r')
            octet = '\n';
        else if (octet == '\n' && half)
            continue;
        to = put(encoder, to, octet);
    }
    *length = (size_t)(in - data);
    return (size_t)(to - out);
}

static uint8_t *text_put(struct postino_encoder *encoder, uint8_t *to, unsigned octet)
{
    encoder->column = octet != '\n';
    if (octet == '\n')
        *to++ = '\r';
    *to++ = (uint8_t)octet;
    return to;
}

static size_t text_encode(struct postino_encoder *encoder, const uint8_t *data, size_t *length, uint8_t *out,
                          size_t room)
{
    return data != NULL ? postino_text_encode(encoder, data, length, out, room, text_put) : 0;
}

const struct postino_encoding postino_encodings_text[2] = {{"7bit", LEVEL_7BIT, text_encode},
                                                           {"8bit", LEVEL_8BIT, text_encode}};
