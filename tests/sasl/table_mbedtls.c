/* SPDX-License-Identifier: MIT */
/* Random octets from a CTR_DRBG of the application's, as a device has one. */
#include <stdlib.h>

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>

#include "postino/sasl_mbedtls.h"
#include "table.h"

const struct postino_sasl_crypto *const table = &postino_sasl_mbedtls;

static mbedtls_entropy_context entropy;
static mbedtls_ctr_drbg_context drbg;

static void table_end(void)
{
    mbedtls_ctr_drbg_free(&drbg);
    mbedtls_entropy_free(&entropy);
}

void *table_context(void)
{
    static struct postino_sasl_mbedtls_random random_source = {mbedtls_ctr_drbg_random, NULL};

    if (random_source.context == NULL) {
        mbedtls_entropy_init(&entropy);
        mbedtls_ctr_drbg_init(&drbg);
        if (mbedtls_ctr_drbg_seed(&drbg, mbedtls_entropy_func, &entropy, NULL, 0) != 0 ||
            atexit(table_end) != 0)
            abort();
        random_source.context = &drbg;
    }
    return &random_source;
}
