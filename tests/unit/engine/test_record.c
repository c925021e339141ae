/* SPDX-License-Identifier: MIT */
/* Tests postino_records: each recipient's record holds the reply that decided its outcome. */
#include "group.h"

static struct group group;
static struct postino_record records[3];
static char texts[3][64];

static void prepare(int recipients, const char *extensions)
{
    int i;

    group_prepare(&group, 1);
    group_mail(&group, 0, recipients);
    group.bench.config.records = &postino_records;
    memset(texts, '#', sizeof texts);
    for (i = 0; i < recipients; i++) {
        records[i] = (struct postino_record){.text = texts[i], .text_capacity_octets = sizeof texts[i] - 1};
        group.recipients[0][i].record = &records[i];
    }
    group_start(&group, extensions);
}

static void check(int number, const char *text, unsigned status_class, unsigned subject, unsigned detail)
{
    assert_int_equal(records[number].text_octets, strlen(text));
    assert_memory_equal(texts[number], text, strlen(text));
    assert_int_equal(texts[number][strlen(text)], '#');
    assert_int_equal(records[number].enhanced_code.status_class, status_class);
    assert_int_equal(records[number].enhanced_code.subject, subject);
    assert_int_equal(records[number].enhanced_code.detail, detail);
}

static void test_partial(void **state)
{
    (void)state;
    prepare(3, PIPELINING);
    group.mails[0].delivery = &postino_delivery_partial;
    /* One without a record is none to trip over. */
    group.recipients[0][2].record = NULL;
    group_submit(&group, 0, 0);
    (void)group_call(&group);
    group_exchange(&group,
                   "250 ok\r\n250 2.1.5 fine\r\n550-5.1.1 no such\r\n550 5.1.1 user\r\n250 ok\r\n354 go\r\n",
                   "m0\r\n.\r\n");
    group_input(&group, "250 2.0.0 queued\r\n");
    group_finished(&group, 0, POSTINO_OUTCOME_ACCEPTED);
    check(0, "2.0.0 queued", 2, 0, 0);
    check(1, "5.1.1 no such\n5.1.1 user", 5, 1, 1);

    /* A reply that refuses the message concerns its recipients. */
    prepare(2, PIPELINING);
    group.mails[0].delivery = &postino_delivery_partial;
    group_submit(&group, 0, 0);
    (void)group_call(&group);
    group_input(&group, "250 2.1.0 sender\r\n");
    assert_int_equal(records[0].text_octets, 0);
    group_exchange(&group, "250 2.1.5 fine\r\n550 5.1.1 no\r\n354 go\r\n", "m0\r\n.\r\n");
    group_input(&group, "554 5.6.0 spam\r\n");
    group_finished(&group, 0, POSTINO_OUTCOME_PERMANENT);
    check(0, "5.6.0 spam", 5, 6, 0);
    check(1, "5.1.1 no", 5, 1, 1);
}

/* A refusal of the whole concerns everybody; the one who was refused has his own. */
static void test_all_or_nothing(void **state)
{
    (void)state;
    prepare(2, PIPELINING);
    group_submit(&group, 0, 0);
    (void)group_call(&group);
    group_input(&group, "550 5.7.1 not you\r\n503 a\r\n503 b\r\n");
    group_finished(&group, 0, POSTINO_OUTCOME_PERMANENT);
    check(0, "5.7.1 not you", 5, 7, 1);
    check(1, "5.7.1 not you", 5, 7, 1);

    prepare(2, PIPELINING);
    group_submit(&group, 0, 0);
    (void)group_call(&group);
    group_input(&group, "250 ok\r\n250 2.1.5 ok\r\n550 no\r\n");
    group_finished(&group, 0, POSTINO_OUTCOME_PERMANENT);
    check(0, "2.1.5 ok", 2, 1, 5);
    check(1, "no", 0, 0, 0);
}

