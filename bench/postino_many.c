/* SPDX-License-Identifier: MIT */
/* Invariant: one thread, one epoll, a session a connection; a connection holds octets of its own only while
 * its socket takes no more. Success means that the server accepted every mail.
 *
 * usage: postino_many --port N [--connections N] [--mails N] [--octets N] [--limit-s N]
 * Opens all connections, then sends `mails` mails in all, as many over each. */

#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common.h"
#include "postino/session.h"

#define MANY_EVENTS        256
#define MANY_OUTPUT_OCTETS 65536
#define MANY_TICK_MS       1000
#define MANY_LIMIT_OCTETS  (1024U * 1024U)

struct many_connection {
    int handle;
    size_t mails_left;
    char *pending; /* what the socket did not take */
    size_t pending_octets;
    struct postino_session session;
    struct postino_mail mail;
    struct postino_recipient recipient;
    struct postino_memory_source source;
};

static int many_poll;
static size_t many_open;

static uint32_t many_now_ms(void)
{
    return (uint32_t)(bench_now_us() / 1000U);
}

static void many_watch(struct many_connection *connection, int operation, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = connection};

    if (epoll_ctl(many_poll, operation, connection->handle, &event) != 0)
        bench_die("epoll_ctl: %s", strerror(errno));
}

static void many_collect(struct many_connection *connection)
{
    const struct postino_mail *mail = postino_session_finished(&connection->session);

    if (mail != NULL && mail->result.outcome != POSTINO_OUTCOME_ACCEPTED)
        bench_die("%s: %s, reply %u", postino_step_name(mail->result.step),
                  postino_strerror(mail->result.error), (unsigned)mail->result.reply_code);
}

static void many_close(struct many_connection *connection, int error)
{
    (void)close(connection->handle);
    connection->handle = -1;
    postino_session_lost(&connection->session, error, connection->pending_octets);
    many_collect(connection);
    error = postino_session_result(&connection->session)->error;
    if (error != 0 || connection->mails_left > 0)
        bench_die("a connection ended: %s", postino_strerror(error));
    many_open--;
}

/* Sends; keeps what the socket does not take. */
static void many_send(struct many_connection *connection, const char *data, size_t octets)
{
    ssize_t sent = send(connection->handle, data, octets, MSG_NOSIGNAL);
    char *kept = NULL;

    if (sent < 0 && errno != EAGAIN && errno != EINTR)
        bench_die("send: %s", strerror(errno));
    if (sent < 0)
        sent = 0;
    octets -= (size_t)sent;
    if (octets > 0) {
        kept = bench_allocate(octets);
        memcpy(kept, data + sent, octets);
    }
    if ((octets > 0) != (connection->pending_octets > 0))
        many_watch(connection, EPOLL_CTL_MOD, octets > 0 ? EPOLLOUT | EPOLLIN : EPOLLIN);
    free(connection->pending);
    connection->pending = kept;
    connection->pending_octets = octets;
}

static void many_submit(struct many_connection *connection)
{
    if (connection->mails_left == 0) {
        postino_session_quit(&connection->session);
        return;
    }
    connection->mails_left--;
    if (postino_session_submit(&connection->session, &connection->mail) != 0)
        bench_die("the session does not take the mail");
    /* QUIT need not wait for the last mail's reply. */
    if (connection->mails_left == 0)
        postino_session_quit(&connection->session);
}

/* Does what the session wants, as far as it goes without waiting. */
static void many_drive(struct many_connection *connection)
{
    static uint8_t output[MANY_OUTPUT_OCTETS];
    struct postino_session *session = &connection->session;
    unsigned want;
    size_t octets;

    while (((want = postino_session_want(session)) & (POSTINO_WANT_SEND | POSTINO_WANT_MAIL)) != 0 &&
           connection->pending_octets == 0) {
        if ((want & POSTINO_WANT_SEND) != 0) {
            octets = postino_session_output(session, output, sizeof output, many_now_ms());
            if (octets == 0)
                break;
            many_send(connection, (const char *)output, octets);
        } else {
            many_collect(connection);
            many_submit(connection);
        }
    }
    if ((want & POSTINO_WANT_CLOSED) != 0)
        many_close(connection, 0);
}

