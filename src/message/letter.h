/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_LETTER_INTERNAL_H
#define POSTINO_LETTER_INTERNAL_H

/* A letter on its way into its workspace. */

#include "postino/letter.h"

struct postino_letter_maker {
    struct postino_letter *letter;
    const struct postino_letter_features *features;
    struct postino_letter_objects *objects;
    char *at; /* the free octets of the workspace */
    size_t octets;
};

/* letter_parts.c */
/* Makes the parts, their sources and the buffers of the message, and checks all. Returns 0 or an error. */
int postino_letter_parts(struct postino_letter_maker *maker);
/* Makes a part of a text. */
struct postino_part *postino_letter_text(struct postino_part *part, struct postino_memory_source *source,
                                         const char *text, const char *type);
/* Returns a multipart, or the only part in it in its place. */
struct postino_part *postino_letter_joined(struct postino_part *multipart);

#endif
