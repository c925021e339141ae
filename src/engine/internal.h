/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_INTERNAL_H
#define POSTINO_INTERNAL_H

#include <string.h>

#include "postino/address.h"
#include "postino/pump.h"
#include "postino/session.h"

#include "../text/text.h"

/* struct postino_session.line */
enum reply_line {
    REPLY_CODE = 0,   /* its code and what stands behind it are arriving */
    REPLY_LAST = ' ', /* what stands there, unless the line ends: it is the last of its reply */
    REPLY_MORE = '-', /* another line follows */
    REPLY_NONSENSE,   /* it is no reply: the mail strategy takes the rest of it */
    REPLY_DEAF,       /* the server makes no sense: say QUIT, and hear nothing more */
    REPLY_TLS         /* it awaits the handshake: whatever comes is none of it */
};

/* struct postino_mail.state, in this order */
enum mail_state {
    MAIL_WAITING = 0,
    MAIL_BEGUN,   /* RSET goes out for it */
    MAIL_STARTED, /* mail->start is set: MAIL goes out, or more */
    MAIL_ENDED,   /* mail->end is set: the whole message was handed out */
    MAIL_FINISHED
};

/* struct postino_mail.marks, as bits */
enum mail_mark {
    MAIL_IN_USE = 1,        /* it and what belongs to it are marked as in use: borrow.c */
    MAIL_ACCEPTED = 2,      /* the server took its MAIL */
    MAIL_HAS_RECIPIENT = 4, /* the server took a recipient in this transaction */
    MAIL_CHUNKED = 8,       /* BDAT, not DATA */
    MAIL_DECIDED = 16,      /* what becomes of it is known: what replies are still to come say nothing */
    MAIL_REWINDS = 32,      /* its source can begin again */
    MAIL_HAS_MORE = 64,     /* recipients are left for a further transaction */
    MAIL_TIMED = 128        /* mail->begun_ms is set */
};

/* struct postino_recipient.state */
enum recipient_state {
    RECIPIENT_WAITING = 0,
    RECIPIENT_ASKED,  /* in the transaction under way */
    RECIPIENT_TAKEN,  /* the server took it, and the message decides */
    RECIPIENT_REFUSED /* and no further transaction asks it again */
};

/* struct postino_session.source_waits */
enum source_state {
    SOURCE_READY = 0,
    SOURCE_WAITS = POSTINO_SOURCE_WAIT, /* it had nothing */
    SOURCE_FAILED =
        POSTINO_SOURCE_FAIL /* nothing more is sent: what was sent before is still to be answered */
};

/* struct postino_session.dirty */
enum dirty_state {
    /* A mail was refused, without a transaction: RSET is due, and the next mail may follow it at once. */
    DIRTY_CLOSED = 1,
    DIRTY_OPEN /* its transaction may be open: nothing of the next mail goes out before RSET is answered */
};

/* struct postino_session.recorded */
enum record_state {
    RECORD_NONE = 0, /* the records still hold earlier replies */
    RECORD_ROOM,     /* they take the reply that is arriving */
    RECORD_FULL      /* none has room for more of it */
};

/* struct postino_session.chunk, as bits */
enum chunk_state {
    CHUNK_BEGUN = 1, /* its size is known */
    CHUNK_DATA = 2,  /* its octets go out */
    CHUNK_LAST = 4   /* it is the mail's last */
};

/* Where a command goes: composed anew each time, of which some went out before and `room` octets fit now. */
struct postino_emitter {
    uint8_t *out;
    /* In `out`, of the octet that comes next. It starts as many below 0 as went out before, and wraps; from
     * `room` on octets are counted only. */
    size_t place;
    size_t room;
    /* 0: octets go out as they are. Otherwise in base64, and these are the ones whose group is not whole yet,
     * behind a leading one. */
    uint32_t bits;
};

