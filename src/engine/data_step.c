/* SPDX-License-Identifier: MIT */
/* The message by DATA (RFC 5321 section 4.1.1.4). Invariant: the end mark begins only when the source said
 * that the message is complete, and the step is complete when the whole mark is out. Without transparency
 * (FILTER_BARE) the mark is the line end that the filter may hold back. */
#include "data_filter.h"
#include "emitter.h"
#include "mails.h"

/* Writes the end mark (RFC 5321 section 4.5.2), with a line end that is held back. Writes nothing where
 * this call's room would cut the mark and the next call's room would not. */
static size_t message_end(struct postino_session *session, uint8_t *out, size_t room, size_t capacity)
{
    struct postino_emitter emitter = {out, 0 - session->offset_octets, room, 0};

    if ((session->filter & FILTER_BARE) == 0) {
        if (room < MESSAGE_MARK_OCTETS && capacity >= MESSAGE_MARK_OCTETS)
            return 0;
        /* Neither an empty message nor one that is given up has a line to end. */
        postino_emit_text(&emitter, session->filter != 0 ? "\r\n." : ".");
    }
    return postino_emitted(session, &emitter);
}

size_t postino_message(struct postino_session *session, uint8_t *out, size_t capacity)
{
    struct postino_mail *mail = session->sent.mail;
    struct postino_source *source = mail->source;
    size_t written = 0;

    while (written < capacity) {
        const uint8_t *data;
        size_t length;
        enum postino_source_status status = POSTINO_SOURCE_END;

        if ((mail->marks & MAIL_DECIDED) == 0)
            status = source->methods->span(source, &data, &length);
        if (status == POSTINO_SOURCE_DATA) {
            struct postino_span left = {data, length};

            written += postino_data_filter(&session->filter, &left, out + written, capacity - written);
            source->methods->consume(source, length - left.length_octets);
            continue;
        }
        if (status == POSTINO_SOURCE_END)
            written += message_end(session, out + written, capacity - written, capacity);
        else
            postino_session_stop(session, status);
        break;
    }
    return written;
}
