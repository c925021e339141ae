/* SPDX-License-Identifier: MIT */
#include "backend.h"
#include "tls_internal.h"

static struct postino_tls_mbedtls tls;

struct postino_transport *backend_init(struct postino_transport *inner,
                                       const struct postino_tls_config *config)
{
    return postino_tls_mbedtls_init(&tls, inner, config) == 0 ? &tls.transport : NULL;
}

void backend_end(void)
{
    postino_tls_mbedtls_end(&tls);
}

const void *backend_memory(unsigned index, size_t *octets)
{
    *octets = index == 0 ? sizeof tls : sizeof(struct tls_state);
    return index == 0 ? &tls : index == 1 ? tls.state : NULL;
}

const uint8_t *backend_keys(size_t *octets)
{
    struct tls_state *state = tls.state;

    *octets = sizeof state->session.TLS_PRIVATE(master);
    return state->resumable ? state->session.TLS_PRIVATE(master) : NULL;
}
