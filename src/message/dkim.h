/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_DKIM_INTERNAL_H
#define POSTINO_DKIM_INTERNAL_H

#include "compose.h"

#include "postino/dkim.h"

/* What is signed, in lower case. */
#define DKIM_NAMES 15
extern const char postino_dkim_names[DKIM_NAMES][26];

unsigned postino_dkim_lower(unsigned octet);
/* What stands behind "DKIM-Signature:"; without the signature, as long as there is none. */
void postino_dkim_write(const struct postino_dkim *dkim, struct postino_writer *writer);
void postino_dkim_whole(const struct postino_dkim *dkim, struct postino_writer *writer);

#endif
