/* SPDX-License-Identifier: MIT */
/* Invariant: a listener has kernel sockets from listen to unlisten, which are watched exactly while a NetX
 * socket waits in it; connections that come meanwhile wait in the kernel's queue. */
#define _GNU_SOURCE

#include "host.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERVER_FDS 2 /* the IPv4 one, which connections inside the process use too, and the IPv6 one */

struct server_listener {
    struct server_listener *next;
    uint64_t id;
    NX_IP *ip;
    UINT port;
    int fd[SERVER_FDS];
    int is_watched[SERVER_FDS];
    unsigned int watched[SERVER_FDS];
    struct host_socket *waiting;
    VOID (*callback)(NX_TCP_SOCKET *, UINT);
};

static struct server_listener *server_list;

static struct server_listener *server_of(const NX_IP *ip, UINT port)
{
    struct server_listener *listener = server_list;

    while (listener && (listener->ip != ip || listener->port != port)) {
        listener = listener->next;
    }
    return listener;
}

int host_server_port_taken(const NX_IP *ip, UINT port)
{
    return server_of(ip, port) != NULL;
}

static void server_watch(struct server_listener *listener)
{
    size_t i;

    for (i = 0; i < SERVER_FDS; i++) {
        if (listener->fd[i] >= 0 && listener->waiting) {
            host_io_watch_fd(listener->fd[i], listener->id, EPOLLIN, &listener->is_watched[i],
                             &listener->watched[i]);
        } else if (listener->fd[i] >= 0) {
            host_io_unwatch_fd(listener->fd[i], &listener->is_watched[i]);
        }
    }
}

/* The kernel's socket, or -1 and errno. */
static int server_open(const struct host_address *address, UINT port, UINT queue)
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
static UINT server_open_all(struct server_listener *listener, UINT queue)
{
    struct host_address address;
    UINT port = host_map_port(listener->port);

    listener->fd[0] = -1;
    listener->fd[1] = -1;
    if (host_ip_source(listener->ip, NX_IP_VERSION_V4, &address)) {
        listener->fd[0] = server_open(&address, port, queue);
        if (listener->fd[0] < 0 && errno == EADDRINUSE) {
            return NX_PORT_UNAVAILABLE;
        }
    }
    if (listener->fd[0] < 0) {
        host_address_v4(&address, INADDR_LOOPBACK);
        listener->fd[0] = server_open(&address, 0, queue);
    }
    if (host_ip_source(listener->ip, NX_IP_VERSION_V6, &address)) {
        listener->fd[1] = server_open(&address, port, queue);
        if (listener->fd[1] < 0 && errno == EADDRINUSE) {
            (void)close(listener->fd[0]);
            return NX_PORT_UNAVAILABLE;
        }
    }
    return listener->fd[0] < 0 ? NX_PORT_UNAVAILABLE : NX_SUCCESS;
}

static UINT server_port(const struct server_listener *listener, struct sockaddr_storage *kernel,
                        unsigned int *size)
{
    struct host_address address;

    *size = sizeof *kernel;
    if (getsockname(listener->fd[0], (struct sockaddr *)kernel, size) < 0) {
        return 0;
    }
    return host_address_from_kernel(&address, kernel);
}

int host_server_find(const NX_IP *from, const struct host_address *address, UINT port,
                     struct sockaddr_storage *kernel, unsigned int *kernel_size)
{
    const struct server_listener *listener;
    int loopback = host_address_is_loopback(address);

    for (listener = server_list; listener; listener = listener->next) {
        if (listener->port == port &&
            (host_ip_owns(listener->ip, address) || (loopback && listener->ip == from))) {
            return server_port(listener, kernel, kernel_size) != 0;
        }
    }
    return 0;
}

UINT netx_host_listen_port(NX_IP *ip_ptr, UINT port)
{
    const struct server_listener *listener;
    struct sockaddr_storage kernel;
    unsigned int size;
    UINT result;

    host_lock();
    listener = server_of(ip_ptr, port);
    result = listener ? server_port(listener, &kernel, &size) : 0;
    host_unlock();
    return result;
}

/* Who is at the other end: a socket of this process is known by its kernel port. */
static void server_peer(struct host_socket *s, const struct sockaddr_storage *kernel)
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
static struct host_socket *server_take(struct server_listener *listener)
{
    struct host_socket *s = listener->waiting;
    struct sockaddr_storage kernel;
    const int on = 1;
    size_t i;

