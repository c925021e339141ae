/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_SOURCE_BEGIN_H
#define POSTINO_SOURCE_BEGIN_H

/* A source's begin() and check(), with errors that the caller can be told. */

#include "postino/source.h"

int postino_source_begin(struct postino_source *source, uint32_t capabilities,
                         struct postino_source_info *info);
/* 0 where the source has no check(). */
int postino_source_check(struct postino_source *source, uint32_t capabilities);

#endif
