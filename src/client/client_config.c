/* SPDX-License-Identifier: MIT */
/* A client from what its user asks for: what is left out gets its default here. */

#include "internal.h"

#include "../engine/reply.h"

#define CLIENT_CONNECT_TIMEOUT_MS 30000
#define CLIENT_MAILS_IN_FLIGHT    32

/* Without a password, PLAIN and LOGIN have nothing to say. */
static const struct postino_mechanism *const client_mechanisms_token[] = {
    &postino_sasl_oauthbearer,
    &postino_sasl_xoauth2,
    NULL,
};

static void client_configure(struct postino_client *client, const struct postino_client_config *config)
{
    struct postino_session_config *session_config = &client->session_config;

    *session_config = (struct postino_session_config){.ehlo_name = config->ehlo_name,
                                                      .extensions = postino_extensions_all,
                                                      .faults = &postino_faults,
                                                      .mails_in_flight_max = CLIENT_MAILS_IN_FLIGHT,
                                                      .group_octets_max = config->group_octets_max,
                                                      .on_reply = config->on_reply,
                                                      .context = config->on_reply_context};
    if (config->extensions != NULL)
        session_config->extensions = config->extensions;
    if (config->mails_in_flight_max != 0)
        session_config->mails_in_flight_max = config->mails_in_flight_max;
    if (config->lmtp != 0)
        session_config->lmtp = &postino_lmtp;
    session_config->tls = config->tls != NULL ? config->tls : &postino_tls_required;
    session_config->time_limits =
        config->time_limits != NULL ? config->time_limits : &postino_time_limits_rfc5321;
    client->credentials = (struct postino_credentials){.user = config->user,
                                                       .password = config->password,
                                                       .authzid = config->authzid,
                                                       .token = config->token,
                                                       .host = config->host,
                                                       .port = config->port,
                                                       .prepared = config->prepared != 0,
                                                       .crypto = config->crypto,
                                                       .crypto_context = config->crypto_context,
                                                       .state = &client->sasl};
    if (config->user != NULL || config->token != NULL || config->mechanisms != NULL)
        session_config->credentials = &client->credentials;
    session_config->mechanisms = config->mechanisms;
    if (config->mechanisms == NULL) {
        session_config->mechanisms =
            config->password != NULL && config->user != NULL ? postino_sasl_all : client_mechanisms_token;
    }
    if (config->allow_clear_text_auth != 0)
        session_config->flags |= POSTINO_SESSION_CLEAR_TEXT_AUTH;
    if (config->try_every_mechanism != 0)
        session_config->flags |= POSTINO_SESSION_AUTH_NEXT;
    client->connect_timeout_ms =
        config->connect_timeout_ms != 0 ? config->connect_timeout_ms : CLIENT_CONNECT_TIMEOUT_MS;
}

int postino_client_init_sized(struct postino_client *client, size_t client_octets,
                              struct postino_transport *transport, const struct postino_client_config *config)
{
    int unavailable;
    int error;

    if (client == NULL || transport == NULL || config == NULL || config->ehlo_name == NULL ||
        (config->user != NULL && config->password == NULL && config->token == NULL &&
         config->mechanisms == NULL))
        return POSTINO_ERROR_ARGUMENT;
    if (client_octets != sizeof *client)
        return POSTINO_ERROR_OBJECT_SIZE;
    client_configure(client, config);
    /* Opportunistic TLS without any would fail at each server that offers it, and go unnoticed at the
     * others. */
    unavailable = client->session_config.tls != &postino_tls_none && transport->methods->start_tls == NULL;
    if (config->trace != NULL) {
        postino_trace_transport_init(&client->trace, transport, &client->session, config->trace,
                                     config->trace_context);
        transport = &client->trace.transport;
    }
    error = postino_client_start(client, transport);
    /* Known before anything is connected. */
    return error == POSTINO_OK && unavailable ? POSTINO_ERROR_TLS_UNAVAILABLE : error;
}
