/* SPDX-License-Identifier: MIT */
/* The mails' transactions (RFC 5321 section 3.3), one step after the other. Where PIPELINING is offered
 * src/pipelining.c says what need not wait. Both cursors walk over the same mails and recipients in the same
 * order: sent ahead, as far as nothing has to be waited for, replied behind it, one step a reply. Invariant:
 * sent leaves a mail that failed only when everything that was said for it was answered; so what stands behind
 * replied was sent whole, or is the step in hand. */
#include "internal.h"

const struct postino_step *postino_transaction_follow(const struct postino_session *session,
                                                      struct postino_cursor *cursor, unsigned state)
{
    const struct postino_step *step = cursor->step;
    struct postino_recipient *recipient;

    switch (step->id) {
    case POSTINO_STEP_MAIL:
        recipient = cursor->mail->recipients;
        break;
    case POSTINO_STEP_RCPT:
        recipient = cursor->recipient->next;
        break;
    case POSTINO_STEP_MESSAGE:
        /* Another chunk of it. */
        return step;
    default:
        /* RSET and DATA have their followers below them in the table. */
        return step + 1;
    }
    while (recipient != NULL && recipient->state != state)
        recipient = recipient->next;
    cursor->recipient = recipient;
    if (recipient != NULL)
        return &postino_steps[STEP_RCPT];
    return postino_transaction_content(session, cursor->mail);
}

const struct postino_step *postino_transaction_content(const struct postino_session *session,
                                                       const struct postino_mail *mail)
{
    return (mail->form & FORM_CHUNKS) != 0 ? session->chunking->step : &postino_steps[STEP_DATA];
}

static void transaction_settle(struct postino_session *session, struct postino_mail *mail)
{
    mail->progress = MAIL_SETTLED;
    session->in_flight--;
}

void postino_transaction_decide(struct postino_session *session, int error, unsigned outcome)
{
    struct postino_mail *mail = session->replied.mail;

    if ((mail->form & FORM_DECIDED) != 0)
        return;
    mail->result.error = (int16_t)error;
    mail->result.reply_code = session->reply.code;
    mail->result.step = session->replied.step->id;
    if (error != POSTINO_OK) {
        session->text_kept = 1;
        session->dirty = 1;
    }
    postino_session_decide(mail, outcome);
}

void postino_transaction_refuse(struct postino_session *session)
{
    postino_transaction_decide(session, POSTINO_ERROR_REFUSED,
                               session->reply.code >= 500 ? POSTINO_OUTCOME_PERMANENT
                                                          : POSTINO_OUTCOME_TRANSIENT);
}

void postino_transaction_end(struct postino_session *session, int error, unsigned outcome)
{
    struct postino_mail *mail = session->replied.mail;

    if (session->submit != NULL && session->submit->repeat(session, error))
        return;
    postino_transaction_decide(session, error, outcome);
    transaction_settle(session, mail);
}

/* The reply to the message, or to one of its chunks. */
static void transaction_message(struct postino_session *session, int refused)
{
    struct postino_mail *mail = session->replied.mail;
    int more = (mail->form & FORM_CHUNKS) != 0 && session->chunking->more(mail);

    if (!more && session->submit != NULL && session->submit->message(session, &refused))
        return;
    if (refused)
        postino_transaction_refuse(session);
    if (more)
        return;
    if (refused)
        transaction_settle(session, mail);
    else
        postino_transaction_end(session, POSTINO_OK, POSTINO_OUTCOME_ACCEPTED);
}

unsigned postino_transaction_reply(struct postino_session *session, int refused)
{
    switch (session->replied.step->id) {
    case POSTINO_STEP_MESSAGE:
        transaction_message(session, refused);
        break;
    case POSTINO_STEP_RSET:
        if (refused)
            return postino_steps_give_up(session, POSTINO_ERROR_REFUSED);
        break;
    case POSTINO_STEP_RCPT:
        if (session->submit != NULL) {
            session->submit->rcpt(session, refused);
            break;
        }
        /* fall through */
    default:
        if (refused)
            postino_transaction_refuse(session);
        else
            session->replied.mail->form |= FORM_OPEN;
    }
    return STEP_NEXT;
}

