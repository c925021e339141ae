/* SPDX-License-Identifier: MIT */
/* Tests the numbers in commands, at every border of their digits and for any capacity. */
#include "bench.h"

#include "engine/emitter.h"
#include "engine/state.h"

static void check(size_t number)
{
    char expected[24];
    size_t length = (size_t)snprintf(expected, sizeof expected, "%zu", number);
    size_t skip;
    size_t room;

    for (skip = 0; skip <= length; skip++) {
        for (room = 0; room <= length + 2; room++) {
            uint8_t out[24];
            struct postino_emitter emitter = {out, 0 - skip, room, 0};
            size_t fits = length - skip < room ? length - skip : room;

            memset(out, '#', sizeof out);
            postino_emit_number(&emitter, number);
            assert_int_equal(emitter.place + skip, length);
            assert_memory_equal(out, expected + skip, fits);
            assert_int_equal(out[fits], '#');
        }
    }
}

static void test_borders(void **state)
{
    size_t power;

    (void)state;
    check(0);
    check(SIZE_MAX);
    for (power = 1;; power *= 10) {
        check(power - 1);
        check(power);
        check(power + 1);
        if (power > SIZE_MAX / 10)
            break;
    }
}

/* Behind other octets. */
static void test_number_between_texts(void **state)
{
    uint8_t out[8] = "########";
    struct postino_emitter emitter = {out, 0, 7, 0};

    (void)state;
    postino_emit_text(&emitter, "a=");
    postino_emit_number(&emitter, 2048);
    postino_emit_text(&emitter, ",b");
    assert_memory_equal(out, "a=2048,#", 8);
    assert_int_equal(emitter.place, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_borders),
        cmocka_unit_test(test_number_between_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
