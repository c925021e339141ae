/* SPDX-License-Identifier: MIT */
/* Tests partial delivery: the recipients of each transaction (RFC 5321 section 4.5.3.1.10, RFC 9422), and
 * the order in which mails are returned. */
#include "group.h"

#include <stdlib.h>

static void start_partial(struct group *group, unsigned in_flight, int recipients, const char *extensions)
{
    group_prepare(group, in_flight);
    group_mail(group, 0, recipients);
    group->mails[0].delivery = &postino_delivery_partial;
    group_start(group, extensions);
    group_submit(group, 0, 0);
}

/* The second of two recipients gets this reply, the first one the other; whether he gets a transaction
 * more. */
static void check_defer(const char *first, const char *second, int rewinds, int deferred, unsigned outcome)
{
    struct group group;
    struct test_source source;
    unsigned code = (unsigned)atoi(second);

    group_prepare(&group, 1);
    group_mail(&group, 0, 2);
    group.mails[0].delivery = &postino_delivery_partial;
    test_source_init(&source, "m0\r\n", 4);
    source.flags = rewinds ? POSTINO_SOURCE_REWINDS : 0;
    group.mails[0].source = &source.source;
    group_start(&group, "250 SIZE\r\n");
    group_submit(&group, 0, 0);
    group_expect(&group, "MAIL FROM:<0@a>\r\n");
    group_exchange(&group, "250 ok\r\n", "RCPT TO:<0.0@b>\r\n");
    group_exchange(&group, first, "RCPT TO:<0.1@b>\r\n");
    group_input(&group, second);
    if (first[0] != '2') {
        group_expect(&group, "");
        group_finished(&group, 0, POSTINO_OUTCOME_TRANSIENT);
        group_recipient(&group, 0, 1, outcome, code);
        return;
    }
    group_expect(&group, "DATA\r\n");
    group_exchange(&group, "354 go\r\n", "m0\r\n.\r\n");
    group_input(&group, "250 ok\r\n");
    assert_int_equal(source.begins, deferred ? 2 : 1);
    if (deferred) {
        group_none_finished(&group);
        group_expect(&group, "MAIL FROM:<0@a>\r\n");
        group_exchange(&group, "250 ok\r\n", "RCPT TO:<0.1@b>\r\n");
        group_exchange(&group, "250 ok\r\n", "DATA\r\n");
        group_exchange(&group, "354 go\r\n", "m0\r\n.\r\n");
        group_exchange(&group, "251 ok\r\n", "");
        code = 251;
    }
    group_finished(&group, 0, POSTINO_OUTCOME_ACCEPTED);
    group_recipient(&group, 0, 0, POSTINO_OUTCOME_ACCEPTED, 250);
    group_recipient(&group, 0, 1, deferred ? POSTINO_OUTCOME_ACCEPTED : outcome, code);
}

static void test_too_many(void **state)
{
    static const char *const yes[] = {
        "452 too many\r\n",       "552 too many\r\n", "452 4.5.3 too many\r\n",
        "552 5.5.3 too many\r\n", "452\r\n",          "452-4.5.3 too\r\n452 4.5.3 many\r\n"};
    static const char *const no[] = {"452 4.2.2 full\r\n", "552 5.2.2 full\r\n", "451 4.5.3 x\r\n",
                                     "550 5.5.3 x\r\n",    "452 4.3.1 x\r\n",    "452 4.5.4 x\r\n",
                                     "452 4.4.3 x\r\n"};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        unsigned outcome = yes[i][0] == '4' ? POSTINO_OUTCOME_TRANSIENT : POSTINO_OUTCOME_PERMANENT;

        check_defer("250 ok\r\n", yes[i], 1, 1, 0);
        check_defer("250 ok\r\n", yes[i], 0, 0, outcome);
        check_defer("450 no\r\n", yes[i], 1, 0, outcome);
    }
    for (i = 0; i < sizeof no / sizeof no[0]; i++) {
        check_defer("250 ok\r\n", no[i], 1, 0,
                    no[i][0] == '4' ? POSTINO_OUTCOME_TRANSIENT : POSTINO_OUTCOME_PERMANENT);
    }
}

