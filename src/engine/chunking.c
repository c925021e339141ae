/* SPDX-License-Identifier: MIT */
/* CHUNKING (RFC 3030): the message in chunks of octets that were counted before. Invariant: chunk_octets
 * counts the octets of the chunk that are still to go, and they go out before any other octet. The last
 * octet of the last chunk leaves only when the source said that the message is complete. */
#include "data_filter.h"
#include "emitter.h"
#include "mails.h"

/* A message of unknown size goes out in chunks of the octets that its source lends at once. Below this
 * number DATA costs less. */
#define CHUNKING_SPAN_OCTETS 512

static void chunking_emit(const struct postino_session *session, struct postino_emitter *emitter)
{
    postino_emit_number(emitter, session->chunk_octets);
    if ((session->chunk & CHUNK_LAST) != 0)
        postino_emit_text(emitter, " LAST");
}

static const struct postino_feature_step chunking_step = {
    {"BDAT \007", POSTINO_STEP_MESSAGE, 2, offsetof(struct postino_time_limits, final_ms) | STEP_JOINS,
     STEP_MAILS},
    chunking_emit,
    NULL};

/* Returns 1 where the message so far lacks a line end, or the filter holds it back, else 0. */
static int chunking_open(const struct postino_session *session)
{
    return (session->filter & FILTER_OPEN) != 0 && (session->filter & FILTER_RAW) == 0;
}

/* Makes a chunk of the octets that the source lends. Octets without output are consumed, and the next ones
 * make the chunk. */
static enum postino_source_status chunking_measure(struct postino_session *session)
{
    struct postino_source *source = session->sent.mail->source;
    enum postino_source_status status;
    const uint8_t *data;
    size_t length;

    session->chunk_octets = 0;
    while ((status = source->methods->span(source, &data, &length)) == POSTINO_SOURCE_DATA) {
        uint8_t state = session->filter;
        uint8_t none;
        size_t counted;

        if ((state & FILTER_RAW) != 0) {
            session->chunk_octets = length;
            return status;
        }
        for (counted = 0; counted != length;) {
            size_t taken = length - counted;

            session->chunk_octets += postino_count_octets(&state, data + counted, &taken);
            counted += taken;
        }
        if (session->chunk_octets != 0)
            return status;
        (void)postino_data_filter(&session->filter, &(struct postino_span){data, length}, &none, 1);
        source->methods->consume(source, length);
    }
    if (status == POSTINO_SOURCE_END) {
        session->chunk |= CHUNK_LAST;
        if (chunking_open(session))
            session->chunk_octets = 2;
    }
    return status;
}

/* Sets the size of the chunk that goes out next. */
static enum postino_source_status chunking_next(struct postino_session *session)
{
    struct postino_source_info *message = &session->message;

    struct postino_source *source = session->sent.mail->source;
    const uint8_t *data;
    size_t length;

    session->chunk = 0;
    if (message->size_octets == POSTINO_SIZE_UNKNOWN)
        return chunking_measure(session);
    /* An empty message ends with the command. */
    if (message->size_octets == 0 && source->methods->span(source, &data, &length) != POSTINO_SOURCE_END)
        return POSTINO_SOURCE_FAIL;
    session->chunk_octets = message->size_octets;
    if (session->chunk_octets > POSTINO_CHUNK_OCTETS)
        session->chunk_octets = POSTINO_CHUNK_OCTETS;
    else
        session->chunk = CHUNK_LAST;
    message->size_octets -= session->chunk_octets;
    return POSTINO_SOURCE_DATA;
}

/* Writes half of the line end that the message lacks at its end. Returns how many octets. */
static size_t chunking_line_end(struct postino_session *session, uint8_t *out)
{
    int half = (session->filter & FILTER_HALF) != 0;

    *out = half ? '\n' : '\r';
    session->filter = half ? FILTER_BARE : session->filter | FILTER_HALF;
    return 1;
}

/* Copies at most `length` octets of the message, which belong to the chunk. Returns how many. Sets
 * `status` to the reason where the source has fewer. */
static size_t chunking_copy(struct postino_session *session, uint8_t *out, size_t length,
                            enum postino_source_status *status)
{
    struct postino_source *source = session->sent.mail->source;
    size_t written = 0;

