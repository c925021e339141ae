/* SPDX-License-Identifier: MIT */
#ifndef SCRIPTED_PEER_H
#define SCRIPTED_PEER_H

#include <stddef.h>
#include <stdint.h>

#include "postino/tls.h"

/* The server's side of a dialogue, as a list of events. It compares what the client sends with what the
 * script says, octet by octet, and offers its own octets as soon as everything that stands before them
 * happened. It knows no connection: a driver moves octets between it and a session, a transport or a socket,
 * and tells it a time that need not be a real one. */

enum peer_event_kind {
    PEER_CLIENT,       /* the client sends exactly these octets */
    PEER_CLIENT_MAYBE, /* the client sends some first part of these octets, or none */
    PEER_SERVER,       /* the server sends these octets */
    PEER_DELAY,        /* the server pauses */
    PEER_EOF,          /* the server closes its side */
    PEER_RESET,        /* the server resets the connection */
    PEER_TLS           /* the client makes the TLS handshake; what follows is encrypted, or nothing follows */
};

/* How a handshake ends. */
struct peer_tls {
    int error;                    /* 0, or why it fails */
    struct postino_tls_info info; /* what the transport tells of it; of a failure the text alone */
};

struct peer_event {
    enum peer_event_kind kind;
    const uint8_t *data;
    size_t length_octets;
    uint32_t delay_ms;
    const struct peer_tls *tls; /* of PEER_TLS */
};

enum peer_offer {
    PEER_OFFER_NOTHING,
    PEER_OFFER_DATA,
    PEER_OFFER_EOF,
    PEER_OFFER_RESET
};

struct scripted_peer {
    /* How the server's octets are delivered; may be set after init. */
    size_t piece_octets; /* at most this many at a time; 0: as many as there are */
    size_t split_octets; /* none of them together across this offset of the server's stream; 0: no split */
    size_t end_octets;   /* the stream ends at this offset, whatever the script says; SIZE_MAX: it does not */
    int interruptible;   /* not 0: the client may speak while the server still does */
    enum peer_offer end_offer; /* how: PEER_OFFER_EOF or PEER_OFFER_RESET */

    /* Counters and findings. */
    size_t taken_octets; /* from the client */
    size_t given_octets; /* to the client */
    unsigned handshakes;
    char departure[160]; /* the client's first departure from the script; "": none */

    /* private */
    const struct peer_event *events;
    size_t count;
    size_t client_index;
    size_t client_offset;
    size_t server_index;
    size_t server_offset;
    uint32_t pause_start_ms;
    int pausing;
};

/* Starts the script. The events and their octets are borrowed. */
void scripted_peer_init(struct scripted_peer *peer, const struct peer_event *events, size_t count,
                        uint32_t now_ms);

/* The client sent octets. */
void scripted_peer_take(struct scripted_peer *peer, const uint8_t *data, size_t length_octets,
                        uint32_t now_ms);

/* Says what the server has for the client now; with PEER_OFFER_DATA the octets, at least one. */
enum peer_offer scripted_peer_offer(const struct scripted_peer *peer, const uint8_t **data,
                                    size_t *length_octets);

/* The client received that many of the octets last offered. */
void scripted_peer_give(struct scripted_peer *peer, size_t length_octets, uint32_t now_ms);

/* Says whether a handshake is what comes next. Returns 1 or 0. */
int scripted_peer_awaits_tls(const struct scripted_peer *peer);

/* The client makes the TLS handshake: the server answers as the script says, within `timeout_ms`, or whatever
 * else it sends breaks it. Moves *now_ms on as far as it takes. Returns 0 or an error, and sets *info to what
 * there is to tell, borrowed of the script. */
int scripted_peer_handshake(struct scripted_peer *peer, uint32_t *now_ms, uint32_t timeout_ms,
                            const struct postino_tls_info **info);

/* Says in how many milliseconds a pause ends; UINT32_MAX: there is none. Call when nothing is offered. */
uint32_t scripted_peer_pause_ms(const struct scripted_peer *peer, uint32_t now_ms);

/* Lets a pause end that has lasted long enough. */
void scripted_peer_tick(struct scripted_peer *peer, uint32_t now_ms);

/* Says whether the client sent all that the script expects of it. Returns 1 or 0. */
int scripted_peer_heard_all(const struct scripted_peer *peer);

#endif
