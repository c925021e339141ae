/* SPDX-License-Identifier: MIT */
/* Tests the session's clock: the time limit of each step, and that the 32-bit clock may wrap anywhere. */
#include "bench.h"

static const uint32_t clocks[] = {0, 1, 1000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFF00, 0xFFFB6C20};

static const struct postino_time_limits limits = {1000, 2000, 3000, 4000, 5000, 6000, 0};

static void check_wait(const struct bench *bench, uint32_t expected_ms)
{
    assert_int_equal(postino_session_wait_ms(&bench->session, bench->now_ms), expected_ms);
}

/* Time passes, and a tick or two with it. */
static void pass_ms(struct bench *bench, uint32_t ms)
{
    postino_session_tick(&bench->session, bench->now_ms + ms / 2);
    bench->now_ms += ms;
    postino_session_tick(&bench->session, bench->now_ms);
}

static void check_dialogue(uint32_t start_ms)
{
    struct bench bench;

    bench_prepare(&bench);
    bench.config.time_limits = &limits;
    bench.now_ms = start_ms;
    bench_start(&bench);
    check_wait(&bench, 1000);
    pass_ms(&bench, 999);
    check_wait(&bench, 1);
    bench_exchange(&bench, "220 mx\r\n", "EHLO client.example.com\r\n");
    check_wait(&bench, 2000);
    pass_ms(&bench, 1999);
    bench_input(&bench, "250 mx\r\n");
    check_wait(&bench, UINT32_MAX);
    pass_ms(&bench, 100000);
    bench_submit(&bench);
    /* The limit begins with the mail, not with the idle time before it, as the pump's tick before the output
     * shows. */
    check_wait(&bench, 2000);
    pass_ms(&bench, 1999);
    assert_true(bench_want(&bench) & POSTINO_WANT_SEND);
    (void)bench_output(&bench);
    check_wait(&bench, 2000);
    pass_ms(&bench, 1999);
    bench_exchange(&bench, "250 ok\r\n", "RCPT TO:<b@example.org>\r\n");
    check_wait(&bench, 2000);
    bench_exchange(&bench, "250 ok\r\n", "DATA\r\n");
    check_wait(&bench, 3000);
    pass_ms(&bench, 2999);
    bench_input(&bench, "354 go\r\n");
    check_wait(&bench, 4000);
    pass_ms(&bench, 3999);
    (void)bench_output(&bench);
    check_wait(&bench, 5000);
    pass_ms(&bench, 4999);
    bench_input(&bench, "250 queued\r\n");
    pass_ms(&bench, 0x80000000u);
    postino_session_quit(&bench.session);
    check_wait(&bench, 6000);
    (void)bench_output(&bench);
    check_wait(&bench, 6000);
    pass_ms(&bench, 5999);
    bench_input(&bench, "221 bye\r\n");
    assert_int_equal(bench_want(&bench), POSTINO_WANT_CLOSED | POSTINO_WANT_GRACEFUL | POSTINO_WANT_COLLECT);
    assert_int_equal(bench.mail.result.outcome, POSTINO_OUTCOME_ACCEPTED);
}

static void test_limits(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof clocks / sizeof clocks[0]; i++) {
        check_dialogue(clocks[i]);
    }
}

/* The last millisecond, and the one after it. */
static void test_expiry(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof clocks / sizeof clocks[0]; i++) {
        struct bench bench;

        bench_prepare(&bench);
        bench.config.time_limits = &limits;
        bench.now_ms = clocks[i];
        bench_start(&bench);
        pass_ms(&bench, 999);
        assert_int_equal(bench_want(&bench), POSTINO_WANT_RECEIVE);
        pass_ms(&bench, 1);
        assert_int_equal(bench_want(&bench), POSTINO_WANT_CLOSED);
        assert_int_equal(postino_session_result(&bench.session)->error, POSTINO_ERROR_GREETING_TIMEOUT);
        assert_int_equal(postino_session_result(&bench.session)->step, POSTINO_STEP_GREETING);
    }
}

/* A port that slept far too long, or whose tick is late. */
static void test_late_tick(void **state)
{
    struct bench bench;

    (void)state;
    bench_prepare(&bench);
    bench.config.time_limits = &limits;
    bench.now_ms = 0xFFFFFF00;
    bench_start(&bench);
    bench.now_ms += 100000000;
    check_wait(&bench, 0);
    postino_session_tick(&bench.session, bench.now_ms);
    assert_int_equal(bench_want(&bench), POSTINO_WANT_CLOSED);
}

/* Octets that arrive do not move the limit: a reply has one limit in all (a byte a minute cannot hold us). */
static void test_reply_has_one_limit(void **state)
{
    struct bench bench;
    unsigned i;

    (void)state;
    bench_prepare(&bench);
    bench.config.time_limits = &limits;
    bench_start(&bench);
    for (i = 0; i < 9; i++) {
        pass_ms(&bench, 100);
        bench_input(&bench, "220-and so on\r\n");
        check_wait(&bench, 1000 - 100 * (i + 1));
    }
    pass_ms(&bench, 100);
    assert_int_equal(bench_want(&bench), POSTINO_WANT_CLOSED);
}

