/* SPDX-License-Identifier: MIT */
/* TLS for the NetX Duo client: the services. A client points to its mode and to its transport's methods,
 * so a program without these services links no TLS. Invariants: a client with TLS sends no password in
 * clear text, and in a mode that requires TLS no mail. */
#define NX_SMTP_SOURCE_CODE
#include "nx_smtp_tls.h"
#include "engine/single.h"

NX_CALLER_CHECKING_EXTERNS

static NX_SMTP_TLS *tls_of(const NX_SMTP_CLIENT *client_ptr)
{
    return (NX_SMTP_TLS *)(VOID *)client_ptr->nx_smtp_client_mode_ptr;
}

#ifdef NX_SMTP_CLIENT_LOCK_STEP
#define TLS_STRATEGY postino_single_tls
#else
#define TLS_STRATEGY postino_single_group_tls
#endif

static UINT tls_configure(const NX_SMTP_CLIENT *client_ptr, struct postino_session_config *config,
                          struct postino_credentials *credentials)
{
    static const struct postino_extension *const extensions[] = {&postino_extension_auth,
                                                                 &postino_extension_starttls,
#ifndef NX_SMTP_CLIENT_LOCK_STEP
                                                                 &postino_single_pipelining,
                                                                 &postino_single_chunking,
                                                                 &nx_smtp_message_offered,
#endif
                                                                 NULL};
    UINT status = _nx_smtp_client_configure(client_ptr, config, credentials);

    config->extensions = extensions;
    config->tls = tls_of(client_ptr)->nx_smtp_tls_mode == NX_SMTP_TLS_OPPORTUNISTIC
                      ? &postino_tls_opportunistic
                      : &postino_tls_required;
    config->lmtp = NULL;
    config->flags = (uint16_t)(config->flags & ~(UINT)POSTINO_SESSION_CLEAR_TEXT_AUTH);
    return status;
}

/* Sets the text for a failure before TLS. */
static UINT tls_before(NX_SMTP_TLS *tls_ptr, UINT status, const CHAR *text)
{
    if (tls_ptr->nx_smtp_tls_text_length == 0)
        _nx_smtp_tls_text_set(tls_ptr, text);
    return status;
}

static UINT tls_status(const NX_SMTP_CLIENT *client_ptr, const struct postino_result *result)
{
    NX_SMTP_TLS *tls_ptr = tls_of(client_ptr);

    if (result->outcome == POSTINO_OUTCOME_UNKNOWN)
        return _nx_smtp_client_status(client_ptr, result);
    if (result->error == POSTINO_ERROR_REFUSED && result->step == POSTINO_STEP_STARTTLS)
        return tls_before(tls_ptr, NX_SMTP_TLS_REFUSED, "the server refused STARTTLS");
    if (result->error == POSTINO_ERROR_TLS_NOT_OFFERED)
        return tls_before(tls_ptr, NX_SMTP_TLS_NOT_OFFERED, "the server does not offer STARTTLS");
    if (result->error == POSTINO_ERROR_TLS_INJECTION)
        return tls_before(tls_ptr, NX_SMTP_TLS_INJECTION,
                          "octets behind the reply to STARTTLS, in the clear");
    if (result->error == POSTINO_ERROR_TLS_RECORD)
        return NX_SMTP_TLS_RECORD_ERROR;
    /* All that is left of TLS's own errors, and a handshake that took too long. */
    if ((result->error <= POSTINO_ERROR_TLS_UNAVAILABLE && result->error >= POSTINO_ERROR_CONNECT_TIMEOUT) ||
        (result->error == POSTINO_ERROR_TIMEOUT && result->step == POSTINO_STEP_STARTTLS &&
         tls_ptr->nx_smtp_tls_failed))
        return NX_SMTP_TLS_HANDSHAKE_ERROR;
    if (result->error == POSTINO_ERROR_TIMEOUT && tls_ptr->nx_smtp_tls_blocked)
        return NX_SMTP_TRANSMIT_ERROR;
    return _nx_smtp_client_status(client_ptr, result);
}

