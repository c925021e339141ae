/* SPDX-License-Identifier: MIT */
/* Parameters that hold more than a quoted string can (RFC 2231). Invariant: no line
 * is longer than 78 octets, and no piece splits a character. */
#include "compose.h"

#define PARAMETER_COLUMNS 77

/* attribute-char of RFC 2231 section 7, without the odd ones. */
static int parameter_plain(unsigned octet)
{
    return (octet >= '0' && octet <= '9') || ((octet | 32) >= 'a' && (octet | 32) <= 'z') || octet == '-' ||
           octet == '.' || octet == '_';
}

static unsigned parameter_columns(const char *text, unsigned length)
{
    return parameter_plain((unsigned char)*text) ? 1 : 3 * length;
}

/* Puts the next piece out, its name included; it is the whole where `number` is 0 and everything fits. */
static const char *parameter_piece(struct postino_writer *writer, const char *name, const char *value,
                                   unsigned number, int whole)
{
    postino_write_text(writer, ";\r\n ");
    postino_write_text(writer, name);
    if (!whole) {
        postino_write(writer, '*');
        if (number > 9)
            postino_write(writer, '0' + number / 10);
        postino_write(writer, '0' + number % 10);
    }
    postino_write_text(writer, number == 0 ? "*=UTF-8''" : "*=");
    while (*value != '\0') {
        unsigned length = postino_utf8_length(value);

        if (writer->column + parameter_columns(value, length) > PARAMETER_COLUMNS)
            break;
        for (; length != 0; length--, value++) {
            unsigned octet = (unsigned char)*value;

            if (parameter_plain(octet)) {
                postino_write(writer, octet);
            } else {
                postino_write(writer, '%');
                postino_write_hex(writer, octet);
            }
        }
    }
    return value;
}

void postino_message_parameter(struct postino_writer *writer, const char *name, const char *value)
{
    unsigned number = 0;
    size_t columns = 11;
    const char *at;

    if (!postino_write_checked(writer, value))
        return;
    for (at = name; *at != '\0'; at++)
        columns++;

    for (at = value; *at != '\0' && columns < PARAMETER_COLUMNS; at += postino_utf8_length(at))
        columns += parameter_columns(at, postino_utf8_length(at));
    do {
        value = parameter_piece(writer, name, value, number, columns < PARAMETER_COLUMNS);
        number++;
    } while (*value != '\0' && number < 100);
    if (*value != '\0')
        postino_write_fail(writer, POSTINO_ERROR_FIELD_LONG);
}
