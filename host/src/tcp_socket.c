/* SPDX-License-Identifier: MIT */
/* The services for a socket as such. Invariant: a host_socket is listed from create to delete. */
#define _POSIX_C_SOURCE 200809L

#include "net.h"
#include <sys/socket.h>
#include <unistd.h>

#define SOCKET_ID          ((ULONG)0x54435020UL)
#define SOCKET_FLIGHTS_MAX 20
#ifdef NX_ENABLE_TCP_WINDOW_SCALING
#define SOCKET_WINDOW_MAX ((ULONG)0x3FFFFFFFUL)
#else
#define SOCKET_WINDOW_MAX ((ULONG)0xFFFF)
#endif

static UINT socket_new(NX_IP *ip_ptr, NX_TCP_SOCKET *socket_ptr, CHAR *name, ULONG window_size,
                       VOID (*on_disconnect)(NX_TCP_SOCKET *))
{
    struct host_socket *s = calloc(1, sizeof *s);

    if (!s || !host_io_start()) {
        free(s);
        return NX_NO_MORE_ENTRIES;
    }
    memset(socket_ptr, 0, sizeof *socket_ptr);
    socket_ptr->nx_tcp_socket_id = SOCKET_ID;
    socket_ptr->nx_tcp_socket_name = name;
    socket_ptr->nx_tcp_socket_ip_ptr = ip_ptr;
    socket_ptr->nx_tcp_socket_state = NX_TCP_CLOSED;
    socket_ptr->nx_tcp_socket_host = s;
    s->id = host_watch_id();
    s->owner = socket_ptr;
    s->ip = ip_ptr;
    s->fd = -1;
    s->receive_window = window_size;
    s->flights_max = SOCKET_FLIGHTS_MAX;
    s->on_disconnect = on_disconnect;
    s->next = host_sockets;
    host_sockets = s;
    (void)host_object_add(HOST_SOCKET, socket_ptr);
    return NX_SUCCESS;
}

UINT _nx_tcp_socket_create(NX_IP *ip_ptr, NX_TCP_SOCKET *socket_ptr, CHAR *name, ULONG type_of_service,
                           ULONG fragment, UINT time_to_live, ULONG window_size,
                           VOID (*tcp_urgent_data_callback)(NX_TCP_SOCKET *),
                           VOID (*tcp_disconnect_callback)(NX_TCP_SOCKET *))
{
    UINT status;

    NX_PARAMETER_NOT_USED(tcp_urgent_data_callback);
    NX_INIT_AND_THREADS_CALLER_CHECKING
    host_enter();
    if (!socket_ptr || !host_object_is(HOST_IP, ip_ptr) || host_object_is(HOST_SOCKET, socket_ptr)) {
        status = NX_PTR_ERROR;
    } else if (!(ip_ptr->nx_ip_host_enabled & HOST_IP_TCP)) {
        status = NX_NOT_ENABLED;
    } else if ((type_of_service & ~(ULONG)0x00FF0000UL) || (fragment & ~NX_DONT_FRAGMENT) ||
               time_to_live > 0xFF || !window_size || window_size > SOCKET_WINDOW_MAX) {
        status = NX_OPTION_ERROR;
    } else if (!host_fault(NETX_HOST_SOCKET_CREATE, &status)) {
        status = socket_new(ip_ptr, socket_ptr, name, window_size, tcp_disconnect_callback);
    }
    host_leave();
    return status;
}

UINT _nxe_tcp_socket_create(NX_IP *ip_ptr, NX_TCP_SOCKET *socket_ptr, CHAR *name, ULONG type_of_service,
                            ULONG fragment, UINT time_to_live, ULONG window_size,
                            VOID (*tcp_urgent_data_callback)(NX_TCP_SOCKET *),
                            VOID (*tcp_disconnect_callback)(NX_TCP_SOCKET *), UINT tcp_socket_size)
{
    if (tcp_socket_size != sizeof *socket_ptr) {
        return NX_PTR_ERROR;
    }
    return _nx_tcp_socket_create(ip_ptr, socket_ptr, name, type_of_service, fragment, time_to_live,
                                 window_size, tcp_urgent_data_callback, tcp_disconnect_callback);
}

static void socket_free(struct host_socket *s)
{
    struct host_socket **link = &host_sockets;

    while (*link != s) {
        link = &(*link)->next;
    }
    *link = s->next;
    free(s);
}

UINT _nx_tcp_socket_delete(NX_TCP_SOCKET *socket_ptr)
{
    struct host_socket *s;
    UINT status = NX_SUCCESS;

    NX_THREADS_ONLY_CALLER_CHECKING
    host_enter();
    s = host_socket_of(socket_ptr);
    if (!s) {
        status = NX_PTR_ERROR;
    } else if (s->bound) {
        status = NX_STILL_BOUND;
    } else {
        host_object_remove(HOST_SOCKET, socket_ptr);
        host_receive_flush(s);
        host_io_callback_wait(socket_ptr);
        socket_ptr->nx_tcp_socket_id = 0;
        socket_free(s);
    }
    host_leave();
    return status;
}

UINT _nx_tcp_socket_mss_get(NX_TCP_SOCKET *socket_ptr, ULONG *mss)
{
    const struct host_socket *s;

    NX_INIT_AND_THREADS_CALLER_CHECKING
    host_enter();
    s = mss ? host_socket_of(socket_ptr) : NULL;
    if (s) {
        *mss = host_socket_mss(s);
    }
    host_leave();
    return s ? NX_SUCCESS : NX_PTR_ERROR;
}