    for (i = 0; s && i < SERVER_FDS; i++) {
        socklen_t size = sizeof kernel;
        int fd = listener->fd[i] < 0 ? -1
                                     : accept4(listener->fd[i], (struct sockaddr *)&kernel, &size,
                                               SOCK_CLOEXEC | SOCK_NONBLOCK);

        if (fd >= 0) {
            (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            server_peer(s, &kernel);
            host_socket_adopt(s, fd);
            listener->waiting = NULL;
            server_watch(listener);
            host_socket_state(s, NX_TCP_SYN_RECEIVED);
            return s;
        }
    }
    return NULL;
}

NX_TCP_SOCKET *host_server_ready(uint64_t id, VOID (**callback)(NX_TCP_SOCKET *, UINT), UINT *port)
{
    struct server_listener *listener = server_list;
    const struct host_socket *s;

    while (listener && listener->id != id) {
        listener = listener->next;
    }
    s = listener ? server_take(listener) : NULL;
    if (!s) {
        return NULL;
    }
    *callback = listener->callback;
    *port = listener->port;
    return s->owner;
}

static void server_wait(struct server_listener *listener, struct host_socket *s)
{
    s->bound = 1;
    s->server = 1;
    s->port = listener->port;
    listener->waiting = s;
    host_socket_state(s, NX_TCP_LISTEN_STATE);
    server_watch(listener);
}

static UINT server_socket_check(const struct host_socket *s)
{
    if (s->bound) {
        return NX_ALREADY_BOUND;
    }
    return s->owner->nx_tcp_socket_state == NX_TCP_CLOSED ? NX_SUCCESS : NX_NOT_CLOSED;
}

static UINT server_listen(NX_IP *ip_ptr, UINT port, struct host_socket *s, UINT queue,
                          VOID (*callback)(NX_TCP_SOCKET *, UINT))
{
    const struct host_socket *other;
    struct server_listener *listener;
    UINT status = server_socket_check(s);

    if (status != NX_SUCCESS) {
        return status;
    }
    if (server_of(ip_ptr, port)) {
        return NX_DUPLICATE_LISTEN;
    }
    for (other = host_sockets; other; other = other->next) {
        if (other->ip == ip_ptr && other->bound && other->port == port) {
            return NX_PORT_UNAVAILABLE;
        }
    }
    listener = calloc(1, sizeof *listener);
    if (!listener) {
        return NX_MAX_LISTEN;
    }
    listener->id = host_io_id();
    listener->ip = ip_ptr;
    listener->port = port;
    listener->callback = callback;
    status = server_open_all(listener, queue);
    if (status != NX_SUCCESS) {
        free(listener);
        return status;
    }
    listener->next = server_list;
    server_list = listener;
    server_wait(listener, s);
    return NX_SUCCESS;
}

UINT _nx_tcp_server_socket_listen(NX_IP *ip_ptr, UINT port, NX_TCP_SOCKET *socket_ptr, UINT listen_queue_size,
                                  VOID (*tcp_listen_callback)(NX_TCP_SOCKET *, UINT))
{
    struct host_socket *s;
    UINT status;

    NX_THREADS_ONLY_CALLER_CHECKING
    host_enter();
    s = host_socket_of(socket_ptr);
    if (!s || s->ip != ip_ptr) {
        status = NX_PTR_ERROR;
    } else if (!port || port > NX_MAX_PORT) {
        status = NX_INVALID_PORT;
    } else if (!host_fault(NETX_HOST_LISTEN, &status)) {
        status = server_listen(ip_ptr, port, s, listen_queue_size, tcp_listen_callback);
    }
    host_leave();
    return status;
}

UINT _nx_tcp_server_socket_relisten(NX_IP *ip_ptr, UINT port, NX_TCP_SOCKET *socket_ptr)
{
    struct server_listener *listener;
    struct host_socket *s;
    VOID (*callback)(NX_TCP_SOCKET *, UINT) = NULL;
    UINT status;

    NX_THREADS_ONLY_CALLER_CHECKING
    host_enter();
    s = host_socket_of(socket_ptr);
    listener = server_of(ip_ptr, port);
    if (!s || s->ip != ip_ptr) {
        status = NX_PTR_ERROR;
    } else if (!port || port > NX_MAX_PORT) {
        status = NX_INVALID_PORT;
    } else if (!listener) {
        status = NX_NOT_LISTEN_STATE;
    } else if (listener->waiting) {
        status = NX_INVALID_RELISTEN;
    } else {
        status = server_socket_check(s);
        if (status == NX_SUCCESS) {
            server_wait(listener, s);
            if (server_take(listener)) {
                status = NX_CONNECTION_PENDING;
                callback = listener->callback;
            }
        }
    }
    host_leave();
    if (callback) {
        callback(socket_ptr, port);
    }
    return status;
}

static UINT server_accept(struct host_socket *s, ULONG wait_option)
{
    NX_TCP_SOCKET *owner = s->owner;
    uint64_t deadline = host_deadline(wait_option);

    while (owner->nx_tcp_socket_state == NX_TCP_LISTEN_STATE) {
        enum host_wait_result result;

        if (wait_option == NX_NO_WAIT) {
            return NX_IN_PROGRESS;
        }
        result = host_wait(owner, deadline);
        if (result == HOST_WAIT_ABORTED || host_socket_of(owner) != s) {
            return NX_WAIT_ABORTED;
        }
        if (result == HOST_WAIT_TIMEOUT && owner->nx_tcp_socket_state == NX_TCP_LISTEN_STATE) {
            return NX_NOT_CONNECTED;
        }
    }
    if (owner->nx_tcp_socket_state == NX_TCP_SYN_RECEIVED) {
        host_socket_state(s, NX_TCP_ESTABLISHED);
        host_io_update(s);
    }
    return owner->nx_tcp_socket_state == NX_TCP_ESTABLISHED ? NX_SUCCESS : NX_NOT_LISTEN_STATE;
}

UINT _nx_tcp_server_socket_accept(NX_TCP_SOCKET *socket_ptr, ULONG wait_option)
{
    struct host_socket *s;
    UINT status;

    NX_THREADS_ONLY_CALLER_CHECKING
    host_enter();
    s = host_socket_of(socket_ptr);
    if (!s) {
        status = NX_PTR_ERROR;
    } else if (!s->bound) {
        status = NX_NOT_BOUND;
    } else if (!s->server) {
        status = NX_NOT_LISTEN_STATE;
    } else {
        status = server_accept(s, wait_option);
    }
    host_leave();
    return status;
}

void host_server_forget(const struct host_socket *s)
{
    struct server_listener *listener;

    for (listener = server_list; listener; listener = listener->next) {
        if (listener->waiting == s) {
            listener->waiting = NULL;
            server_watch(listener);
        }
    }
}

UINT _nx_tcp_server_socket_unaccept(NX_TCP_SOCKET *socket_ptr)
{
    struct host_socket *s;
    UINT status = NX_SUCCESS;

    NX_THREADS_ONLY_CALLER_CHECKING
    host_enter();
    s = host_socket_of(socket_ptr);
    if (!s) {
        status = NX_PTR_ERROR;
    } else if (!s->bound || !s->server || socket_ptr->nx_tcp_socket_state == NX_TCP_SYN_SENT ||
               socket_ptr->nx_tcp_socket_state > NX_TCP_SYN_RECEIVED) {
        status = NX_NOT_LISTEN_STATE;
    } else {
        host_server_forget(s);
        host_socket_close(s, 1);
        host_receive_flush(s);
        s->bound = 0;
    }
    host_leave();
    return status;
}

static void server_close(struct server_listener *listener)
{
    struct server_listener **link = &server_list;
    size_t i;

    while (*link != listener) {
        link = &(*link)->next;
    }
    *link = listener->next;
    for (i = 0; i < SERVER_FDS; i++) {
        if (listener->fd[i] >= 0) {
            host_io_unwatch_fd(listener->fd[i], &listener->is_watched[i]);
            (void)close(listener->fd[i]);
        }
    }
    free(listener);
}

UINT _nx_tcp_server_socket_unlisten(NX_IP *ip_ptr, UINT port)
{
    struct server_listener *listener;
    UINT status = NX_SUCCESS;

    NX_THREADS_ONLY_CALLER_CHECKING
    host_enter();
    listener = server_of(ip_ptr, port);
    if (!host_object_is(HOST_IP, ip_ptr)) {
        status = NX_PTR_ERROR;
    } else if (!listener) {
        status = NX_ENTRY_NOT_FOUND;
    } else {
        if (listener->waiting) {
            listener->waiting->bound = 0;
            host_socket_state(listener->waiting, NX_TCP_CLOSED);
        }
        server_close(listener);
    }
    host_leave();
    return status;
}

UINT host_server_sockets(void)
{
    const struct server_listener *listener;
    UINT count = 0;

    for (listener = server_list; listener; listener = listener->next) {
        count += (UINT)(listener->fd[0] >= 0) + (UINT)(listener->fd[1] >= 0);
    }
    return count;
}

void host_server_reset(void)
{
    while (server_list) {
        server_close(server_list);
    }
}
