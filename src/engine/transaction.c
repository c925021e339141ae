/* SPDX-License-Identifier: MIT */
/* The transactions of the mails in line (RFC 5321 section 3.3). Both cursors walk over the same mails and
 * recipients in the same order. `sent` goes ahead as far as no reply has to be awaited; `replied` follows,
 * one step a reply. Without PIPELINING they stand on the same step. Invariant: `sent` leaves a mail that
 * failed only when everything that was said for it was answered. So every step between the cursors was
 * sent whole. */
#include "../source/source.h"
#include "emitter.h"
#include "mails.h"
#include "reply.h"

/* The session rests between two mails. */
static const struct postino_step transaction_idle = {
    NULL, POSTINO_STEP_IDLE, 0, offsetof(struct postino_time_limits, command_ms), STEP_STAY};

const struct postino_step postino_transaction_rset = {
    "RSET", POSTINO_STEP_RSET, 2, offsetof(struct postino_time_limits, command_ms) | STEP_JOINS, STEP_MAILS};

/* ---- The order of the steps ---- */

const struct postino_step *postino_transaction_content(const struct postino_session *session,
                                                       const struct postino_mail *mail)
{
    return (mail->marks & MAIL_CHUNKED) != 0 ? session->chunking->step : &postino_steps[STEP_DATA];
}

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
        /* Another chunk. */
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

/* ---- What goes out ---- */

/* Prepares the source and checks the mail against the server. Returns 0, or an error that ends the mail. */
static int transaction_begin(struct postino_session *session, struct postino_mail *mail)
{
    const struct postino_records *records = session->config->records;
    int error;

    session->filter = 0;
    session->text_sink = records != NULL ? records->sink : NULL;
    session->parameters = mail->options != NULL || (session->capabilities & EXTENSIONS_WITH_PARAMETER) != 0
                              ? postino_extensions_parameters
                              : NULL;
    mail->state = MAIL_STARTED;
    /* In a further transaction of the mail it stays known that the server once accepted MAIL. */
    mail->marks &= MAIL_ACCEPTED | MAIL_IN_USE | MAIL_TIMED;
    error = postino_source_begin(mail->source, session->capabilities, &session->message);
    if (error != POSTINO_OK)
        return error;
    if ((session->message.flags & POSTINO_SOURCE_REWINDS) != 0)
        mail->marks |= MAIL_REWINDS;
    error = postino_mail_check_offered(session, mail);
    /* RFC 3030 section 2: a BDAT that fails leaves the server in no defined state. So RSET stands between a
     * mail and the one before it that is not finished. */
    if (session->dirty || session->in_flight != 0)
        mail->state = MAIL_BEGUN;
    return error;
}

/* Finishes a mail of which nothing is sent. */
static void transaction_drop(struct postino_session *session, struct postino_mail *mail, int error)
{
    mail->result.error = (int16_t)error;
    mail->result.step = POSTINO_STEP_MAIL;
    postino_outcome_set(mail, postino_mail_check_outcome(session, error));
    mail->state = MAIL_FINISHED;
    /* No reply says why. */
    if (session->outstanding == 0) {
        postino_session_no_text(session);
        session->text_is_error = 1;
    }
}

/* Enters the first step of the next mail, QUIT, or the rest. Returns 0; 1 for a mail that was dropped. */
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
        /* The text of an earlier failure gives way to this mail's. */
        if (session->outstanding == 0)
            session->text_is_error = 0;
    }
    session->sent.mail = mail;
    session->sent.recipient = NULL;
    /* submit() and quit() have no time argument, so the session's clock may be stale here. */
    if (session->sent.step == &transaction_idle)
        session->fresh = 1;
    postino_session_enter(session, step);
    return 0;
}

/* Enters the next step within the mail. Returns 0; 1 for a transaction that ended without a message. */
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
        /* The message waits for the replies to RCPT. */
        sent->recipient = before;
        return 0;
    }
    postino_session_enter(session, step);
    return 0;
}

/* Returns 1 where another step may be entered now, else 0. */
static int transaction_may_advance(const struct postino_session *session)
{
    if (!session->complete)
        return 0;
    return session->outstanding == 0 ||
           (session->pipelining != NULL && session->pipelining->may_advance(session));
}

void postino_transaction_advance(struct postino_session *session)
{
    int ended;

    do {
        struct postino_mail *mail;

        /* Once the session is over, the cursors may stand on mails that are the caller's again. */
        if (session->over != 0)
            return;
        if (session->pipelining != NULL)
            session->pipelining->drop_step(session);
        if (!transaction_may_advance(session))
            return;
        mail = session->sent.mail;
        if (mail != NULL && mail->state < MAIL_FINISHED && (mail->marks & MAIL_DECIDED) != 0)
            postino_outcome_finish(session, mail);
        if (mail != NULL && (mail->state == MAIL_BEGUN || mail->state == MAIL_STARTED))
            ended = transaction_within(session);
        else
            ended = transaction_next(session);
    } while (ended);
}

