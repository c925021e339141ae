/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_INTERNAL_H
#define POSTINO_INTERNAL_H

#include <string.h>

#include "postino/address.h"
#include "postino/session.h"

/* struct postino_session.flags */
enum session_state {
    SESSION_COMPLETE = 1,     /* the sent step has no more octets to hand out */
    SESSION_QUITTING = 2,     /* QUIT follows the last mail */
    SESSION_CLOSED = 4,       /* nothing more is sent or taken */
    SESSION_GRACEFUL = 8,     /* the connection may be closed in the orderly way */
    SESSION_DIRTY = 16,       /* the server may hold a transaction that RSET must end before the next MAIL */
    SESSION_SOURCE_WAIT = 32, /* the mail source had nothing */
    SESSION_TEXT_KEPT = 64,   /* the text is that of a failure: later replies leave it alone */
    SESSION_DEAF = 128        /* the server makes no sense: say QUIT, and hear nothing more */
};

/* struct postino_mail.progress */
enum mail_progress {
    MAIL_STARTED = 1, /* mail->start is set */
    MAIL_ENDED = 2,   /* mail->end is set: the whole end mark was handed out */
    MAIL_SETTLED = 4
};

/* Where a command goes: composed anew each time, of which `skip` octets went out before and `room` fit now.
 */
struct postino_emitter {
    uint8_t *out;
    size_t skip;
    size_t room;
    size_t total; /* octets of the whole command */
};

/* One row of the step table. */
struct postino_step {
    const char *verb; /* NULL: no command; the message, or nothing to send */
    /* Puts out what follows the verb; may be NULL. */
    void (*emit)(const struct postino_session *session, struct postino_emitter *emitter);
    /* Acts on the reply that lets the step succeed and returns the row that follows; may be NULL. */
    unsigned (*done)(struct postino_session *session);
    uint8_t id;     /* enum postino_step_id */
    uint8_t accept; /* the code, or the class of codes, that lets the step succeed; 0: any */
    uint8_t limit;  /* offset in struct postino_time_limits */
    uint8_t next;   /* the row that follows where done is NULL */
};

enum step_row {
    STEP_GREETING,
    STEP_EHLO,
    STEP_HELO,
    STEP_AUTH,
    STEP_AUTH_RESPONSE,
    STEP_AUTH_CANCEL,
    STEP_IDLE,
    STEP_MAIL,
    STEP_RCPT,
    STEP_DATA,
    STEP_MESSAGE,
    STEP_RSET,
    STEP_QUIT,
    STEP_ROWS,
    STEP_NEXT, /* in a row: ask postino_steps_next() */
    STEP_STAY  /* nothing follows: the session is over, or the row's feature entered a step of its own */
};

extern const struct postino_step postino_steps[STEP_ROWS];

/* steps.c: each returns the row that follows. */
/* Goes on when nothing is in hand: RSET, the next mail, QUIT, or idle. */
unsigned postino_steps_next(struct postino_session *session);
/* Answers a 334. */
unsigned postino_steps_challenge(struct postino_session *session);
/* Goes on after a 4xx or 5xx. */
unsigned postino_steps_refused(struct postino_session *session);
/* Says QUIT because of an error, with every mail settled. */
unsigned postino_steps_give_up(struct postino_session *session, int error);
/* Settles the mail in hand by the reply in hand. */
void postino_steps_settle(struct postino_session *session, int error, unsigned outcome);
void postino_steps_enter(struct postino_session *session, unsigned row);
/* What a 4xx or 5xx says of a mail: enum postino_outcome. */
unsigned postino_steps_refusal(const struct postino_session *session);

/* command.c */
void postino_emit(struct postino_emitter *emitter, const void *data, size_t length);
void postino_emit_text(struct postino_emitter *emitter, const char *text);
/* base64 (RFC 4648 section 4) of all spans taken together. */
void postino_emit_base64(struct postino_emitter *emitter, const struct postino_span *spans, unsigned count);
/* Puts out the command of the step in hand. */
void postino_emit_command(const struct postino_session *session, struct postino_emitter *emitter);

/* session.c */
/* Every change of step goes through enter, every end for an error through fail. */
void postino_session_enter(struct postino_session *session, const struct postino_step *step);
void postino_session_record(struct postino_session *session, int error);
unsigned postino_session_fail(struct postino_session *session, int error); /* returns STEP_STAY */
void postino_session_settle(struct postino_mail *mail, const struct postino_result *result, unsigned outcome);

/* reply.c */
void postino_reply_octet(struct postino_session *session, uint8_t octet);

/* extensions.c */
void postino_extensions_octet(struct postino_session *session, uint8_t octet);

/* data_filter.c */
enum filter_state {
    FILTER_MIDDLE = 1, /* the line has begun */
    FILTER_BREAK = 2,  /* a line break is held back until it is known not to be the last */
    FILTER_HALF = 4,   /* its CR went out, its LF did not */
    FILTER_CR = 8      /* the octet before was CR: an LF belongs to it */
};
/* Moves *length octets to `out`, which has room for `capacity`; sets *length to how many were taken and
 * returns how many were written. */
size_t postino_data_filter(uint8_t *state, const uint8_t *data, size_t *length, uint8_t *out,
                           size_t capacity);

#endif
