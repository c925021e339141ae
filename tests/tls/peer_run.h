/* SPDX-License-Identifier: MIT */
#ifndef PEER_RUN_H
#define PEER_RUN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "backend.h"
#include "postino/client.h"
#include "tls_peer.h"

/* One client that sends to the peer of tls_peer.h through a backend. Set what is to be different in `peer`,
 * `config` and `limits` before peer_run_start(). */
struct peer_run {
    struct tls_peer peer;
    struct postino_transport way;     /* to the peer: beyond it fault_outside is set */
    struct postino_tls_config config; /* by the peer's name, and its certificate as ca_file */
    struct postino_time_limits limits;
    struct postino_client client;
    struct postino_mail mail;
    struct postino_recipient recipient;
    struct postino_memory_source source;
    const char *text; /* of the mail; NULL: a short one */
};

extern struct peer_run run;

/* Fixtures of cmocka: the peer. */
int peer_run_setup(void **state);
int peer_run_teardown(void **state);

/* The transport's description of the TLS connection. */
const struct postino_tls_info *peer_run_info(void);
/* Returns what the backend's or the client's init does. */
int peer_run_start(void);
/* Sends a mail. Returns what postino_client_send() does. */
int peer_run_send(void);
/* Says QUIT, closes, and ends the backend. */
void peer_run_end(void);

#endif
