/* SPDX-License-Identifier: MIT */
/* A TLS session as the application sets it up. Invariant: OpenSSL's connection exists from start to reset
 * and at no other time, so that a session that was ended or has failed holds nothing but what the
 * application gave. */
#include "secure.h"

/* OpenSSL has its own tables. A program that gives too little memory for them still gets the error. */
#define SESSION_METADATA_OCTETS 4096

const NX_SECURE_TLS_CRYPTO nx_crypto_tls_ciphers = {SESSION_METADATA_OCTETS};
const NX_SECURE_TLS_CRYPTO nx_crypto_tls_ciphers_ecc = {SESSION_METADATA_OCTETS};
const USHORT nx_crypto_ecc_supported_groups[] = {23, 24, 25}; /* secp256r1, secp384r1, secp521r1 (RFC 8422) */
const UINT nx_crypto_ecc_supported_groups_size = 3;
static const NX_CRYPTO_METHOD session_curve = {0};
const NX_CRYPTO_METHOD *nx_crypto_ecc_curves[] = {&session_curve, &session_curve, &session_curve};

static UINT session_check(const NX_SECURE_TLS_SESSION *session, const void *pointer)
{
    if (!session || !pointer) {
        return NX_PTR_ERROR;
    }
    return session->nx_secure_tls_id == NX_SECURE_TLS_ID ? NX_SUCCESS : NX_SECURE_TLS_SESSION_UNINITIALIZED;
}

UINT secure_check(const NX_SECURE_TLS_SESSION *session, const void *pointer)
{
    NX_THREADS_ONLY_CALLER_CHECKING
    return session_check(session, pointer);
}

VOID _nx_secure_tls_initialize(VOID)
{
    /* OpenSSL prepares itself. */
}

UINT _nx_secure_tls_metadata_size_calculate(const NX_SECURE_TLS_CRYPTO *crypto_table, ULONG *metadata_size)
{
    if (!crypto_table || !metadata_size) {
        return NX_PTR_ERROR;
    }
    NX_THREADS_ONLY_CALLER_CHECKING
    *metadata_size = crypto_table->nx_secure_tls_host_metadata_size;
    return NX_SUCCESS;
}

UINT _nx_secure_tls_session_create(NX_SECURE_TLS_SESSION *session_ptr,
                                   const NX_SECURE_TLS_CRYPTO *cipher_table, VOID *metadata_area,
                                   ULONG metadata_size)
{
    if (!session_ptr || !cipher_table || !metadata_area) {
        return NX_PTR_ERROR;
    }
    NX_THREADS_ONLY_CALLER_CHECKING
    if (metadata_size < cipher_table->nx_secure_tls_host_metadata_size) {
        return NX_SECURE_TLS_INSUFFICIENT_METADATA_SPACE;
    }
    memset(session_ptr, 0, sizeof *session_ptr);
    session_ptr->nx_secure_tls_id = NX_SECURE_TLS_ID;
    return NX_SUCCESS;
}

UINT _nx_secure_tls_session_reset(NX_SECURE_TLS_SESSION *tls_session)
{
    UINT status = secure_check(tls_session, tls_session);

    if (status == NX_SUCCESS) {
        SSL_free(tls_session->nx_secure_tls_host_connection);
        tls_session->nx_secure_tls_host_connection = NULL;
    }
    return status;
}

UINT _nx_secure_tls_session_delete(NX_SECURE_TLS_SESSION *tls_session)
{
    UINT status = _nx_secure_tls_session_reset(tls_session);

    if (status == NX_SUCCESS) {
        tls_session->nx_secure_tls_id = 0;
    }
    return status;
}

UINT _nx_secure_tls_session_packet_buffer_set(NX_SECURE_TLS_SESSION *session_ptr, UCHAR *buffer_ptr,
                                              ULONG buffer_size)
{
    UINT status = secure_check(session_ptr, buffer_ptr);

    if (status == NX_SUCCESS) {
        session_ptr->nx_secure_tls_packet_buffer = buffer_ptr;
        session_ptr->nx_secure_tls_packet_buffer_size = buffer_size;
    }
    return status;
}

UINT _nx_secure_tls_ecc_initialize(NX_SECURE_TLS_SESSION *tls_session, const USHORT *supported_groups,
                                   USHORT supported_group_count, const NX_CRYPTO_METHOD **curves)
{
    UINT status = secure_check(tls_session, supported_groups);

    return status == NX_SUCCESS && (!curves || supported_group_count == 0) ? NX_PTR_ERROR : status;
}

