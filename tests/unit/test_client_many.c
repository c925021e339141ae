/* SPDX-License-Identifier: MIT */
/* The blocking client with many mails, over a fake transport: what goes over which connection, what goes again,
 * and what never does. A script is a list of lines: what begins with a digit the server says, the rest the
 * client; "<eof>" closes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fake_transport.h"
#include "postino/client.h"

#define MAILS       40
#define EVENTS      400
#define CONNECTIONS 4

#define HELLO(extensions) "220 mx\r\n", "EHLO c\r\n", "250-mx\r\n" extensions
#define BOTH              "250-PIPELINING\r\n250 CHUNKING\r\n"
#define MAIL(n)           "MAIL FROM:<a@b>\r\nRCPT TO:<" #n "@d>\r\nBDAT 3 LAST\r\n" #n "\r\n"
#define NEXT(n)           "RSET\r\n" MAIL(n)
#define THREE             "250 ok\r\n250 ok\r\n250 ok\r\n"
#define FOUR              "250 ok\r\n" THREE
#define QUIT              "QUIT\r\n", "221 bye\r\n"

static struct fake_transport fake;
static struct postino_client client;
static struct postino_mail mails[MAILS];
static struct postino_recipient recipients[MAILS];
static struct postino_memory_source sources[MAILS];
static char addresses[MAILS][16];
static char texts[MAILS][16];
static struct peer_event events[CONNECTIONS][EVENTS];
static size_t counts[CONNECTIONS];
static size_t scripts;

/* The connection before must have heard all, and nothing else; the next one has its own server. */
static void connected(struct fake_transport *transport, void *context)
{
    (void)context;
    assert_true(transport->connects <= scripts);
    if (transport->connects > 1) {
        assert_string_equal(transport->peer.departure, "");
        assert_true(scripted_peer_heard_all(&transport->peer));
    }
    scripted_peer_init(&transport->peer, events[transport->connects - 1], counts[transport->connects - 1],
                       transport->now_ms);
    transport->peer.interruptible = 1;
}

static void add_script(const char *const *lines, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        struct peer_event *event = &events[scripts][i];

        event->kind = lines[i][0] == '<'                         ? PEER_EOF
                      : lines[i][0] >= '0' && lines[i][0] <= '9' ? PEER_SERVER
                                                                 : PEER_CLIENT;
        event->data = (const uint8_t *)lines[i];
        event->length_octets = event->kind == PEER_EOF ? 0 : strlen(lines[i]);
    }
    counts[scripts++] = count;
}

#define ADD(...)                                           \
    do {                                                   \
        static const char *const added[] = {__VA_ARGS__};  \
        add_script(added, sizeof added / sizeof added[0]); \
    } while (0)

/* Mail i goes to i@d and says i; two digits from 10 on. */
static void prepare(void)
{
    struct postino_client_config config = {.ehlo_name = "c", .tls = &postino_tls_none};
    size_t i;

    scripts = 0;
    fake_transport_init(&fake, events[0], 0, 0);
    fake.connected = connected;
    assert_int_equal(postino_client_init(&client, &fake.transport, &config), 0);
    memset(mails, 0, sizeof mails);
    memset(recipients, 0, sizeof recipients);
    for (i = 0; i < MAILS; i++) {
        (void)snprintf(addresses[i], sizeof addresses[i], "%u@d", (unsigned)i);
        (void)snprintf(texts[i], sizeof texts[i], "%u", (unsigned)i);
        postino_memory_source_init(&sources[i], texts[i], strlen(texts[i]));
        recipients[i].address = addresses[i];
        mails[i].reverse_path = "a@b";
        mails[i].recipients = &recipients[i];
        mails[i].source = &sources[i].source;
    }
}

static void submit(size_t first, size_t last)
{
    for (; first <= last; first++) {
        assert_int_equal(postino_client_submit(&client, &mails[first]), 0);
    }
}

static void collect(size_t number, enum postino_outcome outcome, int error)
{
    const struct postino_mail *mail = postino_client_collect(&client);

    assert_non_null(mail);
    assert_int_equal(mail - mails, number);
    assert_int_equal(mail->result.outcome, outcome);
    assert_int_equal(mail->result.error, error);
    assert_int_equal(recipients[number].outcome, outcome);
}

