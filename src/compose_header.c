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

size_t postino_compose_length(const char *text)
{
#if POSTINO_SMALL
    const volatile char *at = text; /* or the compiler calls strlen() */
    size_t length = 0;

    while (at[length] != '\0')
        length++;
    return length;
#else
    return strlen(text);
#endif
}

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

unsigned postino_hex_digit(unsigned bits)
{
    return bits + (bits < 10 ? '0' : 'A' - 10);
}

void postino_write_hex(struct postino_writer *writer, unsigned octet)
{
    postino_write(writer, postino_hex_digit(octet >> 4));
    postino_write(writer, postino_hex_digit(octet & 15));
}

/* Whether it needs a backslash within quotes. */
static int header_escaped(unsigned octet)
{
    return octet == '"' || octet == '\\';
}

unsigned postino_compose_look(const char *text)
{
    unsigned found = 0;
    unsigned word = 0; /* its columns in quotes */
    unsigned length;

    for (; *text != '\0'; text += length) {
        unsigned octet = (unsigned char)*text;

        length = postino_utf8_length(text);
        if (length == 0 || (octet < ' ' && octet != '\t') || octet == 127)
            return COMPOSE_BAD;
        if (octet > 127)
            found |= COMPOSE_8BIT;
        if (octet == '=' && text[1] == '?')
            found |= COMPOSE_ENCODED;
        /* At an end, behind another. */
        if (octet == '\t' || (octet == ' ' && (word == 0 || text[1] == '\0')))
            found |= COMPOSE_BLANKS;
        word += length + (unsigned)header_escaped(octet);
        if (octet == ' ')
            word = 0;
        if (word > HEADER_WORD_COLUMNS)
            found |= COMPOSE_LONG;
        if (word > HEADER_PROTOCOL_COLUMNS)
            found |= COMPOSE_LONGER;
    }
    return found;
}

void postino_write_escaped(struct postino_writer *writer, const char *text, size_t length, int quote)
{
    for (; length != 0; length--, text++) {
        if (quote && header_escaped((unsigned char)*text))
            postino_write(writer, '\\');
        postino_write(writer, (unsigned char)*text);
    }
}

/* Words, each after a blank; in quotes unless `quote` is 0. */
static void header_words(struct postino_writer *writer, const char *text, int quote)
{
    const char *begin = text;

    for (;; text++) {
        size_t columns = quote ? 2 : 0;
        size_t length;

        for (length = 0; text[length] != '\0' && text[length] != ' '; length++)
            columns += quote && header_escaped((unsigned char)text[length]) ? 2 : 1;
        postino_write_gap(writer, columns);
        if (quote && text == begin)
            postino_write(writer, '"');
        postino_write_escaped(writer, text, length, quote);
        text += length;
        if (*text == '\0')
            break;
    }
    if (quote)
        postino_write(writer, '"');
}

void postino_write_protocol(struct postino_writer *writer, const char *text)
{
    if ((postino_compose_look(text) & ~(unsigned)(COMPOSE_LONG | COMPOSE_ENCODED)) != 0)
        postino_write_fail(writer, POSTINO_ERROR_FIELD);
    header_words(writer, text, 0);
}

void postino_write_readable(struct postino_writer *writer, const char *text, int quote)
{
    unsigned found = postino_compose_look(text);

    if (found == 0)
        header_words(writer, text, quote);
    else if ((found & COMPOSE_BAD) != 0)
        postino_write_fail(writer, POSTINO_ERROR_FIELD);
    else if (writer->features->words == NULL)
        postino_write_fail(writer, POSTINO_ERROR_FEATURE);
    else
        writer->features->words(writer, text);
}

/* What the envelope takes, and nothing outside quotes that a header gives a meaning of its own. */
static int header_address(const char *address)
{
    struct postino_span path;
    const char *at;
    int utf8 = *address == '<' || *address == '\0' ? -1 : postino_address_path(address, &path);
    unsigned domain = 0;
    unsigned quoted = 0;

    if (utf8 > 0 && postino_compose_look(address) == COMPOSE_BAD)
        return -1;
    for (at = address; utf8 >= 0 && *at != '\0'; at++) {
        const char *special = domain ? ")(,;" : ")(,;:[]";

        if (*at == '"')
            quoted ^= 1;
        if (quoted) {
            at += *at == '\\';
            continue;
        }
        domain |= *at == '@';
        for (; *special != '\0'; special++)
            if (*at == *special)
                utf8 = -1;
    }
    return utf8;
}

void postino_write_mailbox(struct postino_writer *writer, const struct postino_mailbox *mailbox)
{
    const char *name = mailbox->name;
    int named = name != NULL && *name != '\0';
    int utf8 = header_address(mailbox->address);

    if (utf8 < 0)
        postino_write_fail(writer, POSTINO_ERROR_FIELD);
    else
        writer->utf8 |= (unsigned)utf8;
    if (named)
        postino_write_readable(writer, name, 1);
    postino_write_gap(writer, postino_compose_length(mailbox->address) + (named ? 3 : 1));
    if (named)
        postino_write(writer, '<');
    postino_write_text(writer, mailbox->address);
    if (named)
        postino_write(writer, '>');
    if (mailbox->next != NULL)
        postino_write(writer, ',');
}
