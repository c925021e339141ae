/* SPDX-License-Identifier: MIT */
/* The subset of NetX Secure's X.509 services that a TLS client uses, over OpenSSL: see host/README.md. Names,
 * types and values are those of the NetX Secure User Guide. */
#ifndef NX_SECURE_X509_H
#define NX_SECURE_X509_H

#include "nx_api.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Status values. */
#define NX_SECURE_X509_SUCCESS                   0
#define NX_SECURE_X509_CHAIN_VERIFY_FAILURE      0x18C
#define NX_SECURE_X509_CERTIFICATE_EXPIRED       0x193
#define NX_SECURE_X509_CERTIFICATE_NOT_YET_VALID 0x194
#define NX_SECURE_X509_CERTIFICATE_DNS_MISMATCH  0x195
#define NX_SECURE_X509_INVALID_PRIVATE_KEY_TYPE  0x19D
#define NX_SECURE_X509_NAME_STRING_TOO_LONG      0x19E
#define NX_SECURE_PKCS1_INVALID_PRIVATE_KEY      0x18A

/* The types of private keys. */
#define NX_SECURE_X509_KEY_TYPE_NONE          0x00000000
#define NX_SECURE_X509_KEY_TYPE_RSA_PKCS1_DER 0x00000001
#define NX_SECURE_X509_KEY_TYPE_EC_DER        0x00000002

#define NX_SECURE_X509_DNS_NAME_MAX 100

typedef struct NX_SECURE_X509_DNS_NAME_STRUCT {
    UCHAR nx_secure_x509_dns_name[NX_SECURE_X509_DNS_NAME_MAX];
    USHORT nx_secure_x509_dns_name_length;
    struct NX_SECURE_X509_DNS_NAME_STRUCT *nx_secure_x509_dns_name_next;
} NX_SECURE_X509_DNS_NAME;

typedef struct NX_SECURE_X509_DISTINGUISHED_NAME_STRUCT {
    const UCHAR *nx_secure_x509_common_name; /* into the certificate's own octets */
    USHORT nx_secure_x509_common_name_length;
} NX_SECURE_X509_DISTINGUISHED_NAME;

typedef struct NX_SECURE_X509_CERT_STRUCT {
    UINT nx_secure_x509_certificate_is_identity_cert;
    UCHAR *nx_secure_x509_certificate_raw_data; /* DER */
    UINT nx_secure_x509_certificate_raw_buffer_size;
    UINT nx_secure_x509_certificate_raw_data_length;
    NX_SECURE_X509_DISTINGUISHED_NAME nx_secure_x509_distinguished_name;
    struct NX_SECURE_X509_CERT_STRUCT *nx_secure_x509_next_certificate;
    UINT nx_secure_x509_private_key_type;
    /* Of the host layer: the key as it was given. */
    const UCHAR *nx_secure_x509_host_key;
    UINT nx_secure_x509_host_key_length;
} NX_SECURE_X509_CERT;

UINT _nx_secure_x509_certificate_initialize(NX_SECURE_X509_CERT *certificate, UCHAR *certificate_data,
                                            USHORT length, UCHAR *raw_data_buffer, USHORT buffer_size,
                                            const UCHAR *private_key, USHORT priv_len, UINT private_key_type);
UINT _nx_secure_x509_dns_name_initialize(NX_SECURE_X509_DNS_NAME *dns_name, const UCHAR *name_string,
                                         USHORT length);
UINT _nx_secure_x509_common_name_dns_check(NX_SECURE_X509_CERT *certificate, const UCHAR *dns_tld,
                                           UINT dns_tld_length);

/* Applications use these names. The arguments are checked in any build. */
#define nx_secure_x509_certificate_initialize _nx_secure_x509_certificate_initialize
#define nx_secure_x509_dns_name_initialize    _nx_secure_x509_dns_name_initialize
#define nx_secure_x509_common_name_dns_check  _nx_secure_x509_common_name_dns_check

#ifdef __cplusplus
}
#endif

#endif