/* Everything was heard and said, over so many connections. */
static void end(void)
{
    assert_null(postino_client_collect(&client));
    postino_client_quit(&client);
    assert_string_equal(fake.peer.departure, "");
    assert_string_equal(fake.breach, "");
    assert_true(scripted_peer_heard_all(&fake.peer));
    assert_int_equal(fake.connects, scripts);
    assert_int_equal(fake.closes_graceful + fake.closes_abort, scripts);
    assert_int_equal(fake.live_buffers, 0);
    assert_false(fake.waited_for_ever);
    fake_transport_free(&fake);
}

static void test_many(void **state)
{
    static char lines[MAILS][100];
    const char *script[2 * MAILS + 6] = {HELLO(BOTH)};
    size_t count = 3;
    size_t i;

    (void)state;
    prepare();
    for (i = 0; i < MAILS; i++) {
        (void)snprintf(lines[i], sizeof lines[i],
                       "%sMAIL FROM:<a@b>\r\nRCPT TO:<%u@d>\r\nBDAT %u LAST\r\n%u\r\n",
                       i == 0 ? "" : "RSET\r\n", (unsigned)i, i < 10 ? 3 : 4, (unsigned)i);
        script[count++] = lines[i];
        script[count++] = i == 0 ? THREE : FOUR;
    }
    script[count++] = "QUIT\r\n";
    script[count++] = "221 bye\r\n";
    add_script(script, count);
    submit(0, MAILS - 1);
    assert_int_equal(fake.connects, 0);
    for (i = 0; i < MAILS; i++) {
        collect(i, POSTINO_OUTCOME_ACCEPTED, 0);
    }
    end();
}

/* The server gave the connection up while nothing was under way, with a word or without. */
static void test_idle(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        prepare();
        if (i == 0) {
            ADD(HELLO(BOTH), MAIL(0), THREE, "421 idle\r\n", "<eof>");
        } else {
            ADD(HELLO(BOTH), MAIL(0), THREE, "<eof>");
        }
        ADD(HELLO(BOTH), MAIL(1), THREE, QUIT);
        submit(0, 0);
        collect(0, POSTINO_OUTCOME_ACCEPTED, 0);
        submit(1, 1);
        collect(1, POSTINO_OUTCOME_ACCEPTED, 0);
        end();
    }
}

/* It gave it up when the mail was on its way: once more, and no more than once. */
static void test_again_once(void **state)
{
    (void)state;
    prepare();
    ADD(HELLO("250 SIZE\r\n"), "MAIL FROM:<a@b> SIZE=3\r\n", "421 idle\r\n", "<eof>");
    ADD(HELLO("250 SIZE\r\n"), "MAIL FROM:<a@b> SIZE=3\r\n", "421 idle\r\n", "<eof>");
    submit(0, 0);
    collect(0, POSTINO_OUTCOME_TRANSIENT, POSTINO_ERROR_SERVICE_CLOSING);
    end();

    prepare();
    ADD(HELLO("250 SIZE\r\n"), "MAIL FROM:<a@b> SIZE=3\r\n", "<eof>");
    ADD(HELLO("250 SIZE\r\n"), "MAIL FROM:<a@b> SIZE=3\r\n", "250 ok\r\n", "RCPT TO:<0@d>\r\n", "<eof>");
    submit(0, 0);
    collect(0, POSTINO_OUTCOME_TRANSIENT, POSTINO_ERROR_CLOSED);
    end();

    /* The server had taken its MAIL: not at all. */
    prepare();
    ADD(HELLO("250 SIZE\r\n"), "MAIL FROM:<a@b> SIZE=3\r\n", "250 ok\r\n", "RCPT TO:<0@d>\r\n", "<eof>");
    submit(0, 0);
    collect(0, POSTINO_OUTCOME_TRANSIENT, POSTINO_ERROR_CLOSED);
    end();
}

