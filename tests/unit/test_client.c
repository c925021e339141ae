/* SPDX-License-Identifier: MIT */
/* The blocking client over real sockets, against a scripted server. Invariant: each test plays its server's
 * script to the end, and asks what became of every mail and recipient. */
#define _POSIX_C_SOURCE 200809L

#include "scripted_server.h"

#include "postino/client.h"
#include "postino/posix.h"

#define HELLO  "accept", "S: 220 server.test", "C: EHLO client.test", "S: 250 server.test"
#define LETTER "C: MAIL FROM:<ann@client.test>", "S: 250 ok", "C: RCPT TO:<bob@server.test>"
#define DATA   "S: 250 ok", "C: DATA", "S: 354 go on", "message"
#define QUIT   "C: QUIT", "S: 221 bye", "close"

static struct scripted_server test_server;
static struct postino_posix test_posix;
static struct postino_client test_client;
static struct postino_memory_source test_source;
static struct postino_recipient test_recipients[2];
static struct postino_mail test_mail;
static char test_dialogue[4000];

static void test_trace(void *context, enum postino_direction direction, const uint8_t *data,
                       size_t length_octets)
{
    size_t used = strlen(test_dialogue);

    (void)context;
    (void)snprintf(test_dialogue + used, sizeof test_dialogue - used, "%c: %.*s", (int)direction,
                   data == NULL ? 4 : (int)length_octets, data == NULL ? "***\n" : (const char *)data);
}

/* A mail from Ann to Bob, and to Carol if there are two recipients. */
static void test_write_mail(size_t recipients)
{
    static const char text[] = "Subject: Hello\r\n\r\n.dot\nlast";

    postino_memory_source_init(&test_source, text, sizeof text - 1);
    memset(test_recipients, 0xa5, sizeof test_recipients);
    test_recipients[0].address = "bob@server.test";
    test_recipients[0].next = recipients == 2 ? &test_recipients[1] : NULL;
    test_recipients[1].address = "carol@server.test";
    test_recipients[1].next = NULL;
    memset(&test_mail, 0xa5, sizeof test_mail);
    test_mail.reverse_path = "ann@client.test";
    test_mail.recipients = test_recipients;
    test_mail.source = &test_source.spans.source;
    test_mail.flags = 0;
}

static void test_begin_with(const char *const *script, const struct postino_client_config *config)
{
    static char port[6];

    (void)snprintf(port, sizeof port, "%s", scripted_server_start(&test_server, script));
    assert_int_equal(postino_posix_init(&test_posix, "127.0.0.1", port), 0);
    assert_int_equal(postino_client_init(&test_client, &test_posix.transport, config), 0);
    test_write_mail(1);
    test_dialogue[0] = '\0';
}

static void test_begin(const char *const *script)
{
    const struct postino_client_config config = {.ehlo_name = "client.test", .trace = test_trace};

    test_begin_with(script, &config);
}

static void test_end(void)
{
    postino_client_quit(&test_client);
    assert_int_equal(test_posix.socket, -1);
    scripted_server_join(&test_server);
}

/* Sends, and expects the error in the return value and in the mail. */
static void test_fails(int error, enum postino_step_id step, unsigned reply_code,
                       enum postino_outcome outcome)
{
    assert_int_equal(postino_client_send(&test_client, &test_mail), error);
    assert_int_equal(test_mail.result.error, error);
    assert_int_equal(test_mail.result.step, step);
    assert_int_equal(test_mail.result.reply_code, reply_code);
    assert_int_equal(test_mail.result.outcome, outcome);
    assert_int_equal(test_recipients[0].outcome, outcome);
}

static void test_succeeds(void)
{
    assert_int_equal(postino_client_send(&test_client, &test_mail), 0);
    assert_int_equal(test_mail.result.error, 0);
    assert_int_equal(test_mail.result.outcome, POSTINO_OUTCOME_ACCEPTED);
    assert_int_equal(test_recipients[0].outcome, POSTINO_OUTCOME_ACCEPTED);
}

