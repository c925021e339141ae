/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_STEPS_H
#define POSTINO_STEPS_H

/* The rows of the dialogue, and the strategies that run the mails of a session. */

#include "postino/session.h"

/* One row of the dialogue. */
struct postino_step {
    const char *text; /* the command, a template: enum command_mark; NULL: the step sends none */
    uint8_t id;       /* enum postino_step_id */
    uint8_t accept;   /* the code, or the class of codes, that lets the step succeed; 0: any */
    uint8_t limit;    /* offset in struct postino_time_limits, with STEP_JOINS and STEP_LISTS */
    uint8_t next;     /* enum step_row: what follows success */
};

/* With the limit: another command may follow in the same group (RFC 2920 section 3.1). */
#define STEP_JOINS 1
/* The lines of the reply behind its first list extensions. */
#define STEP_LISTS 2

/* A row of a feature. Its `next` is STEP_DONE, or `done` is NULL. */
struct postino_feature_step {
    struct postino_step step;
    /* Emits the value of COMMAND_FEATURE. */
    void (*emit)(const struct postino_session *session, struct postino_emitter *emitter);
    /* Acts on a reply that lets the step succeed. Returns the row that follows. */
    unsigned (*done)(struct postino_session *session);
};

/* A mark in a template stands for a value. */
enum command_mark {
    COMMAND_NAME = 1,  /* the client's name */
    COMMAND_SENDER,    /* the reverse-path */
    COMMAND_RECIPIENT, /* the forward-path */
    COMMAND_OPTIONS,   /* the parameters of MAIL and RCPT */
    COMMAND_MECHANISM, /* the mechanism's name */
    COMMAND_RESPONSE,  /* the mechanism's response that is due, in base64 */
    COMMAND_FEATURE    /* struct postino_feature_step.emit */
};

enum step_row {
    STEP_GREETING,
    STEP_EHLO,
    STEP_HELO,
    STEP_AUTH,
    STEP_AUTH_INITIAL, /* with an initial response */
    STEP_AUTH_RESPONSE,
    STEP_AUTH_CANCEL,
    /* The steps of a mail follow each other. */
    STEP_MAIL,
    STEP_RCPT,
    STEP_DATA,
    STEP_HEADER,  /* single.c sends the message in parts */
    STEP_BODY,    /* of which it writes the body itself */
    STEP_MESSAGE, /* the end of the message; in the other strategies all of it */
    STEP_QUIT,
    STEP_ROWS,
    STEP_NEXT, /* the mails in line say what follows */
    STEP_STAY, /* nothing follows: another function entered a step, or the session is over */
    /* Only as `next` of a row: the named function acts on the reply. */
    STEP_KNOWN,      /* the strategy: the EHLO reply is complete */
    STEP_OVER,       /* QUIT was answered */
    STEP_MAILS,      /* the strategy: a step of a mail was answered */
    STEP_DONE,       /* struct postino_feature_step.done */
    STEP_CANCELLED,  /* only a refusal may answer "*" */
    STEP_UNEXPECTED, /* of no row: the reply does not answer the step */
    STEP_PART        /* no reply comes: another part of the message follows */
};

extern const struct postino_step postino_steps[STEP_ROWS];

/* The template of the header of single.c's message. session->parameters emits its last fields and the empty
 * line. */
#define STEP_HEADER_TEXT "To: \003\r\nFrom: \002\r\nSubject: \004"

/* How the mails of a session are run: transaction.c for those of postino_session_submit(), single.c for one
 * mail to one recipient. */
struct postino_mail_strategy {
    const struct postino_step *greeting;
    /* Enters the step that goes out next, if it need not wait for a reply. */
    void (*advance)(struct postino_session *session);
    /* Returns what the session wants: enum postino_want. */
    unsigned (*want)(const struct postino_session *session);
    /* The EHLO reply is complete. Returns the row that follows. */
    unsigned (*after_ehlo)(struct postino_session *session);
    /* A reply is complete. Ends with postino_steps_reply(). */
    void (*reply_complete)(struct postino_session *session);
    /* Acts on a reply to a step of a mail. Returns the row that follows. */
    unsigned (*reply)(struct postino_session *session, int refused);
    /* The reply in hand refuses the mail. */
    void (*refuse)(struct postino_session *session);
    /* The reply in hand refuses a step outside of the mails. Returns the row that follows. */
    unsigned (*refused)(struct postino_session *session, const struct postino_step *step);
    /* Takes the octet that shows that the line is no reply, and each octet behind it while the line is
     * REPLY_NONSENSE. */
    void (*nonsense)(struct postino_session *session, uint8_t octet);
    /* Writes octets of the step in hand and of steps that may follow it at once. Returns how many. */
    size_t (*output)(struct postino_session *session, uint8_t *out, size_t capacity);
    /* Of single.c: writes octets of the step in hand, and does not count them. Returns how many. */
    size_t (*write_step)(struct postino_session *session, uint8_t *out, size_t capacity);
    /* Returns how long the port may wait, where the step in hand allows `wait_ms`. NULL: `wait_ms`. */
    uint32_t (*limit)(const struct postino_session *session, uint32_t now_ms, uint32_t wait_ms);
    /* Finishes every mail by the session's result, where at least `unsent_octets` of the output never left.
     */
    void (*finish)(struct postino_session *session, size_t unsent_octets);
};

/* steps.c */
/* Acts on the reply that is complete, and enters the step that follows. */
void postino_steps_reply(struct postino_session *session);
/* Enters a row; STEP_NEXT and STEP_STAY too. */
void postino_steps_enter(struct postino_session *session, unsigned row);
/* As the strategy's refused(). */
unsigned postino_steps_refused(struct postino_session *session, const struct postino_step *step);

/* hello.c: the greeting's row where TLS or LMTP may change the step behind it. */
extern const struct postino_feature_step postino_hello_greeting;
/* Begins EHLO, LHLO or HELO. Returns the row that follows. */
unsigned postino_hello(struct postino_session *session);
/* As the strategy's after_ehlo(), where the TLS policy has a say. */
unsigned postino_hello_known(struct postino_session *session);

#endif
