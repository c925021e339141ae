/* SPDX-License-Identifier: MIT */
/* base64 (RFC 4648 section 4), whole groups only. Invariant: no octet behind the data is read, and no table is:
 * how long it takes does not depend on the octets. */
#include "compose.h"

#include "postino/config.h"

#if !POSTINO_SMALL
#define BASE64_EACH(octet) (0x0101010101010101u * (uint64_t)(octet))

/* A one in each octet of `values`, all below 64, that is at least `limit`. */
static uint64_t base64_from(uint64_t values, unsigned limit)
{
    return ((values + BASE64_EACH(128 - limit)) >> 7) & BASE64_EACH(1);
}

/* Eight values below 64, the first on top, become their characters. No octet overflows into the next. */
static uint64_t base64_characters(uint64_t values)
{
    return values + BASE64_EACH('A') + base64_from(values, 26) * 6 - base64_from(values, 52) * 75 -
           base64_from(values, 62) * 15 + base64_from(values, 63) * 3;
}

/* Six octets become eight characters; two more are read. */
static void base64_six(uint8_t *out, const uint8_t *data)
{
    uint64_t bits = (uint64_t)data[0] << 56 | (uint64_t)data[1] << 48 | (uint64_t)data[2] << 40 |
                    (uint64_t)data[3] << 32 | (uint64_t)data[4] << 24 | (uint64_t)data[5] << 16 |
                    (uint64_t)data[6] << 8 | (uint64_t)data[7];

    bits >>= 16;
    bits = (bits & 0xffffff000000u) << 8 | (bits & 0xffffffu);
    bits = (bits & 0x00fff00000fff000u) << 4 | (bits & 0x00000fff00000fffu);
    bits = (bits & 0x0fc00fc00fc00fc0u) << 2 | (bits & 0x003f003f003f003fu);
    bits = base64_characters(bits);
    out[0] = (uint8_t)(bits >> 56);
    out[1] = (uint8_t)(bits >> 48);
    out[2] = (uint8_t)(bits >> 40);
    out[3] = (uint8_t)(bits >> 32);
    out[4] = (uint8_t)(bits >> 24);
    out[5] = (uint8_t)(bits >> 16);
    out[6] = (uint8_t)(bits >> 8);
    out[7] = (uint8_t)bits;
}
#endif

static uint8_t base64_character(unsigned value)
{
    if (value < 52)
        return (uint8_t)(value < 26 ? value + 'A' : value - 26 + 'a');
    if (value < 62)
        return (uint8_t)(value - 52 + '0');
    return value == 62 ? '+' : '/';
}

void postino_base64(uint8_t *out, const uint8_t *data, size_t triples)
{
#if !POSTINO_SMALL
    for (; triples > 2; triples -= 2) {
        base64_six(out, data);
        out += 8;
        data += 6;
    }
#endif
    for (; triples != 0; triples--) {
        unsigned long bits = (unsigned long)data[0] << 16 | (unsigned long)data[1] << 8 | data[2];
        int shift;

        for (shift = 18; shift >= 0; shift -= 6)
            *out++ = base64_character((unsigned)(bits >> shift) & 63);
        data += 3;
    }
}
