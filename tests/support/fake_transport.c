/* SPDX-License-Identifier: MIT */
/* Time passes only in wait() and connect(), and only to the next event. */
#include "fake_transport.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAKE_CAPACITY_OCTETS 4096
#define FAKE_CALLS_MAX       100000 /* more than any script needs: a loop */

static struct fake_transport *fake_of(struct postino_transport *transport)
{
    return (struct fake_transport *)(void *)transport;
}

static void fake_breach(struct fake_transport *fake, const char *what)
{
    if (fake->breach[0] == '\0') {
        (void)snprintf(fake->breach, sizeof fake->breach, "%s", what);
    }
}

/* An AGAIN that is due; counts it. */
static int fake_says_again(uint32_t *times)
{
    if (*times == 0) {
        return 0;
    }
    if (*times != FAKE_FOR_EVER) {
        (*times)--;
    }
    return 1;
}

static void fake_drop_receive_buffer(struct fake_transport *fake)
{
    if (fake->receive_buffer != NULL) {
        free(fake->receive_buffer);
        fake->receive_buffer = NULL;
        fake->live_buffers--;
    }
}

static void fake_drop_send_buffer(struct fake_transport *fake)
{
    if (fake->send_buffer != NULL) {
        free(fake->send_buffer);
        fake->send_buffer = NULL;
        fake->live_buffers--;
    }
}

static int fake_handshake(struct fake_transport *fake, uint32_t timeout_ms)
{
    const struct postino_tls_info *info;
    int error = scripted_peer_handshake(&fake->peer, &fake->now_ms, timeout_ms, &info);

    fake->tls = *info;
    return error;
}

static int fake_start_tls(struct postino_transport *transport, uint32_t timeout_ms)
{
    struct fake_transport *fake = fake_of(transport);

    fake_drop_receive_buffer(fake);
    if (!fake->open || transport->unsent_octets != 0 || fake->tls.version != NULL) {
        fake_breach(fake, "start_tls() while closed, with octets unsent, or again");
        return POSTINO_ERROR_STATE;
    }
    return fake_handshake(fake, timeout_ms);
}

static const struct postino_tls_info *fake_tls(struct postino_transport *transport)
{
    return &fake_of(transport)->tls;
}

static int fake_connect(struct postino_transport *transport, uint32_t timeout_ms)
{
    struct fake_transport *fake = fake_of(transport);

    if (fake->open) {
        fake_breach(fake, "connect() while open");
    }
    transport->unsent_octets = 0;
    fake->connects++;
    if (fake->connect_ms > timeout_ms) {
        fake->now_ms += timeout_ms;
        return POSTINO_ERROR_CONNECT_TIMEOUT;
    }
    fake->now_ms += fake->connect_ms;
    if (fake->connect_error != 0) {
        return fake->connect_error;
    }
    if (fake->connected != NULL) {
        fake->connected(fake, fake->connected_context);
    }
    fake->open = 1;
    fake->broken = 0;
    scripted_peer_tick(&fake->peer, fake->now_ms);
    fake->tls = (struct postino_tls_info){.text = ""};
    if (transport->methods->start_tls != NULL && scripted_peer_awaits_tls(&fake->peer)) {
        int error = fake_handshake(fake, timeout_ms);

        fake->open = error == 0;
        return error;
    }
    return 0;
}

