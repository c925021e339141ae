/* SPDX-License-Identifier: MIT */
#ifndef NETX_TEST_TLS_WIRE_H
#define NETX_TEST_TLS_WIRE_H

/* The server of tests/secrets behind a loopback port, in a thread of its own, for one connection after the
 * other. It looks at every octet on the wire: from where TLS is set no octet may travel outside of a TLS
 * record. */

#include <pthread.h>

#include "tls_peer.h"

#define TLS_WIRE_MAILS 8 /* a message's first body line is "mail N" */

struct tls_wire {
    struct tls_peer peer;
    unsigned port;

    /* To be read and written between tls_wire_await() and the next connection. */
    unsigned arrived[TLS_WIRE_MAILS]; /* how often each mail arrived whole */
    unsigned in_clear;                /* connections on which an octet travelled in the clear that must not */
    unsigned unauthenticated;         /* mails that came without a password */

    /* private */
    int listener;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t ended_condition;
    unsigned ended; /* connections */
    unsigned mail;  /* that the message is in hand of */
    int encrypted;  /* from the next octet on */
    size_t record_octets;
    size_t header_octets;
    uint8_t header[5];
};

/* Returns 0, or -1. */
int tls_wire_start(struct tls_wire *wire);
void tls_wire_stop(struct tls_wire *wire);
/* Waits until so many connections ended since the start. Returns 1, or 0 after some seconds. */
int tls_wire_await(struct tls_wire *wire, unsigned connections);

#endif
