/* SPDX-License-Identifier: MIT */
/* Tests service commands: the octets sent, the arguments refused, and the reply with its text. Invariant:
 * no reply to a service command ends the session, except one that ends every session. */
#include "bench.h"

static void test_noop(void **state)
{
    struct postino_service noop = {0};
    struct bench bench;

    (void)state;
    bench_prepare(&bench);
    bench_start(&bench);
    assert_int_equal(postino_session_service(&bench.session, &noop), POSTINO_ERROR_STATE);
    bench_greet(&bench);
    assert_int_equal(postino_session_service(&bench.session, &noop), 0);
    assert_false(bench_want(&bench) & POSTINO_WANT_MAIL);
    assert_int_equal(postino_session_service(&bench.session, &noop), POSTINO_ERROR_SERVICE_IN_USE);
    bench_exchange(&bench, "", "NOOP\r\n");
    assert_int_not_equal(postino_session_wait_ms(&bench.session, 0), UINT32_MAX);
    bench_input(&bench, "250 ok\r\n");
    assert_true(bench_want(&bench) & POSTINO_WANT_MAIL);
    assert_int_equal(postino_session_service(&bench.session, &noop), 0);
    /* A mail that comes meanwhile waits its turn. */
    bench_submit(&bench);
    bench_exchange(&bench, "", "NOOP\r\n");
    bench_exchange(&bench, "502-what\r\n502 is that\r\n", "MAIL FROM:<a@example.com>\r\n");
    assert_int_equal(postino_session_service(&bench.session, &noop), POSTINO_ERROR_STATE);
}

static void test_noop_finds_the_end(void **state)
{
    struct postino_service noop = {0};
    struct bench bench;

    (void)state;
    bench_prepare(&bench);
    bench_start(&bench);
    bench_greet(&bench);
    assert_int_equal(postino_session_service(&bench.session, &noop), 0);
    (void)bench_output(&bench);
    bench_input(&bench, "421 gone\r\n");
    assert_int_equal(bench_want(&bench), POSTINO_WANT_CLOSED);
    assert_int_equal(postino_session_result(&bench.session)->error, POSTINO_ERROR_SERVICE_CLOSING);
    assert_int_equal(postino_session_result(&bench.session)->step, POSTINO_STEP_SERVICE);
    postino_session_lost(&bench.session, 0, 0);
    assert_int_equal(postino_session_service(&bench.session, &noop), POSTINO_ERROR_STATE);
}

static void check_command(uint8_t command, const char *argument, const char *expected)
{
    struct postino_service service = {0};
    struct bench bench;

    bench_prepare(&bench);
    bench_start(&bench);
    bench_greet(&bench);
    service.command = command;
    service.argument = argument;
    assert_int_equal(postino_session_service(&bench.session, &service), 0);
    bench_exchange(&bench, "", expected);
    assert_int_equal(service.done, 0);
    bench_input(&bench, "550-no\r\n550 such thing\r\n");
    assert_int_equal(service.done, 1);
    assert_int_equal(service.reply_code, 550);
    assert_int_equal(service.text_octets, strlen("no\nsuch thing"));
    assert_true(bench_want(&bench) & POSTINO_WANT_MAIL);
    assert_int_equal(postino_session_result(&bench.session)->error, 0);
    bench_submit(&bench);
    bench_envelope(&bench);
}

static void test_each_command(void **state)
{
    char longest[501];
    char expected[520];

    (void)state;
    check_command(POSTINO_SERVICE_NOOP, NULL, "NOOP\r\n");
    check_command(POSTINO_SERVICE_RSET, NULL, "RSET\r\n");
    check_command(POSTINO_SERVICE_VRFY, "ann", "VRFY ann\r\n");
    check_command(POSTINO_SERVICE_EXPN, "the list", "EXPN the list\r\n");
    check_command(POSTINO_SERVICE_HELP, NULL, "HELP\r\n");
    check_command(POSTINO_SERVICE_HELP, "MAIL", "HELP MAIL\r\n");
    check_command(POSTINO_SERVICE_ETRN, "@example.org", "ETRN @example.org\r\n");
    memset(longest, '~', 500);
    longest[500] = '\0';
    (void)snprintf(expected, sizeof expected, "VRFY %s\r\n", longest);
    check_command(POSTINO_SERVICE_VRFY, longest, expected);
}

