/* SPDX-License-Identifier: MIT */
/* The writer of commands. Invariant: the emitter counts every octet, and keeps those that fall between what
 * went out before and the end of the room. */
#include "emitter.h"

#include "state.h"

void postino_emit(struct postino_emitter *emitter, unsigned octet)
{
    uint32_t digits = emitter->group;

    if (digits != 0) {
        uint32_t lead;

        digits = digits << 8 | octet;
        emitter->group = digits;
        /* The leading 1 arrives here with the third octet. */
        lead = digits >> 24;
        if (lead == 0)
            return;
        emitter->group = lead;
        /* Behind the three octets the 1 stands alone when all their digits went out. */
        digits = digits << 8 | lead;
    }
    do {
        size_t place;

        if (digits != 0) {
            octet = postino_base64_digit(digits >> 26);
            digits <<= 6;
        }
        place = emitter->place++;
        if (place < emitter->room)
            emitter->out[place] = (uint8_t)octet;
    } while (digits << 8 != 0);
}

void postino_emit_base64_end(struct postino_emitter *emitter)
{
    unsigned missing = 0;

    for (; emitter->group > EMITTER_GROUP_EMPTY; missing++)
        postino_emit(emitter, 0);
    emitter->group = 0;
    /* Padding replaces the digits that stand for nothing but missing octets. */
    emitter->place -= missing;
    for (; missing != 0; missing--)
        postino_emit(emitter, '=');
}

void postino_emit_octets(struct postino_emitter *emitter, const void *data, size_t length)
{
    const uint8_t *octet = data;

#if !POSTINO_SMALL
    size_t place = emitter->place;

    if (emitter->group == 0 && place <= emitter->room && length <= emitter->room - place && length != 0) {
        memcpy(emitter->out + place, data, length);
        emitter->place = place + length;
        return;
    }
#endif
    for (; length != 0; length--)
        postino_emit(emitter, *octet++);
}

void postino_emit_text(struct postino_emitter *emitter, const char *text)
{
#if POSTINO_SMALL
    while (*text != '\0')
        postino_emit(emitter, (uint8_t)*text++);
#else
    postino_emit_octets(emitter, text, strlen(text));
#endif
}

void postino_emit_number(struct postino_emitter *emitter, size_t number)
{
    uint8_t digits[3 * sizeof number];
    size_t first = sizeof digits;

    do {
        digits[--first] = (uint8_t)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    postino_emit_octets(emitter, digits + first, sizeof digits - first);
}

/* Emits the value of a mark, or the octet itself. */
static void emitter_mark(const struct postino_session *session, struct postino_emitter *emitter,
                         unsigned octet)
{
    const struct postino_cursor *sent = &session->sent;
    const struct postino_span *path;

    switch (octet) {
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
}

/* Returns how many octets at the front of a template are to be emitted together. */
static size_t emitter_run(const char *text)
{
    size_t length = 0;

#if !POSTINO_SMALL
    while ((uint8_t)text[length] > COMMAND_FEATURE)
        length++;
#else
    (void)text;
#endif
    return length;
}

void postino_emit_template(const struct postino_session *session, struct postino_emitter *emitter,
                           const char *text)
{
    while (*text != '\0') {
        size_t run = emitter_run(text);

        if (run != 0) {
            postino_emit_octets(emitter, text, run);
            text += run;
        } else {
            emitter_mark(session, emitter, (uint8_t)*text++);
        }
    }
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

size_t postino_command(struct postino_session *session, uint8_t *out, size_t capacity)
{
    struct postino_emitter emitter = {out, 0 - session->offset_octets, capacity, 0};

    postino_emit_template(session, &emitter, session->sent.step->text);
    return postino_emitted(session, &emitter);
}
