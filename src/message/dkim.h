/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_DKIM_INTERNAL_H
#define POSTINO_DKIM_INTERNAL_H

/* The DKIM-Signature field. */

#include "postino/dkim.h"

#include "writer.h"

/* The fields that are signed, in lower case. */
#define DKIM_NAMES 15
extern const char postino_dkim_names[DKIM_NAMES][26];

/* Writes the value of the field; the signature only if there is one. */
void postino_dkim_write(const struct postino_dkim *dkim, struct postino_writer *writer);
/* Writes the field with its name and line end. */
void postino_dkim_whole(const struct postino_dkim *dkim, struct postino_writer *writer);

#endif
