/* SPDX-License-Identifier: MIT */
/* A user's program with TLS, SCRAM and DKIM by Mbed TLS: a port where no server listens is an error of its
 * own, and so is a missing key. */
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>

#include "postino/client.h"
#include "postino/dkim_mbedtls.h"
#include "postino/posix.h"
#include "postino/sasl_mbedtls.h"
#include "postino/tls_mbedtls.h"

static struct postino_posix posix;
static struct postino_tls_mbedtls tls;
static struct postino_client client;
static mbedtls_entropy_context entropy;
static mbedtls_ctr_drbg_context drbg;

int main(void)
{
    static const uint8_t pin[POSTINO_TLS_PIN_OCTETS];
    struct postino_sasl_mbedtls_random random_source = {mbedtls_ctr_drbg_random, &drbg};
    struct postino_tls_config tls_config = {
        .host_name = "127.0.0.1", .verify = POSTINO_TLS_VERIFY_PIN, .pins = pin, .pin_count = 1};
    struct postino_client_config config = {.ehlo_name = "outside.example",
                                           .user = "ann",
                                           .password = "secret",
                                           .crypto = &postino_sasl_mbedtls,
                                           .crypto_context = &random_source};
    struct postino_dkim_mbedtls dkim;
    int error;

    if (postino_dkim_mbedtls_init(&dkim, NULL, mbedtls_ctr_drbg_random, &drbg) != POSTINO_ERROR_ARGUMENT)
        return 2;
    mbedtls_entropy_init(&entropy);
    mbedtls_ctr_drbg_init(&drbg);
    if (mbedtls_ctr_drbg_seed(&drbg, mbedtls_entropy_func, &entropy, NULL, 0) != 0 ||
        postino_posix_init(&posix, "127.0.0.1", "1") != 0 ||
        postino_tls_mbedtls_init(&tls, &posix.transport, &tls_config) != 0 ||
        postino_client_init(&client, &tls.transport, &config) != 0)
        return 2;
    error = postino_client_connect(&client);
    postino_tls_mbedtls_end(&tls);
    mbedtls_ctr_drbg_free(&drbg);
    mbedtls_entropy_free(&entropy);
    return error != POSTINO_ERROR_CONNECT;
}
