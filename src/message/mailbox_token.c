/* SPDX-License-Identifier: MIT */
/* Tokens of address lists (RFC 5322 section 3.2), and the words of names: encoded words (RFC 2047) and quoted
 * strings. Invariants: `at` never passes the zero that ends the text. No control character is copied or
 * decoded: such an encoded word stays as it was. */
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

/* Returns the octets of the current character, TAB included; 0 at the end, for another control character, or
 * for no UTF-8. */
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

static int token_is_blank(char octet)
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
        } else if (!token_is_blank(octet)) {
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

/* ---- Words of a name ---- */

/* The charsets that are decoded. */
enum word_charset {
    CHARSET_OTHER,
    CHARSET_ASCII,
    CHARSET_LATIN_1,
    CHARSET_UTF_8
};

static int word_is(const char *text, const char *name)
{
    for (; *name != '\0'; text++, name++)
        if (*text != *name && (*text ^ 32) != *name)
            return 0;
    /* RFC 2231 section 5: a language may follow. */
    return *text == '?' || *text == '*';
}

static unsigned word_charset(const char *text)
{
    if (word_is(text, "utf-8"))
        return CHARSET_UTF_8;
    if (word_is(text, "iso-8859-1"))
        return CHARSET_LATIN_1;
    return word_is(text, "us-ascii") ? CHARSET_ASCII : CHARSET_OTHER;
}

/* Returns the text behind the next '?'; NULL if another octet than printable ASCII comes first. */
static const char *word_part(const char *text)
{
    for (; *text != '?'; text++)
        if (*text <= ' ' || *text > '~')
            return NULL;
    return text + 1;
}

size_t postino_mailbox_word_length(const char *text)
{
    const char *at;

    if (text[0] != '=' || text[1] != '?')
        return 0;
    at = word_part(text + 2);
    if (at == NULL || at == text + 3 || ((*at | 32) != 'q' && (*at | 32) != 'b') || at[1] != '?')
        return 0;
    at = word_part(at + 2);
    return at != NULL && *at == '=' ? (size_t)(at + 1 - text) : 0;
}

static void word_put(struct mailbox_parser *parser, unsigned charset, unsigned octet, int *bad)
{
    if (octet <= 127 || charset == CHARSET_UTF_8) {
        postino_mailbox_put(parser, octet);
    } else if (charset == CHARSET_LATIN_1) {
        postino_mailbox_put(parser, 0xc0 | octet >> 6);
        postino_mailbox_put(parser, 0x80 | (octet & 0x3f));
    } else {
        *bad = 1;
    }
}

static void word_base64(struct mailbox_parser *parser, unsigned charset, const char *text, int *bad)
{
    unsigned bits = 0;
    unsigned count = 0;

    for (; *text != '?' && *text != '='; text++) {
        unsigned digit = postino_base64_bits((unsigned char)*text);

        *bad |= digit == 64;
        bits = (bits << 6 | digit) & 0xfff;
        count += 6;
        if (count >= 8) {
            count -= 8;
            word_put(parser, charset, bits >> count & 0xff, bad);
        }
    }
    while (*text == '=')
        text++;
    /* Six bits make no octet. */
    *bad |= *text != '?' || count == 6;
}

static unsigned word_hex_digit(unsigned digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    digit |= 32;
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : 16;
}

static void word_quoted(struct mailbox_parser *parser, unsigned charset, const char *text, int *bad)
{
    for (; *text != '?'; text++) {
        unsigned octet = (unsigned char)*text;

        if (octet == '_') {
            octet = ' ';
        } else if (octet == '=') {
            unsigned high = word_hex_digit((unsigned char)text[1]);
            unsigned low = high < 16 ? word_hex_digit((unsigned char)text[2]) : 16;

            if (low == 16) {
                *bad = 1;
                return;
            }
            octet = high << 4 | low;
            text += 2;
        }
        word_put(parser, charset, octet, bad);
    }
}

/* Appends the decoded text of the word. */
static void word_decode(struct mailbox_parser *parser, const char *text, int *bad)
{
    unsigned charset = word_charset(text + 2);
    const char *encoding = word_part(text + 2);

    if (charset == CHARSET_OTHER)
        *bad = 1;
    else if ((*encoding | 32) == 'b')
        word_base64(parser, charset, encoding + 2, bad);
    else
        word_quoted(parser, charset, encoding + 2, bad);
}

/* Checks that the text from `begin` on is UTF-8 without control characters, those of ISO 6429 included; a TAB
 * becomes a blank. Returns 1, or 0 for other text. */
static int word_accept(struct mailbox_parser *parser, size_t begin)
{
    struct postino_mailbox_list *list = parser->list;
    size_t end = list->used_octets;

    /* The zero keeps the last character from reaching past the end. */
    postino_mailbox_put(parser, '\0');
    if (parser->error != 0)
        return 0;
    list->used_octets = end;
    while (begin < end) {
        char *text = list->text + begin;
        unsigned length = postino_utf8_length(text);
        unsigned octet = (unsigned char)*text;

        if (octet == '\t')
            *text = ' ';
        else if (length == 0 || octet < ' ' || octet == 127 ||
                 (octet == 0xc2 && (unsigned char)text[1] < 0xa0))
            return 0;
        begin += length;
    }
    return 1;
}

/* Copies the words up to `end` as they are; blanks between two become one. */
static int word_keep(struct mailbox_parser *parser, const char *end)
{
    while (parser->at < end) {
        if (!token_is_blank(*parser->at)) {
            if (postino_mailbox_character(parser, 0) != 0)
                return -1;
            continue;
        }
        while (token_is_blank(*parser->at))
            parser->at++;
        postino_mailbox_put(parser, ' ');
    }
    return 0;
}

int postino_mailbox_words(struct mailbox_parser *parser)
{
    size_t begin = parser->list->used_octets;
    const char *at = parser->at;
    const char *end = at;
    unsigned other = word_charset(at + 2) == CHARSET_OTHER;
    size_t length;
    int bad = 0;

    /* RFC 2047 section 6.2: blanks between two decoded words are not shown. Next to a word that stays as it
     * is they are. */
    while ((length = postino_mailbox_word_length(at)) != 0 &&
           (word_charset(at + 2) == CHARSET_OTHER) == other) {
        word_decode(parser, at, &bad);
        end = at += length;
        while (token_is_blank(*at))
            at++;
    }
    if (parser->error != 0)
        return -1;
    if (!bad && word_accept(parser, begin)) {
        parser->at = end;
        return 0;
    }
    parser->list->used_octets = begin;
    parser->list->undecoded++;
    return parser->error != 0 ? -1 : word_keep(parser, end);
}

/* Passes a line end that continues the header field (RFC 5322 section 2.2.3): a blank follows it. */
static int word_fold(struct mailbox_parser *parser)
{
    if (parser->at[0] == '\r' && parser->at[1] == '\n')
        parser->at++;
    parser->at++;
    if (*parser->at == ' ' || *parser->at == '\t')
        return 0;
    return postino_mailbox_fail(parser, POSTINO_ERROR_ADDRESS);
}

int postino_mailbox_quoted(struct mailbox_parser *parser)
{
    char before = ' ';

    parser->at++;
    while (*parser->at != '"') {
        char octet = *parser->at;
        int failed;

        if (octet == '\r' || octet == '\n') {
            failed = word_fold(parser);
        } else if (!parser->strict && before == ' ' && postino_mailbox_word_length(parser->at) != 0) {
            /* RFC 2047 section 5 forbids encoded words here, but many programs write them. */
            failed = postino_mailbox_words(parser);
        } else {
            if (octet == '\\')
                parser->at++;
            failed = postino_mailbox_character(parser, ' ');
        }
        if (failed)
            return -1;
        before = octet == '\t' || octet == '\r' || octet == '\n' ? ' ' : octet;
    }
    parser->at++;
    return 0;
}
