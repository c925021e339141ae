/* SPDX-License-Identifier: MIT */
/* The mails' transactions (RFC 5321 section 3.3), one step after the other. Where PIPELINING is offered
 * src/engine/pipelining.c says what need not wait. Both cursors walk over the same mails and recipients in
 * the same order: sent ahead, as far as nothing has to be waited for, replied behind it, one step a reply.
 * Invariant: sent leaves a mail that failed only when everything that was said for it was answered; so what
 * stands behind replied was sent whole, or is the step in hand. */
#include "internal.h"
#include "../source/source.h"

/* Between two mails. */
static const struct postino_step transaction_idle = {
    NULL, POSTINO_STEP_IDLE, 0, offsetof(struct postino_time_limits, command_ms), STEP_STAY};

const struct postino_step postino_transaction_rset = {
    "RSET", POSTINO_STEP_RSET, 2, offsetof(struct postino_time_limits, command_ms) | STEP_JOINS, STEP_MAILS};

const struct postino_step *postino_transaction_follow(const struct postino_session *session,
                                                      struct postino_cursor *cursor, unsigned state)
{
    const struct postino_step *step = cursor->step;
    struct postino_recipient *recipient;

    switch (step->id) {
    case POSTINO_STEP_MAIL:
        recipient = cursor->mail->waiting;
        break;
    case POSTINO_STEP_RCPT:
        recipient = cursor->recipient->next;
        break;
    case POSTINO_STEP_MESSAGE:
        /* Another chunk of it. */
        return step;
    default:
        return &postino_steps[step == &postino_transaction_rset ? STEP_MAIL : STEP_MESSAGE];
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
    return (mail->marks & MAIL_CHUNKED) != 0 ? session->chunking->step : &postino_steps[STEP_DATA];
}

static void transaction_finish(struct postino_session *session, struct postino_mail *mail)
{
    mail->state = MAIL_FINISHED;
    session->in_flight--;
}

/* A mail's result is known: `outcome` is that of its recipients that are not decided. */
static void transaction_decide(struct postino_mail *mail, unsigned outcome)
{
    struct postino_recipient *recipient;

    mail->marks |= MAIL_DECIDED;
    mail->result.outcome = (uint8_t)outcome;
    for (recipient = mail->recipients; recipient != NULL; recipient = recipient->next) {
        if (recipient->outcome == POSTINO_OUTCOME_PENDING) {
            recipient->outcome = (uint8_t)outcome;
            /* It had no part in the message. */
            if (outcome <= POSTINO_OUTCOME_UNKNOWN && recipient->state == RECIPIENT_WAITING)
                recipient->outcome = POSTINO_OUTCOME_NOT_ATTEMPTED;
            recipient->reply_code = mail->result.reply_code;
        }
        if (recipient->outcome < mail->result.outcome)
            mail->result.outcome = recipient->outcome;
    }
    /* Somebody has it: what failed for the others is told with them. */
    if (mail->result.outcome == POSTINO_OUTCOME_ACCEPTED)
        mail->result.error = POSTINO_OK;
}

void postino_transaction_decide(struct postino_session *session, int error, unsigned outcome)
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
    transaction_decide(mail, outcome);
}

void postino_transaction_refuse(struct postino_session *session)
{
    postino_transaction_decide(session, POSTINO_ERROR_REFUSED, postino_session_refusal(session));
}

void postino_transaction_end(struct postino_session *session, int error, unsigned outcome)
{
    struct postino_mail *mail = session->replied.mail;

    if (postino_submit_again(session, error))
        return;
    postino_transaction_decide(session, error, outcome);
    transaction_finish(session, mail);
}

/* The reply to the message, or to one of its chunks. */
static void transaction_message(struct postino_session *session, int refused)
{
    struct postino_mail *mail = session->replied.mail;
    int more = (mail->marks & MAIL_CHUNKED) != 0 && session->chunking->more(mail);

    if (!more && postino_submit_message(session, &refused))
        return;
    if (refused)
        postino_transaction_refuse(session);
    /* RFC 5321 section 4.1.1.4: whatever it is, the reply to the end mark ends the transaction. A refused
     * BDAT does not. */
    if (session->dirty == DIRTY_OPEN && (mail->marks & MAIL_CHUNKED) == 0)
        session->dirty = DIRTY_CLOSED;
    if (more)
        return;
    if (refused)
        transaction_finish(session, mail);
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
        session->dirty = 0;
        break;
    case POSTINO_STEP_RCPT:
        postino_submit_rcpt(session, refused);
        break;
    default:
        if (refused)
            postino_transaction_refuse(session);
        else
            session->replied.mail->marks |= MAIL_ACCEPTED;
    }
    return STEP_NEXT;
}

