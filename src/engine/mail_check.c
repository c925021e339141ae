/* SPDX-License-Identifier: MIT */
/* The checks of a mail before any of it goes out: at submission without the server, and when it begins
 * against the extensions that the server offers. */
#include "postino/address.h"

#include "../source/source.h"
#include "mails.h"
#include "reply.h"

/* Checks an address. Returns 0, `malformed`, or the error for octets above 127 that nobody asked for. */
static int mail_check_path(const char *address, struct postino_span *path, int utf8, int malformed)
{
    int kind = postino_address_path(address, path);

    if (kind < 0)
        return malformed;
    return kind > utf8 ? POSTINO_ERROR_UTF8_NOT_ASKED : POSTINO_OK;
}

/* Checks a recipient and forgets what an earlier submission left in it. Returns 0 or an error. */
static int mail_check_recipient(const struct postino_mail *mail, struct postino_recipient *recipient,
                                int utf8)
{
    int error = POSTINO_ERROR_FORWARD_PATH;

    if (recipient->address != NULL)
        error = mail_check_path(recipient->address, &recipient->path, utf8, POSTINO_ERROR_FORWARD_PATH);
    if (error == POSTINO_OK && recipient->path.length_octets == 0)
        error = POSTINO_ERROR_FORWARD_PATH;
    if (error == POSTINO_OK && recipient->options != NULL && mail->options == NULL)
        error = POSTINO_ERROR_ARGUMENT;
    recipient->outcome = POSTINO_OUTCOME_PENDING;
    recipient->state = RECIPIENT_WAITING;
    recipient->domain = NULL;
    recipient->reply_code = 0;
    postino_record_clear(recipient->record);
    return error;
}

/* Has the source check itself for a server that offers all that bears on the message, but SMTPUTF8 only to a
 * mail that asks for it. Returns 0 or an error. */
static int mail_check_source(struct postino_mail *mail, int utf8)
{
    uint32_t capabilities = POSTINO_CAPABILITY_8BITMIME | (utf8 ? (uint32_t)POSTINO_CAPABILITY_SMTPUTF8 : 0);
    int error = postino_source_check(mail->source, capabilities);

    return error == POSTINO_ERROR_UTF8_ADDRESS && !utf8 ? POSTINO_ERROR_UTF8_NOT_ASKED : error;
}

int postino_mail_check(struct postino_mail *mail)
{
    struct postino_recipient *recipient;
    int utf8;
    int error;

    if (mail->reverse_path == NULL || mail->source == NULL)
        return POSTINO_ERROR_ARGUMENT;
    utf8 = mail->options != NULL && mail->options->utf8 != 0;
    error = mail_check_path(mail->reverse_path, &mail->path, utf8, POSTINO_ERROR_REVERSE_PATH);
    if (error == POSTINO_OK && mail->recipients == NULL)
        error = POSTINO_ERROR_NO_RECIPIENT;
    for (recipient = mail->recipients; recipient != NULL && error == POSTINO_OK; recipient = recipient->next)
        error = mail_check_recipient(mail, recipient, utf8);
    return error == POSTINO_OK ? mail_check_source(mail, utf8) : error;
}

/* RFC 6152 section 3: a message with octets above 127 needs the extension. A configuration that does not name
 * it sends the message as it is. */
static int mail_check_8bit(const struct postino_session *session, const struct postino_mail *mail)
{
    return ((session->capabilities | session->config->avoided) & POSTINO_CAPABILITY_8BITMIME) == 0 &&
                   (mail->flags & POSTINO_MAIL_8BIT_ANYWAY) == 0 &&
                   postino_extensions_is_named(session, POSTINO_CAPABILITY_8BITMIME)
               ? POSTINO_ERROR_8BIT
               : POSTINO_OK;
}

/* RFC 3030 section 3: a binary message needs both extensions. */
static int mail_check_binary(const struct postino_session *session, const struct postino_mail *mail)
{
    uint32_t missing = (POSTINO_CAPABILITY_BINARYMIME | POSTINO_CAPABILITY_CHUNKING) & ~session->capabilities;

    if (missing == 0)
        return POSTINO_OK;
    /* One name is enough: that of the lowest bit. */
    if (mail->options != NULL)
        mail->options->missing = missing & (~missing + 1);
    return POSTINO_ERROR_NOT_OFFERED;
}

int postino_mail_check_offered(struct postino_session *session, struct postino_mail *mail)
{
    unsigned flags = session->message.flags;
    int error = POSTINO_OK;

    if (mail->options != NULL)
        error = mail->options->methods->check(session, mail);
    if (error == POSTINO_OK && (flags & POSTINO_SOURCE_BINARY) != 0)
        error = mail_check_binary(session, mail);
    else if (error == POSTINO_OK && (flags & POSTINO_SOURCE_8BIT) != 0)
        error = mail_check_8bit(session, mail);
    if (error == POSTINO_OK)
        error = postino_extensions_check(session, mail);
    /* CHUNKING may be offered and yet not suit the message. */
    if (error == POSTINO_OK && (flags & POSTINO_SOURCE_BINARY) != 0 && (mail->marks & MAIL_CHUNKED) == 0)
        error = POSTINO_ERROR_NOT_OFFERED;
    return error;
}

unsigned postino_mail_check_outcome(const struct postino_session *session, int error)
{
    /* HELO replaced EHLO for this session, so the server may offer the extension all the same. */
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
        /* The fault lies in the call or the session, not in the mail. */
        return POSTINO_OUTCOME_NOT_ATTEMPTED;
    default:
        return error > POSTINO_ERROR_REFUSED ? POSTINO_OUTCOME_PERMANENT : POSTINO_OUTCOME_NOT_ATTEMPTED;
    }
}
