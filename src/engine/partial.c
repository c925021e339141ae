/* SPDX-License-Identifier: MIT */
/* Delivery to the recipients that the server accepts. Invariant: each transaction decides at least one
 * recipient, so a mail has an end. No transaction has decided a recipient that waits. */
#include "mails.h"
#include "state.h"

/* RFC 5321 section 4.5.3.1.8: every server accepts that many. */
#define PARTIAL_RECIPIENTS 100

static unsigned partial_limit(const struct postino_session *session, const struct postino_mail *mail)
{
    if (session->recipients_max != 0)
        return session->recipients_max;
    /* A message that cannot be sent again has one transaction for all recipients. */
    return (mail->marks & MAIL_REWINDS) != 0 ? PARTIAL_RECIPIENTS : UINT16_MAX;
}

static int partial_waits(const struct postino_recipient *recipient)
{
    return recipient->state == RECIPIENT_WAITING && recipient->outcome == POSTINO_OUTCOME_PENDING;
}

/* Returns 1 where the recipient has room in the transaction that is being sent, else 0. */
static int partial_fits(const struct postino_session *session, const struct postino_recipient *recipient)
{
    if (session->asked >= partial_limit(session, session->sent.mail))
        return 0;
    return session->domains_max == 0 || recipient->domain->domain_asked ||
           session->domains_asked < session->domains_max;
}

/* Counts the recipient in the transaction that is being sent. */
static void partial_ask(struct postino_session *session, struct postino_recipient *recipient)
{
    session->sent.mail->behind = recipient->next;
    session->asked++;
    if (session->domains_max != 0 && !recipient->domain->domain_asked) {
        recipient->domain->domain_asked = 1;
        session->domains_asked++;
    }
}

/* Returns the recipient that is asked next, from `recipient` on; NULL: none. Notes in the mail that
 * recipients are left for a further transaction. */
static struct postino_recipient *partial_next(const struct postino_session *session,
                                              struct postino_recipient *recipient)
{
    struct postino_mail *mail = session->sent.mail;

    for (; recipient != NULL; recipient = recipient->next) {
        if (!partial_waits(recipient))
            continue;
        if (partial_fits(session, recipient))
            return recipient;
        mail->marks |= MAIL_HAS_MORE;
        /* A full transaction has room for no recipient. */
        if (session->asked >= partial_limit(session, mail))
            break;
    }
    return NULL;
}

/* Behind MAIL and RCPT: moves the cursor to the recipient that is asked next, or behind the last. Returns the
 * step that follows; NULL: the transaction ends, because the server accepted no recipient. */
static const struct postino_step *partial_choose(struct postino_session *session,
                                                 const struct postino_step *step)
{
    struct postino_cursor *sent = &session->sent;
    struct postino_mail *mail = sent->mail;

    if (sent->step->id == POSTINO_STEP_MAIL) {
        session->asked = 0;
        session->domains_asked = 0;
        while (mail->waiting != NULL && !partial_waits(mail->waiting))
            mail->waiting = mail->waiting->next;
    }
    sent->recipient = partial_next(session, sent->recipient);
    if (sent->recipient != NULL) {
        partial_ask(session, sent->recipient);
        return &postino_steps[STEP_RCPT];
    }
    if (sent->step->id == POSTINO_STEP_RCPT && session->outstanding == 0 &&
        (mail->marks & MAIL_HAS_RECIPIENT) == 0) {
        postino_outcome_end(session, POSTINO_ERROR_REFUSED, POSTINO_OUTCOME_NOT_ATTEMPTED);
        return NULL;
    }
    return step->id == POSTINO_STEP_RCPT ? postino_transaction_content(session, mail) : step;
}

/* RFC 5321 section 4.5.3.1.10: 452, or 552 in its place, may mean that the recipients are too many. Then
 * the others go into a further transaction. Returns 1 if so, else 0. */
static int partial_defer(struct postino_session *session)
{
    struct postino_mail *mail = session->replied.mail;
    size_t length = session->reply.text_octets;
    struct postino_enhanced_code code;

    if ((session->reply.code != 452 && session->reply.code != 552) ||
        (mail->marks & (MAIL_HAS_RECIPIENT | MAIL_REWINDS)) != (MAIL_HAS_RECIPIENT | MAIL_REWINDS))
        return 0;
    code = postino_enhanced_code_read(session->text,
                                      length < sizeof session->text ? length : sizeof session->text);
    if (code.status_class != 0 && (code.subject != 5 || code.detail != 3))
        return 0;
    session->replied.recipient->state = RECIPIENT_WAITING;
    if (session->sent.mail == mail) {
        mail->marks |= MAIL_HAS_MORE;
        session->asked = UINT16_MAX;
    }
    return 1;
}

/* Decides the recipients of the transaction that ended. Returns 1 if other recipients wait, else 0. */
static int partial_end(const struct postino_session *session, struct postino_mail *mail)
{
    struct postino_recipient *recipient;
    int waits = 0;

    for (recipient = mail->waiting; recipient != mail->behind; recipient = recipient->next) {
        if (recipient->domain != NULL)
            recipient->domain->domain_asked = 0;
        if (recipient->state == RECIPIENT_TAKEN && recipient->outcome == POSTINO_OUTCOME_PENDING) {
            recipient->outcome = POSTINO_OUTCOME_ACCEPTED;
            recipient->reply_code = session->reply.code;
        }
        waits |= partial_waits(recipient);
    }
    for (; recipient != NULL && !waits; recipient = recipient->next)
        waits = partial_waits(recipient);
    return waits;
}

/* Puts the mail in line again, in front of the mails that have not begun. */
static void partial_line_up(struct postino_session *session, struct postino_mail *mail)
{
    struct postino_mail **link = &session->mails;

    while (*link != mail)
        link = &(*link)->next;
    *link = mail->next;
    while (*link != session->next)
        link = &(*link)->next;
    mail->next = *link;
    *link = mail;
    if (mail->next == NULL)
        session->last = mail;
    session->next = mail;
}

/* The transaction ended with the recipients that were accepted. Returns 1 where others get a further
 * transaction, else 0. */
static int partial_again(struct postino_session *session, struct postino_mail *mail)
{
    struct postino_recipient *recipient;

    if (!partial_end(session, mail))
        return 0;
    if ((mail->marks & MAIL_REWINDS) != 0) {
        partial_line_up(session, mail);
        return 1;
    }
    for (recipient = mail->waiting; recipient != NULL; recipient = recipient->next) {
        if (partial_waits(recipient))
            recipient->outcome = POSTINO_OUTCOME_TRANSIENT;
    }
    return 0;
}

const struct postino_delivery postino_delivery_partial = {partial_choose, partial_defer, partial_again};