int postino_transaction_line_up(struct postino_session *session, struct postino_mail *mail)
{
    if (session->result.error != POSTINO_OK)
        return session->result.error;
    if (session->quitting || session->over != 0)
        return POSTINO_ERROR_STATE;
    mail->result.error = POSTINO_OK;
    mail->result.reply_code = 0;
    mail->result.step = POSTINO_STEP_IDLE;
    mail->result.outcome = POSTINO_OUTCOME_PENDING;
    mail->state = MAIL_WAITING;
    mail->marks = MAIL_IN_USE;
    mail->next = NULL;
    mail->waiting = mail->recipients;
    mail->behind = NULL;
    if (session->mails == NULL)
        session->mails = mail;
    else
        session->last->next = mail;
    session->last = mail;
    if (session->next == NULL)
        session->next = mail;
    postino_transaction_advance(session);
    return POSTINO_OK;
}

/* A refused RSET would leave the recipients of the mail before to the message of this one. So nothing of the
 * step in hand goes out before RSET is answered, if nothing did. Returns 1 where the step waits, else 0. */
static int transaction_is_held(const struct postino_session *session)
{
    return session->source_waits != SOURCE_READY ||
           (session->dirty == DIRTY_OPEN && session->outstanding != 0 && session->offset_octets == 0);
}

size_t postino_transaction_write_step(struct postino_session *session, uint8_t *out, size_t capacity)
{
    struct postino_mail *mail = session->sent.mail;
    size_t length;

    if (mail != NULL && (mail->marks & MAIL_TIMED) == 0) {
        mail->marks |= MAIL_TIMED;
        mail->begun_ms = session->now_ms;
    }
    if (mail == NULL || session->sent.step->id != POSTINO_STEP_MESSAGE)
        return postino_session_count_output(session, postino_command(session, out, capacity));
    if ((mail->marks & MAIL_CHUNKED) == 0)
        return postino_session_count_output(session, postino_message(session, out, capacity));
    /* chunking.c says itself whether the chunk was the last one, and where it ended. */
    length = session->chunking->output(session, out, capacity);
    session->output_octets += length;
    if (length != 0)
        session->since_ms = session->now_ms;
    session->outstanding = (uint16_t)(session->outstanding + session->complete);
    return length;
}

static size_t transaction_output(struct postino_session *session, uint8_t *out, size_t capacity)
{
    /* A step that was entered without a clock begins its time limit here. */
    if (session->fresh) {
        session->fresh = 0;
        session->since_ms = session->now_ms;
    }
    if (capacity == 0 || transaction_is_held(session))
        return 0;
    return session->pipelining != NULL ? session->pipelining->group(session, out, capacity)
                                       : postino_transaction_write_step(session, out, capacity);
}

static unsigned transaction_want(const struct postino_session *session)
{
    unsigned want = postino_session_want_octets(session);
    int idle = session->outstanding == 0
                   ? session->sent.step->id == POSTINO_STEP_IDLE
                   : session->pipelining != NULL && session->pipelining->wanted(session);

    if (session->over == 0) {
        if (transaction_is_held(session))
            want = POSTINO_WANT_RECEIVE;
        if (idle && session->next == NULL && !session->quitting)
            want |= POSTINO_WANT_MAIL;
        if (session->line == REPLY_TLS)
            want |= POSTINO_WANT_START_TLS;
    }
    if (session->mails != NULL && session->mails->state == MAIL_FINISHED)
        want |= POSTINO_WANT_COLLECT;
    return want;
}

/* ---- Replies ---- */

static unsigned transaction_answer(struct postino_session *session, int refused)
{
    return session->pipelining != NULL ? session->pipelining->answer(session, refused)
                                       : postino_transaction_reply(session, refused);
}

static unsigned transaction_after_ehlo(struct postino_session *session)
{
    unsigned row;

    session->capabilities &= ~(session->config->avoided & EXTENSIONS_AVOIDED);
    row = postino_hello_known(session);
    /* The text of the EHLO reply does not say that no mechanism is there. */
    if (session->result.error == POSTINO_ERROR_NO_MECHANISM)
        postino_session_no_text(session);
    return row;
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
                                                           .want = transaction_want,
                                                           .after_ehlo = transaction_after_ehlo,
                                                           .reply_complete =
                                                               postino_transaction_reply_complete,
                                                           .reply = transaction_answer,
                                                           .refuse = postino_outcome_refuse,
                                                           .refused = transaction_refused,
                                                           .nonsense = transaction_nonsense,
                                                           .output = transaction_output,
                                                           .limit = postino_outcome_limit,
                                                           .finish = postino_outcome_finish_all};
