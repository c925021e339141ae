/* SPDX-License-Identifier: MIT */
/* The sockets as the rest of the host layer sees them: the list, the state, and the events that the state
 * can use. Invariants: every change of state wakes the threads that wait for the socket. A kernel socket
 * is watched exactly for the events that its state can use, so the network thread never spins. */
#include "net.h"
#include <sys/epoll.h>

#define SOCKET_MSS_IPV4 1460
#define SOCKET_MSS_IPV6 1440

struct host_socket *host_sockets;

struct host_socket *host_socket_of(const NX_TCP_SOCKET *socket_ptr)
{
    return host_object_is(HOST_SOCKET, socket_ptr) ? socket_ptr->nx_tcp_socket_host : NULL;
}

void host_socket_state(struct host_socket *s, UINT state)
{
    s->owner->nx_tcp_socket_state = state;
    host_wake(s->owner);
}

ULONG host_socket_mss(const struct host_socket *s)
{
    if (host_controls.mss) {
        return host_controls.mss;
    }
    return s->peer.version == NX_IP_VERSION_V6 ? SOCKET_MSS_IPV6 : SOCKET_MSS_IPV4;
}

void host_socket_watch(struct host_socket *s)
{
    unsigned int send = s->send_blocked ? EPOLLOUT : 0;
    int wanted = s->fd >= 0;
    unsigned int events = 0;

    switch (s->owner->nx_tcp_socket_state) {
    case NX_TCP_SYN_SENT:
        events = EPOLLOUT;
        break;
    case NX_TCP_ESTABLISHED:
        /* The end of the connection is always reported: look away while there is nowhere to put what came
         * before. */
        events = send | (s->receive_stalled ? 0 : EPOLLIN);
        wanted = wanted && events;
        break;
    case NX_TCP_CLOSE_WAIT:
        events = send;
        break;
    case NX_TCP_FIN_WAIT_1:
    case NX_TCP_FIN_WAIT_2:
        events = EPOLLIN;
        break;
    default:
        wanted = 0;
        break;
    }
    if (wanted) {
        host_watch_fd(s->fd, s->id, events, &s->is_watched, &s->watched);
    } else {
        host_unwatch_fd(s->fd, &s->is_watched);
    }
}

void host_sockets_unstall(const NX_PACKET_POOL *pool)
{
    struct host_socket *s;

    for (s = host_sockets; s; s = s->next) {
        if (s->receive_stalled && s->ip->nx_ip_default_packet_pool == pool) {
            s->receive_stalled = 0;
            host_socket_watch(s);
        }
    }
}
