/* SPDX-License-Identifier: MIT */
/* A part's octets on their way into the buffer: as text in lines, or as quoted-printable. Invariants: an
 * encoder is called only where the buffer has room for all that it may write. Every line end becomes CRLF;
 * `held` is not 0 behind a CR. */
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

/* Returns the end of what it wrote. Leaves *data behind the octets that it took. */
static uint8_t *body_encode(const struct postino_encoding *encoding, struct postino_encoder *encoder,
                            const uint8_t **data, const uint8_t *end, uint8_t *to, const uint8_t *full)
{
    const uint8_t *in = *data;

#if !POSTINO_SMALL
    if (encoding->run != NULL)
        return encoding->run(encoder, data, end, to, full);
#endif
    while (in != end && to <= full)
        to = encoding->put(encoder, to, *in++);
    *data = in;
    return to;
}

enum postino_source_status postino_compose_body(struct postino_message *message)
{
    const struct postino_encoding *encoding = message->part->encoding;
    struct postino_source *source = message->part->source;
    const uint8_t *full = message->buffer + message->buffer_octets - ENCODING_STEP_OCTETS;
    uint8_t *to = message->buffer + message->lent_octets;
    enum postino_source_status status;
    const uint8_t *data;
    size_t length;

    while ((status = source->methods->span(source, &data, &length)) == POSTINO_SOURCE_DATA) {
        const uint8_t *begin = data;

        to = body_encode(encoding, &message->encoder, &data, begin + length, to, full);
        source->methods->consume(source, (size_t)(data - begin));
        if (data != begin + length)
            break;
    }
    if (status == POSTINO_SOURCE_END) {
        if (to > full)
            status = POSTINO_SOURCE_DATA;
        else
            to = encoding->put(&message->encoder, to, ENCODING_END);
    }
    message->lent_octets = (size_t)(to - message->buffer);
    return status;
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