/* Looks at the mail, its source and what is asked for it. Returns 0, or an error that is the end of it. */
static int transaction_begin(struct postino_session *session, struct postino_mail *mail)
{
    int error;

    session->filter = 0;
    session->text_sink = session->config->records != NULL ? session->config->records->sink : NULL;
    session->parameters = mail->options != NULL || (session->capabilities & EXTENSIONS_WITH_PARAMETER) != 0
                              ? postino_extensions_parameters
                              : NULL;
    mail->state = MAIL_STARTED;
    /* That the server once took its MAIL is told for good. */
    mail->marks &= MAIL_ACCEPTED | MAIL_IN_USE | MAIL_TIMED;
    error = postino_source_begin(mail->source, session->capabilities, &session->message);
    return error == POSTINO_OK ? postino_submit_begin(session, mail) : error;
}

/* Settles a mail of which nothing is sent. */
static void transaction_drop(struct postino_session *session, struct postino_mail *mail, int error)
{
    mail->result.error = (int16_t)error;
    mail->result.step = POSTINO_STEP_MAIL;
    transaction_decide(mail, postino_submit_outcome(session, error));
    mail->state = MAIL_FINISHED;
    /* No reply says why. */
    if (session->outstanding == 0) {
        postino_session_no_text(session);
        session->text_is_error = 1;
    }
}

/* Begins the next mail, or quits, or rests. Returns 1 for a mail that came to nothing. */
static int transaction_next(struct postino_session *session)
{
    struct postino_mail *mail = session->next;
    const struct postino_step *step = session->quitting ? &postino_steps[STEP_QUIT] : &transaction_idle;

    if (mail != NULL) {
        int error;

        session->next = mail->next;
        error = transaction_begin(session, mail);
        if (error != POSTINO_OK) {
            transaction_drop(session, mail, error);
            return 1;
        }
        step = mail->state == MAIL_BEGUN ? &postino_transaction_rset : &postino_steps[STEP_MAIL];
        mail->start = session->output_octets;
        session->in_flight++;
        if (session->outstanding == 0)
            session->text_is_error = 0; /* it is spoken of next */
    }
    session->sent.mail = mail;
    session->sent.recipient = NULL;
    /* Whoever hands something in tells no time, and it may be long since the last call that did. */
    if (session->sent.step == &transaction_idle)
        session->fresh = 1;
    postino_session_enter(session, step);
    return 0;
}

