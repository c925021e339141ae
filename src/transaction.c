/* SPDX-License-Identifier: MIT */
/* The mails' transactions (RFC 5321 section 3.3; RFC 2920). Both cursors walk over the same mails and
 * recipients in the same order: sent ahead, as far as nothing has to be waited for, replied behind it, one
 * step a reply. Invariant: sent leaves a mail that failed only when everything that was said for it was
 * answered; so what stands behind replied was sent whole, or is the step in hand. */
#include "internal.h"

#define TRANSACTION_GROUP_OCTETS 65536

static void transaction_enter(struct postino_session *session, const struct postino_cursor *cursor)
{
    session->sent.mail = cursor->mail;
    session->sent.recipient = cursor->recipient;
    postino_session_enter(session, cursor->step);
}

/* The row that follows within the mail, for either cursor: the next recipient in `state`, or what comes
 * behind the last. */
static unsigned transaction_follow(struct postino_cursor *cursor, unsigned state)
{
    struct postino_recipient *recipient;

    switch (cursor->step->id) {
    case POSTINO_STEP_RSET:
        return STEP_MAIL;
    case POSTINO_STEP_MAIL:
        recipient = cursor->mail->recipients;
        break;
    case POSTINO_STEP_RCPT:
        recipient = cursor->recipient->next;
        break;
    default:
        return STEP_MESSAGE;
    }
    while (recipient != NULL && recipient->state != state)
        recipient = recipient->next;
    cursor->recipient = recipient;
    if (recipient != NULL)
        return STEP_RCPT;
    return (cursor->mail->form & FORM_CHUNKS) != 0 ? STEP_MESSAGE : STEP_DATA;
}

static const struct postino_step *transaction_step(const struct postino_session *session, unsigned row,
                                                   const struct postino_mail *mail)
{
    if (row == STEP_MESSAGE && (mail->form & FORM_CHUNKS) != 0)
        return session->chunking->step;
    return &postino_steps[row];
}

static void transaction_settle(struct postino_session *session, struct postino_mail *mail)
{
    mail->progress = MAIL_SETTLED;
    session->in_flight--;
}

/* Says what becomes of the mail whose reply is in hand. */
static void transaction_decide(struct postino_session *session, int error, unsigned step, unsigned outcome)
{
    struct postino_result result;

    result.error = (int16_t)error;
    result.reply_code = session->reply.code;
    result.step = (uint8_t)step;
    if (error != POSTINO_OK) {
        session->text_kept = 1;
        session->dirty = 1;
    }
    postino_session_decide(session->replied.mail, &result, outcome);
}

void postino_transaction_refuse(struct postino_session *session)
{
    transaction_decide(session, POSTINO_ERROR_REFUSED, session->replied.step->id,
                       session->reply.code >= 500 ? POSTINO_OUTCOME_PERMANENT : POSTINO_OUTCOME_TRANSIENT);
}

/* The transaction ended, and nothing is against the mail. Recipients that were not in it get another one,
 * behind those that are under way. */
static void transaction_end(struct postino_session *session, int error)
{
    struct postino_mail *mail = session->replied.mail;

    if (mail->delivery != NULL && mail->delivery->again(session, mail)) {
        mail->progress = MAIL_WAITING;
        session->in_flight--;
        return;
    }
    transaction_decide(session, error, session->replied.step->id, POSTINO_OUTCOME_NOT_ATTEMPTED);
    transaction_settle(session, mail);
}

static void transaction_rcpt(struct postino_session *session, int refused)
{
    struct postino_mail *mail = session->replied.mail;
    struct postino_recipient *recipient = session->replied.recipient;

    recipient->reply_code = session->reply.code;
    if (!refused) {
        recipient->state = RECIPIENT_TAKEN;
        mail->form |= FORM_TAKEN;
    } else if (mail->delivery == NULL || !mail->delivery->defer(session)) {
        recipient->outcome =
            session->reply.code >= 500 ? POSTINO_OUTCOME_PERMANENT : POSTINO_OUTCOME_TRANSIENT;
        if (mail->delivery == NULL)
            transaction_decide(session, POSTINO_ERROR_REFUSED, POSTINO_STEP_RCPT,
                               POSTINO_OUTCOME_NOT_ATTEMPTED);
    }
}

/* The reply to the message, or to one of its chunks. */
static void transaction_message(struct postino_session *session, int refused)
{
    struct postino_mail *mail = session->replied.mail;
    struct postino_recipient *recipient;

    if ((mail->form & FORM_CHUNKS) != 0 && (--mail->chunks != 0 || mail->progress != MAIL_ENDED)) {
        if (refused && (mail->form & FORM_DECIDED) == 0)
            postino_transaction_refuse(session);
        return;
    }
    if ((mail->form & FORM_DECIDED) == 0) {
        if (session->config->lmtp != NULL && session->config->lmtp->reply(session, &refused))
            return;
        if (!refused) {
            for (recipient = mail->recipients; recipient != NULL; recipient = recipient->next) {
                if (recipient->state == RECIPIENT_TAKEN && recipient->outcome == POSTINO_OUTCOME_PENDING) {
                    recipient->outcome = POSTINO_OUTCOME_ACCEPTED;
                    recipient->reply_code = session->reply.code;
                }
            }
            transaction_end(session, POSTINO_OK);
            return;
        }
        postino_transaction_refuse(session);
    }
    transaction_settle(session, mail);
}

