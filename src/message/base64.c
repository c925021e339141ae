/* SPDX-License-Identifier: MIT */
/* base64 (RFC 4648 section 4). Invariant: a line end is written only in front of the group that follows it.
 * The low `count` bits of `held` are held back; `count` is 0 where a group begins. */
#include "encoding.h"

#include <string.h>

#include "writer.h"

static uint8_t *base64_put(struct postino_encoder *encoder, uint8_t *to, unsigned octet)
{
    unsigned count = encoder->count;
    unsigned bits = (unsigned)encoder->held << 8 | octet;

    if (octet == ENCODING_END) {
        if (count == 0)
            return to;
        *to++ = (uint8_t)postino_base64_digit((unsigned)encoder->held << (6 - count));
        for (; count < 6; count += 2)
            *to++ = '=';
        return to;
    }
    if (count == 0) {
        if (encoder->column == BASE64_LINE_COLUMNS) {
            *to++ = '\r';
            *to++ = '\n';
            encoder->column = 0;
        }
        encoder->column = (uint8_t)(encoder->column + 4);
    }
    for (count += 8; count >= 6; *to++ = (uint8_t)postino_base64_digit(bits >> count))
        count -= 6;
    encoder->count = (uint8_t)count;
    encoder->held = (uint8_t)bits;
    return to;
}

/* The encoder of bodies would cost a header 40 octets more of stack. */
void postino_write_base64(struct postino_writer *writer, const void *data, size_t octets)
{
    const uint8_t *in = data;
    unsigned bits = 0;
    unsigned count = 0; /* of bits that are held */

    for (; octets != 0; octets--) {
        bits = bits << 8 | *in++;
        for (count += 8; count >= 6; postino_write(writer, postino_base64_digit(bits >> count)))
            count -= 6;
    }
    if (count != 0)
        postino_write(writer, postino_base64_digit(bits << (6 - count)));
    for (; count != 0 && count < 6; count += 2)
        postino_write(writer, '=');
}

/* Machines with the room for a table of 8 kB encode whole lines from it. */
#define BASE64_FAST (!POSTINO_SMALL && SIZE_MAX > UINT32_MAX)
#if BASE64_FAST
#define BASE64_PAIRS(c)                                                                                     \
    {c, 'A'}, {c, 'B'}, {c, 'C'}, {c, 'D'}, {c, 'E'}, {c, 'F'}, {c, 'G'}, {c, 'H'}, {c, 'I'}, {c, 'J'},     \
        {c, 'K'}, {c, 'L'}, {c, 'M'}, {c, 'N'}, {c, 'O'}, {c, 'P'}, {c, 'Q'}, {c, 'R'}, {c, 'S'}, {c, 'T'}, \
        {c, 'U'}, {c, 'V'}, {c, 'W'}, {c, 'X'}, {c, 'Y'}, {c, 'Z'}, {c, 'a'}, {c, 'b'}, {c, 'c'}, {c, 'd'}, \
        {c, 'e'}, {c, 'f'}, {c, 'g'}, {c, 'h'}, {c, 'i'}, {c, 'j'}, {c, 'k'}, {c, 'l'}, {c, 'm'}, {c, 'n'}, \
        {c, 'o'}, {c, 'p'}, {c, 'q'}, {c, 'r'}, {c, 's'}, {c, 't'}, {c, 'u'}, {c, 'v'}, {c, 'w'}, {c, 'x'}, \
        {c, 'y'}, {c, 'z'}, {c, '0'}, {c, '1'}, {c, '2'}, {c, '3'}, {c, '4'}, {c, '5'}, {c, '6'}, {c, '7'}, \
        {c, '8'}, {c, '9'}, {c, '+'},                                                                       \
    {                                                                                                       \
        c, '/'                                                                                              \
    }

