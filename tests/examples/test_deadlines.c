/* SPDX-License-Identifier: MIT */
/* Tests the heap of examples/epoll_deadlines.c against a plain search. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "epoll_deadlines.h"

#define DEADLINES 50
#define CHANGES   20000

static uint32_t random_number(void)
{
    static uint32_t state = 1;

    state = state * 1664525U + 1013904223U;
    return state >> 8;
}

static uint64_t earliest(const struct deadline *all)
{
    uint64_t due_ms = UINT64_MAX;
    size_t i;

    for (i = 0; i < DEADLINES; i++)
        if (all[i].place != 0 && all[i].due_ms < due_ms)
            due_ms = all[i].due_ms;
    return due_ms;
}

static void test_first_is_earliest(void **state)
{
    static struct deadline all[DEADLINES];
    static struct deadline *heap[DEADLINES + 1];
    struct deadlines deadlines = {heap, 0};
    unsigned change;
    size_t i;

    (void)state;
    for (change = 0; change < CHANGES; change++) {
        const struct deadline *first;
        struct deadline *deadline = &all[random_number() % DEADLINES];

        /* Phases of few and of many. */
        if (random_number() % 8 < (change / 1000 % 2 == 0 ? 6U : 2U))
            deadline_set(&deadlines, deadline, random_number() % 100);
        else
            deadline_clear(&deadlines, deadline);
        first = deadline_first(&deadlines);
        assert_true((first == NULL ? UINT64_MAX : first->due_ms) == earliest(all));
        for (i = 1; i <= deadlines.count; i++)
            assert_true(heap[i]->place == i);
    }
    /* In order, until there is none. */
    while (deadline_first(&deadlines) != NULL) {
        assert_true(deadline_first(&deadlines)->due_ms == earliest(all));
        deadline_clear(&deadlines, deadline_first(&deadlines));
    }
    assert_true(earliest(all) == UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_first_is_earliest)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
