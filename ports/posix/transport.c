/* SPDX-License-Identifier: MIT */
/* The transport over POSIX sockets. Invariants: `socket` is -1 exactly while the transport is closed. The
 * octets that the kernel has not taken are send_buffer[offset_octets .. offset_octets + unsent_octets).
 * Only connect() and wait() block, each until one point in time of the monotonic clock, so signals make
 * them no longer. */

#define _POSIX_C_SOURCE  200809L
/* Apple's headers hide SO_NOSIGPIPE from a program that asks for POSIX alone. */
#define _DARWIN_C_SOURCE 1

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

/* No command is longer than a line of an AUTH exchange with its CRLF. */
#define TRANSPORT_COMMAND_OCTETS (POSTINO_AUTH_LINE_OCTETS + 2)

/* The least that postino_posix_buffers() takes, as config.h has it for the buffers inside. */
#define TRANSPORT_SEND_OCTETS_MIN    512
#define TRANSPORT_RECEIVE_OCTETS_MIN 64

#ifdef MSG_NOSIGNAL
#define TRANSPORT_SEND_FLAGS MSG_NOSIGNAL
#elif defined(SO_NOSIGPIPE)
#define TRANSPORT_SEND_FLAGS 0
#else
#error "this system has neither MSG_NOSIGNAL nor SO_NOSIGPIPE: a lost connection would kill the process"
#endif

#ifdef SOCK_CLOEXEC
#define TRANSPORT_SOCKET_TYPE (SOCK_STREAM | SOCK_CLOEXEC)
#else
#define TRANSPORT_SOCKET_TYPE SOCK_STREAM
#endif

static uint64_t transport_clock_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000U + (uint64_t)now.tv_nsec / 1000000U;
}

static uint32_t transport_now_ms(struct postino_transport *transport)
{
    (void)transport;
    return (uint32_t)transport_clock_ms();
}

/* Every time limit passes through here. Returns what poll() does: 0 when `timeout_ms` has passed. */
static int transport_poll(int socket, short events, uint32_t timeout_ms)
{
    const uint64_t deadline_ms = transport_clock_ms() + timeout_ms;
    uint64_t left_ms = timeout_ms;
    uint64_t now_ms;

    for (;;) {
        struct pollfd entry = {.fd = socket, .events = events};
        int timeout = left_ms > INT_MAX ? INT_MAX : (int)left_ms;
        int ready = poll(&entry, 1, timeout_ms == UINT32_MAX ? -1 : timeout);

        if (ready > 0 || (ready < 0 && errno != EINTR))
            return ready;
        now_ms = transport_clock_ms();
        left_ms = now_ms < deadline_ms ? deadline_ms - now_ms : 0;
        /* A signal is no look: a process that slept through its limit looks once more, without waiting. */
        if (timeout_ms != UINT32_MAX && left_ms == 0 && ready == 0)
            return 0;
    }
}

/* Some resolvers take any number for a port, cut to 16 bits, and the empty string for 0: 65561 would reach
 * port 25. */
static int transport_service_is_valid(const char *service)
{
    uint32_t port = 0;

    if (service[strspn(service, "0123456789")] != '\0')
        return strpbrk(service, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != NULL;
    for (; *service != '\0' && port <= 65535; service++)
        port = port * 10 + (uint32_t)(*service - '0');
    return port >= 1 && port <= 65535;
}

/* Without AI_ADDRCONFIG: it hides ::1 on a host whose only IPv6 address that is, and an address that cannot
 * be reached fails at once anyway. */
static int transport_resolve(struct postino_posix *posix, struct addrinfo **addresses)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};

    if (posix->host[0] == '\0')
        posix->system_error = EAI_NONAME;
    else if (!transport_service_is_valid(posix->service))
        posix->system_error = EAI_SERVICE;
    else
        posix->system_error = getaddrinfo(posix->host, posix->service, &hints, addresses);
    return posix->system_error == 0 ? 0 : POSTINO_ERROR_RESOLVE;
}

