/* SPDX-License-Identifier: MIT */
/* Tests the longest lines of an exchange. Compiled once for each crypto table. */
#include "auth_fixture.h"

/* RFC 4954 section 4: no line over 12288 octets of base64. The lines of PLAIN and LOGIN are known at
 * init(). */
static void test_lines(void **state)
{
    static const struct postino_mechanism *const plain[] = {&postino_sasl_plain, NULL};
    static const struct postino_mechanism *const login[] = {&postino_sasl_login, NULL};
    static char text[9218];
    struct bench bench;

    (void)state;
    memset(text, 'x', sizeof text - 1);
    bench_prepare(&bench);
    bench.config.credentials = &bench.credentials;
    bench.config.mechanisms = plain;
    /* NUL user NUL password: 9216 octets. */
    bench.credentials =
        (struct postino_credentials){.user = "user", .password = text + sizeof text - 1 - 9210};
    assert_int_equal(postino_session_init(&bench.session, &bench.config, 0), 0);
    bench.credentials.password--;
    assert_int_equal(postino_session_init(&bench.session, &bench.config, 0), POSTINO_ERROR_CREDENTIALS_SIZE);
    bench.config.mechanisms = login;
    assert_int_equal(postino_session_init(&bench.session, &bench.config, 0), 0);
    bench.credentials.password = text + 1;
    assert_int_equal(postino_session_init(&bench.session, &bench.config, 0), 0);
    bench.credentials.password = text;
    assert_int_equal(postino_session_init(&bench.session, &bench.config, 0), POSTINO_ERROR_CREDENTIALS_SIZE);
    bench.credentials = (struct postino_credentials){.user = text + 1, .password = "password"};
    assert_int_equal(postino_session_init(&bench.session, &bench.config, 0), 0);
    bench.credentials.user = text;
    assert_int_equal(postino_session_init(&bench.session, &bench.config, 0), POSTINO_ERROR_CREDENTIALS_SIZE);
}

/* The longest line of a mechanism with an exchange; tests/transcripts has lines that are too long. */
static void longest_line(const struct postino_mechanism *mechanism, const char *user, const char *token,
                         const char *challenge)
{
    const struct postino_mechanism *const mechanisms[] = {mechanism, NULL};
    static char line[16384];
    struct auth auth;

    start(&auth, mechanisms, NULL, "NONE");
    auth.bench.credentials.user = user;
    auth.bench.credentials.token = token;
    auth.bench.config.flags = POSTINO_SESSION_CLEAR_TEXT_AUTH;
    bench_start(&auth.bench);
    bench_submit(&auth.bench);
    bench_exchange(&auth.bench, "220 mx\r\n", "EHLO client.example.com\r\n");
    (void)snprintf(line, sizeof line, "250-mx\r\n250 AUTH %s\r\n", mechanism->name);
    bench_input(&auth.bench, line);
    (void)snprintf(line, sizeof line, "AUTH %s\r\n", mechanism->name);
    assert_string_equal(bench_output(&auth.bench), line);
    bench_input(&auth.bench, challenge);
    assert_int_equal(postino_session_output(&auth.bench.session, (uint8_t *)line, sizeof line, 0), 12288 + 2);
    bench_exchange(&auth.bench, "235 ok\r\n", "MAIL FROM:<a@example.com>\r\n");
    assert_wiped(&auth.state);
}

static void test_longest_lines(void **state)
{
    static char text[9217];

    (void)state;
    memset(text, 'x', sizeof text - 1);
    /* Each says 9216 octets. */
    longest_line(&postino_sasl_xoauth2, "user", text + sizeof "user=user\1auth=Bearer \1\1" - 1, "334 \r\n");
    longest_line(&postino_sasl_oauthbearer, "user", text + sizeof "n,a=user,\1auth=Bearer \1\1" - 1,
                 "334 \r\n");
    longest_line(&postino_sasl_cram_md5, text + 33, NULL, "334 PDE+\r\n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_longest_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
