/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_SASL_MBEDTLS_H
#define POSTINO_SASL_MBEDTLS_H

#include "postino/crypto.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What SASL mechanisms need, by Mbed TLS 2.28 or 3.x. Mbed TLS's own headers are not needed for it. Link
 * postino::sasl-mbedtls, or compile ports/mbedtls/postino_sasl_mbedtls.c. */

/* The context of postino_sasl_mbedtls: where random octets come from, as Mbed TLS wants them: returns 0, or
 * an error. mbedtls_ctr_drbg_random() with its seeded mbedtls_ctr_drbg_context, mbedtls_hmac_drbg_random(),
 * or a hardware's. Borrowed as long as the session; used by one thread at a time, unless the generator has a
 * lock. */
struct postino_sasl_mbedtls_random {
    int (*random)(void *context, unsigned char *output, size_t length_octets);
    void *context;
};

/* Its context is a struct postino_sasl_mbedtls_random; CRAM-MD5 works with NULL, SCRAM does not. Mbed TLS
 * must have MBEDTLS_MD_C. Of the hashes it has those that Mbed TLS was built with: a mechanism whose hash is
 * missing is passed over. May be used from any thread. Memory of a hash in progress comes from
 * mbedtls_calloc() and is wiped when it is freed; without memory the authentication fails with
 * POSTINO_ERROR_CREDENTIALS. */
extern const struct postino_sasl_crypto postino_sasl_mbedtls;

#ifdef __cplusplus
}
#endif

#endif
