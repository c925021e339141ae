/* SPDX-License-Identifier: MIT */
/* Parts and how they stand in each other. Invariant: a part has one parent at most and the way up to the root
 * is at most POSTINO_PART_DEPTH_MAX long, so that a walk over the parts needs no stack. */
#include "compose.h"

void postino_part_init(struct postino_part *part, const struct postino_part_class *methods,
                       struct postino_source *source, const char *type)
{
    postino_clear(part, sizeof *part);
    part->methods = methods;
    part->source = source;
    part->type = type;
}

void postino_part_multipart_init(struct postino_part *part, const char *type)
{
    postino_part_init(part, NULL, NULL, type);
}

/* How deep the parts in this one go. */
static unsigned part_height(const struct postino_part *top)
{
    const struct postino_part *part = top;
    unsigned depth = 1;
    unsigned height = 1;

    for (;;) {
        if (part->first != NULL) {
            part = part->first;
            if (++depth > height)
                height = depth;
            continue;
        }
        while (part != top && part->next == NULL) {
            part = part->parent;
            depth--;
        }
        if (part == top)
            return height;
        part = part->next;
    }
}

int postino_part_add(struct postino_part *multipart, struct postino_part *part)
{
    struct postino_part **last = &multipart->first;
    const struct postino_part *up;
    unsigned depth = part_height(part);

    if (multipart->methods != NULL || part->parent != NULL)
        return POSTINO_ERROR_STATE;
    for (up = multipart; up != NULL; up = up->parent) {
        if (up == part)
            return POSTINO_ERROR_STATE;
        depth++;
    }
    if (depth > POSTINO_PART_DEPTH_MAX)
        return POSTINO_ERROR_NESTING;
    while (*last != NULL)
        last = &(*last)->next;
    *last = part;
    part->parent = multipart;
    part->next = NULL;
    return POSTINO_OK;
}
