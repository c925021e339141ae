/* SPDX-License-Identifier: MIT */
/* The session's calls one by one: what each returns, when, and what the session wants then. */
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

/* The dialogue of one mail, and at each point what the session wants. */
static void test_want(void **state)
{
    struct bench bench;
    uint8_t octet;

    (void)state;
    bench_prepare(&bench);
    bench_start(&bench);
    assert_int_equal(bench_want(&bench), POSTINO_WANT_RECEIVE);
    assert_int_equal(postino_session_output(&bench.session, &octet, 1, 0), 0);
    bench_input(&bench, "220 mx\r\n");
    assert_true(bench_want(&bench) & POSTINO_WANT_SEND);
    (void)bench_output(&bench);
    assert_int_equal(bench_want(&bench), POSTINO_WANT_RECEIVE);
    bench_input(&bench, "250 mx\r\n");
    assert_int_equal(bench_want(&bench), POSTINO_WANT_RECEIVE | POSTINO_WANT_MAIL);
    assert_int_equal(postino_session_output(&bench.session, &octet, 1, 0), 0);
    bench_submit(&bench);
    assert_int_equal(bench_want(&bench) & (POSTINO_WANT_SEND | POSTINO_WANT_MAIL), POSTINO_WANT_SEND);
    bench_envelope(&bench);
    assert_true(bench_want(&bench) & POSTINO_WANT_SEND);
    assert_true(bench_want(&bench) & POSTINO_WANT_RECEIVE);
    (void)bench_output(&bench);
    assert_int_equal(bench_want(&bench), POSTINO_WANT_RECEIVE);
    bench_input(&bench, "250 queued\r\n");
    assert_int_equal(bench_want(&bench), POSTINO_WANT_RECEIVE | POSTINO_WANT_MAIL | POSTINO_WANT_COLLECT);
    assert_ptr_equal(postino_session_finished(&bench.session), &bench.mail);
    assert_int_equal(bench_want(&bench), POSTINO_WANT_RECEIVE | POSTINO_WANT_MAIL);
    assert_null(postino_session_finished(&bench.session));
    postino_session_quit(&bench.session);
    assert_int_equal(bench_want(&bench) & (POSTINO_WANT_SEND | POSTINO_WANT_MAIL), POSTINO_WANT_SEND);
    bench_exchange(&bench, "", "QUIT\r\n");
    assert_int_equal(bench_want(&bench), POSTINO_WANT_RECEIVE);
    bench_input(&bench, "221 bye\r\n");
    assert_int_equal(bench_want(&bench), POSTINO_WANT_CLOSED | POSTINO_WANT_GRACEFUL);
    postino_session_lost(&bench.session, 0, 0);
    assert_int_equal(bench_want(&bench), POSTINO_WANT_CLOSED | POSTINO_WANT_GRACEFUL);
    assert_int_equal(postino_session_result(&bench.session)->error, 0);
}

static void test_output_partly(void **state)
{
    struct bench bench;
    uint8_t out[4];

    (void)state;
    bench_prepare(&bench);
    bench_start(&bench);
    bench_input(&bench, "220 mx\r\n");
    assert_int_equal(postino_session_output(&bench.session, out, 0, 0), 0);
    assert_int_equal(postino_session_output(&bench.session, out, 4, 0), 4);
    assert_memory_equal(out, "EHLO", 4);
    assert_true(bench_want(&bench) & POSTINO_WANT_SEND);
    assert_string_equal(bench_output(&bench), " client.example.com\r\n");
}

static void test_submit_after_end(void **state)
{
    struct bench bench;

    (void)state;
    bench_prepare(&bench);
    bench_start(&bench);
    postino_session_quit(&bench.session);
    assert_int_equal(postino_session_submit(&bench.session, &bench.mail), POSTINO_ERROR_STATE);
    bench_greet(&bench);
    bench_exchange(&bench, "", "QUIT\r\n");
    bench_input(&bench, "221 bye\r\n");
    assert_int_equal(postino_session_submit(&bench.session, &bench.mail), POSTINO_ERROR_STATE);
    assert_null(postino_session_finished(&bench.session));

    bench_prepare(&bench);
    bench_start(&bench);
    postino_session_tick(&bench.session, 300000);
    assert_int_equal(postino_session_submit(&bench.session, &bench.mail), POSTINO_ERROR_GREETING_TIMEOUT);
    postino_session_lost(&bench.session, 0, 0);
    assert_int_equal(postino_session_submit(&bench.session, &bench.mail), POSTINO_ERROR_GREETING_TIMEOUT);
    assert_null(postino_session_finished(&bench.session));
}

