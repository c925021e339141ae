/* SPDX-License-Identifier: MIT */
/* Forwarded messages (RFC 2046 section 5.2.1): no encoding but 7bit and 8bit is allowed for them. Invariant:
 * the boundaries of the message around it keep clear of those that the forwarded one holds. */
#include "compose.h"

static int message_part_begin(struct postino_message *message, struct postino_part *part)
{
    int error = postino_part_scan(message, part, POSTINO_SOURCE_REWINDS, 1);

    if (error != POSTINO_OK)
        return error;
    if ((part->source_flags & POSTINO_SOURCE_REWINDS) == 0)
        return POSTINO_ERROR_BOUNDARY;
    /* RFC 5322 section 2.1.1: it cannot be sent, and cannot be changed. */
    if ((part->scan & SCAN_NEEDS_ENCODING) != 0)
        return POSTINO_ERROR_SOURCE;
    postino_part_as_text(message, part);
    return POSTINO_OK;
}

void postino_part_message_init(struct postino_part *part, struct postino_source *source)
{
    postino_part_init(part, message_part_begin, source, "message/rfc822");
}