/* All or nothing: too many is too many. */
static void test_all_or_nothing(void **state)
{
    struct group group;

    (void)state;
    group_prepare(&group, 1);
    group_mail(&group, 0, 2);
    group_start(&group, PIPELINING);
    group_submit(&group, 0, 0);
    group_expect(&group, "MAIL FROM:<0@a>\r\nRCPT TO:<0.0@b>\r\nRCPT TO:<0.1@b>\r\n");
    group_exchange(&group, "250 ok\r\n250 ok\r\n452 too many\r\n", "");
    group_finished(&group, 0, POSTINO_OUTCOME_TRANSIENT);
    group_recipient(&group, 0, 0, POSTINO_OUTCOME_NOT_ATTEMPTED, 452);
    group_recipient(&group, 0, 1, POSTINO_OUTCOME_TRANSIENT, 452);
}

/* One recipient refused for good in the first transaction, one too many: in the second transaction of a group
 * the reply to RCPT is the second one's. */
static void test_refused_and_deferred_in_groups(void **state)
{
    struct group group;

    (void)state;
    start_partial(&group, 1, 4, PIPELINING);
    group_expect(&group, "MAIL FROM:<0@a>\r\nRCPT TO:<0.0@b>\r\nRCPT TO:<0.1@b>\r\nRCPT TO:<0.2@b>\r\n"
                         "RCPT TO:<0.3@b>\r\nDATA\r\n");
    group_exchange(&group, "250 ok\r\n550 a\r\n250 ok\r\n452 b\r\n452 c\r\n354 go\r\n", "m0\r\n.\r\n");
    group_exchange(&group, "250 ok\r\n", "MAIL FROM:<0@a>\r\nRCPT TO:<0.2@b>\r\nRCPT TO:<0.3@b>\r\nDATA\r\n");
    group_exchange(&group, "250 ok\r\n250 ok\r\n554 d\r\n354 go\r\n", "m0\r\n.\r\n");
    group_exchange(&group, "250 ok\r\n", "");
    group_finished(&group, 0, POSTINO_OUTCOME_ACCEPTED);
    group_recipient(&group, 0, 0, POSTINO_OUTCOME_PERMANENT, 550);
    group_recipient(&group, 0, 1, POSTINO_OUTCOME_ACCEPTED, 250);
    group_recipient(&group, 0, 2, POSTINO_OUTCOME_ACCEPTED, 250);
    group_recipient(&group, 0, 3, POSTINO_OUTCOME_PERMANENT, 554);
    assert_string_equal(group.log, "0 250 ok;0.0 550 a;0.1 250 ok;0.2 452 b;0.3 452 c;0 354 go;0 250 ok;"
                                   "0 250 ok;0.2 250 ok;0.3 554 d;0 354 go;0 250 ok;");
}

/* 452 while the recipients still go out: no more of them are asked in this transaction, however many replies
 * come before its end. */
static void test_deferred_half_way(void **state)
{
    static const char head[] = "MAIL FROM:<0@a>\r\nRCPT TO:<0.0@b>\r\nRCPT TO:<0.1@b>\r\nRCPT TO:<0.2@b>\r";
    struct group group;
    char out[sizeof head];

    (void)state;
    start_partial(&group, 1, 4, PIPELINING);
    assert_int_equal(postino_session_output(&group.bench.session, (uint8_t *)out, sizeof head - 1, 0),
                     sizeof head - 1);
    assert_memory_equal(out, head, sizeof head - 1);
    group_exchange(&group, "250 ok\r\n250 ok\r\n452 no\r\n", "\n");
    group_exchange(&group, "452 no\r\n", "DATA\r\n");
    group_exchange(&group, "354 go\r\n", "m0\r\n.\r\n");
    group_exchange(&group, "250 ok\r\n",
                   "MAIL FROM:<0@a>\r\nRCPT TO:<0.1@b>\r\nRCPT TO:<0.2@b>\r\nRCPT TO:<0.3@b>\r\nDATA\r\n");
}

