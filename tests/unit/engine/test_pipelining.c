/* SPDX-License-Identifier: MIT */
/* Tests groups of commands (RFC 2920), octet by octet: which commands join a group, and which wait. */
#include "group.h"

#define ENVELOPE0 "MAIL FROM:<0@a>\r\nRCPT TO:<0.0@b>\r\n"
#define ENVELOPE1 "MAIL FROM:<1@a>\r\nRCPT TO:<1.0@b>\r\n"
#define ENVELOPE2 "MAIL FROM:<2@a>\r\nRCPT TO:<2.0@b>\r\n"
#define ENVELOPE3 "MAIL FROM:<3@a>\r\nRCPT TO:<3.0@b>\r\n"
#define THREE     "250 ok\r\n250 ok\r\n354 go\r\n"
#define FOUR      "250 ok\r\n" THREE

static void test_data(void **state)
{
    struct group group;

    (void)state;
    group_prepare(&group, 1);
    group_start(&group, PIPELINING);
    group_submit(&group, 0, 0);
    group_expect(&group, ENVELOPE0 "DATA\r\n");
    group_exchange(&group, "250 a\r\n", "");
    group_exchange(&group, "250 b\r\n", "");
    group_exchange(&group, "354 c\r\n", "m0\r\n.\r\n");
    group_none_finished(&group);
    group_exchange(&group, "250 d\r\n", "");
    group_finished(&group, 0, POSTINO_OUTCOME_ACCEPTED);
    group_recipient(&group, 0, 0, POSTINO_OUTCOME_ACCEPTED, 250);
    postino_session_quit(&group.bench.session);
    group_expect(&group, "QUIT\r\n");
    assert_string_equal(group.log, "0 250 a;0.0 250 b;0 354 c;0 250 d;");
}

static void test_bdat_and_quit(void **state)
{
    struct group group;

    (void)state;
    group_prepare(&group, 1);
    bench_start(&group.bench);
    group_submit(&group, 0, 0);
    postino_session_quit(&group.bench.session);
    group_greet(&group, BOTH);
    group_expect(&group, ENVELOPE0 "BDAT 4 LAST\r\nm0\r\nQUIT\r\n");
    group_exchange(&group, "250 a\r\n250 b\r\n250 c\r\n", "");
    group_finished(&group, 0, POSTINO_OUTCOME_ACCEPTED);
    assert_int_equal(bench_want(&group.bench), POSTINO_WANT_RECEIVE);
    group_input(&group, "221 bye\r\n");
    assert_int_equal(bench_want(&group.bench), POSTINO_WANT_CLOSED | POSTINO_WANT_GRACEFUL);
    assert_string_equal(group.log, "0 250 a;0.0 250 b;0 250 c;");
}

/* Without PIPELINING each command waits for the reply to the one before. */
static void test_lock_step(void **state)
{
    struct group group;

    (void)state;
    group_prepare(&group, 3);
    group_mail(&group, 0, 2);
    bench_start(&group.bench);
    group_submit(&group, 0, 1);
    postino_session_quit(&group.bench.session);
    group_greet(&group, CHUNKING);
    group_expect(&group, "MAIL FROM:<0@a>\r\n");
    group_exchange(&group, "250 ok\r\n", "RCPT TO:<0.0@b>\r\n");
    group_exchange(&group, "250 ok\r\n", "RCPT TO:<0.1@b>\r\n");
    group_exchange(&group, "250 ok\r\n", "BDAT 4 LAST\r\nm0\r\n");
    group_exchange(&group, "250 ok\r\n", "MAIL FROM:<1@a>\r\n");
    group_exchange(&group, "250 ok\r\n", "RCPT TO:<1.0@b>\r\n");
    group_exchange(&group, "250 ok\r\n", "BDAT 4 LAST\r\nm1\r\n");
    group_exchange(&group, "250 ok\r\n", "QUIT\r\n");
    group_finished(&group, 0, POSTINO_OUTCOME_ACCEPTED);
    group_finished(&group, 1, POSTINO_OUTCOME_ACCEPTED);
}

/* To several recipients, all or none: the message waits for every reply; with partial delivery it does
 * not. */
static void test_several_recipients(void **state)
{
    static const char *const extensions[] = {PIPELINING, BOTH};
    static const char *const messages[] = {"DATA\r\n", "BDAT 4 LAST\r\nm0\r\n"};
    struct group group;
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        char partial[120];

        group_prepare(&group, 1);
        group_mail(&group, 0, 3);
        group_start(&group, extensions[i]);
        group_submit(&group, 0, 0);
        group_expect(&group, ENVELOPE0 "RCPT TO:<0.1@b>\r\nRCPT TO:<0.2@b>\r\n");
        group_exchange(&group, "250 ok\r\n", "");
        group_exchange(&group, "250 ok\r\n250 ok\r\n", "");
        group_exchange(&group, "250 ok\r\n", messages[i]);

        group_prepare(&group, 1);
        group_mail(&group, 0, 3);
        group.mails[0].delivery = &postino_delivery_partial;
        group_start(&group, extensions[i]);
        group_submit(&group, 0, 0);
        (void)snprintf(partial, sizeof partial, "%s%s%s", ENVELOPE0, "RCPT TO:<0.1@b>\r\nRCPT TO:<0.2@b>\r\n",
                       messages[i]);
        group_expect(&group, partial);
    }
}

