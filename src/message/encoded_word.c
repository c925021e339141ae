/* SPDX-License-Identifier: MIT */
/* Encoded words (RFC 2047). Invariant: each is at most 75 octets long, stands in a line of at most 76, and
 * holds whole characters. */
#include "writer.h"

#define ENCODED_COLUMNS   76
/* "=?UTF-8?Q?" and "?=" */
#define ENCODED_FRAME     12
/* A character of four octets. */
#define ENCODED_CHARACTER 12

/* What may stand for itself in every place that takes encoded words (RFC 2047 section 5), blanks apart. */
static int encoded_is_plain(unsigned octet)
{
    return postino_is_alphanumeric(octet) || octet == '-' || octet == ' ';
}

/* How many octets of the text, in whole characters, `left` columns take in Q; *columns: how many of these. */
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

/* The same in B. GMime takes the '=' that fills a group for the end of the text, with further words behind it
 * too: so all words but the last have whole groups of three octets. It may be that no character ends with a
 * group: 0. */
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

/* Ends the line where not even a character would fit it; a blank otherwise. */
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
    /* The one that takes more of the text, or the shorter one. */
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
