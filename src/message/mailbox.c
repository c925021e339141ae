/* SPDX-License-Identifier: MIT */
/* Address lists as RFC 5322 section 3.4 defines them, and as people write them. Invariant: on an error `at`
 * stands where the list goes wrong. Each mailbox that is counted has an address that the envelope takes. */
#include "mailbox_parser.h"

#include "postino/address.h"

/* Parses an address without its brackets. */
static int mailbox_address(struct mailbox_parser *parser, struct postino_mailbox *mailbox)
{
    const char *begin = parser->at;
    struct postino_span path;

    mailbox->address = parser->list->text + parser->list->used_octets;
    if (postino_mailbox_path(parser) != 0)
        return -1;
    postino_mailbox_put(parser, '\0');
    if (parser->error == 0 && postino_address_path(mailbox->address, &path) < 0) {
        parser->at = begin;
        return postino_mailbox_fail(parser, POSTINO_ERROR_ADDRESS);
    }
    return parser->error != 0 ? -1 : postino_mailbox_gap(parser);
}

/* Whether a name may hold the octet outside of quotes. Atoms, and dots as in obs-phrase, may stand there.
 * People also leave these unquoted: "a@b.example <a@b.example>", "[Team] Ann <a@b.example>". */
static int mailbox_is_name(const struct mailbox_parser *parser)
{
    char octet = *parser->at;

    return postino_mailbox_is_atom(octet) || octet == '.' ||
           (!parser->strict && (octet == '@' || octet == '[' || octet == ']'));
}

/* Parses words; blanks between them become one. */
static int mailbox_name(struct mailbox_parser *parser, struct postino_mailbox *mailbox)
{
    size_t begin = parser->list->used_octets;
    int blank = 0;

    mailbox->name = parser->list->text + begin;
    while (*parser->at == '"' || mailbox_is_name(parser)) {
        const char *before;
        int failed = 0;

        if (blank)
            postino_mailbox_put(parser, ' ');
        if (*parser->at == '"')
            failed = postino_mailbox_quoted(parser);
        else if (postino_mailbox_word_length(parser->at) != 0)
            failed = postino_mailbox_words(parser);
        else
            while (failed == 0 && mailbox_is_name(parser))
                failed = postino_mailbox_character(parser, 0);
        before = parser->at;
        if (failed || postino_mailbox_gap(parser) != 0)
            return -1;
        blank = parser->at != before;
    }
    postino_mailbox_put(parser, '\0');
    return parser->error != 0 ? -1 : 0;
}

/* Passes a quoted string. Returns 0, or -1 where it has no end. */
static int mailbox_pass_quoted(struct mailbox_parser *parser)
{
    for (parser->at++; *parser->at != '"'; parser->at++) {
        if (*parser->at == '\\')
            parser->at++;
        if (*parser->at == '\0')
            return -1;
    }
    parser->at++;
    return 0;
}

/* Returns the first octet outside of quotes and comments that tells the kind of the entry: "<" for a mailbox
 * with a name, ":" for a group, any other for an address. */
static char mailbox_ahead(const struct mailbox_parser *parser)
{
    struct mailbox_parser ahead = *parser;
    int at_sign = 0;

    for (;;) {
        size_t word;

        if (postino_mailbox_gap(&ahead) != 0)
            return '\0';
        word = postino_mailbox_word_length(ahead.at);
        if (*ahead.at == '"') {
            if (mailbox_pass_quoted(&ahead) != 0)
                return '\0';
        } else if (word != 0) {
            ahead.at += word;
        } else if (mailbox_is_name(&ahead)) {
            at_sign |= *ahead.at == '@';
            /* A colon of an address literal begins no group. */
            if (*ahead.at == '[')
                while (ahead.at[1] != '\0' && ahead.at[1] != ']')
                    ahead.at++;
            ahead.at++;
        } else {
            return *ahead.at == ':' && at_sign ? '@' : *ahead.at;
        }
    }
}

/* Passes a route (RFC 5322 section 4.4); routes are obsolete, so it is dropped. */
static int mailbox_route(struct mailbox_parser *parser)
{
    size_t used = parser->list->used_octets;

    while (*parser->at == '@' || *parser->at == ',') {
        int domain = *parser->at++ == '@';

        if (postino_mailbox_gap(parser) != 0 || (domain && postino_mailbox_domain(parser) != 0) ||
            postino_mailbox_gap(parser) != 0)
            return -1;
    }
    parser->list->used_octets = used;
    if (*parser->at != ':')
        return postino_mailbox_fail(parser, POSTINO_ERROR_ADDRESS);
    parser->at++;
    return postino_mailbox_gap(parser);
}

