/* SPDX-License-Identifier: MIT */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

/* A library's memory, counted, and failing as fault.h says. One of memory_*.c is linked. */

/* To be called before anything else. Returns 0, or -1. */
int memory_begin(void);
/* The octets that are allocated, and the most since memory_reset(). */
size_t memory_octets(void);
size_t memory_most_octets(void);
void memory_reset(void);

#endif
