/* SPDX-License-Identifier: MIT */
/* Address lists (RFC 5322 section 3.4). Invariant: `at` never passes the zero that ends the text; on an error it
 * stands where the list goes wrong. */
#include "compose.h"

#include "postino/mailbox.h"

#define MAILBOX_COMMENT_MAX 16

struct mailbox_parser {
    struct postino_mailbox_list *list;
    const char *at;
    int error;
};

static int mailbox_fail(struct mailbox_parser *parser, int error)
{
    if (parser->error == 0)
        parser->error = error;
    return -1;
}

static void mailbox_put(struct mailbox_parser *parser, char octet)
{
    if (parser->list->used_octets == parser->list->text_octets)
        (void)mailbox_fail(parser, POSTINO_ERROR_CAPACITY);
    else
        parser->list->text[parser->list->used_octets++] = octet;
}

/* Copies the character in hand, or only passes it. Returns 0, or -1 at the end, a control character or no UTF-8. */
static int mailbox_character(struct mailbox_parser *parser, int copy)
{
    unsigned length = postino_utf8_length(parser->at);

    if (length == 0 || (unsigned char)*parser->at < ' ' || *parser->at == 127)
        return *parser->at == '\t' ? (parser->at++, 0) : mailbox_fail(parser, POSTINO_ERROR_ADDRESS);
    for (; length != 0; length--, parser->at++)
        if (copy)
            mailbox_put(parser, *parser->at);
    return parser->error != 0 ? -1 : 0;
}

/* Blanks, line ends that are folded, and comments, which nest. Returns 0 or -1. */
static int mailbox_gap(struct mailbox_parser *parser)
{
    unsigned depth = 0;

    for (;;) {
        char octet = *parser->at;

        if (octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n') {
            parser->at++;
        } else if (octet == '(' && depth < MAILBOX_COMMENT_MAX) {
            depth++;
            parser->at++;
        } else if (depth == 0) {
            return 0;
        } else if (octet == ')') {
            depth--;
            parser->at++;
        } else {
            if (octet == '\\')
                parser->at++;
            if (octet == '(' || mailbox_character(parser, 0) != 0)
                return mailbox_fail(parser, POSTINO_ERROR_ADDRESS);
        }
    }
}

static int mailbox_is_atom(char octet)
{
    return (unsigned char)octet > ' ' && octet != 127 && memchr("()<>[]:;@\\,\".", octet, 14) == NULL;
}

/* A quoted string, with its quotes and backslashes (`raw`) or without. */
static int mailbox_quoted(struct mailbox_parser *parser, int raw)
{
    if (raw)
        mailbox_put(parser, '"');
    parser->at++;
    while (*parser->at != '"') {
        /* A fold. */
        if (*parser->at == '\r' || *parser->at == '\n') {
            parser->at++;
            continue;
        }
        if (*parser->at == '\\') {
            if (raw)
                mailbox_put(parser, '\\');
            parser->at++;
        }
        if (mailbox_character(parser, 1) != 0)
            return -1;
    }
    parser->at++;
    if (raw)
        mailbox_put(parser, '"');
    return parser->error != 0 ? -1 : 0;
}

/* Atoms with single dots between them. */
static int mailbox_dots(struct mailbox_parser *parser)
{
    do {
        if (*parser->at == '.') {
            mailbox_put(parser, '.');
            parser->at++;
        }
        if (!mailbox_is_atom(*parser->at))
            return mailbox_fail(parser, POSTINO_ERROR_ADDRESS);
        while (mailbox_is_atom(*parser->at))
            if (mailbox_character(parser, 1) != 0)
                return -1;
    } while (*parser->at == '.');
    return 0;
}

static int mailbox_domain(struct mailbox_parser *parser)
{
    if (*parser->at != '[')
        return *parser->at == '.' ? mailbox_fail(parser, POSTINO_ERROR_ADDRESS) : mailbox_dots(parser);
    while (*parser->at != ']') {
        if ((*parser->at == '[' && parser->list->text[parser->list->used_octets - 1] != '@') ||
            *parser->at <= ' ' || *parser->at == '\\')
            return mailbox_fail(parser, POSTINO_ERROR_ADDRESS);
        if (mailbox_character(parser, 1) != 0)
            return -1;
    }
    return mailbox_character(parser, 1);
}

static int mailbox_address(struct mailbox_parser *parser, struct postino_mailbox *mailbox)
{
    const char *begin = parser->at;
    const char *address = parser->list->text + parser->list->used_octets;
    struct postino_span path;

    mailbox->address = address;
    if (*parser->at == '"' ? mailbox_quoted(parser, 1) : *parser->at == '.' ? -1 : mailbox_dots(parser))
        return mailbox_fail(parser, POSTINO_ERROR_ADDRESS);
    if (mailbox_gap(parser) != 0)
        return -1;
    if (*parser->at != '@')
        return mailbox_fail(parser, POSTINO_ERROR_ADDRESS);
    mailbox_put(parser, '@');
    parser->at++;
    if (parser->error != 0 || mailbox_gap(parser) != 0 || mailbox_domain(parser) != 0)
        return -1;
    mailbox_put(parser, '\0');
    if (parser->error == 0 && postino_address_path(address, &path) < 0) {
        parser->at = begin;
        return mailbox_fail(parser, POSTINO_ERROR_ADDRESS);
    }
    return parser->error != 0 ? -1 : mailbox_gap(parser);
}

