/* SPDX-License-Identifier: MIT */
/* Tests how many recipients, domains and mails go in one transaction and over one connection (RFC 9422,
 * RFC 5321 section 4.5.3.1.8). */
#include "group.h"

static void test_domains(void **state)
{
    static const char *const addresses[] = {"a@one", "b@TWO", "c@One", "d@two"};
    struct group group;
    int i;

    (void)state;
    group_prepare(&group, 1);
    group_mail(&group, 0, 4);
    for (i = 0; i < 4; i++) {
        group.recipients[0][i].address = addresses[i];
    }
    group.mails[0].delivery = &postino_delivery_partial;
    group.mails[1].recipients = group.recipients[1];
    group_start(&group, "250-LIMITS RCPTDOMAINMAX=1\r\n250 PIPELINING\r\n");
    group_submit(&group, 0, 0);
    group_expect(&group, "MAIL FROM:<0@a>\r\nRCPT TO:<a@one>\r\nRCPT TO:<c@One>\r\n");
    group_exchange(&group, "250 ok\r\n250 ok\r\n250 ok\r\n", "DATA\r\n");
    group_exchange(&group, "354 go\r\n", "m0\r\n.\r\n");
    group_exchange(&group, "250 ok\r\n", "MAIL FROM:<0@a>\r\nRCPT TO:<b@TWO>\r\nRCPT TO:<d@two>\r\nDATA\r\n");
    group_exchange(&group, "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n", "m0\r\n.\r\n");
    group_exchange(&group, "250 ok\r\n", "");
    group_finished(&group, 0, POSTINO_OUTCOME_ACCEPTED);
    for (i = 0; i < 4; i++) {
        group_recipient(&group, 0, i, POSTINO_OUTCOME_ACCEPTED, 250);
    }
    /* All or nothing cannot be split. */
    group_mail(&group, 1, 2);
    group.recipients[1][0].address = "a@one";
    group.recipients[1][1].address = "b@two";
    group_submit(&group, 1, 1);
    group_expect(&group, "");
    group_finished(&group, 1, POSTINO_OUTCOME_PERMANENT);
    assert_int_equal(group.mails[1].result.error, POSTINO_ERROR_RECIPIENTS);
}

static void test_mailmax_and_rcptmax(void **state)
{
    struct group group;

    (void)state;
    group_prepare(&group, 3);
    group_mail(&group, 0, 3);
    group_mail(&group, 2, 2); /* exactly as many as may be */
    bench_start(&group.bench);
    group_submit(&group, 0, 3);
    group_greet(&group, "250-LIMITS MAILMAX=2 RCPTMAX=2\r\n" BOTH);
    group_expect(&group, "MAIL FROM:<1@a>\r\nRCPT TO:<1.0@b>\r\nBDAT 4 LAST\r\nm1\r\n"
                         "RSET\r\nMAIL FROM:<2@a>\r\nRCPT TO:<2.0@b>\r\nRCPT TO:<2.1@b>\r\n");
    group_finished(&group, 0, POSTINO_OUTCOME_PERMANENT);
    assert_int_equal(group.mails[0].result.error, POSTINO_ERROR_RECIPIENTS);
    group_exchange(&group, "250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n",
                   "BDAT 4 LAST\r\nm2\r\n");
    group_input(&group, "250 ok\r\n");
    group_finished(&group, 1, POSTINO_OUTCOME_ACCEPTED);
    group_finished(&group, 2, POSTINO_OUTCOME_ACCEPTED);
    group_finished(&group, 3, POSTINO_OUTCOME_NOT_ATTEMPTED);
    assert_int_equal(group.mails[3].result.error, POSTINO_ERROR_MAIL_LIMIT);
    assert_int_equal(bench_want(&group.bench), POSTINO_WANT_RECEIVE | POSTINO_WANT_MAIL);
}

/* 250 recipients: 100, 100, 50. */
static void test_250_recipients_in_three_transactions(void **state)
{
    enum {
        MANY = 250
    };
    static struct postino_recipient recipients[MANY];
    static char names[MANY][24];
    struct group group;
    size_t transactions = 0;
    size_t i;
    size_t j;

    (void)state;
    group_prepare(&group, 1);
    memset(recipients, 0, sizeof recipients);
    for (i = 0; i < MANY; i++) {
        (void)snprintf(names[i], sizeof names[i], "%u@b", (unsigned)i);
        recipients[i].address = names[i];
        recipients[i].next = i + 1 < MANY ? &recipients[i + 1] : NULL;
    }
    group.mails[0].recipients = recipients;
    group.mails[0].delivery = &postino_delivery_partial;
    group.bench.config.on_reply = NULL;
    bench_start(&group.bench);
    group_submit(&group, 0, 0);
    postino_session_quit(&group.bench.session);
    group_greet(&group, BOTH);
    for (i = 0; i < MANY;) {
        size_t begin = i;
        size_t end = i + 100 < MANY ? i + 100 : MANY;
        char expected[4000] = "MAIL FROM:<0@a>\r\n";

        for (; i < end; i++) {
            (void)snprintf(expected + strlen(expected), 40, "RCPT TO:<%u@b>\r\n", (unsigned)i);
        }
        if (end == MANY) {
            (void)strcat(expected, "BDAT 4 LAST\r\nm0\r\n");
        }
        group_expect(&group, expected);
        /* To MAIL and to each of them. */
        for (j = begin; j <= end; j++) {
            group_input(&group, "250 ok\r\n");
        }
        if (i < MANY) {
            group_expect(&group, "BDAT 4 LAST\r\nm0\r\n");
        }
        group_none_finished(&group);
        group_input(&group, "250 ok\r\n");
        transactions++;
    }
    group_expect(&group, "QUIT\r\n");
    assert_int_equal(transactions, 3);
    group_finished(&group, 0, POSTINO_OUTCOME_ACCEPTED);
    for (i = 0; i < MANY; i++) {
        assert_int_equal(recipients[i].outcome, POSTINO_OUTCOME_ACCEPTED);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_domains),
        cmocka_unit_test(test_mailmax_and_rcptmax),
        cmocka_unit_test(test_250_recipients_in_three_transactions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
