/* SPDX-License-Identifier: MIT */
/* Encoded words (RFC 2047). Invariant: each is at most 75 octets long, stands in a line of at most 76, and
 * holds whole characters. */
#include "compose.h"

#define ENCODED_COLUMNS   76
/* "=?UTF-8?Q?" and "?=" */
#define ENCODED_FRAME     12
/* A character of four octets. */
#define ENCODED_CHARACTER 12

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

int postino_utf8_check(const char *text)
{
    unsigned length = 1;

    for (; *text != '\0' && length != 0; text += length)
        length = postino_utf8_length(text);
    return length != 0;
}

void postino_write_hex(struct postino_writer *writer, unsigned octet)
{
    static const char digits[] = "0123456789ABCDEF";

    postino_write(writer, (unsigned char)digits[octet >> 4]);
    postino_write(writer, (unsigned char)digits[octet & 15]);
}

/* What may stand for itself in every place that takes encoded words (RFC 2047 section 5), blanks apart. */
static int encoded_plain(unsigned octet)
{
    return (octet >= '0' && octet <= '9') || ((octet | 32) >= 'a' && (octet | 32) <= 'z') || octet == '-';
}

void postino_write_encoded(struct postino_writer *writer, const char *text)
{
    while (*text != '\0') {
        unsigned left;

        postino_write_gap(writer, ENCODED_FRAME + ENCODED_CHARACTER + 2);
        left = ENCODED_COLUMNS - writer->column - ENCODED_FRAME;
        postino_write_text(writer, "=?UTF-8?Q?");
        while (*text != '\0') {
            unsigned octet = (unsigned char)*text;
            unsigned length = postino_utf8_length(text);
            int plain = octet == ' ' || encoded_plain(octet);
            unsigned columns = plain ? 1 : 3 * length;

            if (columns > left)
                break;
            left -= columns;
            for (; length != 0; length--, text++) {
                if (!plain) {
                    postino_write(writer, '=');
                    postino_write_hex(writer, (unsigned char)*text);
                } else {
                    postino_write(writer, octet == ' ' ? '_' : octet);
                }
            }
        }
        postino_write_text(writer, "?=");
    }
}
