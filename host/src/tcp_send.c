/* SPDX-License-Identifier: MIT */
/* Invariant: octets go to the kernel once and in order; a packet that could not be sent whole holds exactly
 * the octets that were not sent. A flight exists for octets that the controls count as unacknowledged. */
#define _GNU_SOURCE 1

#include "net.h"
#include <errno.h>
#include <sys/socket.h>

#define SEND_PIECES_MAX 64

uint64_t host_send_acknowledge(struct host_socket *s, int all)
{
    struct host_flight *flight;
    uint64_t now = host_now_ns();

    while ((flight = s->flight_head) != NULL && (all || flight->due_ns <= now)) {
        s->flight_head = flight->next;
        if (!s->flight_head) {
            s->flight_tail = NULL;
        }
        s->flights--;
        s->flight_octets -= flight->octets;
        host_packet_free(flight->packet);
        free(flight);
        host_wake(s->owner);
    }
    return flight ? flight->due_ns : HOST_NEVER;
}

VOID netx_host_acknowledge(VOID)
{
    struct host_socket *s;

    host_lock();
    for (s = host_sockets; s; s = s->next) {
        (void)host_send_acknowledge(s, 1);
    }
    host_unlock();
}

/* The packet, or none, stays out of its pool until the octets are acknowledged. */
static void send_flight(struct host_socket *s, NX_PACKET *packet, ULONG octets)
{
    struct host_flight *flight = host_controls.acknowledge_delay ? calloc(1, sizeof *flight) : NULL;
    NX_PACKET *link;

    if (!flight) {
        host_packet_free(packet);
        return;
    }
    for (link = packet; link; link = host_packet_next(link)) {
        link->nx_packet_host_state = HOST_PACKET_QUEUED;
    }
    flight->packet = packet;
    flight->octets = octets;
    flight->due_ns = host_deadline(host_controls.acknowledge_delay);
    if (s->flight_tail) {
        s->flight_tail->next = flight;
    } else {
        s->flight_head = flight;
    }
    s->flight_tail = flight;
    s->flights++;
    s->flight_octets += octets;
    host_watch_nudge();
}

/* Takes octets from the front; the first packet of the chain remains, for it is the caller's. */
static void send_consume(NX_PACKET *packet, ULONG octets)
{
    NX_PACKET *link = packet;

    packet->nx_packet_length -= octets;
    while (octets) {
        ULONG here = (ULONG)(link->nx_packet_append_ptr - link->nx_packet_prepend_ptr);
        ULONG part = here < octets ? here : octets;

        link->nx_packet_prepend_ptr += part;
        octets -= part;
        link = octets ? host_packet_next(link) : link;
    }
#ifndef NX_DISABLE_PACKET_CHAIN
    while (packet->nx_packet_next && packet->nx_packet_next != link && link != packet) {
        NX_PACKET *empty = packet->nx_packet_next;

        packet->nx_packet_next = empty->nx_packet_next;
        empty->nx_packet_next = NULL;
        host_packet_free(empty);
    }
#endif
}

