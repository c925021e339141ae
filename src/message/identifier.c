/* SPDX-License-Identifier: MIT */
/* Identifiers and URLs of a header. Invariant: each stands in brackets, given or not, and is never divided.
 * The first stands in the line of its field's name, for readers look there (RFC 5322 section 3.6.4, RFC 2369
 * section 2). */
#include "writer.h"

/* One less than RFC 5322 section 2.1.1 allows: a comma may follow. */
#define IDENTIFIER_COLUMNS  77
#define IDENTIFIER_LINE_MAX 997

static const char *identifier_pass_blanks(const char *text)
{
    while (*text == ' ' || *text == '\t')
        text++;
    return text;
}

/* Returns the end of the printable ASCII at `text` without blanks and brackets. */
static const char *identifier_end(const char *text)
{
    while ((unsigned char)*text > ' ' && (unsigned char)*text < 127 && *text != '<' && *text != '>')
        text++;
    return text;
}

/* Whether the text is id-left "@" id-right, without an octet that readers take for a quoted string, a comment
 * or a list. */
static int identifier_is_id(const char *text, const char *end)
{
    const char *at_sign = NULL;
    const char *begin = text;

    for (; text != end; text++) {
        if (postino_is_special(*text, "\"(),;\\") || (*text == '@' && at_sign != NULL))
            return 0;
        if (*text == '@')
            at_sign = text;
    }
    return at_sign != NULL && at_sign != begin && at_sign + 1 != end;
}

/* Whether the text is a scheme, ":" and something behind it (RFC 3986 section 3). */
static int identifier_is_url(const char *text, const char *end)
{
    const char *begin = text;

    while (text != end && (((*text | 32) >= 'a' && (*text | 32) <= 'z') ||
                           (text != begin && postino_is_special(*text, "0123456789+-."))))
        text++;
    return text != begin && text != end && *text == ':' && text + 1 != end;
}

/* Writes an identifier. Behind others it goes into the next line if it does not fit. */
static void identifier_write(struct postino_writer *writer, const char *text, const char *end, int first)
{
    if (writer->column + 3 + (size_t)(end - text) > (first ? IDENTIFIER_LINE_MAX : IDENTIFIER_COLUMNS))
        postino_write_text(writer, "\r\n");
    postino_write_text(writer, " <");
    while (text != end)
        postino_write(writer, (unsigned char)*text++);
    postino_write(writer, '>');
    if (writer->column > IDENTIFIER_LINE_MAX)
        postino_write_fail(writer, POSTINO_ERROR_FIELD_LONG);
}

/* Passes the identifier at *text, its brackets, and the blanks behind it. Returns where its octets begin, and
 * sets *end to their end; brackets do not count. */
static const char *identifier_take(const char **text, const char **end, int urls)
{
    int bracket = **text == '<';
    const char *begin = *text + bracket;
    const char *at = identifier_end(begin);

    /* A comma behind an URL separates it from the next. */
    if (!bracket && urls && at != begin && at[-1] == ',')
        at--;
    *end = at;
    if (bracket && *at == '>')
        at++;
    else if (bracket)
        *end = begin;
    *text = identifier_pass_blanks(at);
    return begin;
}

void postino_write_identifiers(struct postino_writer *writer, const char *text, enum identifier_kind kind)
{
    int urls = kind == IDENTIFIERS_URLS;
    int first = 1;

    text = identifier_pass_blanks(text);
    do {
        const char *end;
        const char *begin = identifier_take(&text, &end, urls);

        if (!(urls ? identifier_is_url(begin, end) : identifier_is_id(begin, end)) ||
            (kind == IDENTIFIERS_ONE && *text != '\0')) {
            postino_write_fail(writer, urls ? POSTINO_ERROR_FIELD_URL : POSTINO_ERROR_FIELD_IDENTIFIER);
            return;
        }
        if (urls && !first)
            postino_write(writer, ',');
        identifier_write(writer, begin, end, first);
        first = 0;
        if (urls && *text == ',')
            text = identifier_pass_blanks(text + 1);
    } while (*text != '\0');
}

/* Writes "<random@domain>". */
static void identifier_random(struct postino_writer *writer)
{
    const char *address = writer->message->from->address;
    const char *at;

    for (at = address; *at != '\0'; at++)
        if (*at == '@')
            address = at;
    postino_write_text(writer, " <");
    postino_write_random(writer, 16);
    postino_write_text(writer, *address == '@' ? address : "@localhost");
    postino_write(writer, '>');
}

void postino_message_identifiers(struct postino_writer *writer, const char *text, int several)
{
    if (text == (const char *)writer->message->random)
        identifier_random(writer);
    else
        postino_write_identifiers(writer, text, several ? IDENTIFIERS_LIST : IDENTIFIERS_ONE);
}