/* Mails wait in line, and come back in line, settled ones before others are. */
static void test_finished_order(void **state)
{
    struct bench bench;
    struct postino_mail second;
    struct postino_recipient recipient = {0};
    struct postino_memory_source source;

    (void)state;
    bench_prepare(&bench);
    second = bench.mail;
    recipient.address = "c@example.net";
    second.recipients = &recipient;
    postino_memory_source_init(&source, "Second\r\n", 8);
    second.source = &source.source;
    bench_start(&bench);
    bench_submit(&bench);
    assert_int_equal(postino_session_submit(&bench.session, &second), 0);
    assert_null(postino_session_finished(&bench.session));
    bench_greet(&bench);
    bench_envelope(&bench);
    bench_exchange(&bench, "", "Hello\r\n.\r\n");
    bench_exchange(&bench, "250 queued\r\n", "MAIL FROM:<a@example.com>\r\n");
    assert_ptr_equal(postino_session_finished(&bench.session), &bench.mail);
    assert_int_equal(bench.mail.result.outcome, POSTINO_OUTCOME_ACCEPTED);
    assert_null(postino_session_finished(&bench.session));
    /* It is the caller's again: a third one, through the same object. */
    bench_submit(&bench);
    bench_exchange(&bench, "250 ok\r\n", "RCPT TO:<c@example.net>\r\n");
    bench_exchange(&bench, "250 ok\r\n", "DATA\r\n");
    bench_exchange(&bench, "354 go\r\n", "Second\r\n.\r\n");
    bench_exchange(&bench, "250 queued\r\n", "MAIL FROM:<a@example.com>\r\n");
    postino_session_lost(&bench.session, POSTINO_ERROR_CLOSED, 0);
    assert_ptr_equal(postino_session_finished(&bench.session), &second);
    assert_ptr_equal(postino_session_finished(&bench.session), &bench.mail);
    assert_null(postino_session_finished(&bench.session));
    assert_int_equal(second.result.outcome, POSTINO_OUTCOME_ACCEPTED);
    assert_int_equal(bench.mail.result.outcome, POSTINO_OUTCOME_TRANSIENT);
}

static void test_abort(void **state)
{
    struct bench bench;

    (void)state;
    bench_prepare(&bench);
    bench_start(&bench);
    bench_submit(&bench);
    bench_greet(&bench);
    bench_envelope(&bench);
    postino_session_abort(&bench.session);
    assert_int_equal(bench_want(&bench), POSTINO_WANT_CLOSED);
    assert_string_equal(bench_output(&bench), "");
    bench_input(&bench, "250 too late\r\n");
    assert_null(postino_session_finished(&bench.session));
    postino_session_lost(&bench.session, 0, 0);
    assert_ptr_equal(postino_session_finished(&bench.session), &bench.mail);
    assert_int_equal(bench.mail.result.error, POSTINO_ERROR_ABORTED);
    assert_int_equal(bench.mail.result.outcome, POSTINO_OUTCOME_TRANSIENT);
    assert_int_equal(bench.recipient.outcome, POSTINO_OUTCOME_TRANSIENT);
    assert_int_equal(postino_session_result(&bench.session)->error, POSTINO_ERROR_ABORTED);
}

static void test_abort_after_message(void **state)
{
    struct bench bench;

    (void)state;
    bench_prepare(&bench);
    bench_start(&bench);
    bench_submit(&bench);
    bench_greet(&bench);
    bench_envelope(&bench);
    (void)bench_output(&bench);
    postino_session_abort(&bench.session);
    postino_session_lost(&bench.session, 0, 0);
    assert_int_equal(bench.mail.result.outcome, POSTINO_OUTCOME_UNKNOWN);
}

/* The first error wins, and a second call settles nothing anew. */
static void test_lost_twice(void **state)
{
    struct bench bench;

    (void)state;
    bench_prepare(&bench);
    bench_start(&bench);
    bench_submit(&bench);
    bench_greet(&bench);
    (void)bench_output(&bench);
    postino_session_lost(&bench.session, POSTINO_ERROR_RECEIVE, 0);
    postino_session_lost(&bench.session, POSTINO_ERROR_SEND, 100);
    assert_int_equal(postino_session_result(&bench.session)->error, POSTINO_ERROR_RECEIVE);
    assert_ptr_equal(postino_session_finished(&bench.session), &bench.mail);
    assert_null(postino_session_finished(&bench.session));
    assert_int_equal(bench.mail.result.error, POSTINO_ERROR_RECEIVE);
    assert_int_equal(bench.mail.result.step, POSTINO_STEP_MAIL);
    assert_int_equal(bench.mail.result.outcome, POSTINO_OUTCOME_TRANSIENT);
    postino_session_lost(&bench.session, 0, 0);
    assert_null(postino_session_finished(&bench.session));
}

