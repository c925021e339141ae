/* SPDX-License-Identifier: MIT */
/* Mails that go out again: over a new connection, or without an extension that the server offers and that
 * fails. Invariants: a mail goes out again only where the server cannot have accepted it for any
 * recipient. A finding takes effect with the next connection, because a command that is half sent must not
 * change. */
#include "internal.h"

#include "../engine/state.h"

/* Parameters of MAIL that a mail can do without: SIZE and BODY, and those that it names as optional. An
 * address in UTF-8 needs SMTPUTF8. */
#define FALLBACK_PARAMETERS                                                                             \
    ((uint32_t)POSTINO_CAPABILITY_SIZE | POSTINO_CAPABILITY_8BITMIME | POSTINO_CAPABILITY_DSN |         \
     POSTINO_CAPABILITY_DELIVERBY | POSTINO_CAPABILITY_FUTURERELEASE | POSTINO_CAPABILITY_MT_PRIORITY | \
     POSTINO_CAPABILITY_REQUIRETLS | POSTINO_CAPABILITY_AUTH)
#define FALLBACK_CHUNKING ((uint32_t)POSTINO_CAPABILITY_CHUNKING | POSTINO_CAPABILITY_BINARYMIME)

void postino_client_fallback_begin(struct postino_client *client)
{
    struct postino_session_config *config = &client->session_config;

    config->avoided = client->avoided;
    config->flags &= (uint16_t) ~(unsigned)POSTINO_SESSION_HELO;
    if (client->helo)
        config->flags |= POSTINO_SESSION_HELO;
    client->helo = 0;
    client->settled = 0;
}

int postino_client_is_lost(int error)
{
    return error == POSTINO_ERROR_CLOSED || error == POSTINO_ERROR_RECEIVE || error == POSTINO_ERROR_SEND;
}

int postino_client_fallback_helo(struct postino_client *client)
{
    const struct postino_session *session = &client->session;
    const struct postino_session_config *config = &client->session_config;
    int error = session->result.error;

    /* At EHLO itself the server has offered no extension yet. */
    if (session->result.step != POSTINO_STEP_EHLO || session->sent.step != &postino_steps[STEP_EHLO] ||
        session->tls != NULL || config->credentials != NULL || !postino_client_is_lost(error))
        return 0;
    client->helo = 1;
    return 1;
}

/* The server refused MAIL. */
static int fallback_mail(struct postino_client *client, const struct postino_mail *mail)
{
    uint32_t avoided = client->session_config.avoided & FALLBACK_PARAMETERS;
    uint32_t sent = (uint32_t)POSTINO_CAPABILITY_SIZE | POSTINO_CAPABILITY_8BITMIME;

    switch (mail->result.reply_code) {
    case 504:
    case 555:
        /* RFC 5321 section 4.1.1.11: the server does not know a parameter. */
        if (avoided != 0) {
            /* The server refused MAIL without them, too. */
            client->avoided &= ~FALLBACK_PARAMETERS;
            return 0;
        }
        if (mail->options != NULL)
            sent |= mail->options->optional & FALLBACK_PARAMETERS;
        if ((client->session.capabilities & sent) == 0)
            return 0;
        client->avoided |= FALLBACK_PARAMETERS;
        return 1;
    case 450:
    case 451:
    case 452:
        /* Servers limit the mails of a connection: a new one helps. */
        return client->settled && mail->attempts == 0;
    default:
        return 0;
    }
}

/* Replies did not come in time. Some servers lose commands of a group. */
static int fallback_time(struct postino_client *client, const struct postino_mail *mail)
{
    unsigned step = client->session.result.step;

    if (client->session.result.error != POSTINO_ERROR_TIMEOUT ||
        (step != POSTINO_STEP_RSET && step != POSTINO_STEP_MAIL && step != POSTINO_STEP_RCPT &&
         step != POSTINO_STEP_DATA))
        return 0;
    if (client->session.pipelining == NULL) {
        /* The commands were sent one by one: PIPELINING is not the reason. */
        client->avoided &= ~(uint32_t)POSTINO_CAPABILITY_PIPELINING;
        return 0;
    }
    client->avoided |= POSTINO_CAPABILITY_PIPELINING;
    return mail->attempts == 0;
}

