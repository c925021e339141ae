/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_HEADER_LINES_H
#define POSTINO_HEADER_LINES_H

#include "postino/raw_message.h"

/* The meaning of an octet of a header. */
enum header_event {
    HEADER_HELD,      /* the octet is held back, or left out */
    HEADER_NAME,      /* the colon: lines->name_octets of the name stand in lines->held; 0: it is too long */
    HEADER_TEXT,      /* the octet goes on with the line */
    HEADER_LINE_END,  /* the line ends; the next one may continue the field */
    HEADER_UNDECIDED, /* no room to hold more: the line may still be a field. Give the octet again */
    HEADER_NO_FIELD,  /* the line is no field. Give the octet again */
    HEADER_ENDS,      /* the empty line: the body follows */
    HEADER_ABSENT     /* there is no header: what was held, and the octet, belong to the body */
};

/* Stands behind the last octet of a message that ends within its header. */
#define HEADER_END 256

/* Starts a header. */
void postino_header_start(struct postino_header_lines *lines);
/* Takes an octet, '\n' for every line end, or HEADER_END. Returns enum header_event. Behind NAME, UNDECIDED,
 * NO_FIELD and ABSENT, the lines->out_octets octets at lines->held + lines->out come next: they belong to the
 * line, or to its name. A '\n' among them is a line end. */
unsigned postino_header_octet(struct postino_header_lines *lines, unsigned octet);
/* Whether the held name is `name`, which is in lower case. */
int postino_header_is(const struct postino_header_lines *lines, const char *name);

#endif
