/* SPDX-License-Identifier: MIT */
/* Tests the mechanisms with the hashes of a library: the vectors of the RFCs, channel binding, the choice
 * of a mechanism, and the memory that is left. Compiled once for each crypto table. */
#include "auth_fixture.h"

/* In place of one at random: what the vectors were made with. It is composed already, and has digits as many
 * or fewer. */
static void set_nonce(struct auth *auth, const char *nonce)
{
    struct postino_sasl_state *state = &auth->state;

    strcpy(state->first + state->nonce, nonce);
    state->first_octets = (uint16_t)(state->nonce + strlen(nonce));
}

/* RFC 7677 section 3. */
static void test_scram_sha_256(void **state)
{
    static const struct postino_mechanism *const mechanisms[] = {&postino_sasl_scram_sha_256, NULL};
    struct auth auth;

    (void)state;
    start(&auth, mechanisms, NULL, "SCRAM-SHA-256");
    /* Its nonce is shorter than ours. */
    set_nonce(&auth, "rOprNGfwEbeRWgbNEkqO");
    assert_string_equal(bench_output(&auth.bench),
                        "AUTH SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=\r\n");
    bench_exchange(
        &auth.bench,
        "334 cj1yT3ByTkdmd0ViZVJXZ2JORWtxTyVodllEcFdVYTJSYVRDQWZ1eEZJbGopaE5sRiRrMCxzPVcyMlphSjBTTlk3c29F"
        "c1VFamI2Z1E9PSxpPTQwOTY=\r\n",
        "Yz1iaXdzLHI9ck9wck5HZndFYmVSV2diTkVrcU8laHZZRHBXVWEyUmFUQ0FmdXhGSWxqKWhObEYkazAscD1kSHpiWmFwV0lr"
        "NGpVaE4rVXRlOXl0YWc5empmTUhnc3FtbWl6N0FuZFZRPQ==\r\n");
    bench_exchange(&auth.bench, "334 dj02cnJpVFJCaTIzV3BSUi93dHVwK21NaFVaVW4vZEI1bkxUSlJzamw5NUc0PQ==\r\n",
                   "\r\n");
    bench_exchange(&auth.bench, "235 ok\r\n", "MAIL FROM:<a@example.com>\r\n");
    assert_wiped(&auth.state);
}

/* `octets` of data in base64 behind "334 ", with the line's end. */
static void write_challenge(char *line, const uint8_t *data, size_t octets)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t i;

    line += sprintf(line, "334 ");
    for (i = 0; i < octets; i += 3) {
        uint32_t bits = (uint32_t)data[i] << 16;

        bits |= i + 1 < octets ? (uint32_t)data[i + 1] << 8 : 0;
        bits |= i + 2 < octets ? data[i + 2] : 0;
        *line++ = digits[bits >> 18];
        *line++ = digits[bits >> 12 & 63];
        *line++ = i + 1 < octets ? digits[bits >> 6 & 63] : '=';
        *line++ = i + 2 < octets ? digits[bits & 63] : '=';
    }
    strcpy(line, "\r\n");
}

/* The dialogue of RFC 7677 until the server has to prove itself, by `octets` of a signature. Returns the
 * session's error. */
static int error_of_signature(const uint8_t *signature, size_t octets)
{
    static const struct postino_mechanism *const mechanisms[] = {&postino_sasl_scram_sha_256, NULL};
    struct auth auth;
    char line[200];
    char final[100];

    start(&auth, mechanisms, NULL, "SCRAM-SHA-256");
    set_nonce(&auth, "rOprNGfwEbeRWgbNEkqO");
    (void)bench_output(&auth.bench);
    bench_input(
        &auth.bench,
        "334 cj1yT3ByTkdmd0ViZVJXZ2JORWtxTyVodllEcFdVYTJSYVRDQWZ1eEZJbGopaE5sRiRrMCxzPVcyMlphSjBTTlk3c29F"
        "c1VFamI2Z1E9PSxpPTQwOTY=\r\n");
    (void)bench_output(&auth.bench);
    /* v= and the signature in base64, in base64. */
    write_challenge(line, signature, octets);
    (void)snprintf(final, sizeof final, "v=%.*s", (int)strcspn(line + 4, "\r"), line + 4);
    write_challenge(line, (const uint8_t *) final, strlen(final));
    bench_input(&auth.bench, line);
    bench_input(&auth.bench, strcmp(bench_output(&auth.bench), "*\r\n") == 0 ? "501 no\r\n" : "235 ok\r\n");
    return postino_session_result(&auth.bench.session)->error;
}

