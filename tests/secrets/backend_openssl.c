/* SPDX-License-Identifier: MIT */
#include "backend.h"
#include "postino/tls_openssl.h"

static struct postino_tls_openssl tls;

struct postino_transport *backend_init(struct postino_transport *inner,
                                       const struct postino_tls_config *config)
{
    return postino_tls_openssl_init(&tls, inner, config) == 0 ? &tls.transport : NULL;
}

void backend_end(void)
{
    postino_tls_openssl_end(&tls);
}

const void *backend_memory(unsigned index, size_t *octets)
{
    *octets = sizeof tls;
    return index == 0 ? &tls : NULL;
}

/* OpenSSL's own. */
const uint8_t *backend_keys(size_t *octets)
{
    *octets = 0;
    return NULL;
}
