/* SPDX-License-Identifier: MIT */
/* base64 (RFC 4648 section 4) of a list of spans, from any offset of the coded text: nothing is kept between
 * two calls, so output can stop and go on anywhere. */
#include "internal.h"

static uint8_t base64_digit(unsigned sextet)
{
    if (sextet < 26)
        return (uint8_t)('A' + sextet);
    if (sextet < 52)
        return (uint8_t)('a' - 26 + sextet);
    if (sextet < 62)
        return (uint8_t)(sextet - 52 + '0');
    return sextet == 62 ? '+' : '/';
}

size_t postino_base64_spans(const struct postino_span *spans, size_t count, size_t offset, uint8_t *out,
                            size_t capacity)
{
    size_t written;

    for (written = 0; written < capacity; written++, offset++) {
        uint8_t group[3] = {0, 0, 0};
        size_t octets = postino_spans_copy(spans, count, offset / 4 * 3, group, sizeof group);
        unsigned digit = (unsigned)offset % 4;
        unsigned bits = (unsigned)group[0] << 16 | (unsigned)group[1] << 8 | group[2];

        if (octets == 0)
            break;
        out[written] = digit > octets ? (uint8_t)'=' : base64_digit(bits >> (18 - 6 * digit) & 63);
    }
    return written;
}