/* Moves the reply cursor on to the step that is answered next. `next` stood behind its mail. */
static void transaction_answered(struct postino_session *session, struct postino_mail *next)
{
    struct postino_cursor *replied = &session->replied;
    struct postino_mail *mail = replied->mail;

    if (session->outstanding == 0) {
        *replied = session->sent;
    } else if (mail->progress == MAIL_SETTLED || mail->progress == MAIL_WAITING) {
        while (next != NULL && next->progress == MAIL_SETTLED)
            next = next->next;
        replied->mail = next;
        /* Behind the last mail there is QUIT. */
        if (next == NULL || next->progress == MAIL_WAITING)
            *replied = session->sent;
        else
            replied->step = &postino_steps[(next->form & FORM_RSET) != 0 ? STEP_RSET : STEP_MAIL];
    } else {
        unsigned row = transaction_follow(replied, RECIPIENT_ASKED);

        replied->step = transaction_step(session, row, mail);
    }
}

unsigned postino_transaction_reply(struct postino_session *session, int refused)
{
    struct postino_mail *mail = session->replied.mail;
    struct postino_mail *next = mail->next;
    unsigned id = session->replied.step->id;
    unsigned decided = mail->form & FORM_DECIDED;

    if (id == POSTINO_STEP_MESSAGE) {
        transaction_message(session, refused);
    } else if (id == POSTINO_STEP_RSET) {
        if (refused)
            return session->outstanding != 0 ? postino_session_fail(session, POSTINO_ERROR_REFUSED)
                                             : postino_steps_give_up(session, POSTINO_ERROR_REFUSED);
    } else if (decided != 0) {
        /* Taken all the same: a lone dot ends it, unless the server has a recipient to give that to. */
        if (id == POSTINO_STEP_DATA && !refused)
            return (mail->form & FORM_TAKEN) != 0
                       ? postino_session_fail(session, POSTINO_ERROR_REPLY_UNEXPECTED)
                       : STEP_MESSAGE;
    } else if (id == POSTINO_STEP_RCPT) {
        transaction_rcpt(session, refused);
    } else if (refused) {
        postino_transaction_refuse(session);
    } else {
        mail->form |= FORM_OPEN;
    }
    transaction_answered(session, next);
    /* The message is under way, and nobody is there to take it. */
    if (id == POSTINO_STEP_RCPT && session->replied.mail == mail &&
        (session->replied.step->id == POSTINO_STEP_DATA ||
         session->replied.step->id == POSTINO_STEP_MESSAGE) &&
        (mail->form & FORM_TAKEN) == 0)
        transaction_decide(session, POSTINO_ERROR_REFUSED, id, POSTINO_OUTCOME_NOT_ATTEMPTED);
    if (session->source_waits == SOURCE_FAILED && session->outstanding == 0)
        return postino_session_fail(session, POSTINO_ERROR_SOURCE);
    return STEP_NEXT;
}

void postino_transaction_break(struct postino_session *session)
{
    session->source_waits = SOURCE_FAILED;
    if (session->outstanding == 0)
        postino_session_fail(session, POSTINO_ERROR_SOURCE);
}

/* Looks at the mail, its source and what is asked for it. Returns 0, or an error that is the end of it. */
static int transaction_begin(struct postino_session *session, struct postino_mail *mail)
{
    const struct postino_extension *const *extension = session->config->extensions;
    struct postino_source_info *message = &session->message;
    int error = POSTINO_OK;

    session->filter = 0;
    session->asked = 0;
    mail->form = 0;
    mail->chunks = 0;
    if (mail->source->methods->begin(mail->source, session->capabilities, message) != 0)
        return POSTINO_ERROR_SOURCE;
    if ((message->flags & POSTINO_SOURCE_REWINDS) != 0)
        mail->form = FORM_REWINDS;
    if (mail->options != NULL)
        error = mail->options->methods->check(session, mail);
    for (; extension != NULL && error == POSTINO_OK && *extension != NULL; extension++) {
        if ((*extension)->check != NULL)
            error = (*extension)->check(session, mail);
    }
    if (error == POSTINO_OK && (message->flags & POSTINO_SOURCE_BINARY) != 0 &&
        ((mail->form & FORM_CHUNKS) == 0 || (session->capabilities & POSTINO_CAPABILITY_BINARYMIME) == 0))
        error = POSTINO_ERROR_NOT_OFFERED;
    return error;
}