/* One row of the step table. */
struct postino_step {
    /* The command, with marks (enum command_mark) for what is not the same in every one; NULL: the step sends
     * none. */
    const char *text;
    uint8_t id;     /* enum postino_step_id */
    uint8_t accept; /* the code, or the class of codes, that lets the step succeed; 0: any */
    uint8_t limit;  /* offset in struct postino_time_limits; with STEP_JOINS, STEP_LISTS */
    uint8_t next;   /* enum step_row: what follows its success */
};

/* A row of a feature's own: next is STEP_DONE, or done is NULL. */
struct postino_feature_step {
    struct postino_step step;
    /* Puts out what COMMAND_FEATURE stands for. */
    void (*emit)(const struct postino_session *session, struct postino_emitter *emitter);
    /* Acts on the reply that lets the step succeed and returns the row that follows. */
    unsigned (*done)(struct postino_session *session);
};

/* With the limit: another command may follow in the same group (RFC 2920 section 3.1). */
#define STEP_JOINS 1
/* The reply's lines behind its first list extensions. */
#define STEP_LISTS 2

enum command_mark {
    COMMAND_NAME = 1,  /* the client's own */
    COMMAND_SENDER,    /* the reverse-path */
    COMMAND_RECIPIENT, /* the forward-path */
    COMMAND_OPTIONS,   /* what extensions and options add to MAIL and RCPT */
    COMMAND_MECHANISM, /* its name */
    COMMAND_RESPONSE,  /* the mechanism's that is due, in base64 */
    COMMAND_FEATURE    /* struct postino_feature_step says it */
};

/* What may stand between AUTH and its line's end: RFC 4954 section 4 has an initial response travel with the
 * command if the line keeps to RFC 5321's 512 octets. */
#define STEP_AUTH_OCTETS_MAX (512 - (sizeof "AUTH\r\n" - 1))

enum step_row {
    STEP_GREETING,
    STEP_EHLO,
    STEP_HELO,
    STEP_AUTH,
    STEP_AUTH_INITIAL, /* with a response */
    STEP_AUTH_RESPONSE,
    STEP_AUTH_CANCEL,
    /* Those of a mail follow each other. */
    STEP_MAIL,
    STEP_RCPT,
    STEP_DATA,
    STEP_HEADER,  /* single.c has the message in parts */
    STEP_BODY,    /* which it puts out itself */
    STEP_MESSAGE, /* its end; with others, all of it */
    STEP_QUIT,
    STEP_ROWS,
    STEP_NEXT, /* what the mails in line ask for */
    STEP_STAY, /* nothing follows: the session is over */
    /* Of a row only, what its reply means is for somebody to say: */
    STEP_KNOWN,      /* the extensions are known */
    STEP_OVER,       /* QUIT */
    STEP_MAILS,      /* the mail strategy */
    STEP_DONE,       /* struct postino_feature_step */
    STEP_CANCELLED,  /* only a refusal answers "*" */
    STEP_UNEXPECTED, /* no row's: the reply answers nothing */
    STEP_PART        /* none comes: another part of the message follows */
};

extern const struct postino_step postino_steps[STEP_ROWS];

/* What runs the mails of a session: transaction.c for those of postino_session_submit(), single.c for one
 * mail to one recipient. */
