/* SPDX-License-Identifier: MIT */
/* Delivery to those recipients that the server takes. Invariant: each transaction decides at least one
 * recipient, so a mail has an end; a recipient that waits was decided by none. */
#include "mails.h"
#include "state.h"

/* RFC 5321 section 4.5.3.1.8: a server takes at least that many. */
#define PARTIAL_RECIPIENTS 100

static unsigned partial_limit(const struct postino_session *session, const struct postino_mail *mail)
{
    if (session->recipients_max != 0)
        return session->recipients_max;
    /* What cannot be sent again is tried for all at once. */
    return (mail->marks & MAIL_REWINDS) != 0 ? PARTIAL_RECIPIENTS : UINT16_MAX;
}

static int partial_waits(const struct postino_recipient *recipient)
{
    return recipient->state == RECIPIENT_WAITING && recipient->outcome == POSTINO_OUTCOME_PENDING;
}

/* Whether it goes into the transaction that is being sent. */
static int partial_fits(struct postino_session *session, const struct postino_recipient *recipient)
{
    const struct postino_mail *mail = session->sent.mail;

    if (session->asked >= partial_limit(session, mail))
        return 0;
    if (session->domains_max == 0 || recipient->domain->domain_asked)
        return 1;
    if (session->domains_asked >= session->domains_max)
        return 0;
    recipient->domain->domain_asked = 1;
    session->domains_asked++;
    return 1;
}

/* Behind MAIL and RCPT: sets the cursor on the recipient that is asked next, or behind the last. Returns the
 * step that follows, or NULL when the transaction ends because there is nobody to send to. */
static const struct postino_step *partial_choose(struct postino_session *session,
                                                 const struct postino_step *step)
{
    struct postino_cursor *sent = &session->sent;
    struct postino_mail *mail = sent->mail;
    struct postino_recipient *recipient = sent->recipient;

    if (sent->step->id == POSTINO_STEP_MAIL) {
        session->asked = 0;
        session->domains_asked = 0;
        while (mail->waiting != NULL && !partial_waits(mail->waiting))
            mail->waiting = mail->waiting->next;
    }
    while (recipient != NULL && !(partial_waits(recipient) && partial_fits(session, recipient))) {
        if (partial_waits(recipient))
            mail->marks |= MAIL_HAS_MORE;
        recipient = recipient->next;
        /* Where the transaction is full none of the others fits. */
        if ((mail->marks & MAIL_HAS_MORE) != 0 && session->asked >= partial_limit(session, mail))
            recipient = NULL;
    }
    sent->recipient = recipient;
    if (recipient != NULL) {
        mail->behind = recipient->next;
        session->asked++;
        return &postino_steps[STEP_RCPT];
    }
    if (sent->step->id == POSTINO_STEP_RCPT && session->outstanding == 0 &&
        (mail->marks & MAIL_HAS_RECIPIENT) == 0) {
        postino_outcome_end(session, POSTINO_ERROR_REFUSED, POSTINO_OUTCOME_NOT_ATTEMPTED);
        return NULL;
    }
    return step->id == POSTINO_STEP_RCPT ? postino_transaction_content(session, mail) : step;
}

/* RFC 5321 section 4.5.3.1.10: 452, or in its place 552, may say no more than that the recipients are too
 * many; then the others go in a further transaction. Returns 1 if so. */
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

/* Decides the recipients of the transaction that ended. Returns 1 if others wait. */
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

/* The transaction ended, and nothing is against those that were taken. Puts the mail in line again if
 * recipients wait, in front of those that have not begun. */
static int partial_again(struct postino_session *session, struct postino_mail *mail)
{
    struct postino_mail **link = &session->mails;
    struct postino_recipient *recipient;

    if (!partial_end(session, mail))
        return 0;
    if ((mail->marks & MAIL_REWINDS) == 0) {
        for (recipient = mail->waiting; recipient != NULL; recipient = recipient->next) {
            if (partial_waits(recipient))
                recipient->outcome = POSTINO_OUTCOME_TRANSIENT;
        }
        return 0;
    }
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
    return 1;
}

const struct postino_delivery postino_delivery_partial = {partial_choose, partial_defer, partial_again};
