/* SPDX-License-Identifier: MIT */
/* Tests LMTP (RFC 2033): LHLO, and a reply for each accepted recipient. */
#include "group.h"

static struct group group;

static void start(unsigned in_flight, const char *extensions)
{
    group.bench.config.lmtp = &postino_lmtp;
    group.bench.config.mails_in_flight_max = (uint16_t)in_flight;
    bench_start(&group.bench);
    group_exchange(&group, "220 mx\r\n", "LHLO c\r\n");
    group_input(&group, "250-mx\r\n");
    group_input(&group, extensions);
}

static void test_data(void **state)
{
    (void)state;
    group_prepare(&group, 1);
    group_mail(&group, 0, 3);
    start(1, "250 SIZE\r\n");
    group_submit(&group, 0, 0);
    group_expect(&group, "MAIL FROM:<0@a> SIZE=4\r\n");
    group_exchange(&group, "250 ok\r\n", "RCPT TO:<0.0@b>\r\n");
    group_exchange(&group, "250 ok\r\n", "RCPT TO:<0.1@b>\r\n");
    group_exchange(&group, "250 ok\r\n", "RCPT TO:<0.2@b>\r\n");
    group_exchange(&group, "250 ok\r\n", "DATA\r\n");
    group_exchange(&group, "354 go\r\n", "m0\r\n.\r\n");
    group_exchange(&group, "250 a\r\n", "");
    group_none_finished(&group);
    group_exchange(&group, "452-b\r\n452 c\r\n", "");
    group_none_finished(&group);
    assert_false(bench_want(&group.bench) & POSTINO_WANT_MAIL);
    group_exchange(&group, "550 d\r\n", "");
    group_finished(&group, 0, POSTINO_OUTCOME_ACCEPTED);
    group_recipient(&group, 0, 0, POSTINO_OUTCOME_ACCEPTED, 250);
    group_recipient(&group, 0, 1, POSTINO_OUTCOME_TRANSIENT, 452);
    group_recipient(&group, 0, 2, POSTINO_OUTCOME_PERMANENT, 550);
    assert_true(bench_want(&group.bench) & POSTINO_WANT_MAIL);
    assert_string_equal(group.log, "0 250 ok;0.0 250 ok;0.1 250 ok;0.2 250 ok;0 354 go;"
                                   "0.0 250 a;0.1 452 b\nc;0.2 550 d;");
    /* The server's transaction is over: no RSET. */
    group_submit(&group, 1, 1);
    group_expect(&group, "MAIL FROM:<1@a> SIZE=4\r\n");
}

/* Refused at RCPT: no reply for him behind the message. */
static void test_partial(void **state)
{
    (void)state;
    group_prepare(&group, 1);
    group_mail(&group, 0, 3);
    group.mails[0].delivery = &postino_delivery_partial;
    start(1, PIPELINING);
    group_submit(&group, 0, 0);
    group_expect(&group,
                 "MAIL FROM:<0@a>\r\nRCPT TO:<0.0@b>\r\nRCPT TO:<0.1@b>\r\nRCPT TO:<0.2@b>\r\nDATA\r\n");
    group_exchange(&group, "250 ok\r\n250 ok\r\n550 no\r\n250 ok\r\n354 go\r\n", "m0\r\n.\r\n");
    group_exchange(&group, "450 later\r\n", "");
    group_none_finished(&group);
    group_exchange(&group, "250 ok\r\n", "");
    group_finished(&group, 0, POSTINO_OUTCOME_ACCEPTED);
    group_recipient(&group, 0, 0, POSTINO_OUTCOME_TRANSIENT, 450);
    group_recipient(&group, 0, 1, POSTINO_OUTCOME_PERMANENT, 550);
    group_recipient(&group, 0, 2, POSTINO_OUTCOME_ACCEPTED, 250);
}