static void test_deferred_two_replies_later(void **state)
{
    static const char head[] = "MAIL FROM:<0@a>\r\nRCPT TO:<0.0@b>\r\nRCPT TO:<0.1@b>\r\nRCPT TO:<0.2@b>\r";
    struct group group;
    char out[sizeof head];

    (void)state;
    start_partial(&group, 1, 4, PIPELINING);
    (void)postino_session_output(&group.bench.session, (uint8_t *)out, sizeof head - 1, 0);
    group_input(&group, "250 ok\r\n250 ok\r\n452 no\r\n");
    /* The rest of the last RCPT, then nothing, though another reply comes for a command in between. */
    group_expect(&group, "\n");
    group_expect(&group, "");
    group_exchange(&group, "250 ok\r\n", "DATA\r\n");
}

/* No recipient was accepted and some were not asked: the server's open transaction is ended before the
 * next. */
static void test_none_taken_others_wait(void **state)
{
    static const char *const extensions[] = {"250 LIMITS RCPTMAX=1\r\n",
                                             "250-PIPELINING\r\n250 LIMITS RCPTMAX=1\r\n"};
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        struct group group;

        start_partial(&group, 1, 2, extensions[i]);
        if (i == 0) {
            group_expect(&group, "MAIL FROM:<0@a>\r\n");
            group_exchange(&group, "250 ok\r\n", "RCPT TO:<0.0@b>\r\n");
            group_exchange(&group, "550 no\r\n", "RSET\r\n");
            group_exchange(&group, "250 ok\r\n", "MAIL FROM:<0@a>\r\n");
            group_exchange(&group, "250 ok\r\n", "RCPT TO:<0.1@b>\r\n");
            group_exchange(&group, "250 ok\r\n", "DATA\r\n");
        } else {
            group_expect(&group, "MAIL FROM:<0@a>\r\nRCPT TO:<0.0@b>\r\n");
            group_exchange(&group, "250 ok\r\n550 no\r\n", "RSET\r\n");
            group_exchange(&group, "250 ok\r\n", "MAIL FROM:<0@a>\r\nRCPT TO:<0.1@b>\r\nDATA\r\n");
            group_input(&group, "250 ok\r\n250 ok\r\n");
        }
        group_exchange(&group, "354 go\r\n", "m0\r\n.\r\n");
        group_exchange(&group, "250 ok\r\n", "");
        group_finished(&group, 0, POSTINO_OUTCOME_ACCEPTED);
        group_recipient(&group, 0, 0, POSTINO_OUTCOME_PERMANENT, 550);
        group_recipient(&group, 0, 1, POSTINO_OUTCOME_ACCEPTED, 250);
    }
}

/* Partial delivery, and nobody at all is taken: a lone dot where DATA is, and the mail is refused. */
static void test_none_taken_in_a_group(void **state)
{
    struct group group;

    (void)state;
    start_partial(&group, 1, 2, PIPELINING);
    group_expect(&group, "MAIL FROM:<0@a>\r\nRCPT TO:<0.0@b>\r\nRCPT TO:<0.1@b>\r\nDATA\r\n");
    group_exchange(&group, "250 ok\r\n550 a\r\n450 b\r\n354 go\r\n", ".\r\n");
    group_exchange(&group, "250 ok\r\n", "");
    group_finished(&group, 0, POSTINO_OUTCOME_TRANSIENT);
    group_recipient(&group, 0, 0, POSTINO_OUTCOME_PERMANENT, 550);
    group_recipient(&group, 0, 1, POSTINO_OUTCOME_TRANSIENT, 450);
    assert_int_equal(group.mails[0].result.step, POSTINO_STEP_RCPT);
}

/* The further transaction comes before mails that have not begun, and behind those that have. */
static void test_order_of_further_transactions(void **state)
{
    struct group group;

    (void)state;
    group_prepare(&group, 2);
    group_mail(&group, 0, 2);
    group.mails[0].delivery = &postino_delivery_partial;
    bench_start(&group.bench);
    group_submit(&group, 0, 2);
    group_greet(&group, BOTH);
    group_expect(&group, "MAIL FROM:<0@a>\r\nRCPT TO:<0.0@b>\r\nRCPT TO:<0.1@b>\r\nBDAT 4 LAST\r\nm0\r\n"
                         "RSET\r\nMAIL FROM:<1@a>\r\nRCPT TO:<1.0@b>\r\nBDAT 4 LAST\r\nm1\r\n");
    group_exchange(&group, "250 ok\r\n250 ok\r\n452 no\r\n250 ok\r\n",
                   "RSET\r\nMAIL FROM:<0@a>\r\nRCPT TO:<0.1@b>\r\nBDAT 4 LAST\r\nm0\r\n");
    group_none_finished(&group);
    group_exchange(&group, "250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n",
                   "RSET\r\nMAIL FROM:<2@a>\r\nRCPT TO:<2.0@b>\r\nBDAT 4 LAST\r\nm2\r\n");
    group_finished(&group, 1, POSTINO_OUTCOME_ACCEPTED);
    group_none_finished(&group);
    group_input(&group, "250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n");
    group_finished(&group, 0, POSTINO_OUTCOME_ACCEPTED);
    group_input(&group, "250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n");
    group_finished(&group, 2, POSTINO_OUTCOME_ACCEPTED);
}

