/* SPDX-License-Identifier: MIT */
#ifndef NOISE_H
#define NOISE_H

#include <stdint.h>

/* The seed. The same seed gives the same numbers in every run. */
static uint32_t noise_state;

/* The next number, of 24 bits. */
static inline uint32_t noise(void)
{
    noise_state = noise_state * 1664525u + 1013904223u;
    return noise_state >> 8;
}

#endif
