/* SPDX-License-Identifier: MIT */
/* XOAUTH2 and OAUTHBEARER for the NetX Duo client, in a file of their own so that only a program that sets
 * a token carries them. Invariant: a token is said under TLS alone, for whoever reads it has it. */
#define NX_SMTP_SOURCE_CODE
#include "nx_smtp_session.h"

NX_CALLER_CHECKING_EXTERNS

static UINT token_apply(struct nx_smtp_mechanism *mechanism_ptr, UINT type,
                        struct postino_session_config *config, struct postino_credentials *credentials)
{
    static const struct postino_mechanism *const mechanisms[] = {&postino_sasl_xoauth2, NULL,
                                                                 &postino_sasl_oauthbearer, NULL};

    if (type < NX_SMTP_CLIENT_AUTH_XOAUTH2 || type > NX_SMTP_CLIENT_AUTH_OAUTHBEARER ||
        (type == NX_SMTP_CLIENT_AUTH_XOAUTH2 && credentials->user[0] == '\0'))
        return NX_SMTP_AUTHENTICATION_ERROR;
    config->mechanisms = type == NX_SMTP_CLIENT_AUTH_XOAUTH2 ? mechanisms : mechanisms + 2;
    config->last_resort = NULL;
    config->flags = (uint16_t)(config->flags & ~(UINT)POSTINO_SESSION_CLEAR_TEXT_AUTH);
    *credentials =
        (struct postino_credentials){.user = credentials->user[0] != '\0' ? credentials->user : NULL,
                                     .token = ((const NX_SMTP_TOKEN *)mechanism_ptr)->nx_smtp_token_token,
                                     .prepared = 1,
                                     .state = &mechanism_ptr->nx_smtp_mechanism_state};
    config->challenge_octets_max = 0;
    return NX_SUCCESS;
}

UINT _nx_smtp_client_token_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_TOKEN *token_ptr, CHAR *token)
{
    token_ptr->nx_smtp_token_mechanism.nx_smtp_mechanism_apply = token_apply;
    token_ptr->nx_smtp_token_token = token;
    client_ptr->nx_smtp_client_mechanism_ptr = &token_ptr->nx_smtp_token_mechanism;
    /* Its sessions were told of the one before. */
    if (client_ptr->nx_smtp_client_session_ptr != NX_NULL)
        client_ptr->nx_smtp_client_session_ptr->nx_smtp_session_client.credentials.token = token;
    return NX_SUCCESS;
}

UINT _nxe_smtp_client_token_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_TOKEN *token_ptr, CHAR *token)
{
    if (client_ptr == NX_NULL || token_ptr == NX_NULL || token == NX_NULL)
        return NX_PTR_ERROR;
    NX_INIT_AND_THREADS_CALLER_CHECKING
    if (client_ptr->nx_smtp_client_id != NX_SMTP_CLIENT_ID)
        return NX_SMTP_CLIENT_NOT_INITIALIZED;
    return _nx_smtp_client_token_set(client_ptr, token_ptr, token);
}