/* A message above the limit, or one that could not be read again, waits for a recipient; DATA waits for 354
 * anyway. */
static void test_large(void **state)
{
    static const struct {
        uint32_t limit_octets;
        size_t size_octets;
        uint8_t flags;
        int joins;
    } cases[] = {{0, 65536, POSTINO_SOURCE_REWINDS, 1},
                 {0, 65537, POSTINO_SOURCE_REWINDS, 0},
                 {10, 10, POSTINO_SOURCE_REWINDS, 1},
                 {10, 11, POSTINO_SOURCE_REWINDS, 0},
                 {70000, 70000, POSTINO_SOURCE_REWINDS, 1},
                 {0, 10, 0, 0},
                 {0, POSTINO_SIZE_UNKNOWN, POSTINO_SOURCE_REWINDS, 0}};
    static char message[70000];
    struct test_source source;
    struct group group;
    size_t i;
    size_t j;

    (void)state;
    for (i = 0; i < sizeof message; i++) {
        message[i] = (char)(i % 2 != 0 ? '\n' : '\r');
    }
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (j = 0; j < 2; j++) {
            size_t size = cases[i].size_octets == POSTINO_SIZE_UNKNOWN ? 1000 : cases[i].size_octets;
            int joins = j == 0 || cases[i].joins;

            group_prepare(&group, 1);
            group.bench.config.group_octets_max = cases[i].limit_octets;
            test_source_init(&source, message, size);
            source.size_octets = cases[i].size_octets;
            source.flags = cases[i].flags | POSTINO_SOURCE_CANONICAL;
            group.mails[0].source = &source.source;
            group_start(&group, j == 0 ? PIPELINING : BOTH);
            group_submit(&group, 0, 0);
            (void)group_call(&group);
            assert_memory_equal(group.bench.sent, ENVELOPE0, sizeof ENVELOPE0 - 1);
            assert_int_equal(group.bench.sent[sizeof ENVELOPE0 - 1] != '\0', joins);
            assert_int_equal((bench_want(&group.bench) & POSTINO_WANT_SEND) != 0,
                             j == 1 && joins && size > 4000);
            if (joins) {
                continue;
            }
            group_exchange(&group, "250 ok\r\n", "");
            group_input(&group, "250 ok\r\n");
            assert_memory_equal(group_call(&group), "BDAT ", 5);
            assert_null(source.breach);
        }
    }
}

/* How far ahead of the replies mails go, and where another one is wanted. */
static void test_in_flight(void **state)
{
    unsigned limit;

    (void)state;
    for (limit = 0; limit <= 3; limit++) {
        static const char *const ahead[] = {ENVELOPE0 "BDAT 4 LAST\r\nm0\r\n",
                                            "RSET\r\n" ENVELOPE1 "BDAT 4 LAST\r\nm1\r\n",
                                            "RSET\r\n" ENVELOPE2 "BDAT 4 LAST\r\nm2\r\n"};
        unsigned limit_or_one = limit == 0 ? 1 : limit;
        struct group group;
        unsigned i;

        group_prepare(&group, limit);
        group_start(&group, BOTH);
        assert_true(bench_want(&group.bench) & POSTINO_WANT_MAIL);
        for (i = 0; i < limit_or_one; i++) {
            group_submit(&group, (int)i, (int)i);
            assert_false(bench_want(&group.bench) & POSTINO_WANT_MAIL);
            group_expect(&group, ahead[i]);
            assert_int_equal((bench_want(&group.bench) & POSTINO_WANT_MAIL) != 0, i + 1 < limit_or_one);
        }
        /* One more waits until the first one is settled. */
        group_submit(&group, 3, 3);
        group_expect(&group, "");
        group_exchange(&group, "250 ok\r\n250 ok\r\n", "");
        group_none_finished(&group);
        group_exchange(&group, "250 ok\r\n",
                       limit_or_one == 1 ? ENVELOPE3 "BDAT 4 LAST\r\nm3\r\n"
                                         : "RSET\r\n" ENVELOPE3 "BDAT 4 LAST\r\nm3\r\n");
        group_finished(&group, 0, POSTINO_OUTCOME_ACCEPTED);
        for (i = 1; i < limit_or_one; i++) {
            group_none_finished(&group);
            group_input(&group, "250 ok\r\n250 ok\r\n250 ok\r\n");
            group_none_finished(&group);
            group_input(&group, "250 ok\r\n");
            group_finished(&group, (int)i, POSTINO_OUTCOME_ACCEPTED);
        }
        group_none_finished(&group);
        group_input(&group, limit_or_one == 1 ? "250 ok\r\n250 ok\r\n250 ok\r\n"
                                              : "250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n");
        group_finished(&group, 3, POSTINO_OUTCOME_ACCEPTED);
        assert_int_equal(bench_want(&group.bench), POSTINO_WANT_RECEIVE | POSTINO_WANT_MAIL);
    }
}

