/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_EMITTER_H
#define POSTINO_EMITTER_H

/* The writer of commands. A command is composed anew for each piece of it that goes out, and the emitter
 * keeps what belongs to this piece. So a command needs no buffer, and the output may be cut anywhere. */

#include "postino/session.h"

/* struct postino_emitter.group without any octet. */
#define EMITTER_GROUP_EMPTY 1u

struct postino_emitter {
    uint8_t *out;
    /* The place in `out` of the octet that comes next. It starts below 0, and wraps, by the octets that went
     * out before. Octets at `room` and behind it are counted only. */
    size_t place;
    size_t room;
    /* 0: octets go out as they are. Otherwise they go out in base64: a leading 1 bit, and behind it the
     * octets whose group of three is not complete. */
    uint32_t group;
};

void postino_emit(struct postino_emitter *emitter, unsigned octet);
void postino_emit_text(struct postino_emitter *emitter, const char *text);
void postino_emit_octets(struct postino_emitter *emitter, const void *data, size_t length);
/* Emits a number in decimal digits. */
void postino_emit_number(struct postino_emitter *emitter, size_t number);
/* Emits a template (enum command_mark) with the values of the step in hand. */
void postino_emit_template(const struct postino_session *session, struct postino_emitter *emitter,
                           const char *text);
/* From here on octets go out in base64 (RFC 4648 section 4). */
static inline void postino_emit_base64(struct postino_emitter *emitter)
{
    emitter->group = EMITTER_GROUP_EMPTY;
}
/* Ends base64 with its padding, if it began. */
void postino_emit_base64_end(struct postino_emitter *emitter);
/* Begins base64 and emits the mechanism's response that is due. session->round counts the responses up to and
 * with the step in hand. */
static inline void postino_emit_response(const struct postino_session *session,
                                         struct postino_emitter *emitter)
{
    postino_emit_base64(emitter);
    session->mechanism->respond(emitter, session->config->credentials, session->round - 1u);
}

/* Ends the line. The step in hand is complete if all of it had room. Returns how many octets there was room
 * for. */
size_t postino_emitted(struct postino_session *session, struct postino_emitter *emitter);
/* Writes the command of the step in hand. Returns how many octets. */
size_t postino_command(struct postino_session *session, uint8_t *out, size_t capacity);

#endif