static void test_lmtp(void **state)
{
    (void)state;
    prepare(2, BOTH);
    group.bench.config.lmtp = &postino_lmtp;
    bench_start(&group.bench);
    group_exchange(&group, "220 mx\r\n", "LHLO c\r\n");
    group_input(&group, "250-mx\r\n" BOTH);
    group_submit(&group, 0, 0);
    (void)group_call(&group);
    group_exchange(&group, "250 ok\r\n250 ok\r\n250 ok\r\n", "BDAT 4 LAST\r\nm0\r\n");
    group_input(&group, "450 4.2.2 full\r\n250 2.0.0 in\r\n");
    check(0, "4.2.2 full", 4, 2, 2);
    check(1, "2.0.0 in", 2, 0, 0);
}

/* Too long for the buffer, for the session's, or no buffer at all. */
static void test_text_capacity(void **state)
{
    size_t room;

    (void)state;
    for (room = 0; room < 63; room++) {
        char reply[300] = "550 5.1.1 ";
        size_t length;

        prepare(1, PIPELINING);
        records[0].text_capacity_octets = room;
        if (room == 0) {
            records[0].text = NULL;
        }
        memset(reply + 10, 'x', room * 4);
        (void)strcpy(reply + 10 + room * 4, "\r\n");
        length = 6 + room * 4 < room ? 6 + room * 4 : room;
        group_submit(&group, 0, 0);
        (void)group_call(&group);
        group_input(&group, "250 ok\r\n");
        group_input(&group, reply);
        assert_int_equal(records[0].text_octets, length);
        assert_memory_equal(texts[0], reply + 4, length);
        assert_int_equal(texts[0][length], '#');
        assert_int_equal(records[0].enhanced_code.subject, 1);
    }
}

/* A record that has more room than the session keeps of a text; and an earlier reply leaves nothing in it. */
static void test_more_than_a_session_keeps(void **state)
{
    enum {
        LINES = 4,
        LINE_OCTETS = POSTINO_REPLY_TEXT_OCTETS
    };
    static char text[LINES * (LINE_OCTETS + 1) + 1];
    static char expected[sizeof text];
    static char reply[sizeof text + 8 * LINES];
    size_t length = 0;
    size_t reply_length = 0;
    int i;

    (void)state;
    prepare(2, PIPELINING);
    for (i = 0; i < 2; i++) {
        records[i].text = text;
        records[i].text_capacity_octets = sizeof text;
    }
    group.recipients[0][0].record = NULL;
    group_submit(&group, 0, 0);
    (void)group_call(&group);
    group_exchange(&group, "250 ok\r\n250 ok\r\n250 2.1.5 fine\r\n", "DATA\r\n");
    group_exchange(&group, "354 go\r\n", "m0\r\n.\r\n");
    for (i = 0; i < LINES; i++) {
        memcpy(reply + reply_length, i == LINES - 1 ? "554 " : "554-", 4);
        memset(reply + reply_length + 4, 'a' + i, LINE_OCTETS);
        reply[reply_length + 4] = '\033';
        memcpy(reply + reply_length + 4 + LINE_OCTETS, "\r\n", 3);
        reply_length += LINE_OCTETS + 6;
        if (i != 0)
            expected[length++] = '\n';
        memset(expected + length, 'a' + i, LINE_OCTETS);
        expected[length] = '?';
        length += LINE_OCTETS;
    }
    group_input(&group, reply);
    assert_int_equal(records[1].text_octets, length);
    assert_memory_equal(text, expected, length);
    assert_int_equal(group.recipients[0][1].outcome, POSTINO_OUTCOME_PERMANENT);

    prepare(1, PIPELINING);
    group_submit(&group, 0, 0);
    (void)group_call(&group);
    group_input(&group, "250 ok\r\n250 2.1.5 fine\r\n");
    check(0, "2.1.5 fine", 2, 1, 5);
    group_exchange(&group, "354\r\n", "m0\r\n.\r\n");
    assert_int_equal(records[0].text_octets, 0);
    group_input(&group, "554\r\n");
    assert_int_equal(records[0].text_octets, 0);
    assert_int_equal(records[0].enhanced_code.status_class, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_partial),
        cmocka_unit_test(test_all_or_nothing),
        cmocka_unit_test(test_lmtp),
        cmocka_unit_test(test_text_capacity),
        cmocka_unit_test(test_more_than_a_session_keeps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
