/* SPDX-License-Identifier: MIT */
/* Tests the calls of a session under way: the return value of each, and what the session wants then. */
#include "bench.h"

/* The dialogue of one mail, and at each point what the session wants. */
static void test_want_at_each_point(void **state)
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

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_want_at_each_point),
        cmocka_unit_test(test_output_partly),
        cmocka_unit_test(test_finished_order),
        cmocka_unit_test(test_quit_waits_for_mails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
