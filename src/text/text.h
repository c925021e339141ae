/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_TEXT_H
#define POSTINO_TEXT_H

/* Octets and characters: the functions that every room may call. */

#include <stddef.h>
#include <stdint.h>

#include "postino/config.h"

/* A text for the initialiser of an object, as an object of its own: the linker keeps it only with the object.
 * Compilers put all other literals of a file into one section, and scripts/amalgamate.py makes one file of
 * all. */
#define POSTINO_TEXT(literal) ((const char[]){literal})

/* An address of the envelope has at most so many octets: with "MAIL FROM:<", ">" and CRLF it fills a line of
 * 512. Its parts have no limit, since servers forward addresses with local parts over 64 octets (RFC 5321
 * sections 4.5.3.1 and 4.5.3.1.4). */
#define POSTINO_PATH_MAX 498

/* Clears memory. In small builds the function is smaller than memset(). */
void postino_clear(void *memory, size_t octets);

/* Returns the length in octets of the UTF-8 character at `text` (RFC 3629 section 4); 0: the text is not
 * UTF-8. A text that ends within a character, with a zero or any ASCII character, is not UTF-8. */
unsigned postino_utf8_length(const char *text);

/* Whether all of the text is UTF-8. */
int postino_is_utf8(const char *text);

/* Writes the time `seconds` since 1970-01-01 00:00 UTC, local to the zone `zone_minutes` east of UTC: "Thu,
 * 01 Jan 1970 00:00:00 +0000". Writes POSTINO_DATE_OCTETS and a zero; returns where the zero stands. */
char *postino_date(char *to, uint32_t seconds, int zone_minutes);
#define POSTINO_DATE_OCTETS 31

/* Whether the octet is a letter or a digit of ASCII. */
static inline int postino_is_alphanumeric(unsigned octet)
{
    return octet - '0' < 10 || (octet | 32) - 'a' < 26;
}

/* Returns the base64 digit (RFC 4648 section 4) of the lowest six bits. In line: a call would be longer. */
static inline unsigned postino_base64_digit(unsigned bits)
{
    unsigned digit = (bits & 63) + 'A';

    if (digit > 'Z')
        digit += 'a' - 'Z' - 1;
    if (digit > 'z')
        digit -= 'z' + 1 - '0';
    else
        return digit;
    /* Four octets lie between "+" and "/". */
    return digit > '9' ? 4 * digit - (4 * ('9' + 1) - '+') : digit;
}

/* Returns the six bits that a base64 digit stands for; 64: it is no digit. */
static inline unsigned postino_base64_bits(unsigned digit)
{
    if (digit - 'a' < 26)
        return digit - 'a' + 26;
    if (digit - 'A' < 26)
        return digit - 'A';
    if (digit - '0' < 10)
        return digit - '0' + 52;
    /* '+' and '/' differ from each other in bit 2 only. */
    return (digit | 4) == '/' ? 62 + (digit >> 2 & 1) : 64;
}

#endif
