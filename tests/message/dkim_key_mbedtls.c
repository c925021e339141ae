/* SPDX-License-Identifier: MIT */
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/pk.h>

#include "dkim_key.h"
#include "postino/dkim_mbedtls.h"

static mbedtls_entropy_context entropy;
static mbedtls_ctr_drbg_context drbg;
static mbedtls_pk_context pair;
static struct postino_dkim_mbedtls key;

/* Mbed TLS wants the zero behind the text counted. */
const struct postino_dkim_crypto *dkim_key_init(const char *pem, size_t length_octets, void **context)
{
    mbedtls_entropy_init(&entropy);
    mbedtls_ctr_drbg_init(&drbg);
    mbedtls_pk_init(&pair);
    *context = &key;
    if (mbedtls_ctr_drbg_seed(&drbg, mbedtls_entropy_func, &entropy, NULL, 0) != 0 ||
        mbedtls_pk_parse_key(&pair, (const unsigned char *)pem, length_octets + 1, NULL, 0) != 0 ||
        postino_dkim_mbedtls_init(&key, &pair, mbedtls_ctr_drbg_random, &drbg) != 0)
        return NULL;
    return &key.crypto;
}

void dkim_key_free(void)
{
    postino_dkim_mbedtls_free(&key);
    mbedtls_pk_free(&pair);
    mbedtls_ctr_drbg_free(&drbg);
    mbedtls_entropy_free(&entropy);
}
