/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_ENCODING_H
#define POSTINO_ENCODING_H

/* Content transfer encodings (RFC 2045 section 6). */

#include "postino/message.h"

#include "../text/text.h"

/* The least that a server must offer for a part. */
enum encoding_level {
    LEVEL_7BIT = 0,
    LEVEL_8BIT = 1,
    LEVEL_BINARY = 2
};

/* put() writes so many octets at most. */
#define ENCODING_STEP_OCTETS 16
/* put() takes it behind the last octet, and writes the octets it held back. */
#define ENCODING_END         256

struct postino_encoding {
    /* Writes what the octet becomes and returns where that ends. */
    uint8_t *(*put)(struct postino_encoder *encoder, uint8_t *to, unsigned octet);
#if !POSTINO_SMALL
    /* The same for the octets from *data on, as long as `to` is not behind `full`. Leaves *data behind those
     * it took. NULL: put() is as good. */
    uint8_t *(*run)(struct postino_encoder *encoder, const uint8_t **data, const uint8_t *end, uint8_t *to,
                    const uint8_t *full);
#endif
};

/* encoding.c */
extern const struct postino_encoding postino_encoding_text;
/* Takes an octet of text. Returns '\n' once for every line end, ENCODING_END for an octet that ends no
 * further line, any other octet as it is. */
unsigned postino_text_octet(struct postino_encoder *encoder, unsigned octet);

/* base64.c */
extern const struct postino_encoding postino_encoding_base64;
/* A line of RFC 2045 section 6.8. */
#define BASE64_LINE_OCTETS  57
#define BASE64_LINE_COLUMNS 76

/* Encodes as much of the part that is sent as the buffer takes. Returns END behind its last octet, DATA when
 * the buffer is full. */
enum postino_source_status postino_compose_body(struct postino_message *message);

#endif