/* What may have been delivered never goes again; what cannot have been does, behind it. */
static void test_lost_under_way(void **state)
{
    (void)state;
    prepare();
    ADD(HELLO(BOTH), MAIL(0), NEXT(1), NEXT(2), THREE, "250 ok\r\n", "<eof>");
    submit(0, 2);
    collect(0, POSTINO_OUTCOME_ACCEPTED, 0);
    collect(1, POSTINO_OUTCOME_UNKNOWN, POSTINO_ERROR_CLOSED);
    collect(2, POSTINO_OUTCOME_UNKNOWN, POSTINO_ERROR_CLOSED);
    end();

    /* Cut before the last octet of the third message. */
    prepare();
    ADD(HELLO(BOTH), MAIL(0) NEXT(1) "RSET\r\nMAIL FROM:<a@b>\r\nRCPT TO:<2@d>\r\nBDAT 3 LAST\r\n2\r",
        "250 never\r\n");
    ADD(HELLO(BOTH), MAIL(2), THREE, QUIT);
    fake.cuts = 1;
    fake.cut_octets = sizeof "EHLO c\r\n" MAIL(0) NEXT(1) NEXT(2) - 2;
    submit(0, 2);
    /* The first connection's server says no more than its greeting and EHLO's reply. */
    events[0][4].kind = PEER_EOF;
    collect(0, POSTINO_OUTCOME_UNKNOWN, POSTINO_ERROR_SEND);
    collect(1, POSTINO_OUTCOME_UNKNOWN, POSTINO_ERROR_SEND);
    fake.cuts = 0;
    collect(2, POSTINO_OUTCOME_ACCEPTED, 0);
    end();
}

static void test_mail_limit(void **state)
{
    (void)state;
    prepare();
    ADD(HELLO("250-LIMITS MAILMAX=2\r\n" BOTH), MAIL(0), NEXT(1), THREE, FOUR, QUIT);
    ADD(HELLO("250-LIMITS MAILMAX=2\r\n" BOTH), MAIL(2), NEXT(3), THREE, FOUR, QUIT);
    ADD(HELLO("250-LIMITS MAILMAX=2\r\n" BOTH), MAIL(4), THREE, QUIT);
    submit(0, 4);
    collect(0, POSTINO_OUTCOME_ACCEPTED, 0);
    collect(1, POSTINO_OUTCOME_ACCEPTED, 0);
    collect(2, POSTINO_OUTCOME_ACCEPTED, 0);
    collect(3, POSTINO_OUTCOME_ACCEPTED, 0);
    collect(4, POSTINO_OUTCOME_ACCEPTED, 0);
    end();
}

/* Mails handed in while what a lost connection left is not collected. */
static void test_submit_after_loss(void **state)
{
    (void)state;
    prepare();
    ADD(HELLO(BOTH), MAIL(0), NEXT(1), NEXT(2), THREE, "<eof>");
    ADD(HELLO(BOTH), MAIL(3), NEXT(4), THREE, FOUR, QUIT);
    submit(0, 2);
    collect(0, POSTINO_OUTCOME_ACCEPTED, 0);
    /* Its session learns of the end when it waits for the next. */
    collect(1, POSTINO_OUTCOME_UNKNOWN, POSTINO_ERROR_CLOSED);
    submit(3, 4);
    collect(2, POSTINO_OUTCOME_UNKNOWN, POSTINO_ERROR_CLOSED);
    collect(3, POSTINO_OUTCOME_ACCEPTED, 0);
    collect(4, POSTINO_OUTCOME_ACCEPTED, 0);
    end();
}

/* QUIT waits for what was handed in; it is collected afterwards, and the client goes on. */
static void test_quit(void **state)
{
    (void)state;
    prepare();
    ADD(HELLO(BOTH), MAIL(0), NEXT(1), NEXT(2), THREE, FOUR, FOUR, QUIT);
    ADD(HELLO(BOTH), MAIL(3), THREE, QUIT);
    submit(0, 2);
    collect(0, POSTINO_OUTCOME_ACCEPTED, 0);
    postino_client_quit(&client);
    assert_int_equal(fake.closes_graceful, 1);
    submit(3, 3);
    collect(1, POSTINO_OUTCOME_ACCEPTED, 0);
    collect(2, POSTINO_OUTCOME_ACCEPTED, 0);
    collect(3, POSTINO_OUTCOME_ACCEPTED, 0);
    end();
    /* Nothing was connected yet: nothing to quit. */
    prepare();
    ADD(HELLO(BOTH), MAIL(0), THREE, QUIT);
    submit(0, 0);
    postino_client_quit(&client);
    assert_int_equal(fake.connects, 0);
    collect(0, POSTINO_OUTCOME_ACCEPTED, 0);
    end();
}

