/* SPDX-License-Identifier: MIT */
/* Tests the emitter against a slow reference: plain octets, base64, and plain octets again. It tries every
 * number of octets already sent, and every size of the buffer, which ends at a guard page. Compiled a
 * second time for small code. */
#define _DEFAULT_SOURCE

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "guard.h"
#include "engine/emitter.h"

#define DATA_MAX    14
#define LINE_OCTETS (sizeof "AUTH \r\n" - 1 + (DATA_MAX + 2) / 3 * 4)

static struct guard out_guard;

/* RFC 4648 section 4. */
static size_t reference(const uint8_t *data, size_t length, char *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *to = out;
    size_t i;

    for (i = 0; i < length; i += 3) {
        unsigned second = i + 1 < length ? data[i + 1] : 0;
        unsigned third = i + 2 < length ? data[i + 2] : 0;

        *to++ = digits[data[i] / 4];
        *to++ = digits[data[i] % 4 * 16 + second / 16];
        *to++ = '=';
        *to++ = '=';
        if (i + 1 < length) {
            to[-2] = digits[second % 16 * 4 + third / 64];
        }
        if (i + 2 < length) {
            to[-1] = digits[third % 64];
        }
    }
    return (size_t)(to - out);
}

static void check(const uint8_t *data, size_t length, size_t split)
{
    char line[LINE_OCTETS] = "AUTH ";
    size_t octets = 5 + reference(data, length, line + 5);
    size_t before;
    size_t room;

    line[octets++] = '\r';
    line[octets++] = '\n';
    for (before = 0; before <= octets; before++) {
        for (room = 0; room <= octets - before + 1; room++) {
            struct postino_emitter emitter = {guard_end(&out_guard, room), 0 - before, room, 0};
            size_t written = room < octets - before ? room : octets - before;

            postino_emit_text(&emitter, "AUTH");
            postino_emit(&emitter, ' ');
            postino_emit_base64(&emitter);
            postino_emit_octets(&emitter, data, split);
            postino_emit_octets(&emitter, data + split, length - split);
            postino_emit_base64_end(&emitter);
            postino_emit_base64_end(&emitter);
            postino_emit_text(&emitter, "\r\n");
            assert_int_equal(emitter.place, octets - before);
            assert_memory_equal(emitter.out, line + before, written);
        }
    }
}

static void test_lengths(void **state)
{
    uint8_t data[DATA_MAX];
    size_t length;
    size_t split;
    unsigned seed;

    (void)state;
    for (seed = 0; seed < 8; seed++) {
        for (length = 0; length <= DATA_MAX; length++) {
            /* All zeros and all ones too. */
            for (split = 0; split < length; split++) {
                data[split] = (uint8_t)(seed == 0   ? 0
                                        : seed == 1 ? 255
                                                    : seed * 37 + split * (seed * 59 + 1));
            }
            for (split = 0; split <= length; split++) {
                check(data, length, split);
            }
        }
    }
}

static void test_digits(void **state)
{
    uint8_t data[3];
    unsigned digit;

    (void)state;
    for (digit = 0; digit < 64; digit++) {
        data[0] = (uint8_t)(digit << 2);
        data[1] = (uint8_t)digit;
        data[2] = (uint8_t)(digit << 6 | digit);
        check(data, 3, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_digits),
    };

    if (guard_init(&out_guard, LINE_OCTETS + 1) != 0) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
