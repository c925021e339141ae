/* SPDX-License-Identifier: MIT */
#ifndef SECRET_H
#define SECRET_H

#include <stddef.h>
#include <stdint.h>

/* Looks for what must not be left in memory. */

/* Says whether the memory holds the secret, as it is or in base64 behind any number of other octets. One of
 * less than six octets is not looked for: it may stand anywhere. Returns 1 or 0. */
int secret_is_in(const void *memory, size_t octets, const void *secret, size_t secret_octets);

/* Says whether it is all zeros. Returns 1 or 0. */
int secret_is_wiped(const void *memory, size_t octets);

#endif
