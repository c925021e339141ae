/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_MAILBOX_PARSER_H
#define POSTINO_MAILBOX_PARSER_H

/* The tokens of the parser of address lists. Each function that can fail returns 0, or -1 if the parser
 * failed. */

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
/* Copies the current character; a TAB as `tab`, 0: a TAB is an error. Other control characters and octets
 * that are no UTF-8 are errors. */
int postino_mailbox_character(struct mailbox_parser *parser, unsigned tab);
/* Passes blanks, line ends and comments, which nest. */
int postino_mailbox_gap(struct mailbox_parser *parser);
/* Whether the octet may stand in an atom (RFC 5322 section 3.2.3). */
int postino_mailbox_is_atom(char octet);
/* Copies local-part "@" domain, without blanks and comments beside the at-sign. */
int postino_mailbox_path(struct mailbox_parser *parser);
int postino_mailbox_domain(struct mailbox_parser *parser);
/* Returns the length of the encoded word at `text` (RFC 2047 section 2); 0: none begins there. */
size_t postino_mailbox_word_length(const char *text);
/* Decodes the encoded words from the current octet on, as long as only blanks stand between them. Words that
 * cannot be decoded are copied as they are, and counted. */
int postino_mailbox_words(struct mailbox_parser *parser);
/* Copies a quoted string as a word of a name, without its quotes. */
int postino_mailbox_quoted(struct mailbox_parser *parser);

#endif
