/* SPDX-License-Identifier: MIT */
/* Invariant: a listener has kernel sockets from listen to unlisten, which are watched exactly while a NetX
 * socket waits in it; connections that come meanwhile wait in the kernel's queue. */
#define _GNU_SOURCE 1

#include "net.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static struct host_listener *listener_list;

struct host_listener *host_listener_of(const NX_IP *ip, UINT port)
{
    struct host_listener *listener = listener_list;

    while (listener && (listener->ip != ip || listener->port != port)) {
        listener = listener->next;
    }
    return listener;
}

int host_listener_port_taken(const NX_IP *ip, UINT port)
{
    return host_listener_of(ip, port) != NULL;
}

void host_listener_watch(struct host_listener *listener)
{
    size_t i;

    for (i = 0; i < HOST_LISTENER_FDS; i++) {
        if (listener->fd[i] >= 0 && listener->waiting) {
            host_watch_fd(listener->fd[i], listener->id, EPOLLIN, &listener->is_watched[i],
                          &listener->watched[i]);
        } else if (listener->fd[i] >= 0) {
            host_unwatch_fd(listener->fd[i], &listener->is_watched[i]);
        }
    }
}

/* The kernel's socket, or -1 and errno. */
static int listener_bind(const struct host_address *address, UINT port, UINT queue)
{
    struct sockaddr_storage kernel;
    socklen_t size = host_address_to_kernel(address, port, &kernel);
    const int on = 1;
    int error;
    int fd = socket(kernel.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0) {
        return -1;
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (kernel.ss_family == AF_INET6) {
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    }
    if (bind(fd, (struct sockaddr *)&kernel, size) < 0 || listen(fd, (int)queue) < 0) {
        error = errno;
        (void)close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

/* The instance's own address and port where the PC has them, else any port of the loopback interface. */
UINT host_listener_open(struct host_listener *listener, UINT queue)
{
    struct host_address address;
    UINT port = host_map_port(listener->port);

    listener->fd[0] = -1;
    listener->fd[1] = -1;
    if (host_ip_source(listener->ip, NX_IP_VERSION_V4, &address)) {
        listener->fd[0] = listener_bind(&address, port, queue);
        if (listener->fd[0] < 0 && errno == EADDRINUSE) {
            return NX_PORT_UNAVAILABLE;
        }
    }
    if (listener->fd[0] < 0) {
        host_address_v4(&address, INADDR_LOOPBACK);
        listener->fd[0] = listener_bind(&address, 0, queue);
    }
    if (listener->fd[0] < 0) {
        return NX_PORT_UNAVAILABLE;
    }
    if (host_ip_source(listener->ip, NX_IP_VERSION_V6, &address)) {
        listener->fd[1] = listener_bind(&address, port, queue);
        if (listener->fd[1] < 0 && errno == EADDRINUSE) {
            (void)close(listener->fd[0]);
            return NX_PORT_UNAVAILABLE;
        }
    }
    listener->next = listener_list;
    listener_list = listener;
    return NX_SUCCESS;
}

static UINT listener_port(int fd, struct sockaddr_storage *kernel, unsigned int *size)
{
    struct host_address address;

    *size = sizeof *kernel;
    if (getsockname(fd, (struct sockaddr *)kernel, size) < 0) {
        return 0;
    }
    return host_address_from_kernel(&address, kernel);
}

int host_listener_find(const NX_IP *from, const struct host_address *address, UINT port,
                       struct sockaddr_storage *kernel, unsigned int *kernel_size)
{
    const struct host_listener *listener;
    int loopback = host_address_is_loopback(address);

    for (listener = listener_list; listener; listener = listener->next) {
        if (listener->port == port &&
            (host_ip_owns(listener->ip, address) || (loopback && listener->ip == from))) {
            return listener_port(listener->fd[0], kernel, kernel_size) != 0;
        }
    }
    return 0;
}

UINT netx_host_listen_port(NX_IP *ip_ptr, UINT port)
{
    const struct host_listener *listener;
    struct host_address address;
    UINT result = 0;

    host_lock();
    listener = host_listener_of(ip_ptr, port);
    if (listener) {
        int ipv6 = listener->fd[1] >= 0 && !host_ip_source(ip_ptr, NX_IP_VERSION_V4, &address);
        struct sockaddr_storage kernel;
        unsigned int size;

        result = listener_port(listener->fd[ipv6], &kernel, &size);
    }
    host_unlock();
    return result;
}

/* Sets the peer. A socket of this process is known by its kernel port. */
static void listener_peer(struct host_socket *s, const struct sockaddr_storage *kernel)
{
    const struct host_socket *other;

    s->peer_port = host_address_from_kernel(&s->peer, kernel);
    for (other = host_sockets; other; other = other->next) {
        if (other->kernel_port && other->kernel_port == s->peer_port) {
            s->peer = other->local;
            s->peer_port = other->port;
            return;
        }
    }
}

/* Gives a connection that waits in the kernel to the NetX socket that waits here. */
struct host_socket *host_listener_take(struct host_listener *listener)
{
    struct host_socket *s = listener->waiting;
    struct sockaddr_storage kernel;
    const int on = 1;
    size_t i;

    for (i = 0; s && i < HOST_LISTENER_FDS; i++) {
        socklen_t size = sizeof kernel;
        int fd = listener->fd[i] < 0 ? -1
                                     : accept4(listener->fd[i], (struct sockaddr *)&kernel, &size,
                                               SOCK_CLOEXEC | SOCK_NONBLOCK);

        if (fd >= 0) {
            (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            listener_peer(s, &kernel);
            host_socket_adopt(s, fd);
            listener->waiting = NULL;
            host_listener_watch(listener);
            host_socket_state(s, NX_TCP_SYN_RECEIVED);
            return s;
        }
    }
    return NULL;
}

NX_TCP_SOCKET *host_listener_ready(uint64_t id, VOID (**callback)(NX_TCP_SOCKET *, UINT), UINT *port)
{
    struct host_listener *listener = listener_list;
    const struct host_socket *s;

    while (listener && listener->id != id) {
        listener = listener->next;
    }
    s = listener ? host_listener_take(listener) : NULL;
    if (!s) {
        return NULL;
    }
    *callback = listener->callback;
    *port = listener->port;
    return s->owner;
}

void host_listener_forget(const struct host_socket *s)
{
    struct host_listener *listener;

    for (listener = listener_list; listener; listener = listener->next) {
        if (listener->waiting == s) {
            listener->waiting = NULL;
            host_listener_watch(listener);
        }
    }
}

void host_listener_close(struct host_listener *listener)
{
    struct host_listener **link = &listener_list;
    size_t i;

    while (*link != listener) {
        link = &(*link)->next;
    }
    *link = listener->next;
    for (i = 0; i < HOST_LISTENER_FDS; i++) {
        if (listener->fd[i] >= 0) {
            host_unwatch_fd(listener->fd[i], &listener->is_watched[i]);
            (void)close(listener->fd[i]);
        }
    }
    free(listener);
}

UINT host_listener_sockets(void)
{
    const struct host_listener *listener;
    UINT count = 0;

    for (listener = listener_list; listener; listener = listener->next) {
        count += (UINT)(listener->fd[0] >= 0) + (UINT)(listener->fd[1] >= 0);
    }
    return count;
}

void host_listener_reset(void)
{
    while (listener_list) {
        host_listener_close(listener_list);
    }
}
