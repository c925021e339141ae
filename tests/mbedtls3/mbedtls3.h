/* SPDX-License-Identifier: MIT */
#ifndef MBEDTLS3_H
#define MBEDTLS3_H

/* Declares the part of the interface of Mbed TLS 3.6 that our sources use, after its headers. Debian has
 * only 2.28. The test shows that the sources compile where members are hidden and functions have other
 * parameters; nothing is linked or run. Names that 3.x dropped are missing here, so their use is an error. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define MBEDTLS_VERSION_NUMBER  0x03060200
#define MBEDTLS_PRIVATE(member) private_##member

/* A configuration; TLS 1.3, the exporter and the like come from the command line. */
#define MBEDTLS_CTR_DRBG_C
#define MBEDTLS_DHM_C
#define MBEDTLS_ENTROPY_C
#define MBEDTLS_ERROR_C
#define MBEDTLS_FS_IO
#define MBEDTLS_MD_C
#define MBEDTLS_MD_CAN_MD5
#define MBEDTLS_MD_CAN_SHA1
#define MBEDTLS_MD_CAN_SHA256
#define MBEDTLS_MD_CAN_SHA512
#define MBEDTLS_PSA_CRYPTO_C
#define MBEDTLS_SSL_RENEGOTIATION
#define MBEDTLS_SSL_SESSION_TICKETS

typedef int (*mbedtls3_random)(void *, unsigned char *, size_t);

/* psa/crypto.h */
typedef int32_t psa_status_t;
#define PSA_SUCCESS ((psa_status_t)0)
psa_status_t psa_crypto_init(void);

/* platform.h, platform_util.h, error.h */
#define mbedtls_calloc calloc
#define mbedtls_free   free
void mbedtls_platform_zeroize(void *buf, size_t len);
void mbedtls_strerror(int errnum, char *buffer, size_t buflen);

/* asn1.h, oid.h */
#define MBEDTLS_ASN1_OCTET_STRING     0x04
#define MBEDTLS_ASN1_OID              0x06
#define MBEDTLS_ASN1_SEQUENCE         0x10
#define MBEDTLS_ASN1_CONSTRUCTED      0x20
#define MBEDTLS_ASN1_CONTEXT_SPECIFIC 0x80
#define MBEDTLS_OID_SIZE(x)           (sizeof(x) - 1)
#define MBEDTLS_OID_SUBJECT_ALT_NAME  "\x55\x1D\x11"
typedef struct mbedtls_asn1_buf {
    int tag;
    size_t len;
    unsigned char *p;
} mbedtls_asn1_buf;
typedef struct mbedtls_asn1_named_data mbedtls_x509_name;
struct mbedtls_asn1_named_data {
    mbedtls_asn1_buf oid;
    mbedtls_asn1_buf val;
    mbedtls_x509_name *next;
};
#define MBEDTLS_ERR_ASN1_ALLOC_FAILED -0x006A
int mbedtls_asn1_get_len(unsigned char **p, const unsigned char *end, size_t *len);
int mbedtls_asn1_get_tag(unsigned char **p, const unsigned char *end, size_t *len, int tag);
int mbedtls_asn1_get_bool(unsigned char **p, const unsigned char *end, int *val);

/* md.h */
typedef enum {
    MBEDTLS_MD_NONE = 0,
    MBEDTLS_MD_MD5 = 3,
    MBEDTLS_MD_SHA1 = 5,
    MBEDTLS_MD_SHA256 = 9,
    MBEDTLS_MD_SHA512 = 11
} mbedtls_md_type_t;
#define MBEDTLS_ERR_MD_ALLOC_FAILED -0x5180
typedef struct mbedtls_md_info_t mbedtls_md_info_t;
typedef struct mbedtls_md_context_t {
    const mbedtls_md_info_t *MBEDTLS_PRIVATE(md_info);
} mbedtls_md_context_t;
const mbedtls_md_info_t *mbedtls_md_info_from_type(mbedtls_md_type_t md_type);
void mbedtls_md_init(mbedtls_md_context_t *ctx);
void mbedtls_md_free(mbedtls_md_context_t *ctx);
int mbedtls_md_setup(mbedtls_md_context_t *ctx, const mbedtls_md_info_t *md_info, int hmac);
unsigned char mbedtls_md_get_size(const mbedtls_md_info_t *md_info);
int mbedtls_md_starts(mbedtls_md_context_t *ctx);
int mbedtls_md_update(mbedtls_md_context_t *ctx, const unsigned char *input, size_t ilen);
int mbedtls_md_finish(mbedtls_md_context_t *ctx, unsigned char *output);
int mbedtls_md(const mbedtls_md_info_t *md_info, const unsigned char *input, size_t ilen,
               unsigned char *output);
int mbedtls_md_hmac_starts(mbedtls_md_context_t *ctx, const unsigned char *key, size_t keylen);
int mbedtls_md_hmac_update(mbedtls_md_context_t *ctx, const unsigned char *input, size_t ilen);
int mbedtls_md_hmac_finish(mbedtls_md_context_t *ctx, unsigned char *output);
int mbedtls_md_hmac_reset(mbedtls_md_context_t *ctx);

