/* SPDX-License-Identifier: MIT */
/* Written to be read, not to be fast. The last pbkdf2 is kept, because a transcript asks for it hundreds
 * of times. */
#include "test_crypto.h"

#include <string.h>

static uint32_t rol(uint32_t x, unsigned n)
{
    return x << n | x >> (32 - n);
}

static uint32_t ror(uint32_t x, unsigned n)
{
    return x >> n | x << (32 - n);
}

/* The constants of MD5 and SHA-256 are the binary places of sines and roots; they are printed in RFC 1321 and
 * RFC 6234. */
static const uint32_t md5_k[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};
static const uint32_t sha256_k[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

struct state {
    uint32_t h[8];
    uint8_t block[64];
    size_t octets;
    unsigned hash;
};

static void md5_block(struct state *s)
{
    static const unsigned shifts[] = {7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21};
    uint32_t v[4];
    uint32_t w[16];
    unsigned i;

    for (i = 0; i < 16; i++)
        w[i] = s->block[4 * i] | (uint32_t)s->block[4 * i + 1] << 8 | (uint32_t)s->block[4 * i + 2] << 16 |
               (uint32_t)s->block[4 * i + 3] << 24;
    memcpy(v, s->h, sizeof v);
    for (i = 0; i < 64; i++) {
        uint32_t f;
        unsigned g;

        if (i < 16) {
            f = (v[1] & v[2]) | (~v[1] & v[3]);
            g = i;
        } else if (i < 32) {
            f = (v[3] & v[1]) | (~v[3] & v[2]);
            g = (5 * i + 1) % 16;
        } else if (i < 48) {
            f = v[1] ^ v[2] ^ v[3];
            g = (3 * i + 5) % 16;
        } else {
            f = v[2] ^ (v[1] | ~v[3]);
            g = 7 * i % 16;
        }
        f += v[0] + md5_k[i] + w[g];
        v[0] = v[3];
        v[3] = v[2];
        v[2] = v[1];
        v[1] += rol(f, shifts[i / 16 * 4 + i % 4]);
    }
    for (i = 0; i < 4; i++)
        s->h[i] += v[i];
}

static void sha1_block(struct state *s, uint32_t *w)
{
    static const uint32_t k[] = {0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6};
    uint32_t v[5];
    unsigned i;

    for (i = 16; i < 80; i++)
        w[i] = rol(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    memcpy(v, s->h, sizeof v);
    for (i = 0; i < 80; i++) {
        uint32_t f = v[1] ^ v[2] ^ v[3];

        if (i < 20)
            f = (v[1] & v[2]) | (~v[1] & v[3]);
        else if (i >= 40 && i < 60)
            f = (v[1] & v[2]) | (v[1] & v[3]) | (v[2] & v[3]);
        f += rol(v[0], 5) + v[4] + k[i / 20] + w[i];
        v[4] = v[3];
        v[3] = v[2];
        v[2] = rol(v[1], 30);
        v[1] = v[0];
        v[0] = f;
    }
    for (i = 0; i < 5; i++)
        s->h[i] += v[i];
}

static void sha256_block(struct state *s, uint32_t *w)
{
    uint32_t v[8];
    unsigned i;

    for (i = 16; i < 64; i++)
        w[i] = w[i - 16] + (ror(w[i - 15], 7) ^ ror(w[i - 15], 18) ^ w[i - 15] >> 3) + w[i - 7] +
               (ror(w[i - 2], 17) ^ ror(w[i - 2], 19) ^ w[i - 2] >> 10);
    memcpy(v, s->h, sizeof v);
    for (i = 0; i < 64; i++) {
        uint32_t a = v[7] + (ror(v[4], 6) ^ ror(v[4], 11) ^ ror(v[4], 25)) +
                     ((v[4] & v[5]) ^ (~v[4] & v[6])) + sha256_k[i] + w[i];
        uint32_t b =
            (ror(v[0], 2) ^ ror(v[0], 13) ^ ror(v[0], 22)) + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));

        memmove(v + 1, v, 7 * sizeof v[0]);
        v[4] += a;
        v[0] = a + b;
    }
    for (i = 0; i < 8; i++)
        s->h[i] += v[i];
}

static void block(struct state *s)
{
    uint32_t w[80];
    unsigned i;

    for (i = 0; i < 16; i++)
        w[i] = (uint32_t)s->block[4 * i] << 24 | (uint32_t)s->block[4 * i + 1] << 16 |
               (uint32_t)s->block[4 * i + 2] << 8 | s->block[4 * i + 3];
    if (s->hash == POSTINO_HASH_MD5)
        md5_block(s);
    else if (s->hash == POSTINO_HASH_SHA1)
        sha1_block(s, w);
    else
        sha256_block(s, w);
}

