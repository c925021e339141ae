/* SPDX-License-Identifier: MIT */
/* Header fields (RFC 5322 section 2.2). Invariant: no octet of the caller's gets into a header that was not
 * looked at: no control character, so no line end but ours, and each line end of ours has a blank behind
 * it. */
#include "compose.h"

/* One less than RFC 5322 section 2.1.1 asks for: a comma may follow. */
#define HEADER_COLUMNS          77
/* A longer word goes into encoded words; the rest of its line is for the field's name. */
#define HEADER_WORD_COLUMNS     60
/* RFC 5322 section 2.1.1, less the blank. */
#define HEADER_PROTOCOL_COLUMNS 997

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

/* Whether it needs a backslash within quotes. */
static int header_escaped(char octet)
{
    return octet == '"' || octet == '\\';
}

unsigned postino_compose_look(const char *text)
{
    unsigned found = 0;
    unsigned word = 0; /* its columns in quotes */

    for (; *text != '\0'; text++) {
        unsigned octet = (unsigned char)*text;

        if ((octet < ' ' && octet != '\t') || octet == 127)
            return COMPOSE_BAD;
        if (octet > 127)
            found |= COMPOSE_8BIT;
        if (octet == '=' && text[1] == '?')
            found |= COMPOSE_ENCODED;
        /* At an end, behind another. */
        if (octet == '\t' || (octet == ' ' && (word == 0 || text[1] == '\0')))
            found |= COMPOSE_BLANKS;
        word += 1 + (unsigned)header_escaped(*text);
        if (octet == ' ')
            word = 0;
        if (word > HEADER_WORD_COLUMNS)
            found |= COMPOSE_LONG;
        if (word > HEADER_PROTOCOL_COLUMNS)
            found |= COMPOSE_LONGER;
    }
    return found;
}

const char *postino_write_until(struct postino_writer *writer, const char *text, unsigned stop,
                                unsigned close)
{
    for (; *text != '\0' && (unsigned char)*text != stop; text++) {
        if (close == '"' && header_escaped(*text))
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
            if (over || writer->column <= HEADER_COLUMNS)
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
    unsigned found = postino_compose_look(text) & ~(unsigned)(COMPOSE_LONG | COMPOSE_ENCODED);
    size_t before = writer->total;
    unsigned column = writer->column;
    const char *at;

    if (found != 0)
        postino_write_fail(writer, (found & COMPOSE_BAD) != 0      ? POSTINO_ERROR_FIELD
                                   : (found & COMPOSE_LONGER) != 0 ? POSTINO_ERROR_FIELD_LONG
                                                                   : POSTINO_ERROR_FIELD_PROTOCOL);
    postino_write(writer, ' ');
    at = postino_write_until(writer, text, ' ', 0);
    if (*at != '\0')
        at++;
    /* It fits no line that has the name too. */
    if (writer->column > HEADER_PROTOCOL_COLUMNS + 1) {
        writer->total = before;
        writer->column = column;
        at = text;
    }
    if (*at != '\0')
        postino_write_words(writer, at, 0, ' ');
}

void postino_write_readable(struct postino_writer *writer, const char *text, unsigned quote)
{
    unsigned found = postino_compose_look(text);

    if (found == 0)
        postino_write_words(writer, text, quote, ' ');
    else if ((found & COMPOSE_BAD) != 0)
        postino_write_fail(writer, POSTINO_ERROR_FIELD);
    else if (writer->message->features->words == NULL)
        postino_write_fail(writer, POSTINO_ERROR_FEATURE);
    else
        writer->message->features->words(writer, text);
}

int postino_compose_is_special(char octet, const char *specials)
{
    for (; *specials != '\0'; specials++)
        if (octet == *specials)
            return 1;
    return 0;
}

/* What the envelope takes, and nothing outside quotes that a header gives a meaning of its own. Returns 0 or
 * an error. */
static int header_address(struct postino_writer *writer, const char *address)
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
        if (postino_compose_is_special(*address, special))
            return POSTINO_ERROR_FIELD_ADDRESS;
    }
    return POSTINO_OK;
}

void postino_write_mailbox(struct postino_writer *writer, const struct postino_mailbox *mailbox)
{
    const char *name = mailbox->name;
    int named = name != NULL && *name != '\0';
    int error = header_address(writer, mailbox->address);

    if (error != POSTINO_OK)
        postino_write_fail(writer, error);
    if (named)
        postino_write_readable(writer, name, '"');
    postino_write_words(writer, mailbox->address, named ? '<' : 0, '\0');
}
