/* SPDX-License-Identifier: MIT */
/* Tests failures while several mails are in flight: each reply finds its command, and no failure touches
 * another mail. */
#include "group.h"

#define ENVELOPE0 "MAIL FROM:<0@a>\r\nRCPT TO:<0.0@b>\r\n"
#define ENVELOPE1 "MAIL FROM:<1@a>\r\nRCPT TO:<1.0@b>\r\n"
#define MAIL0     ENVELOPE0 "BDAT 4 LAST\r\nm0\r\n"
#define MAIL1     "RSET\r\n" ENVELOPE1 "BDAT 4 LAST\r\nm1\r\n"

static void start_two(struct group *group)
{
    group_prepare(group, 2);
    bench_start(&group->bench);
    group_submit(group, 0, 1);
    group_greet(group, BOTH);
    group_expect(group, MAIL0 MAIL1);
}

/* Each command of the first mail refused in turn; the second goes through, and a third one behind it. */
static void test_each_refused(void **state)
{
    static const char *const replies[] = {"550 no\r\n503 x\r\n503 y\r\n", "250 ok\r\n550 no\r\n554 y\r\n",
                                          "250 ok\r\n250 ok\r\n550 no\r\n"};
    static const char *const logs[] = {"0 550 no;", "0 250 ok;0.0 550 no;", "0 250 ok;0.0 250 ok;0 550 no;"};
    static const uint8_t steps[] = {POSTINO_STEP_MAIL, POSTINO_STEP_RCPT, POSTINO_STEP_MESSAGE};
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        struct group group;
        char expected[120];
        size_t length;
        const char *text;

        start_two(&group);
        group_input(&group, replies[i]);
        group_finished(&group, 0, POSTINO_OUTCOME_PERMANENT);
        group_recipient(&group, 0, 0, POSTINO_OUTCOME_PERMANENT, 550);
        assert_int_equal(group.mails[0].result.step, steps[i]);
        assert_int_equal(group.mails[0].result.reply_code, 550);
        /* The text that says why stays until the next mail is spoken of. */
        text = postino_session_text(&group.bench.session, &length);
        assert_int_equal(length, 2);
        assert_memory_equal(text, "no", 2);
        group_input(&group, "250 reset\r\n");
        group_none_finished(&group);
        assert_true(bench_want(&group.bench) & POSTINO_WANT_MAIL);
        group_submit(&group, 2, 2);
        group_expect(&group, "RSET\r\nMAIL FROM:<2@a>\r\nRCPT TO:<2.0@b>\r\nBDAT 4 LAST\r\nm2\r\n");
        group_input(&group, "250 e\r\n250 f\r\n250 g\r\n");
        group_finished(&group, 1, POSTINO_OUTCOME_ACCEPTED);
        group_input(&group, "250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n");
        group_finished(&group, 2, POSTINO_OUTCOME_ACCEPTED);
        (void)snprintf(expected, sizeof expected, "%s%s%s", logs[i], "1 250 reset;1 250 e;1.0 250 f;1 250 g;",
                       "2 250 ok;2 250 ok;2.0 250 ok;2 250 ok;");
        assert_string_equal(group.log, expected);
    }
}

/* The MAIL that follows fails: a 2xx to its message is none to it, and the first mail is what it was. */
static void test_second_refused(void **state)
{
    struct group group;

    (void)state;
    start_two(&group);
    group_input(&group, "250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n550 no\r\n");
    group_finished(&group, 0, POSTINO_OUTCOME_ACCEPTED);
    group_input(&group, "250 ok\r\n250 ok\r\n");
    group_finished(&group, 1, POSTINO_OUTCOME_PERMANENT);
    group_submit(&group, 2, 2);
    group_expect(&group, "RSET\r\nMAIL FROM:<2@a>\r\nRCPT TO:<2.0@b>\r\nBDAT 4 LAST\r\nm2\r\n");
}

/* RSET refused: what the server holds then nobody knows. */
static void test_rset_refused(void **state)
{
    struct group group;

    (void)state;
    start_two(&group);
    group_input(&group, "250 ok\r\n250 ok\r\n250 ok\r\n500 no\r\n");
    assert_int_equal(bench_want(&group.bench), POSTINO_WANT_CLOSED | POSTINO_WANT_COLLECT);
    postino_session_lost(&group.bench.session, 0, 0);
    group_finished(&group, 0, POSTINO_OUTCOME_ACCEPTED);
    group_finished(&group, 1, POSTINO_OUTCOME_UNKNOWN);
    assert_int_equal(postino_session_result(&group.bench.session)->step, POSTINO_STEP_RSET);
}