/* Words with a blank between them; dots are taken for letters, as people write them. */
static int mailbox_name(struct mailbox_parser *parser, struct postino_mailbox *mailbox)
{
    size_t begin = parser->list->used_octets;

    mailbox->name = parser->list->text + begin;
    for (;;) {
        const char *before = parser->at;

        if (*parser->at == '"') {
            if (mailbox_quoted(parser, 0) != 0)
                return -1;
        } else {
            while (mailbox_is_atom(*parser->at) || *parser->at == '.')
                if (mailbox_character(parser, 1) != 0)
                    return -1;
            if (before == parser->at)
                break;
        }
        before = parser->at;
        if (mailbox_gap(parser) != 0)
            return -1;
        if (parser->at != before &&
            (mailbox_is_atom(*parser->at) || *parser->at == '"' || *parser->at == '.'))
            mailbox_put(parser, ' ');
    }
    mailbox_put(parser, '\0');
    return parser->error != 0 ? -1 : 0;
}

/* The first special that stands at `at` outside of quotes and comments: what the words before it are. */
static char mailbox_ahead(const struct mailbox_parser *parser)
{
    struct mailbox_parser ahead = *parser;

    for (;;) {
        if (mailbox_gap(&ahead) != 0)
            return '\0';
        if (*ahead.at == '"') {
            for (ahead.at++; *ahead.at != '"' && *ahead.at != '\0'; ahead.at++)
                if (*ahead.at == '\\' && ahead.at[1] != '\0')
                    ahead.at++;
            if (*ahead.at == '\0')
                return '\0';
            ahead.at++;
        } else if (mailbox_is_atom(*ahead.at) || *ahead.at == '.') {
            ahead.at++;
        } else {
            return *ahead.at;
        }
    }
}

static int mailbox_one(struct mailbox_parser *parser)
{
    struct postino_mailbox_list *list = parser->list;
    struct postino_mailbox *mailbox = list->mailboxes + list->count;

    if (list->count == list->capacity)
        return mailbox_fail(parser, POSTINO_ERROR_CAPACITY);
    mailbox->name = NULL;
    mailbox->next = NULL;
    if (mailbox_ahead(parser) == '<') {
        if (mailbox_name(parser, mailbox) != 0)
            return -1;
        if (*parser->at != '<')
            return mailbox_fail(parser, POSTINO_ERROR_ADDRESS);
        parser->at++;
        if (*mailbox->name == '\0')
            mailbox->name = NULL;
        if (mailbox_gap(parser) != 0 || mailbox_address(parser, mailbox) != 0)
            return -1;
        if (*parser->at != '>')
            return mailbox_fail(parser, POSTINO_ERROR_ADDRESS);
        parser->at++;
        if (mailbox_gap(parser) != 0)
            return -1;
    } else if (mailbox_address(parser, mailbox) != 0) {
        return -1;
    }
    if (list->count != 0)
        mailbox[-1].next = mailbox;
    list->count++;
    return 0;
}

/* The name of a group goes nowhere. */
static int mailbox_group(struct mailbox_parser *parser)
{
    struct postino_mailbox group;
    size_t used = parser->list->used_octets;

    if (mailbox_name(parser, &group) != 0)
        return -1;
    if (*group.name == '\0' || *parser->at != ':')
        return mailbox_fail(parser, POSTINO_ERROR_ADDRESS);
    parser->at++;
    parser->list->used_octets = used;
    if (mailbox_gap(parser) != 0)
        return -1;
    while (*parser->at != ';') {
        if (mailbox_one(parser) != 0)
            return -1;
        if (*parser->at == ',') {
            parser->at++;
            if (mailbox_gap(parser) != 0)
                return -1;
            if (*parser->at != ';')
                continue;
            return mailbox_fail(parser, POSTINO_ERROR_ADDRESS);
        }
        if (*parser->at != ';')
            return mailbox_fail(parser, POSTINO_ERROR_ADDRESS);
    }
    parser->at++;
    return mailbox_gap(parser);
}

static void mailbox_list(struct mailbox_parser *parser)
{
    do {
        if (mailbox_gap(parser) != 0)
            return;
        if (mailbox_ahead(parser) == ':' ? mailbox_group(parser) : mailbox_one(parser))
            return;
    } while (*parser->at == ',' && parser->at++ != NULL);
    if (*parser->at != '\0')
        (void)mailbox_fail(parser, POSTINO_ERROR_ADDRESS);
}

int postino_mailbox_parse(struct postino_mailbox_list *list, const char *text)
{
    struct mailbox_parser parser;
    const char *at;

    parser.list = list;
    parser.at = text;
    parser.error = 0;
    list->count = 0;
    list->used_octets = 0;
    list->column = 0;
    mailbox_list(&parser);
    if (parser.error != 0)
        for (at = text, list->column = 1; at < parser.at; at++)
            list->column += (at[1] & 0xc0) != 0x80;
    return parser.error;
}