static void test_every_octet_of_a_signature_counts(void **state)
{
    /* Base64 of RFC 7677's: 6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4= */
    static const uint8_t right[] = {0xea, 0xba, 0xe2, 0x4d, 0x10, 0x62, 0xdb, 0x75, 0xa9, 0x45, 0x1f,
                                    0xf0, 0xb6, 0xea, 0x7e, 0x98, 0xc8, 0x54, 0x65, 0x49, 0xff, 0x74,
                                    0x1e, 0x67, 0x2d, 0x32, 0x51, 0xb2, 0x39, 0x7d, 0xe4, 0x6e};
    uint8_t signature[sizeof right + 1] = {0};
    size_t i;

    (void)state;
    memcpy(signature, right, sizeof right);
    assert_int_equal(error_of_signature(signature, sizeof right), 0);
    for (i = 0; i < sizeof right; i++) {
        signature[i] ^= 1;
        assert_int_equal(error_of_signature(signature, sizeof right), POSTINO_ERROR_AUTH_SERVER);
        signature[i] ^= 1;
    }
    assert_int_equal(error_of_signature(signature, sizeof right - 1), POSTINO_ERROR_AUTH_SERVER);
    assert_int_equal(error_of_signature(signature, sizeof right + 1), POSTINO_ERROR_AUTH_SERVER);
}

/* Returns the session's error after a challenge of so many octets. */
static int error_of_challenge(size_t octets, uint16_t text_octets_max)
{
    static const struct postino_mechanism *const mechanisms[] = {&postino_sasl_cram_md5, NULL};
    static uint8_t data[2 * POSTINO_SASL_CHALLENGE_OCTETS];
    static char line[4 * POSTINO_SASL_CHALLENGE_OCTETS];
    struct auth auth;

    memset(data, 'x', sizeof data);
    start(&auth, mechanisms, NULL, "CRAM-MD5");
    auth.bench.config.challenge_octets_max = text_octets_max;
    (void)bench_output(&auth.bench);
    write_challenge(line, data, octets);
    bench_input(&auth.bench, line);
    bench_input(&auth.bench, strcmp(bench_output(&auth.bench), "*\r\n") == 0 ? "501 no\r\n" : "235 ok\r\n");
    return postino_session_result(&auth.bench.session)->error;
}

static void test_one_octet_of_a_challenge_too_many(void **state)
{
    (void)state;
    assert_int_equal(error_of_challenge(POSTINO_SASL_CHALLENGE_OCTETS, 0), 0);
    assert_int_equal(error_of_challenge(POSTINO_SASL_CHALLENGE_OCTETS + 1, 0), POSTINO_ERROR_CHALLENGE);
    /* 120 octets are 160 of base64. */
    assert_int_equal(error_of_challenge(120, 160), 0);
    assert_int_equal(error_of_challenge(120, 159), POSTINO_ERROR_CHALLENGE);
}

/* RFC 5802 section 5; without pbkdf2() in the table the same. */
static void test_scram_sha_1(void **state)
{
    static const struct postino_mechanism *const mechanisms[] = {&postino_sasl_scram_sha_1, NULL};
    struct postino_sasl_crypto crypto = *table;
    struct auth auth;
    int i;

    (void)state;
    for (i = 0; i < 2; i++) {
        start(&auth, mechanisms, NULL, "SCRAM-SHA-1");
        auth.bench.credentials.crypto = &crypto;
        set_nonce(&auth, "fyko+d2lbbFgONRv9qkxdawL");
        assert_string_equal(bench_output(&auth.bench),
                            "AUTH SCRAM-SHA-1 biwsbj11c2VyLHI9ZnlrbytkMmxiYkZnT05Sdjlxa3hkYXdM\r\n");
        bench_exchange(&auth.bench,
                       "334 cj1meWtvK2QybGJiRmdPTlJ2OXFreGRhd0wzcmZjTkhZSlkxWlZ2V1ZzN2oscz1RU1hDUitRNnNlaz"
                       "hiZjkyLGk9NDA5Ng==\r\n",
                       "Yz1iaXdzLHI9ZnlrbytkMmxiYkZnT05Sdjlxa3hkYXdMM3JmY05IWUpZMVpWdldWczdqLHA9djBYOHYzQn"
                       "oyVDBDSkdiSlF5RjBYK0hJNFRzPQ==\r\n");
        bench_exchange(&auth.bench, "334 dj1ybUY5cHFWOFM3c3VBb1pXamE0ZEpSa0ZzS1E9\r\n", "\r\n");
        bench_exchange(&auth.bench, "235 ok\r\n", "MAIL FROM:<a@example.com>\r\n");
        crypto.pbkdf2 = NULL;
    }
}

