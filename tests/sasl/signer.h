/* SPDX-License-Identifier: MIT */
#ifndef SIGNER_H
#define SIGNER_H

#include "postino/dkim.h"

/* DKIM's table over a library, with a key of each kind that it has: signer_*.c. */

/* How many kinds. */
unsigned signer_kinds(void);
/* Makes the key, which is not counted (fault.h). Returns 0, or -1. */
int signer_make(unsigned kind);
/* The port's init: returns what it does. */
int signer_init(void);
const struct postino_dkim_crypto *signer_table(void **context);
/* The port's free. */
void signer_free(void);
/* Gives the key back. */
void signer_end(void);

#endif
