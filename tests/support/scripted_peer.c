/* SPDX-License-Identifier: MIT */
/* Two cursors walk the same list: one over the client's octets, one over the server's. The server's cursor
 * never passes octets of the client that did not arrive. The client's cursor passing unread octets of the
 * server is a departure: a client in lock-step has no reason to speak then. */
#include "scripted_peer.h"

#include <stdio.h>
#include <string.h>

static int peer_is_client(enum peer_event_kind kind)
{
    return kind == PEER_CLIENT || kind == PEER_CLIENT_MAYBE;
}

static void peer_depart(struct scripted_peer *peer, const char *what, uint8_t octet)
{
    if (peer->departure[0] == '\0') {
        (void)snprintf(peer->departure, sizeof peer->departure, "%s: octet 0x%02x at offset %lu", what, octet,
                       (unsigned long)peer->taken_octets);
    }
}

static void peer_seek_client(struct scripted_peer *peer)
{
    while (peer->client_index < peer->count) {
        const struct peer_event *event = &peer->events[peer->client_index];

        if (peer_is_client(event->kind) && peer->client_offset < event->length_octets) {
            return;
        }
        peer->client_index++;
        peer->client_offset = 0;
    }
}

static int peer_server_may_pass(const struct scripted_peer *peer, const struct peer_event *event,
                                uint32_t now_ms)
{
    switch (event->kind) {
    case PEER_CLIENT:
        return peer->client_index > peer->server_index || event->length_octets == 0;
    case PEER_CLIENT_MAYBE:
        return 1;
    case PEER_DELAY:
        return peer->pausing && (uint32_t)(now_ms - peer->pause_start_ms) >= event->delay_ms;
    case PEER_SERVER:
        return peer->server_offset == event->length_octets;
    default:
        return 0;
    }
}

void scripted_peer_tick(struct scripted_peer *peer, uint32_t now_ms)
{
    while (peer->server_index < peer->count) {
        const struct peer_event *event = &peer->events[peer->server_index];

        if (event->kind == PEER_DELAY && !peer->pausing) {
            peer->pausing = 1;
            peer->pause_start_ms = now_ms;
        }
        if (!peer_server_may_pass(peer, event, now_ms)) {
            return;
        }
        peer->pausing = 0;
        peer->server_index++;
        peer->server_offset = 0;
    }
}

void scripted_peer_init(struct scripted_peer *peer, const struct peer_event *events, size_t count,
                        uint32_t now_ms)
{
    memset(peer, 0, sizeof *peer);
    peer->events = events;
    peer->count = count;
    peer->end_octets = SIZE_MAX;
    peer->end_offer = PEER_OFFER_EOF;
    peer_seek_client(peer);
    scripted_peer_tick(peer, now_ms);
}

static void peer_take_octet(struct scripted_peer *peer, uint8_t octet)
{
    while (peer->client_index < peer->count) {
        const struct peer_event *event = &peer->events[peer->client_index];

        if (event->data[peer->client_offset] == octet) {
            peer->client_offset++;
            return;
        }
        if (event->kind == PEER_CLIENT) {
            peer_depart(peer, "the client sent something else", octet);
            return;
        }
        peer->client_index++;
        peer->client_offset = 0;
        peer_seek_client(peer);
    }
    peer_depart(peer, "the client sent more than the script says", octet);
}

void scripted_peer_take(struct scripted_peer *peer, const uint8_t *data, size_t length_octets,
                        uint32_t now_ms)
{
    size_t i;

    for (i = 0; i < length_octets; i++) {
        if (peer->server_index < peer->client_index && peer->client_index < peer->count &&
            (!peer->interruptible || peer->events[peer->server_index].kind == PEER_TLS)) {
            peer_depart(peer, "the client spoke before the server was done", data[i]);
        }
        peer_take_octet(peer, data[i]);
        peer->taken_octets++;
        peer_seek_client(peer);
        scripted_peer_tick(peer, now_ms);
    }
}

