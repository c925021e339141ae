/* SPDX-License-Identifier: MIT */
/* Tests a caller that comes late: octets that arrived are read before a time limit is judged. */
#define _POSIX_C_SOURCE 200809L

#include "bench.h"
#include "loopback.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "fake_transport.h"
#include "postino/client.h"
#include "postino/posix.h"

#define LIMIT_MS 2000
#define LATE_MS  3000

#define EVENT(kind, text)                                        \
    {                                                            \
        kind, (const uint8_t *)(text), sizeof(text) - 1, 0, NULL \
    }
#define PAUSE(ms)                     \
    {                                 \
        PEER_DELAY, NULL, 0, ms, NULL \
    }
#define LETTER                                                                     \
    EVENT(PEER_CLIENT, "MAIL FROM:<a@b>\r\n"), EVENT(PEER_SERVER, "250 ok\r\n"),   \
        EVENT(PEER_CLIENT, "RCPT TO:<c@d>\r\n"), EVENT(PEER_SERVER, "250 ok\r\n"), \
        EVENT(PEER_CLIENT, "DATA\r\n"), EVENT(PEER_SERVER, "354 go\r\n"),          \
        EVENT(PEER_CLIENT, "Hello\r\n.\r\n")

static const struct peer_event events[] = {
    EVENT(PEER_SERVER, "220 mx\r\n"),
    EVENT(PEER_CLIENT, "EHLO c\r\n"),
    EVENT(PEER_SERVER, "250 mx\r\n"),
    LETTER,
    PAUSE(300),
    EVENT(PEER_SERVER, "250-taken\r\n250 at last\r\n"),
    LETTER,
    PAUSE(300),
    EVENT(PEER_SERVER, "250 ok\r\n"),
};

static const struct postino_time_limits limits = {LIMIT_MS, LIMIT_MS, LIMIT_MS, LIMIT_MS,
                                                  LIMIT_MS, LIMIT_MS, 0};
static const struct postino_client_config config = {
    .ehlo_name = "c", .tls = &postino_tls_none, .time_limits = &limits};

static struct fake_transport fake;
static struct postino_transport_class methods;
static const struct postino_transport_class *inner;
static struct postino_client client;
static struct postino_mail mails[2];
static struct postino_recipient recipients[2];
static struct postino_memory_source sources[2];

static void prepare_mails(void)
{
    size_t i;

    memset(mails, 0, sizeof mails);
    memset(recipients, 0, sizeof recipients);
    for (i = 0; i < 2; i++) {
        postino_memory_source_init(&sources[i], "Hello\r\n", 7);
        recipients[i].address = "c@d";
        mails[i].reverse_path = "a@b";
        mails[i].recipients = &recipients[i];
        mails[i].source = &sources[i].source;
    }
}

static void prepare(void)
{
    prepare_mails();
    fake_transport_init(&fake, events, sizeof events / sizeof events[0], 0);
    inner = fake.transport.methods;
    methods = *inner;
    fake.transport.methods = &methods;
    assert_int_equal(postino_client_init(&client, &fake.transport, &config), 0);
}

static void submit_both(void)
{
    assert_int_equal(postino_client_submit(&client, &mails[0]), 0);
    assert_int_equal(postino_client_submit(&client, &mails[1]), 0);
}

static void collect(size_t number)
{
    assert_ptr_equal(postino_client_collect(&client), &mails[number]);
    assert_int_equal(mails[number].result.error, 0);
    assert_int_equal(mails[number].result.outcome, POSTINO_OUTCOME_ACCEPTED);
}

/* The caller works between two calls, while the reply lies in the socket. */
static void late_caller_gets_replies_that_arrived(void **state)
{
    size_t piece;

    (void)state;
    for (piece = 0; piece < 3; piece++) {
        prepare();
        fake.peer.piece_octets = piece;
        submit_both();
        collect(0);
        fake.now_ms += LATE_MS;
        collect(1);
        assert_string_equal(fake.breach, "");
        fake_transport_free(&fake);
    }
}

/* The process stands still behind the send, for which the next look may be none, or in front of the wait. */
static unsigned stands_at;
static int looks;
static unsigned calls;

static void stand_still(void)
{
    if (++calls == stands_at)
        fake.now_ms += LATE_MS;
}

static int late_send(struct postino_transport *transport, size_t length_octets)
{
    int status = inner->send(transport, length_octets);

    looks = 0;
    stand_still();
    return status;
}

static int late_receive(struct postino_transport *transport, const uint8_t **data, size_t *length_octets)
{
    int status;

    stand_still();
    status = looks++ != 0 ? inner->receive(transport, data, length_octets) : POSTINO_AGAIN;
    stand_still();
    return status;
}

static int late_wait(struct postino_transport *transport, unsigned wanted, uint32_t timeout_ms)
{
    int status;

    stand_still();
    status = inner->wait(transport, wanted, timeout_ms);
    looks = 1;
    stand_still();
    return status;
}

static uint32_t late_now_ms(struct postino_transport *transport)
{
    uint32_t now_ms = inner->now_ms(transport);

    stand_still();
    return now_ms;
}

