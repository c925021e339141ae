/* SPDX-License-Identifier: MIT */
/* Tests postino_session_init(): the configurations that it refuses, and a session without postino_faults. */
#include "bench.h"

static void test_init_refuses(void **state)
{
    struct bench bench;
    struct postino_session_config config;

    (void)state;
    bench_prepare(&bench);
    assert_int_equal(postino_session_init_sized(NULL, sizeof bench.session, &bench.config, 0),
                     POSTINO_ERROR_ARGUMENT);
    assert_int_equal(postino_session_init(&bench.session, NULL, 0), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(postino_session_init_sized(&bench.session, sizeof bench.session - 1, &bench.config, 0),
                     POSTINO_ERROR_OBJECT_SIZE);
    assert_int_equal(postino_session_init_sized(&bench.session, sizeof bench.session + 1, &bench.config, 0),
                     POSTINO_ERROR_OBJECT_SIZE);
    config = bench.config;
    config.ehlo_name = NULL;
    assert_int_equal(postino_session_init(&bench.session, &config, 0), POSTINO_ERROR_ARGUMENT);
    config = bench.config;
    config.time_limits = NULL;
    assert_int_equal(postino_session_init(&bench.session, &config, 0), POSTINO_ERROR_ARGUMENT);
}

/* Without postino_faults a line that is no reply ends the session without its words. */
static void test_nonsense_without_faults(void **state)
{
    static const char line[] = "HTTP/1.1 400 Bad Request\r\n";
    struct bench bench;
    size_t length = 1;

    (void)state;
    bench_prepare(&bench);
    bench.config.faults = NULL;
    bench_start(&bench);
    postino_session_input(&bench.session, (const uint8_t *)line, sizeof line - 1, 0);
    assert_int_equal(postino_session_result(&bench.session)->error, POSTINO_ERROR_REPLY_SYNTAX);
    postino_session_text(&bench.session, &length);
    assert_int_equal(length, 0);
}

/* Nor is the next mechanism tried: LOGIN behind PLAIN. */
static void test_mechanism_refused_without_faults(void **state)
{
    static const char greeting[] = "220 x\r\n";
    static const char hello[] = "250-x\r\n250 AUTH PLAIN LOGIN\r\n";
    static const char refusal[] = "504 no\r\n";
    static const struct postino_mechanism *const mechanisms[] = {&postino_sasl_plain, &postino_sasl_login,
                                                                 NULL};
    unsigned named;

    (void)state;
    for (named = 0; named < 2; named++) {
        struct bench bench;

        bench_prepare(&bench);
        bench.config.faults = named ? &postino_faults : NULL;
        bench.config.flags = POSTINO_SESSION_CLEAR_TEXT_AUTH;
        bench.credentials.user = "u";
        bench.credentials.password = "p";
        bench.config.credentials = &bench.credentials;
        bench.config.mechanisms = mechanisms;
        bench_start(&bench);
        postino_session_input(&bench.session, (const uint8_t *)greeting, sizeof greeting - 1, 0);
        bench_output(&bench);
        postino_session_input(&bench.session, (const uint8_t *)hello, sizeof hello - 1, 0);
        assert_int_equal(strncmp(bench_output(&bench), "AUTH PLAIN", 10), 0);
        postino_session_input(&bench.session, (const uint8_t *)refusal, sizeof refusal - 1, 0);
        assert_string_equal(bench_output(&bench), named ? "AUTH LOGIN\r\n" : "QUIT\r\n");
    }
}

static int init_with_name(const char *name)
{
    struct bench bench;

    bench_prepare(&bench);
    bench.config.ehlo_name = name;
    return postino_session_init(&bench.session, &bench.config, 0);
}

static void test_init_ehlo_name(void **state)
{
    static const char *const good[] = {"a", "client.example.com", "[192.0.2.1]", "[IPv6:2001:db8::1]",
                                       "my-host"};
    static const char *const bad[] = {"",      " ",    "a b",   "a\r\nb", "a\rb",
                                      "a\nb",  "a\tb", "a\x01", "a\x7f",  "\xc3\xa9.example",
                                      "a\r\n", " a",   "a "};
    char longest[254];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_int_equal(init_with_name(good[i]), 0);
    }
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(init_with_name(bad[i]), POSTINO_ERROR_EHLO_NAME);
    }
    /* The longest name that the DNS can hold has 253 octets. */
    memset(longest, 'a', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    longest[100] = longest[200] = '.';
    assert_int_equal(init_with_name(longest), 0);
}

static void test_init_ehlo_name_too_long(void **state)
{
    char name[700];

    (void)state;
    memset(name, 'a', sizeof name);
    name[sizeof name - 1] = '\0';
    assert_int_equal(init_with_name(name), POSTINO_ERROR_EHLO_NAME);
    name[256] = '\0';
    assert_int_equal(init_with_name(name), POSTINO_ERROR_EHLO_NAME);
}

static void test_init_credentials(void **state)
{
    struct bench bench;

    (void)state;
    bench_prepare(&bench);
    bench.config.credentials = &bench.credentials;
    assert_int_equal(postino_session_init(&bench.session, &bench.config, 0), POSTINO_ERROR_CREDENTIALS);
    bench.credentials.password = "secret";
    assert_int_equal(postino_session_init(&bench.session, &bench.config, 0), POSTINO_ERROR_CREDENTIALS);
    bench.credentials.user = "user";
    assert_int_equal(postino_session_init(&bench.session, &bench.config, 0), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_init_refuses),
        cmocka_unit_test(test_nonsense_without_faults),
        cmocka_unit_test(test_mechanism_refused_without_faults),
        cmocka_unit_test(test_init_ehlo_name),
        cmocka_unit_test(test_init_ehlo_name_too_long),
        cmocka_unit_test(test_init_credentials),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