/* A group for nobody: DATA refused, or taken all the same and ended by a lone dot. */
static void test_lone_dot(void **state)
{
    struct group group;

    (void)state;
    group_prepare(&group, 2);
    bench_start(&group.bench);
    group_submit(&group, 0, 1);
    group_greet(&group, PIPELINING);
    group_expect(&group, ENVELOPE0 "DATA\r\n");
    group_exchange(&group, "250 ok\r\n550 no\r\n", "");
    group_exchange(&group, "354 go\r\n", ".\r\n");
    group_exchange(&group, "250 queued nothing\r\n", "RSET\r\n" ENVELOPE1 "DATA\r\n");
    group_finished(&group, 0, POSTINO_OUTCOME_PERMANENT);
    group_exchange(&group, "250 ok\r\n250 ok\r\n450 later\r\n503 no\r\n", "");
    group_finished(&group, 1, POSTINO_OUTCOME_TRANSIENT);

    /* A recipient was taken, though MAIL was not: the lone dot would be a mail to him. */
    group_prepare(&group, 2);
    bench_start(&group.bench);
    group_submit(&group, 0, 1);
    group_greet(&group, PIPELINING);
    group_expect(&group, ENVELOPE0 "DATA\r\n");
    group_exchange(&group, "550 no\r\n250 ok\r\n354 go\r\n", "");
    assert_true(bench_want(&group.bench) & POSTINO_WANT_CLOSED);
    postino_session_lost(&group.bench.session, 0, 0);
    group_finished(&group, 0, POSTINO_OUTCOME_PERMANENT);
    group_finished(&group, 1, POSTINO_OUTCOME_NOT_ATTEMPTED);
}

/* Replies while a group is still going out: what nobody needs any more does not go out. */
static void test_refused_half_way(void **state)
{
    struct group group;
    char out[80];
    size_t length;

    (void)state;
    group_prepare(&group, 2);
    bench_start(&group.bench);
    group_submit(&group, 0, 1);
    group_greet(&group, PIPELINING);
    length = postino_session_output(&group.bench.session, (uint8_t *)out,
                                    sizeof "MAIL FROM:<0@a>\r\nRCPT T" - 1, 0);
    out[length] = '\0';
    assert_string_equal(out, "MAIL FROM:<0@a>\r\nRCPT T");
    /* The command that was begun is ended. */
    group_exchange(&group, "550 no\r\n", "O:<0.0@b>\r\n");
    group_none_finished(&group);
    group_exchange(&group, "503 no\r\n", "RSET\r\n" ENVELOPE1 "DATA\r\n");
    group_finished(&group, 0, POSTINO_OUTCOME_PERMANENT);
}

/* 421 to the first mail's message: nothing later was accepted either. */
static void test_421(void **state)
{
    struct group group;

    (void)state;
    start_two(&group);
    group_input(&group, "250 ok\r\n250 ok\r\n421 bye\r\n250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n");
    assert_int_equal(bench_want(&group.bench), POSTINO_WANT_CLOSED);
    postino_session_lost(&group.bench.session, 0, 0);
    group_finished(&group, 0, POSTINO_OUTCOME_TRANSIENT);
    group_finished(&group, 1, POSTINO_OUTCOME_TRANSIENT);
    assert_int_equal(group.mails[0].result.reply_code, 421);
    assert_int_equal(group.mails[1].result.error, POSTINO_ERROR_SERVICE_CLOSING);
}

/* How much never left decides of each mail by itself. */
static void test_lost(void **state)
{
    static const size_t ends[] = {sizeof MAIL0 - 1, sizeof MAIL0 MAIL1 - 1};
    /* RSET is for the second, but not of it. */
    static const size_t start = sizeof MAIL0 "RSET\r\n" - 1;
    size_t unsent;
    size_t i;

    (void)state;
    for (unsent = 0; unsent <= ends[1] + 5; unsent++) {
        size_t sent = unsent < ends[1] ? ends[1] - unsent : 0;
        struct group group;

        start_two(&group);
        postino_session_lost(&group.bench.session, POSTINO_ERROR_SEND, unsent);
        for (i = 0; i < 2; i++) {
            unsigned outcome = sent >= ends[i]               ? POSTINO_OUTCOME_UNKNOWN
                               : sent > (i == 0 ? 0 : start) ? POSTINO_OUTCOME_TRANSIENT
                                                             : POSTINO_OUTCOME_NOT_ATTEMPTED;

            group_finished(&group, (int)i, outcome);
            assert_int_equal(group.recipients[i][0].outcome, outcome);
        }
    }
}

