/* SPDX-License-Identifier: MIT */
/* Invariant: `connected` is set exactly while the connection is open, and then the session is not over; each
 * session that ran over one is told of its end once. A mail is never on loan to the session when
 * postino_client_send() returns, and is accepted only where the session settled it so. */

#include "postino/client.h"

#define CLIENT_CONNECT_TIMEOUT_MS 30000

/* Without a secret from the server neither is stronger than the other; PLAIN takes one round trip less. */
static const struct postino_mechanism *const client_mechanisms[] = {
    &postino_sasl_plain,
    &postino_sasl_login,
    NULL,
};

static uint32_t client_now_ms(struct postino_client *client)
{
    return client->transport->methods->now_ms(client->transport);
}

static void client_configure(struct postino_client *client, const struct postino_client_config *config)
{
    struct postino_session_config *session_config = &client->session_config;

    *session_config =
        (struct postino_session_config){.ehlo_name = config->ehlo_name, .extensions = postino_extensions_all};
    session_config->time_limits =
        config->time_limits != NULL ? config->time_limits : &postino_time_limits_rfc5321;
    client->credentials = (struct postino_credentials){config->user, config->password};
    if (config->user != NULL) {
        session_config->credentials = &client->credentials;
        session_config->mechanisms = client_mechanisms;
    }
    if (config->allow_clear_text_auth != 0)
        session_config->flags = POSTINO_SESSION_CLEAR_TEXT_AUTH;
    client->connect_timeout_ms =
        config->connect_timeout_ms != 0 ? config->connect_timeout_ms : CLIENT_CONNECT_TIMEOUT_MS;
}

int postino_client_init_sized(struct postino_client *client, size_t client_octets,
                              struct postino_transport *transport, const struct postino_client_config *config)
{
    if (client == NULL || transport == NULL || config == NULL || config->ehlo_name == NULL ||
        (config->user != NULL && config->password == NULL))
        return POSTINO_ERROR_ARGUMENT;
    if (client_octets != sizeof *client)
        return POSTINO_ERROR_OBJECT_SIZE;
    client_configure(client, config);
    client->connected = 0;
    client->transport = transport;
    if (config->trace != NULL) {
        postino_trace_transport_init(&client->trace, transport, &client->session, config->trace,
                                     config->trace_context);
        client->transport = &client->trace.transport;
    }
    /* So that a bad configuration is known before anything is connected, and postino_client_session() has
     * something to show. */
    return postino_session_init(&client->session, &client->session_config, 0);
}

/* Connects. A connection that could not be made is a session lost before its first octet: it settles the mail
 * as after any other loss. */
static void client_connect(struct postino_client *client)
{
    int error = client->transport->methods->connect(client->transport, client->connect_timeout_ms);

    if (error != 0) {
        postino_session_lost(&client->session, error, 0);
        return;
    }
    postino_session_connected(&client->session, client_now_ms(client));
    client->connected = 1;
}

/* Runs the session until it is ready for a mail, or with `until` 0 until it is over. What the pump returns is
 * the connection's fate; a mail's stands in its result. */
static void client_pump(struct postino_client *client, unsigned until)
{
    (void)postino_pump(&client->session, client->transport, until);
    client->connected = (postino_session_want(&client->session) & POSTINO_WANT_CLOSED) == 0;
}

/* Servers close idle connections, with a 421 or without a word. Looks whether this one did, so that the mail
 * goes over a new connection instead of into a dead one, and tells the session the time: the limits of what
 * comes next run from now, not from before the pause. Does not block. */
static void client_check(struct postino_client *client)
{
    struct postino_transport *transport = client->transport;
    const uint8_t *data = NULL;
    size_t length_octets = 0;
    int status = transport->methods->receive(transport, &data, &length_octets);

    if (status >= 0) {
        postino_session_input(&client->session, data, status == 0 ? length_octets : 0, client_now_ms(client));
        if ((postino_session_want(&client->session) & POSTINO_WANT_CLOSED) == 0)
            return;
    }
    transport->methods->close(transport, 0);
    postino_session_lost(&client->session, status, transport->unsent_octets);
    client->connected = 0;
}

/* Leaves in a mail that the session did not take why it did not. */
static int client_refuse(struct postino_mail *mail, int error)
{
    struct postino_recipient *recipient;

    mail->result = (struct postino_result){.error = (int16_t)error, .outcome = POSTINO_OUTCOME_NOT_ATTEMPTED};
    mail->result.step = error == POSTINO_ERROR_FORWARD_PATH ? POSTINO_STEP_RCPT : POSTINO_STEP_MAIL;
    for (recipient = mail->recipients; recipient != NULL; recipient = recipient->next) {
        recipient->outcome = POSTINO_OUTCOME_NOT_ATTEMPTED;
        recipient->reply_code = 0;
    }
    return error;
}

int postino_client_send(struct postino_client *client, struct postino_mail *mail)
{
    int error = 0;

    if (client == NULL || mail == NULL)
        return POSTINO_ERROR_ARGUMENT;
    if (client->connected)
        client_check(client);
    if (!client->connected)
        error = postino_session_init(&client->session, &client->session_config, client_now_ms(client));
    /* Before connecting: for a mail that cannot be sent nobody is called. */
    if (error == 0)
        error = postino_session_submit(&client->session, mail);
    if (error != 0)
        return client_refuse(mail, error);
    if (!client->connected)
        client_connect(client);
    if (client->connected)
        client_pump(client, POSTINO_WANT_MAIL);
    (void)postino_session_finished(&client->session);
    return mail->result.outcome == POSTINO_OUTCOME_ACCEPTED ? 0 : mail->result.error;
}

void postino_client_quit(struct postino_client *client)
{
    if (client == NULL)
        return;
    if (client->connected)
        client_check(client);
    if (client->connected) {
        postino_session_quit(&client->session);
        client_pump(client, 0);
    }
}

const struct postino_session *postino_client_session(const struct postino_client *client)
{
    return &client->session;
}
