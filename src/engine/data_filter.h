/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_DATA_FILTER_H
#define POSTINO_DATA_FILTER_H

/* The filter between a message and the wire. */

#include "state.h"

/* data_filter.c */
enum filter_state {
    FILTER_MIDDLE = 1, /* the line has begun */
    FILTER_BREAK = 2,  /* a line break is held back until it is known not to be the last */
    FILTER_HALF = 4,   /* its CR went out, its LF did not */
    FILTER_CR = 8,     /* the octet before was CR: an LF belongs to it */
    FILTER_BARE = 16,  /* no transparency: dots stay as they are */
    FILTER_RAW = 32    /* the octets need no filter: chunking.c copies them */
};
/* These states owe a line end when the message ends. */
#define FILTER_OPEN (FILTER_MIDDLE | FILTER_BREAK)
/* Moves octets to `out`, which has room for `capacity`. Leaves the octets that were not taken in *data.
 * Returns how many were written. */
size_t postino_data_filter(uint8_t *state, struct postino_span *data, uint8_t *out, size_t capacity);

/* Returns how many octets the data filter makes of these, from *state on, which has FILTER_BARE: dots are
 * not doubled. Sets *length to how many of them were counted. */
#if POSTINO_SMALL
static inline size_t postino_count_octets(uint8_t *state, const uint8_t *data, size_t *length)
{
    struct postino_span left = {data, *length};
    uint8_t octet;
    size_t octets = postino_data_filter(state, &left, &octet, 1);

    *length -= left.length_octets;
    return octets;
}
#else
size_t postino_count_octets(uint8_t *state, const uint8_t *data, size_t *length);
#endif

#endif
