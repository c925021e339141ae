/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_TRANSPORT_H
#define POSTINO_TRANSPORT_H

#include <stddef.h>
#include <stdint.h>

#include "postino/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The contract between the pump and a TCP/IP stack. A transport is an object of the port whose first member
 * is a struct postino_transport; one thread uses it at a time. It owns the buffers: octets to send are
 * written straight into its own (a packet's payload, a TLS record, a socket buffer), received ones are lent.
 */

enum postino_event {
    POSTINO_EVENT_READ = 1,
    POSTINO_EVENT_WRITE = 2
};

/* What a call returns that could do nothing now: call wait(), then try again. */
#define POSTINO_AGAIN 1

struct postino_transport;
struct postino_tls_info;

struct postino_transport_class {
    /* Opens the connection, to where the object's own fields say, within `timeout_ms`. Only when closed. Sets
     * unsent_octets to 0. Returns 0 or an error (-3xx, -5xx); on an error nothing is open. */
    int (*connect)(struct postino_transport *transport, uint32_t timeout_ms);
    /* Lends a buffer of at least one octet to write into, for the send() that follows. Only while
     * unsent_octets is 0. Returns 0, POSTINO_AGAIN, or an error. */
    int (*reserve)(struct postino_transport *transport, uint8_t **buffer, size_t *capacity_octets);
    /* Sends the first `length_octets` of the buffer lent by reserve(), or, with 0, what an earlier call left
     * unsent. Never blocks. Keeps unsent_octets: how many octets were certainly not sent yet. Returns 0 when
     * none is left, POSTINO_AGAIN when some are (the peer's window or a queue is full), or an error: then the
     * connection takes no more octets, but what had arrived may still be received. That unsent_octets became
     * less is progress, which restarts the time limit. A transport that knows of octets which left although
     * it stayed the same (out of a queue below, a part of a TLS record) sets `moved`. */
    int (*send)(struct postino_transport *transport, size_t length_octets);
    /* Lends octets that arrived, at least one; they are taken, and stay valid until the next call. Never
     * blocks. Returns 0, POSTINO_AGAIN when there is nothing now, POSTINO_ERROR_CLOSED at the end of the
     * stream, or an error. The first call behind a send() may say POSTINO_AGAIN without a look: what has just
     * been asked is not answered yet. */
    int (*receive)(struct postino_transport *transport, const uint8_t **data, size_t *length_octets);
    /* Waits until one of `events` (enum postino_event) may be possible, for at most `timeout_ms` (UINT32_MAX:
     * for ever). May return early for no reason. Octets held in a layer between (TLS) count as readable, and
     * so does the end of the stream. Returns 0, or an error; or POSTINO_AGAIN: the caller's own patience is
     * at an end, and the pump is to return with the session as it stands. */
    int (*wait)(struct postino_transport *transport, unsigned events, uint32_t timeout_ms);
    /* Closes the connection: `graceful` not 0: in the orderly way, in bounded time; 0: at once, by a reset.
     * Gives back every buffer. Harmless when closed. */
    void (*close)(struct postino_transport *transport, int graceful);
    /* The time in milliseconds of a clock that runs on and wraps at 2^32. */
    uint32_t (*now_ms)(struct postino_transport *transport);
    /* Begins TLS over the open connection and makes the handshake, within `timeout_ms`: after the reply to
     * STARTTLS, and nothing else was received meanwhile. Blocks. Returns 0, POSTINO_AGAIN as wait() does, or
     * an error (-4xx; -3xx or -5xx of the connection): tls() has it in words. NULL: the transport has no
     * TLS. */
    int (*start_tls)(struct postino_transport *transport, uint32_t timeout_ms);
    /* What TLS made of the connection; the pointer is the same at all times. May be NULL, and may return
     * NULL: the transport has no TLS. */
    const struct postino_tls_info *(*tls)(struct postino_transport *transport);
};

struct postino_transport {
    const struct postino_transport_class *methods;
    size_t unsent_octets; /* given to send() and certainly not sent yet */
    uint8_t moved;        /* set by send(), cleared by its caller: octets left. 0 at first */
    uint16_t port;        /* of the server, told by connect(); 0: not known */
};

#ifdef __cplusplus
}
#endif

#endif
