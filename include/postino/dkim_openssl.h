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

/* Reads a private key in PEM, RSA of 1024 to 4096 bits or Ed25519, that is not encrypted. May be called at
 * any time. `pem` is not kept. Returns 0, POSTINO_ERROR_ARGUMENT for what is no such key, or
 * POSTINO_ERROR_CAPACITY where OpenSSL has no memory. Used by one thread at a time; release it with
 * postino_dkim_openssl_free(). */
int postino_dkim_openssl_init(struct postino_dkim_openssl *self, const char *pem, size_t length_octets);

/* Forgets the key. To be called once no message uses it; after a failed init too. */
void postino_dkim_openssl_free(struct postino_dkim_openssl *self);

#ifdef __cplusplus
}
#endif

#endif
