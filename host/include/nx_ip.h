/* SPDX-License-Identifier: MIT */
/* The part of NetX Duo's IP component header that applications use: the mark of a live NX_IP. */
#ifndef NX_IP_H
#define NX_IP_H

#include "nx_api.h"

#ifndef NX_IP_ID
#define NX_IP_ID ((ULONG)0x49502020UL)
#endif

#endif