/* No recipient's message was accepted: the mail was not either, and tells the reason. */
static void test_all_refused(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        group_prepare(&group, 1);
        group_mail(&group, 0, 2);
        start(1, BOTH);
        group_submit(&group, 0, 0);
        group_expect(&group, "MAIL FROM:<0@a>\r\nRCPT TO:<0.0@b>\r\nRCPT TO:<0.1@b>\r\n");
        group_exchange(&group, "250 ok\r\n250 ok\r\n250 ok\r\n", "BDAT 4 LAST\r\nm0\r\n");
        group_exchange(&group, i == 0 ? "550 a\r\n451 b\r\n" : "451 a\r\n550 b\r\n", "");
        group_finished(&group, 0, POSTINO_OUTCOME_TRANSIENT);
        assert_int_equal(group.mails[0].result.error, POSTINO_ERROR_REFUSED);
        assert_int_equal(group.mails[0].result.step, POSTINO_STEP_MESSAGE);
        group_recipient(&group, 0, (int)i, POSTINO_OUTCOME_PERMANENT, 550);
        group_recipient(&group, 0, 1 - (int)i, POSTINO_OUTCOME_TRANSIENT, 451);
    }
}

/* Several mails ahead of their replies: each recipient's finds its own. */
static void test_several_mails(void **state)
{
    (void)state;
    group_prepare(&group, 1);
    group_mail(&group, 0, 2);
    group_mail(&group, 1, 3);
    group.mails[0].delivery = &postino_delivery_partial;
    group.mails[1].delivery = &postino_delivery_partial;
    start(3, BOTH);
    group_submit(&group, 0, 2);
    group_expect(&group,
                 "MAIL FROM:<0@a>\r\nRCPT TO:<0.0@b>\r\nRCPT TO:<0.1@b>\r\nBDAT 4 LAST\r\nm0\r\n"
                 "RSET\r\nMAIL FROM:<1@a>\r\nRCPT TO:<1.0@b>\r\nRCPT TO:<1.1@b>\r\nRCPT TO:<1.2@b>\r\n"
                 "BDAT 4 LAST\r\nm1\r\nRSET\r\nMAIL FROM:<2@a>\r\nRCPT TO:<2.0@b>\r\nBDAT 4 LAST\r\nm2\r\n");
    group_input(&group, "250 ok\r\n250 ok\r\n250 ok\r\n550 a\r\n");
    group_none_finished(&group);
    group_input(&group, "250 b\r\n");
    group_finished(&group, 0, POSTINO_OUTCOME_ACCEPTED);
    group_input(&group, "250 ok\r\n250 ok\r\n250 ok\r\n550 ok\r\n250 ok\r\n450 c\r\n250 d\r\n");
    group_finished(&group, 1, POSTINO_OUTCOME_ACCEPTED);
    group_recipient(&group, 0, 0, POSTINO_OUTCOME_PERMANENT, 550);
    group_recipient(&group, 0, 1, POSTINO_OUTCOME_ACCEPTED, 250);
    group_recipient(&group, 1, 0, POSTINO_OUTCOME_TRANSIENT, 450);
    group_recipient(&group, 1, 1, POSTINO_OUTCOME_PERMANENT, 550);
    group_recipient(&group, 1, 2, POSTINO_OUTCOME_ACCEPTED, 250);
    group_input(&group, "250 ok\r\n250 ok\r\n250 ok\r\n");
    group_none_finished(&group);
    postino_session_quit(&group.bench.session);
    group_exchange(&group, "", "QUIT\r\n");
    group_input(&group, "250 e\r\n221 bye\r\n");
    group_finished(&group, 2, POSTINO_OUTCOME_ACCEPTED);
    assert_int_equal(bench_want(&group.bench), POSTINO_WANT_CLOSED | POSTINO_WANT_GRACEFUL);
}

