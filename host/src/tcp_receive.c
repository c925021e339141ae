/* SPDX-License-Identifier: MIT */
/* Reception. Invariant: received octets wait in packets of the instance's default pool, in order, at most
 * the socket's window of them. Further octets stay in the kernel until a packet or the window is free. */
#define _GNU_SOURCE 1

#include "net.h"
#include <errno.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#define RECEIVE_PIECES_MAX  64
#define RECEIVE_LINE_OCTETS 512

/* Room that the headers occupied on the real stack, where the payload has it. */
static ULONG receive_headers(const NX_PACKET_POOL *pool)
{
    return pool->nx_packet_pool_payload_size > 2 * NX_TCP_PACKET ? NX_TCP_PACKET : 0;
}

static ULONG receive_smaller(ULONG a, ULONG b)
{
    return b && b < a ? b : a;
}

/* Packets for up to `octets`, fewer when the pool has no more; NULL when it has none. */
static NX_PACKET *receive_packets(NX_PACKET_POOL *pool, ULONG octets, struct iovec *pieces,
                                  unsigned short *count)
{
    NX_PACKET *head = host_packet_take(pool);
    NX_PACKET *packet = head;

    *count = 0;
    if (!head) {
        pool->nx_packet_pool_empty_requests++;
        return NULL;
    }
    head->nx_packet_prepend_ptr += receive_headers(pool);
    head->nx_packet_append_ptr = head->nx_packet_prepend_ptr;
    for (;;) {
        ULONG room = (ULONG)(packet->nx_packet_data_end - packet->nx_packet_append_ptr);

#ifndef NX_DISABLE_PACKET_CHAIN
        room = receive_smaller(room, host_controls.receive_piece);
#endif
        room = octets < room ? octets : room;
        pieces[*count].iov_base = packet->nx_packet_append_ptr;
        pieces[*count].iov_len = room;
        (*count)++;
        packet->nx_packet_append_ptr += room;
        head->nx_packet_length += room;
        octets -= room;
#ifdef NX_DISABLE_PACKET_CHAIN
        return head;
#else
        if (!octets || *count == RECEIVE_PIECES_MAX) {
            return head;
        }
        packet->nx_packet_next = host_packet_take(pool);
        if (!packet->nx_packet_next) {
            return head;
        }
        packet = packet->nx_packet_next;
        head->nx_packet_last = packet;
#endif
    }
}

static enum host_receive_result receive_end(const struct host_socket *s)
{
    char octet;
    ssize_t got;

    do {
        got = recv(s->fd, &octet, 1, MSG_PEEK | MSG_DONTWAIT);
    } while (got < 0 && errno == EINTR);
    if (got == 0) {
        return HOST_RECEIVE_FIN;
    }
    if (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
        return HOST_RECEIVE_RESET;
    }
    return HOST_RECEIVE_NONE;
}

static void receive_queue(struct host_socket *s, NX_PACKET *packet)
{
    NX_PACKET *link;

    for (link = packet; link; link = host_packet_next(link)) {
        link->nx_packet_host_state = HOST_PACKET_QUEUED;
    }
    packet->nx_packet_queue_next = NULL;
    if (s->received_tail) {
        s->received_tail->nx_packet_queue_next = packet;
    } else {
        s->received_head = packet;
    }
    s->received_tail = packet;
    s->received_octets += packet->nx_packet_length;
    host_wake(s->owner);
}

static enum host_receive_result receive_stall(struct host_socket *s)
{
    s->receive_stalled = 1;
    host_socket_watch(s);
    return HOST_RECEIVE_STALLED;
}

/* So many of the octets are a line, or a part of one. */
static ULONG receive_line(const struct host_socket *s, ULONG octets)
{
    char data[RECEIVE_LINE_OCTETS];
    ssize_t got = recv(s->fd, data, octets < sizeof data ? octets : sizeof data, MSG_PEEK | MSG_DONTWAIT);
    const char *end = got > 0 ? memchr(data, '\n', (size_t)got) : NULL;

    if (end) {
        return (ULONG)(end - data) + 1;
    }
    return got > 0 ? (ULONG)got : octets;
}

enum host_receive_result host_receive_segment(struct host_socket *s)
{
    struct iovec pieces[RECEIVE_PIECES_MAX];
    struct msghdr message;
    NX_PACKET *packet;
    ULONG octets;
    unsigned short count; /* fits msg_iovlen, a size_t here and an int there */
    ssize_t got;
    int arrived = 0;