UINT _nx_smtp_client_tls_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_TLS *tls_ptr, UINT mode, CHAR *host_name,
                             UINT (*tls_setup)(NX_SMTP_CLIENT *client_ptr,
                                               NX_SECURE_TLS_SESSION *tls_session))
{
    struct postino_transport *transport = &client_ptr->nx_smtp_client_transport.transport;
    UINT length = 0;

    while (host_name != NX_NULL && host_name[length] != '\0') {
        if (++length > NX_SECURE_X509_DNS_NAME_MAX)
            return NX_SIZE_ERROR;
    }
    /* The dot that makes a name absolute stands in no SNI and no certificate (RFC 6066 section 3). */
    if (length > 1 && host_name[length - 1] == '.')
        length--;
    if (host_name != NX_NULL && length == 0)
        return NX_SIZE_ERROR;
    if (mode > NX_SMTP_TLS_OPPORTUNISTIC)
        return NX_SMTP_INVALID_PARAM;
    if (client_ptr->nx_smtp_client_mode_ptr != &_nx_smtp_client_mode ||
        client_ptr->nx_smtp_client_session_ptr != NX_NULL)
        return NX_ALREADY_ENABLED;
    postino_clear(tls_ptr, sizeof *tls_ptr);
    tls_ptr->nx_smtp_tls_client_mode.nx_smtp_mode_configure = tls_configure;
    tls_ptr->nx_smtp_tls_client_mode.nx_smtp_mode_status = tls_status;
    tls_ptr->nx_smtp_tls_client_mode.nx_smtp_mode_strategy = &TLS_STRATEGY;
    tls_ptr->nx_smtp_tls_client_mode.nx_smtp_mode_pump = postino_pump;
    tls_ptr->nx_smtp_tls_inner = transport->methods;
    tls_ptr->nx_smtp_tls_setup = tls_setup;
    tls_ptr->nx_smtp_tls_host_name = host_name;
    tls_ptr->nx_smtp_tls_host_length = length;
    tls_ptr->nx_smtp_tls_mode = mode;
    tls_ptr->nx_smtp_tls_info.text = tls_ptr->nx_smtp_tls_text;
    client_ptr->nx_smtp_client_mode_ptr = &tls_ptr->nx_smtp_tls_client_mode;
    transport->methods = &_nx_smtp_tls_transport;
    return NX_SUCCESS;
}

UINT _nxe_smtp_client_tls_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_TLS *tls_ptr, UINT mode, CHAR *host_name,
                              UINT (*tls_setup)(NX_SMTP_CLIENT *client_ptr,
                                                NX_SECURE_TLS_SESSION *tls_session))
{
    if (client_ptr == NX_NULL || tls_ptr == NX_NULL || tls_setup == NULL)
        return NX_PTR_ERROR;
    NX_INIT_AND_THREADS_CALLER_CHECKING
    if (client_ptr->nx_smtp_client_id != NX_SMTP_CLIENT_ID)
        return NX_SMTP_CLIENT_NOT_INITIALIZED;
    return _nx_smtp_client_tls_set(client_ptr, tls_ptr, mode, host_name, tls_setup);
}

UINT _nx_smtp_client_tls_status_get(NX_SMTP_CLIENT *client_ptr, UINT *nx_secure_status, CHAR *text,
                                    UINT text_size, UINT *text_length)
{
    const NX_SMTP_TLS *tls_ptr = tls_of(client_ptr);
    UINT length;

    if (text_size == 0)
        return NX_SIZE_ERROR;
    for (length = 0; length < text_size - 1 && length < tls_ptr->nx_smtp_tls_text_length; length++)
        text[length] = tls_ptr->nx_smtp_tls_text[length];
    text[length] = '\0';
    *text_length = length;
    *nx_secure_status = tls_ptr->nx_smtp_tls_status;
    return NX_SUCCESS;
}

UINT _nxe_smtp_client_tls_status_get(NX_SMTP_CLIENT *client_ptr, UINT *nx_secure_status, CHAR *text,
                                     UINT text_size, UINT *text_length)
{
    if (client_ptr == NX_NULL || nx_secure_status == NX_NULL || text == NX_NULL || text_length == NX_NULL)
        return NX_PTR_ERROR;
    NX_INIT_AND_THREADS_CALLER_CHECKING
    if (client_ptr->nx_smtp_client_id != NX_SMTP_CLIENT_ID)
        return NX_SMTP_CLIENT_NOT_INITIALIZED;
    if (client_ptr->nx_smtp_client_mode_ptr == &_nx_smtp_client_mode)
        return NX_NOT_ENABLED;
    return _nx_smtp_client_tls_status_get(client_ptr, nx_secure_status, text, text_size, text_length);
}