/* Chunks before the last have one reply, whoever was taken. */
static void test_chunks(void **state)
{
    static char message[1600];
    struct test_source source;

    (void)state;
    memset(message, 'a', sizeof message);
    test_source_init(&source, message, sizeof message);
    source.piece_octets = 800;
    source.flags = POSTINO_SOURCE_CANONICAL;
    group_prepare(&group, 1);
    group_mail(&group, 0, 2);
    group.mails[0].source = &source.source;
    start(1, BOTH);
    group_submit(&group, 0, 0);
    group_expect(&group, "MAIL FROM:<0@a>\r\nRCPT TO:<0.0@b>\r\nRCPT TO:<0.1@b>\r\n");
    group_input(&group, "250 ok\r\n250 ok\r\n250 ok\r\n");
    while (bench_want(&group.bench) & POSTINO_WANT_SEND) {
        (void)group_call(&group);
    }
    group_input(&group, "250 chunk\r\n250 chunk\r\n");
    group_none_finished(&group);
    group_input(&group, "250 a\r\n");
    group_none_finished(&group);
    group_input(&group, "550 b\r\n");
    group_finished(&group, 0, POSTINO_OUTCOME_ACCEPTED);
    group_recipient(&group, 0, 1, POSTINO_OUTCOME_PERMANENT, 550);
    assert_string_equal(group.log,
                        "0 250 ok;0.0 250 ok;0.1 250 ok;0 250 chunk;0 250 chunk;0.0 250 a;0.1 550 b;");

    /* The same where the first chunk is answered before the second one is there. */
    test_source_init(&source, message, sizeof message);
    source.piece_octets = 800;
    source.flags = POSTINO_SOURCE_CANONICAL;
    source.wait_octets = 800;
    group_prepare(&group, 1);
    group_mail(&group, 0, 2);
    group.mails[0].source = &source.source;
    start(1, BOTH);
    group_submit(&group, 0, 0);
    (void)group_call(&group);
    group_input(&group, "250 ok\r\n250 ok\r\n250 ok\r\n");
    while (bench_want(&group.bench) & POSTINO_WANT_SEND) {
        (void)group_call(&group);
    }
    group_input(&group, "250 chunk\r\n");
    assert_int_equal(test_source_release(&source), 1);
    postino_session_source_ready(&group.bench.session);
    while (bench_want(&group.bench) & POSTINO_WANT_SEND) {
        (void)group_call(&group);
    }
    group_input(&group, "250 chunk\r\n450 a\r\n");
    group_none_finished(&group);
    group_input(&group, "250 b\r\n");
    group_finished(&group, 0, POSTINO_OUTCOME_ACCEPTED);
    group_recipient(&group, 0, 0, POSTINO_OUTCOME_TRANSIENT, 450);
    assert_string_equal(group.log,
                        "0 250 ok;0.0 250 ok;0.1 250 ok;0 250 chunk;0 250 chunk;0.0 450 a;0.1 250 b;");
}

/* Lost between the replies: who was answered stays so, the others are unknown. */
static void test_lost_between(void **state)
{
    (void)state;
    group_prepare(&group, 1);
    group_mail(&group, 0, 3);
    start(1, BOTH);
    group_submit(&group, 0, 0);
    (void)group_call(&group);
    group_exchange(&group, "250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n", "BDAT 4 LAST\r\nm0\r\n");
    group_input(&group, "550 a\r\n250 b\r\n250 never en");
    postino_session_lost(&group.bench.session, POSTINO_ERROR_CLOSED, 0);
    assert_ptr_equal(postino_session_finished(&group.bench.session), &group.mails[0]);
    /* One recipient has the message. */
    assert_int_equal(group.mails[0].result.error, 0);
    assert_int_equal(group.mails[0].result.outcome, POSTINO_OUTCOME_ACCEPTED);
    assert_int_equal(postino_session_result(&group.bench.session)->error, POSTINO_ERROR_CLOSED);
    group_recipient(&group, 0, 0, POSTINO_OUTCOME_PERMANENT, 550);
    group_recipient(&group, 0, 1, POSTINO_OUTCOME_ACCEPTED, 250);
    group_recipient(&group, 0, 2, POSTINO_OUTCOME_UNKNOWN, 0);
}

static void test_lhlo_refused(void **state)
{
    (void)state;
    group_prepare(&group, 1);
    group.bench.config.lmtp = &postino_lmtp;
    bench_start(&group.bench);
    group_submit(&group, 0, 0);
    group_exchange(&group, "220 mx\r\n", "LHLO c\r\n");
    group_exchange(&group, "500 no\r\n", "QUIT\r\n");
    group_finished(&group, 0, POSTINO_OUTCOME_NOT_ATTEMPTED);
    assert_int_equal(group.mails[0].result.step, POSTINO_STEP_EHLO);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_data),         cmocka_unit_test(test_partial),
        cmocka_unit_test(test_all_refused),  cmocka_unit_test(test_several_mails),
        cmocka_unit_test(test_chunks),       cmocka_unit_test(test_lost_between),
        cmocka_unit_test(test_lhlo_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
