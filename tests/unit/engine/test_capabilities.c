/* SPDX-License-Identifier: MIT */
/* Tests the keywords of the EHLO reply: whole words, in any case and at any split. */
#include "bench.h"

static uint32_t capabilities_of(const char *reply, size_t split)
{
    struct bench bench;
    size_t length = strlen(reply);

    bench_prepare(&bench);
    bench_start(&bench);
    bench_exchange(&bench, "220 mx\r\n", "EHLO client.example.com\r\n");
    assert_int_equal(postino_session_capabilities(&bench.session), 0);
    bench_input_octets(&bench, reply, split);
    bench_input_octets(&bench, reply + split, length - split);
    return postino_session_capabilities(&bench.session);
}

static void check(const char *reply, uint32_t expected)
{
    size_t split;

    for (split = 0; split <= strlen(reply); split++) {
        uint32_t found = capabilities_of(reply, split);

        if (found != expected) {
            fail_msg("split at %lu: %lx, expected %lx: %s", (unsigned long)split, (unsigned long)found,
                     (unsigned long)expected, reply);
        }
    }
}

static void test_big_reply(void **state)
{
    (void)state;
    check("250-mail.example.org at your service, [192.0.2.33]\r\n"
          "250-SIZE 157286400\r\n"
          "250-8BITMIME\r\n"
          "250-AUTH LOGIN PLAIN XOAUTH2 PLAIN-CLIENTTOKEN OAUTHBEARER XOAUTH\r\n"
          "250-AUTH=LOGIN PLAIN\r\n"
          "250-ENHANCEDSTATUSCODES\r\n"
          "250-PIPELINING\r\n"
          "250-CHUNKING\r\n"
          "250-STARTTLS\r\n"
          "250-VRFY\r\n"
          "250-ETRN\r\n"
          "250-LIMITS MAILMAX=100 RCPTMAX=1000\r\n"
          "250-X-EXPERIMENT-WITH-A-NAME-LONGER-THAN-ANY SIZE AUTH DSN\r\n"
          "250-dsn\r\n"
          "250 SMTPUTF8\r\n",
          POSTINO_CAPABILITY_AUTH | POSTINO_CAPABILITY_SIZE | POSTINO_CAPABILITY_8BITMIME |
              POSTINO_CAPABILITY_ENHANCEDSTATUSCODES | POSTINO_CAPABILITY_PIPELINING |
              POSTINO_CAPABILITY_CHUNKING | POSTINO_CAPABILITY_STARTTLS | POSTINO_CAPABILITY_SMTPUTF8 |
              POSTINO_CAPABILITY_DSN | POSTINO_CAPABILITY_VRFY | POSTINO_CAPABILITY_ETRN |
              POSTINO_CAPABILITY_LIMITS);
}

static void test_each_keyword(void **state)
{
    static const char *const names[] = {"AUTH",        "SIZE",       "8BITMIME",  "ENHANCEDSTATUSCODES",
                                        "PIPELINING",  "CHUNKING",   "STARTTLS",  "SMTPUTF8",
                                        "DSN",         "BINARYMIME", "DELIVERBY", "FUTURERELEASE",
                                        "MT-PRIORITY", "REQUIRETLS", "LIMITS",    "VRFY",
                                        "EXPN",        "HELP",       "ETRN"};
    unsigned i;

    (void)state;
    assert_string_equal(postino_capability_name(0), "unknown extension");
    assert_string_equal(postino_capability_name(3), "unknown extension");
    assert_string_equal(postino_capability_name(1u << sizeof names / sizeof names[0]), "unknown extension");
    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        char reply[120];
        char lower[40];
        size_t j;

        assert_string_equal(postino_capability_name(1u << i), names[i]);
        for (j = 0; j <= strlen(names[i]); j++) {
            lower[j] = (char)(names[i][j] >= 'A' && names[i][j] <= 'Z' ? names[i][j] + 32 : names[i][j]);
        }
        (void)snprintf(reply, sizeof reply, "250-mx\r\n250 %s\r\n", names[i]);
        check(reply, 1u << i);
        (void)snprintf(reply, sizeof reply, "250-mx\r\n250-TURN\r\n250 %s parameter\n", lower);
        check(reply, 1u << i);
        (void)snprintf(reply, sizeof reply, "250-mx\r\n250 X%s\r\n", names[i]);
        check(reply, 0);
        (void)snprintf(reply, sizeof reply, "250-mx\r\n250-%sX\r\n250 %s-2\r\n", names[i], names[i]);
        check(reply, 0);
        (void)snprintf(reply, sizeof reply, "250-mx\r\n250 %.*s\r\n", (int)strlen(names[i]) - 1, names[i]);
        check(reply, 0);
        (void)snprintf(reply, sizeof reply, "250-mx\r\n250 X %s\r\n", names[i]);
        check(reply, 0);
        /* The first line greets. */
        (void)snprintf(reply, sizeof reply, "250 %s\r\n", names[i]);
        check(reply, 0);
    }
}

/* One octet of a keyword changed, anywhere: another word. */
static void test_near_misses(void **state)
{
    static const char keyword[] = "ENHANCEDSTATUSCODES";
    size_t i;

    (void)state;
    for (i = 0; i < strlen(keyword); i++) {
        char reply[60];

        (void)snprintf(reply, sizeof reply, "250-mx\r\n250 %s\r\n", keyword);
        reply[12 + i] = '_';
        assert_int_equal(capabilities_of(reply, 0), 0);
    }
}

static void test_helo_has_none(void **state)
{
    struct bench bench;

    (void)state;
    bench_prepare(&bench);
    bench_start(&bench);
    bench_exchange(&bench, "220 mx\r\n", "EHLO client.example.com\r\n");
    bench_exchange(&bench, "502-no\r\n502 SIZE 1\r\n", "HELO client.example.com\r\n");
    bench_input(&bench, "250-mx\r\n250-SIZE 1\r\n250 PIPELINING\r\n");
    assert_int_equal(postino_session_capabilities(&bench.session), 0);
    assert_true(bench_want(&bench) & POSTINO_WANT_MAIL);
}

/* A session understands what its configuration names, and nothing else. */
static void test_chosen_by_name(void **state)
{
    static const struct postino_extension *const chosen[] = {&postino_extension_dsn, &postino_extension_size,
                                                             NULL};
    static const struct postino_extension *const none[] = {NULL};
    static const char reply[] = "250-mx\r\n250-SIZE 10\r\n250-AUTH PLAIN\r\n250-DSN\r\n250 CHUNKING\r\n";
    const struct postino_extension *const *choices[3];
    static const uint32_t expected[] = {POSTINO_CAPABILITY_DSN | POSTINO_CAPABILITY_SIZE, 0, 0};
    size_t i;

    (void)state;
    choices[0] = chosen;
    choices[1] = none;
    choices[2] = NULL;
    for (i = 0; i < 3; i++) {
        struct bench bench;

        bench_prepare(&bench);
        bench.config.extensions = choices[i];
        bench_start(&bench);
        bench_exchange(&bench, "220 mx\r\n", "EHLO client.example.com\r\n");
        bench_input(&bench, reply);
        assert_int_equal(postino_session_capabilities(&bench.session), expected[i]);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_big_reply),      cmocka_unit_test(test_each_keyword),
        cmocka_unit_test(test_near_misses),    cmocka_unit_test(test_helo_has_none),
        cmocka_unit_test(test_chosen_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
