/* SPDX-License-Identifier: MIT */
#ifndef FAKE_CRYPTO_H
#define FAKE_CRYPTO_H

#include <string.h>

#include "postino/crypto.h"

#define PASSWORD    "tanstaaftanstaaf"
#define TOKEN       "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg"
#define SALTED      "salted-password-0123456789abcdef"
#define CLIENT_KEY  "client-key-0123456789abcdefghijk"
#define STORED_KEY  "stored-key-0123456789abcdefghijk"
#define CLIENT_SIGN "client-signature-0123456789abcde"
#define SERVER_KEY  "server-key-0123456789abcdefghijk"
#define SERVER_SIGN "server-signature-0123456789abcd+"

/* Hashes that give what the test looks for, and leave nothing on the stack themselves. */
static int fake_random(void *context, uint8_t *out, size_t octets)
{
    (void)context;
    memset(out, 0, octets);
    return 0;
}

static int fake_hash(void *context, unsigned hash, const struct postino_span *spans, size_t count,
                     uint8_t *out)
{
    (void)context;
    (void)hash;
    (void)spans;
    (void)count;
    memcpy(out, STORED_KEY, 32);
    return 0;
}

static int fake_hmac(void *context, unsigned hash, const struct postino_span *key,
                     const struct postino_span *spans, size_t count, uint8_t *out)
{
    (void)context;
    (void)count;
    if (hash == POSTINO_HASH_MD5)
        memcpy(out, "cram-md5 digest.", 16);
    else if (key->length_octets == sizeof PASSWORD - 1)
        memcpy(out, SALTED, 32); /* an odd number of times: PBKDF2's sum is the same */
    else if (memcmp(spans[0].data, "Client Key", 10) == 0)
        memcpy(out, memcmp(key->data, SALTED, 32) == 0 ? CLIENT_KEY : "no salted password where it is due",
               32);
    else if (memcmp(spans[0].data, "Server Key", 10) == 0)
        memcpy(out, SERVER_KEY, 32);
    else
        memcpy(out, memcmp(key->data, STORED_KEY, 32) == 0 ? CLIENT_SIGN : SERVER_SIGN, 32);
    return 0;
}

static int fake_pbkdf2(void *context, unsigned hash, const struct postino_span *password,
                       const struct postino_span *salt, uint32_t iterations, uint8_t *out)
{
    (void)context;
    (void)hash;
    (void)password;
    (void)salt;
    (void)iterations;
    memcpy(out, SALTED, 32);
    return 0;
}

/* With PBKDF2, and without: then it is made of HMAC. */
static const struct postino_sasl_crypto quick = {15, fake_random, fake_hash, fake_hmac, fake_pbkdf2};
static const struct postino_sasl_crypto slow = {15, fake_random, fake_hash, fake_hmac, NULL};

#endif
