/* SPDX-License-Identifier: MIT */
/* Tests that an octet that leaves restarts the time limit, and that a mail may have a total limit besides. */
#define _POSIX_C_SOURCE 200809L

#include "bench.h"
#include "loopback.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "fake_transport.h"
#include "postino/client.h"
#include "postino/posix.h"

#define LIMIT_MS 2000

#define EVENT(kind, text)                                        \
    {                                                            \
        kind, (const uint8_t *)(text), sizeof(text) - 1, 0, NULL \
    }

static char message[2003];
static struct peer_event events[] = {
    EVENT(PEER_SERVER, "220 mx\r\n"), EVENT(PEER_CLIENT, "EHLO c\r\n"),
    EVENT(PEER_SERVER, "250 mx\r\n"), EVENT(PEER_CLIENT, "MAIL FROM:<a@b>\r\n"),
    EVENT(PEER_SERVER, "250 ok\r\n"), EVENT(PEER_CLIENT, "RCPT TO:<c@d>\r\n"),
    EVENT(PEER_SERVER, "250 ok\r\n"), EVENT(PEER_CLIENT, "DATA\r\n"),
    EVENT(PEER_SERVER, "354 go\r\n"), {PEER_CLIENT, (const uint8_t *)message, sizeof message - 1, 0, NULL},
    EVENT(PEER_CLIENT, ".\r\n"),      EVENT(PEER_SERVER, "250 taken\r\n"),
};

static struct fake_transport fake;
static struct postino_transport_class methods;
static const struct postino_transport_class *inner;
static struct postino_time_limits limits;
static struct postino_client client;
static struct postino_mail mail;
static struct postino_recipient recipient;
static struct postino_memory_source source;

static void prepare_mail(const void *text, size_t octets)
{
    memset(&mail, 0, sizeof mail);
    memset(&recipient, 0, sizeof recipient);
    postino_memory_source_init(&source, text, octets);
    recipient.address = "c@d";
    mail.reverse_path = "a@b";
    mail.recipients = &recipient;
    mail.source = &source.source;
}

static void prepare(void)
{
    static const struct postino_client_config config = {
        .ehlo_name = "c", .tls = &postino_tls_none, .time_limits = &limits};

    memset(message, 'x', sizeof message - 3);
    memcpy(message + sizeof message - 3, "\r\n", 3);
    prepare_mail(message, sizeof message - 1);
    limits = (struct postino_time_limits){LIMIT_MS, LIMIT_MS, LIMIT_MS, LIMIT_MS, LIMIT_MS, LIMIT_MS, 0};
    fake_transport_init(&fake, events, sizeof events / sizeof events[0], 0);
    inner = fake.transport.methods;
    methods = *inner;
    fake.transport.methods = &methods;
    assert_int_equal(postino_client_init(&client, &fake.transport, &config), 0);
}

static int octet_wait(struct postino_transport *transport, unsigned wanted, uint32_t timeout_ms)
{
    /* The peer makes room for one octet in a second. */
    if ((wanted & POSTINO_EVENT_WRITE) != 0) {
        fake.now_ms += timeout_ms < 1000 ? timeout_ms : 1000;
        return 0;
    }
    return inner->wait(transport, wanted, timeout_ms);
}

/* An octet a second, of commands too. The first one of a call leaves at once. */
static void an_octet_a_second(void **state)
{
    (void)state;
    prepare();
    methods.wait = octet_wait;
    fake.short_octets = 1;
    assert_int_equal(postino_client_send(&client, &mail), 0);
    assert_true(fake.now_ms > 2000 * 1000);
    fake_transport_free(&fake);
}

/* The same from a queue below the transport, which takes all at once and says only that it moves. */
static size_t queue;

static int queue_send(struct postino_transport *transport, size_t length_octets)
{
    static uint32_t moved_ms;

    if (length_octets > 1000)
        queue = 30;
    if (queue != 0) {
        if (length_octets != 0)
            transport->unsent_octets = length_octets;
        if (fake.now_ms - moved_ms >= 1000) {
            moved_ms = fake.now_ms;
            transport->moved = 1;
            queue--;
        }
        if (queue != 0)
            return POSTINO_AGAIN;
        length_octets = transport->unsent_octets;
        transport->unsent_octets = 0;
    }
    return inner->send(transport, length_octets);
}

