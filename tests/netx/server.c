/* SPDX-License-Identifier: MIT */
/* Invariant: the findings change only between the accept and the end of a connection. A reader
 * synchronises with the count of ended connections. */
#define _DEFAULT_SOURCE

#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "netx_host.h"
#include "server_dialogue.h"

#define SERVER_WAIT_MS  20000
#define SERVER_PAUSE_US 1500

uint64_t server_now_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Waits for octets, at most so long; a stop ends every wait. */
static int server_readable(const struct server *server, int descriptor, int wait_ms)
{
    struct pollfd descriptors[2] = {{descriptor, POLLIN, 0}, {server->wake[0], POLLIN, 0}};

    return poll(descriptors, 2, wait_ms) > 0 && descriptors[1].revents == 0;
}

static void server_pause(const struct server *server, unsigned pause_ms)
{
    struct pollfd descriptor = {server->wake[0], POLLIN, 0};

    (void)poll(&descriptor, 1, (int)pause_ms);
}

static void server_leave(struct server *server, int reset)
{
    const struct linger linger = {1, 0};

    if (reset)
        (void)setsockopt(server->connection, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    server->over = 1;
    server->end = SERVER_END_BY_SERVER;
}

void server_send(struct server *server, const char *data, size_t octets)
{
    while (octets != 0 && !server->over) {
        size_t piece =
            server->piece_octets != 0 && server->piece_octets < octets ? server->piece_octets : octets;

        if (piece > server->cut_sent - server->sent_octets)
            piece = server->cut_sent - server->sent_octets;
        /* A client that is gone shows it at the next read. */
        (void)send(server->connection, data, piece, MSG_NOSIGNAL);
        server->sent_octets += piece;
        data += piece;
        octets -= piece;
        if (server->sent_octets >= server->cut_sent)
            server_leave(server, server->cut_reset);
        else if (octets != 0)
            (void)usleep(SERVER_PAUSE_US);
    }
}

void server_say(struct server *server, enum server_step step, const char *usual)
{
    const char *reply = server->replies[step] != NULL ? server->replies[step] : usual;

    if (server->delays_ms[step] != 0)
        server_pause(server, server->delays_ms[step]);
    if (reply == server_close || reply == server_reset)
        server_leave(server, reply == server_reset);
    else
        server_send(server, reply,
                    server->reply_octets[step] != 0 ? server->reply_octets[step] : strlen(reply));
}

/* Takes what came, octet by octet. */
static void server_take(struct server *server, const char *data, size_t octets)
{
    if (octets > server->most_in_read)
        server->most_in_read = (unsigned)octets;
    if (server->received_octets < SERVER_RECORD - 1) {
        size_t room = SERVER_RECORD - 1 - server->received_octets;

        memcpy(server->received + server->received_octets, data, octets < room ? octets : room);
    }
    for (; octets != 0 && !server->over; octets--, data++) {
        server->received_octets++;
        if (server->received_octets >= server->cut_received)
            server_leave(server, server->cut_reset);
        else
            server_octet(server, *data);
    }
}

static void server_read(struct server *server)
{
    char octets[65536];
    size_t room = sizeof octets;
    ssize_t length = -1;

    if (room > server->cut_received - server->received_octets)
        room = server->cut_received - server->received_octets;
    if (server->stall_ms != 0 && server->in_message && server->received_octets > server->message_start) {
        server_pause(server, server->stall_ms);
        server->stall_ms = 0;
    }
    if (server->round_ms != 0 && server->sent_octets != 0)
        server_pause(server, server->round_ms);
    if (server_readable(server, server->connection, (int)server->patience_ms))
        length = recv(server->connection, octets, room, 0);
    else if (server->farewell != NULL)
        server_send(server, server->farewell, strlen(server->farewell));
    server->reads += length > 0;
    if (length > 0) {
        if (server->tight)
            netx_host_acknowledge();
        server_take(server, octets, (size_t)length);
        return;
    }
    if (length == 0)
        server_pause(server, server->linger_ms);
    server->over = 1;
    server->end = length == 0 ? SERVER_END_CLOSED : errno == ECONNRESET ? SERVER_END_RESET : SERVER_END_NONE;
}

static void server_connection(struct server *server)
{
    const int on = 1;

    (void)setsockopt(server->connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (server->tight) {
        const int little = 2048;
        const struct timeval patience = {SERVER_WAIT_MS / 1000, 0};

        /* Not SO_RCVBUF: set on an open connection it takes back a window that was promised. Linux then
         * drops the octets that the client sent into it and every acknowledgement after them. */
        (void)setsockopt(server->connection, SOL_SOCKET, SO_SNDBUF, &little, sizeof little);
        (void)setsockopt(server->connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    }
    memset(server->received, 0, sizeof server->received);
    server->received_octets = 0;
    server->sent_octets = 0;
    server->message_start = 0;
    server->message_end = 0;
    server->message_hash = SERVER_HASH_START;
    server->first_mail = SIZE_MAX;
    server->final_sent = 0;
    server->end = SERVER_END_NONE;
    server->quit_ns = 0;
    server->line_octets = 0;
    server->reads = 0;
    server->chunk_octets = 0;
    server->recipients = 0;
    server->in_message = 0;
    server->auth_round = 0;
    server->over = 0;
    if (server->cut_received == 0 || server->cut_sent == 0)
        server_leave(server, server->cut_reset);
    else
        server_say(server, SERVER_GREETING, "220 mx.example.com ready\r\n");
    while (!server->over)
        server_read(server);
    server->end_ns = server_now_ns();
    (void)close(server->connection);
}

static void *server_run(void *argument)
{
    struct server *server = argument;

    while (server_readable(server, server->listener, -1)) {
        server->connection = accept(server->listener, NULL, NULL);
        if (server->connection < 0)
            continue;
        server_connection(server);
        (void)pthread_mutex_lock(&server->mutex);
        server->ended++;
        (void)pthread_cond_broadcast(&server->ended_condition);
        (void)pthread_mutex_unlock(&server->mutex);
    }
    return NULL;
}

static int server_listen(struct server *server)
{
    struct sockaddr_storage storage;
    struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)&storage;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)&storage;
    socklen_t size = server->ipv6 ? sizeof *v6 : sizeof *v4;

    memset(&storage, 0, sizeof storage);
    if (server->ipv6) {
        v6->sin6_family = AF_INET6;
        v6->sin6_addr.s6_addr[15] = 1;
    } else {
        v4->sin_family = AF_INET;
        v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    server->listener = socket(storage.ss_family, SOCK_STREAM, 0);
    if (server->listener < 0 || bind(server->listener, (struct sockaddr *)&storage, size) != 0 ||
        listen(server->listener, 16) != 0 ||
        getsockname(server->listener, (struct sockaddr *)&storage, &size) != 0)
        return -1;
    server->port = ntohs(server->ipv6 ? v6->sin6_port : v4->sin_port);
    return 0;
}

void server_usual(struct server *server)
{
    memset(server->replies, 0, sizeof server->replies);
    memset(server->reply_octets, 0, sizeof server->reply_octets);
    memset(server->delays_ms, 0, sizeof server->delays_ms);
    server->piece_octets = 0;
    server->cut_received = SIZE_MAX;
    server->cut_sent = SIZE_MAX;
    server->cut_reset = 0;
    server->hold = 0;
    server->linger_ms = 0;
    server->patience_ms = SERVER_WAIT_MS;
    server->stall_ms = 0;
    server->round_ms = 0;
    server->tight = 0;
    server->farewell = NULL;
}

unsigned server_start(struct server *server, int ipv6)
{
    memset(server, 0, sizeof *server);
    server_usual(server);
    server->ipv6 = ipv6;
    if (server_listen(server) != 0)
        return 0;
    if (pipe(server->wake) != 0 || pthread_mutex_init(&server->mutex, NULL) != 0 ||
        pthread_cond_init(&server->ended_condition, NULL) != 0 ||
        pthread_create(&server->thread, NULL, server_run, server) != 0)
        return 0;
    server->running = 1;
    return server->port;
}

int server_await(struct server *server, unsigned connections)
{
    struct timespec deadline;
    int reached;

    (void)clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += 10;
    (void)pthread_mutex_lock(&server->mutex);
    while (server->ended < connections &&
           pthread_cond_timedwait(&server->ended_condition, &server->mutex, &deadline) == 0) {
    }
    reached = server->ended >= connections;
    (void)pthread_mutex_unlock(&server->mutex);
    return reached;
}

unsigned server_connections(struct server *server)
{
    unsigned ended;

    (void)pthread_mutex_lock(&server->mutex);
    ended = server->ended;
    (void)pthread_mutex_unlock(&server->mutex);
    return ended;
}

unsigned server_messages(struct server *server)
{
    unsigned messages;

    (void)pthread_mutex_lock(&server->mutex);
    messages = server->messages;
    (void)pthread_mutex_unlock(&server->mutex);
    return messages;
}

void server_stop(struct server *server)
{
    if (!server->running)
        return;
    server->running = 0;
    if (write(server->wake[1], "", 1) != 1)
        abort();
    (void)pthread_join(server->thread, NULL);
    (void)close(server->wake[0]);
    (void)close(server->wake[1]);
    (void)close(server->listener);
    (void)pthread_cond_destroy(&server->ended_condition);
    (void)pthread_mutex_destroy(&server->mutex);
}
