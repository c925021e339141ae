/* SPDX-License-Identifier: MIT */
/* The crypto table of SASL mechanisms in OpenSSL 3. Invariant: nothing is kept between two calls, and
 * OpenSSL wipes what it frees. */
#include <limits.h>
#include <stdio.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "postino/sasl_openssl.h"

static const char *const sasl_names[] = {"MD5", "SHA1", "SHA256", "SHA512"};

static const EVP_MD *sasl_digest(unsigned hash)
{
    switch (hash) {
    case POSTINO_HASH_MD5:
        return EVP_md5();
    case POSTINO_HASH_SHA1:
        return EVP_sha1();
    case POSTINO_HASH_SHA256:
        return EVP_sha256();
    default:
        return EVP_sha512();
    }
}

/* Other code of this thread must not find our errors in OpenSSL's queue. */
static int sasl_result(int done)
{
    if (!done)
        ERR_clear_error();
    return done ? 0 : -1;
}

static int sasl_random(void *context, uint8_t *out, size_t octets)
{
    (void)context;
    return sasl_result(octets <= INT_MAX && RAND_bytes(out, (int)octets) == 1);
}

static int sasl_hash(void *context, unsigned hash, const struct postino_span *spans, size_t count,
                     uint8_t *out)
{
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    int done = digest != NULL && EVP_DigestInit_ex(digest, sasl_digest(hash), NULL) == 1;
    size_t i;

    (void)context;
    for (i = 0; i < count && done; i++)
        done = EVP_DigestUpdate(digest, spans[i].data, spans[i].length_octets) == 1;
    done = done && EVP_DigestFinal_ex(digest, out, NULL) == 1;
    EVP_MD_CTX_free(digest);
    return sasl_result(done);
}

static int sasl_hmac(void *context, unsigned hash, const struct postino_span *key,
                     const struct postino_span *spans, size_t count, uint8_t *out)
{
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *state = mac != NULL ? EVP_MAC_CTX_new(mac) : NULL;
    OSSL_PARAM parameters[2];
    char digest[16];
    size_t length;
    size_t i;
    int done;

    (void)context;
    (void)snprintf(digest, sizeof digest, "%s", sasl_names[hash]);
    parameters[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0);
    parameters[1] = OSSL_PARAM_construct_end();
    done = state != NULL && EVP_MAC_init(state, key->data, key->length_octets, parameters) == 1;
    for (i = 0; i < count && done; i++)
        done = EVP_MAC_update(state, spans[i].data, spans[i].length_octets) == 1;
    done = done && EVP_MAC_final(state, out, &length, POSTINO_HASH_OCTETS_MAX) == 1;
    EVP_MAC_CTX_free(state);
    EVP_MAC_free(mac);
    return sasl_result(done);
}

static int sasl_pbkdf2(void *context, unsigned hash, const struct postino_span *password,
                       const struct postino_span *salt, uint32_t iterations, uint8_t *out)
{
    const EVP_MD *digest = sasl_digest(hash);

    (void)context;
    return sasl_result(
        iterations <= INT_MAX && password->length_octets <= INT_MAX && salt->length_octets <= INT_MAX &&
        PKCS5_PBKDF2_HMAC(password->data, (int)password->length_octets, salt->data, (int)salt->length_octets,
                          (int)iterations, digest, EVP_MD_get_size(digest), out) == 1);
}

const struct postino_sasl_crypto postino_sasl_openssl = {
    .hashes =
        1 << POSTINO_HASH_MD5 | 1 << POSTINO_HASH_SHA1 | 1 << POSTINO_HASH_SHA256 | 1 << POSTINO_HASH_SHA512,
    .random = sasl_random,
    .hash = sasl_hash,
    .hmac = sasl_hmac,
    .pbkdf2 = sasl_pbkdf2};
