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
 * is a struct postino_transport. One thread uses it at a time. The transport owns the buffers. Octets to send
 * are written into its own memory: a packet's payload, a TLS record, a socket buffer. Received octets are
 * lent. */

enum postino_event {
    POSTINO_EVENT_READ = 1,
    POSTINO_EVENT_WRITE = 2
};

/* The result of a call that can do nothing now: call wait(), then try again. */
#define POSTINO_AGAIN 1

struct postino_transport;
struct postino_tls_info;

struct postino_transport_class {
    /* Opens the connection to the address in the object's own members, within `timeout_ms`. Called only when
     * closed. Sets unsent_octets to 0. Returns 0 or an error (-3xx, -5xx); after an error nothing is open.
     * Example: postino_posix in ports/posix/transport.c. */
    int (*connect)(struct postino_transport *transport, uint32_t timeout_ms);
    /* Lends a buffer of at least one octet for the send() that follows. Called only while unsent_octets is 0.
     * Returns 0, POSTINO_AGAIN, or an error. */
    int (*reserve)(struct postino_transport *transport, uint8_t **buffer, size_t *capacity_octets);
    /* Sends the first `length_octets` of the buffer that reserve() lent; with 0, sends the rest of an earlier
     * call. Never blocks. Sets unsent_octets to the number of octets that certainly were not sent yet.
     * Returns 0 if none is left, POSTINO_AGAIN if some are (the peer's window or a queue is full), or an
     * error. After an error the connection takes no more octets, but octets that had arrived may still be
     * received.
     *
     * A smaller unsent_octets is progress, which restarts the time limit. A transport sets `moved` if octets
     * left while unsent_octets stayed the same: out of a queue below, or a part of a TLS record. */
    int (*send)(struct postino_transport *transport, size_t length_octets);
    /* Lends octets that arrived, at least one. They count as taken and stay valid until the next call. Never
     * blocks. Returns 0, POSTINO_AGAIN if there is nothing now, POSTINO_ERROR_CLOSED at the end of the
     * stream, or an error. The first call after a send() may return POSTINO_AGAIN without a look, because the
     * answer cannot be there yet. */
    int (*receive)(struct postino_transport *transport, const uint8_t **data, size_t *length_octets);
    /* Waits until one of `events` (enum postino_event) may be possible, for at most `timeout_ms` (UINT32_MAX:
     * for ever). May return early for no reason. Octets in a layer between (TLS) count as readable, and so
     * does the end of the stream. Returns 0 or an error. Returns POSTINO_AGAIN if the caller's own time limit
     * expired: the pump then returns with the session as it stands. */
    int (*wait)(struct postino_transport *transport, unsigned events, uint32_t timeout_ms);
    /* Closes the connection. `graceful` not 0: in the orderly way, in bounded time; 0: at once, by a reset.
     * Gives back every buffer. Harmless when closed. */
    void (*close)(struct postino_transport *transport, int graceful);
    /* Returns the time in milliseconds, of a clock that runs on and wraps at 2^32. */
    uint32_t (*now_ms)(struct postino_transport *transport);
    /* Makes the TLS handshake over the open connection, within `timeout_ms`. Called after the reply to
     * STARTTLS, when nothing else was received. Blocks. Returns 0, POSTINO_AGAIN as wait() does, or an error
     * (-4xx; -3xx or -5xx of the connection), which tls() describes. NULL: the transport has no TLS. */
    int (*start_tls)(struct postino_transport *transport, uint32_t timeout_ms);
    /* Returns the facts about TLS on the connection; the pointer is the same at all times. The function may
     * be NULL or return NULL: the transport has no TLS. */
    const struct postino_tls_info *(*tls)(struct postino_transport *transport);
};

struct postino_transport {
    const struct postino_transport_class *methods;
    size_t unsent_octets; /* octets given to send() that certainly were not sent yet */
    uint8_t moved;        /* octets left: send() sets it, its caller clears it; 0 at first */
    uint16_t port;        /* the server's port, set by connect(); 0: not known */
};

#ifdef __cplusplus
}
#endif

#endif
