/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_RAW_MESSAGE_H
#define POSTINO_RAW_MESSAGE_H

#include "postino/error.h"
#include "postino/source.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a ready message may have against RFC 5322, as bits. */
enum postino_raw_fault {
    POSTINO_RAW_BARE_LINE_END = 1,  /* a CR or an LF alone (section 2.3); it goes out as CRLF */
    POSTINO_RAW_LONG_LINE = 2,      /* a line over 998 octets (section 2.1.1) */
    POSTINO_RAW_HEADER_8BIT = 4,    /* octets above 127 in the header, which need SMTPUTF8 (RFC 6532) */
    POSTINO_RAW_NO_DATE = 8,        /* added where `date_s` is given */
    POSTINO_RAW_NO_FROM = 16,       /* added where `from` is given */
    POSTINO_RAW_NO_MESSAGE_ID = 32, /* added where `message_id` is given */
    POSTINO_RAW_BCC = 64,           /* a Bcc or Resent-Bcc field: left out */
    POSTINO_RAW_NUL = 128,          /* a zero octet */
    POSTINO_RAW_SYNTAX = 256,       /* a line of the header that is no field and continues none; it stays */
    POSTINO_RAW_BOM = 512,          /* a byte order mark (EF BB BF) in front of the header: left out */
    POSTINO_RAW_EMPTY_LINE = 1024,  /* empty lines, or lines of blanks, in front of the header: left out */
    POSTINO_RAW_MBOX = 2048,        /* a "From " line of an mbox file in front of the header: left out */
    /* Blanks between a field's name and its colon (section 4.5): left out, unless they and the name have over
     * 31 octets. */
    POSTINO_RAW_BLANK = 4096
};

#define POSTINO_RAW_BUFFER_OCTETS  128
#define POSTINO_HEADER_HELD_OCTETS 32

/* Where in a header its reader is. */
struct postino_header_lines {
    /* private */
    uint16_t faults; /* of enum postino_raw_fault: those of lines and what stands in front of them */
    uint8_t state;
    uint8_t front;
    uint8_t is_long;     /* the name does not fit */
    uint8_t is_wide;     /* some of the blanks behind it went out */
    uint8_t is_folded;   /* a line ended in front of the colon */
    uint8_t name_octets; /* of a name that fits, at the begin of `held` */
    uint8_t name_end;    /* in `held`, of the name or of what there is of it */
    uint8_t held_octets;
    uint8_t sent_octets; /* of those that are held: they went out before */
    uint8_t out;
    uint8_t out_octets;
    char held[POSTINO_HEADER_HELD_OCTETS];
};

/* A source over another one that gives a ready message: looks at it, mends its header, and keeps Bcc off the
 * wire. Made by postino_raw_message_init(); then the members above "Result" may be set. */
struct postino_raw_message {
    struct postino_source source;
    uint16_t refuse;        /* of enum postino_raw_fault: what the message must not have */
    const char *from;       /* the value of a From field, in ASCII; NULL: none is added */
    const char *message_id; /* "<id@domain>"; NULL: none is added */
    uint32_t date_s;        /* as in struct postino_message; 0: no Date is added */
    int16_t zone_minutes;
    /* Result, from begin on: what it has of enum postino_raw_fault, before it is mended. Of a source that
     * cannot be begun again only the header is looked at, and while it is sent. */
    uint16_t faults;
    int16_t error; /* of the last begin */
    /* private */
    struct postino_source *inner;
    size_t line_octets;
    size_t added_octets;
    size_t total_octets;
    uint8_t lent_octets;
    uint8_t taken_octets;
    uint8_t state;
    uint8_t seen;
    uint8_t dropped;
    uint8_t verbatim; /* the inner source is CANONICAL or BINARY: line ends go out as they are */
    uint8_t cr;
    struct postino_header_lines lines;
    uint8_t buffer[POSTINO_RAW_BUFFER_OCTETS];
};

/* Makes the source. `inner` gives the message, with line ends CRLF, LF or CR, and is borrowed until the mail
 * is finished. Every other member is 0 then: nothing is refused, nothing added, Bcc left out. May be called
 * at any time that no session reads the source. Any thread, one at a time.
 *
 * The header is read as RFC 5322 has it, with the obsolete syntax of section 4.5:
 * - A field is a name of printable ASCII, any blanks, and a colon. A name whose colon stands in a folded line
 *   is that field too, and a fault (SYNTAX).
 * - A line that begins with a blank continues the line before, and goes where that goes. A line of blanks
 *   alone does so too (section 4.2) and does not end the header.
 * - The first empty line ends the header. Without one all of the message is header, and the empty line is
 *   added.
 * - A line that is no field (SYNTAX) stays where it is, octet by octet, and ends nothing, so that a Bcc
 *   behind it does not become body. A text without a header is such lines.
 * - Where an empty line stands in front and a field follows, the empty line is a fault. Where no field
 *   follows the header is empty, and the message is the body behind it. A name that has over 31 octets, with
 *   the blanks behind it, counts as a field here.
 * - A line of Bcc with more blanks than the reader holds is left out whether a colon follows or not.
 *
 * Its begin() looks the message through if the inner source can be begun again, and lies in memory, is
 * BINARY, or something is to be refused. It fails, with POSTINO_ERROR_RAW in `error`, where the message has
 * what it must not; with POSTINO_ERROR_SOURCE where the inner source fails or says WAIT while it is looked
 * through; with POSTINO_ERROR_STATE where it is BINARY and cannot be begun again. The size is known if the
 * message was looked through. */
void postino_raw_message_init(struct postino_raw_message *raw, struct postino_source *inner);

#ifdef __cplusplus
}
#endif

#endif