/* Each reply has its command's limit, counted from the reply before or the octets that went out last. */
static void test_wait_ms(void **state)
{
    static const struct postino_time_limits limits = {1000, 2000, 3000, 4000, 5000, 6000, 0};
    struct group group;

    (void)state;
    group_prepare(&group, 2);
    group.bench.config.time_limits = &limits;
    bench_start(&group.bench);
    group_submit(&group, 0, 1);
    group_greet(&group, PIPELINING);
    group_expect(&group, ENVELOPE0 "DATA\r\n");
    assert_int_equal(postino_session_wait_ms(&group.bench.session, 0), 2000);
    group.bench.now_ms = 1999;
    group_input(&group, "250 ok\r\n");
    assert_int_equal(postino_session_wait_ms(&group.bench.session, 2000), 1999);
    group_input(&group, "250 ok\r\n");
    assert_int_equal(postino_session_wait_ms(&group.bench.session, 1999), 3000);
    postino_session_tick(&group.bench.session, 4998);
    group_input(&group, "354 go\r\n");
    assert_int_equal(postino_session_wait_ms(&group.bench.session, 1999), 4000);
    group_expect(&group, "m0\r\n.\r\nRSET\r\n" ENVELOPE1 "DATA\r\n");
    assert_int_equal(postino_session_wait_ms(&group.bench.session, 1999), 5000);
    group_input(&group, "250 ok\r\n");
    assert_int_equal(postino_session_wait_ms(&group.bench.session, 1999), 2000);
    postino_session_tick(&group.bench.session, 3998);
    assert_false(bench_want(&group.bench) & POSTINO_WANT_CLOSED);
    postino_session_tick(&group.bench.session, 3999);
    assert_true(bench_want(&group.bench) & POSTINO_WANT_CLOSED);
    assert_int_equal(postino_session_result(&group.bench.session)->step, POSTINO_STEP_RSET);
}

/* A recipient of kind BCC goes out in a call of its own, whatever stands around it. */
static void test_secret(void **state)
{
    static const char *const calls[] = {"MAIL FROM:<0@a>\r\nRCPT TO:<0.0@b>\r\n", "RCPT TO:<0.1@b>\r\n",
                                        "RCPT TO:<0.2@b>\r\nBDAT 4 LAST\r\nm0\r\n"};
    struct group group;
    int i;

    (void)state;
    group_prepare(&group, 1);
    group_mail(&group, 0, 3);
    group.mails[0].delivery = &postino_delivery_partial;
    group.recipients[0][1].kind = POSTINO_RECIPIENT_BCC;
    group.recipients[0][0].kind = POSTINO_RECIPIENT_CC;
    group_start(&group, BOTH);
    group_submit(&group, 0, 0);
    for (i = 0; i < 3; i++) {
        assert_string_equal(group_call(&group), calls[i]);
        assert_int_equal(postino_session_is_secret(&group.bench.session), i == 1);
    }
    group_expect(&group, "");
}

/* A mail that is not begun stands between two that are. */
static void test_mail_not_begun_between_two_others(void **state)
{
    struct postino_options options;
    struct group group;

    (void)state;
    group_prepare(&group, 3);
    postino_options_init(&options);
    options.require_tls = 1;
    group.mails[1].options = &options;
    bench_start(&group.bench);
    group_submit(&group, 0, 2);
    group_greet(&group, BOTH);
    group_expect(&group, MAIL0 "RSET\r\nMAIL FROM:<2@a>\r\nRCPT TO:<2.0@b>\r\nBDAT 4 LAST\r\nm2\r\n");
    group_none_finished(&group);
    group_input(&group, "250 ok\r\n250 ok\r\n250 ok\r\n");
    group_finished(&group, 0, POSTINO_OUTCOME_ACCEPTED);
    group_finished(&group, 1, POSTINO_OUTCOME_PERMANENT);
    group_none_finished(&group);
    group_input(&group, "250 ok\r\n250 ok\r\n250 ok\r\n552 no\r\n");
    group_finished(&group, 2, POSTINO_OUTCOME_PERMANENT);
    assert_int_equal(group.mails[2].result.reply_code, 552);
    /* One RSET is enough. */
    group_submit(&group, 3, 3);
    group_expect(&group, "RSET\r\n");
    group_input(&group, "250 ok\r\n");
    (void)group_call(&group);
    group_input(&group, "250 ok\r\n250 ok\r\n250 ok\r\n");
    group_submit(&group, 4, 4);
    (void)group_call(&group);
    assert_memory_equal(group.bench.sent, "MAIL ", 5);
}

