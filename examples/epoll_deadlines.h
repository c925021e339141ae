/* SPDX-License-Identifier: MIT */
#ifndef EPOLL_DEADLINES_H
#define EPOLL_DEADLINES_H

#include <stddef.h>
#include <stdint.h>

/* Many deadlines, of which the first is always known: a binary heap. To set, move or clear one among n takes
 * at most log2(n) steps, and nothing is ever searched for. */

/* Caller-owned, one for each thing that has a deadline; start from {0}. */
struct deadline {
    uint64_t due_ms;
    size_t place; /* in the heap, from 1 on; 0: not set */
};

struct deadlines {
    struct deadline *
        *heap; /* the caller's: one element more than there are deadlines, since place 0 is unused */
    size_t count;
};

/* Sets a deadline, or moves one that is set. */
void deadline_set(struct deadlines *deadlines, struct deadline *deadline, uint64_t due_ms);

/* Clears a deadline, if it is set. */
void deadline_clear(struct deadlines *deadlines, struct deadline *deadline);

/* Returns the deadline that is due first; NULL: none is set. */
struct deadline *deadline_first(const struct deadlines *deadlines);

#endif
