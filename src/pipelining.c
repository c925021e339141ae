/* SPDX-License-Identifier: MIT */
/* PIPELINING (RFC 2920): what goes out before the replies to what went before it. Invariant: whatever may have
 * to be taken back by a reply that is awaited does not go out: see pipelining_joins(). */
#include "internal.h"

#define PIPELINING_GROUP_OCTETS 65536

static int pipelining_decided(const struct postino_mail *mail)
{
    return mail != NULL && mail->progress < MAIL_SETTLED && (mail->form & FORM_DECIDED) != 0;
}

/* Whether the message may follow RCPT before that is answered. */
static int pipelining_joins(const struct postino_session *session)
{
    const struct postino_mail *mail = session->sent.mail;
    size_t limit = session->config->group_octets_max;

    if (limit == 0)
        limit = PIPELINING_GROUP_OCTETS;
    if ((mail->recipients->next != NULL && mail->delivery == NULL) || (mail->form & FORM_MORE) != 0)
        return 0;
    return (mail->form & FORM_CHUNKS) == 0 ||
           (session->message.size_octets <= limit && (session->message.flags & POSTINO_SOURCE_REWINDS) != 0);
}

/* The usual case of postino_transaction_advance(), when a command went out whole: behind RSET comes MAIL, behind that
 * RCPT, for all recipients where they all are asked, and behind that the message if it may. Returns 1 where that was
 * all. */
static int pipelining_goes_on(struct postino_session *session)
{
    struct postino_cursor *sent = &session->sent;
    struct postino_mail *mail = sent->mail;
    const struct postino_step *step = &postino_steps[STEP_RCPT];
    struct postino_recipient *recipient = NULL;

    if (mail == NULL || mail->delivery != NULL || (mail->form & FORM_DECIDED) != 0 ||
        session->outstanding == UINT16_MAX)
        return 0;
    switch (sent->step->id) {
    case POSTINO_STEP_RSET:
        mail->progress = MAIL_STARTED;
        mail->start = session->output_octets;
        step = &postino_steps[STEP_MAIL];
        break;
    case POSTINO_STEP_MAIL:
        recipient = mail->recipients;
        break;
    case POSTINO_STEP_RCPT:
        recipient = sent->recipient->next;
        if (recipient == NULL) {
            if (!pipelining_joins(session))
                return 0;
            step = postino_transaction_content(session, mail);
        }
        break;
    default:
        return 0;
    }
    if (recipient != NULL)
        recipient->state = RECIPIENT_ASKED;
    sent->recipient = recipient;
    postino_session_enter(session, step);
    return 1;
}

/* Puts out octets of the step in hand. Returns how many. */
static size_t pipelining_piece(struct postino_session *session, uint8_t *out, size_t capacity)
{
    size_t length;

    if (session->sent.step->id == POSTINO_STEP_MESSAGE)
        return postino_transaction_piece(session, out, capacity);
    length = postino_command(session, out, capacity);
    session->output_octets += length;
    session->since_ms = session->now_ms;
    session->outstanding = (uint16_t)(session->outstanding + session->complete);
    return length;
}

/* Puts out step after step, as far as they follow each other. */
static size_t pipelining_group(struct postino_session *session, uint8_t *out, size_t capacity)
{
    unsigned secret = postino_session_secret(session);
    size_t written = 0;

    session->secret = (uint8_t)secret;
    do {
        written += pipelining_piece(session, out + written, capacity - written);
        if (!session->complete)
            break;
        if (!pipelining_goes_on(session))
            postino_transaction_advance(session);
        /* Secrets go out by themselves, and the end mark in one piece. */
    } while (!session->complete && session->over == 0 && capacity - written >= MESSAGE_MARK_OCTETS &&
             postino_session_secret(session) == secret);
    return written;
}

/* Whether another step may be entered now. */
static int pipelining_follows(struct postino_session *session)
{
    const struct postino_mail *mail = session->sent.mail;
    const struct postino_step *step = session->sent.step;
    int decided;

    /* The cursors may stand on mails that are the caller's again. */
    if (session->over != 0)
        return 0;
    decided = pipelining_decided(mail);
    /* Nothing of the step left yet, and nobody needs it any more. After 354 the end mark must come. */
    if (decided && session->offset_octets == 0 && step != &postino_steps[STEP_MESSAGE]) {
        session->complete = 1;
        postino_session_source_ready(session);
    }
    if (!session->complete)
        return 0;
    if (session->outstanding == 0)
        return 1;
    if ((step->limit & STEP_JOINS) == 0 || decided || session->outstanding == UINT16_MAX)
        return 0;
    if (mail->progress == MAIL_BEGUN || mail->progress == MAIL_STARTED)
        return 1;
    if (session->next != NULL)
        return session->in_flight < session->config->mails_in_flight_max;
    /* Nothing may follow QUIT; a mail to several recipients may need another transaction. */
    return session->quitting && session->in_flight == 1 && mail->recipients->next == NULL;
}

