/* SPDX-License-Identifier: MIT */
/* Command lines. Nothing of a command is kept: it is composed anew for each piece of it that goes out, and
 * the emitter drops what went out before. So it can be cut anywhere and needs no buffer. */
#include "internal.h"

void postino_emit(struct postino_emitter *emitter, const void *data, size_t length)
{
    size_t skip = emitter->skip;

    emitter->total += length;
    if (skip >= length) {
        emitter->skip = skip - length;
        return;
    }
    emitter->skip = 0;
    length -= skip;
    if (length > emitter->room)
        length = emitter->room;
    emitter->room -= length;
    memcpy(emitter->out, (const uint8_t *)data + skip, length);
    emitter->out += length;
}

void postino_emit_text(struct postino_emitter *emitter, const char *text)
{
    postino_emit(emitter, text, strlen(text));
}

static char command_base64_digit(unsigned sextet)
{
    if (sextet < 26)
        return (char)('A' + sextet);
    if (sextet < 52)
        return (char)('a' - 26 + sextet);
    if (sextet < 62)
        return (char)(sextet - 52 + '0');
    return sextet == 62 ? '+' : '/';
}

void postino_emit_base64(struct postino_emitter *emitter, const struct postino_span *spans, unsigned count)
{
    size_t next = 0;
    unsigned octets;

    do {
        uint32_t bits = 0;
        unsigned i;

        for (octets = 0; octets < 3 && count != 0;) {
            if (next == spans->length_octets) {
                spans++;
                count--;
                next = 0;
            } else {
                bits |= (uint32_t)((const uint8_t *)spans->data)[next++] << (16 - 8 * octets++);
            }
        }
        for (i = 0; octets != 0 && i < 4; i++, bits <<= 6) {
            char digit = i > octets ? '=' : command_base64_digit(bits >> 18 & 63);

            postino_emit(emitter, &digit, 1);
        }
    } while (octets == 3);
}

void postino_emit_command(const struct postino_session *session, struct postino_emitter *emitter)
{
    const struct postino_step *step = session->sent.step;

    emitter->total = 0;
    postino_emit_text(emitter, step->verb);
    if (step->emit != NULL)
        step->emit(session, emitter);
    postino_emit(emitter, "\r\n", 2);
}
