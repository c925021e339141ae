/* SPDX-License-Identifier: MIT */
/* Invariant: heap[i] is not due before heap[i / 2], for each i from 2 to count; and each deadline knows its
 * place. */
#include "epoll_deadlines.h"

static void deadlines_put(struct deadlines *deadlines, size_t place, struct deadline *deadline)
{
    deadlines->heap[place] = deadline;
    deadline->place = place;
}

/* Finds the place of a deadline for which `place` is free: towards the root as long as it is due earlier
 * than what stands there, else away from it. */
static void deadlines_sift(struct deadlines *deadlines, size_t place, struct deadline *deadline)
{
    struct deadline **heap = deadlines->heap;

    while (place > 1 && deadline->due_ms < heap[place / 2]->due_ms) {
        deadlines_put(deadlines, place, heap[place / 2]);
        place /= 2;
    }
    for (;;) {
        size_t child = 2 * place;

        if (child < deadlines->count && heap[child + 1]->due_ms < heap[child]->due_ms)
            child++;
        if (child > deadlines->count || deadline->due_ms <= heap[child]->due_ms)
            break;
        deadlines_put(deadlines, place, heap[child]);
        place = child;
    }
    deadlines_put(deadlines, place, deadline);
}

void deadline_set(struct deadlines *deadlines, struct deadline *deadline, uint64_t due_ms)
{
    size_t place = deadline->place;

    deadline->due_ms = due_ms;
    if (place == 0)
        place = ++deadlines->count;
    deadlines_sift(deadlines, place, deadline);
}

void deadline_clear(struct deadlines *deadlines, struct deadline *deadline)
{
    size_t place = deadline->place;
    struct deadline *last;

    if (place == 0)
        return;
    deadline->place = 0;
    last = deadlines->heap[deadlines->count--];
    if (last != deadline)
        deadlines_sift(deadlines, place, last);
}

struct deadline *deadline_first(const struct deadlines *deadlines)
{
    return deadlines->count != 0 ? deadlines->heap[1] : NULL;
}