/* Settles a mail of which nothing is sent. */
static void transaction_drop(struct postino_mail *mail, int error)
{
    struct postino_result result;

    result.error = (int16_t)error;
    result.reply_code = 0;
    result.step = POSTINO_STEP_MAIL;
    postino_session_decide(mail, &result,
                           error <= POSTINO_ERROR_MESSAGE_SIZE && error >= POSTINO_ERROR_RECIPIENTS
                               ? POSTINO_OUTCOME_PERMANENT
                               : POSTINO_OUTCOME_NOT_ATTEMPTED);
    mail->progress = MAIL_SETTLED;
}

/* Begins the next mail, or quits, or rests. */
static void transaction_next(struct postino_session *session)
{
    struct postino_cursor cursor;
    struct postino_mail *mail;

    cursor.recipient = NULL;
    while ((mail = session->next) != NULL) {
        int error;

        if (session->outstanding != 0 && session->in_flight >= session->config->mails_in_flight_max)
            return;
        session->next = mail->next;
        error = transaction_begin(session, mail);
        if (error != POSTINO_OK) {
            transaction_drop(mail, error);
            continue;
        }
        cursor.mail = mail;
        cursor.step = &postino_steps[STEP_MAIL];
        mail->progress = MAIL_STARTED;
        /* RFC 3030 section 2: a BDAT that fails leaves the server in no defined state, so while the mail
         * before is not settled there must be a RSET between them. */
        if (session->dirty || session->in_flight != 0) {
            cursor.step = &postino_steps[STEP_RSET];
            mail->form |= FORM_RSET;
            mail->progress = MAIL_BEGUN;
            session->dirty = 0;
        }
        mail->start = session->output_octets;
        session->in_flight++;
        transaction_enter(session, &cursor);
        return;
    }
    cursor.mail = NULL;
    cursor.step = &postino_steps[session->quitting ? STEP_QUIT : STEP_IDLE];
    mail = session->sent.mail;
    /* Nothing may follow QUIT; a mail to several recipients may need another transaction. */
    if (session->outstanding == 0 ||
        (session->quitting && session->in_flight == 1 && mail->recipients->next == NULL))
        transaction_enter(session, &cursor);
}

/* Whether the message may follow RCPT before that is answered. */
static int transaction_joins(const struct postino_session *session, const struct postino_mail *mail)
{
    size_t limit = session->config->group_octets_max;

    if (limit == 0)
        limit = TRANSACTION_GROUP_OCTETS;
    if ((mail->recipients->next != NULL && mail->delivery == NULL) || (mail->form & FORM_MORE) != 0)
        return 0;
    return (mail->form & FORM_CHUNKS) == 0 ||
           (session->message.size_octets <= limit && (mail->form & FORM_REWINDS) != 0);
}

/* Enters the step that follows within the mail. */
static void transaction_within(struct postino_session *session)
{
    struct postino_cursor next = session->sent;
    struct postino_mail *mail = next.mail;
    unsigned row = transaction_follow(&next, RECIPIENT_WAITING);

    if (row == STEP_MAIL) {
        mail->progress = MAIL_STARTED;
        mail->start = session->output_octets;
    } else if (row == STEP_RCPT) {
        if (mail->delivery != NULL)
            row = mail->delivery->choose(session, &next);
        if (next.recipient != NULL)
            next.recipient->state = RECIPIENT_ASKED;
    }
    if (next.recipient == NULL && session->sent.step->id == POSTINO_STEP_RCPT) {
        if (session->outstanding != 0) {
            if (!transaction_joins(session, mail))
                return;
        } else if ((mail->form & FORM_TAKEN) == 0) {
            transaction_end(session, POSTINO_ERROR_REFUSED);
            transaction_next(session);
            return;
        }
    }
    next.step = transaction_step(session, row, mail);
    transaction_enter(session, &next);
}

void postino_transaction_advance(struct postino_session *session)
{
    struct postino_mail *mail = session->sent.mail;
    int decided = mail != NULL && mail->progress < MAIL_SETTLED && (mail->form & FORM_DECIDED) != 0;

    /* Nothing of the step left yet, and nobody needs it any more. */
    if (decided && session->offset_octets == 0 && session->sent.step->id != POSTINO_STEP_MESSAGE)
        session->complete = 1;
    if (!session->complete || session->over != 0)
        return;
    if (session->outstanding != 0 &&
        ((session->sent.step->limit & STEP_JOINS) == 0 ||
         (session->capabilities & POSTINO_CAPABILITY_PIPELINING) == 0 || decided))
        return;
    if (decided)
        transaction_settle(session, mail);
    if (mail != NULL && (mail->progress == MAIL_BEGUN || mail->progress == MAIL_STARTED))
        transaction_within(session);
    else
        transaction_next(session);
}

int postino_transaction_wanted(const struct postino_session *session)
{
    const struct postino_mail *mail = session->sent.mail;

    if (session->next != NULL || session->quitting)
        return 0;
    if (session->outstanding == 0)
        return session->sent.step->id == POSTINO_STEP_IDLE;
    return mail != NULL && mail->progress == MAIL_ENDED && (mail->form & FORM_DECIDED) == 0 &&
           (session->capabilities & POSTINO_CAPABILITY_PIPELINING) != 0 &&
           session->in_flight < session->config->mails_in_flight_max;
}
