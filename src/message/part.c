/* SPDX-License-Identifier: MIT */
/* Parts and how they stand in each other. Invariant: a part has one parent at most and the way up to the root
 * is at most POSTINO_PART_DEPTH_MAX long, so that a walk over the parts needs no stack. */
#include "compose.h"

void postino_part_init(struct postino_part *part,
                       int (*begin_part)(struct postino_message *message, struct postino_part *part),
                       struct postino_source *source, const char *type)
{
    postino_clear(part, sizeof *part);
    part->begin_part = begin_part;
    part->source = source;
    part->type = type;
    part->height = 1;
}

void postino_part_multipart_init(struct postino_part *part, const char *type)
{
    postino_part_init(part, NULL, NULL, type);
    part->more = postino_write_multipart;
}

int postino_part_add(struct postino_part *multipart, struct postino_part *part)
{
    struct postino_part **last = &multipart->first;
    struct postino_part *up;
    unsigned height = part->height;

    if (multipart->source != NULL)
        return POSTINO_ERROR_STATE;
    if (part->parent != NULL || part->in_use || multipart->in_use)
        return POSTINO_ERROR_PART_IN_USE;
    for (up = multipart; up != NULL; up = up->parent) {
        if (up == part)
            return POSTINO_ERROR_PART_IN_USE;
        height++;
    }
    if (height > POSTINO_PART_DEPTH_MAX)
        return POSTINO_ERROR_NESTING;
    while (*last != NULL)
        last = &(*last)->next;
    *last = part;
    part->next = NULL;
    part->parent = multipart;
    for (height = part->height; (part = part->parent) != NULL;)
        if (part->height < ++height)
            part->height = (uint8_t)height;
    return POSTINO_OK;
}