/* Enters the step that follows within the mail. Returns 1 for a mail that came to nothing. */
static int transaction_within(struct postino_session *session)
{
    struct postino_cursor *sent = &session->sent;
    struct postino_mail *mail = sent->mail;
    struct postino_recipient *before = sent->recipient;
    const struct postino_step *step = postino_transaction_follow(session, sent, RECIPIENT_WAITING);

    if (mail->state == MAIL_BEGUN) {
        mail->state = MAIL_STARTED;
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
        if (mail != NULL && mail->state < MAIL_FINISHED && (mail->marks & MAIL_DECIDED) != 0)
            transaction_finish(session, mail);
    } while (mail != NULL && (mail->state == MAIL_BEGUN || mail->state == MAIL_STARTED)
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

size_t postino_transaction_write_step(struct postino_session *session, uint8_t *out, size_t capacity)
{
    size_t length;

    postino_transaction_time(session);
    if (session->sent.step->id == POSTINO_STEP_MESSAGE && (session->sent.mail->marks & MAIL_CHUNKED) != 0) {
        /* Whether it was the last chunk, and where it ended, it knows itself. */
        length = session->chunking->output(session, out, capacity);
        session->output_octets += length;
        if (length != 0)
            session->since_ms = session->now_ms;
        session->outstanding = (uint16_t)(session->outstanding + session->complete);
    } else {
        length = postino_session_count_output(session, postino_session_write_step(session, out, capacity));
    }
    return length;
}

static size_t transaction_output(struct postino_session *session, uint8_t *out, size_t capacity)
{
    postino_session_refresh(session);
    if (capacity == 0 || session->source_waits != SOURCE_READY || postino_transaction_held(session))
        return 0;
    return session->pipelining != NULL ? session->pipelining->group(session, out, capacity)
                                       : postino_transaction_write_step(session, out, capacity);
}

static void transaction_heard(struct postino_session *session)
{
    const struct postino_mail *mail;

    postino_submit_heard(session);
    postino_steps_reply(session);
    /* The text that says why something failed stays until another mail is spoken of. */
    mail = session->replied.mail;
    if (session->text_is_error && session->over == 0 && mail != NULL && (mail->marks & MAIL_DECIDED) == 0)
        session->text_is_error = 0;
}

/* The EHLO reply is complete. */
static unsigned transaction_known(struct postino_session *session)
{
    unsigned row;

    session->capabilities &= ~(session->config->avoided & EXTENSIONS_AVOIDED);
    row = postino_hello_known(session);
    /* The EHLO reply's words do not say so. */
    if (session->result.error == POSTINO_ERROR_NO_MECHANISM)
        postino_session_no_text(session);
    return row;
}

static unsigned transaction_answer(struct postino_session *session, int refused)
{
    return session->pipelining != NULL ? session->pipelining->answer(session, refused)
                                       : postino_transaction_reply(session, refused);
}

/* How much is left of the total limit of the mail that began first; UINT32_MAX: there is no such limit. */
static uint32_t transaction_left_ms(const struct postino_session *session, uint32_t now_ms)
{
    uint32_t limit_ms = session->config->time_limits->mail_ms;
    const struct postino_mail *mail = session->replied.mail;
    uint32_t passed_ms;

    if (limit_ms == 0 || mail == NULL || mail->state == MAIL_FINISHED || (mail->marks & MAIL_TIMED) == 0)
        return UINT32_MAX;
    passed_ms = now_ms - mail->begun_ms;
    return passed_ms < limit_ms ? limit_ms - passed_ms : 0;
}

static uint32_t transaction_limit(const struct postino_session *session, uint32_t now_ms, uint32_t wait_ms)
{
    uint32_t left_ms = session->over == 0 ? transaction_left_ms(session, now_ms) : UINT32_MAX;

    return left_ms < wait_ms ? left_ms : wait_ms;
}

static void transaction_finish_all(struct postino_session *session, size_t unsent_octets)
{
    struct postino_mail *mail;

    /* An earlier reply says nothing of it. */
    if (session->result.error != POSTINO_OK && !session->text_is_error) {
        postino_session_no_text(session);
        session->text_is_error = 1;
    }
    /* The pump's word for it says less. */
    if (session->result.error == POSTINO_ERROR_TIMEOUT)
        session->result.error =
            (int16_t)(transaction_left_ms(session, session->now_ms) == 0 ? POSTINO_ERROR_MAIL_TIMEOUT
                                                                         : postino_session_timeout(session));
    for (mail = session->mails; mail != NULL; mail = mail->next) {
        if (mail->state != MAIL_FINISHED && (mail->marks & MAIL_DECIDED) == 0) {
            unsigned outcome = postino_session_outcome(session, mail, unsent_octets);

            mail->result = session->result;
            transaction_decide(mail, outcome);
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

static unsigned transaction_refused(struct postino_session *session, const struct postino_step *step)
{
    const struct postino_faults *faults = session->config->faults;

    return faults != NULL ? faults->refused(session, step) : postino_steps_refused(session, step);
}

static void transaction_nonsense(struct postino_session *session, uint8_t octet)
{
    const struct postino_faults *faults = session->config->faults;

    if (faults != NULL)
        faults->nonsense(session, octet);
    else
        postino_reply_nonsense(session, octet);
}

const struct postino_mail_strategy postino_transactions = {.greeting = &postino_hello_greeting.step,
                                                           .advance = postino_transaction_advance,
                                                           .want = postino_session_want,
                                                           .after_ehlo = transaction_known,
                                                           .reply_complete = transaction_heard,
                                                           .reply = transaction_answer,
                                                           .refuse = postino_transaction_refuse,
                                                           .refused = transaction_refused,
                                                           .nonsense = transaction_nonsense,
                                                           .output = transaction_output,
                                                           .limit = transaction_limit,
                                                           .finish = transaction_finish_all};