static int fake_reserve(struct postino_transport *transport, uint8_t **buffer, size_t *capacity_octets)
{
    struct fake_transport *fake = fake_of(transport);
    uint32_t call = fake->reserves++;

    fake_drop_receive_buffer(fake);
    if (!fake->open || transport->unsent_octets != 0) {
        fake_breach(fake, "reserve() while closed or with octets unsent");
        return POSTINO_ERROR_SEND;
    }
    if (call > FAKE_CALLS_MAX) {
        fake_breach(fake, "reserve() without end");
        return POSTINO_ERROR_BUFFER;
    }
    if (fake->reserve_error != 0 && call == fake->reserve_error_call) {
        return fake->reserve_error;
    }
    if (fake_says_again(&fake->reserve_again)) {
        return POSTINO_AGAIN;
    }
    if (fake->send_buffer == NULL) {
        fake->send_capacity = fake->capacity_octets != 0 ? fake->capacity_octets : FAKE_CAPACITY_OCTETS;
        fake->send_buffer = malloc(fake->send_capacity);
        if (fake->send_buffer == NULL) {
            return POSTINO_ERROR_BUFFER;
        }
        memset(fake->send_buffer, 0xEE, fake->send_capacity);
        fake->live_buffers++;
    }
    fake->send_offset = 0;
    *buffer = fake->send_buffer;
    *capacity_octets = fake->send_capacity;
    return 0;
}

/* How many octets of those unsent the network takes in this call. */
static size_t fake_room(const struct fake_transport *fake)
{
    size_t room = fake->transport.unsent_octets;
    size_t taken = fake->peer.taken_octets;

    if (fake->short_octets != 0 && room > fake->short_octets) {
        room = fake->short_octets;
    }
    if (fake->stall_octets != 0 && room + taken > fake->stall_octets) {
        room = taken < fake->stall_octets ? fake->stall_octets - taken : 0;
    }
    if (fake->cuts && room + taken > fake->cut_octets) {
        room = taken < fake->cut_octets ? fake->cut_octets - taken : 0;
    }
    return room;
}

static int fake_send(struct postino_transport *transport, size_t length_octets)
{
    struct fake_transport *fake = fake_of(transport);
    size_t room;

    fake_drop_receive_buffer(fake);
    if (!fake->open || fake->send_buffer == NULL || (length_octets == 0) != (transport->unsent_octets != 0) ||
        length_octets > fake->send_capacity) {
        fake_breach(fake, "send() without a buffer, of too much, or of nothing");
        return POSTINO_ERROR_SEND;
    }
    transport->unsent_octets += length_octets;
    fake->handed_octets += length_octets;
    if (fake->broken) {
        return POSTINO_ERROR_SEND;
    }
    if (fake_says_again(&fake->send_again)) {
        return POSTINO_AGAIN;
    }
    room = fake_room(fake);
    scripted_peer_take(&fake->peer, fake->send_buffer + fake->send_offset, room, fake->now_ms);
    fake->send_offset += room;
    transport->unsent_octets -= room;
    if (transport->unsent_octets == 0) {
        fake_drop_send_buffer(fake);
        return 0;
    }
    if (fake->cuts && fake->peer.taken_octets == fake->cut_octets) {
        fake->broken = 1;
        if (fake->vague) {
            transport->unsent_octets = 0;
            fake_drop_send_buffer(fake);
        }
        return POSTINO_ERROR_SEND;
    }
    return POSTINO_AGAIN;
}

static int fake_receive(struct postino_transport *transport, const uint8_t **data, size_t *length_octets)
{
    struct fake_transport *fake = fake_of(transport);
    const uint8_t *octets = NULL;
    size_t length = 0;

    fake_drop_receive_buffer(fake);
    if (!fake->open) {
        fake_breach(fake, "receive() while closed");
        return POSTINO_ERROR_RECEIVE;
    }
    /* The server's octets arrive while time passes. */
    scripted_peer_tick(&fake->peer, fake->now_ms);
    switch (scripted_peer_offer(&fake->peer, &octets, &length)) {
    case PEER_OFFER_EOF:
        return POSTINO_ERROR_CLOSED;
    case PEER_OFFER_RESET:
        fake->broken = 1;
        return POSTINO_ERROR_RECEIVE;
    case PEER_OFFER_NOTHING:
        return fake->broken ? POSTINO_ERROR_CLOSED : POSTINO_AGAIN;
    default:
        break;
    }
    fake->receive_buffer = malloc(length);
    if (fake->receive_buffer == NULL) {
        return POSTINO_ERROR_RECEIVE;
    }
    fake->live_buffers++;
    memcpy(fake->receive_buffer, octets, length);
    scripted_peer_give(&fake->peer, length, fake->now_ms);
    *data = fake->receive_buffer;
    *length_octets = length;
    return 0;
}