static void a_queue_that_moves(void **state)
{
    (void)state;
    prepare();
    queue = 0;
    methods.wait = octet_wait;
    methods.send = queue_send;
    assert_int_equal(postino_client_send(&client, &mail), 0);
    assert_true(fake.now_ms >= 29 * 1000);
    fake_transport_free(&fake);
}

/* Where nothing moves any more it is over when it always was. */
static void a_peer_that_stops(void **state)
{
    (void)state;
    prepare();
    methods.wait = octet_wait;
    fake.short_octets = 1;
    fake.stall_octets = 200;
    assert_int_equal(postino_client_send(&client, &mail), POSTINO_ERROR_TIMEOUT);
    assert_int_equal(mail.result.outcome, POSTINO_OUTCOME_TRANSIENT);
    assert_in_range(fake.now_ms, 130 * 1000, (200 + LIMIT_MS / 1000) * 1000);
    fake_transport_free(&fake);
}

/* The same slow peer, and a mail that may take a minute in all. */
static void a_total_limit(void **state)
{
    (void)state;
    prepare();
    limits.mail_ms = 60000;
    methods.wait = octet_wait;
    fake.short_octets = 1;
    assert_int_equal(postino_client_send(&client, &mail), POSTINO_ERROR_MAIL_TIMEOUT);
    assert_int_equal(mail.result.error, POSTINO_ERROR_MAIL_TIMEOUT);
    assert_int_equal(mail.result.outcome, POSTINO_OUTCOME_TRANSIENT);
    /* The greeting and EHLO are not its own. */
    assert_in_range(fake.now_ms, 60000 + 7000, 60000 + 9000);
    fake_transport_free(&fake);
}

/* Behind the end of the message nobody knows. */
static void a_total_limit_behind_the_end(void **state)
{
    struct bench bench;

    (void)state;
    bench_prepare(&bench);
    prepare();
    limits.mail_ms = 1500;
    bench.config.time_limits = &limits;
    bench_start(&bench);
    bench_greet(&bench);
    bench.now_ms = 100000; /* a pause between mails is none of them */
    bench_submit(&bench);
    assert_int_equal(postino_session_wait_ms(&bench.session, bench.now_ms), LIMIT_MS);
    bench_envelope(&bench);
    assert_int_equal(postino_session_wait_ms(&bench.session, bench.now_ms), 1500);
    bench.now_ms += 1000;
    assert_string_equal(bench_output(&bench), "Hello\r\n.\r\n");
    assert_int_equal(postino_session_wait_ms(&bench.session, bench.now_ms), 500);
    bench.now_ms += 499;
    postino_session_tick(&bench.session, bench.now_ms);
    assert_true(bench_want(&bench) & POSTINO_WANT_RECEIVE);
    bench.now_ms++;
    postino_session_tick(&bench.session, bench.now_ms);
    assert_int_equal(bench_want(&bench), POSTINO_WANT_CLOSED);
    postino_session_lost(&bench.session, 0, 0);
    assert_ptr_equal(postino_session_finished(&bench.session), &bench.mail);
    assert_int_equal(bench.mail.result.error, POSTINO_ERROR_MAIL_TIMEOUT);
    assert_int_equal(bench.mail.result.outcome, POSTINO_OUTCOME_UNKNOWN);
    fake_transport_free(&fake);
}

/* ---- Over sockets, with a large buffer ---- */

#define SLOW_MESSAGE_OCTETS 1500000
#define SLOW_BUFFER_OCTETS  1000000 /* some 2 s */
#define SLOW_PIECE_OCTETS   20000
#define SLOW_PAUSE_MS       25
#define SLOW_LIMIT_MS       500

struct slow_server {
    int listener;
    uint32_t longest_ms; /* between two reads */
};

static uint32_t slow_now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)now.tv_sec * 1000u + (uint32_t)now.tv_nsec / 1000000u;
}

static void slow_line(int handle, const char *reply)
{
    char octet = 0;

    while (octet != '\n' && recv(handle, &octet, 1, 0) == 1)
        continue;
    (void)send(handle, reply, strlen(reply), MSG_NOSIGNAL);
}

