/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_RAW_HEADER_H
#define POSTINO_RAW_HEADER_H

/* The header of a raw message, and the faults of its lines. */

#include "header_lines.h"
#include "writer.h"

/* One step puts out the octets that were held, and a line end. At most every second of them is a line end,
 * which takes two. */
#define RAW_STEP_OCTETS (POSTINO_HEADER_HELD_OCTETS + (POSTINO_HEADER_HELD_OCTETS - 1) / 2 + 2)

enum raw_state {
    RAW_HEADER,
    RAW_ADDED, /* the fields that are added, and the empty line */
    RAW_BODY,
    RAW_FAILED
};
/* Fields that are added where they are missing. */
#define RAW_ADDABLE (POSTINO_RAW_NO_DATE | POSTINO_RAW_NO_FROM | POSTINO_RAW_NO_MESSAGE_ID)

/* Notes the faults that any line may have. Returns 1 for the LF of a CRLF, which was noted with its CR. */
int postino_raw_note(struct postino_raw_message *raw, unsigned octet);
/* Takes an octet of the header: one step. Returns 0 if there is no header: the octet belongs to the body. */
int postino_raw_header(struct postino_raw_message *raw, unsigned octet);
/* Ends a header that the message ends in: one step. */
void postino_raw_header_end(struct postino_raw_message *raw);
/* Writes the fields that are added, the empty line, and the octets that were held of a body without a
 * header. */
void postino_raw_write_added(const struct postino_raw_message *raw, struct postino_writer *writer);

#endif
