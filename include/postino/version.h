/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_VERSION_H
#define POSTINO_VERSION_H

/* The version of these headers. Below 1.0 a minor version may change what an earlier one promised. */
#define POSTINO_VERSION_MAJOR 0
#define POSTINO_VERSION_MINOR 1
#define POSTINO_VERSION_PATCH 0
#define POSTINO_VERSION       "0.1.0"

/* For comparisons, one octet a number: #if POSTINO_VERSION_NUMBER >= 0x000100 means 0.1.0 or later. */
#define POSTINO_VERSION_NUMBER \
    (POSTINO_VERSION_MAJOR * 65536 + POSTINO_VERSION_MINOR * 256 + POSTINO_VERSION_PATCH)

#endif
