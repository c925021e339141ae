/* SPDX-License-Identifier: MIT */
/* The kernel socket of a NetX socket, from accept() or connect() to close(). Invariant: a socket whose
 * state is one of a connection has a kernel socket, and a closed one has none. */
#define _POSIX_C_SOURCE 200809L

#include "net.h"
#include <sys/socket.h>
#include <unistd.h>

/* Received packets stay in the queue. */
void host_socket_close(struct host_socket *s, int reset)
{
    const struct linger linger = {1, 0};

    if (s->fd >= 0) {
        host_unwatch_fd(s->fd, &s->is_watched);
        if (reset) {
            (void)setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
        }
        (void)close(s->fd);
        s->fd = -1;
    }
    s->kernel_port = 0;
    s->send_blocked = 0;
    s->receive_stalled = 0;
    (void)host_send_acknowledge(s, 1);
    host_socket_state(s, NX_TCP_CLOSED);
}

void host_socket_adopt(struct host_socket *s, int fd)
{
    host_receive_flush(s);
    s->fd = fd;
    s->is_watched = 0;
    s->receive_stalled = 0;
    s->send_blocked = 0;
}
