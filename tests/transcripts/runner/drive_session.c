/* SPDX-License-Identifier: MIT */
/* Replays over the bare session: a port that is only a clock and a scripted peer. */
#include "drive.h"

#include <stdlib.h>
#include <string.h>

#define DRIVE_TURNS_SPARE 1000

struct drive_port {
    struct drive *drive;
    struct scripted_peer peer;
    uint32_t now_ms;
    int shakes; /* the handshake has begun */
};

/* Fetches octets into memory of exactly the capacity, so that a checker of accesses sees one too many. */
static void port_send(struct drive_port *port)
{
    size_t capacity = port->drive->plan.capacity_octets;
    uint8_t *out = malloc(capacity);
    size_t length;

    if (out == NULL) {
        abort();
    }
    length = postino_session_output(&port->drive->session, out, capacity, port->now_ms);
    if (length > capacity) {
        drive_find(port->drive, "output() wrote more than it may");
        length = capacity;
    }
    drive_check_mask(port->drive, &port->peer, length, postino_session_is_secret(&port->drive->session));
    scripted_peer_take(&port->peer, out, length, port->now_ms);
    free(out);
}

/* Returns 1 when something came. */
static int port_receive(struct drive_port *port)
{
    const uint8_t *data;
    size_t length;
    uint8_t *copy;

    switch (scripted_peer_offer(&port->peer, &data, &length)) {
    case PEER_OFFER_DATA:
        copy = malloc(length);
        if (copy == NULL) {
            abort();
        }
        memcpy(copy, data, length);
        postino_session_input(&port->drive->session, copy, length, port->now_ms);
        free(copy);
        scripted_peer_give(&port->peer, length, port->now_ms);
        return 1;
    case PEER_OFFER_EOF:
        postino_session_lost(&port->drive->session, POSTINO_ERROR_CLOSED, 0);
        return 1;
    case PEER_OFFER_RESET:
        postino_session_lost(&port->drive->session, POSTINO_ERROR_RECEIVE, 0);
        return 1;
    default:
        return 0;
    }
}

/* Lets time pass: to the server's next octets, or to the session's deadline. Returns 0 when it would pass for
 * ever. */
static int port_wait(struct drive_port *port)
{
    struct drive *drive = port->drive;
    uint32_t wait_ms = postino_session_wait_ms(&drive->session, port->now_ms);
    uint32_t pause_ms = scripted_peer_pause_ms(&port->peer, port->now_ms);

    if (wait_ms == UINT32_MAX && pause_ms == UINT32_MAX) {
        return 0;
    }
    port->now_ms += pause_ms < wait_ms ? pause_ms : wait_ms;
    drive->elapsed_ms += pause_ms < wait_ms ? pause_ms : wait_ms;
    scripted_peer_tick(&port->peer, port->now_ms);
    postino_session_tick(&drive->session, port->now_ms);
    return 1;
}

/* The handshake, which does not block: the session's own limit ends it. Octets that arrived in clear text
 * go to the session first. Returns 0 when the session hangs. */
static int port_start_tls(struct drive_port *port)
{
    struct drive *drive = port->drive;
    const struct postino_tls_info *info;
    const uint8_t *data;
    size_t length;
    int error;

    if (!port->shakes && port_receive(port)) {
        return 1;
    }
    port->shakes = 1;
    if (!scripted_peer_awaits_tls(&port->peer) &&
        scripted_peer_offer(&port->peer, &data, &length) == PEER_OFFER_NOTHING) {
        return port_wait(port);
    }
    error = scripted_peer_handshake(&port->peer, &port->now_ms, 0, &info);
    if (error == 0) {
        postino_session_tls_started(&drive->session, info, port->now_ms);
    } else {
        postino_session_tls_failed(&drive->session, error, info->text);
    }
    return 1;
}

/* One turn of the loop that session.h shows. Returns 0 when the session hangs. */
static int port_turn(struct drive_port *port, unsigned want)
{
    struct drive *drive = port->drive;
    const struct transcript *transcript = drive->transcript;

    if (want & POSTINO_WANT_START_TLS) {
        return port_start_tls(port);
    }
    if ((want & POSTINO_WANT_MAIL) && !(transcript->linger && drive->submitted != 0)) {
        drive_submit_next(drive);
        return 1;
    }
    if ((want & POSTINO_WANT_RECEIVE) && transcript->read_first && port_receive(port)) {
        return 1;
    }
    if (want & POSTINO_WANT_SEND) {
        port_send(port);
        return 1;
    }
    if ((want & POSTINO_WANT_RECEIVE) == 0) {
        drive_find(drive, "the session wants nothing");
        return 0;
    }
    if (port_receive(port) || drive_release_sources(drive) || port_wait(port)) {
        return 1;
    }
    if (want & POSTINO_WANT_MAIL) {
        drive_submit_next(drive);
        return 1;
    }
    drive_find(drive, "the session waits for ever");
    return 0;
}

/* Every turn moves an octet, a mail, or the clock to something that is due: more turns than that are a loop.
 */
static size_t port_turns_max(const struct transcript *transcript)
{
    size_t turns = DRIVE_TURNS_SPARE;
    size_t i;

    for (i = 0; i < transcript->event_count; i++) {
        turns += 4 + 2 * transcript->events[i].length_octets;
    }
    return turns;
}

void drive_over_session(struct drive *drive)
{
    struct drive_port port = {0};
    size_t turns_max = port_turns_max(drive->transcript);
    unsigned want;
    size_t turns = 0;

    port.drive = drive;
    port.now_ms = drive->plan.start_ms;
    scripted_peer_init(&port.peer, drive->transcript->events, drive->transcript->event_count, port.now_ms);
    port.peer.piece_octets = drive->plan.piece_octets;
    port.peer.split_octets = drive->plan.split_octets;
    port.peer.interruptible = drive->transcript->interrupts;
    if (postino_session_init(&drive->session, &drive->config, port.now_ms) != 0) {
        drive_find(drive, "init refused the configuration");
        return;
    }
    if (scripted_peer_awaits_tls(&port.peer)) {
        (void)port_start_tls(&port);
    }
    if (drive->plan.together) {
        drive_submit_all(drive);
    }
    while (((want = postino_session_want(&drive->session)) & POSTINO_WANT_CLOSED) == 0) {
        if (turns++ == turns_max) {
            drive_find(drive, "it never ends");
            return;
        }
        if (drive->on_turn != NULL) {
            drive->on_turn(&drive->session);
        }
        if (!port_turn(&port, want)) {
            return;
        }
    }
    drive->graceful = (want & POSTINO_WANT_GRACEFUL) != 0;
    postino_session_lost(&drive->session, 0, 0);
    drive_judge(drive, &port.peer);
}