struct postino_mail_strategy {
    const struct postino_step *greeting;
    /* Enters what goes out next, if it need not wait for a reply. */
    void (*advance)(struct postino_session *session);
    /* What the session wants. */
    unsigned (*want)(const struct postino_session *session);
    /* The server is known: returns the row that follows. */
    unsigned (*after_ehlo)(struct postino_session *session);
    /* A reply is complete; ends with postino_steps_reply(). */
    void (*reply_complete)(struct postino_session *session);
    /* Acts on a reply to a step of a mail, that was refused or not. Returns the row that follows. */
    unsigned (*reply)(struct postino_session *session, int refused);
    /* The reply in hand refuses the mail. */
    void (*refuse)(struct postino_session *session);
    /* The reply in hand refuses a step outside of the mails. Returns the row that follows. */
    unsigned (*refused)(struct postino_session *session, const struct postino_step *step);
    /* Takes the octet with which the line that is arriving turns out to be no reply, and each that follows as
     * long as session->line is REPLY_NONSENSE. */
    void (*nonsense)(struct postino_session *session, uint8_t octet);
    /* Puts out octets of the step in hand, and of those that follow it in a group, which
     * postino_session_count_output() has counted. Returns how many. */
    size_t (*output)(struct postino_session *session, uint8_t *out, size_t capacity);
    /* Of single.c: puts out octets of the step in hand, and does not count them. Returns how many. */
    size_t (*write_step)(struct postino_session *session, uint8_t *out, size_t capacity);
    /* How long the port may wait, where the step in hand allows `wait_ms`; NULL: so long. */
    uint32_t (*limit)(const struct postino_session *session, uint32_t now_ms, uint32_t wait_ms);
    /* Settles every mail by the session's result, where so many octets certainly never left. */
    void (*finish)(struct postino_session *session, size_t unsent_octets);
};

extern const struct postino_mail_strategy postino_transactions;

/* steps.c */
/* Acts on the reply that is complete, and goes on. */
void postino_steps_reply(struct postino_session *session);
/* Says QUIT because of an error, with every mail settled. Returns the row that follows. */
unsigned postino_steps_give_up(struct postino_session *session, int error);
/* Enters a row, unless it is STEP_STAY. */
void postino_steps_enter(struct postino_session *session, unsigned row);
/* Whether the configuration allows the mechanism on this connection. */
int postino_steps_allowed(const struct postino_session *session, const struct postino_mechanism *mechanism);
/* Without authentication the dialogue is complete where none was asked for, or none is offered and none
 * insisted on. */
int postino_steps_unauthenticated(const struct postino_session *session);
/* As the strategy's refused(). */
unsigned postino_steps_refused(struct postino_session *session, const struct postino_step *step);
/* auth_next.c: the same where the next mechanism may be tried. */
unsigned postino_auth_next_refused(struct postino_session *session, const struct postino_step *step);
/* The row that follows when the server is known: authentication, or the mails. */
unsigned postino_steps_mails(struct postino_session *session);

/* hello.c: the greeting's row where TLS or LMTP may change what follows it. */
extern const struct postino_feature_step postino_hello_greeting;
/* Says EHLO, or LHLO. Returns the row that follows. */
unsigned postino_hello(struct postino_session *session);
/* As the strategy's after_ehlo(). */
unsigned postino_hello_known(struct postino_session *session);

/* transaction.c: mails in line. */
void postino_transaction_advance(struct postino_session *session);
/* The reply to a step of a mail, in lock-step. Returns the row that follows. */
unsigned postino_transaction_reply(struct postino_session *session, int refused);
/* The step that follows within the mail, for either cursor: the next recipient in `state`, or what comes
 * behind the last. */
const struct postino_step *postino_transaction_follow(const struct postino_session *session,
                                                      struct postino_cursor *cursor, unsigned state);
/* What comes behind the last recipient. */
const struct postino_step *postino_transaction_content(const struct postino_session *session,
                                                       const struct postino_mail *mail);
/* A refused RSET would leave the recipients of the mail before to the message of this one: of the step in
 * hand nothing goes out before it is answered, if nothing did. */