/* The mail in line again is the last one; the next that is handed in stands behind it. */
static void test_submit_behind_further_transaction(void **state)
{
    struct group group;

    (void)state;
    group_prepare(&group, 2);
    group_mail(&group, 0, 2);
    group.mails[0].delivery = &postino_delivery_partial;
    bench_start(&group.bench);
    group_submit(&group, 0, 1);
    group_greet(&group, BOTH);
    (void)group_call(&group);
    group_input(&group, "250 ok\r\n250 ok\r\n452 no\r\n250 ok\r\n");
    group_submit(&group, 2, 2);
    (void)group_call(&group);
    group_input(&group, "250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n");
    (void)group_call(&group);
    group_input(&group, "250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n");
    group_input(&group, "250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n");
    group_finished(&group, 1, POSTINO_OUTCOME_ACCEPTED);
    group_finished(&group, 0, POSTINO_OUTCOME_ACCEPTED);
    group_finished(&group, 2, POSTINO_OUTCOME_ACCEPTED);
    assert_int_equal(bench_want(&group.bench), POSTINO_WANT_RECEIVE | POSTINO_WANT_MAIL);
}

/* The source cannot begin again, so the recipients that are left wait for later. When the connection is
 * lost before the final reply, these recipients are not concerned. */
static void test_recipients_left_for_later(void **state)
{
    struct test_source source;
    struct group group;

    (void)state;
    group_prepare(&group, 1);
    group_mail(&group, 0, 2);
    group.mails[0].delivery = &postino_delivery_partial;
    test_source_init(&source, "m0\r\n", 4);
    source.flags = 0;
    group.mails[0].source = &source.source;
    group_start(&group, "250-PIPELINING\r\n250 LIMITS RCPTMAX=1\r\n");
    group_submit(&group, 0, 0);
    group_expect(&group, "MAIL FROM:<0@a>\r\nRCPT TO:<0.0@b>\r\n");
    group_exchange(&group, "250 ok\r\n250 ok\r\n", "DATA\r\n");
    group_exchange(&group, "354 go\r\n", "m0\r\n.\r\n");
    group_input(&group, "250 ok\r\n");
    group_finished(&group, 0, POSTINO_OUTCOME_ACCEPTED);
    assert_int_equal(group.recipients[0][1].outcome, POSTINO_OUTCOME_TRANSIENT);

    start_partial(&group, 1, 2, BOTH);
    (void)group_call(&group);
    group_input(&group, "250 ok\r\n250 ok\r\n452 no\r\n");
    postino_session_lost(&group.bench.session, POSTINO_ERROR_CLOSED, 0);
    group_finished(&group, 0, POSTINO_OUTCOME_UNKNOWN);
    assert_int_equal(group.recipients[0][0].outcome, POSTINO_OUTCOME_UNKNOWN);
    assert_int_equal(group.recipients[0][1].outcome, POSTINO_OUTCOME_NOT_ATTEMPTED);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_all_or_nothing),
        cmocka_unit_test(test_refused_and_deferred_in_groups),
        cmocka_unit_test(test_deferred_half_way),
        cmocka_unit_test(test_deferred_two_replies_later),
        cmocka_unit_test(test_none_taken_others_wait),
        cmocka_unit_test(test_none_taken_in_a_group),
        cmocka_unit_test(test_order_of_further_transactions),
        cmocka_unit_test(test_submit_behind_further_transaction),
        cmocka_unit_test(test_recipients_left_for_later),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