int postino_client_is_fallback(const struct postino_mail *mail)
{
    return (mail->result.error == POSTINO_ERROR_REFUSED && mail->result.step != POSTINO_STEP_RSET) ||
           mail->result.error == POSTINO_ERROR_TIMEOUT;
}

int postino_client_fallback(struct postino_client *client, const struct postino_mail *mail)
{
    const struct postino_result *result = &mail->result;
    int again = 0;

    if (result->error == POSTINO_ERROR_REFUSED && result->step == POSTINO_STEP_MAIL)
        again = fallback_mail(client, mail);
    else if (result->error == POSTINO_ERROR_TIMEOUT)
        again = fallback_time(client, mail);
    else if (result->error == client->session.result.error && mail->options == NULL && mail->attempts == 0)
        again = postino_client_fallback_helo(client);
    else if (result->error == POSTINO_ERROR_REFUSED && result->step == POSTINO_STEP_MESSAGE &&
             (mail->marks & MAIL_CHUNKED) != 0 && result->reply_code - 500u <= 3) {
        /* The server does not know BDAT, and may have taken the octets behind it for commands. */
        client->avoided |= FALLBACK_CHUNKING;
        again = (mail->marks & MAIL_REWINDS) != 0;
    }
    /* The outcome is the first of the recipients': no mail was accepted, and none may have been. */
    return again && result->outcome > POSTINO_OUTCOME_UNKNOWN;
}

void postino_client_again(struct postino_client *client, struct postino_mail *mail)
{
    uint8_t attempts = mail->result.error != POSTINO_ERROR_MAIL_LIMIT && mail->result.error != POSTINO_OK;

    if (mail->result.error == POSTINO_ERROR_REFUSED && mail->result.step == POSTINO_STEP_RSET) {
        /* Some servers (Haraka) refuse commands that follow a message before the message is settled. They
         * get one mail at a time from now on. */
        attempts = client->session_config.mails_in_flight_max <= 1;
        client->session_config.mails_in_flight_max = 1;
    }
    /* Servers limit the mails of a connection: Exim ends it with 421 after a number of mails, or with 554
     * at the eleventh RSET without a message before it. A connection that settled a mail costs no
     * attempt. */
    if (!client->progress || postino_client_is_fallback(mail))
        mail->attempts = attempts;

    mail->next = NULL;
    if (client->again == NULL)
        client->again = mail;
    else
        client->again_last->next = mail;
    client->again_last = mail;
}

int postino_client_is_again(const struct postino_client *client, const struct postino_mail *mail)
{
    const struct postino_result *result = &client->session.result;

    if (mail->result.error == POSTINO_ERROR_MAIL_LIMIT)
        return mail->result.outcome == POSTINO_OUTCOME_NOT_ATTEMPTED;
    if (mail->attempts != 0 || (mail->marks & MAIL_ACCEPTED) != 0 ||
        (mail->result.outcome != POSTINO_OUTCOME_NOT_ATTEMPTED &&
         mail->result.outcome != POSTINO_OUTCOME_TRANSIENT))
        return 0;
    if (mail->result.error != result->error ||
        ((result->error != POSTINO_ERROR_REFUSED || result->step != POSTINO_STEP_RSET) &&
         result->error != POSTINO_ERROR_SERVICE_CLOSING && !postino_client_is_lost(result->error)))
        return 0;
    /* Lost in the handshake: the server may not resume TLS sessions. The next handshake offers none. */
    if (result->step == POSTINO_STEP_STARTTLS)
        return result->error != POSTINO_ERROR_SERVICE_CLOSING;
    return result->step != POSTINO_STEP_GREETING && result->step != POSTINO_STEP_EHLO &&
           result->step != POSTINO_STEP_AUTH;
}
