/* SPDX-License-Identifier: MIT */
/* Invariant: it adds nothing to the backend. */
#include "backend.h"

#include "postino/tls_openssl.h"

static struct postino_tls_openssl tls;

const int backend_has_1_3 = 1;

int backend_init(struct postino_transport *inner, const struct postino_tls_config *config)
{
    return postino_tls_openssl_init(&tls, inner, config);
}

struct postino_transport *backend_transport(void)
{
    return &tls.transport;
}

void backend_end(void)
{
    postino_tls_openssl_end(&tls);
}