/* Octets that the kernel took, 0 when it takes none now, -1 when the connection is gone. */
static int send_kernel(const struct host_socket *s, const NX_PACKET *packet, ULONG octets)
{
    struct iovec pieces[SEND_PIECES_MAX];
    struct msghdr message;
    unsigned short count = 0; /* fits msg_iovlen, a size_t here and an int there */
    ssize_t sent;

    for (; packet && octets && count < SEND_PIECES_MAX; packet = host_packet_next(packet)) {
        ULONG here = (ULONG)(packet->nx_packet_append_ptr - packet->nx_packet_prepend_ptr);
        ULONG part = here < octets ? here : octets;

        pieces[count].iov_base = packet->nx_packet_prepend_ptr;
        pieces[count].iov_len = part;
        if (part != 0) {
            count++;
        }
        octets -= part;
    }
    memset(&message, 0, sizeof message);
    message.msg_iov = pieces;
    message.msg_iovlen = count;
    do {
        sent = sendmsg(s->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    } while (sent < 0 && errno == EINTR);
    if (sent < 0) {
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS ? 0 : -1;
    }
    return (int)sent;
}

/* Whether the window is shut; a send that finds it so has it probed. */
static int send_shut(void)
{
    if (!host_controls.shut) {
        return 0;
    }
    if (!host_controls.shut_ns) {
        host_controls.shut_ns = host_deadline(host_controls.shut);
    }
    if (host_now_ns() < host_controls.shut_ns) {
        return 1;
    }
    host_controls.shut = 0;
    return 0;
}

static UINT send_room(struct host_socket *s, const NX_PACKET *packet, ULONG budget, ULONG *octets)
{
    ULONG window = host_controls.window;

    (void)host_send_acknowledge(s, 0);
    *octets = packet->nx_packet_length;
    if (s->flights >= s->flights_max) {
        return NX_TX_QUEUE_DEPTH;
    }
    if ((window && s->flight_octets >= window) || !budget || send_shut()) {
        return NX_WINDOW_OVERFLOW;
    }
    if (window && *octets > window - s->flight_octets) {
        *octets = window - s->flight_octets;
    }
    if (*octets > host_socket_mss(s)) {
        *octets = host_socket_mss(s);
    }
    if (*octets > budget) {
        *octets = budget;
    }
    return NX_SUCCESS;
}

/* Sends one segment. As on the real stack, a part of a packet takes a packet of its own from the same
 * pool. Only its place counts: the octets come from the original. */
static UINT send_segment(struct host_socket *s, NX_PACKET *packet, ULONG octets, int copied, int *done)
{
    NX_PACKET *copy = NULL;
    int sent;
    UINT status;

    if (copied) {
        status = host_packet_allocate(packet->nx_packet_pool_owner, &copy, NX_RECEIVE_PACKET, 0);
        if (status != NX_SUCCESS) {
            return status;
        }
    }
    sent = send_kernel(s, packet, octets);
    if (sent <= 0) {
        host_packet_free(copy);
        s->send_blocked = sent == 0;
        host_socket_watch(s);
        return sent < 0 ? NX_NOT_CONNECTED : NX_WINDOW_OVERFLOW;
    }
    if (!copied && (ULONG)sent == packet->nx_packet_length) {
        *done = 1;
        send_flight(s, packet, (ULONG)sent);
    } else {
        send_consume(packet, (ULONG)sent);
        send_flight(s, copy, (ULONG)sent);
        if (packet->nx_packet_length == 0) {
            *done = 1;
            host_packet_free(packet);
        }
    }
    return NX_SUCCESS;
}

static int send_open(const NX_TCP_SOCKET *socket_ptr)
{
    return socket_ptr->nx_tcp_socket_state == NX_TCP_ESTABLISHED ||
           socket_ptr->nx_tcp_socket_state == NX_TCP_CLOSE_WAIT;
}

/* Until something may have changed, or the deadline. */
static enum host_wait_result send_wait(const NX_TCP_SOCKET *owner, uint64_t deadline)
{
    enum host_wait_result result;

    if (!host_controls.shut || host_controls.shut_ns >= deadline) {
        return host_wait(owner, deadline);
    }
    result = host_wait(owner, host_controls.shut_ns);
    return result == HOST_WAIT_TIMEOUT ? HOST_WAIT_WOKEN : result;
}

static UINT send_all(struct host_socket *s, NX_PACKET *packet, ULONG wait_option)
{
    NX_TCP_SOCKET *owner = s->owner;
    uint64_t deadline = host_deadline(wait_option);
    ULONG budget = host_controls.send_limit ? host_controls.send_limit : packet->nx_packet_length;
    int unaligned = ((uintptr_t)packet->nx_packet_prepend_ptr & 3) != 0;
    enum host_wait_result result = HOST_WAIT_WOKEN;
    int done = 0;

    while (!done) {
        ULONG before = packet->nx_packet_length;
        ULONG octets;
        UINT status = send_room(s, packet, budget, &octets);

        if (status == NX_SUCCESS) {
            status = send_segment(s, packet, octets, unaligned || octets < packet->nx_packet_length, &done);
            if (!done) {
                budget -= before - packet->nx_packet_length;
            }
        }
        if (status == NX_SUCCESS) {
            unaligned = 1; /* what is left is copied too */
            continue;
        }
        if ((status != NX_WINDOW_OVERFLOW && status != NX_TX_QUEUE_DEPTH) || !budget ||
            wait_option == NX_NO_WAIT || result == HOST_WAIT_TIMEOUT) {
            return status;
        }
        result = send_wait(owner, deadline);
        if (result == HOST_WAIT_ABORTED || host_socket_of(owner) != s) {
            return NX_WAIT_ABORTED;
        }
        if (!send_open(owner)) {
            return NX_NOT_CONNECTED;
        }
    }
    return NX_SUCCESS;
}

static UINT send_check(const struct host_socket *s, const NX_PACKET *packet)
{
    ULONG headers = s->peer.version == NX_IP_VERSION_V6 ? NX_IPv6_TCP_PACKET : NX_IPv4_TCP_PACKET;
    UINT status = host_packet_check(packet);

    if (status != NX_SUCCESS) {
        return status;
    }
    if (packet->nx_packet_length == 0) {
        return NX_INVALID_PACKET;
    }
    if (!s->bound) {
        return NX_NOT_BOUND;
    }
    if (!send_open(s->owner)) {
        return NX_NOT_CONNECTED;
    }
    if ((ULONG)(packet->nx_packet_prepend_ptr - packet->nx_packet_data_start) < headers) {
        return NX_UNDERFLOW;
    }
    return NX_SUCCESS;
}

UINT _nx_tcp_socket_send(NX_TCP_SOCKET *socket_ptr, NX_PACKET *packet_ptr, ULONG wait_option)
{
    struct host_socket *s;
    UINT status;

    NX_THREADS_ONLY_CALLER_CHECKING
    host_enter();
    s = packet_ptr ? host_socket_of(socket_ptr) : NULL;
    status = s ? send_check(s, packet_ptr) : NX_PTR_ERROR;
    if (status == NX_SUCCESS && !host_fault(NETX_HOST_SEND, &status)) {
        status = send_all(s, packet_ptr, wait_option);
    }
    host_leave();
    return status;
}

UINT _nxe_tcp_socket_send(NX_TCP_SOCKET *socket_ptr, NX_PACKET **packet_ptr_ptr, ULONG wait_option)
{
    UINT status =
        packet_ptr_ptr ? _nx_tcp_socket_send(socket_ptr, *packet_ptr_ptr, wait_option) : NX_PTR_ERROR;

    if (status == NX_SUCCESS) {
        *packet_ptr_ptr = NX_NULL;
    }
    return status;
}
