/* SPDX-License-Identifier: MIT */
/* Numbers in commands, in a file of their own: a build whose commands hold none needs no division. */
#include "internal.h"

void postino_emit_number(struct postino_emitter *emitter, size_t number)
{
    char digits[3 * sizeof number];
    size_t place = sizeof digits;

    do {
        digits[--place] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    while (place < sizeof digits)
        postino_emit(emitter, (uint8_t)digits[place++]);
}
