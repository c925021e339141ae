/* SPDX-License-Identifier: MIT */
/* The state of a session, and every change of it that several files make. Invariant: `sent` is the step
 * whose octets go out, `replied` the step whose reply comes next, and `outstanding` steps went out whole
 * and were not answered. The port's next task follows from them and from the flags, and is stored nowhere. */
#include "state.h"

void postino_session_enter(struct postino_session *session, const struct postino_step *step)
{
    session->sent.step = step;
    if (session->outstanding == 0) {
        session->replied = session->sent;
        session->reply.code = 0;
    }
    session->offset_octets = 0;
    session->since_ms = session->now_ms;
    session->complete = step->text == NULL;
}

void postino_session_start(struct postino_session *session, const struct postino_session_config *config,
                           const struct postino_mail_strategy *strategy)
{
    /* The text is written before it is read. */
    postino_clear(session, offsetof(struct postino_session, text));
    session->config = config;
    session->strategy = strategy;
    postino_session_enter(session, strategy->greeting);
    session->outstanding = 1;
}

void postino_session_record(struct postino_session *session, int error)
{
    unsigned step = session->replied.step->id;

    /* QUIT may fail as it likes: every mail has its result before. */
    if (session->result.error == POSTINO_OK && step != POSTINO_STEP_QUIT) {
        session->result.error = (int16_t)error;
        session->result.step = (uint8_t)step;
        /* A reply decided it only where the server is at fault. */
        if (error <= POSTINO_ERROR_REFUSED && error > POSTINO_ERROR_RESOLVE) {
            session->result.reply_code = session->reply.code;
            session->text_is_error = 1;
        }
    }
}

unsigned postino_session_fail(struct postino_session *session, int error)
{
    postino_session_record(session, error);
    if (session->over == 0)
        session->over = POSTINO_WANT_CLOSED;
    return STEP_STAY;
}

unsigned postino_session_give_up(struct postino_session *session, int error)
{
    postino_session_record(session, error);
    session->strategy->finish(session, 0);
    return STEP_QUIT;
}

unsigned postino_session_refusal(const struct postino_session *session)
{
    return session->reply.code >= 500 ? POSTINO_OUTCOME_PERMANENT : POSTINO_OUTCOME_TRANSIENT;
}

unsigned postino_session_outcome(const struct postino_session *session, const struct postino_mail *mail,
                                 size_t unsent_octets)
{
    if (mail->state < MAIL_STARTED || session->output_octets - mail->start <= unsent_octets)
        return POSTINO_OUTCOME_NOT_ATTEMPTED;
    if (mail->state == MAIL_ENDED && session->output_octets - mail->end >= unsent_octets &&
        session->result.error != POSTINO_ERROR_SERVICE_CLOSING)
        return POSTINO_OUTCOME_UNKNOWN;
    return POSTINO_OUTCOME_TRANSIENT;
}

void postino_session_stop(struct postino_session *session, enum postino_source_status status)
{
    session->source_waits = (uint8_t)status;
    if (status == POSTINO_SOURCE_FAIL && session->outstanding == 0)
        postino_session_fail(session, POSTINO_ERROR_SOURCE);
}

int postino_session_timeout(const struct postino_session *session)
{
    /* A server that awaits the TLS handshake is silent, and looks like a slow one. */
    return session->replied.step->id == POSTINO_STEP_GREETING && session->tls == NULL &&
                   session->line_code == 0 && session->lines == 0
               ? POSTINO_ERROR_GREETING_TIMEOUT
               : POSTINO_ERROR_TIMEOUT;
}

unsigned postino_session_want_octets(const struct postino_session *session)
{
    if (session->over != 0)
        return session->over;
    return session->complete ? POSTINO_WANT_RECEIVE : POSTINO_WANT_RECEIVE | POSTINO_WANT_SEND;
}

unsigned postino_session_secret(const struct postino_session *session)
{
    const struct postino_recipient *recipient = session->sent.recipient;

    /* "*" cancels, and is no secret. */
    if (session->sent.step->id == POSTINO_STEP_AUTH)
        return session->round != 0 && session->sent.step->next != STEP_CANCELLED;
    return recipient != NULL && recipient->kind == POSTINO_RECIPIENT_BCC;
}
