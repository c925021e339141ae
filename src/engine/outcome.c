/* SPDX-License-Identifier: MIT */
/* The outcome of mails and recipients. Invariant: a mail is decided once; it is finished when it is decided
 * and every reply to its steps has come, or the session is over. */
#include "mails.h"

void postino_outcome_set(struct postino_mail *mail, unsigned outcome)
{
    struct postino_recipient *recipient;

    mail->marks |= MAIL_DECIDED;
    mail->result.outcome = (uint8_t)outcome;
    for (recipient = mail->recipients; recipient != NULL; recipient = recipient->next) {
        if (recipient->outcome == POSTINO_OUTCOME_PENDING) {
            recipient->outcome = (uint8_t)outcome;
            /* A recipient that was not asked has no part in the message. */
            if (outcome <= POSTINO_OUTCOME_UNKNOWN && recipient->state == RECIPIENT_WAITING)
                recipient->outcome = POSTINO_OUTCOME_NOT_ATTEMPTED;
            recipient->reply_code = mail->result.reply_code;
        }
        if (recipient->outcome < mail->result.outcome)
            mail->result.outcome = recipient->outcome;
    }
    /* A mail that somebody has is no failure: each recipient tells its own. */
    if (mail->result.outcome == POSTINO_OUTCOME_ACCEPTED)
        mail->result.error = POSTINO_OK;
}

void postino_outcome_decide(struct postino_session *session, int error, unsigned outcome)
{
    struct postino_mail *mail = session->replied.mail;

    if ((mail->marks & MAIL_DECIDED) != 0)
        return;
    mail->result.error = (int16_t)error;
    mail->result.reply_code = session->reply.code;
    mail->result.step = session->replied.step->id;
    if (error != POSTINO_OK) {
        session->text_is_error = 1;
        session->dirty = (mail->marks & MAIL_ACCEPTED) != 0 ? DIRTY_OPEN : DIRTY_CLOSED;
    }
    postino_outcome_set(mail, outcome);
}

void postino_outcome_refuse(struct postino_session *session)
{
    postino_outcome_decide(session, POSTINO_ERROR_REFUSED, postino_session_refusal(session));
}

void postino_outcome_finish(struct postino_session *session, struct postino_mail *mail)
{
    mail->state = MAIL_FINISHED;
    session->in_flight--;
}

void postino_outcome_end(struct postino_session *session, int error, unsigned outcome)
{
    struct postino_mail *mail = session->replied.mail;

    if (mail->delivery != NULL && (mail->marks & MAIL_DECIDED) == 0 && mail->delivery->again(session, mail)) {
        /* Without a message the transaction of the server is still open. */
        if (error != POSTINO_OK)
            session->dirty = DIRTY_OPEN;
        mail->state = MAIL_WAITING;
        session->in_flight--;
        return;
    }
    postino_outcome_decide(session, error, outcome);
    postino_outcome_finish(session, mail);
}

/* Returns what is left of the total limit of the mail that began first; UINT32_MAX: there is no such limit.
 */
static uint32_t outcome_left_ms(const struct postino_session *session, uint32_t now_ms)
{
    uint32_t limit_ms = session->config->time_limits->mail_ms;
    const struct postino_mail *mail = session->replied.mail;
    uint32_t passed_ms;

    if (limit_ms == 0 || mail == NULL || mail->state == MAIL_FINISHED || (mail->marks & MAIL_TIMED) == 0)
        return UINT32_MAX;
    passed_ms = now_ms - mail->begun_ms;
    return passed_ms < limit_ms ? limit_ms - passed_ms : 0;
}

uint32_t postino_outcome_limit(const struct postino_session *session, uint32_t now_ms, uint32_t wait_ms)
{
    uint32_t left_ms = session->over == 0 ? outcome_left_ms(session, now_ms) : UINT32_MAX;

    return left_ms < wait_ms ? left_ms : wait_ms;
}

void postino_outcome_finish_all(struct postino_session *session, size_t unsent_octets)
{
    struct postino_result *result = &session->result;
    struct postino_mail *mail;

    /* An earlier reply does not say why. */
    if (result->error != POSTINO_OK && !session->text_is_error) {
        postino_session_no_text(session);
        session->text_is_error = 1;
    }
    /* The transport's word for a time-out is more general than the session's. */
    if (result->error == POSTINO_ERROR_TIMEOUT)
        result->error =
            (int16_t)(outcome_left_ms(session, session->now_ms) == 0 ? POSTINO_ERROR_MAIL_TIMEOUT
                                                                     : postino_session_timeout(session));
    for (mail = session->mails; mail != NULL; mail = mail->next) {
        if (mail->state != MAIL_FINISHED && (mail->marks & MAIL_DECIDED) == 0) {
            unsigned outcome = postino_session_outcome(session, mail, unsent_octets);

            mail->result = *result;
            postino_outcome_set(mail, outcome);
        }
        mail->state = MAIL_FINISHED;
    }
    if (session->text_sink != NULL && session->text_sink->lost != NULL)
        session->text_sink->lost(session);
    session->sent.mail = NULL;
    session->replied.mail = NULL;
    session->next = NULL;
    session->quitting = 1;
}
