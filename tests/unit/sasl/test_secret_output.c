/* SPDX-License-Identifier: MIT */
/* Tests postino_session_is_secret(): it returns 1 exactly when the last output holds a user name or a
 * password, so that a transcript masks these octets and no others. */
#include "bench.h"

static void start_auth(struct bench *bench, const struct postino_mechanism *const *mechanisms)
{
    bench_prepare(bench);
    bench->credentials.user = "tim";
    bench->credentials.password = "tanstaaftanstaaf";
    bench->config.credentials = &bench->credentials;
    bench->config.mechanisms = mechanisms;
    bench->config.flags = POSTINO_SESSION_CLEAR_TEXT_AUTH;
    bench->config.challenge_octets_max = 50;
    bench_start(bench);
    bench_submit(bench);
}

/* Fetches what there is in pieces; each piece must be secret, or none may be. */
static void check_output(struct bench *bench, size_t capacity, const char *expected, int secret)
{
    char out[600];
    size_t octets = 0;

    while (bench_want(bench) & POSTINO_WANT_SEND) {
        octets += postino_session_output(&bench->session, (uint8_t *)out + octets, capacity, 0);
        assert_int_equal(postino_session_is_secret(&bench->session), secret);
    }
    out[octets] = '\0';
    assert_string_equal(out, expected);
}

static void check_rest(struct bench *bench, size_t capacity)
{
    check_output(bench, capacity, "MAIL FROM:<a@example.com>\r\n", 0);
    bench_input(bench, "250 ok\r\n");
    check_output(bench, capacity, "RCPT TO:<b@example.org>\r\n", 0);
    bench_input(bench, "250 ok\r\n");
    check_output(bench, capacity, "DATA\r\n", 0);
    bench_input(bench, "354 go\r\n");
    check_output(bench, capacity, "Hello\r\n.\r\n", 0);
    bench_input(bench, "250 queued\r\n");
    postino_session_quit(&bench->session);
    check_output(bench, capacity, "QUIT\r\n", 0);
}

static void test_plain(void **state)
{
    static const struct postino_mechanism *const mechanisms[] = {&postino_sasl_plain, NULL};
    size_t capacity;

    (void)state;
    for (capacity = 1; capacity < 100; capacity += 7) {
        struct bench bench;

        start_auth(&bench, mechanisms);
        check_output(&bench, capacity, "", 0);
        bench_input(&bench, "220 mx\r\n");
        check_output(&bench, capacity, "EHLO client.example.com\r\n", 0);
        bench_input(&bench, "250-mx\r\n250 AUTH PLAIN\r\n");
        check_output(&bench, capacity, "AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n", 1);
        bench_input(&bench, "334 \r\n");
        check_output(&bench, capacity, "AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n", 1);
        bench_input(&bench, "235 ok\r\n");
        check_rest(&bench, capacity);
    }
}

static void test_login(void **state)
{
    static const struct postino_mechanism *const mechanisms[] = {&postino_sasl_login, NULL};
    size_t capacity;

    (void)state;
    for (capacity = 1; capacity < 100; capacity += 7) {
        struct bench bench;

        start_auth(&bench, mechanisms);
        bench_input(&bench, "220 mx\r\n");
        check_output(&bench, capacity, "EHLO client.example.com\r\n", 0);
        bench_input(&bench, "250-mx\r\n250 AUTH LOGIN\r\n");
        check_output(&bench, capacity, "AUTH LOGIN\r\n", 0);
        bench_input(&bench, "334 VXNlcm5hbWU6\r\n");
        check_output(&bench, capacity, "dGlt\r\n", 1);
        bench_input(&bench, "334 UGFzc3dvcmQ6\r\n");
        check_output(&bench, capacity, "dGFuc3RhYWZ0YW5zdGFhZg==\r\n", 1);
        bench_input(&bench, "235 ok\r\n");
        check_rest(&bench, capacity);
    }
}

static void test_cancel(void **state)
{
    static const struct postino_mechanism *const mechanisms[] = {&postino_sasl_login, NULL};
    struct bench bench;

    (void)state;
    start_auth(&bench, mechanisms);
    bench_input(&bench, "220 mx\r\n");
    check_output(&bench, 100, "EHLO client.example.com\r\n", 0);
    bench_input(&bench, "250-mx\r\n250 AUTH LOGIN\r\n");
    check_output(&bench, 100, "AUTH LOGIN\r\n", 0);
    bench_input(&bench, "334 a\r\n");
    check_output(&bench, 100, "dGlt\r\n", 1);
    bench_input(&bench, "334 0123456789012345678901234567890123456789012345678901234567890123456789\r\n");
    check_output(&bench, 100, "*\r\n", 0);
    bench_input(&bench, "501 cancelled\r\n");
    check_output(&bench, 100, "QUIT\r\n", 0);
}

/* A user name so long that the initial response does not fit: the command alone gives nothing away. */
static void test_response_after_the_command(void **state)
{
    static const struct postino_mechanism *const mechanisms[] = {&postino_sasl_plain, NULL};
    struct bench bench;
    char user[400];
    uint8_t out[1000];

    (void)state;
    start_auth(&bench, mechanisms);
    memset(user, 'u', sizeof user);
    user[sizeof user - 1] = '\0';
    bench.credentials.user = user;
    bench_start(&bench);
    bench_submit(&bench);
    bench_input(&bench, "220 mx\r\n");
    check_output(&bench, 100, "EHLO client.example.com\r\n", 0);
    bench_input(&bench, "250-mx\r\n250 AUTH PLAIN\r\n");
    check_output(&bench, 100, "AUTH PLAIN\r\n", 0);
    bench_input(&bench, "334\r\n");
    assert_true(postino_session_output(&bench.session, out, sizeof out, 0) > 512);
    assert_int_equal(postino_session_is_secret(&bench.session), 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_login),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_response_after_the_command),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
