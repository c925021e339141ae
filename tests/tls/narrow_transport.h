/* SPDX-License-Identifier: MIT */
#ifndef NARROW_TRANSPORT_H
#define NARROW_TRANSPORT_H

#include "postino/transport.h"

#define NARROW_OCTETS_MAX 256

/* A transport over another one, that takes and lends few octets at a time, and on every second call none. */
struct narrow_transport {
    struct postino_transport transport;
    struct postino_transport *inner;
    size_t octets; /* at a time; 0: as the inner one does */
    unsigned
        calls[4];  /* of reserve, send, receive, wait: counted apart, or they could refuse in step for ever */
    int impatient; /* not 0: the patience of every second wait() is at an end */
    size_t offset_octets; /* of the buffer, sent already */
    const uint8_t *lent;
    size_t lent_octets;
    uint8_t buffer[NARROW_OCTETS_MAX];
    uint8_t received[NARROW_OCTETS_MAX];
};

void narrow_transport_init(struct narrow_transport *narrow, struct postino_transport *inner, size_t octets);

#endif