/* The second mail's source fails: its end never comes, and the first one's reply is still heard. */
static void test_source_fails(void **state)
{
    struct test_source source;
    struct group group;

    (void)state;
    group_prepare(&group, 2);
    test_source_init(&source, "m1\r\n", 4);
    source.size_octets = 4;
    source.fail_octets = 2;
    group.mails[1].source = &source.source;
    bench_start(&group.bench);
    group_submit(&group, 0, 1);
    group_greet(&group, BOTH);
    group_expect(&group, MAIL0 "RSET\r\n" ENVELOPE1 "BDAT 4 LAST\r\nm1");
    group_input(&group, "250 ok\r\n250 ok\r\n250 ok\r\n");
    group_finished(&group, 0, POSTINO_OUTCOME_ACCEPTED);
    group_input(&group, "250 ok\r\n250 ok\r\n");
    assert_false(bench_want(&group.bench) & POSTINO_WANT_CLOSED);
    group_input(&group, "250 ok\r\n");
    assert_int_equal(bench_want(&group.bench), POSTINO_WANT_CLOSED);
    postino_session_lost(&group.bench.session, 0, 0);
    group_finished(&group, 1, POSTINO_OUTCOME_TRANSIENT);
    assert_int_equal(group.mails[1].result.error, POSTINO_ERROR_SOURCE);
}

/* The first mail is refused, with its transaction open, after so many octets of the second one. The
 * session ends the step that began and sends nothing more before RSET is answered. If RSET is refused it
 * sends nothing more at all. */
static void test_rset_is_waited_for(void **state)
{
    static const char next[] = MAIL1;
    static const size_t steps[] = {6, 23, 40, sizeof next - 1};
    size_t out;
    int refused;

    (void)state;
    for (out = 1; out < sizeof next; out++) {
        for (refused = 0; refused < 2; refused++) {
            size_t wanted = sizeof MAIL0 - 1 + out;
            struct group group;
            size_t length = 0;
            size_t i = 0;

            group_prepare(&group, 2);
            bench_start(&group.bench);
            group_submit(&group, 0, 1);
            group_greet(&group, BOTH);
            while (length < wanted)
                length += postino_session_output(&group.bench.session, (uint8_t *)group.bench.sent + length,
                                                 wanted - length, group.bench.now_ms);
            while (steps[i] < out)
                i++;
            group_input(&group, "250 ok\r\n250 ok\r\n552 full\r\n");
            group_finished(&group, 0, POSTINO_OUTCOME_PERMANENT);
            length = (size_t)(steps[i] - out);
            assert_memory_equal(bench_output(&group.bench), next + out, length);
            assert_int_equal(group.bench.sent_octets, length);
            if (refused) {
                group_input(&group, "500 what\r\n");
                assert_string_equal(bench_output(&group.bench), i == 0 ? "QUIT\r\n" : "");
                continue;
            }
            group_input(&group, "250 ok\r\n");
            assert_string_equal(bench_output(&group.bench), next + steps[i]);
            group_input(&group, "250 ok\r\n250 ok\r\n250 ok\r\n");
            group_finished(&group, 1, POSTINO_OUTCOME_ACCEPTED);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_refused),
        cmocka_unit_test(test_second_refused),
        cmocka_unit_test(test_rset_refused),
        cmocka_unit_test(test_rset_is_waited_for),
        cmocka_unit_test(test_lone_dot),
        cmocka_unit_test(test_refused_half_way),
        cmocka_unit_test(test_421),
        cmocka_unit_test(test_lost),
        cmocka_unit_test(test_wait_ms),
        cmocka_unit_test(test_secret),
        cmocka_unit_test(test_mail_not_begun_between_two_others),
        cmocka_unit_test(test_source_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
