/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "text.h"

void postino_clear(void *memory, size_t octets)
{
#if POSTINO_SMALL
    volatile uint8_t *octet = memory; /* or the compiler calls memset() */

    while (octets != 0)
        octet[--octets] = 0;
#else
    memset(memory, 0, octets);
#endif
}
