/* SPDX-License-Identifier: MIT */
/* Tests the strategies for one mail to one recipient when the mail fails: the connection lost at any
 * octet, a body whose size changes, a refused recipient. */
#include "single_run.h"

/* The connection is lost behind each octet: what certainly never left is not unknown. */
static void test_lost(void **state)
{
    uint8_t out[2 * OCTETS];
    size_t unsent;

    (void)state;
    for (unsent = 0; unsent <= sizeof(MAIL RCPT BDAT "QUIT\r\n"); unsent++) {
        const size_t mail_octets = sizeof(MAIL RCPT BDAT) - 1;
        const size_t quit_octets = sizeof "QUIT\r\n" - 1;
        struct run run;
        unsigned expected = POSTINO_OUTCOME_TRANSIENT;

        run_start(&run, &postino_single_group, "Hi\n.\n");
        run_hear(&run, "220 x\r\n", 100);
        (void)run_say(&run, out, 1000);
        run_hear(&run, "250-x\r\n250-PIPELINING\r\n250 CHUNKING\r\n", 100);
        assert_int_equal(run_say(&run, out, 1000), mail_octets + quit_octets);
        postino_session_lost(&run.session, POSTINO_ERROR_CLOSED, unsent);
        if (unsent <= quit_octets)
            expected = POSTINO_OUTCOME_UNKNOWN;
        else if (unsent >= mail_octets + quit_octets)
            expected = POSTINO_OUTCOME_NOT_ATTEMPTED;
        assert_int_equal(run.single.mail.result.outcome, expected);
        assert_int_equal(run.single.mail.result.error, POSTINO_ERROR_CLOSED);
    }
}

/* A body that is not what was counted never ends, and no more of it goes out. */
static void check_changed(const char *message)
{
    static const size_t capacities[] = {1, 5, 1000};
    size_t i;

    for (i = 0; i < sizeof capacities / sizeof capacities[0]; i++) {
        uint8_t out[2 * OCTETS];
        struct run run;
        size_t octets;

        run_start(&run, &postino_single_group, "Hi\n.\n");
        run_hear(&run, "220 x\r\n", 100);
        (void)run_say(&run, out, 1000);
        run_hear(&run, "250-x\r\n250 CHUNKING\r\n", 100);
        (void)run_say(&run, out, 1000);
        run_hear(&run, "250 a\r\n", 100);
        (void)run_say(&run, out, 1000);
        run.single.body.data = message;
        run.single.body.length_octets = strlen(message);
        run_hear(&run, "250 b\r\n", 100);
        octets = run_say(&run, out, capacities[i]);
        assert_true(octets < sizeof BDAT - 1);
        postino_session_lost(&run.session, 0, 0);
        assert_int_equal(run.single.mail.result.error, POSTINO_ERROR_SOURCE);
        assert_int_equal(run.single.mail.result.outcome, POSTINO_OUTCOME_TRANSIENT);
    }
}

static void test_body_that_changes(void **state)
{
    (void)state;
    check_changed("Hi\n");
    check_changed("Hi\n.\nmore\n");
    check_changed("Hi\n.\n\n");
    check_changed("");
}

/* The same where what went before it is not answered yet. */
static void test_body_that_changes_in_group(void **state)
{
    uint8_t out[2 * OCTETS];
    struct run run;

    (void)state;
    run_start(&run, &postino_single_group, "Hi\n.\n");
    run_hear(&run, "220 x\r\n", 100);
    (void)run_say(&run, out, 1000);
    run_hear(&run, "250-x\r\n250-PIPELINING\r\n250 CHUNKING\r\n", 100);
    run.single.body.length_octets = 1;
    assert_true(run_say(&run, out, 1000) < sizeof(MAIL RCPT BDAT) - 1);
    assert_int_equal(postino_session_want_octets(&run.session), POSTINO_WANT_CLOSED);
    postino_session_lost(&run.session, 0, 0);
    assert_int_equal(run.single.mail.result.error, POSTINO_ERROR_SOURCE);
    assert_int_equal(run.single.mail.result.outcome, POSTINO_OUTCOME_TRANSIENT);
}

/* The recipient is refused while its chunk goes out: what has begun is ended, what has not is left. */
static void test_refused_within(void **state)
{
    const size_t before = sizeof(MAIL RCPT) - 1;
    size_t cut;

    (void)state;
    for (cut = before; cut < sizeof(MAIL RCPT BDAT) - 1; cut++) {
        uint8_t out[2 * OCTETS];
        struct run run;
        size_t said = 0;

        run_start(&run, &postino_single_group, "Hi\n.\n");
        run_hear(&run, "220 x\r\n", 100);
        (void)run_say(&run, out, 1000);
        run_hear(&run, "250-x\r\n250-PIPELINING\r\n250 CHUNKING\r\n", 100);
        while (said < cut)
            said += postino_session_output(&run.session, out + said, 1, 0);
        run_hear(&run, "250 a\r\n550 b\r\n", 100);
        if (cut != before) {
            run_expect(&run, "refused within", (MAIL RCPT BDAT) + cut, 1000);
            run_hear(&run, "503 d\r\n", 100);
        }
        run_expect(&run, "refused within", "QUIT\r\n", 1000);
        run_hear(&run, "221 e\r\n", 100);
        postino_session_lost(&run.session, 0, 0);
        assert_int_equal(run.single.mail.result.step, POSTINO_STEP_RCPT);
        assert_int_equal(run.single.mail.result.outcome, POSTINO_OUTCOME_PERMANENT);
    }
}

/* Above 64 KiB the chunk waits until the server has taken the recipient. */
static void test_large(void **state)
{
    static char message[66000];
    static uint8_t out[70000];
    struct run run;

    (void)state;
    memset(message, 'x', sizeof message - 1);
    run_start(&run, &postino_single_group, message);
    run_hear(&run, "220 x\r\n", 100);
    (void)run_say(&run, out, 1000);
    run_hear(&run, "250-x\r\n250-PIPELINING\r\n250 CHUNKING\r\n", 100);
    run_expect(&run, "large", MAIL RCPT, 1000);
    run_hear(&run, "250 a\r\n550 b\r\n", 100);
    run_expect(&run, "large", "QUIT\r\n", 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lost),
        cmocka_unit_test(test_body_that_changes),
        cmocka_unit_test(test_body_that_changes_in_group),
        cmocka_unit_test(test_refused_within),
        cmocka_unit_test(test_large),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
