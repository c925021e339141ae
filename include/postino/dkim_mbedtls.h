/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_DKIM_MBEDTLS_H
#define POSTINO_DKIM_MBEDTLS_H

#include "postino/dkim.h"

#ifdef __cplusplus
extern "C" {
#endif

/* By its tag, so that Mbed TLS's headers are not needed here. */
struct mbedtls_pk_context;

/* A key for DKIM in Mbed TLS 2.28 or 3.x, and its hashes. Link postino::dkim-mbedtls, or compile
 * ports/mbedtls/dkim.c. Mbed TLS must have MBEDTLS_MD_C, SHA-256 and RSA. */
struct postino_dkim_mbedtls {
    struct postino_dkim_crypto crypto; /* for postino_dkim_init(), with the object as its context */
    /* private */
    struct mbedtls_pk_context *key;
    int (*random)(void *context, unsigned char *output, size_t length_octets);
    void *random_context;
    void *hashes[2];
};

/* Prepares signatures by `key`, a private RSA key of 1024 to 4096 bits with Mbed TLS's default padding (PKCS
 * #1 v1.5). Mbed TLS has no Ed25519. `random` is mbedtls_ctr_drbg_random() or a similar function, with its
 * context; it blinds the use of the key. All are borrowed until postino_dkim_mbedtls_free(). May be called at
 * any time. Returns 0, or:
 * - POSTINO_ERROR_ARGUMENT: a NULL pointer other than `random_context`, or no such key;
 * - POSTINO_ERROR_CAPACITY: mbedtls_calloc() has no memory.
 * One thread at a time uses the object. */
int postino_dkim_mbedtls_init(struct postino_dkim_mbedtls *self, struct mbedtls_pk_context *key,
                              int (*random)(void *context, unsigned char *output, size_t length_octets),
                              void *random_context);

/* Frees the memory; the key belongs to the caller. Call it once no message uses the key; after a failed init
 * too. */
void postino_dkim_mbedtls_free(struct postino_dkim_mbedtls *self);

#ifdef __cplusplus
}
#endif

#endif
