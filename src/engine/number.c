/* SPDX-License-Identifier: MIT */
/* Numbers in commands, in a file of their own: a build whose commands hold none needs no division. */
#include "internal.h"

#if !POSTINO_SMALL
/* Two digits at a time: a division takes longer than to look them up. */
static const char number_pairs[] = "00010203040506070809101112131415161718192021222324"
                                   "25262728293031323334353637383940414243444546474849"
                                   "50515253545556575859606162636465666768697071727374"
                                   "75767778798081828384858687888990919293949596979899";

size_t postino_number_short(uint8_t *out, size_t number)
{
    size_t octets = number >= 1000 ? 4 : number >= 100 ? 3 : number >= 10 ? 2 : 1;
    unsigned left = (unsigned)number;

    if (number > 9999)
        return 0;
    if (octets > 2) {
        memcpy(out + octets - 2, number_pairs + left % 100 * 2, 2);
        left /= 100;
    }
    if ((octets & 1) != 0)
        *out = (uint8_t)('0' + left);
    else
        memcpy(out, number_pairs + left * 2, 2);
    return octets;
}
#endif

void postino_emit_number(struct postino_emitter *emitter, size_t number)
{
    size_t divisor = 1;

#if !POSTINO_SMALL
    size_t place = emitter->place;

    if (place <= emitter->room && emitter->room - place >= NUMBER_SHORT_OCTETS) {
        size_t octets = postino_number_short(emitter->out + place, number);

        emitter->place += octets;
        if (octets != 0)
            return;
    }
#endif
    while (number / divisor > 9)
        divisor *= 10;
    for (; divisor != 0; divisor /= 10)
        postino_emit(emitter, (unsigned)('0' + number / divisor % 10));
}
