/* SPDX-License-Identifier: MIT */
#include "signer.h"

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/pk.h>
#include <mbedtls/rsa.h>

#include "postino/dkim_mbedtls.h"

static struct postino_dkim_mbedtls signer;
static mbedtls_entropy_context entropy;
static mbedtls_ctr_drbg_context drbg;
static mbedtls_pk_context key;

unsigned signer_kinds(void)
{
    return 1;
}

int signer_make(unsigned kind)
{
    (void)kind;
    mbedtls_entropy_init(&entropy);
    mbedtls_ctr_drbg_init(&drbg);
    mbedtls_pk_init(&key);
    return mbedtls_ctr_drbg_seed(&drbg, mbedtls_entropy_func, &entropy, NULL, 0) == 0 &&
                   mbedtls_pk_setup(&key, mbedtls_pk_info_from_type(MBEDTLS_PK_RSA)) == 0 &&
                   mbedtls_rsa_gen_key(mbedtls_pk_rsa(key), mbedtls_ctr_drbg_random, &drbg, 1024, 65537) == 0
               ? 0
               : -1;
}

int signer_init(void)
{
    return postino_dkim_mbedtls_init(&signer, &key, mbedtls_ctr_drbg_random, &drbg);
}

const struct postino_dkim_crypto *signer_table(void **context)
{
    *context = &signer;
    return &signer.crypto;
}

void signer_free(void)
{
    postino_dkim_mbedtls_free(&signer);
}

void signer_end(void)
{
    mbedtls_pk_free(&key);
    mbedtls_ctr_drbg_free(&drbg);
    mbedtls_entropy_free(&entropy);
}
