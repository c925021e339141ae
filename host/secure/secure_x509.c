/* SPDX-License-Identifier: MIT */
/* Certificates as the application holds them. Invariant: what a certificate object points to lies in its
 * own DER, which is the application's memory; nothing here is on the heap when a service returns. */
#define _GNU_SOURCE 1

#include "secure.h"

#include <openssl/x509v3.h>

/* Where the subject's common name stands in the DER. */
static void x509_common_name(NX_SECURE_X509_CERT *certificate, const X509 *x509)
{
    const X509_NAME *subject = X509_get_subject_name(x509);
    const UCHAR *name = NULL;
    const ASN1_STRING *common;
    const UCHAR *found;
    size_t length = 0;
    int index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);

    if (index < 0 || X509_NAME_get0_der(subject, &name, &length) != 1) {
        return;
    }
    common = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index));
    found = memmem(certificate->nx_secure_x509_certificate_raw_data,
                   certificate->nx_secure_x509_certificate_raw_data_length, name, length);
    if (found) {
        found = memmem(found, length, ASN1_STRING_get0_data(common), (size_t)ASN1_STRING_length(common));
    }
    if (found) {
        certificate->nx_secure_x509_distinguished_name.nx_secure_x509_common_name = found;
        certificate->nx_secure_x509_distinguished_name.nx_secure_x509_common_name_length =
            (USHORT)ASN1_STRING_length(common);
    }
}

static UINT x509_key(NX_SECURE_X509_CERT *certificate, const UCHAR *key, USHORT length, UINT type)
{
    const UCHAR *data = key;
    EVP_PKEY *parsed;

    if (type != NX_SECURE_X509_KEY_TYPE_RSA_PKCS1_DER && type != NX_SECURE_X509_KEY_TYPE_EC_DER) {
        return NX_SECURE_X509_INVALID_PRIVATE_KEY_TYPE;
    }
    parsed = d2i_PrivateKey(type == NX_SECURE_X509_KEY_TYPE_EC_DER ? EVP_PKEY_EC : EVP_PKEY_RSA, NULL, &data,
                            length);
    if (!parsed) {
        return NX_SECURE_PKCS1_INVALID_PRIVATE_KEY;
    }
    EVP_PKEY_free(parsed);
    certificate->nx_secure_x509_private_key_type = type;
    certificate->nx_secure_x509_host_key = key;
    certificate->nx_secure_x509_host_key_length = length;
    certificate->nx_secure_x509_certificate_is_identity_cert = NX_TRUE;
    return NX_SUCCESS;
}

UINT _nx_secure_x509_certificate_initialize(NX_SECURE_X509_CERT *certificate, UCHAR *certificate_data,
                                            USHORT length, UCHAR *raw_data_buffer, USHORT buffer_size,
                                            const UCHAR *private_key, USHORT priv_len, UINT private_key_type)
{
    const UCHAR *data = certificate_data;
    X509 *x509;

    if (!certificate || !certificate_data) {
        return NX_PTR_ERROR;
    }
    NX_THREADS_ONLY_CALLER_CHECKING
    memset(certificate, 0, sizeof *certificate);
    certificate->nx_secure_x509_certificate_raw_data = certificate_data;
    certificate->nx_secure_x509_certificate_raw_buffer_size = length;
    certificate->nx_secure_x509_certificate_raw_data_length = length;
    if (raw_data_buffer) {
        if (length > buffer_size) {
            return NX_SECURE_TLS_INSUFFICIENT_CERT_SPACE;
        }
        memcpy(raw_data_buffer, certificate_data, length);
        certificate->nx_secure_x509_certificate_raw_data = raw_data_buffer;
        certificate->nx_secure_x509_certificate_raw_buffer_size = buffer_size;
    }
    x509 = d2i_X509(NULL, &data, length);
    if (!x509) {
        return NX_SECURE_TLS_INVALID_CERTIFICATE;
    }
    x509_common_name(certificate, x509);
    X509_free(x509);
    return private_key && priv_len ? x509_key(certificate, private_key, priv_len, private_key_type)
                                   : NX_SUCCESS;
}

UINT _nx_secure_x509_dns_name_initialize(NX_SECURE_X509_DNS_NAME *dns_name, const UCHAR *name_string,
                                         USHORT length)
{
    if (!dns_name || !name_string) {
        return NX_PTR_ERROR;
    }
    NX_THREADS_ONLY_CALLER_CHECKING
    if (length > NX_SECURE_X509_DNS_NAME_MAX) {
        return NX_SECURE_X509_NAME_STRING_TOO_LONG;
    }
    memcpy(dns_name->nx_secure_x509_dns_name, name_string, length);
    dns_name->nx_secure_x509_dns_name_length = length;
    return NX_SUCCESS;
}

UINT _nx_secure_x509_common_name_dns_check(NX_SECURE_X509_CERT *certificate, const UCHAR *dns_tld,
                                           UINT dns_tld_length)
{
    const UCHAR *data;
    X509 *x509;
    int found;

    if (!certificate || !dns_tld) {
        return NX_PTR_ERROR;
    }
    NX_THREADS_ONLY_CALLER_CHECKING
    data = certificate->nx_secure_x509_certificate_raw_data;
    x509 = d2i_X509(NULL, &data, (long)certificate->nx_secure_x509_certificate_raw_data_length);
    if (!x509) {
        return NX_SECURE_TLS_INVALID_CERTIFICATE;
    }
    /* The common name counts beside the alternative ones, as on the real stack. */
    found =
        X509_check_host(x509, (const char *)dns_tld, dns_tld_length,
                        X509_CHECK_FLAG_ALWAYS_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL);
    X509_free(x509);
    return found == 1 ? NX_SUCCESS : NX_SECURE_X509_CERTIFICATE_DNS_MISMATCH;
}
