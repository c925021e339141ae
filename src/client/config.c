/* SPDX-License-Identifier: MIT */
/* Makes a client's session from struct postino_client_config, defaults included. */

#include "internal.h"

#define CONFIG_CONNECT_TIMEOUT_MS 30000
#define CONFIG_MAILS_IN_FLIGHT    32

/* For a token, without a password. */
static const struct postino_mechanism *const config_mechanisms_token[] = {
    &postino_sasl_oauthbearer,
    &postino_sasl_xoauth2,
    NULL,
};

static void config_apply(struct postino_client *client, const struct postino_client_config *config)
{
    struct postino_session_config *session_config = &client->session_config;

    *session_config = (struct postino_session_config){.ehlo_name = config->ehlo_name,
                                                      .extensions = postino_extensions_all,
                                                      .faults = &postino_faults,
                                                      .mails_in_flight_max = CONFIG_MAILS_IN_FLIGHT,
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
            config->password != NULL && config->user != NULL ? postino_sasl_all : config_mechanisms_token;
    }
    if (config->allow_clear_text_auth != 0)
        session_config->flags |= POSTINO_SESSION_CLEAR_TEXT_AUTH;
    if (config->try_every_mechanism != 0)
        session_config->flags |= POSTINO_SESSION_AUTH_NEXT;
    client->connect_timeout_ms =
        config->connect_timeout_ms != 0 ? config->connect_timeout_ms : CONFIG_CONNECT_TIMEOUT_MS;
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
    config_apply(client, config);
    /* Opportunistic TLS over a transport without TLS would fail at each server that offers STARTTLS. */
    unavailable = client->session_config.tls != &postino_tls_none && transport->methods->start_tls == NULL;
    if (config->trace != NULL) {
        postino_trace_transport_init(&client->trace, transport, &client->session, config->trace,
                                     config->trace_context);
        transport = &client->trace.transport;
    }
    error = postino_client_start(client, transport);

    return error == POSTINO_OK && unavailable ? POSTINO_ERROR_TLS_UNAVAILABLE : error;
}