static inline int postino_transaction_held(const struct postino_session *session)
{
    return session->dirty == DIRTY_OPEN && session->outstanding != 0 && session->offset_octets == 0;
}
/* Puts out octets of the step in hand. Returns how many. */
size_t postino_transaction_write_step(struct postino_session *session, uint8_t *out, size_t capacity);
/* The step in hand goes out: it may be the first of its mail. */
static inline void postino_transaction_time(struct postino_session *session)
{
    struct postino_mail *mail = session->sent.mail;

    if (mail != NULL && (mail->marks & MAIL_TIMED) == 0) {
        mail->marks |= MAIL_TIMED;
        mail->begun_ms = session->now_ms;
    }
}
/* Says what becomes of the mail whose reply is in hand, if that is not decided. */
void postino_transaction_decide(struct postino_session *session, int error, unsigned outcome);
/* The transaction ended, `outcome` being that of the recipients who were in it. */
void postino_transaction_end(struct postino_session *session, int error, unsigned outcome);
/* The reply in hand refuses the mail. */
void postino_transaction_refuse(struct postino_session *session);
/* A mail may start at once. */
int postino_transaction_wanted(const struct postino_session *session);
/* RSET, whose follower is MAIL. */
extern const struct postino_step postino_transaction_rset;

/* borrow.c */
/* Marks a mail and what belongs to it as in use. Returns 0; or the error that names what is in use already,
 * with no mark left. */
int postino_mail_borrow(struct postino_mail *mail);
/* Takes the marks off. */
void postino_mail_release(struct postino_mail *mail);

/* submit.c: what mails may need beyond one mail to one recipient. */
/* postino_session_submit() of a mail that is marked, and stays so on an error. */
int postino_session_submit_borrowed(struct postino_session *session, struct postino_mail *mail);
/* postino_session_finished() of which the marks stay. */
struct postino_mail *postino_session_take_finished(struct postino_session *session);
void postino_submit_heard(struct postino_session *session);
int postino_submit_begin(struct postino_session *session, struct postino_mail *mail);
/* Forgets an earlier reply. */
static inline void postino_record_clear(struct postino_record *record)
{
    if (record == NULL)
        return;
    record->text_octets = 0;
    record->enhanced_code = (struct postino_enhanced_code){0, 0, 0};
}
/* What a mail came to that was given up before MAIL for an error of its own. `session` may be NULL: it has
 * none. */
unsigned postino_submit_outcome(const struct postino_session *session, int error);
void postino_submit_rcpt(struct postino_session *session, int refused);
int postino_submit_again(struct postino_session *session, int error);
int postino_submit_message(struct postino_session *session, int *refused);

/* emitter.c */
void postino_emit(struct postino_emitter *emitter, unsigned octet);
void postino_emit_text(struct postino_emitter *emitter, const char *text);
/* A text with marks (enum command_mark), whose like the step in hand may have. */
void postino_emit_template(const struct postino_session *session, struct postino_emitter *emitter,
                           const char *text);
void postino_emit_octets(struct postino_emitter *emitter, const void *data, size_t length);
/* What goes out until the next of them does so in base64 (RFC 4648 section 4). */
static inline void postino_emit_base64(struct postino_emitter *emitter)
{
    emitter->bits = 1;
}
/* Ends it with padding, if it began. */
void postino_emit_base64_end(struct postino_emitter *emitter);
/* The mechanism's response that is due, in base64, which is still to be ended. session->round counts the
 * responses that are given with the step in hand and before. */
static inline void postino_emit_response(const struct postino_session *session,
                                         struct postino_emitter *emitter)
{
    postino_emit_base64(emitter);
    session->mechanism->respond(emitter, session->config->credentials, session->round - 1u);
}

/* Puts out the line's end and counts what went out; without a rest the step in hand is complete. Returns how
 * many octets there was room for. */
size_t postino_emitted(struct postino_session *session, struct postino_emitter *emitter);
/* Puts out the command of the step in hand and returns how many octets. */
size_t postino_command(struct postino_session *session, uint8_t *out, size_t capacity);

/* domain.c: sets each recipient's `domain`: the first of the mail's recipients that has the same. Returns how
 * many domains there are. The time grows with n log n. */
size_t postino_domains(struct postino_mail *mail);

/* number.c */
/* In decimal digits. */
void postino_emit_number(struct postino_emitter *emitter, size_t number);
#if !POSTINO_SMALL
/* The usual case: puts down a number of at most so many digits. Returns how many they are; 0: they are
 * more. */
