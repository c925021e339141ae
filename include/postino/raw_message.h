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
    POSTINO_RAW_SYNTAX = 256        /* a line of the header that is no field */
};

#define POSTINO_RAW_NAME_OCTETS   12
#define POSTINO_RAW_BUFFER_OCTETS 128

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
    uint8_t name_octets;
    uint8_t in_name;
    uint8_t dropped;
    uint8_t cr;
    char name[POSTINO_RAW_NAME_OCTETS];
    uint8_t buffer[POSTINO_RAW_BUFFER_OCTETS];
};

/* Makes the source. `inner` gives the message, with line ends CRLF, LF or CR, and is borrowed until the mail is
 * finished. Every other member is 0 then: nothing is refused, nothing added, Bcc left out. May be called at any
 * time that no session reads the source. Any thread, one at a time.
 *
 * Its begin() looks the message through if the inner source can be begun again and either lies in memory or
 * something is to be refused; it fails, with POSTINO_ERROR_RAW in `error`, where the message has what it must
 * not. The size is known if the inner one's is and the message was looked through. */
void postino_raw_message_init(struct postino_raw_message *raw, struct postino_source *inner);

#ifdef __cplusplus
}
#endif

#endif
