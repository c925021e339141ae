/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_COMPOSE_H
#define POSTINO_COMPOSE_H

#include <string.h>

#include "postino/address.h"
#include "postino/config.h"
#include "postino/extension.h"
#include "postino/message.h"

/* session.c */
void postino_clear(void *memory, size_t octets);

/* Where a piece of a header goes: composed anew each time, of which `skip` octets went out before and `room`
 * fit now. With neither it is only counted. */
struct postino_writer {
    uint8_t *out;
    size_t skip;
    size_t room;
    size_t total;    /* octets so far, whether they go out now or not */
    unsigned column; /* octets in the line so far */
    unsigned utf8;   /* not 0: an address has octets above 127 */
    int error;       /* the first one */
    const struct postino_message_features *features;
};

/* compose_header.c */
void postino_write(struct postino_writer *writer, unsigned octet);
void postino_write_text(struct postino_writer *writer, const char *text);
void postino_write_fail(struct postino_writer *writer, int error);
/* What a text is, as bits. */
enum compose_text {
    COMPOSE_BAD = 1,     /* a control character, or no UTF-8 */
    COMPOSE_8BIT = 2,    /* octets above 127 */
    COMPOSE_LONG = 4,    /* a word that does not fit a line of readable text */
    COMPOSE_LONGER = 8,  /* a word that does not fit any line */
    COMPOSE_BLANKS = 16, /* blanks that folding could change */
    COMPOSE_ENCODED = 32 /* what looks like an encoded word */
};
unsigned postino_compose_look(const char *text);
/* strlen() is 220 octets on a device. */
size_t postino_compose_length(const char *text);
/* Ends the line where `length` octets and a blank in front of them do not fit any more; a blank otherwise. */
void postino_write_gap(struct postino_writer *writer, size_t length);
/* `length` octets, with a backslash where quotes need one and `quote` is not 0. */
void postino_write_escaped(struct postino_writer *writer, const char *text, size_t length, int quote);
void postino_write_protocol(struct postino_writer *writer, const char *text);
/* Text for readers; with `quote` as a phrase. */
void postino_write_readable(struct postino_writer *writer, const char *text, int quote);
/* A mailbox, and what separates it from the one that follows. */
void postino_write_mailbox(struct postino_writer *writer, const struct postino_mailbox *mailbox);

/* How many octets the character takes that begins at `text`; 0: it is no UTF-8. */
unsigned postino_utf8_length(const char *text);
unsigned postino_hex_digit(unsigned bits);
void postino_write_hex(struct postino_writer *writer, unsigned octet);

/* part_header.c */
void postino_write_part(struct postino_writer *writer, const struct postino_message *message,
                        const struct postino_part *part);
/* The first octets of the message's random ones, in hexadecimal digits. */
void postino_write_random(struct postino_writer *writer, const struct postino_message *message,
                          unsigned octets);
void postino_write_boundary(struct postino_writer *writer, const struct postino_message *message,
                            const struct postino_part *part);

enum compose_level {
    LEVEL_7BIT = 0,
    LEVEL_8BIT = 1,
    LEVEL_BINARY = 2
};

#define COMPOSE_STEP_OCTETS 16

struct postino_encoding {
    char name[17];
    uint8_t level; /* enum compose_level */
    /* Moves *length octets to `out`, which has room for `room`, sets *length to how many were taken and returns
     * how many were written; it may leave some of the room unused, of a whole buffer not all. With `data` NULL writes what
     * it held back at the end. NULL: the octets go out as they are. */
    size_t (*encode)(struct postino_encoder *encoder, const uint8_t *data, size_t *length, uint8_t *out,
                     size_t room);
};

struct postino_part_class {
    /* Begins the part's source, chooses the encoding and says the size. Returns 0 or an error. */
    int (*begin_part)(struct postino_message *message, struct postino_part *part, uint32_t capabilities);
};

/* compose_unit.c */
#define COMPOSE_ROWS 13
enum compose_unit {
    UNIT_HEAD = COMPOSE_ROWS,
    UNIT_BODY,
    UNIT_DELIMITER,
    UNIT_CLOSE,
    UNIT_LAST,
    UNIT_END
};
/* Goes back to the first unit. */
void postino_compose_start(struct postino_message *message);
void postino_compose_next(struct postino_message *message);
/* Puts the unit in hand out, unless it is a body. */
void postino_compose_unit(const struct postino_message *message, struct postino_writer *writer);
/* The name of the field in hand. */
const char *postino_compose_where(const struct postino_message *message);

/* compose.c */
int postino_part_begin(struct postino_part *part, uint32_t capabilities, struct postino_source_info *info);
/* Takes octets that are read through. */
typedef void postino_part_take(struct postino_message *message, struct postino_part *part,
                               const uint8_t *data, size_t length);
/* Begins a part, and where it lies in memory reads it through and begins it again. Returns 0 or an error. */
int postino_part_read(struct postino_message *message, struct postino_part *part, uint32_t capabilities,
                      postino_part_take *take, struct postino_source_info *info);
/* Counts what the part will be. Returns 0 or an error. */
int postino_part_count(struct postino_message *message, struct postino_part *part, uint32_t capabilities);

/* part.c */
void postino_part_init(struct postino_part *part, const struct postino_part_class *methods,
                       struct postino_source *source, const char *type);
/* look.c */
/* What a part in memory holds, as bits. */
enum part_look {
    LOOK_8BIT = 1,
    LOOK_LONG = 2,    /* a line over 998 octets */
    LOOK_CONTROL = 4, /* NUL */
    LOOK_BOUNDARY = 8 /* a line that begins as a boundary does */
};
/* Looks a part through that lies in memory, and begins it; notes in message->boundaries which letters follow
 * such line heads. Returns the bits, LOOK_LONG where it does not lie in memory, or a negative error. */
int postino_part_look(struct postino_message *message, struct postino_part *part, uint32_t capabilities);
/* text_encoding.c */
/* 7bit, 8bit. */
extern const struct postino_encoding postino_encodings_text[2];
/* An encoding's encode() over text: every line end becomes one '\n' for `put`, which writes an octet, at most
 * COMPOSE_STEP_OCTETS. */
size_t postino_text_encode(struct postino_encoder *encoder, const uint8_t *data, size_t *length, uint8_t *out,
                           size_t room,
                           uint8_t *(*put)(struct postino_encoder *encoder, uint8_t *to, unsigned octet));

/* base64.c */
/* `groups` of three octets become as many of four characters. */
void postino_base64(uint8_t *out, const uint8_t *data, size_t groups);

#endif
