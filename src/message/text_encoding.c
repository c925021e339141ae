/* SPDX-License-Identifier: MIT */
/* Text in lines. Invariant: every line end is CRLF whatever it was; `held` is not 0 behind a CR. */
#include "compose.h"

unsigned postino_text_octet(struct postino_encoder *encoder, unsigned octet)
{
    unsigned half = encoder->held;

    encoder->held = octet == '\r';
    if (octet == '\r')
        return '\n';
    return octet == '\n' && half ? COMPOSE_END : octet;
}

static uint8_t *text_put(struct postino_encoder *encoder, uint8_t *to, unsigned octet)
{
    octet = postino_text_octet(encoder, octet);
    if (octet == COMPOSE_END)
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
    part->open = message->column != 0;
    if ((part->scan & SCAN_8BIT) != 0) {
        part->level = LEVEL_8BIT;
        part->encoding_name = "8bit";
    }
}