/* A message that goes out slowly is no reason to give up: each block has its own limit. */
static void test_each_block_has_its_limit(void **state)
{
    struct bench bench;
    uint8_t octet;
    unsigned i;

    (void)state;
    bench_prepare(&bench);
    bench.config.time_limits = &limits;
    bench_start(&bench);
    bench_submit(&bench);
    bench_greet(&bench);
    bench_envelope(&bench);
    for (i = 0; i < 5; i++) {
        pass_ms(&bench, 3999);
        assert_int_equal(postino_session_output(&bench.session, &octet, 1, bench.now_ms), 1);
        check_wait(&bench, 4000);
    }
    pass_ms(&bench, 4000);
    assert_int_equal(bench_want(&bench), POSTINO_WANT_CLOSED);
    postino_session_lost(&bench.session, 0, 0);
    assert_int_equal(bench.mail.result.error, POSTINO_ERROR_TIMEOUT);
    assert_int_equal(bench.mail.result.step, POSTINO_STEP_MESSAGE);
    assert_int_equal(bench.mail.result.outcome, POSTINO_OUTCOME_TRANSIENT);
}

/* A port that prepares the session before it connects: the greeting's limit begins with the connection. */
static void test_connected(void **state)
{
    struct bench bench;

    (void)state;
    bench_prepare(&bench);
    bench.config.time_limits = &limits;
    bench.now_ms = 0xFFFFF000;
    bench_start(&bench);
    bench.now_ms += 50000;
    postino_session_connected(&bench.session, bench.now_ms);
    check_wait(&bench, 1000);
    pass_ms(&bench, 999);
    bench_exchange(&bench, "220 mx\r\n", "EHLO client.example.com\r\n");
}

/* A mail or QUIT that is handed in after a long pause has its whole limit, whatever is called next. */
static void test_pause(void **state)
{
    const uint32_t limit_ms = postino_time_limits_rfc5321.command_ms;
    struct bench bench;

    (void)state;
    bench_prepare(&bench);
    bench_start(&bench);
    bench_greet(&bench);
    assert_int_equal(postino_session_wait_ms(&bench.session, 0), UINT32_MAX);
    bench_submit(&bench);
    assert_int_equal(postino_session_wait_ms(&bench.session, 2 * limit_ms), limit_ms);
    postino_session_tick(&bench.session, 3 * limit_ms);
    assert_int_equal(postino_session_wait_ms(&bench.session, 3 * limit_ms + 1), limit_ms - 1);
    assert_int_equal(postino_session_result(&bench.session)->error, 0);
    postino_session_tick(&bench.session, 4 * limit_ms);
    assert_int_equal(postino_session_result(&bench.session)->error, POSTINO_ERROR_TIMEOUT);
}

/* From when the reply to STARTTLS was heard: one that was heard late shall not leave the handshake without
 * time. */
static void test_handshake_has_its_limit(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof clocks / sizeof clocks[0]; i++) {
        struct bench bench;

        bench_prepare(&bench);
        bench.config.time_limits = &limits;
        bench.config.tls = &postino_tls_required;
        bench.now_ms = clocks[i];
        bench_start(&bench);
        bench_exchange(&bench, "220 mx\r\n", "EHLO client.example.com\r\n");
        bench_exchange(&bench, "250-mx\r\n250 STARTTLS\r\n", "STARTTLS\r\n");
        bench.now_ms += 100000;
        bench_input(&bench, "220 go ahead\r\n");
        assert_true(bench_want(&bench) & POSTINO_WANT_START_TLS);
        check_wait(&bench, 2000);
        bench.now_ms += 1500;
        check_wait(&bench, 500);
    }
}

static void test_default_limits(void **state)
{
    (void)state;
    assert_int_equal(postino_time_limits_rfc5321.greeting_ms, 5 * 60000);
    assert_int_equal(postino_time_limits_rfc5321.command_ms, 5 * 60000);
    assert_int_equal(postino_time_limits_rfc5321.data_ms, 2 * 60000);
    assert_int_equal(postino_time_limits_rfc5321.block_ms, 3 * 60000);
    assert_int_equal(postino_time_limits_rfc5321.final_ms, 10 * 60000);
    assert_int_equal(postino_time_limits_rfc5321.quit_ms, 5000);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_expiry),
        cmocka_unit_test(test_late_tick),
        cmocka_unit_test(test_reply_has_one_limit),
        cmocka_unit_test(test_each_block_has_its_limit),
        cmocka_unit_test(test_connected),
        cmocka_unit_test(test_pause),
        cmocka_unit_test(test_handshake_has_its_limit),
        cmocka_unit_test(test_default_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
