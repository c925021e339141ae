/* SPDX-License-Identifier: MIT */
/* Tests addresses in UTF-8 (RFC 6531): which are well formed, and which servers get them. */
#include "options_fixture.h"

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
                         POSTINO_ERROR_UTF8_NOT_ASKED);
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
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_utf8_needed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
