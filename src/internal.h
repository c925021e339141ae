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
    SESSION_REPLY_MORE = 128, /* the reply line that is arriving announced another one */
    SESSION_DEAF = 256        /* the server makes no sense: say QUIT, and hear nothing more */
};

/* struct postino_mail.progress */
enum mail_progress {
    MAIL_STARTED = 1, /* mail->start is set */
    MAIL_ENDED = 2,   /* mail->end is set: the whole end mark was handed out */
    MAIL_SETTLED = 4
};

/* A command line: spans as they are, then spans that go out base64-coded, then CRLF. */
struct postino_command {
    struct postino_span spans[3 + POSTINO_SASL_SPANS];
    unsigned plain;
    unsigned encoded;
};

/* One row of the step table. */
struct postino_step {
    const char *verb; /* NULL: no command; the message, or nothing to send */
    /* Adds what follows the verb; may be NULL. */
    void (*build)(const struct postino_session *session, struct postino_command *command);
    void (*accepted)(struct postino_session *session);
    void (*refused)(struct postino_session *session); /* 4xx and 5xx */
    uint8_t
        accept; /* the code, or the class of codes, that lets the step succeed: see postino_session_reply() */
    uint8_t id; /* enum postino_step_id */
    uint8_t limit; /* offset in struct postino_time_limits */
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
    STEP_ROWS
};

extern const struct postino_step postino_steps[STEP_ROWS];

/* steps.c */
/* Goes on when nothing is in hand: RSET, the next mail, QUIT, or idle. */
void postino_steps_next(struct postino_session *session);
/* Answers a 334. */
void postino_steps_challenge(struct postino_session *session);
/* Settles the mail in hand by the reply that refused it. */
void postino_steps_refuse_mail(struct postino_session *session);
/* Says QUIT because of an error, with every mail settled. */
void postino_steps_give_up(struct postino_session *session, int error);

/* command.c */
/* Composes the command of the step in hand. */
void postino_command_build(const struct postino_session *session, struct postino_command *command);
size_t postino_command_octets(const struct postino_command *command);
size_t postino_command_copy(const struct postino_command *command, size_t offset, uint8_t *out,
                            size_t capacity);

/* session.c */
/* Every change of step goes through enter, every end for an error through fail. */
void postino_session_enter(struct postino_session *session, unsigned row);
void postino_session_enter_step(struct postino_session *session, const struct postino_step *step);
void postino_session_record(struct postino_session *session, int error);
void postino_session_fail(struct postino_session *session, int error);
void postino_session_settle(struct postino_mail *mail, const struct postino_result *result);
/* Acts on a complete reply. */
void postino_session_reply(struct postino_session *session);

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
size_t postino_data_filter(uint8_t *state, const uint8_t *data, size_t length, size_t *taken, uint8_t *out,
                           size_t capacity);

/* base64.c, source.c */
size_t postino_base64_spans(const struct postino_span *spans, size_t count, size_t offset, uint8_t *out,
                            size_t capacity);
size_t postino_spans_copy(const struct postino_span *spans, size_t count, size_t offset, uint8_t *out,
                          size_t capacity);

#endif
