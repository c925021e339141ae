/* SPDX-License-Identifier: MIT */
/* Tokens of address lists (RFC 5322 section 3.2). Invariant: `at` never passes the zero that ends the text;
 * no control character is copied. */
#include "mailbox_parser.h"

#include <string.h>

#include "../text/text.h"

#define MAILBOX_COMMENT_MAX 16

int postino_mailbox_fail(struct mailbox_parser *parser, int error)
{
    if (parser->error == 0)
        parser->error = error;
    return -1;
}

void postino_mailbox_put(struct mailbox_parser *parser, unsigned octet)
{
    if (parser->list->used_octets == parser->list->text_octets)
        (void)postino_mailbox_fail(parser, POSTINO_ERROR_CAPACITY);
    else
        parser->list->text[parser->list->used_octets++] = (char)octet;
}

/* Returns the octets of the current character, TAB included; 0 at the end, for another control character,
 * or for no UTF-8. */
static unsigned token_length(const struct mailbox_parser *parser)
{
    unsigned octet = (unsigned char)*parser->at;

    if ((octet < ' ' && octet != '\t') || octet == 127)
        return 0;
    return postino_utf8_length(parser->at);
}

int postino_mailbox_character(struct mailbox_parser *parser, unsigned tab)
{
    unsigned length = token_length(parser);

    if (length == 0 || (*parser->at == '\t' && tab == 0))
        return postino_mailbox_fail(parser, POSTINO_ERROR_ADDRESS);
    if (*parser->at == '\t') {
        postino_mailbox_put(parser, tab);
        parser->at++;
        length = 0;
    }
    for (; length != 0; length--)
        postino_mailbox_put(parser, (unsigned char)*parser->at++);
    return parser->error != 0 ? -1 : 0;
}

int postino_mailbox_is_blank(char octet)
{
    return octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n';
}

int postino_mailbox_gap(struct mailbox_parser *parser)
{
    unsigned depth = 0;

    for (;;) {
        char octet = *parser->at;
        unsigned length = 1;

        if (octet == '(') {
            if (depth++ == MAILBOX_COMMENT_MAX)
                return postino_mailbox_fail(parser, POSTINO_ERROR_ADDRESS);
        } else if (depth != 0 && octet == ')') {
            depth--;
        } else if (!postino_mailbox_is_blank(octet)) {
            if (depth == 0)
                return 0;
            if (octet == '\\')
                parser->at++;
            length = token_length(parser);
            if (length == 0)
                return postino_mailbox_fail(parser, POSTINO_ERROR_ADDRESS);
        }
        parser->at += length;
    }
}

int postino_mailbox_is_atom(char octet)
{
    return (unsigned char)octet > ' ' && octet != 127 && memchr("()<>[]:;@\\,\".", octet, 14) == NULL;
}

/* Copies a quoted local part as it is. A TAB or a line end in it cannot be sent. */
static int token_quoted_local(struct mailbox_parser *parser)
{
    do {
        if (*parser->at == '\\' && postino_mailbox_character(parser, 0) != 0)
            return -1;
        if (postino_mailbox_character(parser, 0) != 0)
            return -1;
    } while (*parser->at != '"');
    return postino_mailbox_character(parser, 0);
}

/* Copies atoms with single dots between them. With `dots` dots may stand anywhere, as in the addresses of
 * some providers. */
static int token_dots(struct mailbox_parser *parser, int dots)
{
    int atoms = 0;
    int dot = 1;

    for (;;) {
        if (*parser->at == '.') {
            if (dot && !dots)
                break;
            dot = 1;
        } else if (postino_mailbox_is_atom(*parser->at)) {
            atoms = 1;
            dot = 0;
        } else {
            break;
        }
        if (postino_mailbox_character(parser, 0) != 0)
            return -1;
    }
    if (atoms && (!dot || dots))
        return 0;
    return postino_mailbox_fail(parser, POSTINO_ERROR_ADDRESS);
}

int postino_mailbox_domain(struct mailbox_parser *parser)
{
    if (*parser->at != '[')
        return token_dots(parser, 0);
    /* RFC 5322 section 3.4.1: dtext. */
    do {
        if (postino_mailbox_character(parser, 0) != 0)
            return -1;
        if ((unsigned char)*parser->at <= ' ' || (unsigned char)*parser->at > 126 || *parser->at == '[' ||
            *parser->at == '\\')
            return postino_mailbox_fail(parser, POSTINO_ERROR_ADDRESS);
    } while (*parser->at != ']');
    return postino_mailbox_character(parser, 0);
}

int postino_mailbox_path(struct mailbox_parser *parser)
{
    if (*parser->at == '"' ? token_quoted_local(parser) : token_dots(parser, !parser->strict))
        return -1;
    if (postino_mailbox_gap(parser) != 0)
        return -1;
    if (*parser->at != '@')
        return postino_mailbox_fail(parser, POSTINO_ERROR_ADDRESS);
    if (postino_mailbox_character(parser, 0) != 0 || postino_mailbox_gap(parser) != 0)
        return -1;
    return postino_mailbox_domain(parser);
}
