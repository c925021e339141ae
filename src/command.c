/* SPDX-License-Identifier: MIT */
/* Command lines. Nothing of a command is kept: it is composed anew for each piece of it that goes out, and
 * the emitter drops what went out before and what has no room yet. So it can be cut anywhere and needs no
 * buffer. */
#include "internal.h"

void postino_emit(struct postino_emitter *emitter, unsigned octet)
{
    size_t place = emitter->total - emitter->skip; /* wraps for what went out before */

    emitter->total++;
    if (place < emitter->room)
        emitter->out[place] = (uint8_t)octet;
}

#if POSTINO_SMALL
static void command_emit(struct postino_emitter *emitter, const uint8_t *data, size_t length)
{
    for (; length != 0; length--)
        postino_emit(emitter, *data++);
}

void postino_emit_text(struct postino_emitter *emitter, const char *text)
{
    while (*text != '\0')
        postino_emit(emitter, (uint8_t)*text++);
}
#else
static inline void command_emit(struct postino_emitter *emitter, const uint8_t *data, size_t length)
{
    size_t place = emitter->total - emitter->skip; /* more than any room for what went out before */

    /* All of it fits: the usual case. */
    if (place <= emitter->room && length <= emitter->room - place) {
        postino_copy_short(emitter->out + place, data, length);
        emitter->total += length;
        return;
    }
    for (; length != 0; length--)
        postino_emit(emitter, *data++);
}

void postino_emit_text(struct postino_emitter *emitter, const char *text)
{
    command_emit(emitter, (const uint8_t *)text, strlen(text));
}
#endif

void postino_emit_span(struct postino_emitter *emitter, const struct postino_span *span)
{
    command_emit(emitter, span->data, span->length_octets);
}

/* Puts out a group of base64: `bits` holds its three octets, or at the end fewer, behind a leading one. */
static void command_group(struct postino_emitter *emitter, uint32_t bits)
{
    unsigned missing = 0;
    unsigned left;

    for (; bits >> 24 == 0; bits <<= 8)
        missing++;
    for (left = 4; left-- != 0; bits <<= 6)
        postino_emit(emitter, left < missing ? '=' : postino_base64_digit(bits >> 18));
}

void postino_emit_base64(struct postino_emitter *emitter, const struct postino_span *span, unsigned count)
{
    uint32_t bits = 1;

    for (; count != 0; count--, span++) {
        const uint8_t *data = span->data;
        size_t left = span->length_octets;

        for (; left != 0; left--) {
            unsigned octet = *data++;

            if (octet == 0 && span->length_octets == POSTINO_SASL_TEXT)
                break;
            bits = bits << 8 | octet;
            if (bits >> 24 != 0) {
                command_group(emitter, bits);
                bits = 1;
            }
            if (octet == 0 && span->length_octets == POSTINO_SASL_TEXT_NUL)
                break;
        }
    }
    if (bits != 1)
        command_group(emitter, bits);
}

/* session->round counts the responses that are given with the step in hand and before. */
static int command_respond(const struct postino_session *session, struct postino_span *spans)
{
    return session->mechanism->respond(session->config->credentials, session->round - 1u, spans);
}

int postino_response(const struct postino_session *session)
{
    struct postino_span spans[POSTINO_SASL_SPANS];

    return command_respond(session, spans);
}

void postino_emit_response(const struct postino_session *session, struct postino_emitter *emitter)
{
    struct postino_span spans[POSTINO_SASL_SPANS];
    int count = command_respond(session, spans);

    postino_emit_base64(emitter, spans, (unsigned)count);
}