enum peer_offer scripted_peer_offer(const struct scripted_peer *peer, const uint8_t **data,
                                    size_t *length_octets)
{
    const struct peer_event *event = &peer->events[peer->server_index];
    size_t length;

    if (peer->given_octets >= peer->end_octets) {
        return peer->end_offer;
    }
    if (peer->server_index == peer->count) {
        return PEER_OFFER_NOTHING;
    }
    if (event->kind == PEER_EOF || event->kind == PEER_RESET) {
        return event->kind == PEER_EOF ? PEER_OFFER_EOF : PEER_OFFER_RESET;
    }
    if (event->kind != PEER_SERVER) {
        return PEER_OFFER_NOTHING;
    }
    length = event->length_octets - peer->server_offset;
    if (peer->piece_octets != 0 && length > peer->piece_octets) {
        length = peer->piece_octets;
    }
    if (peer->given_octets < peer->split_octets && length > peer->split_octets - peer->given_octets) {
        length = peer->split_octets - peer->given_octets;
    }
    if (length > peer->end_octets - peer->given_octets) {
        length = peer->end_octets - peer->given_octets;
    }
    *data = event->data + peer->server_offset;
    *length_octets = length;
    return PEER_OFFER_DATA;
}

void scripted_peer_give(struct scripted_peer *peer, size_t length_octets, uint32_t now_ms)
{
    peer->given_octets += length_octets;
    peer->server_offset += length_octets;
    scripted_peer_tick(peer, now_ms);
}

int scripted_peer_awaits_tls(const struct scripted_peer *peer)
{
    return peer->server_index < peer->count && peer->events[peer->server_index].kind == PEER_TLS;
}

/* Reads the event at which the client awaits the handshake. Returns 1 when there is none and time has to
 * pass. */
static int peer_handshake_now(struct scripted_peer *peer, uint32_t now_ms,
                              const struct postino_tls_info **info)
{
    const struct peer_event *event = &peer->events[peer->server_index];
    const uint8_t *data;
    size_t length;

    if (scripted_peer_awaits_tls(peer)) {
        *info = &event->tls->info;
        peer->handshakes++;
        peer->server_index++;
        scripted_peer_tick(peer, now_ms);
        return event->tls->error;
    }
    switch (scripted_peer_offer(peer, &data, &length)) {
    case PEER_OFFER_DATA:
        /* No TLS record. */
        return POSTINO_ERROR_TLS_HANDSHAKE;
    case PEER_OFFER_EOF:
        return POSTINO_ERROR_CLOSED;
    case PEER_OFFER_RESET:
        return POSTINO_ERROR_RECEIVE;
    default:
        return 1;
    }
}

int scripted_peer_handshake(struct scripted_peer *peer, uint32_t *now_ms, uint32_t timeout_ms,
                            const struct postino_tls_info **info)
{
    static const struct postino_tls_info nothing = {.text = ""};

    *info = &nothing;
    for (;;) {
        int status = peer_handshake_now(peer, *now_ms, info);
        uint32_t pause_ms = scripted_peer_pause_ms(peer, *now_ms);

        if (status <= 0) {
            return status;
        }
        if (pause_ms >= timeout_ms) {
            *now_ms += timeout_ms;
            return POSTINO_ERROR_TIMEOUT;
        }
        timeout_ms -= pause_ms;
        *now_ms += pause_ms;
        scripted_peer_tick(peer, *now_ms);
    }
}

uint32_t scripted_peer_pause_ms(const struct scripted_peer *peer, uint32_t now_ms)
{
    uint32_t elapsed_ms = (uint32_t)(now_ms - peer->pause_start_ms);

    if (!peer->pausing) {
        return UINT32_MAX;
    }
    return elapsed_ms < peer->events[peer->server_index].delay_ms
               ? peer->events[peer->server_index].delay_ms - elapsed_ms
               : 0;
}

int scripted_peer_heard_all(const struct scripted_peer *peer)
{
    size_t i;

    for (i = peer->client_index; i < peer->count; i++) {
        if (peer->events[i].kind == PEER_CLIENT) {
            return 0;
        }
    }
    for (i = peer->server_index; i < peer->count; i++) {
        if (peer->events[i].kind == PEER_TLS) {
            return 0;
        }
    }
    return 1;
}