/* Returns when the server's farewell is here, or was heard with its last reply. */
static void test_await_farewell(void)
{
    if (test_posix.socket >= 0)
        loopback_await(test_posix.socket, POLLIN);
}

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
    assert_int_equal(postino_client_init(&test_client, NULL, &config), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(postino_client_init_sized(NULL, sizeof test_client, transport, &config),
                     POSTINO_ERROR_ARGUMENT);
    assert_int_equal(postino_client_init_sized(&test_client, sizeof test_client + 8, transport, &config),
                     POSTINO_ERROR_OBJECT_SIZE);
    config.user = "ann";
    assert_int_equal(postino_client_init(&test_client, transport, &config), POSTINO_ERROR_ARGUMENT);
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

static void server_that_left_is_called_again(void **state)
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

static void password_is_not_sent_in_the_clear_unasked(void **state)
{
    static const char *const script[] = {"accept",
                                         "S: 220 server.test",
                                         "C: EHLO client.test",
                                         "S: 250-server.test\r\n250 AUTH PLAIN LOGIN",
                                         QUIT,
                                         NULL};
    const struct postino_client_config config = {
        .ehlo_name = "client.test", .user = "ann", .password = "secret"};

    (void)state;
    test_begin_with(script, &config);
    test_fails(POSTINO_ERROR_NO_MECHANISM, POSTINO_STEP_EHLO, 0, POSTINO_OUTCOME_NOT_ATTEMPTED);
    test_end();
}

static void refused_recipient_gives_the_mail_up(void **state)
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
    test_mail.flags = POSTINO_MAIL_PARTIAL;
    assert_int_equal(postino_client_send(&test_client, &test_mail), 0);
    assert_int_equal(test_mail.result.outcome, POSTINO_OUTCOME_ACCEPTED);
    assert_int_equal(test_recipients[0].outcome, POSTINO_OUTCOME_TRANSIENT);
    assert_int_equal(test_recipients[0].reply_code, 450);
    assert_int_equal(test_recipients[1].outcome, POSTINO_OUTCOME_ACCEPTED);
    test_end();
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
    const struct postino_client_config config = {.ehlo_name = "client.test"};
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

static void greeting_that_refuses(void **state)
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
    static const char *const script[] = {HELLO, LETTER, DATA, "S: 250 ok", QUIT, NULL};

    (void)state;
    test_begin(script);
    test_recipients[0].address = "bob@server.test\r\nDATA";
    test_fails(POSTINO_ERROR_FORWARD_PATH, POSTINO_STEP_RCPT, 0, POSTINO_OUTCOME_NOT_ATTEMPTED);
    test_write_mail(1);
    test_mail.reverse_path = "ann@client.test> SIZE=1";
    test_fails(POSTINO_ERROR_REVERSE_PATH, POSTINO_STEP_MAIL, 0, POSTINO_OUTCOME_NOT_ATTEMPTED);
    test_write_mail(1);
    test_mail.recipients = NULL;
    assert_int_equal(postino_client_send(&test_client, &test_mail), POSTINO_ERROR_FORWARD_PATH);
    test_write_mail(1);
    test_mail.source = NULL;
    test_fails(POSTINO_ERROR_ARGUMENT, POSTINO_STEP_MAIL, 0, POSTINO_OUTCOME_NOT_ATTEMPTED);
    test_write_mail(1);
    test_succeeds();
    test_end();
}

static void silent_server_is_left(void **state)
{
    static const char *const script[] = {"accept", "silence", NULL};
    const struct postino_time_limits limits = {.greeting_ms = 100};
    const struct postino_client_config config = {.ehlo_name = "client.test", .time_limits = &limits};

    (void)state;
    test_begin_with(script, &config);
    test_fails(POSTINO_ERROR_TIMEOUT, POSTINO_STEP_GREETING, 0, POSTINO_OUTCOME_NOT_ATTEMPTED);
    test_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_refuses_what_it_cannot_use),
        cmocka_unit_test(mail_is_sent_and_shown),
        cmocka_unit_test(connection_serves_several_mails),
        cmocka_unit_test(client_sends_again_after_quit),
        cmocka_unit_test(server_that_left_is_called_again),
        cmocka_unit_test(wrong_password),
        cmocka_unit_test(password_is_not_sent_in_the_clear_unasked),
        cmocka_unit_test(refused_recipient_gives_the_mail_up),
        cmocka_unit_test(partial_mail_goes_to_the_others),
        cmocka_unit_test(cut_before_the_message_is_transient),
        cmocka_unit_test(cut_after_the_end_mark_is_unknown),
        cmocka_unit_test(connection_is_refused),
        cmocka_unit_test(greeting_that_refuses),
        cmocka_unit_test(bad_mail_leaves_the_connection_alone),
        cmocka_unit_test(silent_server_is_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