/* The two digits of twelve bits. */
static const uint8_t base64_pairs[4096][2] = {
    BASE64_PAIRS('A'), BASE64_PAIRS('B'), BASE64_PAIRS('C'), BASE64_PAIRS('D'), BASE64_PAIRS('E'),
    BASE64_PAIRS('F'), BASE64_PAIRS('G'), BASE64_PAIRS('H'), BASE64_PAIRS('I'), BASE64_PAIRS('J'),
    BASE64_PAIRS('K'), BASE64_PAIRS('L'), BASE64_PAIRS('M'), BASE64_PAIRS('N'), BASE64_PAIRS('O'),
    BASE64_PAIRS('P'), BASE64_PAIRS('Q'), BASE64_PAIRS('R'), BASE64_PAIRS('S'), BASE64_PAIRS('T'),
    BASE64_PAIRS('U'), BASE64_PAIRS('V'), BASE64_PAIRS('W'), BASE64_PAIRS('X'), BASE64_PAIRS('Y'),
    BASE64_PAIRS('Z'), BASE64_PAIRS('a'), BASE64_PAIRS('b'), BASE64_PAIRS('c'), BASE64_PAIRS('d'),
    BASE64_PAIRS('e'), BASE64_PAIRS('f'), BASE64_PAIRS('g'), BASE64_PAIRS('h'), BASE64_PAIRS('i'),
    BASE64_PAIRS('j'), BASE64_PAIRS('k'), BASE64_PAIRS('l'), BASE64_PAIRS('m'), BASE64_PAIRS('n'),
    BASE64_PAIRS('o'), BASE64_PAIRS('p'), BASE64_PAIRS('q'), BASE64_PAIRS('r'), BASE64_PAIRS('s'),
    BASE64_PAIRS('t'), BASE64_PAIRS('u'), BASE64_PAIRS('v'), BASE64_PAIRS('w'), BASE64_PAIRS('x'),
    BASE64_PAIRS('y'), BASE64_PAIRS('z'), BASE64_PAIRS('0'), BASE64_PAIRS('1'), BASE64_PAIRS('2'),
    BASE64_PAIRS('3'), BASE64_PAIRS('4'), BASE64_PAIRS('5'), BASE64_PAIRS('6'), BASE64_PAIRS('7'),
    BASE64_PAIRS('8'), BASE64_PAIRS('9'), BASE64_PAIRS('+'), BASE64_PAIRS('/')};

static void base64_pair(uint8_t *out, uint64_t bits)
{
    memcpy(out, base64_pairs[bits & 4095], 2);
}

/* Eight octets are read at a time and six of them used, so that the last eight still lie within the line. */
static void base64_line(uint8_t *out, const uint8_t *data)
{
    uint64_t bits;
    unsigned i;

    for (i = 0; i < 9; i++, out += 8, data += 6) {
        /* Compilers make one load of these. */
        bits = (uint64_t)data[0] << 56 | (uint64_t)data[1] << 48 | (uint64_t)data[2] << 40 |
               (uint64_t)data[3] << 32 | (uint64_t)data[4] << 24 | (uint64_t)data[5] << 16 |
               (uint64_t)data[6] << 8 | data[7];

        base64_pair(out, bits >> 52);
        base64_pair(out + 2, bits >> 40);
        base64_pair(out + 4, bits >> 28);
        base64_pair(out + 6, bits >> 16);
    }
    bits = (uint64_t)data[0] << 16 | (uint64_t)data[1] << 8 | data[2];
    base64_pair(out, bits >> 12);
    base64_pair(out + 2, bits);
}

/* Encodes whole lines where a line begins, and the source and the buffer have a whole line. */
static uint8_t *base64_run(struct postino_encoder *encoder, const uint8_t **data, const uint8_t *end,
                           uint8_t *to, const uint8_t *full)
{
    const uint8_t *in = *data;

    while (in != end && to <= full) {
        if (encoder->column != BASE64_LINE_COLUMNS || encoder->count != 0 || end - in < BASE64_LINE_OCTETS) {
            to = base64_put(encoder, to, *in++);
            continue;
        }
        if (full + ENCODING_STEP_OCTETS - to < BASE64_LINE_COLUMNS + 2)
            break;
        *to++ = '\r';
        *to++ = '\n';
        base64_line(to, in);
        to += BASE64_LINE_COLUMNS;
        in += BASE64_LINE_OCTETS;
    }
    *data = in;
    return to;
}

const struct postino_encoding postino_encoding_base64 = {base64_put, base64_run};
#else
const struct postino_encoding postino_encoding_base64 = {.put = base64_put};
#endif
