/* SPDX-License-Identifier: MIT */
/* Tests the bounds of the session's memory: mails that were returned to the caller, and counters that are
 * full. */
#include "group.h"

/* A session that ended does not read mails that were returned, wherever its cursors stand: `octets` of the
 * group were sent. */
static void check_calls_after_the_end(size_t octets)
{
    struct group *group = test_malloc(sizeof *group);
    struct postino_session session;
    struct postino_session_config config;
    uint8_t octet;

    group_prepare(group, 2);
    group->recipients[0][0].kind = POSTINO_RECIPIENT_BCC;
    group->recipients[1][0].kind = POSTINO_RECIPIENT_BCC;
    config = group->bench.config;
    assert_int_equal(postino_session_init(&session, &config, 0), 0);
    assert_int_equal(postino_session_submit(&session, &group->mails[0]), 0);
    assert_int_equal(postino_session_submit(&session, &group->mails[1]), 0);
    postino_session_input(&session, (const uint8_t *)"220 mx\r\n", 8, 0);
    (void)postino_session_output(&session, (uint8_t *)group->bench.sent, 4000, 0);
    postino_session_input(&session, (const uint8_t *)"250-mx\r\n" BOTH, 8 + sizeof BOTH - 1, 0);
    for (; octets != 0 && (postino_session_want(&session) & POSTINO_WANT_SEND); octets--) {
        (void)postino_session_output(&session, (uint8_t *)group->bench.sent, 1, 0);
    }
    postino_session_input(&session, (const uint8_t *)"550 ", 4, 0);
    postino_session_lost(&session, POSTINO_ERROR_CLOSED, 0);
    assert_ptr_equal(postino_session_finished(&session), &group->mails[0]);
    assert_ptr_equal(postino_session_finished(&session), &group->mails[1]);
    test_free(group);
    config.on_reply = NULL;
    postino_session_input(&session, (const uint8_t *)"no\r\n", 4, 0);
    postino_session_quit(&session);
    postino_session_abort(&session);
    postino_session_source_ready(&session);
    postino_session_tick(&session, 0x7FFFFFFF);
    assert_int_equal(postino_session_output(&session, &octet, 1, 0), 0);
    postino_session_lost(&session, 0, 0);
    assert_null(postino_session_finished(&session));
    assert_int_equal(postino_session_want(&session), POSTINO_WANT_CLOSED);
}

static void test_calls_after_the_end(void **state)
{
    size_t octets;

    (void)state;
    for (octets = 20; octets < 120; octets++) {
        check_calls_after_the_end(octets);
    }
}

/* More commands ahead of their replies than a counter of 16 bits holds: it waits. */
static void test_more_commands_than_a_counter_holds(void **state)
{
    enum {
        MANY = 70000
    };
    struct postino_recipient *recipients = test_calloc(MANY, sizeof *recipients);
    struct group group;
    size_t asked = 0;
    size_t i;

    (void)state;
    group_prepare(&group, 1);
    for (i = 0; i < MANY; i++) {
        recipients[i].address = "b@c";
        recipients[i].next = i + 1 < MANY ? &recipients[i + 1] : NULL;
    }
    group.mails[0].recipients = recipients;
    group.bench.config.on_reply = NULL;
    group_start(&group, PIPELINING);
    group_submit(&group, 0, 0);
    while (bench_want(&group.bench) & POSTINO_WANT_SEND) {
        (void)group_call(&group);
    }
    group_input(&group, "250 ok\r\n");
    for (i = 0; i < MANY && !(bench_want(&group.bench) & POSTINO_WANT_CLOSED); i++) {
        group_input(&group, "250 ok\r\n");
        while (bench_want(&group.bench) & POSTINO_WANT_SEND) {
            asked += strlen(group_call(&group));
        }
    }
    assert_false(bench_want(&group.bench) & POSTINO_WANT_CLOSED);
    assert_string_equal(group.bench.sent, "DATA\r\n");
    assert_int_equal(recipients[MANY - 1].reply_code, 250);
    assert_true(asked > 0);
    test_free(recipients);
}

/* Drains the session. Returns how many lines it said. */
static size_t drain(struct group *group)
{
    size_t lines = 0;

    while (bench_want(&group->bench) & POSTINO_WANT_SEND) {
        const char *said = group_call(group);

        for (; *said != '\0'; said++) {
            lines += *said == '\n';
        }
    }
    return lines;
}

/* Many mails whose messages are empty: each is RSET, MAIL, RCPT and BDAT. */
struct crowd {
    struct postino_mail mail;
    struct postino_recipient recipients[GROUP_RECIPIENTS];
    struct postino_memory_source source;
};

static void crowd_mail(struct crowd *one, size_t recipients)
{
    size_t i;

    postino_memory_source_init(&one->source, "", 0);
    one->mail.reverse_path = "a@b";
    one->mail.recipients = one->recipients;
    one->mail.source = &one->source.source;
    for (i = 0; i < recipients; i++) {
        one->recipients[i].address = "b@c";
        one->recipients[i].next = i + 1 < recipients ? &one->recipients[i + 1] : NULL;
    }
}

/* As many commands go out as the counter of replies can await, the rest when replies came. Of the mail there,
 * which has so many recipients, `before` commands have room. */
static void check_outstanding(size_t before, size_t recipients)
{
    const size_t end = UINT16_MAX - before;
    const size_t many = end / 4 + 3;
    struct crowd *crowd = test_calloc(many, sizeof *crowd);
    struct group group;
    size_t asked;
    size_t answered;
    size_t i;

    group_prepare(&group, UINT16_MAX);
    group.bench.config.on_reply = NULL;
    bench_start(&group.bench);
    for (i = 0; i < many; i++) {
        /* The first one has no RSET, and one recipient or more with each its RCPT. */
        crowd_mail(&crowd[i], i == 0 ? 1 + (end + 1) % 4 : i == many - 3 ? recipients : 1);
        if (i == 0)
            crowd[i].mail.delivery = &postino_delivery_partial;
        assert_int_equal(postino_session_submit(&group.bench.session, &crowd[i].mail), 0);
    }
    group_greet(&group, BOTH);
    asked = drain(&group);
    assert_in_range(asked, end, UINT16_MAX);
    for (answered = 0; answered < asked; answered++) {
        group_input(&group, "250 ok\r\n");
        asked += drain(&group);
    }
    for (i = 0; i < many; i++) {
        assert_ptr_equal(postino_session_finished(&group.bench.session), &crowd[i].mail);
        assert_int_equal(crowd[i].mail.result.outcome, POSTINO_OUTCOME_ACCEPTED);
    }
    assert_int_equal(bench_want(&group.bench), POSTINO_WANT_MAIL | POSTINO_WANT_RECEIVE);
    test_free(crowd);
}

static void test_65535_outstanding_replies(void **state)
{
    size_t before;

    (void)state;
    for (before = 0; before < 6; before++) {
        check_outstanding(before, 1);
        check_outstanding(before, GROUP_RECIPIENTS);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calls_after_the_end),
        cmocka_unit_test(test_more_commands_than_a_counter_holds),
        cmocka_unit_test(test_65535_outstanding_replies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