static void start(struct state *s, unsigned hash)
{
    static const uint32_t h1[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
    static const uint32_t h2[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                   0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

    memset(s, 0, sizeof *s);
    s->hash = hash;
    if (hash == POSTINO_HASH_SHA256)
        memcpy(s->h, h2, sizeof h2);
    else
        memcpy(s->h, h1, sizeof h1);
}

static void add(struct state *s, const void *data, size_t octets)
{
    const uint8_t *octet = data;

    for (; octets != 0; octets--) {
        s->block[s->octets++ % 64] = *octet++;
        if (s->octets % 64 == 0)
            block(s);
    }
}

static size_t end(struct state *s, uint8_t *out)
{
    static const size_t octets[] = {16, 20, 32};
    uint64_t bits = (uint64_t)s->octets * 8;
    int little = s->hash == POSTINO_HASH_MD5;
    size_t i;

    add(s, "\200", 1);
    while (s->octets % 64 != 56)
        add(s, "", 1);
    for (i = 0; i < 8; i++) {
        uint8_t octet = (uint8_t)(bits >> 8 * (little ? i : 7 - i));

        add(s, &octet, 1);
    }
    for (i = 0; i < octets[s->hash]; i++)
        out[i] = (uint8_t)(s->h[i / 4] >> 8 * (little ? i % 4 : 3 - i % 4));
    return octets[s->hash];
}

static int test_hash(void *context, unsigned hash, const struct postino_span *spans, size_t count,
                     uint8_t *out)
{
    struct state s;
    size_t i;

    (void)context;
    start(&s, hash);
    for (i = 0; i < count; i++)
        add(&s, spans[i].data, spans[i].length_octets);
    (void)end(&s, out);
    return 0;
}

static int test_hmac(void *context, unsigned hash, const struct postino_span *key,
                     const struct postino_span *spans, size_t count, uint8_t *out)
{
    uint8_t pad[64] = {0};
    uint8_t inner[64];
    struct state s;
    size_t octets;
    size_t i;

    if (key->length_octets > sizeof pad)
        (void)test_hash(context, hash, key, 1, pad);
    else
        memcpy(pad, key->data, key->length_octets);
    for (i = 0; i < sizeof pad; i++)
        pad[i] ^= 0x36;
    start(&s, hash);
    add(&s, pad, sizeof pad);
    for (i = 0; i < count; i++)
        add(&s, spans[i].data, spans[i].length_octets);
    octets = end(&s, inner);
    for (i = 0; i < sizeof pad; i++)
        pad[i] ^= 0x36 ^ 0x5c;
    start(&s, hash);
    add(&s, pad, sizeof pad);
    add(&s, inner, octets);
    (void)end(&s, out);
    return 0;
}

static int test_pbkdf2(void *context, unsigned hash, const struct postino_span *password,
                       const struct postino_span *salt, uint32_t iterations, uint8_t *out)
{
    static struct {
        uint8_t question[128]; /* HMAC(password, salt, 1), the hash and the count */
        uint8_t answer[64];
    } last;
    static const uint8_t one[] = {0, 0, 0, 1};
    struct postino_span spans[2] = {*salt, {one, sizeof one}};
    uint8_t question[128] = {0};
    uint8_t u[64] = {0};
    uint32_t i;
    size_t j;

    (void)test_hmac(context, hash, password, spans, 2, u);
    memcpy(question, u, sizeof u);
    memcpy(question + 64, &iterations, sizeof iterations);
    question[80] = (uint8_t)(hash + 1);
    if (memcmp(question, last.question, sizeof question) != 0) {
        memcpy(last.question, question, sizeof question);
        memcpy(last.answer, u, sizeof u);
        for (i = 1; i < iterations; i++) {
            struct postino_span span = {u, hash == POSTINO_HASH_SHA1 ? 20 : 32};

            (void)test_hmac(context, hash, password, &span, 1, u);
            for (j = 0; j < span.length_octets; j++)
                last.answer[j] ^= u[j];
        }
    }
    memcpy(out, last.answer, sizeof last.answer);
    return 0;
}

static int test_random(void *context, uint8_t *out, size_t octets)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *text = context;
    uint32_t bits = 0;
    unsigned count = 0;

    while (octets != 0) {
        const char *digit = strchr(digits, *text);

        if (*text++ == '\0' || digit == NULL)
            return -1;
        bits = bits << 6 | (uint32_t)(digit - digits);
        count += 6;
        if (count >= 8) {
            count -= 8;
            *out++ = (uint8_t)(bits >> count);
            octets--;
        }
    }
    return 0;
}

const struct postino_sasl_crypto test_crypto = {.hashes = 1 << POSTINO_HASH_MD5 | 1 << POSTINO_HASH_SHA1 |
                                                          1 << POSTINO_HASH_SHA256,
                                                .random = test_random,
                                                .hash = test_hash,
                                                .hmac = test_hmac,
                                                .pbkdf2 = test_pbkdf2};
