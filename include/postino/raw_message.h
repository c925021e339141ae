/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_RAW_MESSAGE_H
#define POSTINO_RAW_MESSAGE_H

#include "postino/error.h"
#include "postino/source.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The faults of a ready message against RFC 5322, as bits. */
enum postino_raw_fault {
    POSTINO_RAW_BARE_LINE_END = 1,  /* a CR or an LF alone (section 2.3), sent as CRLF */
    POSTINO_RAW_LONG_LINE = 2,      /* a line over 998 octets (section 2.1.1) */
    POSTINO_RAW_HEADER_8BIT = 4,    /* octets above 127 in the header, which need SMTPUTF8 (RFC 6532) */
    POSTINO_RAW_NO_DATE = 8,        /* no Date; added if `date_s` is set */
    POSTINO_RAW_NO_FROM = 16,       /* no From; added if `from` is set */
    POSTINO_RAW_NO_MESSAGE_ID = 32, /* no Message-ID; added if `message_id` is set */
    POSTINO_RAW_BCC = 64,           /* a Bcc or Resent-Bcc field; left out */
    POSTINO_RAW_NUL = 128,          /* a zero octet */
    POSTINO_RAW_SYNTAX = 256,       /* a header line that is no field and continues none; it stays */
    POSTINO_RAW_BOM = 512,          /* a byte order mark (EF BB BF) in front of the header: left out */
    POSTINO_RAW_EMPTY_LINE = 1024,  /* empty lines, or lines of blanks, in front of the header: left out */
    POSTINO_RAW_MBOX = 2048,        /* a "From " line of an mbox file in front of the header: left out */
    /* Blanks between a field's name and its colon (section 4.5). They are left out, unless they and the name
     * have over 31 octets. */
    POSTINO_RAW_BLANK = 4096
};

#define POSTINO_RAW_BUFFER_OCTETS  128
#define POSTINO_HEADER_HELD_OCTETS 32

/* The state of a reader of header lines. */
struct postino_header_lines {
    /* private */
    uint16_t faults; /* of enum postino_raw_fault: faults of lines, and in front of the header */
    uint8_t state;
    uint8_t front;
    uint8_t is_long;     /* the name does not fit `held` */
    uint8_t is_wide;     /* some of the blanks behind the name went out */
    uint8_t is_folded;   /* a line ended in front of the colon */
    uint8_t name_octets; /* the octets of a name that fits, at the start of `held` */
    uint8_t name_end;    /* the end in `held` of the name, or of its part so far */
    uint8_t held_octets;
    uint8_t sent_octets; /* held octets that went out before */
    uint8_t out;
    uint8_t out_octets;
    char held[POSTINO_HEADER_HELD_OCTETS];
};

/* A source over another source with a ready message. It checks the message, corrects its header, and keeps
 * Bcc off the wire. postino_raw_message_init() makes it; then the members above "Result" may be set. */
struct postino_raw_message {
    struct postino_source source;
    uint16_t refuse;        /* of enum postino_raw_fault: faults that are refused */
    const char *from;       /* the value of a From field, in ASCII; NULL: none is added */
    const char *message_id; /* "<id@domain>"; NULL: none is added */
    uint32_t date_s;        /* as in struct postino_message; 0: no Date is added */
    int16_t zone_minutes;
    /* Result, from begin on: the faults of enum postino_raw_fault before correction. Of a source that cannot
     * be begun again only the header is checked, while it is sent. */
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
    uint8_t missing; /* of enum postino_raw_fault: the fields not seen yet */
    uint8_t dropped;
    uint8_t verbatim; /* the inner source is CANONICAL or BINARY: line ends stay */
    uint8_t cr;
    struct postino_header_lines lines;
    uint8_t buffer[POSTINO_RAW_BUFFER_OCTETS];
};

/* Makes the source. `inner` supplies the message, with line ends CRLF, LF or CR, and is borrowed until the
 * mail is finished. Every other member is 0 then: nothing is refused, nothing is added, and Bcc is left out.
 * May be called at any time that no session reads the source, from any thread, one at a time.
 *
 * The header is read as in RFC 5322, with the obsolete syntax of section 4.5:
 * - A field is a name of printable ASCII, any blanks, and a colon. A name whose colon stands in a folded line
 *   is that field too, and a fault (SYNTAX).
 * - A line that begins with a blank continues the line before, and is kept or left out with it. A line of
 *   blanks alone does so too (section 4.2) and does not end the header.
 * - The first empty line ends the header. Without an empty line the whole message is header, and the empty
 *   line is added.
 * - A line that is no field (SYNTAX) stays unchanged in its place. It does not end the header, so that a Bcc
 *   behind it does not become body text. A text without a header consists of such lines.
 * - An empty line in front is a fault if a field follows. If no field follows, the header is empty, and the
 *   message is the body behind the line. Here a name counts as a field if it has over 31 octets together with
 *   the blanks behind it.
 * - A line of Bcc with more blanks than the reader holds is left out, with or without a colon.
 *
 * Its begin() scans the message if the inner source can be begun again, and if it lies in memory, is BINARY,
 * or something is refused. The size is known if the message was scanned. begin() fails:
 * - with POSTINO_ERROR_RAW in `error`, if the message has a refused fault;
 * - with POSTINO_ERROR_SOURCE, if the inner source fails or says WAIT during the scan;
 * - with POSTINO_ERROR_STATE, if the inner source is BINARY and cannot be begun again. */
void postino_raw_message_init(struct postino_raw_message *raw, struct postino_source *inner);

#ifdef __cplusplus
}
#endif

#endif
