/* SPDX-License-Identifier: MIT */
/* What mails may need beyond one mail to one recipient over a connection: options, further transactions, RSET
 * between, LMTP, each reply told. Our ports that send a single mail carry src/engine/single.c instead. */
#include "internal.h"
#include "../source/source.h"

/* A reply is complete. */
void postino_submit_heard(struct postino_session *session)
{
    const struct postino_session_config *config = session->config;
    struct postino_mail *mail = session->replied.mail;
    size_t i;

    for (i = 0; i < session->reply.text_octets && i < sizeof session->text; i++)
        session->text[i] = (char)postino_shown_octet((uint8_t)session->text[i]);
    if (mail == NULL)
        return;
    if (config->lmtp != NULL)
        config->lmtp->before(session);
    if (config->records != NULL)
        config->records->reply_complete(session);
    if (config->on_reply != NULL && (mail->marks & MAIL_DECIDED) == 0) {
        struct postino_reply reply = {session->reply.code, session->text, session->reply.text_octets};

        if (reply.text_octets > sizeof session->text)
            reply.text_octets = sizeof session->text;
        config->on_reply(config->context, mail, session->replied.recipient, &reply);
    }
}

unsigned postino_submit_outcome(const struct postino_session *session, int error)
{
    /* HELO was said for once in place of EHLO, so nobody knows what the server offers. */
    if (session != NULL && (session->config->flags & POSTINO_SESSION_HELO) != 0 &&
        (error == POSTINO_ERROR_8BIT || error == POSTINO_ERROR_NOT_OFFERED))
        return POSTINO_OUTCOME_NOT_ATTEMPTED;
    switch (error) {
    case POSTINO_ERROR_OBJECT_SIZE:
    case POSTINO_ERROR_STATE:
    case POSTINO_ERROR_EHLO_NAME:
    case POSTINO_ERROR_CREDENTIALS:
    case POSTINO_ERROR_ABORTED:
    case POSTINO_ERROR_MAIL_LIMIT:
    case POSTINO_ERROR_PREPARED:
    case POSTINO_ERROR_CREDENTIALS_SIZE:
    case POSTINO_ERROR_MAIL_IN_USE:
    case POSTINO_ERROR_RECIPIENT_IN_USE:
    case POSTINO_ERROR_SOURCE_IN_USE:
    case POSTINO_ERROR_RECORD_IN_USE:
    case POSTINO_ERROR_OPTIONS_IN_USE:
    case POSTINO_ERROR_PART_IN_USE:
    case POSTINO_ERROR_CRYPTO:
        /* The call's or the session's fault, and none of the mail's. */
        return POSTINO_OUTCOME_NOT_ATTEMPTED;
    default:
        return error > POSTINO_ERROR_REFUSED ? POSTINO_OUTCOME_PERMANENT : POSTINO_OUTCOME_NOT_ATTEMPTED;
    }
}

/* RFC 6152 section 3: a message with octets above 127 needs the extension. Where the configuration does not
 * name it the message goes out as it is. */
static int submit_check_8bit(const struct postino_session *session, const struct postino_mail *mail)
{
    return ((session->capabilities | session->config->avoided) & POSTINO_CAPABILITY_8BITMIME) == 0 &&
                   (mail->flags & POSTINO_MAIL_8BIT_ANYWAY) == 0 &&
                   postino_extensions_is_named(session, POSTINO_CAPABILITY_8BITMIME)
               ? POSTINO_ERROR_8BIT
               : POSTINO_OK;
}

/* RFC 3030 section 3: a binary message needs both extensions. */
static int submit_check_binary(const struct postino_session *session, struct postino_mail *mail)
{
    uint32_t missing = (POSTINO_CAPABILITY_BINARYMIME | POSTINO_CAPABILITY_CHUNKING) & ~session->capabilities;

    if (missing == 0)
        return POSTINO_OK;
    if (mail->options != NULL)
        mail->options->missing = missing & (~missing + 1);
    return POSTINO_ERROR_NOT_OFFERED;
}

int postino_submit_begin(struct postino_session *session, struct postino_mail *mail)
{
    unsigned flags = session->message.flags;
    int error = POSTINO_OK;

    if ((flags & POSTINO_SOURCE_REWINDS) != 0)
        mail->marks |= MAIL_REWINDS;
    if (mail->options != NULL)
        error = mail->options->methods->check(session, mail);
    if (error == POSTINO_OK && (flags & POSTINO_SOURCE_BINARY) != 0)
        error = submit_check_binary(session, mail);
    else if (error == POSTINO_OK && (flags & POSTINO_SOURCE_8BIT) != 0)
        error = submit_check_8bit(session, mail);
    if (error == POSTINO_OK)
        error = postino_extensions_check(session, mail);
    if (error == POSTINO_OK && (flags & POSTINO_SOURCE_BINARY) != 0 && (mail->marks & MAIL_CHUNKED) == 0)
        error = POSTINO_ERROR_NOT_OFFERED;
    /* RFC 3030 section 2: a BDAT that fails leaves the server in no defined state, so while the mail before
     * is not settled there must be a RSET between them. */
    if (error == POSTINO_OK && (session->dirty || session->in_flight != 0))
        mail->state = MAIL_BEGUN;
    return error;
}

