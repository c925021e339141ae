/* SPDX-License-Identifier: MIT */
/* The connection of a client. Invariant: `connected` is set exactly while the connection is open, and then
 * the session is not over; each session that ran over a connection is told of its end once. */
#include "internal.h"

/* "submissions", RFC 8314 section 7.3. */
#define CONNECTION_TLS_PORT        465
/* A farewell may come in so many pieces. The client closes a connection on which more arrives between
 * mails. */
#define CONNECTION_FAREWELL_PIECES 100

static uint32_t connection_now_ms(struct postino_client *client)
{
    return client->transport->methods->now_ms(client->transport);
}

/* NULL: the transport has no TLS. */
static const struct postino_tls_info *connection_tls(const struct postino_client *client)
{
    struct postino_transport *transport = client->transport;

    return transport->methods->tls != NULL ? transport->methods->tls(transport) : NULL;
}

/* Gives the session the transport's text for a failure of TLS. */
static void connection_tls_failed(struct postino_client *client, int error)
{
    const struct postino_tls_info *info = connection_tls(client);

    if (error <= POSTINO_ERROR_TLS_CONFIG && error > POSTINO_ERROR_CONNECT_TIMEOUT && info != NULL)
        postino_session_tls_failed(&client->session, error, info->text);
}

void postino_client_open(struct postino_client *client)
{
    const struct postino_tls_info *info;
    int error = client->transport->methods->connect(client->transport, client->connect_timeout_ms);

    if (error != 0) {
        connection_tls_failed(client, error);
        postino_session_lost(&client->session, error, 0);
        return;
    }
    info = connection_tls(client);
    if ((client->credentials.port == CONNECTION_TLS_PORT || client->transport->port == CONNECTION_TLS_PORT) &&
        client->session_config.tls != &postino_tls_none && (info == NULL || info->version == NULL)) {
        /* The server waits for the handshake and sends no greeting. */
        client->transport->methods->close(client->transport, 0);
        postino_session_lost(&client->session, POSTINO_ERROR_TLS_PORT, 0);
        return;
    }
    postino_session_connected(&client->session, connection_now_ms(client));
    client->connected = 1;
    if (info != NULL && info->version != NULL)
        postino_session_tls_started(&client->session, info, connection_now_ms(client));
}

int postino_client_pump(struct postino_client *client, unsigned until)
{
    int status = postino_pump(&client->session, client->transport, until);

    client->connected = (postino_session_want(&client->session) & POSTINO_WANT_CLOSED) == 0;
    if (!client->connected && client->session.result.step == POSTINO_STEP_AUTH)
        postino_sasl_wipe(client->credentials.state);
    if (!client->connected)
        connection_tls_failed(client, client->session.result.error);
    return status;
}

void postino_client_check(struct postino_client *client)
{
    struct postino_transport *transport = client->transport;
    unsigned pieces = CONNECTION_FAREWELL_PIECES;
    int status;

    do {
        const uint8_t *data = NULL;
        size_t length_octets = 0;

        status = transport->methods->receive(transport, &data, &length_octets);
        if (status > 0)
            length_octets = 0;
        if (status >= 0)
            postino_session_input(&client->session, data, length_octets, connection_now_ms(client));
        if (status > 0 && (postino_session_want(&client->session) & POSTINO_WANT_CLOSED) == 0)
            return;
    } while (status == 0 && client->session.over == 0 && --pieces != 0);
    transport->methods->close(transport, 0);
    postino_session_lost(&client->session, status, transport->unsent_octets);
    client->connected = 0;
}

int postino_client_prepare(struct postino_client *client)
{
    if (client->connected && client->session.mails == NULL)
        postino_client_check(client);
    if (client->connected || client->session.mails != NULL)
        return POSTINO_OK;
    client->progress = 0;
    postino_client_fallback_begin(client);
    return postino_session_init(&client->session, &client->session_config, connection_now_ms(client));
}
