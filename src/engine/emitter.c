/* SPDX-License-Identifier: MIT */
/* Command lines. Nothing of a command is kept: it is composed anew for each piece of it that goes out, and
 * the emitter drops what went out before and what has no room yet. So it can be cut anywhere and needs no
 * buffer. */
#include "internal.h"

void postino_emit(struct postino_emitter *emitter, unsigned octet)
{
    uint32_t bits = emitter->bits;

    if (bits != 0) {
        uint32_t one;

        bits = bits << 8 | octet;
        emitter->bits = bits;
        one = bits >> 24;
        if (one == 0)
            return;
        emitter->bits = one;
        /* Behind the group's octets, where it tells when all digits went out. */
        bits = bits << 8 | one;
    }
    do {
        size_t place;

        if (bits != 0) {
            octet = postino_base64_digit(bits >> 26);
            bits <<= 6;
        }
        place = emitter->place++;
        if (place < emitter->room)
            emitter->out[place] = (uint8_t)octet;
    } while (bits << 8 != 0);
}

void postino_emit_base64_end(struct postino_emitter *emitter)
{
    unsigned missing = 0;

    for (; emitter->bits > 1; missing++)
        postino_emit(emitter, 0);
    emitter->bits = 0;
    /* The digits of nothing but missing octets are written over. */
    emitter->place -= missing;
    for (; missing != 0; missing--)
        postino_emit(emitter, '=');
}

#if POSTINO_SMALL
void postino_emit_octets(struct postino_emitter *emitter, const void *data, size_t length)
{
    const uint8_t *octet = data;

    for (; length != 0; length--)
        postino_emit(emitter, *octet++);
}

void postino_emit_text(struct postino_emitter *emitter, const char *text)
{
    while (*text != '\0')
        postino_emit(emitter, (uint8_t)*text++);
}
#else
void postino_emit_octets(struct postino_emitter *emitter, const void *data, size_t length)
{
    const uint8_t *octet = data;
    size_t place = emitter->place;

    /* All of it fits, as it is: the usual case. */
    if (emitter->bits == 0 && place <= emitter->room && length <= emitter->room - place && length != 0) {
        memcpy(emitter->out + place, data, length);
        emitter->place += length;
        return;
    }
    for (; length != 0; length--)
        postino_emit(emitter, *octet++);
}

void postino_emit_text(struct postino_emitter *emitter, const char *text)
{
    postino_emit_octets(emitter, text, strlen(text));
}
#endif

/* Puts out what an octet of a text stands for: itself, or what the mark means. Returns 0 at the text's
 * end. */
static int command_octet(const struct postino_session *session, struct postino_emitter *emitter,
                         unsigned octet)
{
    const struct postino_cursor *sent = &session->sent;
    const struct postino_span *path;

    switch (octet) {
    case '\0':
        return 0;
    case COMMAND_NAME:
        postino_emit_text(emitter, session->config->ehlo_name);
        break;
    case COMMAND_SENDER:
        path = &sent->mail->path;
        postino_emit_octets(emitter, path->data, path->length_octets);
        break;
    case COMMAND_RECIPIENT:
        path = &sent->recipient->path;
        postino_emit_octets(emitter, path->data, path->length_octets);
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
    case COMMAND_FEATURE:
        ((const struct postino_feature_step *)sent->step)->emit(session, emitter);
        break;
    default:
        postino_emit(emitter, octet);
        break;
    }
    return 1;
}

size_t postino_emitted(struct postino_session *session, struct postino_emitter *emitter)
{
    size_t length;

    postino_emit_base64_end(emitter);
    postino_emit_text(emitter, "\r\n");
    length = emitter->room;
    if (length >= emitter->place) {
        length = emitter->place;
        session->complete = 1;
    }
    session->offset_octets += length;
    return length;
}

void postino_emit_template(const struct postino_session *session, struct postino_emitter *emitter,
                           const char *text)
{
    while (command_octet(session, emitter, (uint8_t)*text))
        text++;
}

size_t postino_command(struct postino_session *session, uint8_t *out, size_t capacity)
{
    struct postino_emitter emitter = {out, 0 - session->offset_octets, capacity, 0};

    postino_emit_template(session, &emitter, session->sent.step->text);
    return postino_emitted(session, &emitter);
}
