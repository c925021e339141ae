/* SPDX-License-Identifier: MIT */
/* Encoded words (RFC 2047). Invariant: a word has at most 75 octets, stands in a line of at most 76, and
 * holds whole characters. */
#include "writer.h"

#define ENCODED_COLUMNS   76
/* "=?UTF-8?Q?" and "?=" */
#define ENCODED_FRAME     12
/* A character of four octets. */
#define ENCODED_CHARACTER 12

/* Whether the octet may stand for itself in every place that takes encoded words (RFC 2047 section 5); so may
 * blanks. */
static int encoded_is_plain(unsigned octet)
{
    return postino_is_alphanumeric(octet) || octet == '-' || octet == ' ';
}

/* Returns how many octets of the text, in whole characters, fit in `left` columns in Q. Sets *columns to the
 * columns that they take. */
static unsigned encoded_fits_quoted(const char *text, unsigned left, unsigned *columns)
{
    unsigned octets = 0;

    for (*columns = 0; text[octets] != '\0';) {
        unsigned length = postino_utf8_length(text + octets);
        unsigned used = *columns + (encoded_is_plain((unsigned char)text[octets]) ? 1 : 3 * length);

        if (used > left)
            break;
        *columns = used;
        octets += length;
    }
    return octets;
}

/* The same in B. GMime takes the "=" that fills a group for the end of the text, even with further words
 * behind it. So all words but the last have whole groups of three octets. Returns 0 if no character ends with
 * a group. */
static unsigned encoded_fits_base64(const char *text, unsigned left, unsigned *columns)
{
    unsigned most = left / 4 * 3;
    unsigned whole = 0;
    unsigned octets = 0;

    while (text[octets] != '\0') {
        octets += postino_utf8_length(text + octets);
        if (octets > most)
            break;
        if (octets % 3 == 0 || text[octets] == '\0')
            whole = octets;
    }
    *columns = (whole + 2) / 3 * 4;
    return whole;
}

static void encoded_quoted(struct postino_writer *writer, const char *text, unsigned octets)
{
    for (; octets != 0; octets--, text++) {
        unsigned octet = (unsigned char)*text;

        if (octet == ' ') {
            postino_write(writer, '_');
        } else if (encoded_is_plain(octet)) {
            postino_write(writer, octet);
        } else {
            postino_write(writer, '=');
            postino_write_hex(writer, octet);
        }
    }
}

/* Writes a blank; begins a new line first if not even one character fits. */
static void encoded_gap(struct postino_writer *writer)
{
    if (writer->column > 1 && writer->column + ENCODED_FRAME + ENCODED_CHARACTER > ENCODED_COLUMNS - 1)
        postino_write_text(writer, "\r\n");
    postino_write(writer, ' ');
}

const char *postino_write_encoded_word(struct postino_writer *writer, const char *text, unsigned behind)
{
    unsigned left = ENCODED_COLUMNS - writer->column - ENCODED_FRAME - behind;
    unsigned columns[2];
    unsigned octets = encoded_fits_quoted(text, left, &columns[0]);
    unsigned in_base64 = encoded_fits_base64(text, left, &columns[1]);
    /* Take the encoding that holds more of the text, or else the shorter one. */
    int base64 = in_base64 > octets || (in_base64 == octets && columns[1] < columns[0]);

    postino_write_text(writer, base64 ? "=?UTF-8?B?" : "=?UTF-8?Q?");
    if (base64)
        postino_write_base64(writer, text, octets = in_base64);
    else
        encoded_quoted(writer, text, octets);
    postino_write_text(writer, "?=");
    return text + octets;
}

void postino_message_words(struct postino_writer *writer, const char *text)
{
    if (!postino_is_utf8(text)) {
        postino_write_fail(writer, POSTINO_ERROR_FIELD_UTF8);
        return;
    }
    while (*text != '\0') {
        encoded_gap(writer);
        text = postino_write_encoded_word(writer, text, 0);
    }
}

int postino_message_address(const char *address)
{
    return postino_is_utf8(address) ? 0 : -1;
}
