/* SPDX-License-Identifier: MIT */
/* Parts of text. Invariant: what goes out as it is was looked through, and has nothing in it that needs an
 * encoding or could pass for a boundary. */
#include "compose.h"

static int text_begin(struct postino_message *message, struct postino_part *part)
{
    uint32_t boundaries = message->boundaries;
    int error = postino_part_scan(message, part, POSTINO_SOURCE_IN_MEMORY, 1);

    /* Where it holds some it is encoded. */
    message->boundaries = boundaries;
    if (error != POSTINO_OK)
        return error;
    if (part->scan == 0 ||
        (part->scan == SCAN_8BIT && (message->capabilities & POSTINO_CAPABILITY_8BITMIME) != 0)) {
        postino_part_as_text(message, part);
        return POSTINO_OK;
    }
    return message->features->quoted != NULL ? message->features->quoted(message, part)
                                             : POSTINO_ERROR_FEATURE;
}

void postino_part_text_init(struct postino_part *part, struct postino_source *source, const char *type)
{
    postino_part_init(part, text_begin, source, type);
}