static void stopped_client_gets_replies_that_arrived(void **state)
{
    unsigned last = 1;

    (void)state;
    for (stands_at = 1; stands_at <= last; stands_at++) {
        prepare();
        methods.send = late_send;
        methods.receive = late_receive;
        methods.wait = late_wait;
        methods.now_ms = late_now_ms;
        calls = 0;
        submit_both();
        collect(0);
        collect(1);
        if (stands_at == 1)
            last = calls;
        fake_transport_free(&fake);
    }
    assert_true(last > 40);
}

/* A server that says something for ever, in a line that never ends: it is late all the same. */
static int line_receive(struct postino_transport *transport, const uint8_t **data, size_t *length_octets)
{
    int status = inner->receive(transport, data, length_octets);

    if (status == POSTINO_AGAIN && fake.peer.given_octets >= sizeof "220 mx\r\n250 " - 1) {
        fake.now_ms++;
        *data = (const uint8_t *)"x";
        *length_octets = 1;
        return 0;
    }
    return status;
}

static void endless_line_ends_by_the_limit(void **state)
{
    static const struct peer_event greeting[] = {
        EVENT(PEER_SERVER, "220 mx\r\n"), EVENT(PEER_CLIENT, "EHLO c\r\n"), EVENT(PEER_SERVER, "250 ")};

    (void)state;
    prepare();
    scripted_peer_init(&fake.peer, greeting, 3, 0);
    methods.receive = line_receive;
    assert_int_equal(postino_client_connect(&client), POSTINO_ERROR_TIMEOUT);
    assert_in_range(fake.now_ms, LIMIT_MS, LIMIT_MS + 500);
    fake_transport_free(&fake);
}

/* ---- Over sockets ---- */

/* Takes lines until one is `last`. */
static void server_await(int handle, const char *last)
{
    char line[256];
    size_t length = 0;

    for (;;) {
        ssize_t taken = recv(handle, line + length, 1, 0);

        if (taken != 1)
            _exit(3);
        if (line[length++] != '\n')
            continue;
        if (length == strlen(last) && memcmp(line, last, length) == 0)
            return;
        length = 0;
    }
}

static void server_say(int handle, const char *text)
{
    (void)send(handle, text, strlen(text), MSG_NOSIGNAL);
}

/* Lets a process stand still for longer than its limit, and sends `reply` meanwhile. */
static void server_stop(pid_t process, int handle, const char *reply)
{
    int status;

    assert_int_equal(kill(process, SIGSTOP), 0);
    assert_int_equal(waitpid(process, &status, WUNTRACED), process);
    assert_true(WIFSTOPPED(status));
    server_say(handle, reply);
    (void)poll(NULL, 0, LATE_MS);
    assert_int_equal(kill(process, SIGCONT), 0);
}

/* Returns 0 when both mails were accepted. */
static int client_sends(const char *port)
{
    static struct postino_posix posix;
    const struct postino_mail *mail;
    int accepted = 0;

    prepare_mails();
    if (postino_posix_init(&posix, "127.0.0.1", port) != 0 ||
        postino_client_init(&client, &posix.transport, &config) != 0)
        return 2;
    (void)postino_client_submit(&client, &mails[0]);
    (void)postino_client_submit(&client, &mails[1]);
    while ((mail = postino_client_collect(&client)) != NULL)
        accepted += mail->result.outcome == POSTINO_OUTCOME_ACCEPTED;
    postino_client_quit(&client);
    return accepted == 2 ? 0 : 1;
}

/* In the envelope, and behind the message. */
static void stopped_process_over_sockets(void **state)
{
    int listener = loopback_listen(AF_INET);
    const char *port = loopback_port(listener);
    pid_t process = fork();
    int status;
    int handle;
    int i;

    (void)state;
    assert_true(process >= 0);
    if (process == 0)
        _exit(client_sends(port));
    handle = accept(listener, NULL, NULL);
    assert_true(handle >= 0);
    server_say(handle, "220 mx\r\n");
    server_await(handle, "EHLO c\r\n");
    server_say(handle, "250 mx\r\n");
    for (i = 0; i < 2; i++) {
        server_await(handle, "MAIL FROM:<a@b>\r\n");
        server_say(handle, "250 ok\r\n");
        server_await(handle, "RCPT TO:<c@d>\r\n");
        if (i == 0)
            server_stop(process, handle, "250 ok\r\n");
        else
            server_say(handle, "250 ok\r\n");
        server_await(handle, "DATA\r\n");
        server_say(handle, "354 go\r\n");
        server_await(handle, ".\r\n");
        if (i == 1)
            server_stop(process, handle, "250 ok\r\n");
        else
            server_say(handle, "250 ok\r\n");
    }
    server_await(handle, "QUIT\r\n");
    server_say(handle, "221 bye\r\n");
    assert_int_equal(waitpid(process, &status, 0), process);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    (void)close(handle);
    (void)close(listener);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(late_caller_gets_replies_that_arrived),
        cmocka_unit_test(stopped_client_gets_replies_that_arrived),
        cmocka_unit_test(endless_line_ends_by_the_limit),
        cmocka_unit_test(stopped_process_over_sockets),
    };

    return cmocka_run_group_tests_name("late", tests, NULL, NULL);
}
