/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_COMPOSE_H
#define POSTINO_COMPOSE_H

#include <string.h>

#include "postino/address.h"
#include "postino/config.h"
#include "postino/extension.h"
#include "postino/message.h"

#include "../text/text.h"

/* Where a piece of a header goes: composed anew each time. What went out before lies in front of `out`, what
 * does not fit behind `room`; neither is kept. With no room it is only counted. */
struct postino_writer {
    uint8_t *out;
    size_t room;
    size_t total;                          /* where the next octet goes; in front of `out` it has wrapped */
    unsigned column;                       /* octets in the line so far */
    int error;                             /* the first one */
    const struct postino_message *message; /* NULL: what is written needs none */
    const char *name;                      /* the field in hand */
    unsigned utf8;                         /* not 0: an address has octets above 127 */
};

/* compose_header.c */
void postino_write(struct postino_writer *writer, unsigned octet);
void postino_write_text(struct postino_writer *writer, const char *text);
void postino_write_fail(struct postino_writer *writer, int error);
/* A hexadecimal digit in upper case (RFC 2045 section 6.7). */
unsigned postino_hex_digit(unsigned bits);
void postino_write_hex(struct postino_writer *writer, unsigned octet);
/* What a text is, as bits. */
enum compose_text {
    COMPOSE_BAD = 1,     /* a control character */
    COMPOSE_8BIT = 2,    /* octets above 127 */
    COMPOSE_LONG = 4,    /* a word that does not fit a line of readable text */
    COMPOSE_LONGER = 8,  /* a word that does not fit any line */
    COMPOSE_BLANKS = 16, /* blanks that folding could change */
    COMPOSE_ENCODED = 32 /* what looks like an encoded word */
};
unsigned postino_compose_look(const char *text);
/* Writes what stands in front of `stop` or of the end, with `close` '"' as it must be within quotes. Returns
 * where it ends. */
const char *postino_write_until(struct postino_writer *writer, const char *text, unsigned stop,
                                unsigned close);
/* Words in ASCII, with blanks between them. The first stays in the line of its field's name. */
void postino_write_protocol(struct postino_writer *writer, const char *text);
/* Words, each after a blank, in lines; one that does not fit its line is written in the next. They end at
 * `stop`, all of them stand between `open` and `close`, 0: nothing; within quotes they are escaped. */
void postino_write_words(struct postino_writer *writer, const char *text, unsigned open, unsigned stop);
/* Whether the octet is one of the `specials`. */
int postino_compose_is_special(char octet, const char *specials);
/* Text for readers; with `quote` '"' as a phrase, else with 0. */
void postino_write_readable(struct postino_writer *writer, const char *text, unsigned quote);
/* A mailbox, without what separates it from the next. */
void postino_write_mailbox(struct postino_writer *writer, const struct postino_mailbox *mailbox);

/* encoded_word.c */
/* Whether all of it is UTF-8; fails the field otherwise. Returns 1 or 0. */
int postino_write_checked(struct postino_writer *writer, const char *text);

/* encoded_word.c */
/* An encoded word (RFC 2047) of as much of the text, which is UTF-8, as the line takes with `behind` columns
 * left over; there is room for a character. Returns the text behind it. */
const char *postino_write_encoded_word(struct postino_writer *writer, const char *text, unsigned behind);

/* identifier.c */
enum compose_identifiers {
    IDENTIFIERS_ONE, /* "id@domain" */
    IDENTIFIERS_LIST,
    IDENTIFIERS_URLS
};
/* Each in brackets, with them or without. */
void postino_write_identifiers(struct postino_writer *writer, const char *text,
                               enum compose_identifiers kind);

/* part_header.c */
/* A parameter (RFC 2045 section 5.1); none without a value. */
void postino_write_parameter(struct postino_writer *writer, const char *name, const char *value);
/* The first octets of the message's random ones, in hexadecimal digits. */
void postino_write_random(struct postino_writer *writer, unsigned octets);
void postino_write_boundary(struct postino_writer *writer, const struct postino_part *part);
/* What the header of the part in hand says of its boundary. */
void postino_write_multipart(struct postino_writer *writer);

enum compose_level {
    LEVEL_7BIT = 0,
    LEVEL_8BIT = 1,
    LEVEL_BINARY = 2
};

/* An encoder's put() writes so many octets at most. */
#define COMPOSE_STEP_OCTETS 16
/* What put() takes at the end, so that it writes what it held back. */
#define COMPOSE_END         256

struct postino_encoding {
    /* Writes what the octet becomes and returns where that ends. */
    uint8_t *(*put)(struct postino_encoder *encoder, uint8_t *to, unsigned octet);
#if !POSTINO_SMALL
    /* The same for many octets, from *data on, as long as it is not behind `full`; leaves *data behind what
     * it took. NULL: put() is as good. */
    uint8_t *(*run)(struct postino_encoder *encoder, const uint8_t **data, const uint8_t *end, uint8_t *to,
                    const uint8_t *full);
#endif
};

/* compose_unit.c */
enum compose_unit {
    UNIT_FROM = 1,
    UNIT_SENDER = 2,
    UNIT_PART = 13, /* the first row of a part's */
    UNIT_TYPE = 14,
    UNIT_BODY = 19,
    UNIT_CLOSE,
    UNIT_END,
    UNIT_FAILED
};
/* Goes back to the first unit. */
void postino_compose_start(struct postino_message *message);
void postino_compose_next(struct postino_message *message);
/* Puts the unit in hand out, unless it is a body; notes its name. */
void postino_compose_unit(struct postino_writer *writer);

/* compose_body.c */
/* Encodes what fits of the part in hand into the buffer. Returns END behind its last octet, DATA when the
 * buffer is full. */
enum postino_source_status postino_compose_body(struct postino_message *message);

/* part_scan.c */
/* What a part in memory holds, as bits. */
enum part_scan {
    SCAN_8BIT = 1,
    SCAN_NEEDS_ENCODING = 2, /* a line over 998 octets, or NUL */
    SCAN_BOUNDARY = 4        /* a line that begins as a boundary does */
};
/* Begins a part. One whose source has the flag `readable` (of enum postino_source_flag) is measured, and with
 * `closely` looked through: part->scan are the bits, message->boundaries gets the letters that follow such
 * line heads, and message->unit_octets how many more octets it takes with CRLF for every line end. Of any
 * other `look` is SCAN_NEEDS_ENCODING. Returns 0 or an error. */
int postino_part_scan(struct postino_message *message, struct postino_part *part, unsigned readable,
                      int closely);

/* text_encoding.c */
extern const struct postino_encoding postino_encoding_text;
/* Has the part that was looked at go out in lines as they are. */
void postino_part_as_text(struct postino_message *message, struct postino_part *part);
/* An octet of text, where every line end becomes one '\n'; COMPOSE_END: nothing. */
unsigned postino_text_octet(struct postino_encoder *encoder, unsigned octet);

/* base64.c */
extern const struct postino_encoding postino_encoding_base64;
/* Writes at most a line of octets, 57, in base64 (RFC 4648 section 4). */
void postino_write_base64(struct postino_writer *writer, const void *data, size_t octets);
/* A line of RFC 2045 section 6.8. */
#define BASE64_LINE_OCTETS  57
#define BASE64_LINE_COLUMNS 76
/* Whole lines come from a table, on machines that have the room. */
#define BASE64_FAST         (!POSTINO_SMALL && SIZE_MAX > UINT32_MAX)

#endif
