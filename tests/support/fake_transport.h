/* SPDX-License-Identifier: MIT */
#ifndef FAKE_TRANSPORT_H
#define FAKE_TRANSPORT_H

#include "postino/transport.h"
#include "scripted_peer.h"

/* A transport to a scripted peer, with a clock of its own: no real time passes. Start from {0} with
 * fake_transport_init(), set misbehaviours, hand &fake.transport to the pump or the client. Buffers are fresh
 * memory of exactly the size lent, so that a checker of memory accesses sees every octet too far. */

#define FAKE_FOR_EVER UINT32_MAX

struct fake_transport {
    struct postino_transport transport; /* first, as the contract says */
    struct scripted_peer peer; /* its fields piece_octets, split_octets, end_octets shape receive() */
    uint32_t now_ms;

    /* Misbehaviours; 0 is none. */
    int connect_error;           /* connect() fails with it */
    uint32_t connect_ms;         /* connect() takes that long, and fails when it has less */
    size_t capacity_octets;      /* of the buffer that reserve() lends; 0: 4096 */
    uint32_t reserve_again;      /* so many calls of reserve() say AGAIN; FAKE_FOR_EVER */
    int reserve_error;           /* reserve() fails with it ... */
    uint32_t reserve_error_call; /* ... at this call, counted from 0 over all connections */
    size_t short_octets;         /* send() takes at most that many octets a call */
    uint32_t send_again;         /* so many calls of send() take nothing; FAKE_FOR_EVER */
    size_t stall_octets;         /* after so many octets in all nothing is taken any more; 0: never */
    int cuts;                    /* not 0: after cut_octets from the client the connection breaks */
    size_t cut_octets;
    int vague;                  /* not 0: on the break the octets of the last call may have left, or not */
    int wait_error;             /* wait() fails with it */
    int wait_idles;             /* not 0: every second wait() returns at once, for no reason */
    int (*idle)(void *context); /* asked before time passes; not 0: something changed, look again */
    void *idle_context;
    /* Called at each connect(): sets the peer up for the connection. NULL: the peer goes on. */
    void (*connected)(struct fake_transport *fake, void *context);
    void *connected_context;

    /* Counters and findings. */
    size_t handed_octets; /* to send(), sent or not */
    unsigned connects;
    unsigned closes_graceful; /* of an open connection */
    unsigned closes_abort;
    unsigned closes_idle; /* of a closed one: harmless */
    unsigned live_buffers;
    unsigned waits;
    uint32_t reserves;
    uint32_t longest_wait_ms; /* asked for, other than for ever */
    int waited_for_ever;      /* a wait for ever in which nothing could have come */
    char breach[120];         /* the first breach of the contract by the caller; "": none */

    /* private */
    int open;
    int broken;
    struct postino_tls_info tls;
    uint8_t *send_buffer;
    size_t send_capacity;
    size_t send_offset;
    uint8_t *receive_buffer;
};

/* Prepares a closed transport to a server that follows the script, at a time of the clock. The events are
 * borrowed. */
void fake_transport_init(struct fake_transport *fake, const struct peer_event *events, size_t count,
                         uint32_t now_ms);

/* Gives the transport TLS: a handshake where the script has one, at connect() where that is its first event.
 * Before connect(). Without it the transport has no TLS, and says so. */
void fake_transport_offer_tls(struct fake_transport *fake);

/* Frees what the caller never gave back. The counters stay readable. */
void fake_transport_free(struct fake_transport *fake);

#endif