UINT _nx_secure_tls_session_protocol_version_override(NX_SECURE_TLS_SESSION *tls_session,
                                                      USHORT protocol_version)
{
    UINT status = secure_check(tls_session, tls_session);

    if (status == NX_SUCCESS && protocol_version != NX_SECURE_TLS_VERSION_TLS_1_2 &&
        protocol_version != NX_SECURE_TLS_VERSION_TLS_1_3) {
        status = NX_SECURE_TLS_UNSUPPORTED_TLS_VERSION;
    }
    if (status == NX_SUCCESS) {
        tls_session->nx_secure_tls_protocol_version_override = protocol_version;
    }
    return status;
}

/* Puts a certificate at the end of a list. */
static void session_list(NX_SECURE_X509_CERT **list, NX_SECURE_X509_CERT *certificate)
{
    while (*list && *list != certificate) {
        list = &(*list)->nx_secure_x509_next_certificate;
    }
    *list = certificate;
    certificate->nx_secure_x509_next_certificate = NULL;
}

UINT _nx_secure_tls_remote_certificate_allocate(NX_SECURE_TLS_SESSION *tls_session,
                                                NX_SECURE_X509_CERT *certificate,
                                                UCHAR *raw_certificate_buffer, UINT buffer_size)
{
    UINT status = secure_check(tls_session, certificate);

    if (status == NX_SUCCESS && !raw_certificate_buffer) {
        status = NX_PTR_ERROR;
    }
    if (status == NX_SUCCESS) {
        memset(certificate, 0, sizeof *certificate);
        certificate->nx_secure_x509_certificate_raw_data = raw_certificate_buffer;
        certificate->nx_secure_x509_certificate_raw_buffer_size = buffer_size;
        session_list(&tls_session->nx_secure_tls_host_remote, certificate);
    }
    return status;
}

UINT _nx_secure_tls_trusted_certificate_add(NX_SECURE_TLS_SESSION *tls_session,
                                            NX_SECURE_X509_CERT *certificate)
{
    UINT status = secure_check(tls_session, certificate);

    if (status == NX_SUCCESS) {
        session_list(&tls_session->nx_secure_tls_host_trusted, certificate);
    }
    return status;
}

UINT _nx_secure_tls_local_certificate_add(NX_SECURE_TLS_SESSION *tls_session,
                                          NX_SECURE_X509_CERT *certificate)
{
    UINT status = secure_check(tls_session, certificate);

    if (status == NX_SUCCESS) {
        session_list(&tls_session->nx_secure_tls_host_local, certificate);
    }
    return status;
}

UINT _nx_secure_tls_session_certificate_callback_set(NX_SECURE_TLS_SESSION *tls_session,
                                                     ULONG (*func_ptr)(NX_SECURE_TLS_SESSION *session,
                                                                       NX_SECURE_X509_CERT *certificate))
{
    UINT status = secure_check(tls_session, tls_session);

    if (status == NX_SUCCESS) {
        tls_session->nx_secure_tls_session_certificate_callback = func_ptr;
    }
    return status;
}

UINT _nx_secure_tls_session_time_function_set(NX_SECURE_TLS_SESSION *tls_session,
                                              ULONG (*time_func_ptr)(VOID))
{
    UINT status = secure_check(tls_session, tls_session);

    if (status == NX_SUCCESS) {
        tls_session->nx_secure_tls_session_time_function = time_func_ptr;
    }
    return status;
}

UINT _nx_secure_tls_session_sni_extension_set(NX_SECURE_TLS_SESSION *tls_session,
                                              NX_SECURE_X509_DNS_NAME *dns_name)
{
    UINT status = secure_check(tls_session, dns_name);

    if (status == NX_SUCCESS) {
        tls_session->nx_secure_tls_sni_extension_server_name = dns_name;
    }
    return status;
}

UINT _nx_secure_tls_session_alert_value_get(NX_SECURE_TLS_SESSION *tls_session, UINT *alert_level,
                                            UINT *alert_value)
{
    UINT status = session_check(tls_session, alert_level); /* anybody may ask */

    if (status == NX_SUCCESS && !alert_value) {
        status = NX_PTR_ERROR;
    }
    if (status == NX_SUCCESS) {
        *alert_level = tls_session->nx_secure_tls_received_alert_level;
        *alert_value = tls_session->nx_secure_tls_received_alert_value;
    }
    return status;
}