/* Reads the message at a steady pace. */
static void slow_message(struct slow_server *server, int handle)
{
    static char piece[SLOW_PIECE_OCTETS];
    uint32_t before_ms = slow_now_ms();
    char tail[5] = "";

    for (;;) {
        ssize_t taken = recv(handle, piece, sizeof piece, 0);
        uint32_t passed_ms = slow_now_ms() - before_ms;

        before_ms += passed_ms;
        if (passed_ms > server->longest_ms)
            server->longest_ms = passed_ms;
        if (taken < 5) {
            if (taken <= 0)
                return;
            memmove(tail, tail + taken, 5 - (size_t)taken);
            memcpy(tail + 5 - taken, piece, (size_t)taken);
        } else {
            memcpy(tail, piece + taken - 5, 5);
        }
        if (memcmp(tail, "\r\n.\r\n", 5) == 0)
            return;
        (void)poll(NULL, 0, SLOW_PAUSE_MS);
    }
}

static void *slow_serve(void *context)
{
    struct slow_server *server = context;
    int handle = accept(server->listener, NULL, NULL);

    (void)send(handle, "220 mx\r\n", 8, MSG_NOSIGNAL);
    slow_line(handle, "250 mx\r\n");
    slow_line(handle, "250 ok\r\n");
    slow_line(handle, "250 ok\r\n");
    slow_line(handle, "354 go\r\n");
    slow_message(server, handle);
    (void)send(handle, "250 ok\r\n", 8, MSG_NOSIGNAL);
    slow_line(handle, "221 bye\r\n");
    (void)close(handle);
    return NULL;
}

static int slow_send(struct slow_server *server)
{
    static struct postino_posix posix;
    static uint8_t buffer[SLOW_BUFFER_OCTETS];
    static const struct postino_time_limits slow_limits = {60000, 60000, 60000, SLOW_LIMIT_MS,
                                                           60000, 60000, 0};
    static const struct postino_client_config config = {
        .ehlo_name = "c", .tls = &postino_tls_none, .time_limits = &slow_limits};
    const int window = 8192;
    char *text = malloc(SLOW_MESSAGE_OCTETS);
    pthread_t thread;
    size_t i;
    int error;

    assert_non_null(text);
    for (i = 0; i < SLOW_MESSAGE_OCTETS; i++)
        text[i] = i % 60 == 59 ? '\n' : 'x';
    server->longest_ms = 0;
    server->listener = loopback_bind(AF_INET);
    assert_int_equal(setsockopt(server->listener, SOL_SOCKET, SO_RCVBUF, &window, sizeof window), 0);
    assert_int_equal(listen(server->listener, 1), 0);
    assert_int_equal(pthread_create(&thread, NULL, slow_serve, server), 0);
    prepare_mail(text, SLOW_MESSAGE_OCTETS);
    assert_int_equal(postino_posix_init(&posix, "127.0.0.1", loopback_port(server->listener)), 0);
    assert_int_equal(postino_posix_buffers(&posix, buffer, sizeof buffer, NULL, 0), 0);
    assert_int_equal(postino_client_init(&client, &posix.transport, &config), 0);
    assert_int_equal(postino_client_connect(&client), 0);
    /* Or the kernel would take it all at once. */
    assert_int_equal(setsockopt(posix.socket, SOL_SOCKET, SO_SNDBUF, &window, sizeof window), 0);
    error = postino_client_send(&client, &mail);
    postino_client_quit(&client);
    assert_int_equal(pthread_join(thread, NULL), 0);
    (void)close(server->listener);
    free(text);
    return error;
}

/* The limit is longer than any pause of the server, and shorter than what the session handed out at once
 * takes. Where the machine was so busy that the server itself paused too long, nothing was shown: once
 * more. */
static void a_server_that_reads_steadily(void **state)
{
    struct slow_server server;
    unsigned tries = 10;
    int error;

    (void)state;
    do {
        error = slow_send(&server);
    } while (error != 0 && server.longest_ms > SLOW_LIMIT_MS / 2 && --tries != 0);
    assert_int_equal(error, 0);
    assert_int_equal(mail.result.outcome, POSTINO_OUTCOME_ACCEPTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_octet_a_second),
        cmocka_unit_test(a_queue_that_moves),
        cmocka_unit_test(a_peer_that_stops),
        cmocka_unit_test(a_total_limit),
        cmocka_unit_test(a_total_limit_behind_the_end),
        cmocka_unit_test(a_server_that_reads_steadily),
    };

    return cmocka_run_group_tests_name("progress", tests, NULL, NULL);
}
