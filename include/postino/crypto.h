/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_CRYPTO_H
#define POSTINO_CRYPTO_H

#include "postino/source.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The functions of a crypto library, or of a hardware engine, that SASL mechanisms need: a table that a port
 * fills. */

enum postino_hash {
    POSTINO_HASH_MD5 = 0, /* for CRAM-MD5 alone */
    POSTINO_HASH_SHA1 = 1,
    POSTINO_HASH_SHA256 = 2,
    POSTINO_HASH_SHA512 = 3
};

#define POSTINO_HASH_OCTETS_MAX 64

/* Each function returns 0, or a negative value: the authentication then fails. The thread that runs the
 * session calls them. */
struct postino_sasl_crypto {
    uint8_t hashes; /* the available hashes, as bits 1 << POSTINO_HASH_... */
    /* Writes `octets` octets that nobody can guess. A mechanism with a nonce needs it. */
    int (*random)(void *context, uint8_t *out, size_t octets);
    int (*hash)(void *context, unsigned hash, const struct postino_span *spans, size_t count, uint8_t *out);
    /* RFC 2104, over all spans behind each other. `out` may overlap a span. */
    int (*hmac)(void *context, unsigned hash, const struct postino_span *key,
                const struct postino_span *spans, size_t count, uint8_t *out);
    /* RFC 8018 section 5.2, one block of output with the HMAC. NULL: hmac() is used, which is slower. */
    int (*pbkdf2)(void *context, unsigned hash, const struct postino_span *password,
                  const struct postino_span *salt, uint32_t iterations, uint8_t *out);
};

#ifdef __cplusplus
}
#endif

#endif
