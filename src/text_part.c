/* SPDX-License-Identifier: MIT */
/* Parts of text. Invariant: what goes out as it is was looked through, and has nothing in it that needs an
 * encoding or could pass for a boundary. */
#include "compose.h"

static int text_begin(struct postino_message *message, struct postino_part *part, uint32_t capabilities)
{
    uint32_t boundaries = message->boundaries;
    int found = postino_part_look(message, part, capabilities);

    /* Where it holds some it is encoded. */
    message->boundaries = boundaries;
    if (found < 0)
        return found;
    if (found == 0)
        part->encoding = &postino_encodings_text[0];
    else if (found == LOOK_8BIT && (capabilities & POSTINO_CAPABILITY_8BITMIME) != 0)
        part->encoding = &postino_encodings_text[1];
    else
        part->encoding = message->features->quoted;
    return part->encoding != NULL ? postino_part_count(message, part, capabilities) : POSTINO_ERROR_FEATURE;
}

void postino_part_text_init(struct postino_part *part, struct postino_source *source, const char *type)
{
    static const struct postino_part_class text_class = {text_begin};

    postino_part_init(part, &text_class, source, type);
}