/* Parses "Name <address>". */
static int mailbox_named(struct mailbox_parser *parser, struct postino_mailbox *mailbox)
{
    if (mailbox_name(parser, mailbox) != 0)
        return -1;
    if (*parser->at != '<')
        return postino_mailbox_fail(parser, POSTINO_ERROR_ADDRESS);
    parser->at++;
    if (*mailbox->name == '\0')
        mailbox->name = NULL;
    if (postino_mailbox_gap(parser) != 0 ||
        (*parser->at == '@' && !parser->strict && mailbox_route(parser) != 0) ||
        mailbox_address(parser, mailbox) != 0)
        return -1;
    if (*parser->at != '>')
        return postino_mailbox_fail(parser, POSTINO_ERROR_ADDRESS);
    parser->at++;
    return postino_mailbox_gap(parser);
}

static int mailbox_one(struct mailbox_parser *parser)
{
    struct postino_mailbox_list *list = parser->list;
    struct postino_mailbox *mailbox = list->mailboxes + list->count;

    if (list->count == list->capacity)
        return postino_mailbox_fail(parser, POSTINO_ERROR_CAPACITY);
    mailbox->name = NULL;
    mailbox->next = NULL;
    if (mailbox_ahead(parser) == '<' ? mailbox_named(parser, mailbox) : mailbox_address(parser, mailbox))
        return -1;
    if (list->count != 0)
        mailbox[-1].next = mailbox;
    list->count++;
    return 0;
}

/* Passes the commas between two mailboxes; people write several, and with `semicolons` those too. Returns 1
 * if there was a separator, 0 if not, or -1. */
static int mailbox_separators(struct mailbox_parser *parser, int semicolons)
{
    int found = 0;

    while ((*parser->at == ',' || (*parser->at == ';' && semicolons)) && (!found || !parser->strict)) {
        parser->at++;
        found = 1;
        if (postino_mailbox_gap(parser) != 0)
            return -1;
    }
    return found;
}

static int mailbox_members(struct mailbox_parser *parser)
{
    if (!parser->strict && mailbox_separators(parser, 0) < 0)
        return -1;
    while (*parser->at != ';') {
        int separated;

        if (mailbox_one(parser) != 0)
            return -1;
        separated = mailbox_separators(parser, 0);
        if (separated < 0)
            return -1;
        if (*parser->at == ';' ? separated && parser->strict : !separated)
            return postino_mailbox_fail(parser, POSTINO_ERROR_ADDRESS);
    }
    parser->at++;
    return postino_mailbox_gap(parser);
}

/* Parses a group. Its name is dropped. */
static int mailbox_group(struct mailbox_parser *parser)
{
    struct postino_mailbox group;
    size_t used = parser->list->used_octets;
    size_t undecoded = parser->list->undecoded;

    if (mailbox_name(parser, &group) != 0)
        return -1;
    if (*group.name == '\0' || *parser->at != ':')
        return postino_mailbox_fail(parser, POSTINO_ERROR_ADDRESS);
    parser->at++;
    parser->list->used_octets = used;
    parser->list->undecoded = undecoded;
    return postino_mailbox_gap(parser) != 0 ? -1 : mailbox_members(parser);
}

static void mailbox_list(struct mailbox_parser *parser)
{
    int more;

    if (postino_mailbox_gap(parser) != 0 || (!parser->strict && mailbox_separators(parser, 1) < 0))
        return;
    do {
        int group = mailbox_ahead(parser) == ':';

        if (group ? mailbox_group(parser) : mailbox_one(parser))
            return;
        more = mailbox_separators(parser, !parser->strict);
        if (more < 0)
            return;
        /* The semicolon of a group separates as a comma does. */
        more |= group && !parser->strict;
    } while (more && (*parser->at != '\0' || parser->strict));
    if (*parser->at != '\0')
        (void)postino_mailbox_fail(parser, POSTINO_ERROR_ADDRESS);
}

int postino_mailbox_parse(struct postino_mailbox_list *list, const char *text)
{
    struct mailbox_parser parser;
    const char *at;

    parser.list = list;
    parser.at = text;
    parser.error = 0;
    parser.strict = (list->flags & POSTINO_MAILBOX_STRICT) != 0;
    list->count = 0;
    list->used_octets = 0;
    list->column = 0;
    list->undecoded = 0;
    mailbox_list(&parser);
    if (parser.error != 0)
        for (at = text, list->column = 1; at < parser.at; at++)
            list->column += (at[1] & 0xc0) != 0x80;
    return parser.error;
}
