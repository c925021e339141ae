/* SPDX-License-Identifier: MIT */
#ifndef BACKEND_H
#define BACKEND_H

#include "postino/tls.h"

/* The TLS backend that a test program is linked with: one of backend_*.c, which hold one object of it. */

/* Not 0: it has TLS 1.3. */
extern const int backend_has_1_3;

/* Returns what the backend's own init does. `inner` and `config` are borrowed until the end. */
int backend_init(struct postino_transport *inner, const struct postino_tls_config *config);

/* The transport that speaks TLS; after a failed init it says why. */
struct postino_transport *backend_transport(void);

void backend_end(void);

#endif
