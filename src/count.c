/* SPDX-License-Identifier: MIT */
/* The size of a message on the wire (RFC 1870 section 5), counted before it is sent. Invariant: it counts
 * what the data filter will write, transparency dots apart. */
#include "data_filter.h"

#if !POSTINO_SMALL
size_t postino_count_octets(uint8_t *state, const uint8_t *data, size_t *length)
{
    unsigned flags = *state;
    const uint8_t *end = data + *length;
    size_t octets = 0;

    while (data != end) {
        uint8_t octet = *data;
        size_t clean = 1;

        if (octet == '\n' && (flags & FILTER_CR) != 0) {
            flags &= ~(unsigned)FILTER_CR;
        } else {
            if ((flags & FILTER_BREAK) != 0)
                octets += 2;
            flags &= ~(unsigned)(FILTER_BREAK | FILTER_CR);
            if (octet == '\r') {
                flags |= FILTER_BREAK | FILTER_CR;
            } else if (octet == '\n') {
                flags |= FILTER_BREAK;
            } else {
                clean = postino_data_filter_clean(data, (size_t)(end - data));
                clean = clean != 0 ? clean : 1;
                octets += clean;
                flags |= FILTER_MIDDLE;
            }
        }
        data += clean;
    }
    *state = (uint8_t)flags;
    return octets;
}
#endif

int postino_count_through(struct postino_session *session, struct postino_mail *mail)
{
    struct postino_source *source = mail->source;
    struct postino_source_info *message = &session->message;
    enum postino_source_status status;
    uint8_t state = FILTER_BARE;
    size_t octets = 0;
    const uint8_t *data;
    size_t length;

    while ((status = source->methods->span(source, &data, &length)) == POSTINO_SOURCE_DATA) {
        octets += postino_count_octets(&state, data, &length);
        source->methods->consume(source, length);
    }
    if (status != POSTINO_SOURCE_END || source->methods->begin(source, session->capabilities, message) != 0)
        return POSTINO_ERROR_SOURCE;
    message->size_octets = octets + ((state & FILTER_OPEN) != 0 ? 2 : 0);
    return POSTINO_OK;
}

int postino_count(struct postino_session *session, struct postino_mail *mail)
{
    if (session->message.size_octets != POSTINO_SIZE_UNKNOWN ||
        (session->message.flags & POSTINO_SOURCE_IN_MEMORY) == 0)
        return POSTINO_OK;
    return postino_count_through(session, mail);
}
