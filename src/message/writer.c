/* SPDX-License-Identifier: MIT */
/* Header fields (RFC 5322 section 2.2). Invariant: every octet of the caller's was checked before it is in a
 * header. It has no control character, so each line end is ours, and a blank follows it. */
#include "writer.h"

#include "postino/address.h"
#include "postino/extension.h"

/* One less than RFC 5322 section 2.1.1 allows: a comma may follow. */
#define WRITER_COLUMNS      77
/* A longer word goes into encoded words; the field's name needs the rest of the line. */
#define WRITER_WORD_COLUMNS 60
/* RFC 5322 section 2.1.1, less the blank. */
#define WRITER_LINE_MAX     997

void postino_writer_start(struct postino_writer *writer, const struct postino_message *message)
{
    postino_clear(writer, sizeof *writer);
    writer->message = message;
}

void postino_write(struct postino_writer *writer, unsigned octet)
{
    size_t at = writer->total++;

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

unsigned postino_hex_digit(unsigned bits)
{
    return bits + (bits < 10 ? '0' : 'A' - 10);
}

void postino_write_hex(struct postino_writer *writer, unsigned octet)
{
    postino_write(writer, postino_hex_digit(octet >> 4));
    postino_write(writer, postino_hex_digit(octet & 15));
}

/* Whether the octet needs a backslash within quotes. */
static int writer_is_escaped(char octet)
{
    return octet == '"' || octet == '\\';
}

unsigned postino_text_traits(const char *text)
{
    unsigned found = 0;
    unsigned word = 0; /* its columns in quotes */

    for (; *text != '\0'; text++) {
        unsigned octet = (unsigned char)*text;

        if ((octet < ' ' && octet != '\t') || octet == 127)
            return TEXT_CONTROL;
        if (octet > 127)
            found |= TEXT_8BIT;
        if (octet == '=' && text[1] == '?')
            found |= TEXT_ENCODED_WORD;
        /* A blank at an end, or behind another blank. */
        if (octet == '\t' || (octet == ' ' && (word == 0 || text[1] == '\0')))
            found |= TEXT_BLANKS;
        word += 1 + (unsigned)writer_is_escaped(*text);
        if (octet == ' ')
            word = 0;
        if (word > WRITER_WORD_COLUMNS)
            found |= TEXT_LONG_WORD;
        if (word > WRITER_LINE_MAX)
            found |= TEXT_OVERLONG_WORD;
    }
    return found;
}

const char *postino_write_until(struct postino_writer *writer, const char *text, unsigned stop,
                                unsigned close)
{
    for (; *text != '\0' && (unsigned char)*text != stop; text++) {
        if (close == '"' && writer_is_escaped(*text))
            postino_write(writer, '\\');
        postino_write(writer, (unsigned char)*text);
    }
    return text;
}

void postino_write_words(struct postino_writer *writer, const char *text, unsigned open, unsigned stop)
{
    unsigned close = open == '<' ? '>' : open;

    for (;;) {
        size_t before = writer->total;
        unsigned over;
        const char *at;

        for (over = 0;; over = 1) {
            postino_write(writer, ' ');
            if (open != 0)
                postino_write(writer, open);
            at = postino_write_until(writer, text, stop, close);
            if (*at == '\0' && close != 0)
                postino_write(writer, close);
            if (over || writer->column <= WRITER_COLUMNS)
                break;
            writer->total = before;
            postino_write_text(writer, "\r\n");
        }
        if (*at == '\0')
            return;
        text = at + 1;
        open = 0;
    }
}

void postino_write_protocol(struct postino_writer *writer, const char *text)
{
    unsigned found = postino_text_traits(text) & ~(unsigned)(TEXT_LONG_WORD | TEXT_ENCODED_WORD);
    size_t before = writer->total;
    unsigned column = writer->column;
    const char *at;

    if (found != 0)
        postino_write_fail(writer, (found & TEXT_CONTROL) != 0         ? POSTINO_ERROR_FIELD
                                   : (found & TEXT_OVERLONG_WORD) != 0 ? POSTINO_ERROR_FIELD_LONG
                                                                       : POSTINO_ERROR_FIELD_PROTOCOL);
    postino_write(writer, ' ');
    at = postino_write_until(writer, text, ' ', 0);
    if (*at != '\0')
        at++;
    /* The word fits no line that holds the field's name too. */
    if (writer->column > WRITER_LINE_MAX + 1) {
        writer->total = before;
        writer->column = column;
        at = text;
    }
    if (*at != '\0')
        postino_write_words(writer, at, 0, ' ');
}

void postino_write_readable(struct postino_writer *writer, const char *text, unsigned quote)
{
    unsigned found = postino_text_traits(text);

    if (found == 0)
        postino_write_words(writer, text, quote, ' ');
    else if ((found & TEXT_CONTROL) != 0)
        postino_write_fail(writer, POSTINO_ERROR_FIELD);
    else if (writer->message->features->words == NULL)
        postino_write_fail(writer, POSTINO_ERROR_FEATURE);
    else
        writer->message->features->words(writer, text);
}

int postino_is_special(char octet, const char *specials)
{
    for (; *specials != '\0'; specials++)
        if (octet == *specials)
            return 1;
    return 0;
}

/* Checks for an address that the envelope takes, without octets outside of quotes that a header gives a
 * meaning of its own. Returns 0 or an error. */
static int writer_address(struct postino_writer *writer, const char *address)
{
    const struct postino_message *message = writer->message;
    struct postino_span path;
    const char *special = ":[])(,;";
    int utf8 = *address == '<' || *address == '\0' ? -1 : postino_address_path(address, &path);
    unsigned quoted = 0;

    if (utf8 < 0)
        return POSTINO_ERROR_FIELD_ADDRESS;
    if (utf8 > 0) {
        writer->utf8 = 1;
        if (message->features->address == NULL)
            return POSTINO_ERROR_FEATURE;
        if (message->features->address(address) != 0)
            return POSTINO_ERROR_FIELD_UTF8;
        if ((message->capabilities & POSTINO_CAPABILITY_SMTPUTF8) == 0)
            return POSTINO_ERROR_UTF8_ADDRESS;
    }
    for (; *address != '\0'; address++) {
        if (*address == '"')
            quoted ^= 1;
        if (quoted) {
            address += *address == '\\';
            continue;
        }
        /* A domain may be a literal (RFC 5321 section 4.1.3). */
        if (*address == '@')
            special = ")(,;";
        if (postino_is_special(*address, special))
            return POSTINO_ERROR_FIELD_ADDRESS;
    }
    return POSTINO_OK;
}

void postino_write_mailbox(struct postino_writer *writer, const struct postino_mailbox *mailbox)
{
    const char *name = mailbox->name;
    int named = name != NULL && *name != '\0';
    int error = writer_address(writer, mailbox->address);

    if (error != POSTINO_OK)
        postino_write_fail(writer, error);
    if (named)
        postino_write_readable(writer, name, '"');
    postino_write_words(writer, mailbox->address, named ? '<' : 0, '\0');
}
