/* SPDX-License-Identifier: MIT */
/* Invariant: a bound socket has a port that no other socket or listen of its IP instance has; what the
 * kernel binds is decided anew at each connect. */
#define _GNU_SOURCE 1

#include "net.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLIENT_FIRST_PORT 49152

static UINT client_next_port = CLIENT_FIRST_PORT;

static int client_port_taken(const NX_IP *ip, UINT port)
{
    const struct host_socket *s;

    for (s = host_sockets; s; s = s->next) {
        if (s->ip == ip && s->bound && s->port == port) {
            return 1;
        }
    }
    return host_listener_port_taken(ip, port);
}

static UINT client_any_port(const NX_IP *ip)
{
    UINT tries;

    for (tries = CLIENT_FIRST_PORT; tries <= NX_MAX_PORT; tries++) {
        UINT port = client_next_port;

        client_next_port = port == NX_MAX_PORT ? CLIENT_FIRST_PORT : port + 1;
        if (!client_port_taken(ip, port)) {
            return port;
        }
    }
    return NX_ANY_PORT;
}

static UINT client_bind(struct host_socket *s, UINT port, uint64_t deadline)
{
    NX_TCP_SOCKET *owner = s->owner;
    enum host_wait_result result = HOST_WAIT_WOKEN;

    if (port == NX_ANY_PORT) {
        port = client_any_port(s->ip);
        if (port == NX_ANY_PORT) {
            return NX_NO_FREE_PORTS;
        }
    }
    while (client_port_taken(s->ip, port)) {
        if (!deadline || result == HOST_WAIT_TIMEOUT) {
            return NX_PORT_UNAVAILABLE;
        }
        result = host_wait(&client_next_port, deadline);
        if (result == HOST_WAIT_ABORTED || host_socket_of(owner) != s) {
            return NX_WAIT_ABORTED;
        }
    }
    s->bound = 1;
    s->server = 0;
    s->port = port;
    return NX_SUCCESS;
}

UINT _nx_tcp_client_socket_bind(NX_TCP_SOCKET *socket_ptr, UINT port, ULONG wait_option)
{
    struct host_socket *s;
    UINT status;

    NX_THREADS_ONLY_CALLER_CHECKING
    host_enter();
    s = host_socket_of(socket_ptr);
    if (!s) {
        status = NX_PTR_ERROR;
    } else if (port > NX_MAX_PORT) {
        status = NX_INVALID_PORT;
    } else if (s->bound) {
        status = NX_ALREADY_BOUND;
    } else if (!host_fault(NETX_HOST_BIND, &status)) {
        status = client_bind(s, port, host_deadline(wait_option));
    }
    host_leave();
    return status;
}

UINT _nx_tcp_client_socket_unbind(NX_TCP_SOCKET *socket_ptr)
{
    struct host_socket *s;
    UINT status = NX_SUCCESS;

    NX_THREADS_ONLY_CALLER_CHECKING
    host_enter();
    s = host_socket_of(socket_ptr);
    if (!s) {
        status = NX_PTR_ERROR;
    } else if (!s->bound || s->server) {
        status = NX_NOT_BOUND;
    } else if (socket_ptr->nx_tcp_socket_state != NX_TCP_CLOSED) {
        status = NX_NOT_CLOSED;
    } else {
        s->bound = 0;
        host_receive_flush(s);
        host_wake(&client_next_port);
    }
    host_leave();
    return status;
}

