/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_MAILBOX_PARSER_H
#define POSTINO_MAILBOX_PARSER_H

/* The parts of the parser of address lists. Each function below returns 0, or -1 where the parser failed. */

#include "postino/mailbox.h"

struct mailbox_parser {
    struct postino_mailbox_list *list;
    const char *at;
    int error;
    int strict;
};

/* Keeps the first error. Returns -1. */
int postino_mailbox_fail(struct mailbox_parser *parser, int error);
void postino_mailbox_put(struct mailbox_parser *parser, unsigned octet);
/* Copies the character in hand; a TAB as `tab`, 0: it is an error. Others below a blank, and what is no
 * UTF-8, are errors. */
int postino_mailbox_character(struct mailbox_parser *parser, unsigned tab);
/* Passes blanks, line ends and comments, which nest. */
int postino_mailbox_gap(struct mailbox_parser *parser);
/* 1 for what is no special of RFC 5322 section 3.2.3, else 0. */
int postino_mailbox_is_atom(char octet);
/* local-part "@" domain, copied as it is, but for blanks and comments beside the at-sign. */
int postino_mailbox_path(struct mailbox_parser *parser);
int postino_mailbox_domain(struct mailbox_parser *parser);
/* How many octets the encoded word takes that begins at `text` (RFC 2047 section 2); 0: none does. */
size_t postino_mailbox_word_length(const char *text);
/* Encoded words that follow each other with nothing but blanks between them, decoded: the first begins at the
 * octet in hand. Where they cannot be decoded they are copied as they are, and counted. */
int postino_mailbox_words(struct mailbox_parser *parser);
/* A quoted string as a word of a name: without its quotes. */
int postino_mailbox_quoted(struct mailbox_parser *parser);

#endif