/* No RFC has one: the exchange of RFC 7677, by Python's hashlib. */
static void test_scram_sha_512(void **state)
{
    static const struct postino_mechanism *const mechanisms[] = {&postino_sasl_scram_sha_512, NULL};
    struct auth auth;

    (void)state;
    start(&auth, mechanisms, NULL, "SCRAM-SHA-512");
    set_nonce(&auth, "rOprNGfwEbeRWgbNEkqO");
    assert_string_equal(bench_output(&auth.bench),
                        "AUTH SCRAM-SHA-512 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=\r\n");
    bench_exchange(
        &auth.bench,
        "334 cj1yT3ByTkdmd0ViZVJXZ2JORWtxTyVodllEcFdVYTJSYVRDQWZ1eEZJbGopaE5sRiRrMCxzPVcyMlphSjBTTlk3c29F"
        "c1VFamI2Z1E9PSxpPTQwOTY=\r\n",
        "Yz1iaXdzLHI9ck9wck5HZndFYmVSV2diTkVrcU8laHZZRHBXVWEyUmFUQ0FmdXhGSWxqKWhObEYkazAscD1nTUdYUmNldlNj"
        "TnR4WjYvOGxRWXBHdG5zTkFjM21HY21Ob212K3hub09NdyszUjJ4TkpkTU5uek1sVE44UFBDNndkcDZkeWJFbURZWFlUeHdu"
        "WVBKUT09\r\n");
    bench_exchange(&auth.bench,
                   "334 dj1aUW5ZRWdXUU1GbW1zTThhUU1GMG5EREN5L0FnQ3prd2s4Q21NWlljTWcwdlNWbEtEYW5la0x0aWZEU2"
                   "VWR1Q0KzVaeFhuSnExOTlSVkcyclI3Tjdadz09\r\n",
                   "\r\n");
    bench_exchange(&auth.bench, "235 ok\r\n", "MAIL FROM:<a@example.com>\r\n");
    assert_wiped(&auth.state);
}

/* RFC 2195 section 2. */
static void test_cram_md5(void **state)
{
    static const struct postino_mechanism *const mechanisms[] = {&postino_sasl_cram_md5, NULL};
    struct auth auth;

    (void)state;
    start(&auth, mechanisms, NULL, "CRAM-MD5");
    auth.bench.credentials.user = "tim";
    auth.bench.credentials.password = "tanstaaftanstaaf";
    assert_string_equal(bench_output(&auth.bench), "AUTH CRAM-MD5\r\n");
    bench_exchange(&auth.bench, "334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+\r\n",
                   "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw\r\n");
    bench_exchange(&auth.bench, "235 ok\r\n", "MAIL FROM:<a@example.com>\r\n");
    assert_wiped(&auth.state);
}

