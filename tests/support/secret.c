/* SPDX-License-Identifier: MIT */
/* Three octets make four digits, so a secret has three forms in base64, by the number of octets before it.
 * Only the digits count that the secret alone decides. */
#include "secret.h"

#include <string.h>

#define SECRET_OCTETS_MIN 6
#define SECRET_OCTETS_MAX 256

static int secret_find(const uint8_t *memory, size_t octets, const void *what, size_t length)
{
    const uint8_t *first = what;
    const uint8_t *end = memory + octets;

    while ((size_t)(end - memory) >= length &&
           (memory = memchr(memory, *first, (size_t)(end - memory) - length + 1)) != NULL) {
        if (memcmp(memory, what, length) == 0) {
            return 1;
        }
        memory++;
    }
    return 0;
}

/* The digits that begin behind `before` octets, and depend on no other's. Returns how many. */
static size_t secret_encode(const uint8_t *secret, size_t octets, unsigned before, char *digits)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t bit = (6 - 8 * before % 6) % 6; /* of the secret, where the first of them begins */
    size_t count = 0;

    for (; bit + 6 <= 8 * octets; bit += 6) {
        unsigned both = (unsigned)secret[bit / 8] << 8 | (bit / 8 + 1 < octets ? secret[bit / 8 + 1] : 0u);

        digits[count++] = alphabet[both >> (10 - bit % 8) & 63];
    }
    return count;
}

int secret_is_in(const void *memory, size_t octets, const void *secret, size_t secret_octets)
{
    /* Not on the stack, which may be what is looked through next. */
    static char digits[SECRET_OCTETS_MAX * 4 / 3];
    unsigned before;

    if (secret_octets < SECRET_OCTETS_MIN) {
        return 0;
    }
    /* Of a long one the head is enough. */
    if (secret_octets > SECRET_OCTETS_MAX) {
        secret_octets = SECRET_OCTETS_MAX;
    }
    if (secret_find(memory, octets, secret, secret_octets)) {
        return 1;
    }
    for (before = 0; before < 3; before++) {
        if (secret_find(memory, octets, digits, secret_encode(secret, secret_octets, before, digits))) {
            return 1;
        }
    }
    return 0;
}

int secret_is_wiped(const void *memory, size_t octets)
{
    const uint8_t *octet = memory;
    size_t i;

    for (i = 0; i < octets && octet[i] == 0; i++) {
    }
    return i == octets;
}