/* An end that nobody explains is still an error where a session was under way. */
static void test_lost_without_reason(void **state)
{
    struct bench bench;

    (void)state;
    bench_prepare(&bench);
    bench_start(&bench);
    bench_submit(&bench);
    postino_session_lost(&bench.session, 0, 0);
    assert_true(postino_session_result(&bench.session)->error < 0);
    assert_int_equal(bench_want(&bench), POSTINO_WANT_CLOSED | POSTINO_WANT_COLLECT);
    assert_int_equal(bench.mail.result.outcome, POSTINO_OUTCOME_NOT_ATTEMPTED);
}

/* How much of the message was certainly not sent decides between not accepted and unknown. */
static void test_lost_unsent(void **state)
{
    /* Of MAIL's line, RCPT's, DATA's, and the message with its end mark only the message is unsent in part.
     */
    static const size_t total = 27 + 25 + 6 + 10;
    size_t unsent;

    (void)state;
    for (unsent = 0; unsent <= total + 30; unsent++) {
        struct bench bench;
        int outcome;

        bench_prepare(&bench);
        bench_start(&bench);
        bench_submit(&bench);
        bench_greet(&bench);
        bench_envelope(&bench);
        bench_exchange(&bench, "", "Hello\r\n.\r\n");
        postino_session_lost(&bench.session, POSTINO_ERROR_SEND, unsent);
        outcome = unsent == 0      ? POSTINO_OUTCOME_UNKNOWN
                  : unsent < total ? POSTINO_OUTCOME_TRANSIENT
                                   : POSTINO_OUTCOME_NOT_ATTEMPTED;
        assert_int_equal(bench.mail.result.outcome, outcome);
        assert_int_equal(bench.recipient.outcome, outcome);
        assert_int_equal(bench.mail.result.error, POSTINO_ERROR_SEND);
    }
}

static void test_quit_waits_for_mails(void **state)
{
    struct bench bench;

    (void)state;
    bench_prepare(&bench);
    bench_start(&bench);
    bench_submit(&bench);
    postino_session_quit(&bench.session);
    postino_session_quit(&bench.session);
    bench_greet(&bench);
    bench_envelope(&bench);
    bench_exchange(&bench, "", "Hello\r\n.\r\n");
    bench_exchange(&bench, "250 queued\r\n", "QUIT\r\n");
    assert_ptr_equal(postino_session_finished(&bench.session), &bench.mail);
    bench_input(&bench, "221 bye\r\n");
    assert_int_equal(bench_want(&bench), POSTINO_WANT_CLOSED | POSTINO_WANT_GRACEFUL);
}

static void test_input_after_end(void **state)
{
    struct bench bench;

    (void)state;
    bench_prepare(&bench);
    bench_start(&bench);
    bench_submit(&bench);
    postino_session_lost(&bench.session, POSTINO_ERROR_CLOSED, 0);
    bench_exchange(&bench, "220 mx\r\n250 mx\r\n250 ok\r\n", "");
    assert_int_equal(bench_want(&bench), POSTINO_WANT_CLOSED | POSTINO_WANT_COLLECT);
    postino_session_source_ready(&bench.session);
    postino_session_quit(&bench.session);
    postino_session_abort(&bench.session);
    assert_int_equal(bench_want(&bench), POSTINO_WANT_CLOSED | POSTINO_WANT_COLLECT);
    assert_int_equal(postino_session_result(&bench.session)->error, POSTINO_ERROR_CLOSED);
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
        cmocka_unit_test(test_want),
        cmocka_unit_test(test_output_partly),
        cmocka_unit_test(test_submit_after_end),
        cmocka_unit_test(test_finished_order),
        cmocka_unit_test(test_abort),
        cmocka_unit_test(test_abort_after_message),
        cmocka_unit_test(test_lost_twice),
        cmocka_unit_test(test_lost_without_reason),
        cmocka_unit_test(test_lost_unsent),
        cmocka_unit_test(test_quit_waits_for_mails),
        cmocka_unit_test(test_input_after_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
