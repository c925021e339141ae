/* SPDX-License-Identifier: MIT */
/* Tests the options of a mail: each parameter on the wire, each value that is refused, and servers that
 * lack the extension. */
#include "options_fixture.h"

static void test_nothing(void **state)
{
    (void)state;
    prepare();
    check_mail("");
    group.recipients[0][0].options = &recipient_options;
    check_rcpt("");
}

static void test_dsn(void **state)
{
    (void)state;
    prepare();
    options.return_content = POSTINO_RETURN_FULL;
    check_mail(" RET=FULL");
    options.return_content = POSTINO_RETURN_HEADERS;
    options.envelope_id = "id+1=2 ~!x";
    check_mail(" RET=HDRS ENVID=id+2B1+3D2+20~!x");
    options.return_content = 3;
    check_fails(ALL, POSTINO_ERROR_OPTION);
}

static void test_dsn_recipient(void **state)
{
    static const char *const names[] = {"SUCCESS", "FAILURE", "DELAY"};
    unsigned notify;

    (void)state;
    prepare();
    group.recipients[0][0].options = &recipient_options;
    for (notify = 1; notify < 8; notify++) {
        char expected[60] = " NOTIFY=";
        unsigned i;

        for (i = 0; i < 3; i++) {
            if (notify & 1u << i) {
                (void)snprintf(expected + strlen(expected), 12, "%s%s",
                               expected[strlen(expected) - 1] == '=' ? "" : ",", names[i]);
            }
        }
        recipient_options.notify = (uint8_t)notify;
        check_rcpt(expected);
    }
    recipient_options.notify = POSTINO_NOTIFY_NEVER;
    check_rcpt(" NOTIFY=NEVER");
    recipient_options.original_type = "rfc822";
    recipient_options.original_address = "ann+x=y@example.org";
    check_rcpt(" NOTIFY=NEVER ORCPT=rfc822;ann+2Bx+3Dy@example.org");
    recipient_options.notify = 0;
    check_rcpt(" ORCPT=rfc822;ann+2Bx+3Dy@example.org");
}

static void test_others(void **state)
{
    (void)state;
    prepare();
    options.utf8 = 1;
    check_mail(" SMTPUTF8");
    prepare();
    options.has_priority = 1;
    options.priority = -9;
    check_mail(" MT-PRIORITY=-9");
    options.priority = 0;
    check_mail(" MT-PRIORITY=0");
    options.priority = 9;
    check_mail(" MT-PRIORITY=9");
    prepare();
    options.deliver_by_mode = 'R';
    options.deliver_by_s = 999999999;
    check_mail(" BY=999999999;R");
    options.deliver_by_mode = 'N';
    options.deliver_by_trace = 1;
    options.deliver_by_s = -999999999;
    check_mail(" BY=-999999999;NT");
    options.deliver_by_s = 0;
    check_mail(" BY=0;NT");
    prepare();
    options.hold_for_s = 999999999;
    check_mail(" HOLDFOR=999999999");
    options.hold_for_s = 0;
    options.hold_until = "2026-12-24T18:00:00Z";
    check_mail(" HOLDUNTIL=2026-12-24T18:00:00Z");
    options.hold_until = "2026-12-24T18:00:00.123456+01:00";
    check_mail(" HOLDUNTIL=2026-12-24T18:00:00.123456+01:00");
    prepare();
    options.submitter = "<>";
    check_mail(" AUTH=<>");
    options.submitter = "e+mc2@example.com";
    check_mail(" AUTH=e+2Bmc2@example.com");
}

static void test_all_together(void **state)
{
    (void)state;
    prepare();
    options.utf8 = 1;
    options.return_content = POSTINO_RETURN_FULL;
    options.envelope_id = "i";
    options.deliver_by_mode = 'R';
    options.deliver_by_s = 60;
    options.hold_for_s = 7;
    options.has_priority = 1;
    options.priority = 3;
    options.submitter = "<>";
    check_mail(" SMTPUTF8 RET=FULL ENVID=i BY=60;R HOLDFOR=7 MT-PRIORITY=3 AUTH=<>");
    options.optional = UINT32_MAX;
    check_mail(" SMTPUTF8 RET=FULL ENVID=i BY=60;R HOLDFOR=7 MT-PRIORITY=3 AUTH=<>");
}

