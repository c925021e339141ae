/* SPDX-License-Identifier: MIT */
#ifndef LOOPBACK_H
#define LOOPBACK_H

/* The other end of a connection on loopback, on a port that the kernel chooses. Every wait is bounded, and
 * every failure fails the test. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOOPBACK_PATIENCE_MS 60000

union loopback_address {
    struct sockaddr any;
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;
};

/* Returns a socket that has a port and listens to nobody. */
static inline int loopback_bind(int family)
{
    union loopback_address address = {.ipv4 = {.sin_family = AF_INET}};
    socklen_t length = sizeof address.ipv4;
    int handle = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (family == AF_INET6) {
        address.ipv6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
        length = sizeof address.ipv6;
    } else {
        address.ipv4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    assert_true(handle >= 0);
    assert_int_equal(bind(handle, &address.any, length), 0);
    return handle;
}

static inline int loopback_listen(int family)
{
    int listener = loopback_bind(family);

    assert_int_equal(listen(listener, 4), 0);
    return listener;
}

/* Valid until the next call. */
static inline const char *loopback_port(int handle)
{
    static char port[6];
    union loopback_address address;
    socklen_t length = sizeof address;

    assert_int_equal(getsockname(handle, &address.any, &length), 0);
    (void)snprintf(port, sizeof port, "%u", (unsigned)ntohs(address.ipv4.sin_port));
    return port;
}

/* Waits for one of the events of poll(). */
static inline void loopback_await(int handle, short events)
{
    struct pollfd entry = {.fd = handle, .events = events};
    int ready;

    do {
        ready = poll(&entry, 1, LOOPBACK_PATIENCE_MS);
    } while (ready < 0 && errno == EINTR);
    assert_int_equal(ready, 1);
}

#endif
