/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_WIDE_H
#define POSTINO_WIDE_H

#include "postino/config.h"

/* For loops in which the compiler takes many octets at once. On x86-64 such a loop is compiled twice, for any
 * processor and for those with wide registers; the program asks which it runs on:
 *
 *     static WIDE_INLINE size_t look(const uint8_t *data, size_t length) { ... }
 *     #ifdef WIDE_TARGET
 *     WIDE_TARGET static size_t look_wide(const uint8_t *data, size_t length) { return look(data, length); }
 *     #endif
 */
#if defined(__x86_64__) && defined(__GNUC__) && !POSTINO_SMALL
#define WIDE_INLINE inline __attribute__((always_inline))
#define WIDE_TARGET __attribute__((target("avx2")))
#define WIDE_IS_RUN __builtin_cpu_supports("avx2")
#else
#define WIDE_INLINE inline
#endif

#endif