static int refused_with(uint8_t command, const char *argument)
{
    struct postino_service service = {0};
    struct bench bench;
    int error;

    bench_prepare(&bench);
    bench_start(&bench);
    bench_greet(&bench);
    service.command = command;
    service.argument = argument;
    error = postino_session_service(&bench.session, &service);
    /* Nothing is borrowed, nothing said. */
    assert_string_equal(bench_output(&bench), error != 0 ? "" : bench.sent);
    assert_int_equal((bench_want(&bench) & POSTINO_WANT_MAIL) != 0, error != 0);
    return error;
}

static void test_arguments_refused(void **state)
{
    static const uint8_t needing[] = {POSTINO_SERVICE_VRFY, POSTINO_SERVICE_EXPN, POSTINO_SERVICE_ETRN};
    static const char *const bad[] = {"", "a\r\nRSET", "a\n", "\r", "a\tb", "\x7f", "\xc3\xa9", "\x01"};
    struct postino_service service = {0};
    struct bench bench;
    char text[502];
    size_t i;
    size_t j;

    (void)state;
    for (i = 0; i < sizeof needing; i++) {
        assert_int_equal(refused_with(needing[i], NULL), POSTINO_ERROR_ARGUMENT);
        assert_int_equal(refused_with(needing[i], "a"), 0);
        for (j = 0; j < sizeof bad / sizeof bad[0]; j++) {
            assert_int_equal(refused_with(needing[i], bad[j]), POSTINO_ERROR_ARGUMENT);
        }
    }
    memset(text, 'a', 501);
    text[501] = '\0';
    assert_int_equal(refused_with(POSTINO_SERVICE_VRFY, text), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(refused_with(POSTINO_SERVICE_HELP, ""), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(refused_with(POSTINO_SERVICE_NOOP, "a"), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(refused_with(POSTINO_SERVICE_RSET, "a"), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(refused_with(POSTINO_SERVICE_ETRN + 1, NULL), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(refused_with(255, "a"), POSTINO_ERROR_ARGUMENT);
    bench_prepare(&bench);
    bench_start(&bench);
    bench_greet(&bench);
    assert_int_equal(postino_session_service(&bench.session, NULL), POSTINO_ERROR_ARGUMENT);
    service.text_capacity_octets = 1;
    assert_int_equal(postino_session_service(&bench.session, &service), POSTINO_ERROR_ARGUMENT);
}

/* The text is collected whole, far beyond what the session keeps, in any split; what has no room is
 * counted. */
static void test_text(void **state)
{
    static const char reply[] =
        "214-This is a server of many words, which go on and on and do not end before a hundred octets\r\n"
        "214-\r\n"
        "214 of text stand here, or some more, so that what the session itself keeps is not enough\r\n";
    static const char expected[] =
        "This is a server of many words, which go on and on and do not end before a hundred octets\n"
        "\n"
        "of text stand here, or some more, so that what the session itself keeps is not enough";
    const size_t length = sizeof expected - 1;
    size_t capacity;
    size_t split;

    (void)state;
    for (capacity = 0; capacity <= length + 1; capacity++) {
        for (split = 0; split < sizeof reply; split += 13) {
            struct postino_service service = {0};
            struct bench bench;
            char text[sizeof expected + 2];
            size_t kept = capacity < length ? capacity : length;

            memset(text, '#', sizeof text);
            bench_prepare(&bench);
            bench_start(&bench);
            bench_greet(&bench);
            service.command = POSTINO_SERVICE_HELP;
            service.text = capacity != 0 ? text : NULL;
            service.text_capacity_octets = capacity;
            assert_int_equal(postino_session_service(&bench.session, &service), 0);
            (void)bench_output(&bench);
            bench_input_octets(&bench, reply, split);
            assert_int_equal(service.done, split == sizeof reply - 1);
            bench_input_octets(&bench, reply + split, sizeof reply - 1 - split);
            assert_int_equal(service.done, 1);
            assert_int_equal(service.reply_code, 214);
            assert_int_equal(service.text_octets, length);
            assert_memory_equal(text, expected, kept);
            assert_int_equal(text[kept], '#');
        }
    }
}

/* Before the session is up, while a mail or another one is under way, behind quit: not now. */
static void test_states(void **state)
{
    struct postino_service service = {0};
    struct postino_service other = {0};
    struct bench bench;

    (void)state;
    bench_prepare(&bench);
    bench_start(&bench);
    assert_int_equal(postino_session_service(&bench.session, &service), POSTINO_ERROR_STATE);
    bench_exchange(&bench, "220 mx\r\n", "EHLO client.example.com\r\n");
    assert_int_equal(postino_session_service(&bench.session, &service), POSTINO_ERROR_STATE);
    bench_input(&bench, "250-mx\r\n250 PIPELINING\r\n");
    bench.config.mails_in_flight_max = 2;
    bench_submit(&bench);
    assert_int_equal(postino_session_service(&bench.session, &service), POSTINO_ERROR_STATE);
    (void)bench_output(&bench);
    bench_exchange(&bench, "250 ok\r\n250 ok\r\n354 go\r\n", "Hello\r\n.\r\n");
    /* A mail could start, but a reply is outstanding. */
    assert_true(bench_want(&bench) & POSTINO_WANT_MAIL);
    assert_int_equal(postino_session_service(&bench.session, &service), POSTINO_ERROR_STATE);
    bench_input(&bench, "250 ok\r\n");
    assert_int_equal(postino_session_service(&bench.session, &service), 0);
    assert_int_equal(postino_session_service(&bench.session, &service), POSTINO_ERROR_SERVICE_IN_USE);
    assert_int_equal(postino_session_service(&bench.session, &other), POSTINO_ERROR_STATE);
    postino_session_quit(&bench.session);
    bench_exchange(&bench, "", "NOOP\r\n");
    /* With PIPELINING too nothing follows it. */
    bench_exchange(&bench, "250 ok\r\n", "QUIT\r\n");
    assert_int_equal(service.done, 1);
    assert_int_equal(postino_session_service(&bench.session, &other), POSTINO_ERROR_STATE);
    bench_input(&bench, "221 bye\r\n");
    assert_int_equal(postino_session_service(&bench.session, &other), POSTINO_ERROR_STATE);
    assert_int_equal(other.done, 0);
}

/* A connection lost during one: it is not done, and the memory is the caller's again. */
static void test_lost(void **state)
{
    struct bench bench;
    struct postino_service *service = test_malloc(sizeof *service);

    (void)state;
    memset(service, 0, sizeof *service);
    bench_prepare(&bench);
    bench.config.time_limits = &postino_time_limits_rfc5321;
    bench_start(&bench);
    bench_greet(&bench);
    assert_int_equal(postino_session_service(&bench.session, service), 0);
    (void)bench_output(&bench);
    bench_input(&bench, "250-half a rep");
    postino_session_lost(&bench.session, POSTINO_ERROR_CLOSED, 0);
    assert_int_equal(service->done, 0);
    assert_int_equal(service->reply_code, 0);
    test_free(service);
    bench_input(&bench, "ly\r\n250 ok\r\n");
    postino_session_tick(&bench.session, 0x7FFFFFFF);
    assert_int_equal(postino_session_result(&bench.session)->error, POSTINO_ERROR_CLOSED);
    assert_int_equal(postino_session_result(&bench.session)->step, POSTINO_STEP_SERVICE);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_noop),         cmocka_unit_test(test_noop_finds_the_end),
        cmocka_unit_test(test_each_command), cmocka_unit_test(test_arguments_refused),
        cmocka_unit_test(test_text),         cmocka_unit_test(test_states),
        cmocka_unit_test(test_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