static void many_read(struct many_connection *connection)
{
    uint8_t buffer[4096];
    ssize_t arrived = recv(connection->handle, buffer, sizeof buffer, 0);

    if (arrived < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (arrived <= 0) {
        many_close(connection, arrived == 0 ? POSTINO_ERROR_CLOSED : POSTINO_ERROR_RECEIVE);
        return;
    }
    postino_session_input(&connection->session, buffer, (size_t)arrived, many_now_ms());
    many_drive(connection);
}

static void many_connect(struct many_connection *connection, size_t port,
                         const struct postino_session_config *config, const char *message, size_t octets)
{
    /* On loopback connect() is done at once; the socket does not block from then on. */
    connection->handle = bench_connect(port);
    bench_set_nonblocking(connection->handle);
    connection->recipient.address = BENCH_RECIPIENT;
    postino_memory_source_init_canonical(&connection->source, message, octets);
    connection->mail = (struct postino_mail){.reverse_path = BENCH_SENDER,
                                             .recipients = &connection->recipient,
                                             .source = &connection->source.source};
    if (postino_session_init(&connection->session, config, many_now_ms()) != 0)
        bench_die("the session does not take its configuration");
    many_watch(connection, EPOLL_CTL_ADD, EPOLLIN);
    many_open++;
}

static void many_run(struct many_connection *connections, size_t count)
{
    struct epoll_event events[MANY_EVENTS];
    uint32_t ticked_ms = many_now_ms();
    size_t i;
    int ready;
    int n;

    while (many_open > 0) {
        ready = epoll_wait(many_poll, events, MANY_EVENTS, MANY_TICK_MS);
        for (n = 0; n < ready; n++) {
            struct many_connection *connection = events[n].data.ptr;
            if ((events[n].events & EPOLLOUT) != 0 && connection->pending_octets > 0) {
                many_send(connection, connection->pending, connection->pending_octets);
                many_drive(connection);
            }
            if (connection->handle >= 0 && (events[n].events & ~(uint32_t)EPOLLOUT) != 0)
                many_read(connection);
        }
        if (many_now_ms() - ticked_ms < MANY_TICK_MS)
            continue;
        ticked_ms = many_now_ms();
        for (i = 0; i < count; i++) {
            if (connections[i].handle < 0)
                continue;
            postino_session_tick(&connections[i].session, ticked_ms);
            many_drive(&connections[i]);
        }
    }
}

int main(int argc, char **argv)
{
    const struct postino_session_config config = {.ehlo_name = BENCH_EHLO_NAME,
                                                  .time_limits = &postino_time_limits_rfc5321,
                                                  .extensions = postino_extensions_all};
    struct many_connection *connections;
    struct bench_message message;
    const char *flat;
    size_t port = 0;
    size_t count = 1000;
    size_t mails = 1000;
    size_t octets = 2048;
    size_t limit_s = BENCH_LIMIT_S;
    const struct bench_option options[] = {{"port", &port, NULL},       {"connections", &count, NULL},
                                           {"mails", &mails, NULL},     {"octets", &octets, NULL},
                                           {"limit-s", &limit_s, NULL}, {NULL, NULL, NULL}};
    size_t i;

    (void)bench_options(argc, argv, options);
    if (count == 0 || octets > MANY_LIMIT_OCTETS)
        bench_die("--connections takes at least 1, --octets at most %u", MANY_LIMIT_OCTETS);
    bench_limit_life(limit_s);
    message = bench_message_make(octets);
    flat = bench_message_flat(&message);
    many_poll = epoll_create1(EPOLL_CLOEXEC);
    connections = bench_allocate_for_good(count * sizeof *connections);
    for (i = 0; i < count; i++) {
        many_connect(&connections[i], port, &config, flat, message.octets);
        connections[i].mails_left = mails / count + (i < mails % count);
    }
    many_run(connections, count);
    return 0;
}
