/* SPDX-License-Identifier: MIT */
/* Where Mbed TLS's table gets no random octets, SCRAM fails with an error and CRAM-MD5 works. */
#include "bench.h"
#include "postino/sasl_mbedtls.h"

static int fails(void *context, unsigned char *output, size_t length_octets)
{
    (void)output;
    (void)length_octets;
    ++*(int *)context;
    return -0x34; /* MBEDTLS_ERR_CTR_DRBG_ENTROPY_SOURCE_FAILED */
}

static int error_of(const struct postino_mechanism *mechanism, void *context)
{
    const struct postino_mechanism *const mechanisms[] = {mechanism, NULL};
    struct postino_sasl_state sasl;
    struct bench bench;

    bench_prepare(&bench);
    bench.credentials = (struct postino_credentials){.user = "user",
                                                     .password = "pencil",
                                                     .crypto = &postino_sasl_mbedtls,
                                                     .crypto_context = context,
                                                     .state = &sasl};
    bench.config.credentials = &bench.credentials;
    bench.config.mechanisms = mechanisms;
    bench_start(&bench);
    bench_submit(&bench);
    bench_exchange(&bench, "220 mx\r\n", "EHLO client.example.com\r\n");
    bench_input(&bench, "250-mx\r\n250 AUTH SCRAM-SHA-256 CRAM-MD5\r\n");
    (void)bench_output(&bench);
    return postino_session_result(&bench.session)->error;
}

static void no_random_is_an_error(void **state)
{
    int calls = 0;
    struct postino_sasl_mbedtls_random failing = {fails, &calls};
    struct postino_sasl_mbedtls_random none = {NULL, NULL};

    (void)state;
    assert_int_equal(error_of(&postino_sasl_scram_sha_256, &failing), POSTINO_ERROR_CRYPTO);
    assert_int_equal(calls, 1);
    assert_int_equal(error_of(&postino_sasl_scram_sha_256, &none), POSTINO_ERROR_CRYPTO);
    assert_int_equal(error_of(&postino_sasl_scram_sha_256, NULL), POSTINO_ERROR_CRYPTO);
    assert_int_equal(error_of(&postino_sasl_cram_md5, NULL), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(no_random_is_an_error)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
