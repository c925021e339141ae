/* SPDX-License-Identifier: MIT */
/* Tests how a session ends: by postino_session_abort(), by a lost connection, and the calls after the end. */
#include "bench.h"

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
        cmocka_unit_test(test_abort),           cmocka_unit_test(test_abort_after_message),
        cmocka_unit_test(test_lost_twice),      cmocka_unit_test(test_lost_without_reason),
        cmocka_unit_test(test_lost_unsent),     cmocka_unit_test(test_submit_after_end),
        cmocka_unit_test(test_input_after_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
