/* SPDX-License-Identifier: MIT */
/* Header fields (RFC 5322 section 2.2). Invariant: no octet of the caller's gets into a header that was not
 * looked at: no control character, so no line end but ours, and each line end of ours has a blank behind it. */
#include "compose.h"

#define HEADER_COLUMNS          78
/* A longer word goes into encoded words; the rest of its line is for the field's name. */
#define HEADER_WORD_COLUMNS     60
/* RFC 5322 section 2.1.1, less the blank. */
#define HEADER_PROTOCOL_COLUMNS 997

void postino_write(struct postino_writer *writer, unsigned octet)
{
    size_t at = writer->total++ - writer->skip;

    if (at < writer->room)
        writer->out[at] = (uint8_t)octet;
    writer->column = octet == '\n' ? 0 : writer->column + 1;
}

void postino_write_text(struct postino_writer *writer, const char *text)
{
    for (; *text != '\0'; text++)
        postino_write(writer, (unsigned char)*text);
}

void postino_write_fail(struct postino_writer *writer, int error)
{
    if (writer->error == 0)
        writer->error = error;
}

void postino_write_gap(struct postino_writer *writer, size_t length)
{
    if (writer->column > 1 && writer->column + 1 + length > HEADER_COLUMNS)
        postino_write_text(writer, "\r\n");
    postino_write(writer, ' ');
}

unsigned postino_compose_look(const char *text)
{
    const char *at = text;
    unsigned found = 0;
    unsigned word = 0;

    while (*at != '\0') {
        unsigned octet = (unsigned char)*at;
        unsigned length = postino_utf8_length(at);

        if (length == 0 || (octet < ' ' && octet != '\t') || octet == 127)
            return COMPOSE_BAD;
        if (octet > 127)
            found |= COMPOSE_8BIT;
        if (octet == '\t' || (octet == '=' && at[1] == '?'))
            found |= COMPOSE_ODD;
        if (octet == ' ') {
            found |= word == 0 ? COMPOSE_ODD : 0;
            word = 0;
        } else {
            word += octet == '"' || octet == '\\' ? 2 : length;
            if (word > HEADER_WORD_COLUMNS)
                found |= COMPOSE_LONG;
            word = word > HEADER_PROTOCOL_COLUMNS ? HEADER_PROTOCOL_COLUMNS : word;
        }
        at += length;
    }
    return found | (word == 0 && at != text ? COMPOSE_ODD : 0u);
}

/* Whether it needs a backslash within quotes. */
static int header_escaped(char octet)
{
    return octet == '"' || octet == '\\';
}

/* How long the word is; *columns: with its quotes and backslashes. */
static size_t header_word(const char *text, int quote, size_t *columns)
{
    size_t length;

    *columns = quote ? 2 : 0;
    for (length = 0; text[length] != '\0' && text[length] != ' '; length++)
        *columns += quote && header_escaped(text[length]) ? 2 : 1;
    return length;
}

void postino_write_words(struct postino_writer *writer, const char *text, int quote)
{
    const char *begin = text;

    for (;;) {
        size_t columns;
        size_t length = header_word(text, quote, &columns);
        size_t i;

        postino_write_gap(writer, columns);
        if (quote && text == begin)
            postino_write(writer, '"');
        for (i = 0; i < length; i++, text++) {
            if (quote && header_escaped(*text))
                postino_write(writer, '\\');
            postino_write(writer, (unsigned char)*text);
        }
        if (*text == '\0')
            break;
        text++;
    }
    if (quote)
        postino_write(writer, '"');
}

void postino_write_protocol(struct postino_writer *writer, const char *text)
{
    const char *at;
    size_t word = 0;

    for (at = text; *at != '\0'; at++) {
        word = *at == ' ' ? 0 : word + 1;
        /* A blank at an end, or two, could make a line of blanks. */
        if (*at < ' ' || *at > '~' || word > HEADER_PROTOCOL_COLUMNS ||
            (*at == ' ' && (at == text || at[1] <= ' ')))
            postino_write_fail(writer, POSTINO_ERROR_FIELD);
    }
    postino_write_words(writer, text, 0);
}

void postino_write_token(struct postino_writer *writer, const char *text)
{
    const char *at;

    for (at = text; *at != '\0'; at++)
        if (*at <= ' ' || *at > '~' || *at == '<' || *at == '>')
            postino_write_fail(writer, POSTINO_ERROR_FIELD);
    postino_write_text(writer, text);
}

void postino_write_readable(struct postino_writer *writer, const char *text, int quote)
{
    unsigned found = postino_compose_look(text);

    if ((found & COMPOSE_BAD) != 0)
        postino_write_fail(writer, POSTINO_ERROR_FIELD);
    else if (found != 0)
        postino_write_encoded(writer, text);
    else
        postino_write_words(writer, text, quote);
}

/* What the envelope takes, and nothing outside quotes that a header gives a meaning of its own. */
static int header_address(const char *address)
{
    struct postino_span path;
    const char *at;
    int utf8 = *address == '<' || *address == '\0' ? -1 : postino_address_path(address, &path);
    int domain = 0;
    int quoted = 0;

    for (at = address; utf8 >= 0 && *at != '\0'; at++) {
        if (*at == '"') {
            quoted = !quoted;
        } else if (quoted) {
            at += *at == '\\';
        } else if (*at == '@') {
            domain = 1;
        } else if (memchr("(),;:[]", *at, domain ? 4 : 7) != NULL) {
            utf8 = -1;
        }
    }
    return utf8 >= 0 && postino_utf8_check(address) ? utf8 : -1;
}

void postino_write_mailbox(struct postino_writer *writer, const struct postino_mailbox *mailbox)
{
    size_t length = strlen(mailbox->address);
    int utf8 = header_address(mailbox->address);

    if (utf8 < 0)
        postino_write_fail(writer, POSTINO_ERROR_FIELD);
    else
        writer->utf8 |= (unsigned)utf8;
    if (mailbox->name != NULL && *mailbox->name != '\0') {
        postino_write_readable(writer, mailbox->name, 1);
        postino_write_gap(writer, length + 3);
        postino_write(writer, '<');
        postino_write_text(writer, mailbox->address);
        postino_write(writer, '>');
    } else {
        postino_write_gap(writer, length + 1);
        postino_write_text(writer, mailbox->address);
    }
    postino_write_text(writer, mailbox->next != NULL ? "," : "\r\n");
}
