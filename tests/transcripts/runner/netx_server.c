/* SPDX-License-Identifier: MIT */
/* Every wait is bounded: a client that neither speaks nor closes ends the case, not the run. */
#define _DEFAULT_SOURCE

#include "netx_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERVER_WAIT_MS  15000
#define SERVER_PAUSE_US 1500 /* lets a piece arrive before the next one is sent */

static struct {
    int listener;
    pthread_t thread;
    struct scripted_peer *peer;
    enum netx_server_end end;
} server = {-1, 0, NULL, NETX_SERVER_END_NONE};

unsigned netx_server_open(void)
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;

    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server.listener = socket(AF_INET, SOCK_STREAM, 0);
    if (server.listener < 0 || bind(server.listener, (struct sockaddr *)&address, size) != 0 ||
        listen(server.listener, 4) != 0 ||
        getsockname(server.listener, (struct sockaddr *)&address, &size) != 0) {
        return 0;
    }
    return ntohs(address.sin_port);
}

void netx_server_close(void)
{
    (void)close(server.listener);
    server.listener = -1;
}

static int server_readable(int descriptor, int wait_ms)
{
    struct pollfd poll_descriptor = {descriptor, POLLIN, 0};

    return poll(&poll_descriptor, 1, wait_ms) == 1;
}

static void server_reset(int connection)
{
    const struct linger linger = {1, 0};

    (void)setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

/* Takes what the client sent. Returns 0 while the connection lives. */
static int server_read(int connection, enum netx_server_end *end)
{
    uint8_t octets[4096];
    ssize_t length = -1;

    if (!server_readable(connection, SERVER_WAIT_MS)) {
        *end = NETX_SERVER_END_NONE;
        return -1;
    }
    length = recv(connection, octets, sizeof octets, 0);
    if (length <= 0) {
        *end = length == 0 ? NETX_SERVER_END_CLOSED : NETX_SERVER_END_RESET;
        return -1;
    }
    scripted_peer_take(server.peer, octets, (size_t)length, 0);
    return 0;
}

/* The octets that are due. A client that closed already shows it at the next read. */
static void server_write(int connection, const uint8_t *data, size_t length_octets)
{
    (void)send(connection, data, length_octets, MSG_NOSIGNAL);
    scripted_peer_give(server.peer, length_octets, 0);
    if (server.peer->split_octets != 0) {
        (void)usleep(SERVER_PAUSE_US);
    }
}

static enum netx_server_end server_play(int connection)
{
    enum netx_server_end end = NETX_SERVER_END_NONE;

    for (;;) {
        const uint8_t *data;
        size_t length;

        switch (scripted_peer_offer(server.peer, &data, &length)) {
        case PEER_OFFER_DATA:
            server_write(connection, data, length);
            break;
        case PEER_OFFER_EOF:
            (void)shutdown(connection, SHUT_WR);
            while (server_read(connection, &end) == 0) {
            }
            return NETX_SERVER_END_BY_SERVER;
        case PEER_OFFER_RESET:
            server_reset(connection);
            return NETX_SERVER_END_BY_SERVER;
        default:
            if (server_read(connection, &end) != 0) {
                return end;
            }
        }
    }
}

static void *server_run(void *argument)
{
    const int on = 1;
    int connection;

    (void)argument;
    if (!server_readable(server.listener, SERVER_WAIT_MS)) {
        return NULL;
    }
    connection = accept(server.listener, NULL, NULL);
    if (connection >= 0) {
        (void)setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        server.end = server_play(connection);
        (void)close(connection);
    }
    return NULL;
}

int netx_server_start(struct scripted_peer *peer)
{
    server.peer = peer;
    server.end = NETX_SERVER_END_NONE;
    return pthread_create(&server.thread, NULL, server_run, NULL) == 0 ? 0 : -1;
}

enum netx_server_end netx_server_join(void)
{
    (void)pthread_join(server.thread, NULL);
    return server.end;
}