/* Nobody answers: every mail comes back, and nobody is called again and again. */
static void test_no_connection(void **state)
{
    (void)state;
    prepare();
    fake.connect_error = POSTINO_ERROR_CONNECT;
    submit(0, 2);
    collect(0, POSTINO_OUTCOME_NOT_ATTEMPTED, POSTINO_ERROR_CONNECT);
    collect(1, POSTINO_OUTCOME_NOT_ATTEMPTED, POSTINO_ERROR_CONNECT);
    collect(2, POSTINO_OUTCOME_NOT_ATTEMPTED, POSTINO_ERROR_CONNECT);
    assert_null(postino_client_collect(&client));
    assert_int_equal(fake.connects, 1);
    assert_int_equal(fake.closes_graceful + fake.closes_abort, 0);

    /* Nor where the greeting or EHLO ends it. */
    prepare();
    ADD("220 mx\r\n", "EHLO c\r\n", "<eof>");
    submit(0, 1);
    collect(0, POSTINO_OUTCOME_NOT_ATTEMPTED, POSTINO_ERROR_CLOSED);
    collect(1, POSTINO_OUTCOME_NOT_ATTEMPTED, POSTINO_ERROR_CLOSED);
    end();
}

static void test_refused_calls(void **state)
{
    (void)state;
    prepare();
    ADD(HELLO(BOTH), MAIL(0), NEXT(2), THREE, FOUR, QUIT);
    submit(0, 0);
    recipients[1].address = "a b";
    assert_int_equal(postino_client_submit(&client, &mails[1]), POSTINO_ERROR_FORWARD_PATH);
    assert_int_equal(mails[1].result.error, POSTINO_ERROR_FORWARD_PATH);
    assert_int_equal(recipients[1].outcome, POSTINO_OUTCOME_NOT_ATTEMPTED);
    assert_int_equal(postino_client_send(&client, &mails[3]), POSTINO_ERROR_STATE);
    assert_int_equal(mails[3].result.error, POSTINO_ERROR_STATE);
    assert_int_equal(postino_client_submit(&client, NULL), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(postino_client_submit(NULL, &mails[3]), POSTINO_ERROR_ARGUMENT);
    assert_null(postino_client_collect(NULL));
    submit(2, 2);
    collect(0, POSTINO_OUTCOME_ACCEPTED, 0);
    collect(2, POSTINO_OUTCOME_ACCEPTED, 0);
    end();
}

static void test_service(void **state)
{
    struct postino_service noop = {0};
    struct postino_service vrfy = {.command = POSTINO_SERVICE_VRFY, .argument = "ann"};
    char text[8];

    (void)state;
    prepare();
    ADD(HELLO(BOTH), "NOOP\r\n", "250 ok\r\n", "VRFY ann\r\n", "550 no such user\r\n", MAIL(0), THREE,
        "421 idle\r\n", "<eof>");
    ADD(HELLO(BOTH), "NOOP\r\n", "<eof>");
    ADD(HELLO(BOTH), "NOOP\r\n", "421 not now\r\n");
    assert_int_equal(postino_client_service(&client, NULL), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(postino_client_service(NULL, &noop), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(postino_client_service(&client, &noop), 0);
    assert_int_equal(noop.reply_code, 250);
    vrfy.text = text;
    vrfy.text_capacity_octets = sizeof text;
    assert_int_equal(postino_client_service(&client, &vrfy), 0);
    assert_int_equal(vrfy.reply_code, 550);
    assert_int_equal(vrfy.text_octets, 12);
    assert_memory_equal(text, "no such ", 8);
    vrfy.argument = "";
    assert_int_equal(postino_client_service(&client, &vrfy), POSTINO_ERROR_ARGUMENT);
    submit(0, 0);
    assert_int_equal(postino_client_service(&client, &noop), POSTINO_ERROR_STATE);
    collect(0, POSTINO_OUTCOME_ACCEPTED, 0);
    /* The connection is known to be gone; then it goes during the command. */
    assert_int_equal(postino_client_service(&client, &noop), POSTINO_ERROR_CLOSED);
    assert_int_equal(noop.done, 0);
    assert_int_equal(postino_client_service(&client, &noop), POSTINO_ERROR_SERVICE_CLOSING);
    assert_int_equal(noop.done, 0);
    noop.done = 1;
    fake.connect_error = POSTINO_ERROR_CONNECT;
    assert_int_equal(postino_client_service(&client, &noop), POSTINO_ERROR_CONNECT);
    assert_int_equal(noop.done, 0);
    fake.connects--;
    end();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many),          cmocka_unit_test(test_idle),
        cmocka_unit_test(test_again_once),    cmocka_unit_test(test_lost_under_way),
        cmocka_unit_test(test_mail_limit),    cmocka_unit_test(test_submit_after_loss),
        cmocka_unit_test(test_quit),          cmocka_unit_test(test_no_connection),
        cmocka_unit_test(test_refused_calls), cmocka_unit_test(test_service),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
