/* SPDX-License-Identifier: MIT */
/* base64 (RFC 4648 section 4), whole groups only. */
#include "compose.h"

void postino_base64(uint8_t *out, const uint8_t *data, size_t groups)
{
    for (; groups != 0; groups--, data += 3) {
        uint32_t bits = (uint32_t)data[0] << 16 | (uint32_t)data[1] << 8 | data[2];
        unsigned i;

        for (i = 0; i < 4; i++, bits <<= 6)
            *out++ = (uint8_t)postino_base64_digit(bits >> 18);
    }
}
