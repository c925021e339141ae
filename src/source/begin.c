/* SPDX-License-Identifier: MIT */
/* Invariant: what a source returns from begin() and check() becomes 0 or an error of the caller's band, never
 * a number that says something else. */
#include "begin.h"

#include "postino/error.h"

/* The error itself where it is one of the caller's (-1xx), else POSTINO_ERROR_SOURCE. */
static int source_error(int error)
{
    if (error == POSTINO_OK || (error <= POSTINO_ERROR_ARGUMENT && error > POSTINO_ERROR_REFUSED))
        return error;
    return POSTINO_ERROR_SOURCE;
}

int postino_source_begin(struct postino_source *source, uint32_t capabilities,
                         struct postino_source_info *info)
{
    return source_error(source->methods->begin(source, capabilities, info));
}

int postino_source_check(struct postino_source *source, uint32_t capabilities)
{
    if (source->methods->check == NULL)
        return POSTINO_OK;
    return source_error(source->methods->check(source, capabilities));
}
