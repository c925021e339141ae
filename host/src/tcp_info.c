/* SPDX-License-Identifier: MIT */
/* nx_tcp_socket_info_get(). Invariant: the transmit window is the number of octets that a send would take
 * now without a wait, as far as the kernel shows it. */
#define _GNU_SOURCE 1

#include "net.h"
#include <poll.h>

#define INFO_WINDOW ((ULONG)65535) /* the kernel does not tell the peer's */

static ULONG info_window(const struct host_socket *s)
{
    struct pollfd writable = {s->fd, POLLOUT, 0};

    if (s->fd < 0 || poll(&writable, 1, 0) <= 0 || (writable.revents & POLLOUT) == 0) {
        return 0;
    }
    if (host_controls.shut) {
        return 0;
    }
    if (!host_controls.window) {
        return INFO_WINDOW;
    }
    return host_controls.window > s->flight_octets ? host_controls.window - s->flight_octets : 0;
}

static ULONG info_packets(const struct host_socket *s)
{
    const NX_PACKET *packet;
    ULONG count = 0;

    for (packet = s->received_head; packet; packet = packet->nx_packet_queue_next) {
        count++;
    }
    return count;
}

/* Counters that the host layer does not keep are 0. */
UINT _nx_tcp_socket_info_get(NX_TCP_SOCKET *socket_ptr, ULONG *tcp_packets_sent, ULONG *tcp_bytes_sent,
                             ULONG *tcp_packets_received, ULONG *tcp_bytes_received,
                             ULONG *tcp_retransmit_packets, ULONG *tcp_packets_queued,
                             ULONG *tcp_checksum_errors, ULONG *tcp_socket_state,
                             ULONG *tcp_transmit_queue_depth, ULONG *tcp_transmit_window,
                             ULONG *tcp_receive_window)
{
    struct host_socket *s;
    UINT status = NX_PTR_ERROR;

    NX_INIT_AND_THREADS_CALLER_CHECKING
    host_enter();
    s = host_socket_of(socket_ptr);
    if (s) {
        const struct {
            ULONG *to;
            ULONG value;
        } info[] = {{tcp_packets_sent, 0},
                    {tcp_bytes_sent, 0},
                    {tcp_packets_received, 0},
                    {tcp_bytes_received, 0},
                    {tcp_retransmit_packets, 0},
                    {tcp_packets_queued, info_packets(s)},
                    {tcp_checksum_errors, 0},
                    {tcp_socket_state, socket_ptr->nx_tcp_socket_state},
                    {tcp_transmit_queue_depth, (host_send_acknowledge(s, 0), s->flights)},
                    {tcp_transmit_window, info_window(s)},
                    {tcp_receive_window,
                     s->receive_window > s->received_octets ? s->receive_window - s->received_octets : 0}};
        size_t i;

        for (i = 0; i < sizeof info / sizeof info[0]; i++) {
            if (info[i].to) {
                *info[i].to = info[i].value;
            }
        }
        status = NX_SUCCESS;
    }
    host_leave();
    return status;
}