/* entropy.h, ctr_drbg.h */
typedef struct mbedtls_entropy_context {
    int MBEDTLS_PRIVATE(source_count);
} mbedtls_entropy_context;
typedef struct mbedtls_ctr_drbg_context {
    int MBEDTLS_PRIVATE(reseed_counter);
} mbedtls_ctr_drbg_context;
void mbedtls_entropy_init(mbedtls_entropy_context *ctx);
void mbedtls_entropy_free(mbedtls_entropy_context *ctx);
int mbedtls_entropy_func(void *data, unsigned char *output, size_t len);
void mbedtls_ctr_drbg_init(mbedtls_ctr_drbg_context *ctx);
void mbedtls_ctr_drbg_free(mbedtls_ctr_drbg_context *ctx);
int mbedtls_ctr_drbg_seed(mbedtls_ctr_drbg_context *ctx, mbedtls3_random f_entropy, void *p_entropy,
                          const unsigned char *custom, size_t len);
int mbedtls_ctr_drbg_random(void *p_rng, unsigned char *output, size_t output_len);

/* bignum.h, cipher.h, ecp.h: ssl.h includes them */
#define MBEDTLS_ERR_MPI_ALLOC_FAILED    -0x0010
#define MBEDTLS_ERR_CIPHER_ALLOC_FAILED -0x6180
#define MBEDTLS_ERR_ECP_ALLOC_FAILED    -0x4D80

/* pk.h */
#define MBEDTLS_ERR_PK_ALLOC_FAILED -0x3F80
typedef enum {
    MBEDTLS_PK_NONE = 0,
    MBEDTLS_PK_RSA = 1
} mbedtls_pk_type_t;
typedef struct mbedtls_pk_context {
    void *MBEDTLS_PRIVATE(pk_ctx);
} mbedtls_pk_context;
void mbedtls_pk_init(mbedtls_pk_context *ctx);
void mbedtls_pk_free(mbedtls_pk_context *ctx);
int mbedtls_pk_can_do(const mbedtls_pk_context *ctx, mbedtls_pk_type_t type);
size_t mbedtls_pk_get_bitlen(const mbedtls_pk_context *ctx);
int mbedtls_pk_sign(mbedtls_pk_context *ctx, mbedtls_md_type_t md_alg, const unsigned char *hash,
                    size_t hash_len, unsigned char *sig, size_t sig_size, size_t *sig_len,
                    mbedtls3_random f_rng, void *p_rng);
int mbedtls_pk_check_pair(const mbedtls_pk_context *pub, const mbedtls_pk_context *prv, mbedtls3_random f_rng,
                          void *p_rng);
int mbedtls_pk_parse_keyfile(mbedtls_pk_context *ctx, const char *path, const char *password,
                             mbedtls3_random f_rng, void *p_rng);
int mbedtls_oid_get_sig_alg(const mbedtls_asn1_buf *oid, mbedtls_md_type_t *md_alg,
                            mbedtls_pk_type_t *pk_alg);

/* x509.h, x509_crt.h */
#define MBEDTLS_X509_BADCERT_EXPIRED     0x01
#define MBEDTLS_X509_BADCERT_CN_MISMATCH 0x04
#define MBEDTLS_X509_BADCERT_NOT_TRUSTED 0x08
#define MBEDTLS_X509_BADCERT_OTHER       0x0100
#define MBEDTLS_X509_BADCERT_FUTURE      0x0200
#define MBEDTLS_X509_BADCERT_BAD_MD      0x4000
#define MBEDTLS_X509_BADCERT_BAD_PK      0x8000
#define MBEDTLS_X509_BADCERT_BAD_KEY     0x010000
#define MBEDTLS_ERR_X509_ALLOC_FAILED    -0x2880
typedef mbedtls_asn1_buf mbedtls_x509_buf;
typedef struct mbedtls_x509_time {
    int year, mon, day;
} mbedtls_x509_time;
typedef struct mbedtls_x509_crl mbedtls_x509_crl;
typedef struct mbedtls_x509_crt {
    int MBEDTLS_PRIVATE(own_buffer);
    mbedtls_x509_buf raw;
    mbedtls_x509_buf sig_oid;
    mbedtls_x509_buf issuer_raw;
    mbedtls_x509_buf subject_raw;
    mbedtls_x509_name issuer;
    mbedtls_x509_name subject;
    mbedtls_x509_time valid_from;
    mbedtls_x509_time valid_to;
    mbedtls_x509_buf pk_raw;
    mbedtls_pk_context pk;
    mbedtls_x509_buf v3_ext;
    mbedtls_md_type_t MBEDTLS_PRIVATE(sig_md);
} mbedtls_x509_crt;
void mbedtls_x509_crt_init(mbedtls_x509_crt *crt);
void mbedtls_x509_crt_free(mbedtls_x509_crt *crt);
int mbedtls_x509_crt_parse_file(mbedtls_x509_crt *chain, const char *path);
int mbedtls_x509_dn_gets(char *buf, size_t size, const mbedtls_x509_name *dn);

#include "mbedtls3_ssl.h"

#endif
