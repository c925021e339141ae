/* SPDX-License-Identifier: MIT */
#ifndef TEST_SOURCE_H
#define TEST_SOURCE_H

#include "postino/source.h"

/* A mail source that misbehaves on request. Start from test_source_init(), then set. */
struct test_source {
    struct postino_source source; /* first, as the contract says */
    size_t piece_octets;          /* lends at most that many at a time; 0: all */
    size_t wait_octets;           /* there it says WAIT until released; SIZE_MAX: nowhere */
    size_t fail_octets;           /* there it fails; SIZE_MAX: nowhere */
    int begin_error;              /* what begin() returns */
    int check_error;              /* what check() returns */
    size_t size_octets;           /* what begin() says; POSTINO_SIZE_UNKNOWN after init */
    uint8_t flags; /* what begin() says: enum postino_source_flag; POSTINO_SOURCE_REWINDS after init */
    int released;  /* not 0: it waits no more in this transaction */

    unsigned begins;
    unsigned checks;
    int waiting;           /* the last answer was WAIT */
    uint32_t capabilities; /* given to the last begin() or check() */
    const char *breach;    /* of the contract by the session; NULL: none */

    /* private */
    const uint8_t *data;
    size_t length_octets;
    size_t position;
    size_t lent_octets;
};

void test_source_init(struct test_source *source, const void *data, size_t length_octets);

/* Ends a WAIT. Returns 1 if the source was waiting, else 0. */
int test_source_release(struct test_source *source);

#endif
