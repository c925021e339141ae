/* SPDX-License-Identifier: MIT */
/* Invariant: octets arrive at the inner transport in order, in pieces of any size. Lent octets are
 * overwritten as soon as the contract allows it. */
#include "narrow_transport.h"

#include <string.h>

static struct narrow_transport *narrow_of(struct postino_transport *transport)
{
    return (struct narrow_transport *)transport;
}

/* Lent octets are valid until the next call of any kind. */
static void narrow_spoil(struct narrow_transport *narrow)
{
    memset(narrow->received, 0xA5, sizeof narrow->received);
}

static int narrow_refuses(struct narrow_transport *narrow, unsigned call)
{
    return narrow->octets != 0 && narrow->calls[call]++ % 2 != 0;
}

static int narrow_connect(struct postino_transport *transport, uint32_t timeout_ms)
{
    struct narrow_transport *narrow = narrow_of(transport);

    transport->unsent_octets = 0;
    narrow->lent_octets = 0;
    return narrow->inner->methods->connect(narrow->inner, timeout_ms);
}

static int narrow_reserve(struct postino_transport *transport, uint8_t **buffer, size_t *capacity_octets)
{
    struct narrow_transport *narrow = narrow_of(transport);

    narrow_spoil(narrow);
    if (transport->unsent_octets != 0)
        return POSTINO_ERROR_STATE;
    if (narrow->octets == 0)
        return narrow->inner->methods->reserve(narrow->inner, buffer, capacity_octets);
    if (narrow_refuses(narrow, 0))
        return POSTINO_AGAIN;
    *buffer = narrow->buffer;
    *capacity_octets = narrow->octets;
    return 0;
}

static int narrow_send(struct postino_transport *transport, size_t length_octets)
{
    struct narrow_transport *narrow = narrow_of(transport);
    struct postino_transport *inner = narrow->inner;
    uint8_t *buffer;
    size_t capacity;
    int status;

    narrow_spoil(narrow);
    if (narrow->octets == 0) {
        status = inner->methods->send(inner, length_octets);
        transport->unsent_octets = inner->unsent_octets;
        return status;
    }
    if (length_octets != 0) {
        narrow->offset_octets = 0;
        transport->unsent_octets = length_octets;
    }
    if (inner->unsent_octets != 0)
        return inner->methods->send(inner, 0);
    if (narrow_refuses(narrow, 1))
        return POSTINO_AGAIN;
    status = inner->methods->reserve(inner, &buffer, &capacity);
    if (status != 0)
        return status;
    /* Half of it, so that a rest is left. */
    capacity = (transport->unsent_octets + 1) / 2;
    memcpy(buffer, narrow->buffer + narrow->offset_octets, capacity);
    narrow->offset_octets += capacity;
    transport->unsent_octets -= capacity;
    status = inner->methods->send(inner, capacity);
    return status == 0 && transport->unsent_octets != 0 ? POSTINO_AGAIN : status;
}

static int narrow_receive(struct postino_transport *transport, const uint8_t **data, size_t *length_octets)
{
    struct narrow_transport *narrow = narrow_of(transport);
    int status;

    if (narrow->octets == 0)
        return narrow->inner->methods->receive(narrow->inner, data, length_octets);
    narrow_spoil(narrow);
    if (narrow_refuses(narrow, 2))
        return POSTINO_AGAIN;
    if (narrow->lent_octets == 0) {
        status = narrow->inner->methods->receive(narrow->inner, &narrow->lent, &narrow->lent_octets);
        if (status != 0) {
            narrow->lent_octets = 0;
            return status;
        }
    }
    *length_octets = narrow->lent_octets < narrow->octets ? narrow->lent_octets : narrow->octets;
    memcpy(narrow->received, narrow->lent, *length_octets);
    narrow->lent += *length_octets;
    narrow->lent_octets -= *length_octets;
    *data = narrow->received;
    return 0;
}

static int narrow_wait(struct postino_transport *transport, unsigned events, uint32_t timeout_ms)
{
    struct narrow_transport *narrow = narrow_of(transport);

    narrow_spoil(narrow);
    if (narrow->impatient && narrow->calls[3]++ % 2 != 0)
        return POSTINO_AGAIN;
    return narrow->lent_octets != 0 ? 0 : narrow->inner->methods->wait(narrow->inner, events, timeout_ms);
}

static void narrow_close(struct postino_transport *transport, int graceful)
{
    struct narrow_transport *narrow = narrow_of(transport);

    narrow->inner->methods->close(narrow->inner, graceful);
}

static uint32_t narrow_now_ms(struct postino_transport *transport)
{
    struct narrow_transport *narrow = narrow_of(transport);

    return narrow->inner->methods->now_ms(narrow->inner);
}

static const struct postino_transport_class narrow_methods = {
    .connect = narrow_connect,
    .reserve = narrow_reserve,
    .send = narrow_send,
    .receive = narrow_receive,
    .wait = narrow_wait,
    .close = narrow_close,
    .now_ms = narrow_now_ms,
};

void narrow_transport_init(struct narrow_transport *narrow, struct postino_transport *inner, size_t octets)
{
    memset(narrow, 0, sizeof *narrow);
    narrow->transport.methods = &narrow_methods;
    narrow->inner = inner;
    narrow->octets = octets < NARROW_OCTETS_MAX ? octets : NARROW_OCTETS_MAX;
}
