/* SPDX-License-Identifier: MIT */
/* The duties of a crypto table, function by function. The file is compiled once for each table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "table.h"

static const struct {
    const char *digest;   /* of "abc": RFC 1321 A.5, FIPS 180-4's examples */
    const char *hmac;     /* RFC 2202 and RFC 4231, test case 2 */
    const char *long_key; /* 131 octets: RFC 4231 test case 6; of MD5 and SHA-1 by Python's hashlib */
    const char *pbkdf2;   /* "password", "salt", 2: RFC 6070 for SHA-1; the others by Python's hashlib */
    const char *many;     /* the same of longer ones, 4096 times */
} expected[] = {
    {"900150983cd24fb0d6963f7d28e17f72", "750c783e6ab0b503eaa86e310a5db738",
     "bfecaf4efff90a3a668f3922fec3762d", "042407b552be345ad6eee2cf2f7ed01d",
     "8d5d0aad94d14420429fbc7e5b087d7a"},
    {"a9993e364706816aba3e25717850c26c9cd0d89d", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
     "90d0dace1c1bdc957339307803160335bde6df2b", "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957",
     "3d2eec4fe41c849b80c8d83662c0e44a8b291a96"},
    {"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
     "ae4d0c95af6b46d32d0adff928f06dd02a303f8ef3c251dfd6e2d85a95474c43",
     "348c89dbcbd32b2f32d814b8116e84cf2b17347ebc1800181c4e2a1fb8dd53e1"},
    {"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
     "454d4423643ce80e2a9ac94fa54ca49f",
     "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fd"
     "caeab1a34d4a6b4b636e070a38bce737",
     "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e52"
     "95e64f73f63f0aec8b915a985d786598",
     "e1d9c16aa681708a45f5c7c4e215ceb66e011a2e9f0040713f18aefdb866d53cf76cab2868a39b9f7840edce4fef5a82"
     "be67335c77a6068e04112754f27ccf4e",
     "8c0511f4c6e597c6ac6315d8f0362e225f3c501495ba23b868c005174dc4ee71115b59f9e60cd9532fa33e0f75aefe30"
     "225c583a186cd82bd4daea9724a3d3b8"},
};

static struct postino_span text(const char *string)
{
    return (struct postino_span){(const uint8_t *)string, strlen(string)};
}

/* The output is as expected, and no octet behind it was written. */
static void assert_octets(const uint8_t *out, const char *hex)
{
    char said[2 * POSTINO_HASH_OCTETS_MAX + 1] = "";
    size_t octets = strlen(hex) / 2;
    size_t i;

    for (i = 0; i < octets; i++)
        (void)snprintf(said + 2 * i, 3, "%02x", out[i]);
    assert_string_equal(said, hex);
    for (i = octets; i < POSTINO_HASH_OCTETS_MAX; i++)
        assert_int_equal(out[i], 0xA5);
}

static void hashes_are_right(void **state)
{
    unsigned hash;

    (void)state;
    assert_int_equal(table->hashes, 15);
    for (hash = 0; hash < 4; hash++) {
        const struct postino_span spans[] = {text("a"), text(""), text("bc")};
        uint8_t out[POSTINO_HASH_OCTETS_MAX];

        memset(out, 0xA5, sizeof out);
        assert_int_equal(table->hash(table_context(), hash, spans, 3, out), 0);
        assert_octets(out, expected[hash].digest);
        memset(out, 0xA5, sizeof out);
        memcpy(out, "abc", 3);
        /* Into the place where the input lies. */
        const struct postino_span inside = {out, 3};
        assert_int_equal(table->hash(table_context(), hash, &inside, 1, out), 0);
        assert_octets(out, expected[hash].digest);
    }
}

static void hmacs_are_right(void **state)
{
    unsigned hash;

    (void)state;
    for (hash = 0; hash < 4; hash++) {
        const struct postino_span spans[] = {text("what do ya "), text("want for nothing?")};
        const struct postino_span long_text = text("Test Using Larger Than Block-Size Key - Hash Key First");
        const struct postino_span key = text("Jefe");
        uint8_t long_octets[131];
        const struct postino_span long_key = {long_octets, sizeof long_octets};
        uint8_t out[POSTINO_HASH_OCTETS_MAX];

        memset(out, 0xA5, sizeof out);
        assert_int_equal(table->hmac(table_context(), hash, &key, spans, 2, out), 0);
        assert_octets(out, expected[hash].hmac);
        memset(out, 0xA5, sizeof out);
        memcpy(out, spans[0].data, spans[0].length_octets);
        /* Into the place where the input lies. */
        const struct postino_span inside[] = {{out, spans[0].length_octets}, spans[1]};
        assert_int_equal(table->hmac(table_context(), hash, &key, inside, 2, out), 0);
        assert_octets(out, expected[hash].hmac);
        memset(long_octets, 0xAA, sizeof long_octets);
        memset(out, 0xA5, sizeof out);
        assert_int_equal(table->hmac(table_context(), hash, &long_key, &long_text, 1, out), 0);
        assert_octets(out, expected[hash].long_key);
    }
}

static void keys_are_right(void **state)
{
    unsigned hash;

    (void)state;
    for (hash = 0; hash < 4; hash++) {
        const struct postino_span password = text("password");
        const struct postino_span salt = text("salt");
        const struct postino_span long_password = text("passwordPASSWORDpassword");
        const struct postino_span long_salt = text("saltSALTsaltSALTsaltSALTsaltSALTsalt");
        uint8_t out[POSTINO_HASH_OCTETS_MAX];

        memset(out, 0xA5, sizeof out);
        assert_int_equal(table->pbkdf2(table_context(), hash, &password, &salt, 2, out), 0);
        assert_octets(out, expected[hash].pbkdf2);
        memset(out, 0xA5, sizeof out);
        assert_int_equal(table->pbkdf2(table_context(), hash, &long_password, &long_salt, 4096, out), 0);
        assert_octets(out, expected[hash].many);
    }
}

static void random_octets_differ(void **state)
{
    uint8_t first[32] = {0};
    uint8_t second[32] = {0};

    (void)state;
    assert_int_equal(table->random(table_context(), first, sizeof first), 0);
    assert_int_equal(table->random(table_context(), second, sizeof second), 0);
    assert_memory_not_equal(first, second, sizeof first);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_right),
        cmocka_unit_test(hmacs_are_right),
        cmocka_unit_test(keys_are_right),
        cmocka_unit_test(random_octets_differ),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
