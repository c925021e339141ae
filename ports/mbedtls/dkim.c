/* SPDX-License-Identifier: MIT */
/* DKIM's crypto table in Mbed TLS. Invariant: both hashes are contexts that were set up, or NULL. */
#include "postino/dkim_mbedtls.h"

#include <string.h>

#include <mbedtls/md.h>
#include <mbedtls/pk.h>
#include <mbedtls/platform.h>
#include <mbedtls/version.h>

#if MBEDTLS_VERSION_NUMBER >= 0x04000000
#error "Mbed TLS 4 has another interface"
#endif

static int dkim_hash_start(void *context, unsigned which)
{
    struct postino_dkim_mbedtls *self = context;

    return mbedtls_md_starts(self->hashes[which]) == 0 ? 0 : -1;
}

static int dkim_hash_add(void *context, unsigned which, const uint8_t *data, size_t length_octets)
{
    struct postino_dkim_mbedtls *self = context;

    return mbedtls_md_update(self->hashes[which], data, length_octets) == 0 ? 0 : -1;
}

static int dkim_hash_end(void *context, unsigned which, uint8_t *hash)
{
    struct postino_dkim_mbedtls *self = context;

    return mbedtls_md_finish(self->hashes[which], hash) == 0 ? 0 : -1;
}

static int dkim_sign(void *context, const uint8_t *hash, uint8_t *signature, size_t *length_octets)
{
    struct postino_dkim_mbedtls *self = context;

#if MBEDTLS_VERSION_NUMBER < 0x03000000
    return mbedtls_pk_sign(self->key, MBEDTLS_MD_SHA256, hash, POSTINO_DKIM_HASH_OCTETS, signature,
                           length_octets, self->random, self->random_context) == 0
               ? 0
               : -1;
#else
    return mbedtls_pk_sign(self->key, MBEDTLS_MD_SHA256, hash, POSTINO_DKIM_HASH_OCTETS, signature,
                           POSTINO_DKIM_SIGNATURE_OCTETS, length_octets, self->random,
                           self->random_context) == 0
               ? 0
               : -1;
#endif
}

int postino_dkim_mbedtls_init(struct postino_dkim_mbedtls *self, struct mbedtls_pk_context *key,
                              int (*random)(void *context, unsigned char *output, size_t length_octets),
                              void *random_context)
{
    int i;

    if (self == NULL)
        return POSTINO_ERROR_ARGUMENT;
    memset(self, 0, sizeof *self);
    if (key == NULL || random == NULL || !mbedtls_pk_can_do(key, MBEDTLS_PK_RSA) ||
        mbedtls_pk_get_bitlen(key) < 1024 || mbedtls_pk_get_bitlen(key) > 8 * POSTINO_DKIM_SIGNATURE_OCTETS)
        return POSTINO_ERROR_ARGUMENT;
    for (i = 0; i < 2; i++) {
        mbedtls_md_context_t *hash = mbedtls_calloc(1, sizeof *hash);

        if (hash == NULL)
            return POSTINO_ERROR_CAPACITY;
        self->hashes[i] = hash;
        mbedtls_md_init(hash);
        if (mbedtls_md_setup(hash, mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), 0) != 0)
            return POSTINO_ERROR_CAPACITY;
    }
    self->key = key;
    self->random = random;
    self->random_context = random_context;
    self->crypto.hash_start = dkim_hash_start;
    self->crypto.hash_add = dkim_hash_add;
    self->crypto.hash_end = dkim_hash_end;
    self->crypto.sign = dkim_sign;
    self->crypto.algorithm = "rsa-sha256";
    return POSTINO_OK;
}

void postino_dkim_mbedtls_free(struct postino_dkim_mbedtls *self)
{
    int i;

    for (i = 0; i < 2; i++) {
        if (self->hashes[i] != NULL)
            mbedtls_md_free(self->hashes[i]);
        mbedtls_free(self->hashes[i]);
    }
    memset(self, 0, sizeof *self);
}
