/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L

#include "tls_wire.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define WIRE_PATIENCE_S 10

/* Called with each line that the server heard. */
static void wire_heard(struct tls_peer *peer, const char *line)
{
    struct tls_wire *wire = (struct tls_wire *)peer;

    if (strncmp(line, "MAIL ", 5) == 0) {
        wire->mail = TLS_WIRE_MAILS;
        wire->unauthenticated += !peer->authenticated;
    } else if (strncmp(line, "mail ", 5) == 0) {
        wire->mail = (unsigned)(line[5] - '0');
    } else if (strcmp(line, ".") == 0 && wire->mail < TLS_WIRE_MAILS) {
        wire->arrived[wire->mail]++;
    } else if (strcmp(line, "STARTTLS") == 0) {
        wire->encrypted = 1;
    }
}

/* Whether the octets may travel: in the clear EHLO and STARTTLS, then nothing but TLS records (RFC 8446
 * section 5.1). */
static int wire_looks(struct tls_wire *wire, const uint8_t *octets, size_t length)
{
    if (!wire->encrypted)
        return memcmp(octets, "EHLO ", 5) == 0 || memcmp(octets, "STARTTLS\r\n", length) == 0;
    for (; length != 0; length--, octets++) {
        if (wire->record_octets != 0) {
            wire->record_octets--;
            continue;
        }
        wire->header[wire->header_octets++] = *octets;
        if (wire->header[0] < 20 || wire->header[0] > 23 ||
            (wire->header_octets > 1 && wire->header[1] != 3) ||
            (wire->header_octets > 2 && wire->header[2] > 3))
            return 0;
        if (wire->header_octets < sizeof wire->header)
            continue;
        wire->header_octets = 0;
        wire->record_octets = (size_t)wire->header[3] << 8 | wire->header[4];
    }
    return 1;
}

/* Hands the server what arrived. */
static void wire_take(struct tls_wire *wire, const uint8_t *octets, size_t length)
{
    struct postino_transport *transport = &wire->peer.transport;

    while (length != 0) {
        uint8_t *buffer;
        size_t capacity;

        (void)transport->methods->reserve(transport, &buffer, &capacity);
        capacity = length < capacity ? length : capacity;
        memcpy(buffer, octets, capacity);
        (void)transport->methods->send(transport, capacity);
        octets += capacity;
        length -= capacity;
    }
}

static void wire_answer(struct tls_wire *wire, int connection)
{
    struct postino_transport *transport = &wire->peer.transport;
    const uint8_t *data;
    size_t length;

    while (transport->methods->receive(transport, &data, &length) == 0) {
        if (send(connection, data, length, MSG_NOSIGNAL) != (ssize_t)length)
            return;
    }
}

static void wire_talk(struct tls_wire *wire, int connection)
{
    struct postino_transport *transport = &wire->peer.transport;
    uint8_t octets[4096];
    ssize_t length;

    (void)transport->methods->connect(transport, 0);
    wire->encrypted = !wire->peer.starttls;
    wire->record_octets = 0;
    wire->header_octets = 0;
    wire_answer(wire, connection);
    while ((length = recv(connection, octets, sizeof octets, 0)) > 0) {
        if (!wire_looks(wire, octets, (size_t)length)) {
            wire->in_clear++;
            break;
        }
        wire_take(wire, octets, (size_t)length);
        wire_answer(wire, connection);
    }
    transport->methods->close(transport, 0);
}

static void *wire_run(void *argument)
{
    struct tls_wire *wire = argument;
    struct timeval patience = {WIRE_PATIENCE_S, 0};
    int on = 1;
    int connection;

    while ((connection = accept(wire->listener, NULL, NULL)) >= 0) {
        (void)setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        (void)setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        wire_talk(wire, connection);
        (void)close(connection);
        (void)pthread_mutex_lock(&wire->mutex);
        wire->ended++;
        (void)pthread_cond_signal(&wire->ended_condition);
        (void)pthread_mutex_unlock(&wire->mutex);
    }
    return NULL;
}

int tls_wire_start(struct tls_wire *wire)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;

    memset(wire, 0, sizeof *wire);
    wire->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (tls_peer_init(&wire->peer) != 0 || wire->listener < 0 ||
        bind(wire->listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(wire->listener, 4) != 0 ||
        getsockname(wire->listener, (struct sockaddr *)&address, &length) != 0)
        return -1;
    wire->peer.heard = wire_heard;
    wire->port = ntohs(address.sin_port);
    (void)pthread_mutex_init(&wire->mutex, NULL);
    (void)pthread_cond_init(&wire->ended_condition, NULL);
    return pthread_create(&wire->thread, NULL, wire_run, wire) == 0 ? 0 : -1;
}

void tls_wire_stop(struct tls_wire *wire)
{
    (void)shutdown(wire->listener, SHUT_RDWR); /* wakes accept(); close() would not */
    (void)pthread_join(wire->thread, NULL);
    (void)close(wire->listener);
    tls_peer_free(&wire->peer);
}

int tls_wire_await(struct tls_wire *wire, unsigned connections)
{
    struct timespec until;
    int result = 0;
    int done;

    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 2 * WIRE_PATIENCE_S;
    (void)pthread_mutex_lock(&wire->mutex);
    while (wire->ended < connections && result == 0)
        result = pthread_cond_timedwait(&wire->ended_condition, &wire->mutex, &until);
    done = wire->ended >= connections;
    (void)pthread_mutex_unlock(&wire->mutex);
    return done;
}