/* Moves the reply cursor on to the step that is answered next. `next` stood behind its mail. */
static void pipelining_answered(struct postino_session *session, struct postino_mail *next)
{
    struct postino_cursor *replied = &session->replied;
    struct postino_mail *mail = replied->mail;

    if (session->outstanding == 0) {
        *replied = session->sent;
    } else if (mail->progress == MAIL_SETTLED || mail->progress == MAIL_WAITING) {
        while (next != NULL && next->progress == MAIL_SETTLED)
            next = next->next;
        replied->mail = next;
        /* What is outstanding went out while this mail was not settled: the next mail's RSET and what follows it
         * (RFC 3030 section 3), or behind the last mail QUIT. */
        if (next == NULL)
            *replied = session->sent;
        else
            replied->step = &postino_transaction_rset;
    } else {
        replied->step = postino_transaction_follow(session, replied, RECIPIENT_ASKED);
    }
}

/* The usual case of postino_steps_reply(): a step of a mail is taken, and what follows it is outstanding too. Returns 1
 * where that was all. */
static int pipelining_taken(struct postino_session *session)
{
    struct postino_cursor *replied = &session->replied;
    struct postino_mail *mail = replied->mail;
    struct postino_mail *next = mail->next;
    unsigned id = replied->step->id;

    if (session->reply.code - 250u >= 50 || session->outstanding < 2 || (mail->form & FORM_DECIDED) != 0)
        return 0;
    if (id == POSTINO_STEP_RSET || id == POSTINO_STEP_MAIL || id == POSTINO_STEP_RCPT) {
        session->since_ms = session->now_ms;
        session->outstanding--;
        if (id == POSTINO_STEP_MAIL)
            mail->form |= FORM_OPEN;
        else if (id == POSTINO_STEP_RCPT)
            postino_submit_rcpt(session, 0);
        /* Nothing else may go out now than before. */
        replied->step = postino_transaction_follow(session, replied, RECIPIENT_ASKED);
        return 1;
    }
    /* All of a message in one chunk, for all recipients at once. */
    if (id != POSTINO_STEP_MESSAGE || (mail->form & FORM_CHUNKS) == 0 || mail->chunks != 1 ||
        mail->progress != MAIL_ENDED || mail->delivery != NULL || session->config->lmtp != NULL)
        return 0;
    session->since_ms = session->now_ms;
    session->outstanding--;
    mail->chunks = 0;
    postino_transaction_end(session, POSTINO_OK, POSTINO_OUTCOME_ACCEPTED);
    pipelining_answered(session, next);
    postino_transaction_advance(session);
    return 1;
}

static unsigned pipelining_answer(struct postino_session *session, int refused)
{
    struct postino_cursor *replied = &session->replied;
    struct postino_mail *mail = replied->mail;
    struct postino_mail *next = mail->next;
    unsigned id = replied->step->id;

    if (id == POSTINO_STEP_RSET && refused &&
        (session->outstanding != 0 || (!session->complete && session->offset_octets != 0)))
        return postino_session_fail(session, POSTINO_ERROR_REFUSED);
    if (id == POSTINO_STEP_RCPT && !refused)
        mail->form |= FORM_TAKEN;
    if ((mail->form & FORM_DECIDED) == 0 || id == POSTINO_STEP_MESSAGE || id == POSTINO_STEP_RSET) {
        unsigned row = postino_transaction_reply(session, refused);

        if (row != STEP_NEXT)
            return row;
    } else if (id == POSTINO_STEP_RCPT) {
        /* One recipient gave the mail up; another one that is refused too has a reply of its own. */
        if (refused && mail->result.step == POSTINO_STEP_RCPT)
            replied->recipient->reply_code = session->reply.code;
    } else if (id == POSTINO_STEP_DATA && !refused) {
        /* Taken all the same: a lone dot ends it, unless the server has a recipient to give that to. */
        return (mail->form & FORM_TAKEN) != 0 ? postino_session_fail(session, POSTINO_ERROR_REPLY_UNEXPECTED)
                                              : STEP_MESSAGE;
    }
    pipelining_answered(session, next);
    /* The message is under way, and nobody is there to take it. */
    if (id == POSTINO_STEP_RCPT && replied->mail == mail &&
        (replied->step->id == POSTINO_STEP_DATA || replied->step->id == POSTINO_STEP_MESSAGE) &&
        (mail->form & (FORM_TAKEN | FORM_DECIDED)) == 0) {
        postino_transaction_decide(session, POSTINO_ERROR_REFUSED, POSTINO_OUTCOME_NOT_ATTEMPTED);
        mail->result.step = POSTINO_STEP_RCPT;
    }
    if (session->source_waits == SOURCE_FAILED && session->outstanding == 0)
        return postino_session_fail(session, POSTINO_ERROR_SOURCE);
    return STEP_NEXT;
}

static int pipelining_wanted(const struct postino_session *session)
{
    const struct postino_mail *mail = session->sent.mail;

    return mail != NULL && mail->progress == MAIL_ENDED && (mail->form & FORM_DECIDED) == 0 &&
           session->in_flight < session->config->mails_in_flight_max;
}

/* Before the first mail nothing travels in groups. */
static int pipelining_check(struct postino_session *session, struct postino_mail *mail)
{
    static const struct postino_pipelining pipelining = {pipelining_group,  pipelining_follows,
                                                         pipelining_joins,  pipelining_taken,
                                                         pipelining_answer, pipelining_wanted};

    (void)mail;
    session->pipelining = &pipelining;
    return POSTINO_OK;
}

const struct postino_extension postino_extension_pipelining = {
    POSTINO_TEXT("PIPELINING"), NULL, pipelining_check, NULL, POSTINO_CAPABILITY_PIPELINING};
