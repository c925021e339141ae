/* SPDX-License-Identifier: MIT */
/* The server's identity. Invariant: a handshake goes on only where the memory suffices for the server's
 * certificates, their chain leads to a trusted one, and the application's callback, if any, agrees.
 * Without a callback no name is checked, and without a time function no date. */
#include "secure.h"

#include <openssl/x509v3.h>

/* Copies the server's certificates where the application has room for them. Returns a status. */
static UINT verify_take(const NX_SECURE_TLS_SESSION *session, STACK_OF(X509) * chain)
{
    NX_SECURE_X509_CERT *room = session->nx_secure_tls_host_remote;
    int i;

    for (i = 0; i < sk_X509_num(chain); i++) {
        NX_SECURE_X509_CERT *next;
        UCHAR *buffer;
        UINT size;
        UCHAR *end;
        int length = i2d_X509(sk_X509_value(chain, i), NULL);

        if (!room) {
            return NX_SECURE_TLS_NO_CERT_SPACE_ALLOCATED;
        }
        next = room->nx_secure_x509_next_certificate;
        buffer = room->nx_secure_x509_certificate_raw_data;
        size = room->nx_secure_x509_certificate_raw_buffer_size;
        if (length < 0 || (UINT)length > size || length > 0xFFFF) {
            return NX_SECURE_TLS_INSUFFICIENT_CERT_SPACE;
        }
        end = buffer;
        (void)i2d_X509(sk_X509_value(chain, i), &end);
        if (_nx_secure_x509_certificate_initialize(room, buffer, (USHORT)length, NULL, 0, NULL, 0,
                                                   NX_SECURE_X509_KEY_TYPE_NONE) != NX_SUCCESS) {
            return NX_SECURE_TLS_INVALID_CERTIFICATE;
        }
        room->nx_secure_x509_certificate_raw_buffer_size = size;
        room->nx_secure_x509_next_certificate = next;
        room = next;
    }
    return NX_SUCCESS;
}

static UINT verify_status(int error)
{
    switch (error) {
    case X509_V_OK:
        return NX_SUCCESS;
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return NX_SECURE_X509_CERTIFICATE_EXPIRED;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return NX_SECURE_X509_CERTIFICATE_NOT_YET_VALID;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return NX_SECURE_TLS_INVALID_SELF_SIGNED_CERT;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        return NX_SECURE_TLS_ISSUER_CERTIFICATE_NOT_FOUND;
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
        return NX_SECURE_TLS_CERTIFICATE_SIG_CHECK_FAILED;
    default:
        return NX_SECURE_X509_CHAIN_VERIFY_FAILURE;
    }
}

int secure_verify(X509_STORE_CTX *store, void *argument)
{
    NX_SECURE_TLS_SESSION *session = argument;
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(store);
    UINT status = verify_take(session, X509_STORE_CTX_get0_untrusted(store));

    (void)X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
    if (session->nx_secure_tls_session_time_function) {
        X509_VERIFY_PARAM_set_time(param, (time_t)session->nx_secure_tls_session_time_function());
    } else {
        (void)X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_NO_CHECK_TIME);
    }
    if (status == NX_SUCCESS && X509_verify_cert(store) != 1) {
        status = verify_status(X509_STORE_CTX_get_error(store));
    }
    if (status == NX_SUCCESS && session->nx_secure_tls_session_certificate_callback) {
        status = (UINT)session->nx_secure_tls_session_certificate_callback(
            session, session->nx_secure_tls_host_remote);
    }
    if (status == NX_SUCCESS) {
        return 1;
    }
    session->nx_secure_tls_host_error = status;
    if (X509_STORE_CTX_get_error(store) == X509_V_OK) {
        X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
    }
    return 0;
}

static X509 *verify_x509(const NX_SECURE_X509_CERT *certificate)
{
    const UCHAR *data = certificate->nx_secure_x509_certificate_raw_data;

    return d2i_X509(NULL, &data, (long)certificate->nx_secure_x509_certificate_raw_data_length);
}

static int verify_identity(const NX_SECURE_X509_CERT *certificate, SSL_CTX *context, X509 *x509)
{
    const UCHAR *data = certificate->nx_secure_x509_host_key;
    EVP_PKEY *key = d2i_PrivateKey(
        certificate->nx_secure_x509_private_key_type == NX_SECURE_X509_KEY_TYPE_EC_DER ? EVP_PKEY_EC
                                                                                       : EVP_PKEY_RSA,
        NULL, &data, (long)certificate->nx_secure_x509_host_key_length);
    int taken =
        key && SSL_CTX_use_certificate(context, x509) == 1 && SSL_CTX_use_PrivateKey(context, key) == 1;

    EVP_PKEY_free(key);
    return taken;
}

int secure_certificates(const NX_SECURE_TLS_SESSION *session, SSL_CTX *context)
{
    const NX_SECURE_X509_CERT *certificate;
    int taken = 1;

    for (certificate = session->nx_secure_tls_host_trusted; certificate && taken;
         certificate = certificate->nx_secure_x509_next_certificate) {
        X509 *x509 = verify_x509(certificate);

        taken = x509 && X509_STORE_add_cert(SSL_CTX_get_cert_store(context), x509) == 1;
        X509_free(x509);
    }
    for (certificate = session->nx_secure_tls_host_local; certificate && taken;
         certificate = certificate->nx_secure_x509_next_certificate) {
        X509 *x509 = verify_x509(certificate);

        if (certificate->nx_secure_x509_certificate_is_identity_cert) {
            taken = x509 && verify_identity(certificate, context, x509);
        } else {
            taken = x509 && SSL_CTX_add1_chain_cert(context, x509) == 1;
        }
        X509_free(x509);
    }
    return taken ? 0 : -1;
}
