/* SPDX-License-Identifier: MIT */
/* Invariant: a server socket is bound from listen or relisten to unaccept or unlisten, and waits in at most
 * one listener; at most one socket waits in a listener. */
#include "net.h"

static void server_wait(struct host_listener *listener, struct host_socket *s)
{
    s->bound = 1;
    s->server = 1;
    s->port = listener->port;
    listener->waiting = s;
    host_socket_state(s, NX_TCP_LISTEN_STATE);
    host_listener_watch(listener);
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
    struct host_listener *listener;
    UINT status = server_socket_check(s);

    if (status != NX_SUCCESS) {
        return status;
    }
    if (host_listener_of(ip_ptr, port)) {
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
    listener->id = host_watch_id();
    listener->ip = ip_ptr;
    listener->port = port;
    listener->callback = callback;
    status = host_listener_open(listener, queue);
    if (status != NX_SUCCESS) {
        free(listener);
        return status;
    }
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
    struct host_listener *listener;
    struct host_socket *s;
    VOID (*callback)(NX_TCP_SOCKET *, UINT) = NULL;
    UINT status;

    NX_THREADS_ONLY_CALLER_CHECKING
    host_enter();
    s = host_socket_of(socket_ptr);
    listener = host_listener_of(ip_ptr, port);
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
            if (host_listener_take(listener)) {
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
        host_socket_watch(s);
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
        host_listener_forget(s);
        host_socket_close(s, 1);
        host_receive_flush(s);
        s->bound = 0;
    }
    host_leave();
    return status;
}

UINT _nx_tcp_server_socket_unlisten(NX_IP *ip_ptr, UINT port)
{
    struct host_listener *listener;
    UINT status = NX_SUCCESS;

    NX_THREADS_ONLY_CALLER_CHECKING
    host_enter();
    listener = host_listener_of(ip_ptr, port);
    if (!host_object_is(HOST_IP, ip_ptr)) {
        status = NX_PTR_ERROR;
    } else if (!listener) {
        status = NX_ENTRY_NOT_FOUND;
    } else {
        if (listener->waiting) {
            listener->waiting->bound = 0;
            host_socket_state(listener->waiting, NX_TCP_CLOSED);
        }
        host_listener_close(listener);
    }
    host_leave();
    return status;
}
