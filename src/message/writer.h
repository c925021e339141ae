/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_WRITER_H
#define POSTINO_WRITER_H

/* Writes header fields. A piece of a header is written anew for each buffer that takes a part of it, so
 * nothing is kept of a header. A field that cannot be written makes the writer fail; the first error
 * stays. */

#include "postino/message.h"

#include "../text/text.h"

struct postino_writer {
    uint8_t *out;
    size_t room; /* what does not fit is counted and dropped */
    /* Where the next octet goes. A piece that began in front of `out` starts below zero, wrapped. */
    size_t total;
    unsigned column;                       /* octets in the line so far */
    int error;                             /* the first one */
    const struct postino_message *message; /* NULL: what is written needs none */
    const char *name;                      /* of the field that is written */
    unsigned utf8;                         /* not 0: an address has octets above 127 */
};

/* Starts a writer that counts only: set `out` and `room` to keep what it writes. */
void postino_writer_start(struct postino_writer *writer, const struct postino_message *message);
void postino_write(struct postino_writer *writer, unsigned octet);
void postino_write_text(struct postino_writer *writer, const char *text);
void postino_write_fail(struct postino_writer *writer, int error);
/* Returns a hexadecimal digit in upper case (RFC 2045 section 6.7). */
unsigned postino_hex_digit(unsigned bits);
void postino_write_hex(struct postino_writer *writer, unsigned octet);

/* Traits of a text, as bits. */
enum text_trait {
    TEXT_CONTROL = 1,       /* a control character */
    TEXT_8BIT = 2,          /* octets above 127 */
    TEXT_LONG_WORD = 4,     /* a word that does not fit a line of readable text */
    TEXT_OVERLONG_WORD = 8, /* a word that does not fit any line */
    TEXT_BLANKS = 16,       /* blanks that folding could change */
    TEXT_ENCODED_WORD = 32  /* "=?", which a reader could take for an encoded word */
};
unsigned postino_text_traits(const char *text);
/* Returns whether the octet is one of the `specials`. */
int postino_is_special(char octet, const char *specials);

/* Writes the text in front of `stop` or of its end; with `close` '"' it is escaped for a quoted string.
 * Returns where it stopped. */
const char *postino_write_until(struct postino_writer *writer, const char *text, unsigned stop,
                                unsigned close);
/* Writes words in ASCII, folded at their blanks. The first stays in the line of its field's name. */
void postino_write_protocol(struct postino_writer *writer, const char *text);
/* Writes words, each after a blank; a word that does not fit its line goes into the next. Words end at
 * `stop`. All of them stand between `open` and its counterpart, 0: between nothing; within quotes they are
 * escaped. */
void postino_write_words(struct postino_writer *writer, const char *text, unsigned open, unsigned stop);
/* Writes text for readers: as a phrase with `quote` '"', else with 0. */
void postino_write_readable(struct postino_writer *writer, const char *text, unsigned quote);
/* Writes a mailbox, without what separates it from the next. */
void postino_write_mailbox(struct postino_writer *writer, const struct postino_mailbox *mailbox);

/* encoded_word.c */
/* Writes an encoded word (RFC 2047) of as much UTF-8 text as the line takes with `behind` columns left over.
 * The line must have room for a character. Returns the text behind the word. */
const char *postino_write_encoded_word(struct postino_writer *writer, const char *text, unsigned behind);

/* identifier.c */
enum identifier_kind {
    IDENTIFIERS_ONE, /* "id@domain" */
    IDENTIFIERS_LIST,
    IDENTIFIERS_URLS
};
/* Writes each in brackets, given or not. */
void postino_write_identifiers(struct postino_writer *writer, const char *text, enum identifier_kind kind);

/* part_header.c */
/* Writes a parameter (RFC 2045 section 5.1); without a value nothing. */
void postino_write_parameter(struct postino_writer *writer, const char *name, const char *value);
/* Writes the first octets of the message's random ones, in hexadecimal digits. */
void postino_write_random(struct postino_writer *writer, unsigned octets);
void postino_write_boundary(struct postino_writer *writer, const struct postino_part *part);
/* Writes the boundary parameter of the part whose header is written. */
void postino_write_multipart(struct postino_writer *writer);

/* base64.c */
/* Writes octets in base64, in one line. */
void postino_write_base64(struct postino_writer *writer, const void *data, size_t octets);

#endif