UINT _nx_tcp_socket_receive_notify(NX_TCP_SOCKET *socket_ptr, VOID (*tcp_receive_notify)(NX_TCP_SOCKET *))
{
    struct host_socket *s;

    NX_INIT_AND_THREADS_CALLER_CHECKING
    host_enter();
    s = host_socket_of(socket_ptr);
    if (s) {
        s->on_receive = tcp_receive_notify;
    }
    host_leave();
    return s ? NX_SUCCESS : NX_PTR_ERROR;
}

UINT _nxd_tcp_socket_peer_info_get(NX_TCP_SOCKET *socket_ptr, NXD_ADDRESS *peer_ip_address, ULONG *peer_port)
{
    const struct host_socket *s;
    UINT status = NX_SUCCESS;

    NX_THREADS_ONLY_CALLER_CHECKING
    host_enter();
    s = host_socket_of(socket_ptr);
    if (!s || !peer_ip_address || !peer_port) {
        status = NX_PTR_ERROR;
    } else if (socket_ptr->nx_tcp_socket_state < NX_TCP_SYN_RECEIVED) {
        status = NX_NOT_CONNECTED;
    } else {
        host_address_to_nxd(peer_ip_address, &s->peer);
        *peer_port = s->peer_port;
    }
    host_leave();
    return status;
}

UINT _nx_tcp_socket_peer_info_get(NX_TCP_SOCKET *socket_ptr, ULONG *peer_ip_address, ULONG *peer_port)
{
#ifndef NX_DISABLE_IPV4
    NXD_ADDRESS peer;
    UINT status =
        peer_ip_address ? _nxd_tcp_socket_peer_info_get(socket_ptr, &peer, peer_port) : NX_PTR_ERROR;

    if (status == NX_SUCCESS) {
        if (peer.nxd_ip_version != NX_IP_VERSION_V4) {
            return NX_NOT_SUPPORTED;
        }
        *peer_ip_address = peer.nxd_ip_address.v4;
    }
    return status;
#else
    NX_PARAMETER_NOT_USED(socket_ptr);
    NX_PARAMETER_NOT_USED(peer_ip_address);
    NX_PARAMETER_NOT_USED(peer_port);
    return NX_NOT_SUPPORTED;
#endif
}

UINT _nx_tcp_socket_bytes_available(NX_TCP_SOCKET *socket_ptr, ULONG *bytes_available)
{
    const struct host_socket *s;
    UINT status = NX_SUCCESS;

    NX_THREADS_ONLY_CALLER_CHECKING
    host_enter();
    s = bytes_available ? host_socket_of(socket_ptr) : NULL;
    if (!s) {
        status = NX_PTR_ERROR;
    } else if (socket_ptr->nx_tcp_socket_state != NX_TCP_ESTABLISHED) {
        *bytes_available = 0;
        status = NX_NOT_CONNECTED; /* in CLOSE_WAIT too, as the real stack */
    } else {
        *bytes_available = s->received_octets;
    }
    host_leave();
    return status;
}

UINT _nx_tcp_socket_state_wait(NX_TCP_SOCKET *socket_ptr, UINT desired_state, ULONG wait_option)
{
    uint64_t deadline;
    UINT status = NX_SUCCESS;

    NX_THREADS_ONLY_CALLER_CHECKING
    if (desired_state < NX_TCP_CLOSED || desired_state > NX_TCP_LAST_ACK) {
        return NX_OPTION_ERROR;
    }
    host_enter();
    deadline = host_deadline(wait_option);
    if (!host_socket_of(socket_ptr)) {
        status = NX_PTR_ERROR;
    }
    while (status == NX_SUCCESS && socket_ptr->nx_tcp_socket_state != desired_state) {
        if (host_wait(socket_ptr, deadline) != HOST_WAIT_WOKEN || !host_socket_of(socket_ptr)) {
            status = NX_NOT_SUCCESSFUL;
        }
    }
    host_leave();
    return status;
}

UINT _nx_tcp_socket_transmit_configure(NX_TCP_SOCKET *socket_ptr, ULONG max_queue_depth, ULONG timeout,
                                       ULONG max_retries, ULONG timeout_shift)
{
    struct host_socket *s;
    UINT status = NX_SUCCESS;

    NX_PARAMETER_NOT_USED(max_retries);
    NX_PARAMETER_NOT_USED(timeout_shift);
    NX_INIT_AND_THREADS_CALLER_CHECKING
    host_enter();
    s = host_socket_of(socket_ptr);
    if (!s) {
        status = NX_PTR_ERROR;
    } else if (!max_queue_depth || !timeout) {
        status = NX_OPTION_ERROR;
    } else {
        s->flights_max = max_queue_depth;
    }
    host_leave();
    return status;
}

UINT netx_host_open_sockets(VOID)
{
    const struct host_socket *s;
    UINT count;

    host_lock();
    count = host_listener_sockets();
    for (s = host_sockets; s; s = s->next) {
        count += s->fd >= 0;
    }
    host_unlock();
    return count;
}

/* Leaves the application's sockets and packets alone: they may be gone. */
void host_sockets_reset(void)
{
    struct host_socket *s;
    struct host_flight *flight;

    while ((s = host_sockets) != NULL) {
        host_sockets = s->next;
        if (s->fd >= 0) {
            (void)close(s->fd);
        }
        while ((flight = s->flight_head) != NULL) {
            s->flight_head = flight->next;
            free(flight);
        }
        free(s);
    }
}
