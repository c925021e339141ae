/* SPDX-License-Identifier: MIT */
/* Numbers in commands, in a file of their own: a build whose commands hold none needs no division. */
#include "internal.h"

void postino_emit_number(struct postino_emitter *emitter, size_t number)
{
    char digits[3 * sizeof number];
    char *end = digits + sizeof digits;
    char *digit = end;

    do {
        *--digit = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    postino_emit_octets(emitter, digit, (size_t)(end - digit));
}