/* By DATA the next mail's envelope travels behind the end mark. */
static void test_data_in_flight(void **state)
{
    struct group group;

    (void)state;
    group_prepare(&group, 2);
    bench_start(&group.bench);
    group_submit(&group, 0, 2);
    group_greet(&group, PIPELINING);
    group_expect(&group, ENVELOPE0 "DATA\r\n");
    group_exchange(&group, THREE, "m0\r\n.\r\nRSET\r\n" ENVELOPE1 "DATA\r\n");
    group_exchange(&group, "250 ok\r\n", "");
    group_finished(&group, 0, POSTINO_OUTCOME_ACCEPTED);
    group_exchange(&group, FOUR, "m1\r\n.\r\nRSET\r\n" ENVELOPE2 "DATA\r\n");
    postino_session_quit(&group.bench.session);
    group_exchange(&group, "250 ok\r\n" FOUR, "m2\r\n.\r\nQUIT\r\n");
    group_finished(&group, 1, POSTINO_OUTCOME_ACCEPTED);
    group_input(&group, "250 ok\r\n221 bye\r\n");
    group_finished(&group, 2, POSTINO_OUTCOME_ACCEPTED);
    assert_int_equal(bench_want(&group.bench), POSTINO_WANT_CLOSED | POSTINO_WANT_GRACEFUL);
}

/* QUIT joins only where one mail to one recipient is left: another transaction may be needed otherwise. */
static void test_quit(void **state)
{
    struct group group;

    (void)state;
    group_prepare(&group, 2);
    bench_start(&group.bench);
    group_submit(&group, 0, 1);
    postino_session_quit(&group.bench.session);
    group_greet(&group, BOTH);
    group_expect(&group, ENVELOPE0 "BDAT 4 LAST\r\nm0\r\nRSET\r\n" ENVELOPE1 "BDAT 4 LAST\r\nm1\r\n");
    group_exchange(&group, "250 ok\r\n250 ok\r\n", "");
    group_exchange(&group, "250 ok\r\n", "QUIT\r\n");
    group_input(&group, "250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n221 bye\r\n");
    group_finished(&group, 0, POSTINO_OUTCOME_ACCEPTED);
    group_finished(&group, 1, POSTINO_OUTCOME_ACCEPTED);

    group_prepare(&group, 2);
    group_mail(&group, 0, 2);
    group.mails[0].delivery = &postino_delivery_partial;
    bench_start(&group.bench);
    group_submit(&group, 0, 0);
    postino_session_quit(&group.bench.session);
    group_greet(&group, BOTH);
    group_expect(&group, ENVELOPE0 "RCPT TO:<0.1@b>\r\nBDAT 4 LAST\r\nm0\r\n");
    group_exchange(&group, "250 ok\r\n250 ok\r\n250 ok\r\n", "");
    group_exchange(&group, "250 ok\r\n", "QUIT\r\n");

    /* Before a message is out whole it does not, whenever it is asked for. */
    group_prepare(&group, 2);
    group_start(&group, PIPELINING);
    group_submit(&group, 0, 0);
    group_expect(&group, ENVELOPE0 "DATA\r\n");
    postino_session_quit(&group.bench.session);
    group_expect(&group, "");
    group_exchange(&group, THREE, "m0\r\n.\r\nQUIT\r\n");
}

/* The same octets, whatever the capacity. */
static void test_capacities(void **state)
{
    static const char expected[] =
        ENVELOPE0 "BDAT 4 LAST\r\nm0\r\nRSET\r\n" ENVELOPE1 "BDAT 4 LAST\r\nm1\r\n";
    size_t capacity;

    (void)state;
    for (capacity = 1; capacity <= sizeof expected; capacity++) {
        struct group group;
        char wire[sizeof expected];
        size_t length = 0;

        group_prepare(&group, 2);
        bench_start(&group.bench);
        group_submit(&group, 0, 1);
        group_greet(&group, BOTH);
        while (bench_want(&group.bench) & POSTINO_WANT_SEND) {
            uint8_t out[sizeof expected];
            size_t octets = postino_session_output(&group.bench.session, out, capacity, 0);

            assert_in_range(octets, 1, capacity);
            assert_true(length + octets < sizeof wire);
            memcpy(wire + length, out, octets);
            length += octets;
        }
        wire[length] = '\0';
        assert_string_equal(wire, expected);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_data),           cmocka_unit_test(test_bdat_and_quit),
        cmocka_unit_test(test_lock_step),      cmocka_unit_test(test_several_recipients),
        cmocka_unit_test(test_large),          cmocka_unit_test(test_in_flight),
        cmocka_unit_test(test_data_in_flight), cmocka_unit_test(test_quit),
        cmocka_unit_test(test_capacities),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
