/* SPDX-License-Identifier: MIT */
/* The pump over the fake transport: one call after the other, as the blocking client makes them. */
#include "drive.h"

#include "fake_transport.h"
#include "postino/pump.h"

static int pump_idle(void *context)
{
    return drive_release_sources(context);
}

static void pump_run(struct drive *drive, struct fake_transport *fake)
{
    if (drive->plan.together) {
        drive_submit_all(drive);
        (void)postino_pump(&drive->session, &fake->transport, 0);
        return;
    }
    for (;;) {
        int listens = drive->transcript->linger && drive->submitted == 1;
        unsigned until = listens || drive->submitted > drive->transcript->mail_count ? 0 : POSTINO_WANT_MAIL;

        (void)postino_pump(&drive->session, &fake->transport, until);
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
    struct fake_transport fake;

    fake_transport_init(&fake, drive->transcript->events, drive->transcript->event_count,
                        drive->plan.start_ms);
    fake.peer.interruptible = drive->transcript->interrupts;
    fake.peer.piece_octets = drive->plan.piece_octets;
    fake.peer.split_octets = drive->plan.split_octets;
    fake.capacity_octets = drive->plan.capacity_octets;
    if (drive->plan.idles) {
        fake.wait_idles = 1;
        fake.send_again = 5;
        fake.short_octets = 3;
    }
    if (drive->transcript->has_tls) {
        fake_transport_offer_tls(&fake);
    }
    fake.idle = pump_idle;
    fake.idle_context = drive;
    if (fake.transport.methods->connect(&fake.transport, 1000) != 0 ||
        postino_session_init(&drive->session, &drive->config, fake.now_ms) != 0) {
        drive_find(drive, "init refused the configuration");
        return;
    }
    if (fake.transport.methods->tls != NULL &&
        fake.transport.methods->tls(&fake.transport)->version != NULL) {
        postino_session_tls_started(&drive->session, fake.transport.methods->tls(&fake.transport),
                                    fake.now_ms);
    }
    pump_run(drive, &fake);
    drive->elapsed_ms = fake.now_ms - drive->plan.start_ms;
    drive->graceful = fake.closes_graceful != 0;
    pump_judge_transport(drive, &fake);
    drive_judge(drive, &fake.peer);
    fake_transport_free(&fake);
}
