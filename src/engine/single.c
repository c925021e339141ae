/* SPDX-License-Identifier: MIT */
/* One mail to one recipient over a connection of its own, in lock-step: its steps follow each other in the
 * table. Invariant: the session's result is the mail's, so it is kept once, and copied to the mail when
 * the session is over. The message has a header that is a template, and a body that lies in memory. */
#include "data_filter.h"
#include "emitter.h"
#include "auth.h"
#include "mails.h"
#include "reply.h"
#include "single.h"

void postino_single_start(struct postino_session *session, const struct postino_session_config *config,
                          const struct postino_mail_strategy *strategy, struct postino_single *single)
{
    struct postino_mail *mail = &single->mail;

    postino_session_start(session, config, strategy);
    mail->state = MAIL_WAITING;
    mail->marks = 0;
    session->mails = mail;
    session->sent.mail = mail;
    session->sent.recipient = mail->recipients;
}

void postino_single_follow(struct postino_session *session)
{
    struct postino_mail *mail = session->mails;
    const struct postino_step *step = session->sent.step;

    if (step->next != STEP_PART &&
        (step->id == POSTINO_STEP_MESSAGE || session->result.outcome != POSTINO_OUTCOME_PENDING)) {
        step = &postino_steps[STEP_QUIT];
    } else if (mail->state == MAIL_WAITING) {
        mail->start = session->output_octets;
        mail->state = MAIL_STARTED;
        step = &postino_steps[STEP_MAIL];
    } else {
        step++;
    }
    postino_session_enter(session, step);
}

static void single_advance(struct postino_session *session)
{
    if (session->outstanding == 0)
        postino_single_follow(session);
}

size_t postino_single_body(struct postino_session *session, uint8_t *out, size_t capacity)
{
    struct postino_span *body = &((struct postino_single *)session->mails)->body;
    size_t written = postino_data_filter(&session->filter, body, out, capacity);

    session->complete = body->length_octets == 0;
    return written;
}

static size_t single_write_step(struct postino_session *session, uint8_t *out, size_t capacity)
{
    return session->sent.step == &postino_steps[STEP_BODY] ? postino_single_body(session, out, capacity)
                                                           : postino_command(session, out, capacity);
}

size_t postino_single_output(struct postino_session *session, uint8_t *out, size_t capacity)
{
    size_t written = 0;

    do {
        size_t length = session->strategy->write_step(session, out + written, capacity - written);

        written += postino_session_count_output(session, length);
        if (!session->complete)
            break;
        session->strategy->advance(session);
        /* The end mark goes out in one piece. */
    } while (!session->complete && (written == 0 || capacity - written >= MESSAGE_MARK_OCTETS));
    return written;
}

void postino_single_refuse(struct postino_session *session)
{
    postino_session_record(session, POSTINO_ERROR_REFUSED);
    session->result.outcome = (uint8_t)postino_session_refusal(session);
}

unsigned postino_single_reply(struct postino_session *session, int refused)
{
    if (refused)
        postino_single_refuse(session);
    else if (session->replied.step->id == POSTINO_STEP_MESSAGE)
        session->result.outcome = POSTINO_OUTCOME_ACCEPTED;
    return STEP_NEXT;
}

void postino_single_finish(struct postino_session *session, size_t unsent_octets)
{
    struct postino_mail *mail = session->mails;

    if (session->result.outcome == POSTINO_OUTCOME_PENDING)
        session->result.outcome = (uint8_t)postino_session_outcome(session, mail, unsent_octets);
    mail->result = session->result;
}

/* As postino_session_want_octets(), where the connection may be encrypted (RFC 3207). */
unsigned postino_single_want_tls(const struct postino_session *session)
{
    unsigned want = postino_session_want_octets(session);

    return session->over == 0 && session->line == REPLY_TLS ? want | POSTINO_WANT_START_TLS : want;
}

const struct postino_mail_strategy postino_single = {.greeting = &postino_steps[STEP_GREETING],
                                                     .advance = single_advance,
                                                     .want = postino_session_want_octets,
                                                     .after_ehlo = postino_auth_begin,
                                                     .reply_complete = postino_steps_reply,
                                                     .reply = postino_single_reply,
                                                     .refuse = postino_single_refuse,
                                                     .refused = postino_steps_refused,
                                                     .nonsense = postino_reply_nonsense,
                                                     .output = postino_single_output,
                                                     .write_step = single_write_step,
                                                     .finish = postino_single_finish};

const struct postino_mail_strategy postino_single_tls = {.greeting = &postino_hello_greeting.step,
                                                         .advance = single_advance,
                                                         .want = postino_single_want_tls,
                                                         .after_ehlo = postino_hello_known,
                                                         .reply_complete = postino_steps_reply,
                                                         .reply = postino_single_reply,
                                                         .refuse = postino_single_refuse,
                                                         .refused = postino_steps_refused,
                                                         .nonsense = postino_reply_nonsense,
                                                         .output = postino_single_output,
                                                         .write_step = single_write_step,
                                                         .finish = postino_single_finish};