#define NUMBER_SHORT_OCTETS 4
size_t postino_number_short(uint8_t *out, size_t number);
#endif

/* message.c */
#define MESSAGE_MARK_OCTETS 5
size_t postino_message(struct postino_session *session, uint8_t *out, size_t capacity);

/* chunking.c, where the configuration names CHUNKING. */
struct postino_chunking {
    const struct postino_step *step;
    size_t (*output)(struct postino_session *session, uint8_t *out, size_t capacity);
    int (*more)(struct postino_mail *mail);
};

/* pipelining.c, where the configuration names PIPELINING. */
struct postino_pipelining {
    size_t (*group)(struct postino_session *session, uint8_t *out, size_t capacity);
    int (*follows)(struct postino_session *session);
    int (*joins)(const struct postino_session *session);
    unsigned (*answer)(struct postino_session *session, int refused); /* postino_transaction_reply() */
    int (*wanted)(const struct postino_session *session);             /* postino_transaction_wanted() */
#if !POSTINO_SMALL
    /* Takes replies of the usual case, before anybody else looks at them. Returns how many octets. */
    size_t (*taken)(struct postino_session *session, const uint8_t *data, size_t length);
#endif
};

/* count.c */
/* Has session->message.size_octets known, if the mail's source lets itself be counted. Returns 0, or an
 * error. */
int postino_count(struct postino_session *session, struct postino_mail *mail);
/* The same for a source that lets itself be counted. */
int postino_count_through(struct postino_session *session, struct postino_mail *mail);

/* How many more steps may go out before replies to those that did. */
static inline unsigned postino_pipelining_room(const struct postino_session *session)
{
    unsigned limit = session->outstanding_max != 0 ? session->outstanding_max : UINT16_MAX;

    return session->outstanding < limit ? limit - session->outstanding : 0;
}

/* session.c */
/* Whether the response that a mechanism without an exchange begins with does not fit the line of AUTH. */
int postino_session_response_long(const struct postino_credentials *credentials,
                                  const struct postino_mechanism *mechanism);
/* postino_session_init() with a configuration that needs no check. */
void postino_session_start(struct postino_session *session, const struct postino_session_config *config,
                           const struct postino_mail_strategy *strategy);
/* Every change of step goes through enter, every end for an error through fail. */
void postino_session_enter(struct postino_session *session, const struct postino_step *step);
void postino_session_record(struct postino_session *session, int error);
unsigned postino_session_fail(struct postino_session *session, int error); /* returns STEP_STAY */
/* What a mail came to whose session is over, where so many octets certainly never left. */
unsigned postino_session_outcome(const struct postino_session *session, const struct postino_mail *mail,
                                 size_t unsent_octets);
/* The outcome that the reply in hand, a refusal, stands for. */
unsigned postino_session_refusal(const struct postino_session *session);
/* The source of the mail that is being sent has nothing now, or failed. */
void postino_session_stop(struct postino_session *session, enum postino_source_status status);
/* Counts octets of the step in hand that were put out. Returns how many. In line: each strategy has one
 * call. */
static inline size_t postino_session_count_output(struct postino_session *session, size_t length)
{
    struct postino_mail *mail = session->sent.mail;

    session->output_octets += length;
    if (length != 0)
        session->since_ms = session->now_ms;
    if (session->complete && session->sent.step->next != STEP_PART) {
        session->outstanding++;
        if (session->sent.step->id == POSTINO_STEP_MESSAGE) {
            mail->end = session->output_octets;
            mail->state = MAIL_ENDED;
        }
    }
    return length;
}
/* No reply says why something failed. */
static inline void postino_session_no_text(struct postino_session *session)
{
    session->reply.text_octets = 0;
    session->reply.text_code = 0;
}
/* The error that stands for a reply which did not come in time. */
int postino_session_timeout(const struct postino_session *session);
/* A step that was entered by a call which told no time has its limit begin now. */
void postino_session_refresh(struct postino_session *session);
/* postino_session_want() of a session whose source never waits, without MAIL and COLLECT. */
unsigned postino_session_want_octets(const struct postino_session *session);
/* Puts out octets of the step in hand, and does not count them. Returns how many. */
size_t postino_session_write_step(struct postino_session *session, uint8_t *out, size_t capacity);
/* Whether what the step in hand puts out must not be shown. Returns 1 or 0. */
unsigned postino_session_secret(const struct postino_session *session);

