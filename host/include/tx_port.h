/* SPDX-License-Identifier: MIT */
/* The basic types of ThreadX, as its ports define them.
 *
 * ULONG is as in the ThreadX ports: 32 bits on x86-64 Linux, and `unsigned long` elsewhere (32 bits on ARM
 * firmware, 64 on other 64-bit Linux). It cannot carry a pointer. */
#ifndef TX_PORT_H
#define TX_PORT_H

#include <stdint.h>
#include <stddef.h>

#define VOID void
typedef char CHAR;
typedef unsigned char UCHAR;
typedef int INT;
typedef unsigned int UINT;
typedef short SHORT;
typedef unsigned short USHORT;
#if defined(__x86_64__)
typedef int LONG;
typedef unsigned int ULONG;
#else
typedef long LONG;
typedef unsigned long ULONG;
#endif
typedef uint64_t ULONG64;
typedef uintptr_t ALIGN_TYPE;

#define TX_MAX_PRIORITIES 32
#define TX_MINIMUM_STACK  200

/* Ticks a second: the resolution of every time-out. The host library and the application must be compiled
 * with the same value. */
#ifndef TX_TIMER_TICKS_PER_SECOND
#define TX_TIMER_TICKS_PER_SECOND ((ULONG)100)
#endif

#endif
