/* SPDX-License-Identifier: MIT */
/* Octets and characters. Invariant: no octet is read behind the first one that does not continue its
 * character. */
#include "text.h"

#include <string.h>

void postino_clear(void *memory, size_t octets)
{
#if POSTINO_SMALL
    volatile uint8_t *octet = memory; /* without volatile the compiler calls memset() */

    while (octets != 0)
        octet[--octets] = 0;
#else
    memset(memory, 0, octets);
#endif
}

unsigned postino_utf8_length(const char *text)
{
    unsigned head = (unsigned char)text[0];
    unsigned next;
    unsigned length = head < 0xe0 ? 2 : head < 0xf0 ? 3 : 4;
    unsigned i;

    if (head < 0x80)
        return 1;
    next = (unsigned char)text[1];
    /* RFC 3629 section 4: nothing longer than needed, no surrogates, nothing above U+10FFFF. */
    if (head < 0xc2 || head > 0xf4 || (head == 0xe0 && next < 0xa0) || (head == 0xed && next > 0x9f) ||
        (head == 0xf0 && next < 0x90) || (head == 0xf4 && next > 0x8f))
        return 0;
    for (i = 1; i < length; i++)
        if (((unsigned char)text[i] & 0xc0) != 0x80)
            return 0;
    return length;
}

int postino_is_utf8(const char *text)
{
    while (*text != '\0') {
        unsigned length = postino_utf8_length(text);

        if (length == 0)
            return 0;
        text += length;
    }
    return 1;
}
