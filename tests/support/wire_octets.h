/* SPDX-License-Identifier: MIT */
#ifndef WIRE_OCTETS_H
#define WIRE_OCTETS_H

#include <stddef.h>

/* How many octets a text has on the wire: every line end is CRLF, and the last line has one. */
static inline size_t wire_octets(const void *text, size_t length_octets)
{
    const char *octets = text;
    size_t count = 0;
    size_t i;

    for (i = 0; i < length_octets; i++)
        if (octets[i] != '\n' || i == 0 || octets[i - 1] != '\r')
            count += octets[i] == '\r' || octets[i] == '\n' ? 2 : 1;
    return length_octets != 0 && octets[length_octets - 1] != '\r' && octets[length_octets - 1] != '\n'
               ? count + 2
               : count;
}

#endif
