/* SPDX-License-Identifier: MIT */
#ifndef BACKEND_H
#define BACKEND_H

#include "postino/tls.h"

/* The TLS backend that is tested: there is a file for each. */

/* Returns the transport, prepared over `inner`; NULL: it failed. */
struct postino_transport *backend_init(struct postino_transport *inner,
                                       const struct postino_tls_config *config);
void backend_end(void);

/* The memory that we own in it, from 0 on; *octets: how much. NULL: there is no more. */
const void *backend_memory(unsigned index, size_t *octets);
/* Has the keys of the session that is kept for the next connection; *octets: how many. NULL: they cannot be
 * seen. */
const uint8_t *backend_keys(size_t *octets);

#endif
