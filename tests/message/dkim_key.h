/* SPDX-License-Identifier: MIT */
#ifndef DKIM_KEY_H
#define DKIM_KEY_H

#include "postino/dkim.h"

/* A key in the library that is tested: there is a file for each. Reads a private key in PEM, and returns its
 * table with the table's context; NULL: it cannot be used. */
const struct postino_dkim_crypto *dkim_key_init(const char *pem, size_t length_octets, void **context);
void dkim_key_free(void);

#endif
