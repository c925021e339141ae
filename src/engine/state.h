/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_STATE_H
#define POSTINO_STATE_H

/* The states of a session, its mails and its recipients, and the functions that change them. */

#include <string.h>

#include "postino/session.h"

#include "../text/text.h"
#include "steps.h"

/* struct postino_session.line: the reply line that is arriving. */
enum reply_line {
    REPLY_CODE = 0,   /* the code, or the separator behind it, comes next */
    REPLY_LAST = ' ', /* the line is the last of its reply, as with any separator but the next */
    REPLY_MORE = '-', /* another line follows */
    REPLY_NONSENSE,   /* the line is no reply: the mail strategy takes the rest of it */
    REPLY_DEAF,       /* the server makes no sense: the session says QUIT and reads nothing more */
    REPLY_TLS         /* the server awaits the handshake: no octet may come before it */
};

/* struct postino_mail.state, in this order. */
enum mail_state {
    MAIL_WAITING = 0,
    MAIL_BEGUN,   /* RSET goes out for the mail */
    MAIL_STARTED, /* mail->start is set: MAIL goes out, or a later step */
    MAIL_ENDED,   /* mail->end is set: the whole message was handed out */
    MAIL_FINISHED
};

/* struct postino_mail.marks, as bits. */
enum mail_mark {
    MAIL_IN_USE = 1,        /* the mail and its objects are borrowed: borrow.c */
    MAIL_ACCEPTED = 2,      /* the server accepted MAIL */
    MAIL_HAS_RECIPIENT = 4, /* the server accepted a recipient in this transaction */
    MAIL_CHUNKED = 8,       /* the message goes out by BDAT, not by DATA */
    MAIL_DECIDED = 16,      /* the result is known: replies that are still to come change nothing */
    MAIL_REWINDS = 32,      /* the source can begin again */
    MAIL_HAS_MORE = 64,     /* recipients are left for a further transaction */
    MAIL_TIMED = 128        /* mail->begun_ms is set */
};

/* struct postino_recipient.state */
enum recipient_state {
    RECIPIENT_WAITING = 0,
    RECIPIENT_ASKED,  /* RCPT went out in the transaction under way */
    RECIPIENT_TAKEN,  /* the server accepted RCPT; the reply to the message decides */
    RECIPIENT_REFUSED /* no further transaction asks for the recipient again */
};

/* struct postino_session.source_waits */
enum source_state {
    SOURCE_READY = 0,
    SOURCE_WAITS = POSTINO_SOURCE_WAIT, /* the source had nothing */
    SOURCE_FAILED =
        POSTINO_SOURCE_FAIL /* nothing more goes out; replies to earlier steps are still awaited */
};

/* struct postino_session.dirty: a failed mail, and what RSET has to end. */
enum dirty_state {
    DIRTY_CLOSED = 1, /* the server holds no transaction: the next mail may follow RSET at once */
    DIRTY_OPEN        /* the server may hold one: the next mail waits for the reply to RSET */
};

/* struct postino_session.recorded */
enum record_state {
    RECORD_NONE = 0, /* the records still hold earlier replies */
    RECORD_ROOM,     /* the records take the reply that is arriving */
    RECORD_FULL      /* no record has room for more of it */
};

/* struct postino_session.chunk, as bits. */
enum chunk_state {
    CHUNK_BEGUN = 1, /* the size is known */
    CHUNK_DATA = 2,  /* the octets go out */
    CHUNK_LAST = 4   /* the chunk is the last of its message */
};

/* Makes a new session with a configuration that was checked. */
void postino_session_start(struct postino_session *session, const struct postino_session_config *config,
                           const struct postino_mail_strategy *strategy);
/* Enters a step. Every change of step goes through here. */
void postino_session_enter(struct postino_session *session, const struct postino_step *step);
/* Keeps the session's first error. */
void postino_session_record(struct postino_session *session, int error);
/* Ends the session for an error. Every such end goes through here. Returns STEP_STAY. */
unsigned postino_session_fail(struct postino_session *session, int error);
/* Ends the dialogue in good order: finishes every mail with the error. Returns STEP_QUIT. */
unsigned postino_session_give_up(struct postino_session *session, int error);
/* Returns the outcome of a mail whose session is over, where at least `unsent_octets` of the output never
 * left. */
unsigned postino_session_outcome(const struct postino_session *session, const struct postino_mail *mail,
                                 size_t unsent_octets);
/* Returns the outcome that the reply in hand, a refusal, stands for. */
unsigned postino_session_refusal(const struct postino_session *session);
/* Takes note of a source that has nothing now, or failed. */
void postino_session_stop(struct postino_session *session, enum postino_source_status status);
/* Returns the error for a reply that did not come in time. */
int postino_session_timeout(const struct postino_session *session);
/* Returns what a session without its mails wants: octets in, octets out, or its end. */
unsigned postino_session_want_octets(const struct postino_session *session);
/* Returns 1 where the octets of the step in hand must not be shown, else 0. */
unsigned postino_session_secret(const struct postino_session *session);

/* Counts octets of the step in hand that go out. Returns how many. In line: each strategy has one call. */
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

/* Drops the text: no reply says why something failed. */
static inline void postino_session_no_text(struct postino_session *session)
{
    session->reply.text_octets = 0;
    session->reply.text_code = 0;
}

#endif
