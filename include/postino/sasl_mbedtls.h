/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_SASL_MBEDTLS_H
#define POSTINO_SASL_MBEDTLS_H

#include "postino/crypto.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The crypto table of SASL mechanisms, by Mbed TLS 2.28 or 3.x, without Mbed TLS's own headers. Link
 * postino::sasl-mbedtls, or compile ports/mbedtls/sasl.c. */

/* The context of postino_sasl_mbedtls: the random generator. `random` returns 0, or an error. It may be
 * mbedtls_ctr_drbg_random() with its seeded mbedtls_ctr_drbg_context, mbedtls_hmac_drbg_random(), or a
 * hardware generator. Borrowed as long as the session. One thread at a time uses it, unless the generator has
 * a lock. */
struct postino_sasl_mbedtls_random {
    int (*random)(void *context, unsigned char *output, size_t length_octets);
    void *context;
};

/* The context is a struct postino_sasl_mbedtls_random; CRAM-MD5 works with NULL, SCRAM does not. Mbed TLS
 * must have MBEDTLS_MD_C. The table has the hashes that Mbed TLS was built with; a mechanism without its hash
 * is passed over. May be used from any thread. The memory of a running hash comes from mbedtls_calloc() and
 * is wiped when it is freed. Without memory the authentication fails with POSTINO_ERROR_CRYPTO. */
extern const struct postino_sasl_crypto postino_sasl_mbedtls;

#ifdef __cplusplus
}
#endif

#endif
