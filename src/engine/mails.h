/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_MAILS_H
#define POSTINO_MAILS_H

/* The mails in line, and their transactions. */

#include "state.h"

/* session.c */
/* postino_session_submit() of a mail that is marked, and stays so on an error. */
int postino_session_submit_borrowed(struct postino_session *session, struct postino_mail *mail);
/* postino_session_finished() of a mail that stays marked. */
struct postino_mail *postino_session_take_finished(struct postino_session *session);

/* borrow.c */
/* Marks a mail and its objects as in use. Returns 0; or the error that names an object in use, with no mark
 * left. */
int postino_mail_borrow(struct postino_mail *mail);
/* Takes the marks off. */
void postino_mail_release(struct postino_mail *mail);

/* mail_check.c */
/* Checks a mail that is submitted: what can be checked without the server. Returns 0 or an error. */
int postino_mail_check(struct postino_mail *mail);
/* Checks a mail that begins against the extensions that the server offers. Returns 0 or an error. */
int postino_mail_check_offered(struct postino_session *session, struct postino_mail *mail);
/* Returns the outcome of a mail that was given up before MAIL for an error of its own. `session` may be NULL.
 */
unsigned postino_mail_check_outcome(const struct postino_session *session, int error);

/* outcome.c */
/* Decides the mail whose reply is in hand, if it is not decided. */
void postino_outcome_decide(struct postino_session *session, int error, unsigned outcome);
/* Decides a mail: `outcome` is that of its recipients that are not decided. */
void postino_outcome_set(struct postino_mail *mail, unsigned outcome);
/* The reply in hand refuses the mail. */
void postino_outcome_refuse(struct postino_session *session);
/* The transaction ended, with `outcome` for the recipients in it. Other recipients may wait for another one.
 */
void postino_outcome_end(struct postino_session *session, int error, unsigned outcome);
/* Nothing more is said for the mail: it can be given back. */
void postino_outcome_finish(struct postino_session *session, struct postino_mail *mail);
/* As the strategy's finish(). */
void postino_outcome_finish_all(struct postino_session *session, size_t unsent_octets);
/* As the strategy's limit(): the total limit of the mail that began first. */
uint32_t postino_outcome_limit(const struct postino_session *session, uint32_t now_ms, uint32_t wait_ms);

/* transaction.c */
extern const struct postino_mail_strategy postino_transactions;
/* RSET, with MAIL behind it. */
extern const struct postino_step postino_transaction_rset;
/* Writes octets of the step in hand. Returns how many. */
size_t postino_transaction_write_step(struct postino_session *session, uint8_t *out, size_t capacity);
/* Enters what goes out next, as far as it need not wait. */
void postino_transaction_advance(struct postino_session *session);
/* Puts a mail that was checked in line. Returns 0 or an error. */
int postino_transaction_line_up(struct postino_session *session, struct postino_mail *mail);
/* Returns the step behind the cursor's within its mail, and moves the cursor to the next recipient in
 * `state`. */
const struct postino_step *postino_transaction_follow(const struct postino_session *session,
                                                      struct postino_cursor *cursor, unsigned state);
/* Returns the step behind the last recipient: DATA or BDAT. */
const struct postino_step *postino_transaction_content(const struct postino_session *session,
                                                       const struct postino_mail *mail);
/* transaction_reply.c */
/* As the strategy's reply(), without PIPELINING. */
unsigned postino_transaction_reply(struct postino_session *session, int refused);
/* As the strategy's reply_complete(). */
void postino_transaction_reply_complete(struct postino_session *session);

/* domain.c: sets each recipient's `domain`: the first recipient of the mail with the same domain. Returns how
 * many domains there are. The time grows with n log n. */
size_t postino_domains(struct postino_mail *mail);

/* data_step.c: writes octets of the message by DATA. Returns how many. */
size_t postino_message(struct postino_session *session, uint8_t *out, size_t capacity);
/* The octets of the end mark with the line end before it (RFC 5321 section 4.5.2). */
#define MESSAGE_MARK_OCTETS 5

/* chunking.c, where the configuration names CHUNKING. */
struct postino_chunking {
    const struct postino_step *step;
    size_t (*output)(struct postino_session *session, uint8_t *out, size_t capacity);
    int (*more)(struct postino_mail *mail);
};

/* pipelining.c, where the configuration names PIPELINING. */
struct postino_pipelining {
    /* Writes step after step, as far as they may follow each other. Returns how many octets. */
    size_t (*group)(struct postino_session *session, uint8_t *out, size_t capacity);
    /* Drops the step in hand if a refusal made it useless before it began. */
    void (*drop_step)(struct postino_session *session);
    /* Returns 1 where another step may be entered now, else 0. */
    int (*may_advance)(const struct postino_session *session);
    /* Returns 1 where the message may follow RCPT before the reply to that, else 0. */
    int (*joins)(const struct postino_session *session);
    unsigned (*answer)(struct postino_session *session, int refused); /* postino_transaction_reply() */
    int (*wanted)(const struct postino_session *session);             /* another mail may begin */
};

/* Returns how many more steps may go out before replies to those that did. */
static inline unsigned postino_pipelining_room(const struct postino_session *session)
{
    unsigned limit = session->outstanding_max != 0 ? session->outstanding_max : UINT16_MAX;

    return session->outstanding < limit ? limit - session->outstanding : 0;
}

/* count.c */
/* Counts the message into session->message.size_octets, if the source lies in memory. Returns 0 or an error.
 */
int postino_count(struct postino_session *session, struct postino_mail *mail);

#endif
