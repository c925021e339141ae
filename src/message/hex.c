/* SPDX-License-Identifier: MIT */
/* Hexadecimal digits, in capitals as RFC 2045 section 6.7 wants them. */
#include "compose.h"

unsigned postino_hex_digit(unsigned bits)
{
    return bits + (bits < 10 ? '0' : 'A' - 10);
}

void postino_write_hex(struct postino_writer *writer, unsigned octet)
{
    postino_write(writer, postino_hex_digit(octet >> 4));
    postino_write(writer, postino_hex_digit(octet & 15));
}
