/* SPDX-License-Identifier: MIT */
/* Tests the blocking client and its connections, over real sockets. Invariant: each test plays its
 * server's script to the end and checks the outcome of every mail. */
#define _POSIX_C_SOURCE 200809L

#include "client_fixture.h"

static void init_refuses_what_it_cannot_use(void **state)
{
    struct postino_client_config config = {0};
    struct postino_transport *transport = &test_posix.transport;

    (void)state;
    assert_int_equal(postino_posix_init(&test_posix, "127.0.0.1", "25"), 0);
    assert_int_equal(postino_client_init(&test_client, transport, &config), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(postino_client_init(&test_client, transport, NULL), POSTINO_ERROR_ARGUMENT);
    config.ehlo_name = "bad name\r\n";
    assert_int_equal(postino_client_init(&test_client, transport, &config), POSTINO_ERROR_EHLO_NAME);
    config.ehlo_name = "client.test";
    assert_int_equal(postino_client_init(&test_client, transport, &config), POSTINO_ERROR_TLS_UNAVAILABLE);
    config.tls = &postino_tls_opportunistic;
    assert_int_equal(postino_client_init(&test_client, transport, &config), POSTINO_ERROR_TLS_UNAVAILABLE);
    config.tls = &postino_tls_none;
    assert_int_equal(postino_client_init(&test_client, NULL, &config), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(postino_client_init_sized(NULL, sizeof test_client, transport, &config),
                     POSTINO_ERROR_ARGUMENT);
    assert_int_equal(postino_client_init_sized(&test_client, sizeof test_client + 8, transport, &config),
                     POSTINO_ERROR_OBJECT_SIZE);
    config.user = "ann";
    assert_int_equal(postino_client_init(&test_client, transport, &config), POSTINO_ERROR_ARGUMENT);
    config.password = "p\xc3\xa4ss";
    assert_int_equal(postino_client_init(&test_client, transport, &config), POSTINO_ERROR_PREPARED);
    config.password = "";
    assert_int_equal(postino_client_init(&test_client, transport, &config), 0);
    assert_int_equal(postino_session_result(postino_client_session(&test_client))->error, 0);
    postino_client_quit(&test_client);
    assert_int_equal(postino_client_send(&test_client, NULL), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(postino_client_send(NULL, &test_mail), POSTINO_ERROR_ARGUMENT);
    postino_client_quit(NULL);
}

static void mail_is_sent_and_shown(void **state)
{
    static const char *const script[] = {HELLO, LETTER, DATA, "S: 250 queued", QUIT, NULL};

    (void)state;
    test_begin(script);
    test_succeeds();
    test_end();
    assert_string_equal(test_server.message, "Subject: Hello\n\n..dot\nlast\n");
    assert_string_equal(test_dialogue,
                        "S: 220 server.test\r\nC: EHLO client.test\r\nS: 250 server.test\r\n"
                        "C: MAIL FROM:<ann@client.test>\r\nS: 250 ok\r\n"
                        "C: RCPT TO:<bob@server.test>\r\nS: 250 ok\r\nC: DATA\r\nS: 354 go on\r\n"
                        "C: Subject: Hello\r\n\r\n..dot\r\nlast\r\n.\r\nS: 250 queued\r\n"
                        "C: QUIT\r\nS: 221 bye\r\n");
}

static void connection_serves_several_mails(void **state)
{
    static const char *const script[] = {HELLO, LETTER,      DATA, "S: 250 ok", LETTER,
                                         DATA,  "S: 250 ok", QUIT, NULL};

    (void)state;
    test_begin(script);
    test_succeeds();
    test_succeeds();
    test_end();
    postino_client_quit(&test_client);
}

static void client_sends_again_after_quit(void **state)
{
    static const char *const script[] = {HELLO,  LETTER, DATA,        "S: 250 ok", QUIT, HELLO,
                                         LETTER, DATA,   "S: 250 ok", QUIT,        NULL};

    (void)state;
    test_begin(script);
    test_succeeds();
    postino_client_quit(&test_client);
    test_succeeds();
    test_end();
}

/* No limit runs between mails, and those of the next command run from its start. */
static void pause_is_no_timeout(void **state)
{
    static const char *const script[] = {HELLO, LETTER,      DATA, "S: 250 ok", LETTER,
                                         DATA,  "S: 250 ok", QUIT, NULL};
    const struct postino_time_limits limits = {5000, 200, 200, 200, 200, 200, 0};
    const struct postino_client_config config = {
        .ehlo_name = "client.test", .tls = &postino_tls_none, .time_limits = &limits};

    (void)state;
    test_begin_with(script, &config);
    test_succeeds();
    (void)poll(NULL, 0, 300);
    test_succeeds();
    (void)poll(NULL, 0, 300);
    test_end();
}

/* Not even a connection is made for it. */
static void bad_mail_makes_no_connection(void **state)
{
    const struct postino_client_config config = {.ehlo_name = "client.test", .tls = &postino_tls_none};

    (void)state;
    assert_int_equal(postino_posix_init(&test_posix, "127.0.0.1", "0"), 0);
    assert_int_equal(postino_client_init(&test_client, &test_posix.transport, &config), 0);
    test_write_mail(1);
    test_mail.reverse_path = "ann@client.test\n";
    test_fails(POSTINO_ERROR_REVERSE_PATH, POSTINO_STEP_MAIL, 0, POSTINO_OUTCOME_PERMANENT);
    assert_int_equal(postino_posix_system_error(&test_posix), 0);
    postino_client_quit(&test_client);
}

static void closed_connection_is_replaced(void **state)
{
    static const char *const left[] = {HELLO,  LETTER, DATA,        "S: 250 ok", "close", HELLO,
                                       LETTER, DATA,   "S: 250 ok", QUIT,        NULL};
    static const char *const said_so[] = {HELLO, LETTER, DATA, "S: 250 ok", "S: 421 idle", "close",
                                          HELLO, LETTER, DATA, "S: 250 ok", QUIT,          NULL};
    static const char *const broke[] = {HELLO,  LETTER, DATA,        "S: 250 ok", "reset", HELLO,
                                        LETTER, DATA,   "S: 250 ok", QUIT,        NULL};
    static const char *const *const scripts[] = {left, said_so, broke};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        test_begin(scripts[i]);
        test_succeeds();
        test_await_farewell();
        test_succeeds();
        test_end();
    }
}

static void cut_before_the_message_is_transient(void **state)
{
    static const char *const script[] = {HELLO, LETTER, "close", NULL};

    (void)state;
    test_begin(script);
    test_fails(POSTINO_ERROR_CLOSED, POSTINO_STEP_RCPT, 0, POSTINO_OUTCOME_TRANSIENT);
    test_end();
}

static void cut_after_the_end_mark_is_unknown(void **state)
{
    static const char *const script[] = {HELLO,  LETTER, DATA,        "close", HELLO,
                                         LETTER, DATA,   "S: 250 ok", QUIT,    NULL};

    (void)state;
    test_begin(script);
    test_fails(POSTINO_ERROR_CLOSED, POSTINO_STEP_MESSAGE, 0, POSTINO_OUTCOME_UNKNOWN);
    test_succeeds();
    test_end();
}

static void connection_is_refused(void **state)
{
    const struct postino_client_config config = {.ehlo_name = "client.test", .tls = &postino_tls_none};
    int bound = loopback_bind(AF_INET);

    (void)state;
    assert_int_equal(postino_posix_init(&test_posix, "127.0.0.1", loopback_port(bound)), 0);
    assert_int_equal(postino_client_init(&test_client, &test_posix.transport, &config), 0);
    test_write_mail(1);
    test_fails(POSTINO_ERROR_CONNECT, POSTINO_STEP_GREETING, 0, POSTINO_OUTCOME_NOT_ATTEMPTED);
    assert_int_equal(postino_session_result(postino_client_session(&test_client))->error,
                     POSTINO_ERROR_CONNECT);
    postino_client_quit(&test_client);
    (void)close(bound);
}

static void refusing_greeting_is_an_error(void **state)
{
    static const char *const script[] = {"accept", "S: 554 go away", QUIT, NULL};
    const char *text;
    size_t length_octets;

    (void)state;
    test_begin(script);
    test_fails(POSTINO_ERROR_REFUSED, POSTINO_STEP_GREETING, 554, POSTINO_OUTCOME_NOT_ATTEMPTED);
    text = postino_session_text(postino_client_session(&test_client), &length_octets);
    assert_int_equal(length_octets, strlen("go away"));
    assert_memory_equal(text, "go away", length_octets);
    test_end();
}

static void bad_mail_leaves_the_connection_alone(void **state)
{
    static const char *const script[] = {HELLO, LETTER,      DATA, "S: 250 ok", LETTER,
                                         DATA,  "S: 250 ok", QUIT, NULL};

    (void)state;
    test_begin(script);
    test_succeeds();
    test_write_mail(1);
    test_recipients[0].address = "bob@server.test\r\nDATA";
    test_fails(POSTINO_ERROR_FORWARD_PATH, POSTINO_STEP_RCPT, 0, POSTINO_OUTCOME_PERMANENT);
    test_write_mail(1);
    test_mail.reverse_path = "ann@client.test> SIZE=1";
    test_fails(POSTINO_ERROR_REVERSE_PATH, POSTINO_STEP_MAIL, 0, POSTINO_OUTCOME_PERMANENT);
    test_write_mail(1);
    test_mail.recipients = NULL;
    assert_int_equal(postino_client_send(&test_client, &test_mail), POSTINO_ERROR_NO_RECIPIENT);
    assert_int_equal(test_mail.result.step, POSTINO_STEP_RCPT);
    assert_int_equal(test_mail.result.outcome, POSTINO_OUTCOME_PERMANENT);
    test_write_mail(1);
    test_mail.source = NULL;
    test_fails(POSTINO_ERROR_ARGUMENT, POSTINO_STEP_MAIL, 0, POSTINO_OUTCOME_PERMANENT);
    test_write_mail(1);
    test_succeeds();
    test_end();
}

static void silent_server_times_out(void **state)
{
    static const char *const script[] = {"accept", "silence", NULL};
    const struct postino_time_limits limits = {.greeting_ms = 100};
    const struct postino_client_config config = {
        .ehlo_name = "client.test", .tls = &postino_tls_none, .time_limits = &limits};

    (void)state;
    test_begin_with(script, &config);
    test_fails(POSTINO_ERROR_GREETING_TIMEOUT, POSTINO_STEP_GREETING, 0, POSTINO_OUTCOME_NOT_ATTEMPTED);
    test_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_refuses_what_it_cannot_use),
        cmocka_unit_test(mail_is_sent_and_shown),
        cmocka_unit_test(connection_serves_several_mails),
        cmocka_unit_test(client_sends_again_after_quit),
        cmocka_unit_test(pause_is_no_timeout),
        cmocka_unit_test(bad_mail_makes_no_connection),
        cmocka_unit_test(closed_connection_is_replaced),
        cmocka_unit_test(cut_before_the_message_is_transient),
        cmocka_unit_test(cut_after_the_end_mark_is_unknown),
        cmocka_unit_test(connection_is_refused),
        cmocka_unit_test(refusing_greeting_is_an_error),
        cmocka_unit_test(bad_mail_leaves_the_connection_alone),
        cmocka_unit_test(silent_server_times_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
