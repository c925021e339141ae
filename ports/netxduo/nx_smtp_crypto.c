/* SPDX-License-Identifier: MIT */
/* CRAM-MD5 and SCRAM for the NetX Duo client, in a file of their own so that only a program that sets a
 * crypto table carries them. Invariant: the state is in use by one session at a time, the client's. */
#define NX_SMTP_SOURCE_CODE
#include "nxd_smtp_client.h"
#include "engine/state.h"

NX_CALLER_CHECKING_EXTERNS

static UINT crypto_apply(struct nx_smtp_mechanism *mechanism_ptr, UINT type,
                         struct postino_session_config *config, struct postino_credentials *credentials)
{
    static const struct postino_mechanism *const mechanisms[] = {
        &postino_sasl_cram_md5,    NULL, &postino_sasl_scram_sha_256, NULL,
        &postino_sasl_scram_sha_1, NULL, &postino_sasl_scram_sha_512, NULL};
    const NX_SMTP_CRYPTO *crypto_ptr = (const NX_SMTP_CRYPTO *)mechanism_ptr;

    if (type > NX_SMTP_CLIENT_AUTH_SCRAM_SHA_512 || credentials->user[0] == '\0')
        return NX_SMTP_AUTHENTICATION_ERROR;
    config->mechanisms = mechanisms;
    if (type != NX_SMTP_CLIENT_AUTH_CRAM_MD5)
        config->mechanisms += 2 * (type - NX_SMTP_CLIENT_AUTH_SCRAM_SHA_256 + 1);
    /* No weaker mechanism than the configured one. */
    config->last_resort = NULL;
    *credentials = (struct postino_credentials){.user = credentials->user,
                                                .password = credentials->password,
                                                .prepared = 1,
                                                .crypto = crypto_ptr->nx_smtp_crypto_table,
                                                .crypto_context = crypto_ptr->nx_smtp_crypto_context,
                                                .state = &mechanism_ptr->nx_smtp_mechanism_state};
    /* The server's limit on texts is made for names that are asked for; the state has its own. */
    config->challenge_octets_max = 0;
    return NX_SUCCESS;
}

UINT _nx_smtp_client_crypto_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_CRYPTO *crypto_ptr,
                                const struct postino_sasl_crypto *table, VOID *context)
{
    crypto_ptr->nx_smtp_crypto_mechanism.nx_smtp_mechanism_apply = crypto_apply;
    crypto_ptr->nx_smtp_crypto_table = table;
    crypto_ptr->nx_smtp_crypto_context = context;
    client_ptr->nx_smtp_client_mechanism_ptr = &crypto_ptr->nx_smtp_crypto_mechanism;
    return NX_SUCCESS;
}

UINT _nxe_smtp_client_crypto_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_CRYPTO *crypto_ptr,
                                 const struct postino_sasl_crypto *table, VOID *context)
{
    if (client_ptr == NX_NULL || crypto_ptr == NX_NULL || table == NX_NULL)
        return NX_PTR_ERROR;
    NX_INIT_AND_THREADS_CALLER_CHECKING
    if (client_ptr->nx_smtp_client_id != NX_SMTP_CLIENT_ID)
        return NX_SMTP_CLIENT_NOT_INITIALIZED;
    return _nx_smtp_client_crypto_set(client_ptr, crypto_ptr, table, context);
}