void postino_transaction_stop(struct postino_session *session, enum postino_source_status status)
{
    session->source_waits = status == POSTINO_SOURCE_WAIT ? SOURCE_WAITS : SOURCE_FAILED;
    if (status == POSTINO_SOURCE_WAIT)
        return;
    if (session->outstanding == 0)
        postino_session_fail(session, POSTINO_ERROR_SOURCE);
}

/* Looks at the mail, its source and what is asked for it. Returns 0, or an error that is the end of it. */
static int transaction_begin(struct postino_session *session, struct postino_mail *mail)
{
    session->filter = 0;
    session->parameters = NULL;
    mail->progress = MAIL_STARTED;
    /* That the server once took its MAIL is told for good. */
    mail->form &= FORM_OPEN;
    if (mail->source->methods->begin(mail->source, session->capabilities, &session->message) != 0)
        return POSTINO_ERROR_SOURCE;
    return session->submit != NULL ? session->submit->prepare(session, mail)
                                   : postino_extensions_check(session, mail);
}

/* Settles a mail of which nothing is sent. */
static void transaction_drop(struct postino_mail *mail, int error)
{
    mail->result.error = (int16_t)error;
    mail->result.step = POSTINO_STEP_MAIL;
    postino_session_decide(mail, error <= POSTINO_ERROR_MESSAGE_SIZE && error >= POSTINO_ERROR_RECIPIENTS
                                     ? POSTINO_OUTCOME_PERMANENT
                                     : POSTINO_OUTCOME_NOT_ATTEMPTED);
    mail->progress = MAIL_SETTLED;
}

/* Begins the next mail, or quits, or rests. Returns 1 for a mail that came to nothing. */
static int transaction_next(struct postino_session *session)
{
    struct postino_mail *mail = session->next;
    unsigned row = session->quitting ? STEP_QUIT : STEP_IDLE;

    if (mail != NULL) {
        int error;

        session->next = mail->next;
        error = transaction_begin(session, mail);
        if (error != POSTINO_OK) {
            transaction_drop(mail, error);
            return 1;
        }
        row = mail->progress == MAIL_BEGUN ? STEP_RSET : STEP_MAIL;
        mail->start = session->output_octets;
        session->in_flight++;
    }
    session->sent.mail = mail;
    session->sent.recipient = NULL;
    postino_session_enter(session, &postino_steps[row]);
    return 0;
}

/* Enters the step that follows within the mail. Returns 1 for a mail that came to nothing. */
static int transaction_within(struct postino_session *session)
{
    struct postino_cursor *sent = &session->sent;
    struct postino_mail *mail = sent->mail;
    struct postino_recipient *before = sent->recipient;
    const struct postino_step *step = postino_transaction_follow(session, sent, RECIPIENT_WAITING);

    if (mail->progress == MAIL_BEGUN) {
        mail->progress = MAIL_STARTED;
        mail->start = session->output_octets;
    } else if (mail->delivery != NULL) {
        step = mail->delivery->choose(session, step);
        if (step == NULL)
            return 1;
    }
    if (sent->recipient != NULL) {
        sent->recipient->state = RECIPIENT_ASKED;
    } else if (session->outstanding != 0 && before != NULL && !session->pipelining->joins(session)) {
        sent->recipient = before;
        return 0;
    }
    postino_session_enter(session, step);
    return 0;
}

void postino_transaction_advance(struct postino_session *session)
{
    struct postino_mail *mail;

    do {
        if (session->pipelining != NULL
                ? !session->pipelining->follows(session)
                : !session->complete || session->over != 0 || session->outstanding != 0)
            return;
        mail = session->sent.mail;
        if (mail != NULL && mail->progress < MAIL_SETTLED && (mail->form & FORM_DECIDED) != 0)
            transaction_settle(session, mail);
    } while (mail != NULL && (mail->progress == MAIL_BEGUN || mail->progress == MAIL_STARTED)
                 ? transaction_within(session)
                 : transaction_next(session));
}

int postino_transaction_wanted(const struct postino_session *session)
{
    if (session->next != NULL || session->quitting)
        return 0;
    if (session->outstanding == 0)
        return session->sent.step->id == POSTINO_STEP_IDLE;
    return session->pipelining != NULL && session->pipelining->wanted(session);
}
