/* SPDX-License-Identifier: MIT */
#ifndef TABLE_H
#define TABLE_H

#include "postino/crypto.h"

/* The crypto table that is tested, and its context: there is a file for each library. */
extern const struct postino_sasl_crypto *const table;
void *table_context(void);

#endif