    while (written < length) {
        const uint8_t *data;
        size_t lent;
        size_t copied = length - written;

        *status = source->methods->span(source, &data, &lent);
        if (*status == POSTINO_SOURCE_DATA && (session->filter & FILTER_RAW) != 0) {
            if (copied > lent)
                copied = lent;
            memcpy(out + written, data, copied);
            source->methods->consume(source, copied);
        } else if (*status == POSTINO_SOURCE_DATA) {
            struct postino_span left = {data, lent};

            copied = postino_data_filter(&session->filter, &left, out + written, copied);
            source->methods->consume(source, lent - left.length_octets);
        } else if (*status == POSTINO_SOURCE_END && chunking_open(session)) {
            copied = chunking_line_end(session, out + written);
        } else {
            break;
        }
        written += copied;
    }
    session->chunk_octets -= written;
    return written;
}

/* Returns 1 where the source has nothing more and the last line is ended, else 0. */
static int chunking_at_end(struct postino_session *session)
{
    struct postino_source *source = session->sent.mail->source;
    const uint8_t *data;
    size_t length;

    return source->methods->span(source, &data, &length) == POSTINO_SOURCE_END && !chunking_open(session);
}

/* Writes octets of the chunk. The last octet of the last chunk, which would end the message, leaves only when
 * the message is known to end there. Returns how many. */
static size_t chunking_data(struct postino_session *session, uint8_t *out, size_t capacity)
{
    enum postino_source_status status = POSTINO_SOURCE_FAIL;
    const int is_last = (session->chunk & CHUNK_LAST) != 0;
    const size_t final_octets = is_last && session->chunk_octets != 0;
    size_t length = session->chunk_octets - final_octets;
    size_t written = chunking_copy(session, out, length < capacity ? length : capacity, &status);
    uint8_t final;

    if (written == capacity && session->chunk_octets != 0)
        return written;
    if (session->chunk_octets == final_octets &&
        (final_octets == 0 || chunking_copy(session, &final, 1, &status) == 1)) {
        if (!is_last || chunking_at_end(session)) {
            if (final_octets != 0)
                out[written++] = final;
            session->complete = 1;
            session->sent.mail->chunks++;
            if (is_last)
                session->sent.mail->state = MAIL_ENDED;
            session->chunk = 0;
            return written;
        }
        /* The message is longer than its size, be it by the end of its last line. */
        status = POSTINO_SOURCE_FAIL;
    }
    postino_session_stop(session, status == POSTINO_SOURCE_WAIT ? status : POSTINO_SOURCE_FAIL);
    return written;
}

static size_t chunking_output(struct postino_session *session, uint8_t *out, size_t capacity)
{
    size_t written = 0;

    if ((session->chunk & CHUNK_BEGUN) == 0) {
        enum postino_source_status status = chunking_next(session);

        if (status > POSTINO_SOURCE_END) {
            postino_session_stop(session, status);
            return 0;
        }
        session->chunk |= CHUNK_BEGUN;
    }
    if ((session->chunk & CHUNK_DATA) == 0) {
        written = postino_command(session, out, capacity);
        if (!session->complete)
            return written;
        session->complete = 0;
        session->chunk |= CHUNK_DATA;
    }
    written += chunking_data(session, out + written, capacity - written);
    /* `written` includes the command. */
    if (session->sent.mail->state == MAIL_ENDED)
        session->sent.mail->end = session->output_octets + written;
    return written;
}

/* Counts the reply to a chunk. Returns 0 for the last chunk's, else not 0. */
static int chunking_more(struct postino_mail *mail)
{
    return --mail->chunks != 0 || mail->state != MAIL_ENDED;
}

static int chunking_check(struct postino_session *session, struct postino_mail *mail)
{
    static const struct postino_chunking chunking = {&chunking_step.step, chunking_output, chunking_more};
    enum postino_source_status status;
    const uint8_t *data;
    size_t length;
    int error = postino_count(session, mail);

    if (error != POSTINO_OK)
        return error;
    if (session->message.size_octets == POSTINO_SIZE_UNKNOWN) {
        status = mail->source->methods->span(mail->source, &data, &length);
        if (status != POSTINO_SOURCE_DATA || length < CHUNKING_SPAN_OCTETS)
            return POSTINO_OK;
    }
    session->chunking = &chunking;
    session->filter = FILTER_BARE;
    if ((session->message.flags & (POSTINO_SOURCE_CANONICAL | POSTINO_SOURCE_BINARY)) != 0)
        session->filter = FILTER_BARE | FILTER_RAW;
    session->chunk = 0;
    mail->chunks = 0;
    mail->marks |= MAIL_CHUNKED;
    return POSTINO_OK;
}

const struct postino_extension postino_extension_chunking = {POSTINO_TEXT("CHUNKING"), NULL, chunking_check,
                                                             NULL, POSTINO_CAPABILITY_CHUNKING};
