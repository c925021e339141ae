/* SPDX-License-Identifier: MIT */
/* The octets of a part on their way into the buffer. Invariant: an encoder is called only where the buffer
 * has room for all that it may write. */
#include "encoding.h"

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
