/* SPDX-License-Identifier: MIT */
/* The crypto table of SASL mechanisms in Mbed TLS. Invariant: nothing is kept between two calls, and what
 * Mbed TLS's contexts held is wiped by mbedtls_md_free(). */
#include "postino/sasl_mbedtls.h"

#include <string.h>

#include <mbedtls/md.h>
#include <mbedtls/platform_util.h>

#include <mbedtls/version.h>

#if MBEDTLS_VERSION_NUMBER >= 0x04000000
#error "Mbed TLS 4 has another interface"
#endif
#if !defined(MBEDTLS_MD_C)
#error "Mbed TLS needs MBEDTLS_MD_C"
#endif

/* 3.x says MBEDTLS_MD_CAN_... of hashes that are in hardware alone. */
#if defined(MBEDTLS_MD5_C) || defined(MBEDTLS_MD_CAN_MD5)
#define SASL_MD5 (1 << POSTINO_HASH_MD5)
#else
#define SASL_MD5 0
#endif
#if defined(MBEDTLS_SHA1_C) || defined(MBEDTLS_MD_CAN_SHA1)
#define SASL_SHA1 (1 << POSTINO_HASH_SHA1)
#else
#define SASL_SHA1 0
#endif
#if defined(MBEDTLS_SHA256_C) || defined(MBEDTLS_MD_CAN_SHA256)
#define SASL_SHA256 (1 << POSTINO_HASH_SHA256)
#else
#define SASL_SHA256 0
#endif
#if defined(MBEDTLS_SHA512_C) || defined(MBEDTLS_MD_CAN_SHA512)
#define SASL_SHA512 (1 << POSTINO_HASH_SHA512)
#else
#define SASL_SHA512 0
#endif

/* NULL: Mbed TLS was built without it. */
static const mbedtls_md_info_t *sasl_info(unsigned hash)
{
    static const mbedtls_md_type_t types[] = {MBEDTLS_MD_MD5, MBEDTLS_MD_SHA1, MBEDTLS_MD_SHA256,
                                              MBEDTLS_MD_SHA512};

    return hash < sizeof types / sizeof types[0] ? mbedtls_md_info_from_type(types[hash]) : NULL;
}

/* Makes a context, `hmac` not 0: for the hash's HMAC; it is to be freed whatever is returned. Returns 0 or
 * an error. */
static int sasl_setup(mbedtls_md_context_t *digest, const mbedtls_md_info_t *info, int hmac)
{
    mbedtls_md_init(digest);
    return mbedtls_md_setup(digest, info, hmac);
}

static int sasl_random(void *context, uint8_t *out, size_t octets)
{
    const struct postino_sasl_mbedtls_random *source = context;

    if (source == NULL || source->random == NULL)
        return -1;
    return source->random(source->context, out, octets) == 0 ? 0 : -1;
}

static int sasl_hash(void *context, unsigned hash, const struct postino_span *spans, size_t count,
                     uint8_t *out)
{
    mbedtls_md_context_t digest;
    int status = sasl_setup(&digest, sasl_info(hash), 0);
    size_t i;

    (void)context;
    if (status == 0)
        status = mbedtls_md_starts(&digest);
    for (i = 0; i < count && status == 0; i++)
        status = mbedtls_md_update(&digest, spans[i].data, spans[i].length_octets);
    if (status == 0)
        status = mbedtls_md_finish(&digest, out);
    mbedtls_md_free(&digest);
    return status == 0 ? 0 : -1;
}

static int sasl_hmac(void *context, unsigned hash, const struct postino_span *key,
                     const struct postino_span *spans, size_t count, uint8_t *out)
{
    mbedtls_md_context_t digest;
    int status = sasl_setup(&digest, sasl_info(hash), 1);
    size_t i;

    (void)context;
    if (status == 0)
        status = mbedtls_md_hmac_starts(&digest, key->data, key->length_octets);
    for (i = 0; i < count && status == 0; i++)
        status = mbedtls_md_hmac_update(&digest, spans[i].data, spans[i].length_octets);
    if (status == 0)
        status = mbedtls_md_hmac_finish(&digest, out);
    mbedtls_md_free(&digest);
    return status == 0 ? 0 : -1;
}

/* One block of RFC 8018 section 5.2, with the key's pads made once. Mbed TLS's own needs MBEDTLS_PKCS5_C,
 * and has a name of its own in each version. */
static int sasl_pbkdf2(void *context, unsigned hash, const struct postino_span *password,
                       const struct postino_span *salt, uint32_t iterations, uint8_t *out)
{
    static const uint8_t block_number[] = {0, 0, 0, 1};
    uint8_t u[POSTINO_HASH_OCTETS_MAX] = {0};
    mbedtls_md_context_t digest;
    const mbedtls_md_info_t *info = sasl_info(hash);
    const size_t octets = info != NULL ? mbedtls_md_get_size(info) : 0;
    int status = sasl_setup(&digest, info, 1);
    uint32_t i;
    size_t j;

    (void)context;
    if (status == 0)
        status = mbedtls_md_hmac_starts(&digest, password->data, password->length_octets);
    if (status == 0)
        status = mbedtls_md_hmac_update(&digest, salt->data, salt->length_octets);
    if (status == 0)
        status = mbedtls_md_hmac_update(&digest, block_number, sizeof block_number);
    if (status == 0)
        status = mbedtls_md_hmac_finish(&digest, u);
    memcpy(out, u, octets);
    for (i = 1; i < iterations && status == 0; i++) {
        status = mbedtls_md_hmac_reset(&digest);
        if (status == 0)
            status = mbedtls_md_hmac_update(&digest, u, octets);
        if (status == 0)
            status = mbedtls_md_hmac_finish(&digest, u);
        for (j = 0; j < octets; j++)
            out[j] ^= u[j];
    }
    mbedtls_platform_zeroize(u, sizeof u);
    mbedtls_md_free(&digest);
    return status == 0 ? 0 : -1;
}

const struct postino_sasl_crypto postino_sasl_mbedtls = {.hashes =
                                                             SASL_MD5 | SASL_SHA1 | SASL_SHA256 | SASL_SHA512,
                                                         .random = sasl_random,
                                                         .hash = sasl_hash,
                                                         .hmac = sasl_hmac,
                                                         .pbkdf2 = sasl_pbkdf2};
