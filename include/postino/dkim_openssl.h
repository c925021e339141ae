/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_DKIM_OPENSSL_H
#define POSTINO_DKIM_OPENSSL_H

#include "postino/dkim.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A key for DKIM in OpenSSL 3, and its hashes. */
struct postino_dkim_openssl {
    struct postino_dkim_crypto crypto; /* for postino_dkim_init(), with the object as its context */
    /* private */
    void *key;
    void *hashes[2];
};

/* Reads a private key in PEM that is not encrypted: RSA of 1024 to 4096 bits, or Ed25519. `pem` is not kept.
 * May be called at any time. Returns 0, POSTINO_ERROR_ARGUMENT if it is no such key, or
 * POSTINO_ERROR_CAPACITY if OpenSSL has no memory. One thread at a time uses the object;
 * postino_dkim_openssl_free() releases it. */
int postino_dkim_openssl_init(struct postino_dkim_openssl *self, const char *pem, size_t length_octets);

/* Forgets the key. Call it once no message uses the key; after a failed init too. */
void postino_dkim_openssl_free(struct postino_dkim_openssl *self);

#ifdef __cplusplus
}
#endif

#endif
