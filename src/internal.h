/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_INTERNAL_H
#define POSTINO_INTERNAL_H

#include <string.h>

#include "postino/address.h"
#include "postino/session.h"

/* struct postino_session.line */
enum reply_line {
    REPLY_CODE = 0, /* its code and what stands behind it are arriving */
    REPLY_LAST,     /* it is the last of its reply */
    REPLY_MORE,     /* another line follows */
    REPLY_DEAF      /* the server makes no sense: say QUIT, and hear nothing more */
};

/* struct postino_mail.progress, in this order */
enum mail_progress {
    MAIL_WAITING = 0,
    MAIL_STARTED, /* mail->start is set */
    MAIL_ENDED,   /* mail->end is set: the whole end mark was handed out */
    MAIL_SETTLED
};

/* Where a command goes: composed anew each time, of which `skip` octets went out before and `room` fit now.
 */
struct postino_emitter {
    uint8_t *out;
    size_t skip;
    size_t room;
    size_t total; /* octets of the command so far, whether they go out now or not */
};

/* One row of the step table. */
struct postino_step {
    char verb[5];
    uint8_t id;     /* enum postino_step_id */
    uint8_t accept; /* the code, or the class of codes, that lets the step succeed; 0: any */
    uint8_t limit;  /* offset in struct postino_time_limits */
    /* Puts out what follows the verb; NULL: the step sends nothing. */
    void (*emit)(const struct postino_session *session, struct postino_emitter *emitter);
    /* Acts on the reply that lets the step succeed and returns the row that follows. */
    unsigned (*done)(struct postino_session *session);
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
    STEP_STAY /* nothing follows: the session is over */
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
/* Enters a row, unless it is STEP_STAY. */
void postino_steps_enter(struct postino_session *session, unsigned row);
/* Whether the configuration allows the mechanism on this connection. */
int postino_steps_allowed(const struct postino_session *session, const struct postino_mechanism *mechanism);

/* command.c */
void postino_emit(struct postino_emitter *emitter, unsigned octet);
void postino_emit_text(struct postino_emitter *emitter, const char *text);
void postino_emit_span(struct postino_emitter *emitter, const struct postino_span *span);
/* The mechanism's response, in base64. */
void postino_emit_response(const struct postino_session *session, struct postino_emitter *emitter);
/* For commands that are a verb and no more. */
void postino_emit_nothing(const struct postino_session *session, struct postino_emitter *emitter);

/* Counts what was put out; without a rest the step is complete. Returns how many octets there was room for.
 */
size_t postino_emitted(struct postino_session *session, const struct postino_emitter *emitter);
/* Puts out the command of the step in hand and returns how many octets. */
size_t postino_command(struct postino_session *session, uint8_t *out, size_t capacity);

/* message.c */
size_t postino_message(struct postino_session *session, uint8_t *out, size_t capacity);

/* session.c */
/* Every change of step goes through enter, every end for an error through fail. */
void postino_session_enter(struct postino_session *session, const struct postino_step *step);
void postino_session_record(struct postino_session *session, int error);
unsigned postino_session_fail(struct postino_session *session, int error); /* returns STEP_STAY */
/* Settles a mail that is not settled; `outcome` is that of its recipients that are not decided. */
void postino_session_settle(struct postino_mail *mail, const struct postino_result *result, unsigned outcome);
/* Counts an octet of the reply's text and keeps it, if it is of the head. */
void postino_session_keep_text(struct postino_session *session, uint8_t octet);
/* Settles every mail by the session's result, where so many octets certainly never left. */
void postino_session_settle_all(struct postino_session *session, size_t unsent_octets);

/* reply.c */
void postino_reply_octet(struct postino_session *session, uint8_t octet);

/* extensions.c */
/* Takes the keyword, the first word of each line. */
void postino_extensions_keyword(struct postino_session *session);
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