/* reply.c: takes octets that arrived; returns how many, at least one. */
size_t postino_reply_input(struct postino_session *session, const uint8_t *data, size_t length_octets);
/* As the strategy's nonsense(): ends the session at once. */
void postino_reply_nonsense(struct postino_session *session, uint8_t octet);
/* nonsense.c: the same, but the rest of the line is taken first. */
void postino_nonsense(struct postino_session *session, uint8_t octet);
/* What stands for an octet of a reply's text where the caller sees it, be it on a terminal: '\n' is between
 * two lines, and no other control character is kept. */
static inline unsigned postino_shown_octet(unsigned octet)
{
    if (octet == 127 || (octet < ' ' && octet != '\n'))
        return octet == '\t' ? ' ' : '?';
    return octet;
}
/* Blanks, line ends and control characters before the code of a line at most. */
#define REPLY_BLANKS_MAX 250
#if !POSTINO_SMALL
/* Reads a reply of one line that is there whole, with CRLF and no other control character. Returns how many
 * octets it has, 0 for anything else. */
size_t postino_reply_line(const uint8_t *data, size_t length, unsigned *code);
/* Whether such a reply may be taken as a whole now: none has begun to arrive, and nobody looks at its
 * octets. */
int postino_reply_is_plain(const struct postino_session *session);
/* Keeps what it says. */
void postino_reply_keep(struct postino_session *session, unsigned code, const uint8_t *text, size_t length);
#endif

/* extensions.c */
/* Takes the keyword, the first word of each line. */
void postino_extensions_keyword(struct postino_session *session);
void postino_extensions_octet(struct postino_session *session, uint8_t octet);
/* Whether session->word is `name`. */
int postino_extensions_is(const struct postino_session *session, const char *name);
/* Those that have a look at each mail, and those that may put something behind MAIL: nobody walks over all
 * that the configuration names with each mail, but as far as the last of these that is offered. */
#define EXTENSIONS_THAT_CHECK                                                                          \
    ((uint32_t)POSTINO_CAPABILITY_SIZE | POSTINO_CAPABILITY_PIPELINING | POSTINO_CAPABILITY_CHUNKING | \
     POSTINO_CAPABILITY_LIMITS)
#define EXTENSIONS_WITH_PARAMETER                                                                      \
    ((uint32_t)POSTINO_CAPABILITY_SIZE | POSTINO_CAPABILITY_8BITMIME | POSTINO_CAPABILITY_BINARYMIME | \
     POSTINO_CAPABILITY_MT_PRIORITY)
/* Those that can be done without though the server offers them: struct postino_session_config.avoided. */
#define EXTENSIONS_AVOIDED                                                                                   \
    ((uint32_t)POSTINO_CAPABILITY_PIPELINING | POSTINO_CAPABILITY_CHUNKING | POSTINO_CAPABILITY_BINARYMIME | \
     POSTINO_CAPABILITY_SIZE | POSTINO_CAPABILITY_8BITMIME)
/* Whether the configuration names the extension with that bit. */
int postino_extensions_is_named(const struct postino_session *session, uint32_t capability);
/* Has those that are offered look at the mail that begins. Returns 0 or an error. */
int postino_extensions_check(struct postino_session *session, struct postino_mail *mail);
/* What extensions and options say with MAIL and RCPT; for session->parameters. */
void postino_extensions_parameters(const struct postino_session *session, struct postino_emitter *emitter);
/* session->word as a number; SIZE_MAX: it is none, or too large. */
size_t postino_extensions_number(const struct postino_session *session);

#endif
