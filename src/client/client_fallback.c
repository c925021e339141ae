/* SPDX-License-Identifier: MIT */
/* What a client does otherwise with a server on which something does not work, though it is offered.
 * Invariant: a mail goes out again only where the server cannot have accepted it for anybody; and what is
 * found out takes effect with the next connection, for a command that is half sent must not change. */
#include "internal.h"

#include "../engine/state.h"

/* What may stand behind MAIL without being asked for: SIZE and BODY, and what a mail names as optional. An
 * address in UTF-8 cannot do without SMTPUTF8. */
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

int postino_client_fallback_helo(struct postino_client *client)
{
    const struct postino_session *session = &client->session;
    const struct postino_session_config *config = &client->session_config;
    int error = session->result.error;

    /* Where EHLO itself is in hand nothing was heard of extensions, and no TLS is needed. */
    if (session->result.step != POSTINO_STEP_EHLO || session->sent.step != &postino_steps[STEP_EHLO] ||
        session->tls != NULL || config->credentials != NULL ||
        (error != POSTINO_ERROR_CLOSED && error != POSTINO_ERROR_RECEIVE && error != POSTINO_ERROR_SEND))
        return 0;
    client->helo = 1;
    return 1;
}

/* A reply to MAIL refuses it. */
static int fallback_mail(struct postino_client *client, const struct postino_mail *mail)
{
    uint32_t avoided = client->session_config.avoided & FALLBACK_PARAMETERS;
    uint32_t sent = (uint32_t)POSTINO_CAPABILITY_SIZE | POSTINO_CAPABILITY_8BITMIME;

    switch (mail->result.reply_code) {
    case 504:
    case 555:
        /* RFC 5321 section 4.1.1.11: a parameter that is not understood. */
        if (avoided != 0) {
            /* It was none of these. */
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
        /* Servers limit the mails of a connection. */
        return client->settled && mail->attempts == 0;
    default:
        return 0;
    }
}

/* Replies did not come in time. */
static int fallback_time(struct postino_client *client, const struct postino_mail *mail)
{
    unsigned step = client->session.result.step;

    if (client->session.result.error != POSTINO_ERROR_TIMEOUT ||
        (step != POSTINO_STEP_RSET && step != POSTINO_STEP_MAIL && step != POSTINO_STEP_RCPT &&
         step != POSTINO_STEP_DATA))
        return 0;
    if (client->session.pipelining == NULL) {
        /* It was not the groups. */
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
        /* BDAT is not understood, and nobody knows what the server made of the octets behind it. */
        client->avoided |= FALLBACK_CHUNKING;
        again = (mail->marks & MAIL_REWINDS) != 0;
    }
    /* The outcome is the first of the recipients': nobody's mail was accepted, or may have been. */
    return again && result->outcome > POSTINO_OUTCOME_UNKNOWN;
}
