/* SPDX-License-Identifier: MIT */
/* A function that the files of the POSIX transport share. */
#ifndef POSTINO_POSIX_INTERNAL_H
#define POSTINO_POSIX_INTERNAL_H

#include <netdb.h>

#include "postino/posix.h"

/* transport.c: connects to one address. Returns 0, and the transport is open; or an error, and system_error
 * says why. */
int postino_posix_open(struct postino_posix *posix, const struct addrinfo *address, uint32_t timeout_ms);

#endif
