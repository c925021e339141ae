/* SPDX-License-Identifier: MIT */
/* Invariant: whatever disconnect returns, the socket is closed afterwards. */
#define _POSIX_C_SOURCE 200809L

#include "net.h"
#include <sys/socket.h>

static UINT disconnect_await(struct host_socket *s, ULONG wait_option)
{
    NX_TCP_SOCKET *owner = s->owner;
    uint64_t deadline = host_deadline(wait_option);
    UINT status = NX_SUCCESS;

    (void)shutdown(s->fd, SHUT_WR);
    host_socket_state(s, NX_TCP_FIN_WAIT_1);
    s->receive_stalled = 0;
    host_socket_watch(s);
    while (owner->nx_tcp_socket_state != NX_TCP_TIMED_WAIT) {
        enum host_wait_result result = host_wait(owner, deadline);

        if (host_socket_of(owner) != s) {
            return NX_WAIT_ABORTED;
        }
        if (owner->nx_tcp_socket_state == NX_TCP_TIMED_WAIT) {
            break;
        }
        if (owner->nx_tcp_socket_state == NX_TCP_CLOSED || result != HOST_WAIT_WOKEN) {
            status = result == HOST_WAIT_ABORTED ? NX_WAIT_ABORTED : NX_DISCONNECT_FAILED;
            break;
        }
    }
    host_socket_close(s, status != NX_SUCCESS);
    return status;
}

static UINT disconnect_do(struct host_socket *s, ULONG wait_option)
{
    UINT state = s->owner->nx_tcp_socket_state;

    if (state < NX_TCP_SYN_SENT) {
        return NX_NOT_CONNECTED;
    }
    host_receive_flush(s);
    if (wait_option == NX_NO_WAIT) {
        host_socket_close(s, 1);
        return NX_IN_PROGRESS;
    }
    if (state == NX_TCP_ESTABLISHED) {
        return disconnect_await(s, wait_option);
    }
    /* The peer has finished, so the kernel's close ends it in order; a connection that never stood is taken
     * back. */
    host_socket_close(s, state != NX_TCP_CLOSE_WAIT);
    return NX_SUCCESS;
}

UINT _nx_tcp_socket_disconnect(NX_TCP_SOCKET *socket_ptr, ULONG wait_option)
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
    } else if (host_fault(NETX_HOST_DISCONNECT, &status)) {
        (void)disconnect_do(s, NX_NO_WAIT);
    } else {
        status = disconnect_do(s, wait_option);
    }
    host_leave();
    return status;
}
