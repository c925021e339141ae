/* SPDX-License-Identifier: MIT */
/* Numbers in commands, in a file of their own: a build whose commands hold none needs no division. */
#include "internal.h"

void postino_emit_number(struct postino_emitter *emitter, size_t number)
{
    char digits[3 * sizeof number];
    struct postino_span span = {NULL, 0};
    char *digit = digits + sizeof digits;

    do {
        *--digit = (char)('0' + number % 10);
        number /= 10;
        span.length_octets++;
    } while (number != 0);
    span.data = digit;
    postino_emit_span(emitter, &span);
}
