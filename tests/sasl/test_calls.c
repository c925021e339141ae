/* SPDX-License-Identifier: MIT */
/* Each call of a crypto library's fails once, in the tables of SASL and of DKIM: then the function fails,
 * nothing is lost, and the next time it works. Compiled once for each library. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fault.h"
#include "signer.h"
#include "table.h"

static int hash_octets(unsigned hash)
{
    static const struct postino_span spans[] = {{(const uint8_t *)"a", 1}, {(const uint8_t *)"bc", 2}};
    uint8_t out[POSTINO_HASH_OCTETS_MAX];

    return table->hash(table_context(), hash, spans, 2, out);
}

static int hmac_octets(unsigned hash)
{
    static const struct postino_span spans[] = {{(const uint8_t *)"a", 1}, {(const uint8_t *)"bc", 2}};
    uint8_t out[POSTINO_HASH_OCTETS_MAX];

    return table->hmac(table_context(), hash, &spans[0], spans, 2, out);
}

static int derive_key(unsigned hash)
{
    static const struct postino_span password = {(const uint8_t *)"password", 8};
    static const struct postino_span salt = {(const uint8_t *)"salt", 4};
    uint8_t out[POSTINO_HASH_OCTETS_MAX];

    return table->pbkdf2(table_context(), hash, &password, &salt, 3, out);
}

static int make_random(unsigned hash)
{
    uint8_t out[16];

    (void)hash;
    return table->random(table_context(), out, sizeof out);
}

/* Returns how many calls there were. */
static unsigned long fail_each(int (*function)(unsigned argument), unsigned argument)
{
    unsigned long seen;
    unsigned long at;

    fault_set(0, 0);
    assert_int_equal(function(argument), 0);
    seen = fault_seen();
    for (at = 1; at <= seen; at++) {
        fault_set(at, 0);
        assert_int_not_equal(function(argument), 0);
        fault_set(0, 0);
        assert_int_equal(function(argument), 0);
    }
    return seen;
}

static void a_table_fails_with_its_library(void **state)
{
    unsigned hash;

    (void)state;
    for (hash = 0; hash < 4; hash++) {
        assert_true(fail_each(hash_octets, hash) >= 4);
        assert_true(fail_each(hmac_octets, hash) >= 4);
        assert_true(fail_each(derive_key, hash) >= 1);
    }
    (void)fail_each(make_random, 0);
}

/* A signature as dkim.c makes it. Returns 0, or what failed. */
static int sign(unsigned argument)
{
    uint8_t hash[POSTINO_DKIM_HASH_OCTETS];
    uint8_t signature[POSTINO_DKIM_SIGNATURE_OCTETS];
    size_t octets = 0;
    void *context;
    const struct postino_dkim_crypto *crypto = signer_table(&context);
    int error = signer_init();
    unsigned which;

    (void)argument;
    for (which = 0; which < 2 && error == 0; which++) {
        error = crypto->hash_start(context, which);
        if (error == 0)
            error = crypto->hash_add(context, which, (const uint8_t *)"abc", 3);
        if (error == 0)
            error = crypto->hash_end(context, which, hash);
    }
    if (error == 0)
        error = crypto->sign(context, hash, signature, &octets);
    assert_true(error != 0 || octets >= 64);
    signer_free();
    return error;
}

static void a_signer_fails_with_its_library(void **state)
{
    unsigned kind;

    (void)state;
    for (kind = 0; kind < signer_kinds(); kind++) {
        assert_int_equal(signer_make(kind), 0);
        assert_true(fail_each(sign, 0) >= 10);
        signer_end();
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_fails_with_its_library),
        cmocka_unit_test(a_signer_fails_with_its_library),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
