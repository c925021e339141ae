/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_IDN2_H
#define POSTINO_IDN2_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Writes `address` to `out` with its domain in A-labels (IDNA2008, RFC 5891, by libidn2):
 * "a@b\303\274cher.example" becomes "a@xn--bcher-kva.example". A local part outside ASCII stays unchanged and
 * needs SMTPUTF8. A domain in ASCII stays unchanged too. `out` has room for `capacity` octets, the
 * terminating zero included. May be called at any time, from any thread. Returns 0, POSTINO_ERROR_ADDRESS for
 * a domain that cannot be converted, or POSTINO_ERROR_CAPACITY. */
int postino_idn2_address(const char *address, char *out, size_t capacity);

#ifdef __cplusplus
}
#endif

#endif