static void command_mark(const struct postino_session *session, struct postino_emitter *emitter,
                         unsigned mark)
{
    const struct postino_cursor *sent = &session->sent;

    switch (mark) {
    case COMMAND_NAME:
        postino_emit_text(emitter, session->config->ehlo_name);
        break;
    case COMMAND_SENDER:
        postino_emit_span(emitter, &sent->mail->path);
        break;
    case COMMAND_RECIPIENT:
        postino_emit_span(emitter, &sent->recipient->path);
        break;
    case COMMAND_OPTIONS:
        if (session->parameters != NULL)
            session->parameters(session, emitter);
        break;
    case COMMAND_MECHANISM:
        postino_emit_text(emitter, session->mechanism->name);
        break;
    case COMMAND_RESPONSE:
        postino_emit_response(session, emitter);
        break;
    default:
        ((const struct postino_feature_step *)sent->step)->emit(session, emitter);
        break;
    }
}

size_t postino_emitted(struct postino_session *session, struct postino_emitter *emitter)
{
    size_t length;

    postino_emit_text(emitter, "\r\n");
    length = emitter->total - emitter->skip;
    session->complete = length <= emitter->room;
    if (length > emitter->room)
        length = emitter->room;
    session->offset_octets += length;
    return length;
}

/* Puts out what has room of a command, behind what went out of it before. */
static size_t command_piece(struct postino_session *session, uint8_t *out, size_t capacity)
{
    const char *text = session->sent.step->text;
    struct postino_emitter emitter = {out, session->offset_octets, capacity, 0};

    for (; *text != '\0'; text++) {
        unsigned octet = (uint8_t)*text;

        if (octet > COMMAND_FEATURE)
            postino_emit(&emitter, octet);
        else
            command_mark(session, &emitter, octet);
    }
    return postino_emitted(session, &emitter);
}

#if POSTINO_SMALL
size_t postino_command(struct postino_session *session, uint8_t *out, size_t capacity)
{
    return command_piece(session, out, capacity);
}
#else
/* More than the texts of a row and a path (RFC 5321 section 4.5.3.1.3) take. */
#define COMMAND_SHORT_OCTETS 512

/* Returns where the octet behind the path's bracket has its place. */
static uint8_t *command_path(uint8_t *place, const struct postino_span *path)
{
    postino_copy_short(place, path->data, path->length_octets);
    place += path->length_octets;
    *place = '>';
    return place + 1;
}

/* What goes out with each mail, as its rows say it, from its first octet on and in room for whatever is known to be
 * short. Returns how many octets it takes; 0: it is another command, or what is not known to be short has no room. */
static size_t command_whole(const struct postino_session *session, uint8_t *out, size_t capacity)
{
    static const char rset[] = "RSET\r\n";
    static const char mail[] = "MAIL FROM:<";
    static const char rcpt[] = "RCPT TO:<";
    const struct postino_recipient *recipient = session->sent.recipient;
    int has_options = session->parameters != NULL;
    uint8_t *place;

    switch (session->sent.step->id) {
    case POSTINO_STEP_RSET:
        memcpy(out, rset, sizeof rset - 1);
        return sizeof rset - 1;
    case POSTINO_STEP_MAIL:
        memcpy(out, mail, sizeof mail - 1);
        place = command_path(out + sizeof mail - 1, &session->sent.mail->path);
        break;
    case POSTINO_STEP_RCPT:
        memcpy(out, rcpt, sizeof rcpt - 1);
        place = command_path(out + sizeof rcpt - 1, &recipient->path);
        has_options &= recipient->options != NULL;
        break;
    default:
        return 0;
    }
    if (has_options) {
        struct postino_emitter emitter = {place, 0, capacity - (size_t)(place - out), 0};

        session->parameters(session, &emitter);
        if (emitter.room - emitter.total < 2 || emitter.total > emitter.room)
            return 0;
        place += emitter.total;
    }
    place[0] = '\r';
    place[1] = '\n';
    return (size_t)(place - out) + 2;
}

size_t postino_command(struct postino_session *session, uint8_t *out, size_t capacity)
{
    size_t length = 0;

    if (session->offset_octets == 0 && capacity >= COMMAND_SHORT_OCTETS)
        length = command_whole(session, out, capacity);
    if (length == 0)
        return command_piece(session, out, capacity);
    session->complete = 1;
    session->offset_octets = length;
    return length;
}
#endif
