/* SPDX-License-Identifier: MIT */
/* Tests the longest challenge of a mechanism that reads it, to the octet, in the memory that it is decoded
 * into. */
#define _DEFAULT_SOURCE

#include "bench.h"
#include "fake_crypto.h"
#include "guard.h"

#define CHALLENGE_MAX 700

struct exchange {
    struct bench bench;
    struct guard guard;
    struct postino_sasl_state *state; /* flush against memory that cannot be touched */
};

static void exchange_begin(struct exchange *exchange, uint16_t text_octets_max)
{
    static const struct postino_mechanism *const mechanisms[] = {&postino_sasl_cram_md5, NULL};
    struct bench *bench = &exchange->bench;

    assert_int_equal(guard_init(&exchange->guard, sizeof *exchange->state), 0);
    exchange->state =
        (struct postino_sasl_state *)(void *)guard_end(&exchange->guard, sizeof *exchange->state);
    memset(exchange->state, 0x5A, sizeof *exchange->state);
    bench_prepare(bench);
    bench->credentials.user = "tim";
    bench->credentials.password = PASSWORD;
    bench->credentials.crypto = &slow;
    bench->credentials.state = exchange->state;
    bench->config.credentials = &bench->credentials;
    bench->config.mechanisms = mechanisms;
    bench->config.challenge_octets_max = text_octets_max;
    bench_start(bench);
    bench_submit(bench);
    bench_exchange(bench, "220 mx\r\n", "EHLO client.example.com\r\n");
    bench_exchange(bench, "250-mx\r\n250 AUTH CRAM-MD5\r\n", "AUTH CRAM-MD5\r\n");
}

/* Receives a challenge of so many octets, decoded, but for the end of its line. */
static void exchange_receive(struct exchange *exchange, size_t octets)
{
    static const char *const ends[] = {"", "eA==", "eHg="};
    char reply[CHALLENGE_MAX / 3 * 4 + 20] = "334 ";
    size_t i;

    for (i = 0; i < octets / 3; i++)
        memcpy(reply + 4 + 4 * i, "eHh4", 4);
    (void)snprintf(reply + 4 + 4 * i, sizeof reply - 4 - 4 * i, "%s", ends[octets % 3]);
    bench_input(&exchange->bench, reply);
}

/* At its end: whether it is answered, and not cancelled. */
static int exchange_is_answered(struct exchange *exchange)
{
    bench_input(&exchange->bench, "\r\n");
    return strcmp(bench_output(&exchange->bench), "*\r\n") != 0;
}

/* The decoded challenge stays in its room, which has as many octets more as SCRAM decodes a salt into. */
static void test_one_octet_too_many(void **state)
{
    static const size_t end =
        offsetof(struct postino_sasl_state, challenge) + sizeof((struct postino_sasl_state *)0)->challenge;
    size_t octets;
    size_t i;

    (void)state;
    for (octets = POSTINO_SASL_CHALLENGE_OCTETS - 2; octets < CHALLENGE_MAX; octets++) {
        struct exchange exchange;

        exchange_begin(&exchange, 0);
        exchange_receive(&exchange, octets);
        for (i = end; i < sizeof *exchange.state; i++)
            assert_int_not_equal(((uint8_t *)exchange.state)[i], 'x');
        assert_int_equal(exchange_is_answered(&exchange), octets <= POSTINO_SASL_CHALLENGE_OCTETS);
        guard_free(&exchange.guard);
    }
}

/* The caller's own limit is of the text, as it was sent. */
static void test_one_octet_too_many_for_the_caller(void **state)
{
    uint16_t limit;

    (void)state;
    for (limit = 39; limit < 42; limit++) {
        struct exchange exchange;

        exchange_begin(&exchange, limit);
        exchange_receive(&exchange, 30);
        assert_int_equal(exchange_is_answered(&exchange), limit >= 40);
        guard_free(&exchange.guard);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_octet_too_many),
        cmocka_unit_test(test_one_octet_too_many_for_the_caller),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
