/* SPDX-License-Identifier: MIT */
/* Numbers in commands, in a file of their own: a build whose commands hold none needs no division. */
#include "internal.h"

#if !POSTINO_SMALL
/* Two digits at a time: a division takes longer than to look them up. */
static const char number_pairs[] = "00010203040506070809101112131415161718192021222324"
                                   "25262728293031323334353637383940414243444546474849"
                                   "50515253545556575859606162636465666768697071727374"
                                   "75767778798081828384858687888990919293949596979899";

/* Puts a number down where it has room, which is the usual case. Returns how many octets it takes; 0: it has none. */
static size_t number_whole(uint8_t *out, size_t room, size_t number)
{
    size_t octets = 1;
    size_t limit;
    uint8_t *digit;

    for (limit = 10; number >= limit && octets < 9; limit *= 10)
        octets++;
    if (number >= limit || octets > room)
        return 0;
    digit = out + octets;
    for (; number >= 100; number /= 100) {
        digit -= 2;
        memcpy(digit, number_pairs + number % 100 * 2, 2);
    }
    if (number >= 10)
        memcpy(out, number_pairs + number * 2, 2);
    else
        *out = (uint8_t)('0' + number);
    return octets;
}
#endif

void postino_emit_number(struct postino_emitter *emitter, size_t number)
{
    char digits[3 * sizeof number];
    struct postino_span span = {NULL, 0};
    char *digit = digits + sizeof digits;

#if !POSTINO_SMALL
    size_t place = emitter->total - emitter->skip;

    if (place <= emitter->room) {
        size_t octets = number_whole(emitter->out + place, emitter->room - place, number);

        emitter->total += octets;
        if (octets != 0)
            return;
    }
#endif
    do {
        *--digit = (char)('0' + number % 10);
        number /= 10;
        span.length_octets++;
    } while (number != 0);
    span.data = digit;
    postino_emit_span(emitter, &span);
}
