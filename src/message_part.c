/* SPDX-License-Identifier: MIT */
/* Forwarded messages (RFC 2046 section 5.2.1): no encoding but 7bit and 8bit is allowed for them. Invariant:
 * the boundaries of the message around it keep clear of those that the forwarded one holds. */
#include "compose.h"

static int message_part_begin(struct postino_message *message, struct postino_part *part,
                              uint32_t capabilities)
{
    int found = postino_part_look(message, part, capabilities);

    if (found < 0)
        return found;
    if ((part->source_flags & POSTINO_SOURCE_IN_MEMORY) == 0)
        return POSTINO_ERROR_BOUNDARY;
    /* RFC 5322 section 2.1.1: it cannot be sent, and cannot be changed. */
    if ((found & (LOOK_LONG | LOOK_CONTROL)) != 0)
        return POSTINO_ERROR_SOURCE;
    part->encoding = &postino_encodings_text[(found & LOOK_8BIT) != 0];
    return postino_part_count(message, part, capabilities);
}

void postino_part_message_init(struct postino_part *part, struct postino_source *source)
{
    static const struct postino_part_class message_part_class = {message_part_begin};

    postino_part_init(part, &message_part_class, source, "message/rfc822");
}