static int fake_ready(struct fake_transport *fake, unsigned events)
{
    const uint8_t *data;
    size_t length;

    if (fake->broken) {
        return 1;
    }
    if ((events & POSTINO_EVENT_READ) &&
        scripted_peer_offer(&fake->peer, &data, &length) != PEER_OFFER_NOTHING) {
        return 1;
    }
    if (!(events & POSTINO_EVENT_WRITE) || fake->send_again == FAKE_FOR_EVER ||
        fake->reserve_again == FAKE_FOR_EVER) {
        return 0;
    }
    return fake->stall_octets == 0 || fake->peer.taken_octets < fake->stall_octets;
}

static int fake_wait(struct postino_transport *transport, unsigned events, uint32_t timeout_ms)
{
    struct fake_transport *fake = fake_of(transport);
    uint32_t pause_ms;

    fake_drop_receive_buffer(fake);
    fake->waits++;
    if (!fake->open || events == 0) {
        fake_breach(fake, "wait() while closed or for nothing");
        return POSTINO_ERROR_RECEIVE;
    }
    if (fake->waits > FAKE_CALLS_MAX) {
        fake_breach(fake, "wait() without end");
        return POSTINO_ERROR_RECEIVE;
    }
    if (fake->wait_error != 0) {
        return fake->wait_error;
    }
    if (timeout_ms != UINT32_MAX && timeout_ms > fake->longest_wait_ms) {
        fake->longest_wait_ms = timeout_ms;
    }
    if (fake_ready(fake, events) || (fake->wait_idles && fake->waits % 2 != 0) ||
        (fake->idle != NULL && fake->idle(fake->idle_context))) {
        return 0;
    }
    pause_ms = scripted_peer_pause_ms(&fake->peer, fake->now_ms);
    if (timeout_ms == UINT32_MAX && pause_ms == UINT32_MAX) {
        fake->waited_for_ever = 1;
        return POSTINO_ERROR_RECEIVE;
    }
    fake->now_ms += pause_ms < timeout_ms ? pause_ms : timeout_ms;
    scripted_peer_tick(&fake->peer, fake->now_ms);
    return 0;
}

static void fake_close(struct postino_transport *transport, int graceful)
{
    struct fake_transport *fake = fake_of(transport);

    if (!fake->open) {
        fake->closes_idle++;
    } else if (graceful) {
        fake->closes_graceful++;
    } else {
        fake->closes_abort++;
    }
    fake->open = 0;
    fake_drop_send_buffer(fake);
    fake_drop_receive_buffer(fake);
}

static uint32_t fake_now_ms(struct postino_transport *transport)
{
    return fake_of(transport)->now_ms;
}

static const struct postino_transport_class fake_methods = {
    .connect = fake_connect,
    .reserve = fake_reserve,
    .send = fake_send,
    .receive = fake_receive,
    .wait = fake_wait,
    .close = fake_close,
    .now_ms = fake_now_ms,
};

static const struct postino_transport_class fake_tls_methods = {
    .connect = fake_connect,
    .reserve = fake_reserve,
    .send = fake_send,
    .receive = fake_receive,
    .wait = fake_wait,
    .close = fake_close,
    .now_ms = fake_now_ms,
    .start_tls = fake_start_tls,
    .tls = fake_tls,
};

void fake_transport_offer_tls(struct fake_transport *fake)
{
    fake->transport.methods = &fake_tls_methods;
}

void fake_transport_init(struct fake_transport *fake, const struct peer_event *events, size_t count,
                         uint32_t now_ms)
{
    memset(fake, 0, sizeof *fake);
    fake->now_ms = now_ms;
    fake->transport.methods = &fake_methods;
    scripted_peer_init(&fake->peer, events, count, now_ms);
}

void fake_transport_free(struct fake_transport *fake)
{
    fake_drop_send_buffer(fake);
    fake_drop_receive_buffer(fake);
}