    if (ioctl(s->fd, FIONREAD, &arrived) < 0 || arrived <= 0) {
        return receive_end(s);
    }
    if (s->received_octets >= s->receive_window || s->receive_again_ns > host_now_ns()) {
        return receive_stall(s);
    }
    octets = receive_smaller((ULONG)arrived, host_socket_mss(s));
    octets = receive_smaller(octets, s->receive_window - s->received_octets);
    octets = receive_smaller(octets, host_controls.receive_size);
    if (host_controls.receive_lines) {
        octets = receive_line(s, octets);
    }
    packet = receive_packets(s->ip->nx_ip_default_packet_pool, octets, pieces, &count);
    if (!packet) {
        host_controls.dropped++;
        if (host_controls.drop_delay) {
            s->receive_again_ns = host_deadline(host_controls.drop_delay);
            host_watch_nudge();
        }
        return receive_stall(s);
    }
    memset(&message, 0, sizeof message);
    message.msg_iov = pieces;
    message.msg_iovlen = count;
    /* The kernel said that so many octets are there, and nobody else reads: they come whole. */
    got = recvmsg(s->fd, &message, MSG_DONTWAIT);
    if (got != (ssize_t)packet->nx_packet_length) {
        host_packet_free(packet);
        return HOST_RECEIVE_RESET;
    }
    receive_queue(s, packet);
    return HOST_RECEIVE_QUEUED;
}

/* After disconnect, whatever comes before the peer's FIN. */
enum host_receive_result host_receive_discard(struct host_socket *s)
{
    char scrap[4096];
    ssize_t got;

    do {
        got = recv(s->fd, scrap, sizeof scrap, MSG_DONTWAIT);
    } while (got > 0 || (got < 0 && errno == EINTR));
    return got == 0 || errno == EAGAIN || errno == EWOULDBLOCK ? receive_end(s) : HOST_RECEIVE_RESET;
}

static NX_PACKET *receive_dequeue(struct host_socket *s)
{
    NX_PACKET *packet = s->received_head;
    NX_PACKET *link;

    s->received_head = packet->nx_packet_queue_next;
    if (!s->received_head) {
        s->received_tail = NULL;
    }
    s->received_octets -= packet->nx_packet_length;
    for (link = packet; link; link = host_packet_next(link)) {
        link->nx_packet_host_state = HOST_PACKET_ALLOCATED;
    }
    packet->nx_packet_queue_next = NULL;
    if (s->receive_stalled) {
        s->receive_stalled = 0;
        host_socket_watch(s);
    }
    return packet;
}

void host_receive_flush(struct host_socket *s)
{
    while (s->received_head) {
        host_packet_free(receive_dequeue(s));
    }
}

uint64_t host_receive_again(struct host_socket *s)
{
    if (!s->receive_stalled || !s->receive_again_ns) {
        return HOST_NEVER;
    }
    if (s->receive_again_ns > host_now_ns()) {
        return s->receive_again_ns;
    }
    s->receive_again_ns = 0;
    s->receive_stalled = 0;
    host_socket_watch(s);
    return HOST_NEVER;
}

static UINT receive_await(struct host_socket *s, NX_PACKET **packet_ptr, ULONG wait_option)
{
    NX_TCP_SOCKET *owner = s->owner;
    uint64_t deadline = host_deadline(wait_option);
    enum host_wait_result result = HOST_WAIT_WOKEN;

    for (;;) {
        if (s->received_head) {
            *packet_ptr = receive_dequeue(s);
            return NX_SUCCESS;
        }
        if (owner->nx_tcp_socket_state != NX_TCP_ESTABLISHED) {
            return NX_NOT_CONNECTED;
        }
        /* Saves the way through the network thread; how a connection ended is left to that. */
        if (host_receive_segment(s) == HOST_RECEIVE_QUEUED) {
            continue;
        }
        if (result == HOST_WAIT_TIMEOUT || wait_option == NX_NO_WAIT) {
            return NX_NO_PACKET;
        }
        result = host_wait(owner, deadline);
        if (result == HOST_WAIT_ABORTED || host_socket_of(owner) != s) {
            return NX_WAIT_ABORTED;
        }
    }
}

UINT _nx_tcp_socket_receive(NX_TCP_SOCKET *socket_ptr, NX_PACKET **packet_ptr, ULONG wait_option)
{
    struct host_socket *s;
    UINT status;

    NX_THREADS_ONLY_CALLER_CHECKING
    host_enter();
    s = packet_ptr ? host_socket_of(socket_ptr) : NULL;
    if (!s) {
        status = NX_PTR_ERROR;
    } else {
        *packet_ptr = NX_NULL;
        if (!s->bound) {
            status = NX_NOT_BOUND;
        } else if (!host_fault(NETX_HOST_RECEIVE, &status)) {
            status = receive_await(s, packet_ptr, wait_option);
        }
    }
    host_leave();
    return status;
}
