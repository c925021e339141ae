/* SPDX-License-Identifier: MIT */
/* Tests the blocking client when the server refuses a password or a recipient, over real sockets.
 * Invariant: each test plays its server's script to the end and checks the outcome of every mail and
 * recipient. */
#define _POSIX_C_SOURCE 200809L

#include "client_fixture.h"

static void wrong_password(void **state)
{
    static const char *const script[] = {"accept",
                                         "S: 220 server.test",
                                         "C: EHLO client.test",
                                         "S: 250-server.test\r\n250 AUTH LOGIN PLAIN",
                                         "C: AUTH PLAIN AGFubgBzZWNyZXQ=",
                                         "S: 535 5.7.8 no",
                                         QUIT,
                                         "accept",
                                         "S: 220 server.test",
                                         "C: EHLO client.test",
                                         "S: 250-server.test\r\n250 AUTH LOGIN",
                                         "C: AUTH LOGIN",
                                         "S: 334 VXNlcm5hbWU6",
                                         "C: YW5u",
                                         "S: 334 UGFzc3dvcmQ6",
                                         "C: c2VjcmV0",
                                         "S: 235 welcome",
                                         LETTER,
                                         DATA,
                                         "S: 250 ok",
                                         QUIT,
                                         NULL};
    const struct postino_client_config config = {.ehlo_name = "client.test",
                                                 .tls = &postino_tls_none,
                                                 .user = "ann",
                                                 .password = "secret",
                                                 .allow_clear_text_auth = 1,
                                                 .trace = test_trace};

    (void)state;
    test_begin_with(script, &config);
    test_fails(POSTINO_ERROR_REFUSED, POSTINO_STEP_AUTH, 535, POSTINO_OUTCOME_NOT_ATTEMPTED);
    test_succeeds();
    test_end();
    assert_non_null(strstr(test_dialogue, "C: ***\nS: 535 5.7.8 no\r\nC: QUIT\r\n"));
    assert_non_null(strstr(test_dialogue,
                           "C: AUTH LOGIN\r\nS: 334 VXNlcm5hbWU6\r\nC: ***\nS: 334 UGFzc3dvcmQ6\r\n"
                           "C: ***\nS: 235 welcome\r\n"));
    assert_null(strstr(test_dialogue, "c2VjcmV0"));
    assert_null(strstr(test_dialogue, "BzZWNyZXQ"));
}

static void password_in_clear_text_needs_permission(void **state)
{
    static const char *const script[] = {"accept",
                                         "S: 220 server.test",
                                         "C: EHLO client.test",
                                         "S: 250-server.test\r\n250 AUTH PLAIN LOGIN",
                                         QUIT,
                                         NULL};
    const struct postino_client_config config = {
        .ehlo_name = "client.test", .tls = &postino_tls_none, .user = "ann", .password = "secret"};

    (void)state;
    test_begin_with(script, &config);
    assert_int_equal(postino_client_send(&test_client, &test_mail), POSTINO_ERROR_NO_MECHANISM);
    assert_int_equal(test_mail.result.step, POSTINO_STEP_EHLO);
    assert_int_equal(test_mail.result.outcome, POSTINO_OUTCOME_NOT_ATTEMPTED);
    assert_int_equal(test_recipients[0].outcome, POSTINO_OUTCOME_NOT_ATTEMPTED);
    test_end();
}

static void refused_recipient_ends_the_mail(void **state)
{
    static const char *const script[] = {HELLO,
                                         LETTER,
                                         "S: 250 ok",
                                         "C: RCPT TO:<carol@server.test>",
                                         "S: 550 unknown",
                                         "C: RSET",
                                         "S: 250 ok",
                                         LETTER,
                                         DATA,
                                         "S: 250 ok",
                                         QUIT,
                                         NULL};

    (void)state;
    test_begin(script);
    test_write_mail(2);
    assert_int_equal(postino_client_send(&test_client, &test_mail), POSTINO_ERROR_REFUSED);
    assert_int_equal(test_mail.result.error, POSTINO_ERROR_REFUSED);
    assert_int_equal(test_mail.result.step, POSTINO_STEP_RCPT);
    assert_int_equal(test_mail.result.reply_code, 550);
    assert_int_equal(test_mail.result.outcome, POSTINO_OUTCOME_PERMANENT);
    assert_int_equal(test_recipients[0].outcome, POSTINO_OUTCOME_NOT_ATTEMPTED);
    assert_int_equal(test_recipients[1].outcome, POSTINO_OUTCOME_PERMANENT);
    assert_int_equal(test_recipients[1].reply_code, 550);
    test_write_mail(1);
    test_succeeds();
    test_end();
}

static void partial_mail_goes_to_the_others(void **state)
{
    static const char *const script[] = {HELLO, LETTER,      "S: 450 later", "C: RCPT TO:<carol@server.test>",
                                         DATA,  "S: 250 ok", QUIT,           NULL};

    (void)state;
    test_begin(script);
    test_write_mail(2);
    test_mail.delivery = &postino_delivery_partial;
    assert_int_equal(postino_client_send(&test_client, &test_mail), 0);
    assert_int_equal(test_mail.result.outcome, POSTINO_OUTCOME_ACCEPTED);
    assert_int_equal(test_recipients[0].outcome, POSTINO_OUTCOME_TRANSIENT);
    assert_int_equal(test_recipients[0].reply_code, 450);
    assert_int_equal(test_recipients[1].outcome, POSTINO_OUTCOME_ACCEPTED);
    test_end();
}

static void partial_mail_without_accepted_recipient_fails(void **state)
{
    static const char *const script[] = {HELLO,
                                         LETTER,
                                         "S: 550 unknown",
                                         "C: RCPT TO:<carol@server.test>",
                                         "S: 450 later",
                                         "C: RSET",
                                         "S: 250 ok",
                                         LETTER,
                                         DATA,
                                         "S: 250 ok",
                                         QUIT,
                                         NULL};

    (void)state;
    test_begin(script);
    test_write_mail(2);
    test_mail.delivery = &postino_delivery_partial;
    assert_int_equal(postino_client_send(&test_client, &test_mail), POSTINO_ERROR_REFUSED);
    assert_int_equal(test_mail.result.error, POSTINO_ERROR_REFUSED);
    assert_int_equal(test_mail.result.outcome, POSTINO_OUTCOME_TRANSIENT);
    assert_int_equal(test_recipients[0].outcome, POSTINO_OUTCOME_PERMANENT);
    assert_int_equal(test_recipients[1].outcome, POSTINO_OUTCOME_TRANSIENT);
    test_write_mail(1);
    test_succeeds();
    test_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_password),
        cmocka_unit_test(password_in_clear_text_needs_permission),
        cmocka_unit_test(refused_recipient_ends_the_mail),
        cmocka_unit_test(partial_mail_goes_to_the_others),
        cmocka_unit_test(partial_mail_without_accepted_recipient_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
