/* SPDX-License-Identifier: MIT */
/* Replies to the steps of the mails. Invariant: a reply is told to the caller and to the records before the
 * session acts on it, so the recipients stand as they did when it arrived. */
#include "mails.h"
#include "reply.h"

/* Acts on the reply to RCPT. */
static void transaction_recipient(struct postino_session *session, int refused)
{
    struct postino_mail *mail = session->replied.mail;
    struct postino_recipient *recipient = session->replied.recipient;

    recipient->reply_code = session->reply.code;
    if (!refused) {
        recipient->state = RECIPIENT_TAKEN;
        mail->marks |= MAIL_HAS_RECIPIENT;
    } else if (mail->delivery == NULL || !mail->delivery->defer(session)) {
        recipient->state = RECIPIENT_REFUSED;
        recipient->outcome = (uint8_t)postino_session_refusal(session);
        if (mail->delivery == NULL)
            postino_outcome_decide(session, POSTINO_ERROR_REFUSED, POSTINO_OUTCOME_NOT_ATTEMPTED);
    }
}

/* Acts on the reply to the message, or to one of its chunks. */
static void transaction_message(struct postino_session *session, int refused)
{
    const struct postino_lmtp *lmtp = session->config->lmtp;
    struct postino_mail *mail = session->replied.mail;
    int more = (mail->marks & MAIL_CHUNKED) != 0 && session->chunking->more(mail);

    /* LMTP has a reply for each recipient. */
    if (!more && lmtp != NULL && (mail->marks & MAIL_DECIDED) == 0 && lmtp->reply(session, &refused))
        return;
    if (refused)
        postino_outcome_refuse(session);
    /* RFC 5321 section 4.1.1.4: any reply to the end mark ends the transaction. A refused BDAT does not. */
    if (session->dirty == DIRTY_OPEN && (mail->marks & MAIL_CHUNKED) == 0)
        session->dirty = DIRTY_CLOSED;
    if (more)
        return;
    if (refused)
        postino_outcome_finish(session, mail);
    else
        postino_outcome_end(session, POSTINO_OK, POSTINO_OUTCOME_ACCEPTED);
}

unsigned postino_transaction_reply(struct postino_session *session, int refused)
{
    switch (session->replied.step->id) {
    case POSTINO_STEP_MESSAGE:
        transaction_message(session, refused);
        break;
    case POSTINO_STEP_RSET:
        if (!refused)
            session->dirty = 0;
        else if (session->outstanding != 0 || (!session->complete && session->offset_octets != 0))
            /* The next mail is under way already. */
            return postino_session_fail(session, POSTINO_ERROR_REFUSED);
        else
            return postino_session_give_up(session, POSTINO_ERROR_REFUSED);
        break;
    case POSTINO_STEP_RCPT:
        transaction_recipient(session, refused);
        break;
    default:
        if (refused)
            postino_outcome_refuse(session);
        else
            session->replied.mail->marks |= MAIL_ACCEPTED;
    }
    return STEP_NEXT;
}

/* Makes the text fit to be shown, and tells the reply to the caller. */
static void transaction_tell(struct postino_session *session)
{
    const struct postino_session_config *config = session->config;
    struct postino_mail *mail = session->replied.mail;
    struct postino_reply reply = {session->reply.code, session->text, session->reply.text_octets};

    if (reply.text_octets > sizeof session->text)
        reply.text_octets = sizeof session->text;
    postino_reply_show(session->text, reply.text_octets);
    if (mail == NULL)
        return;
    if (config->lmtp != NULL)
        config->lmtp->before(session);
    if (config->records != NULL)
        config->records->reply_complete(session);
    if (config->on_reply != NULL && (mail->marks & MAIL_DECIDED) == 0)
        config->on_reply(config->context, mail, session->replied.recipient, &reply);
}

void postino_transaction_reply_complete(struct postino_session *session)
{
    const struct postino_mail *mail;

    transaction_tell(session);
    postino_steps_reply(session);
    /* The text of a failure stays until a reply to another mail comes. */
    mail = session->replied.mail;
    if (session->text_is_error && session->over == 0 && mail != NULL && (mail->marks & MAIL_DECIDED) == 0)
        session->text_is_error = 0;
}
