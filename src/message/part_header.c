/* SPDX-License-Identifier: MIT */
/* The header of a part (RFC 2045, RFC 2183): its type and parameters, and its boundary. Invariants: a
 * boundary begins with "=_" and a letter. Neither base64 nor quoted-printable can hold a line that begins so,
 * and octets that go out as they are were scanned for it. No line is longer than 78 octets, and no piece of a
 * parameter splits a character. */
#include "writer.h"

#define PART_COLUMNS 78

/* A parameter that does not fit a line is written over. */
void postino_write_parameter(struct postino_writer *writer, const char *name, const char *value)
{
    size_t before = writer->total;
    unsigned found;

    if (value == NULL || *value == '\0')
        return;
    found = postino_text_traits(value);
    postino_write_text(writer, ";\r\n ");
    postino_write_text(writer, name);
    postino_write_text(writer, "=\"");
    (void)postino_write_until(writer, value, '\0', '"');
    postino_write(writer, '"');
    if ((found & TEXT_CONTROL) != 0) {
        postino_write_fail(writer, POSTINO_ERROR_FIELD);
    } else if ((found & ~(unsigned)TEXT_LONG_WORD) != 0 || writer->column > PART_COLUMNS) {
        writer->total = before;
        if (writer->message->features->parameter == NULL)
            postino_write_fail(writer, POSTINO_ERROR_FEATURE);
        else
            writer->message->features->parameter(writer, name, value);
    }
}

void postino_write_random(struct postino_writer *writer, unsigned octets)
{
    const uint8_t *octet = writer->message->random;

    for (; octet != NULL && octets != 0; octets--)
        postino_write_hex(writer, *octet++);
}

void postino_write_boundary(struct postino_writer *writer, const struct postino_part *part)
{
    unsigned depth = '0';

    for (; part->parent != NULL; part = part->parent)
        depth++;
    postino_write_text(writer, "=_");
    postino_write(writer, writer->message->letter);
    postino_write(writer, depth);
    postino_write_random(writer, 8);
}

void postino_write_multipart(struct postino_writer *writer)
{
    postino_write_text(writer, ";\r\n boundary=\"");
    postino_write_boundary(writer, writer->message->part);
    postino_write(writer, '"');
}

/* Matches text with a pattern: "t" is a token (RFC 2045 section 5.1), "v" a token or a quoted string, " " a
 * blank or nothing, any other octet itself. Returns the end of the match, or NULL. */
static const char *type_match(const char *text, const char *pattern)
{
    for (; *pattern != '\0'; pattern++) {
        const char *begin = text;

        if (*pattern == 'v' && *text == '"') {
            while (*++text != '"') {
                text += *text == '\\';
                if (*text == '\0')
                    return NULL;
            }
            text++;
        } else if (*pattern >= 't') {
            while ((unsigned char)*text > ' ' && !postino_is_special(*text, "()<>@,;:\\\"/[]?="))
                text++;
        } else if (*text == *pattern) {
            text++;
        }
        if (text == begin && *pattern != ' ')
            return NULL;
    }
    return text;
}

int postino_message_type(const char *text, int subtype)
{
    text = type_match(text, subtype ? "t/t" : "t");
    while (text != NULL && *text != '\0')
        text = type_match(text, " ; t=v");
    return text != NULL ? 0 : -1;
}

#define PARAMETER_COLUMNS 77

/* attribute-char of RFC 2231 section 7, but of its special octets only those that every reader takes. */
static int parameter_is_plain(unsigned octet)
{
    return postino_is_alphanumeric(octet) || octet == '-' || octet == '.' || octet == '_';
}

static unsigned parameter_columns(const char *text, unsigned length)
{
    return parameter_is_plain((unsigned char)*text) ? 1 : 3 * length;
}

/* Writes the next piece of the value, behind the parameter's name. Without a number the piece is the `whole`
 * value. */
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

            if (parameter_is_plain(octet)) {
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

    if (!postino_is_utf8(value)) {
        postino_write_fail(writer, POSTINO_ERROR_FIELD_UTF8);
        return;
    }
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

#define NAME_COLUMNS 77

/* Writes the name in encoded words, each in a line of its own. */
static void name_encoded(struct postino_writer *writer, const char *name)
{
    if (!postino_is_utf8(name)) {
        postino_write_fail(writer, POSTINO_ERROR_FIELD_UTF8);
        return;
    }
    for (;;) {
        name = postino_write_encoded_word(writer, name, 1);
        if (*name == '\0')
            return;
        postino_write_text(writer, "\r\n ");
    }
}

/* Outlook up to 2007, QQ and others know no RFC 2231 and look for encoded words here, against RFC 2047
 * section 5. */
static void name_parameter(struct postino_writer *writer)
{
    const char *name = writer->message->part->file_name;
    size_t before;
    unsigned column;

    if (name == NULL || *name == '\0')
        return;
    postino_write_text(writer, ";\r\n name=\"");
    before = writer->total;
    column = writer->column;
    (void)postino_write_until(writer, name, '\0', '"');
    if ((postino_text_traits(name) & TEXT_CONTROL) != 0) {
        postino_write_fail(writer, POSTINO_ERROR_FIELD);
    } else if (postino_text_traits(name) != 0 || writer->column > NAME_COLUMNS) {
        writer->total = before;
        writer->column = column;
        name_encoded(writer, name);
    }
    postino_write(writer, '"');
}

void postino_part_name_parameter(struct postino_part *part)
{
    part->parameters = name_parameter;
}