void postino_submit_rcpt(struct postino_session *session, int refused)
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
            postino_transaction_decide(session, POSTINO_ERROR_REFUSED, POSTINO_OUTCOME_NOT_ATTEMPTED);
    }
}

/* The transaction ended. Returns 1 where recipients that were not in it get another one, behind those that
 * are under way. */
int postino_submit_again(struct postino_session *session, int error)
{
    struct postino_mail *mail = session->replied.mail;

    if (mail->delivery == NULL || (mail->marks & MAIL_DECIDED) != 0 || !mail->delivery->again(session, mail))
        return 0;
    /* Without a message the server's transaction is still open. */
    if (error != POSTINO_OK)
        session->dirty = DIRTY_OPEN;
    mail->state = MAIL_WAITING;
    session->in_flight--;
    return 1;
}

/* The message was answered. Returns 1 when another reply to it follows. */
int postino_submit_message(struct postino_session *session, int *refused)
{
    const struct postino_lmtp *lmtp = session->config->lmtp;

    return lmtp != NULL && (session->replied.mail->marks & MAIL_DECIDED) == 0 &&
           lmtp->reply(session, refused);
}

/* For a server that offers all that bears on the message. A mail without the option says no SMTPUTF8. */
static int submit_check_source(struct postino_mail *mail, int utf8)
{
    uint32_t capabilities = POSTINO_CAPABILITY_8BITMIME | (utf8 ? (uint32_t)POSTINO_CAPABILITY_SMTPUTF8 : 0);
    int error = postino_source_check(mail->source, capabilities);

    return error == POSTINO_ERROR_UTF8_ADDRESS && !utf8 ? POSTINO_ERROR_UTF8_NOT_ASKED : error;
}

static int submit_line_up(struct postino_session *session, struct postino_mail *mail)
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
    /* Nothing follows before what goes out now is out. */
    if (session->complete)
        postino_transaction_advance(session);
    return POSTINO_OK;
}

/* Checks an address. Returns 0, `malformed`, or what its octets above 127 lack. */
static int submit_path(const char *address, struct postino_span *path, int utf8, int malformed)
{
    int kind = postino_address_path(address, path);

    if (kind < 0)
        return malformed;
    return kind > utf8 ? POSTINO_ERROR_UTF8_NOT_ASKED : POSTINO_OK;
}

int postino_session_submit_borrowed(struct postino_session *session, struct postino_mail *mail)
{
    struct postino_recipient *recipient;
    int utf8;
    int error;

    if (mail->reverse_path == NULL || mail->source == NULL)
        return POSTINO_ERROR_ARGUMENT;
    utf8 = mail->options != NULL && mail->options->utf8 != 0;
    error = submit_path(mail->reverse_path, &mail->path, utf8, POSTINO_ERROR_REVERSE_PATH);
    if (error == POSTINO_OK && mail->recipients == NULL)
        error = POSTINO_ERROR_NO_RECIPIENT;
    for (recipient = mail->recipients; recipient != NULL && error == POSTINO_OK;
         recipient = recipient->next) {
        if (recipient->address == NULL)
            return POSTINO_ERROR_FORWARD_PATH;
        error = submit_path(recipient->address, &recipient->path, utf8, POSTINO_ERROR_FORWARD_PATH);
        if (recipient->path.length_octets == 0)
            error = POSTINO_ERROR_FORWARD_PATH;
        else if (recipient->options != NULL && mail->options == NULL)
            error = POSTINO_ERROR_ARGUMENT;
        recipient->outcome = POSTINO_OUTCOME_PENDING;
        recipient->state = RECIPIENT_WAITING;
        recipient->domain = NULL;
        recipient->reply_code = 0;
        postino_record_clear(recipient->record);
    }
    if (error == POSTINO_OK)
        error = submit_check_source(mail, utf8);
    return error == POSTINO_OK ? submit_line_up(session, mail) : error;
}

int postino_session_submit(struct postino_session *session, struct postino_mail *mail)
{
    int error = mail != NULL ? postino_mail_borrow(mail) : POSTINO_ERROR_ARGUMENT;

    if (error != POSTINO_OK)
        return error;
    error = postino_session_submit_borrowed(session, mail);
    if (error != POSTINO_OK)
        postino_mail_release(mail);
    return error;
}

struct postino_mail *postino_session_take_finished(struct postino_session *session)
{
    struct postino_mail *mail = session->mails;

    if (mail == NULL || mail->state != MAIL_FINISHED)
        return NULL;
    session->mails = mail->next;
    mail->next = NULL;
    return mail;
}

struct postino_mail *postino_session_finished(struct postino_session *session)
{
    struct postino_mail *mail = postino_session_take_finished(session);

    if (mail != NULL)
        postino_mail_release(mail);
    return mail;
}
