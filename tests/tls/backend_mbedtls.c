/* SPDX-License-Identifier: MIT */
/* Invariant: it adds nothing to the backend; the end is called twice, for that is allowed. */
#include "backend.h"

#include "postino/tls_mbedtls.h"

static struct postino_tls_mbedtls tls;

const int backend_has_1_3 = 0;

int backend_init(struct postino_transport *inner, const struct postino_tls_config *config)
{
    return postino_tls_mbedtls_init(&tls, inner, config);
}

struct postino_transport *backend_transport(void)
{
    return &tls.transport;
}

void backend_end(void)
{
    postino_tls_mbedtls_end(&tls);
    postino_tls_mbedtls_end(&tls);
}
