/* SPDX-License-Identifier: MIT */
/* PIPELINING (RFC 2920): the steps that need not wait for the replies to those before them. Invariant: a step
 * that an awaited reply may have to take back does not go out: see pipelining_joins(). */
#include "mails.h"

#define PIPELINING_GROUP_OCTETS 65536

static int pipelining_joins(const struct postino_session *session)
{
    const struct postino_mail *mail = session->sent.mail;
    size_t limit = session->config->group_octets_max;

    if (limit == 0)
        limit = PIPELINING_GROUP_OCTETS;
    if ((mail->recipients->next != NULL && mail->delivery == NULL) || (mail->marks & MAIL_HAS_MORE) != 0)
        return 0;
    return (mail->marks & MAIL_CHUNKED) == 0 ||
           (session->message.size_octets <= limit && (session->message.flags & POSTINO_SOURCE_REWINDS) != 0);
}

/* Writes the steps of a group. Secrets go out by themselves, and the end mark in one piece. */
static size_t pipelining_group(struct postino_session *session, uint8_t *out, size_t capacity)
{
    unsigned secret = postino_session_secret(session);
    size_t written = 0;

    session->secret = (uint8_t)secret;
    do {
        written += postino_transaction_write_step(session, out + written, capacity - written);
        if (!session->complete)
            break;
        postino_transaction_advance(session);
    } while (!session->complete && session->over == 0 && capacity - written >= MESSAGE_MARK_OCTETS &&
             postino_session_secret(session) == secret);
    return written;
}

/* The end mark must follow 354 all the same. */
static void pipelining_drop_step(struct postino_session *session)
{
    const struct postino_mail *mail = session->sent.mail;

    if (mail != NULL && mail->state < MAIL_FINISHED && (mail->marks & MAIL_DECIDED) != 0 &&
        session->offset_octets == 0 && session->sent.step != &postino_steps[STEP_MESSAGE]) {
        session->complete = 1;
        if (session->source_waits == SOURCE_WAITS)
            session->source_waits = SOURCE_READY;
    }
}

static int pipelining_may_advance(const struct postino_session *session)
{
    const struct postino_mail *mail = session->sent.mail;

    if ((session->sent.step->limit & STEP_JOINS) == 0 || session->dirty == DIRTY_OPEN ||
        postino_pipelining_room(session) == 0)
        return 0;
    /* Behind a mail that failed all replies are awaited. */
    if (mail->state != MAIL_FINISHED && (mail->marks & MAIL_DECIDED) != 0)
        return 0;
    if (mail->state == MAIL_BEGUN || mail->state == MAIL_STARTED)
        return 1;
    if (session->next != NULL)
        return session->in_flight < session->config->mails_in_flight_max;
    /* Nothing may follow QUIT, and a mail to several recipients may need another transaction. */
    return session->quitting && session->in_flight == 1 && mail->recipients->next == NULL;
}

static int pipelining_wanted(const struct postino_session *session)
{
    const struct postino_mail *mail = session->sent.mail;

    return mail != NULL && mail->state == MAIL_ENDED && (mail->marks & MAIL_DECIDED) == 0 &&
           session->in_flight < session->config->mails_in_flight_max;
}

/* Moves the reply cursor to the step that is answered next. `next` stood behind its mail. */
static void pipelining_move_on(struct postino_session *session, struct postino_mail *next)
{
    struct postino_cursor *replied = &session->replied;
    struct postino_mail *mail = replied->mail;

    if (session->outstanding == 0) {
        *replied = session->sent;
    } else if (mail->state == MAIL_FINISHED || mail->state == MAIL_WAITING) {
        while (next != NULL && next->state == MAIL_FINISHED)
            next = next->next;
        replied->mail = next;
        /* The outstanding steps went out while this mail was not finished: RSET of the next mail and the
         * steps behind it (RFC 3030 section 3), or QUIT. */
        if (next == NULL)
            *replied = session->sent;
        else
            replied->step = &postino_transaction_rset;
    } else {
        replied->step = postino_transaction_follow(session, replied, RECIPIENT_ASKED);
    }
}

/* Acts on a reply to a step that went out before its mail was decided. Returns the row that follows. */
static unsigned pipelining_late_reply(struct postino_session *session, int refused)
{
    struct postino_mail *mail = session->replied.mail;
    unsigned id = session->replied.step->id;

    if (id == POSTINO_STEP_RCPT && !refused)
        mail->marks |= MAIL_HAS_RECIPIENT;
    /* Another recipient gave the mail up. A recipient that is refused too has a reply of its own. */
    if (id == POSTINO_STEP_RCPT && refused && mail->result.step == POSTINO_STEP_RCPT)
        session->replied.recipient->reply_code = session->reply.code;
    if (id != POSTINO_STEP_DATA || refused)
        return STEP_NEXT;
    /* The server awaits the message all the same. A lone dot ends it, unless a recipient would get that. */
    return (mail->marks & MAIL_HAS_RECIPIENT) != 0
               ? postino_session_fail(session, POSTINO_ERROR_REPLY_UNEXPECTED)
               : STEP_MESSAGE;
}

/* Decides a mail whose message is under way, when every recipient was refused. */
static void pipelining_nobody_left(struct postino_session *session)
{
    struct postino_mail *mail = session->replied.mail;
    unsigned id = session->replied.step->id;

    if ((id == POSTINO_STEP_DATA || id == POSTINO_STEP_MESSAGE) &&
        (mail->marks & (MAIL_HAS_RECIPIENT | MAIL_DECIDED)) == 0) {
        postino_outcome_decide(session, POSTINO_ERROR_REFUSED, POSTINO_OUTCOME_NOT_ATTEMPTED);
        mail->result.step = POSTINO_STEP_RCPT;
    }
}

static unsigned pipelining_answer(struct postino_session *session, int refused)
{
    struct postino_mail *mail = session->replied.mail;
    struct postino_mail *next = mail->next;
    unsigned id = session->replied.step->id;
    unsigned row;

    if ((mail->marks & MAIL_DECIDED) == 0 || id == POSTINO_STEP_MESSAGE || id == POSTINO_STEP_RSET)
        row = postino_transaction_reply(session, refused);
    else
        row = pipelining_late_reply(session, refused);
    if (row != STEP_NEXT)
        return row;
    pipelining_move_on(session, next);
    if (id == POSTINO_STEP_RCPT && session->replied.mail == mail)
        pipelining_nobody_left(session);
    if (session->source_waits == SOURCE_FAILED && session->outstanding == 0)
        return postino_session_fail(session, POSTINO_ERROR_SOURCE);
    return STEP_NEXT;
}

/* The first mail that meets the extension turns groups on. */
static int pipelining_check(struct postino_session *session, struct postino_mail *mail)
{
    static const struct postino_pipelining pipelining = {.group = pipelining_group,
                                                         .drop_step = pipelining_drop_step,
                                                         .may_advance = pipelining_may_advance,
                                                         .joins = pipelining_joins,
                                                         .answer = pipelining_answer,
                                                         .wanted = pipelining_wanted};

    (void)mail;
    session->pipelining = &pipelining;
    return POSTINO_OK;
}

const struct postino_extension postino_extension_pipelining = {
    POSTINO_TEXT("PIPELINING"), NULL, pipelining_check, NULL, POSTINO_CAPABILITY_PIPELINING};
