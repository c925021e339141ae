/* SPDX-License-Identifier: MIT */
/* Numbers in commands, in a file of their own: a build whose commands hold none needs no division. */
#include "internal.h"

#if !POSTINO_SMALL
/* Two digits at a time: a division takes longer than to look them up. */
static const char number_pairs[] = "00010203040506070809101112131415161718192021222324"
                                   "25262728293031323334353637383940414243444546474849"
                                   "50515253545556575859606162636465666768697071727374"
                                   "75767778798081828384858687888990919293949596979899";
#endif

void postino_emit_number(struct postino_emitter *emitter, size_t number)
{
    char digits[3 * sizeof number];
    struct postino_span span = {NULL, 0};
    char *digit = digits + sizeof digits;

#if !POSTINO_SMALL
    for (; number >= 100; number /= 100) {
        digit -= 2;
        memcpy(digit, number_pairs + number % 100 * 2, 2);
    }
#endif
    do {
        *--digit = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    span.data = digit;
    span.length_octets = (size_t)(digits + sizeof digits - digit);
    postino_emit_span(emitter, &span);
}
