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
static void command_emit(struct postino_emitter *emitter, const uint8_t *data, size_t length)
{
    size_t place = emitter->total - emitter->skip;

    /* All of it fits: the usual case. */
    if (emitter->total >= emitter->skip && place <= emitter->room && length <= emitter->room - place) {
        memcpy(emitter->out + place, data, length);
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

void postino_emit_path(const struct postino_session *session, struct postino_emitter *emitter)
{
    const struct postino_recipient *recipient = session->sent.recipient;
    const struct postino_mail *mail = session->sent.mail;

    postino_emit_text(emitter, recipient != NULL ? " TO:<" : " FROM:<");
    postino_emit_span(emitter, recipient != NULL ? &recipient->path : &mail->path);
    postino_emit(emitter, '>');
    if (session->parameters != NULL)
        session->parameters(session, emitter);
}

static void command_sextet(struct postino_emitter *emitter, unsigned bits)
{
    postino_emit(emitter, postino_base64_digit(bits));
}

void postino_emit_base64(struct postino_emitter *emitter, const struct postino_span *span, unsigned count)
{
    unsigned bits = 0;
    unsigned pending = 0; /* of them that were not put out yet */

    for (; count != 0; count--, span++) {
        const uint8_t *data = span->data;
        size_t i;

        for (i = 0; i < span->length_octets; i++) {
            if (data[i] == 0 && span->length_octets == POSTINO_SASL_TEXT)
                break;
            bits = bits << 8 | data[i];
            pending += 8;
            while (pending >= 6) {
                pending -= 6;
                command_sextet(emitter, bits >> pending);
            }
        }
    }
    if (pending != 0) {
        command_sextet(emitter, bits << (6 - pending));
        for (; pending < 6; pending += 2)
            postino_emit(emitter, '=');
    }
}

int postino_response(const struct postino_session *session, unsigned round, struct postino_emitter *emitter)
{
    struct postino_span spans[POSTINO_SASL_SPANS];
    int count = session->mechanism->respond(session->config->credentials, round, spans);

    if (emitter != NULL)
        postino_emit_base64(emitter, spans, (unsigned)count);
    return count;
}

/* session->round counts the responses that are given with the step in hand and before. */
void postino_emit_response(const struct postino_session *session, struct postino_emitter *emitter)
{
    (void)postino_response(session, session->round - 1u, emitter);
}

void postino_emit_nothing(const struct postino_session *session, struct postino_emitter *emitter)
{
    (void)session;
    (void)emitter;
}

size_t postino_emitted(struct postino_session *session, const struct postino_emitter *emitter)
{
    size_t length = emitter->total - emitter->skip;

    if (length <= emitter->room)
        session->complete = 1;
    else
        length = emitter->room;
    session->offset_octets += length;
    return length;
}

size_t postino_command(struct postino_session *session, uint8_t *out, size_t capacity)
{
    const struct postino_step *step = session->sent.step;
    struct postino_emitter emitter = {out, session->offset_octets, capacity, 0};

    postino_emit_text(&emitter, step->verb);
    step->emit(session, &emitter);
    postino_emit_text(&emitter, "\r\n");
    return postino_emitted(session, &emitter);
}