static void test_numbers_refused(void **state)
{
    static const struct {
        char mode;
        int32_t seconds;
    } by[] = {{'X', 1},          {'n', 1},           {'R', 0},         {'R', -1},
              {'N', 1000000000}, {'N', -1000000000}, {'N', INT32_MIN}, {'R', INT32_MAX}};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof by / sizeof by[0]; i++) {
        prepare();
        options.deliver_by_mode = by[i].mode;
        options.deliver_by_s = by[i].seconds;
        check_fails(ALL, POSTINO_ERROR_OPTION);
    }
    for (i = 0; i < 2; i++) {
        prepare();
        options.has_priority = 1;
        options.priority = i == 0 ? 10 : -10;
        check_fails(ALL, POSTINO_ERROR_OPTION);
        options.has_priority = 0;
        check_mail("");
    }
    prepare();
    options.hold_for_s = 1000000000;
    check_fails(ALL, POSTINO_ERROR_OPTION);
    options.hold_for_s = 1;
    options.hold_until = "2026-12-24T18:00:00Z";
    check_fails(ALL, POSTINO_ERROR_OPTION);
}

static void test_texts_refused(void **state)
{
    static const char *const bad[] = {"", "a\r\nb", "\n", "a\x7f", "\xc3\xa9", "a\tb"};
    static const char *const times[] = {"",
                                        "2026-12-24",
                                        "2026-12-24T18:00:0 Z",
                                        "2026-12-24T18:00:00Z X=1",
                                        "2026-12-24T18:00:00Z\r\n",
                                        "2026-12-24T18:00:00.00000000000000000000Z"};
    static const char *const submitters[] = {"<", "<>a", "<a@b>", "<a"};
    char text[502];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        prepare();
        options.envelope_id = bad[i];
        check_fails(ALL, POSTINO_ERROR_OPTION);
        prepare();
        options.submitter = bad[i];
        check_fails(ALL, POSTINO_ERROR_OPTION);
        prepare();
        group.recipients[0][0].options = &recipient_options;
        recipient_options.original_type = "rfc822";
        recipient_options.original_address = bad[i];
        check_fails(ALL, POSTINO_ERROR_OPTION);
        recipient_options.original_address = "a";
        recipient_options.original_type = bad[i];
        check_fails(ALL, POSTINO_ERROR_OPTION);
    }
    for (i = 0; i < sizeof times / sizeof times[0]; i++) {
        prepare();
        options.hold_until = times[i];
        check_fails(ALL, POSTINO_ERROR_OPTION);
    }
    for (i = 0; i < sizeof submitters / sizeof submitters[0]; i++) {
        prepare();
        options.submitter = submitters[i];
        check_fails(ALL, POSTINO_ERROR_OPTION);
    }
    /* As long as may be, and one longer. */
    memset(text, 'a', sizeof text);
    text[501] = '\0';
    prepare();
    options.submitter = text;
    check_fails(ALL, POSTINO_ERROR_OPTION);
    prepare();
    options.submitter = text + 1;
    group_start(&group, ALL);
    group_submit(&group, 0, 0);
    assert_int_equal(strlen(group_call(&group)), strlen("MAIL FROM:<0@a> AUTH=\r\n") + 500);
    prepare();
    options.envelope_id = text + 400;
    check_fails(ALL, POSTINO_ERROR_OPTION);
    options.envelope_id = text + 401;
    group_start(&group, ALL);
    group_submit(&group, 0, 0);
    assert_int_equal(strlen(group_call(&group)), strlen("MAIL FROM:<0@a> ENVID=\r\n") + 100);
}

