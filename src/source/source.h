/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_SOURCE_CALLS_H
#define POSTINO_SOURCE_CALLS_H

/* Calls of a source's methods. A result that is neither POSTINO_OK nor an error of the caller's band (-1xx)
 * becomes POSTINO_ERROR_SOURCE. */

#include "postino/source.h"

int postino_source_begin(struct postino_source *source, uint32_t capabilities,
                         struct postino_source_info *info);
/* Returns POSTINO_OK for a source without check(). */
int postino_source_check(struct postino_source *source, uint32_t capabilities);

#endif
