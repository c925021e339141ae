/* SPDX-License-Identifier: MIT */
/* base64 (RFC 4648 section 4), whole groups only. */
#include "compose.h"
#include "internal.h"

#if POSTINO_SMALL
void postino_base64(uint8_t *out, const uint8_t *data, size_t groups)
{
    for (; groups != 0; groups--, data += 3) {
        uint32_t bits = (uint32_t)data[0] << 16 | (uint32_t)data[1] << 8 | data[2];
        unsigned i;

        for (i = 0; i < 4; i++, bits <<= 6)
            *out++ = (uint8_t)postino_base64_digit(bits >> 18);
    }
}
#else
void postino_base64(uint8_t *out, const uint8_t *data, size_t groups)
{
    static const char characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (; groups != 0; groups--) {
        uint32_t bits = (uint32_t)data[0] << 16 | (uint32_t)data[1] << 8 | data[2];

        out[0] = (uint8_t)characters[bits >> 18];
        out[1] = (uint8_t)characters[bits >> 12 & 63];
        out[2] = (uint8_t)characters[bits >> 6 & 63];
        out[3] = (uint8_t)characters[bits & 63];
        out += 4;
        data += 3;
    }
}
#endif
