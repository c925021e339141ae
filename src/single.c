/* SPDX-License-Identifier: MIT */
/* One mail to one recipient over a connection of its own, in lock-step: its steps follow each other in the table.
 * Invariant: what the session came to is what the mail came to, so its result is kept once and told to the mail
 * when the session is over. A message is a header that is composed as commands are, and a body that lies in memory. */
#include "internal.h"

void postino_single_start(struct postino_session *session, const struct postino_session_config *config,
                          const struct postino_driver *driver, struct postino_single *single)
{
    struct postino_mail *mail = &single->mail;

    postino_session_start(session, config, driver);
    mail->progress = MAIL_WAITING;
    mail->form = 0;
    session->mails = mail;
    session->sent.mail = mail;
    session->sent.recipient = mail->recipients;
}

void postino_single_advance(struct postino_session *session)
{
    struct postino_mail *mail = session->mails;
    const struct postino_step *step = session->sent.step;

    if (step->id == POSTINO_STEP_MESSAGE || session->result.outcome != POSTINO_OUTCOME_PENDING) {
        step = &postino_steps[STEP_QUIT];
    } else if (mail->progress == MAIL_WAITING) {
        mail->start = session->output_octets;
        mail->progress = MAIL_STARTED;
        step = &postino_steps[STEP_MAIL];
    } else {
        step++;
    }
    postino_session_enter(session, step);
}

/* The end mark (RFC 5321 section 4.5.2), or behind a chunk the last line's end alone. */
static size_t single_end(struct postino_session *session, uint8_t *out, size_t room, size_t capacity)
{
    struct postino_emitter emitter = {out, session->offset_octets, room, 0};

    if ((session->filter & FILTER_BARE) == 0) {
        /* Not where the call's capacity would cut it and the next one's would not. */
        if (room < MESSAGE_MARK_OCTETS && capacity >= MESSAGE_MARK_OCTETS)
            return 0;
        postino_emit_text(&emitter, "\r\n.");
    }
    return postino_emitted(session, &emitter);
}

size_t postino_single_piece(struct postino_session *session, uint8_t *out, size_t capacity)
{
    struct postino_span *body = &((struct postino_single *)session->mails)->body;
    size_t length = body->length_octets;
    size_t written = 0;

    if (session->chunk == 0) {
        written = postino_command(session, out, capacity);
        if (!session->complete || session->sent.step->id != POSTINO_STEP_MESSAGE)
            return written;
        /* That was the header and the empty line. */
        session->complete = 0;
        session->offset_octets = 0;
        session->chunk = CHUNK_DATA;
    }
    written += postino_data_filter(&session->filter, body->data, &length, out + written, capacity - written);
    body->data = (const uint8_t *)body->data + length;
    body->length_octets -= length;
    if (body->length_octets == 0)
        written += single_end(session, out + written, capacity - written, capacity);
    return written;
}

size_t postino_single_output(struct postino_session *session, uint8_t *out, size_t capacity)
{
    return postino_session_handed(session, postino_single_piece(session, out, capacity));
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