/* A command that is longer than most goes out the same with any room of a call. */
static void test_long(void **state)
{
    char line[2000];
    char text[501];
    size_t capacity;

    (void)state;
    memset(text, '+', 500);
    text[500] = '\0';
    (void)strcpy(line, "MAIL FROM:<0@a> AUTH=");
    for (capacity = 0; capacity < 500; capacity++)
        (void)strcat(line, "+2B");
    (void)strcat(line, "\r\n");
    prepare();
    options.submitter = text;
    for (capacity = 400; capacity < 2000; capacity += 11) {
        size_t length = 0;

        group_start(&group, ALL);
        group_submit(&group, 0, 0);
        while (bench_want(&group.bench) & POSTINO_WANT_SEND)
            length += postino_session_output(&group.bench.session, (uint8_t *)group.bench.sent + length,
                                             capacity, 0);
        group.bench.sent[length] = '\0';
        assert_string_equal(group.bench.sent, line);
    }
}

static void test_recipient_refused(void **state)
{
    static const uint8_t notifies[] = {9, 12, 15, 16, 255};
    struct postino_recipient_options second = {0};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof notifies; i++) {
        prepare();
        group_mail(&group, 0, 2);
        group.mails[0].options = &options;
        group.recipients[0][1].options = &second;
        second.notify = notifies[i];
        check_fails(ALL, POSTINO_ERROR_OPTION);
    }
    prepare();
    group.recipients[0][0].options = &recipient_options;
    recipient_options.original_type = "rfc822";
    check_fails(ALL, POSTINO_ERROR_OPTION);
    recipient_options.original_type = NULL;
    recipient_options.original_address = "a";
    check_fails(ALL, POSTINO_ERROR_OPTION);
    group.mails[0].options = NULL;
    assert_int_equal(postino_session_submit(&group.bench.session, &group.mails[0]), POSTINO_ERROR_ARGUMENT);
}

/* One that is not offered: named, or left out if it may be. */
static void test_not_offered(void **state)
{
    static const uint32_t capabilities[] = {POSTINO_CAPABILITY_DSN,           POSTINO_CAPABILITY_SMTPUTF8,
                                            POSTINO_CAPABILITY_MT_PRIORITY,   POSTINO_CAPABILITY_DELIVERBY,
                                            POSTINO_CAPABILITY_FUTURERELEASE, POSTINO_CAPABILITY_AUTH,
                                            POSTINO_CAPABILITY_REQUIRETLS};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof capabilities / sizeof capabilities[0]; i++) {
        const char *extensions = capabilities[i] == POSTINO_CAPABILITY_REQUIRETLS ? ALL : "250 SIZE\r\n";

        prepare();
        options.envelope_id = i == 0 ? "a" : NULL;
        options.utf8 = i == 1;
        options.has_priority = i == 2;
        options.deliver_by_mode = i == 3 ? 'N' : 0;
        options.hold_for_s = i == 4;
        options.submitter = i == 5 ? "<>" : NULL;
        options.require_tls = i == 6;
        options.optional = ~capabilities[i];
        /* In the clear it is TLS that is missing. */
        check_fails(extensions, i == 6 ? POSTINO_ERROR_REQUIRETLS : POSTINO_ERROR_NOT_OFFERED);
        assert_int_equal(options.missing, i == 6 ? 0 : capabilities[i]);
        options.optional = capabilities[i];
        group_start(&group, extensions);
        group_submit(&group, 0, 0);
        group_expect(&group, i == 6 ? "MAIL FROM:<0@a>\r\n" : "MAIL FROM:<0@a> SIZE=4\r\n");
        assert_int_equal(options.missing, 0);
    }
    /* A recipient's options alone ask for DSN; and the lowest bit is named. */
    prepare();
    group.recipients[0][0].options = &recipient_options;
    options.has_priority = 1;
    check_fails("250 SIZE\r\n", POSTINO_ERROR_NOT_OFFERED);
    assert_int_equal(options.missing, POSTINO_CAPABILITY_DSN);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_dsn),
        cmocka_unit_test(test_dsn_recipient),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_all_together),
        cmocka_unit_test(test_numbers_refused),
        cmocka_unit_test(test_texts_refused),
        cmocka_unit_test(test_recipient_refused),
        cmocka_unit_test(test_not_offered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
