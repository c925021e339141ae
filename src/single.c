/* SPDX-License-Identifier: MIT */
/* One mail to one recipient over a connection of its own, in lock-step: its steps follow each other in the table.
 * Invariant: what the session came to is what the mail came to, so its result is kept once and told to the mail
 * when the session is over. */
#include "internal.h"

int postino_single_line_up(struct postino_session *session, struct postino_mail *mail)
{
    mail->progress = MAIL_WAITING;
    mail->form = 0;
    session->mails = mail;
    session->sent.recipient = mail->recipients;
    return mail->source->methods->begin(mail->source, 0, &session->message);
}

void postino_single_advance(struct postino_session *session)
{
    struct postino_mail *mail = session->mails;
    const struct postino_step *step = session->sent.step;

    if (step->id == POSTINO_STEP_MESSAGE || session->result.outcome != POSTINO_OUTCOME_PENDING) {
        step = &postino_steps[STEP_QUIT];
    } else if (session->sent.mail == NULL) {
        session->sent.mail = mail;
        mail->start = session->output_octets;
        mail->progress = MAIL_STARTED;
        step = &postino_steps[STEP_MAIL];
    } else {
        step++;
    }
    postino_session_enter(session, step);
}

size_t postino_single_output(struct postino_session *session, uint8_t *out, size_t capacity)
{
    return postino_session_handed(session, postino_session_piece(session, out, capacity));
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

void postino_single_settle(struct postino_session *session, size_t unsent_octets)
{
    struct postino_mail *mail = session->mails;

    if (session->result.outcome == POSTINO_OUTCOME_PENDING)
        session->result.outcome = (uint8_t)postino_session_outcome(session, mail, unsent_octets);
    mail->result = session->result;
}

const struct postino_driver postino_single = {.greeting = &postino_steps[STEP_GREETING],
                                              .advance = postino_single_advance,
                                              .want = postino_session_want_octets,
                                              .known = postino_steps_mails,
                                              .heard = postino_steps_reply,
                                              .reply = postino_single_reply,
                                              .refuse = postino_single_refuse,
                                              .output = postino_single_output,
                                              .settle = postino_single_settle};
