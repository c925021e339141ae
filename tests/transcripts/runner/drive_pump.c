/* SPDX-License-Identifier: MIT */
/* Replays over the pump and the fake transport: one call after the other, as the blocking client makes
 * them. */
#include "drive.h"

#include "fake_transport.h"
#include "postino/pump.h"
#include "postino/trace.h"

/* The pump runs over the fake transport with a trace around it. */
struct pump_way {
    struct drive *drive;
    struct fake_transport fake;
    struct postino_trace_transport trace;
    size_t traced_octets; /* from the server */
};

static int pump_idle(void *context)
{
    return drive_release_sources(context);
}

static void pump_trace(void *context, enum postino_direction direction, const uint8_t *data,
                       size_t length_octets)
{
    struct pump_way *way = context;

    if (direction == POSTINO_DIRECTION_SERVER) {
        way->traced_octets += length_octets;
    } else if (data != NULL) {
        drive_check_mask(way->drive, &way->fake.peer, length_octets, 0);
    } else {
        drive_check_mask(way->drive, &way->fake.peer, 1, 1);
    }
}

static void pump_run(struct drive *drive, struct postino_transport *transport)
{
    if (drive->plan.together) {
        drive_submit_all(drive);
        (void)postino_pump(&drive->session, transport, 0);
        return;
    }
    for (;;) {
        int listens = drive->transcript->linger && drive->submitted == 1;
        unsigned until = listens || drive->submitted > drive->transcript->mail_count ? 0 : POSTINO_WANT_MAIL;

        (void)postino_pump(&drive->session, transport, until);
        if (postino_session_want(&drive->session) & POSTINO_WANT_CLOSED) {
            return;
        }
        drive_submit_next(drive);
    }
}

static void pump_judge_transport(struct drive *drive, const struct fake_transport *fake)
{
    if (fake->breach[0] != '\0') {
        drive_find(drive, "transport: %s", fake->breach);
    }
    if (fake->waited_for_ever) {
        drive_find(drive, "the pump waits for ever");
    }
    if (fake->live_buffers != 0) {
        drive_find(drive, "%u buffers were not given back", fake->live_buffers);
    }
    if (fake->closes_graceful + fake->closes_abort != 1) {
        drive_find(drive, "the connection was closed %u times", fake->closes_graceful + fake->closes_abort);
    }
}

void drive_over_pump(struct drive *drive)
{
    struct pump_way way = {.drive = drive};
    struct fake_transport *fake = &way.fake;
    struct postino_transport *transport = &way.trace.transport;
    const struct postino_tls_info *tls;

    fake_transport_init(fake, drive->transcript->events, drive->transcript->event_count,
                        drive->plan.start_ms);
    fake->peer.interruptible = drive->transcript->interrupts;
    fake->peer.piece_octets = drive->plan.piece_octets;
    fake->peer.split_octets = drive->plan.split_octets;
    fake->capacity_octets = drive->plan.capacity_octets;
    if (drive->plan.idles) {
        fake->wait_idles = 1;
        fake->send_again = 5;
        fake->short_octets = 3;
    }
    if (drive->transcript->has_tls) {
        fake_transport_offer_tls(fake);
    }
    fake->idle = pump_idle;
    fake->idle_context = drive;
    postino_trace_transport_init(&way.trace, &fake->transport, &drive->session, pump_trace, &way);
    if (transport->methods->connect(transport, 1000) != 0 ||
        postino_session_init(&drive->session, &drive->config, fake->now_ms) != 0) {
        drive_find(drive, "init refused the configuration");
        return;
    }
    tls = transport->methods->tls(transport);
    if (tls != NULL && tls->version != NULL) {
        postino_session_tls_started(&drive->session, tls, fake->now_ms);
    }
    pump_run(drive, transport);
    drive->elapsed_ms = fake->now_ms - drive->plan.start_ms;
    drive->graceful = fake->closes_graceful != 0;
    pump_judge_transport(drive, fake);
    if (way.traced_octets != fake->peer.given_octets) {
        drive_find(drive, "the trace shows %lu octets of the server", (unsigned long)way.traced_octets);
    }
    drive_judge(drive, &fake->peer);
    fake_transport_free(fake);
}