/* Returns a socket that neither blocks nor outlives exec(), or -1 with errno set. */
static int transport_open_socket(const struct addrinfo *address)
{
    const int on = 1;
    int handle = socket(address->ai_family, TRANSPORT_SOCKET_TYPE, address->ai_protocol);

    if (handle < 0)
        return -1;
    /* A stack without exec(), such as lwIP, knows no FD_CLOEXEC, and needs none. */
    (void)fcntl(handle, F_SETFD, FD_CLOEXEC);
    if (fcntl(handle, F_SETFL, O_NONBLOCK) != 0) {
        int reason = errno;
        (void)close(handle);
        errno = reason;
        return -1;
    }
    /* Without it the second of two short writes waits for the server's delayed acknowledgement. A system
     * that refuses the option is slow, not wrong. */
    (void)setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
#ifdef SO_NOSIGPIPE
    (void)setsockopt(handle, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
    return handle;
}

/* Connects `handle` within `timeout_ms`. Returns 0 or an errno value. */
static int transport_connect_socket(int handle, const struct addrinfo *address, uint32_t timeout_ms)
{
    int reason = 0;
    socklen_t length = sizeof reason;
    int ready;

    if (connect(handle, address->ai_addr, address->ai_addrlen) == 0)
        return 0;
    /* An interrupted connect() goes on by itself, like one that never blocked. */
    if (errno != EINPROGRESS && errno != EINTR)
        return errno;
    ready = transport_poll(handle, POLLOUT, timeout_ms);
    if (ready == 0)
        return ETIMEDOUT;
    if (ready < 0 || getsockopt(handle, SOL_SOCKET, SO_ERROR, &reason, &length) != 0)
        return errno;
    return reason;
}

static uint16_t transport_port(const struct addrinfo *address)
{
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;

    if (address->ai_family == AF_INET && address->ai_addrlen >= sizeof ipv4) {
        memcpy(&ipv4, address->ai_addr, sizeof ipv4);
        return ntohs(ipv4.sin_port);
    }
    if (address->ai_family == AF_INET6 && address->ai_addrlen >= sizeof ipv6) {
        memcpy(&ipv6, address->ai_addr, sizeof ipv6);
        return ntohs(ipv6.sin6_port);
    }
    return 0;
}

int postino_posix_open(struct postino_posix *posix, const struct addrinfo *address, uint32_t timeout_ms)
{
    int handle = transport_open_socket(address);

    if (handle < 0) {
        posix->system_error = errno;
        return POSTINO_ERROR_CONNECT;
    }
    posix->system_error = transport_connect_socket(handle, address, timeout_ms);
    if (posix->system_error != 0) {
        (void)close(handle);
        return posix->system_error == ETIMEDOUT ? POSTINO_ERROR_CONNECT_TIMEOUT : POSTINO_ERROR_CONNECT;
    }
    posix->socket = handle;
    posix->asked = 0;
    posix->transport.port = transport_port(address);
    return 0;
}

/* An address may use its equal share of the time that is left: a silent one cannot eat up the others', and
 * what a quick refusal saves is theirs. When all fail, the last one says why. */
static int transport_reach_host(struct postino_posix *posix, uint32_t timeout_ms)
{
    struct addrinfo *addresses = NULL;
    const struct addrinfo *address;
    uint32_t addresses_left = 0;
    uint64_t deadline_ms;
    int error = transport_resolve(posix, &addresses);

    if (error != 0)
        return error;
    for (address = addresses; address != NULL; address = address->ai_next)
        addresses_left++;
    error = POSTINO_ERROR_CONNECT;
    deadline_ms = transport_clock_ms() + timeout_ms;
    for (address = addresses; error != 0 && address != NULL; address = address->ai_next) {
        uint64_t now_ms = transport_clock_ms();
        uint64_t left_ms = now_ms < deadline_ms ? deadline_ms - now_ms : 0;
        error = postino_posix_open(posix, address, (uint32_t)(left_ms / addresses_left));
        addresses_left--;
    }
    freeaddrinfo(addresses);
    return error;
}

static int transport_connect(struct postino_transport *transport, uint32_t timeout_ms)
{
    struct postino_posix *posix = (struct postino_posix *)transport;

    if (posix->socket >= 0)
        return POSTINO_ERROR_STATE;
    transport->unsent_octets = 0;
    return posix->reach(posix, timeout_ms);
}

static int transport_reserve(struct postino_transport *transport, uint8_t **buffer, size_t *capacity_octets)
{
    struct postino_posix *posix = (struct postino_posix *)transport;

    if (transport->unsent_octets != 0)
        return POSTINO_ERROR_STATE;
    *buffer = posix->send_buffer;
    *capacity_octets = posix->send_capacity_octets;
    return 0;
}

static int transport_send(struct postino_transport *transport, size_t length_octets)
{
    struct postino_posix *posix = (struct postino_posix *)transport;

    if (length_octets > posix->send_capacity_octets)
        return POSTINO_ERROR_ARGUMENT;
    if (length_octets > 0) {
        if (transport->unsent_octets != 0)
            return POSTINO_ERROR_STATE;
        posix->offset_octets = 0;
        transport->unsent_octets = length_octets;
    }
    while (transport->unsent_octets > 0) {
        ssize_t taken = send(posix->socket, posix->send_buffer + posix->offset_octets,
                             transport->unsent_octets, TRANSPORT_SEND_FLAGS);
        if (taken >= 0) {
            posix->offset_octets += (size_t)taken;
            transport->unsent_octets -= (size_t)taken;
            transport->moved = 1;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return POSTINO_AGAIN;
        } else if (errno != EINTR) {
            posix->system_error = errno;
            return POSTINO_ERROR_SEND;
        }
    }
    /* Passwords and tokens are not left behind. They travel with commands, which are short. */
    if (posix->offset_octets <= TRANSPORT_COMMAND_OCTETS)
        memset(posix->send_buffer, 0, posix->offset_octets);
    posix->asked = 1;
    return 0;
}

static int transport_receive(struct postino_transport *transport, const uint8_t **data, size_t *length_octets)
{
    struct postino_posix *posix = (struct postino_posix *)transport;
    ssize_t arrived;

    if (posix->asked) {
        posix->asked = 0;
        return POSTINO_AGAIN;
    }
    do {
        arrived = recv(posix->socket, posix->receive_buffer, posix->receive_capacity_octets, 0);
    } while (arrived < 0 && errno == EINTR);
    if (arrived > 0) {
        *data = posix->receive_buffer;
        *length_octets = (size_t)arrived;
        return 0;
    }
    if (arrived == 0)
        return POSTINO_ERROR_CLOSED;
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return POSTINO_AGAIN;
    posix->system_error = errno;
    return POSTINO_ERROR_RECEIVE;
}

/* A lost connection makes poll() return whatever it was asked for, and send() or receive() tell the
 * reason. */
static int transport_wait(struct postino_transport *transport, unsigned events, uint32_t timeout_ms)
{
    struct postino_posix *posix = (struct postino_posix *)transport;
    short wanted = 0;

    if (posix->socket < 0)
        return POSTINO_ERROR_STATE;
    posix->asked = 0;
    if ((events & POSTINO_EVENT_READ) != 0)
        wanted = (short)(wanted | POLLIN);
    if ((events & POSTINO_EVENT_WRITE) != 0)
        wanted = (short)(wanted | POLLOUT);
    if (transport_poll(posix->socket, wanted, timeout_ms) < 0) {
        posix->system_error = errno;
        return POSTINO_ERROR_RECEIVE;
    }
    return 0;
}

/* unsent_octets stays: the session asks after the end how much was not sent. close() is not repeated on
 * EINTR: the descriptor is closed, and may be another thread's by then. */
static void transport_end(struct postino_transport *transport, int graceful)
{
    struct postino_posix *posix = (struct postino_posix *)transport;
    const struct linger reset = {.l_onoff = 1, .l_linger = 0};

    if (posix->socket < 0)
        return;
    /* Octets that were not sent may hold a password. */
    memset(posix->send_buffer, 0, posix->offset_octets + transport->unsent_octets);
    if (graceful != 0) {
        /* The server sees the end even where a forked process still holds the descriptor. */
        (void)shutdown(posix->socket, SHUT_WR);
    } else {
        (void)setsockopt(posix->socket, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    }
    (void)close(posix->socket);
    posix->socket = -1;
}

static const struct postino_transport_class transport_methods = {
    .connect = transport_connect,
    .reserve = transport_reserve,
    .send = transport_send,
    .receive = transport_receive,
    .wait = transport_wait,
    .close = transport_end,
    .now_ms = transport_now_ms,
};

int postino_posix_init_sized(struct postino_posix *posix, size_t posix_octets, const char *host,
                             const char *service)
{
    if (posix == NULL || host == NULL || service == NULL)
        return POSTINO_ERROR_ARGUMENT;
    if (posix_octets != sizeof *posix)
        return POSTINO_ERROR_OBJECT_SIZE;
    /* Field by field: the buffers need no value, and clearing them would touch 32 KiB for nothing. */
    posix->transport.methods = &transport_methods;
    posix->transport.unsent_octets = 0;
    posix->transport.moved = 0;
    posix->reach = transport_reach_host;
    posix->host = host;
    posix->service = service;
    posix->socket = -1;
    posix->system_error = 0;
    posix->offset_octets = 0;
    posix->send_buffer = posix->own_send_buffer;
    posix->send_capacity_octets = sizeof posix->own_send_buffer;
    posix->receive_buffer = posix->own_receive_buffer;
    posix->receive_capacity_octets = sizeof posix->own_receive_buffer;
    return 0;
}

int postino_posix_buffers(struct postino_posix *posix, void *send_buffer, size_t send_octets,
                          void *receive_buffer, size_t receive_octets)
{
    if ((send_buffer != NULL && send_octets < TRANSPORT_SEND_OCTETS_MIN) ||
        (receive_buffer != NULL && receive_octets < TRANSPORT_RECEIVE_OCTETS_MIN))
        return POSTINO_ERROR_ARGUMENT;
    if (posix->socket >= 0)
        return POSTINO_ERROR_STATE;
    posix->send_buffer = send_buffer != NULL ? send_buffer : posix->own_send_buffer;
    posix->send_capacity_octets = send_buffer != NULL ? send_octets : sizeof posix->own_send_buffer;
    posix->receive_buffer = receive_buffer != NULL ? receive_buffer : posix->own_receive_buffer;
    posix->receive_capacity_octets =
        receive_buffer != NULL ? receive_octets : sizeof posix->own_receive_buffer;
    return 0;
}

int postino_posix_system_error(const struct postino_posix *posix)
{
    return posix->system_error;
}
