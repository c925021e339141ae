/* SPDX-License-Identifier: MIT */
/* What is asked for a mail: each parameter as it goes out, each value that cannot go out, and what the server
 * does not offer. */
#include "group.h"

#define ALL                                                                                                  \
    "250-SMTPUTF8\r\n250-DSN\r\n250-DELIVERBY\r\n250-FUTURERELEASE\r\n250-MT-PRIORITY\r\n250-REQUIRETLS\r\n" \
    "250-8BITMIME\r\n250 AUTH PLAIN\r\n"

static struct group group;
static struct postino_options options;
static struct postino_recipient_options recipient_options;

static void prepare(void)
{
    group_prepare(&group, 1);
    postino_options_init(&options);
    memset(&recipient_options, 0, sizeof recipient_options);
    group.mails[0].options = &options;
}

/* What stands behind the path of MAIL. */
static void check_mail(const char *expected)
{
    char line[1600];
    size_t capacity;

    (void)snprintf(line, sizeof line, "MAIL FROM:<0@a>%s\r\n", expected);
    for (capacity = 1; capacity < 60; capacity += 7) {
        size_t length = 0;

        group_start(&group, ALL);
        group_submit(&group, 0, 0);
        while (bench_want(&group.bench) & POSTINO_WANT_SEND) {
            length += postino_session_output(&group.bench.session, (uint8_t *)group.bench.sent + length,
                                             capacity, 0);
        }
        group.bench.sent[length] = '\0';
        assert_string_equal(group.bench.sent, line);
    }
    assert_int_equal(options.missing, 0);
}

static void check_rcpt(const char *expected)
{
    char line[1600];

    (void)snprintf(line, sizeof line, "RCPT TO:<0.0@b>%s\r\n", expected);
    check_mail("");
    group_exchange(&group, "250 ok\r\n", line);
}

/* The mail fails with this, and nothing of it goes out. */
static void check_fails(const char *extensions, int error)
{
    group_start(&group, extensions);
    group_submit(&group, 0, 0);
    group_expect(&group, "");
    group_finished(&group, 0, POSTINO_OUTCOME_NOT_ATTEMPTED + (error == POSTINO_ERROR_NOT_OFFERED ? -1 : 0));
    assert_int_equal(group.mails[0].result.error, error);
    assert_true(bench_want(&group.bench) & POSTINO_WANT_MAIL);
}

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
        check_fails(extensions, POSTINO_ERROR_NOT_OFFERED);
        assert_int_equal(options.missing, capabilities[i]);
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

static void check_utf8(const char *address, int submit_error, int error)
{
    prepare();
    options.utf8 = 1;
    group.recipients[0][0].address = address;
    group_start(&group, ALL);
    assert_int_equal(postino_session_submit(&group.bench.session, &group.mails[0]), submit_error);
    if (submit_error != 0) {
        return;
    }
    if (error == 0) {
        char line[100];

        group_expect(&group, "MAIL FROM:<0@a> SMTPUTF8\r\n");
        (void)snprintf(line, sizeof line, "RCPT TO:<%s>\r\n", address);
        group_exchange(&group, "250 ok\r\n", line);
    } else {
        group_expect(&group, "");
        assert_int_equal(group.mails[0].result.error, error);
    }
    group.mails[0].reverse_path = address;
    group.recipients[0][0].address = "b@c";
    group_start(&group, ALL);
    group_submit(&group, 0, 0);
    (void)group_call(&group);
    assert_int_equal(group.mails[0].result.error, error != 0 ? POSTINO_ERROR_REVERSE_PATH : 0);
}

static void test_utf8(void **state)
{
    static const char *const good[] = {"\xc3\xa9@b",         "a@\xe4\xb8\xad\xe6\x96\x87",
                                       "\xf0\x9f\x93\xa7@b", "\xc2\x80@b",
                                       "\xdf\xbf@b",         "\xe0\xa0\x80@b",
                                       "\xed\x9f\xbf@b",     "\xee\x80\x80@b",
                                       "\xf0\x90\x80\x80@b", "\xf4\x8f\xbf\xbf@b"};
    static const char *const bad[] = {"\x80@b",
                                      "\xc0\xaf@b",
                                      "\xc1\xbf@b",
                                      "\xc3@b",
                                      "a@b\xc3",
                                      "\xe0\x9f\xbf@b",
                                      "\xed\xa0\x80@b",
                                      "\xf0\x8f\xbf\xbf@b",
                                      "\xf4\x90\x80\x80@b",
                                      "\xf5\x80\x80\x80@b",
                                      "\xff@b",
                                      "\xe4\xb8@b",
                                      "a@\xf0\x9f\x93",
                                      "\xc3\xc3@b",
                                      "\xe4\xb8\x41@b"};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof good / sizeof good[0]; i++) {
        check_utf8(good[i], 0, 0);
    }
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        check_utf8(bad[i], 0, POSTINO_ERROR_FORWARD_PATH);
    }
    check_utf8("\xc3\xa9\n@b", POSTINO_ERROR_FORWARD_PATH, 0);
}

/* RFC 6531 section 3.4: such an address is not for a server that does not offer it, optional or not. */
static void test_utf8_needed(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < 2; i++) {
        prepare();
        if (i == 0) {
            group.recipients[0][0].address = "\xc3\xa9@b";
        } else {
            group.mails[0].reverse_path = "a@\xc3\xa9";
        }
        options.utf8 = 1;
        options.optional = UINT32_MAX;
        check_fails("250 8BITMIME\r\n", POSTINO_ERROR_NOT_OFFERED);
        assert_int_equal(options.missing, POSTINO_CAPABILITY_SMTPUTF8);
        options.utf8 = 0;
        group_start(&group, ALL);
        assert_int_equal(postino_session_submit(&group.bench.session, &group.mails[0]),
                         i == 0 ? POSTINO_ERROR_FORWARD_PATH : POSTINO_ERROR_REVERSE_PATH);
    }
    /* Without such an address it may be left out. */
    prepare();
    options.utf8 = 1;
    options.optional = POSTINO_CAPABILITY_SMTPUTF8;
    group_start(&group, "250 8BITMIME\r\n");
    group_submit(&group, 0, 0);
    group_expect(&group, "MAIL FROM:<0@a>\r\n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing),       cmocka_unit_test(test_dsn),
        cmocka_unit_test(test_dsn_recipient), cmocka_unit_test(test_others),
        cmocka_unit_test(test_all_together),  cmocka_unit_test(test_numbers_refused),
        cmocka_unit_test(test_texts_refused), cmocka_unit_test(test_recipient_refused),
        cmocka_unit_test(test_not_offered),   cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_utf8_needed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