/* The channel binding of the first message: p, y or n. */
static void test_channel_binding(void **state)
{
    static const struct postino_mechanism *const plus[] = {&postino_sasl_scram_sha_256_plus,
                                                           &postino_sasl_scram_sha_256, NULL};
    static const struct postino_mechanism *const none[] = {&postino_sasl_scram_sha_256, NULL};
    static const struct postino_mechanism *const mixed[] = {&postino_sasl_scram_sha_256_plus,
                                                            &postino_sasl_scram_sha_1, NULL};
    struct postino_sasl_crypto crypto = *table;
    struct auth auth;
    struct postino_tls_info tls = {.version = "TLSv1.3", .text = ""};

    (void)state;
    tls.bindings[0] = (struct postino_channel_binding){"tls-exporter", (const uint8_t *)"01234567", 8};
    start(&auth, plus, &tls, "SCRAM-SHA-256 SCRAM-SHA-256-PLUS");
    /* p=tls-exporter,,n=user,r= */
    assert_memory_equal(bench_output(&auth.bench),
                        "AUTH SCRAM-SHA-256-PLUS cD10bHMtZXhwb3J0ZXIsLG49dXNlcixyPQ", 24);
    assert_string_equal(auth.state.first + auth.state.binding, ",c=cD10bHMtZXhwb3J0ZXIsLDAxMjM0NTY3,");
    start(&auth, plus, &tls, "SCRAM-SHA-256");
    assert_memory_equal(bench_output(&auth.bench), "AUTH SCRAM-SHA-256 eSws", 23);
    start(&auth, none, &tls, "SCRAM-SHA-256 SCRAM-SHA-256-PLUS");
    assert_memory_equal(bench_output(&auth.bench), "AUTH SCRAM-SHA-256 biws", 23);
    start(&auth, plus, NULL, "SCRAM-SHA-256 SCRAM-SHA-256-PLUS");
    assert_memory_equal(bench_output(&auth.bench), "AUTH SCRAM-SHA-256 biws", 23);
    /* It is offered, and we lack the hash: "y" would have the server see an attack. */
    crypto.hashes = 1 << POSTINO_HASH_SHA1;
    start_with(&auth, mixed, &tls, "SCRAM-SHA-256-PLUS SCRAM-SHA-1", &crypto);
    assert_memory_equal(bench_output(&auth.bench), "AUTH SCRAM-SHA-1 biws", 21);
}

static void test_external(void **state)
{
    static const struct postino_mechanism *const mechanisms[] = {&postino_sasl_external, NULL};
    struct postino_tls_info tls = {.version = "TLSv1.3", .certified = 1, .text = ""};
    struct auth auth;

    (void)state;
    start(&auth, mechanisms, &tls, "EXTERNAL");
    assert_string_equal(bench_output(&auth.bench), "AUTH EXTERNAL =\r\n");
    /* It wants to hear it once more. */
    bench_exchange(&auth.bench, "334 \r\n", "\r\n");
    bench_exchange(&auth.bench, "235 ok\r\n", "MAIL FROM:<a@example.com>\r\n");
    start(&auth, mechanisms, &tls, "EXTERNAL");
    auth.bench.credentials.authzid = "tim";
    assert_string_equal(bench_output(&auth.bench), "AUTH EXTERNAL dGlt\r\n");
}

/* Outside of ASCII only what is said to be prepared. */
static void test_unprepared(void **state)
{
    static const struct postino_mechanism *const prepared[] = {&postino_sasl_scram_sha_256, NULL};
    static const struct postino_mechanism *const any[] = {&postino_sasl_login, NULL};
    struct bench bench;

    (void)state;
    bench_prepare(&bench);
    bench.credentials = (struct postino_credentials){.user = "user", .password = "p\303\244"};
    bench.config.credentials = &bench.credentials;
    bench.config.mechanisms = prepared;
    assert_int_equal(postino_session_init(&bench.session, &bench.config, 0), POSTINO_ERROR_PREPARED);
    bench.config.mechanisms = any;
    assert_int_equal(postino_session_init(&bench.session, &bench.config, 0), 0);
    bench.config.mechanisms = prepared;
    bench.credentials.prepared = 1;
    assert_int_equal(postino_session_init(&bench.session, &bench.config, 0), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scram_sha_256),
        cmocka_unit_test(test_scram_sha_1),
        cmocka_unit_test(test_scram_sha_512),
        cmocka_unit_test(test_cram_md5),
        cmocka_unit_test(test_channel_binding),
        cmocka_unit_test(test_external),
        cmocka_unit_test(test_unprepared),
        cmocka_unit_test(test_every_octet_of_a_signature_counts),
        cmocka_unit_test(test_one_octet_of_a_challenge_too_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
