/* SPDX-License-Identifier: MIT */
/* EXTERNAL for the NetX Duo client, in a file of its own so that only a program that asks for it carries
 * it. Invariant: nothing secret is said; who we are the TLS handshake has shown. */
#define NX_SMTP_SOURCE_CODE
#include "nxd_smtp_client.h"

NX_CALLER_CHECKING_EXTERNS

static UINT external_apply(struct nx_smtp_mechanism *mechanism_ptr, UINT type,
                           struct postino_session_config *config, struct postino_credentials *credentials)
{
    static const struct postino_mechanism *const mechanisms[] = {&postino_sasl_external, NULL};
    const NX_SMTP_EXTERNAL *external_ptr = (const NX_SMTP_EXTERNAL *)mechanism_ptr;

    if (type != NX_SMTP_CLIENT_AUTH_EXTERNAL)
        return NX_SMTP_AUTHENTICATION_ERROR;
    config->mechanisms = mechanisms;
    config->last_resort = NULL;
    config->challenge_octets_max = 0;
    *credentials = (struct postino_credentials){.authzid = external_ptr->nx_smtp_external_identity,
                                                .prepared = 1,
                                                .state = &mechanism_ptr->nx_smtp_mechanism_state};
    return NX_SUCCESS;
}

UINT _nx_smtp_client_external_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_EXTERNAL *external_ptr, CHAR *identity)
{
    external_ptr->nx_smtp_external_mechanism.nx_smtp_mechanism_apply = external_apply;
    external_ptr->nx_smtp_external_identity = identity;
    client_ptr->nx_smtp_client_mechanism_ptr = &external_ptr->nx_smtp_external_mechanism;
    return NX_SUCCESS;
}

UINT _nxe_smtp_client_external_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_EXTERNAL *external_ptr, CHAR *identity)
{
    if (client_ptr == NX_NULL || external_ptr == NX_NULL)
        return NX_PTR_ERROR;
    NX_INIT_AND_THREADS_CALLER_CHECKING
    if (client_ptr->nx_smtp_client_id != NX_SMTP_CLIENT_ID)
        return NX_SMTP_CLIENT_NOT_INITIALIZED;
    return _nx_smtp_client_external_set(client_ptr, external_ptr, identity);
}