/* Does the kernel have this address? */
static int client_host_owns(const struct host_address *address)
{
    struct sockaddr_storage kernel;
    socklen_t size = host_address_to_kernel(address, 0, &kernel);
    int fd = socket(kernel.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int owns = fd >= 0 && bind(fd, (struct sockaddr *)&kernel, size) == 0;

    if (fd >= 0) {
        (void)close(fd);
    }
    return owns;
}

/* An address of an instance in this process that only exists here: without a listen it refuses. */
static int client_leads_inside(const struct host_address *address)
{
    const NX_IP *ip;
    size_t i;

    for (i = 0; (ip = host_object_at(HOST_IP, i)) != NULL; i++) {
        if (host_ip_owns(ip, address)) {
            return !client_host_owns(address);
        }
    }
    return 0;
}

/* Where from: any address inside the process, else the instance's where the PC has it. The bound port is a
 * wish: a connection before it may still occupy it. */
static void client_bind_kernel(struct host_socket *s, int fd, int inside, int family, UINT port)
{
    struct sockaddr_storage kernel;
    struct host_address source = s->local;
    socklen_t size;
    const int on = 1;

    if (inside) {
        memset(&source, 0, sizeof source);
        source.version = family == AF_INET6 ? NX_IP_VERSION_V6 : NX_IP_VERSION_V4;
        port = 0;
    } else if (host_address_is_zero(&source) ||
               source.version != (family == AF_INET6 ? NX_IP_VERSION_V6 : NX_IP_VERSION_V4)) {
        return;
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    size = host_address_to_kernel(&source, port, &kernel);
    if (bind(fd, (struct sockaddr *)&kernel, size) < 0 && errno != EADDRNOTAVAIL && port) {
        size = host_address_to_kernel(&source, 0, &kernel);
        (void)bind(fd, (struct sockaddr *)&kernel, size);
    }
    if (inside) {
        size = sizeof kernel;
        (void)getsockname(fd, (struct sockaddr *)&kernel, &size);
        s->kernel_port = host_address_from_kernel(&source, &kernel);
    }
}

/* 0 or an errno. */
static int client_open(struct host_socket *s, const struct sockaddr_storage *target, socklen_t size,
                       int inside, UINT port)
{
    const int on = 1;
    int error = 0;
    int fd = socket(target->ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0) {
        return errno;
    }
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    client_bind_kernel(s, fd, inside, target->ss_family, port);
    if (connect(fd, (const struct sockaddr *)target, size) < 0 && errno != EINPROGRESS && errno != EINTR) {
        error = errno;
        s->kernel_port = 0;
        (void)close(fd);
        return error;
    }
    host_socket_adopt(s, fd);
    host_socket_state(s, NX_TCP_SYN_SENT);
    host_socket_watch(s);
    return 0;
}

static UINT client_start(struct host_socket *s, const struct host_address *address, UINT port)
{
    struct sockaddr_storage target;
    struct host_address real = *address;
    unsigned int size = 0;
    int inside = host_listener_find(s->ip, address, port, &target, &size);
    int error;

    if (!inside) {
        host_map_address(&real);
        if (host_address_equal(&real, address) && client_leads_inside(address)) {
            return NX_NOT_CONNECTED;
        }
        size = host_address_to_kernel(&real, host_map_port(port), &target);
    }
    s->peer = *address;
    s->peer_port = port;
    error = client_open(s, &target, size, inside, s->port >= CLIENT_FIRST_PORT ? 0 : s->port);
    if (error == EADDRNOTAVAIL || error == EADDRINUSE) {
        error = client_open(s, &target, size, inside, 0);
    }
    switch (error) {
    case 0:
        return NX_SUCCESS;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
    case EINVAL: /* from a loopback address to the world */
        return NX_IP_ADDRESS_ERROR;
    default:
        return NX_NOT_CONNECTED;
    }
}

static UINT client_await(struct host_socket *s, ULONG wait_option)
{
    NX_TCP_SOCKET *owner = s->owner;
    uint64_t deadline = host_deadline(wait_option);

    if (wait_option == NX_NO_WAIT) {
        return NX_IN_PROGRESS;
    }
    while (owner->nx_tcp_socket_state == NX_TCP_SYN_SENT) {
        enum host_wait_result result = host_wait(owner, deadline);

        if (host_socket_of(owner) != s) {
            return NX_WAIT_ABORTED;
        }
        if (result != HOST_WAIT_WOKEN && owner->nx_tcp_socket_state == NX_TCP_SYN_SENT) {
            host_socket_close(s, 1);
            return result == HOST_WAIT_ABORTED ? NX_WAIT_ABORTED : NX_NOT_CONNECTED;
        }
    }
    return owner->nx_tcp_socket_state == NX_TCP_CLOSED ? NX_NOT_CONNECTED : NX_SUCCESS;
}

static UINT client_connect(struct host_socket *s, const struct host_address *address, UINT port,
                           ULONG wait_option)
{
    UINT status;

    if (!port || port > NX_MAX_PORT) {
        return NX_INVALID_PORT;
    }
    if (host_address_is_zero(address)) {
        return NX_IP_ADDRESS_ERROR;
    }
    if (!s->bound || s->server) {
        return NX_NOT_BOUND;
    }
    if (s->owner->nx_tcp_socket_state != NX_TCP_CLOSED) {
        return NX_NOT_CLOSED;
    }
    if (!host_ip_source(s->ip, address->version, &s->local)) {
        return NX_NO_INTERFACE_ADDRESS;
    }
    if (host_fault(NETX_HOST_CONNECT, &status)) {
        return status;
    }
    status = client_start(s, address, port);
    return status == NX_SUCCESS ? client_await(s, wait_option) : status;
}

UINT _nxd_tcp_client_socket_connect(NX_TCP_SOCKET *socket_ptr, NXD_ADDRESS *server_ip, UINT server_port,
                                    ULONG wait_option)
{
    struct host_address address;
    struct host_socket *s;
    UINT status;

    NX_THREADS_ONLY_CALLER_CHECKING
    host_enter();
    s = host_socket_of(socket_ptr);
    if (!s || !server_ip) {
        status = NX_PTR_ERROR;
    } else if (!host_address_from_nxd(&address, server_ip)) {
        status = NX_IP_ADDRESS_ERROR;
    } else {
        status = client_connect(s, &address, server_port, wait_option);
    }
    host_leave();
    return status;
}

UINT _nx_tcp_client_socket_connect(NX_TCP_SOCKET *socket_ptr, ULONG server_ip, UINT server_port,
                                   ULONG wait_option)
{
#ifndef NX_DISABLE_IPV4
    NXD_ADDRESS address;

    memset(&address, 0, sizeof address);
    address.nxd_ip_version = NX_IP_VERSION_V4;
    address.nxd_ip_address.v4 = server_ip;
    return _nxd_tcp_client_socket_connect(socket_ptr, &address, server_port, wait_option);
#else
    NX_PARAMETER_NOT_USED(socket_ptr);
    NX_PARAMETER_NOT_USED(server_ip);
    NX_PARAMETER_NOT_USED(server_port);
    NX_PARAMETER_NOT_USED(wait_option);
    return NX_NOT_SUPPORTED;
#endif
}
