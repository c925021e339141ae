/* SPDX-License-Identifier: MIT */
#include "dkim_key.h"
#include "postino/dkim_openssl.h"

static struct postino_dkim_openssl key;

const struct postino_dkim_crypto *dkim_key_init(const char *pem, size_t length_octets, void **context)
{
    *context = &key;
    return postino_dkim_openssl_init(&key, pem, length_octets) == 0 ? &key.crypto : NULL;
}

void dkim_key_free(void)
{
    postino_dkim_openssl_free(&key);
}
