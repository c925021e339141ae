/* SPDX-License-Identifier: MIT */
/* Tests the data filter and the count against a slow reference that works octet by octet, for random
 * messages, splits, capacities and states. Compiled a second time for small code. Usage: test_data_filter
 * [seed [count]] */
#define _DEFAULT_SOURCE

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "guard.h"
#include "engine/data_filter.h"
#include "noise.h"

#define MESSAGE_MAX 1200

static unsigned long first_seed = 1;
static unsigned long seeds = 20000;
static struct guard in_guard;
static struct guard out_guard;

/* RFC 5321 section 4.5.2, by one octet at a time: what goes out before the end is known, and the state. */
struct reference {
    int breaks; /* a line break is owed */
    int cr;     /* the octet before was CR */
    int begun;  /* the line has an octet */
    int bare;
    size_t plain; /* octets without the dots */
    uint8_t out[3 * MESSAGE_MAX];
    size_t length;
};

static void reference_put(struct reference *reference, uint8_t octet)
{
    reference->out[reference->length++] = octet;
    reference->plain++;
}

static void reference_octet(struct reference *reference, uint8_t octet)
{
    int cr = reference->cr;

    reference->cr = octet == '\r';
    if (octet == '\n' && cr) {
        return;
    }
    if (reference->breaks) {
        reference_put(reference, '\r');
        reference_put(reference, '\n');
        reference->begun = 0;
        reference->breaks = 0;
    }
    if (octet == '\r' || octet == '\n') {
        reference->breaks = 1;
        return;
    }
    if (octet == '.' && !reference->begun && !reference->bare) {
        reference->out[reference->length++] = '.';
    }
    reference_put(reference, octet);
    reference->begun = 1;
}

/* Runs of ordinary text with what matters between, from every third octet to none in several blocks of the
 * filter; or nothing but line ends. */
static size_t random_message(uint8_t *message)
{
    static const uint8_t alphabet[] = "\r\n\r\n..\r\n.ab\0\xff";
    unsigned density = noise() % 3 == 0 ? 3 : noise() % 2 == 0 ? 20 : noise() % 2 == 0 ? 120 : 600;
    size_t length = noise() % (noise() % 2 != 0 ? 12 : MESSAGE_MAX);
    size_t i;

    if (noise() % 50 == 0) {
        memset(message, noise() % 2 != 0 ? '\r' : '\n', length);
        return length;
    }
    for (i = 0; i < length; i++) {
        message[i] =
            noise() % density == 0 ? alphabet[noise() % (sizeof alphabet - 1)] : (uint8_t)('a' + i % 26);
        if (message[i] == '\r' && i + 1 < length && noise() % 4 != 0) {
            message[++i] = '\n';
        }
    }
    return length;
}

static void check_count(unsigned long seed, const uint8_t *message, size_t length, uint8_t state,
                        const struct reference *reference)
{
    size_t counted = 0;
    size_t done = 0;

    state |= FILTER_BARE; /* as the contract of counting says */
    while (done < length) {
        size_t piece = 1 + noise() % (noise() % 2 != 0 ? 5 : length);

        piece = piece < length - done ? piece : length - done;
        counted += postino_count_octets(&state, guard_copy(&in_guard, message + done, piece), &piece);
        done += piece;
    }
    if (counted != reference->plain || ((state & FILTER_BREAK) != 0) != reference->breaks ||
        ((state & FILTER_OPEN) != 0) != (length != 0)) {
        fail_msg("seed %lu: %lu octets counted, %lu expected, state %x", seed, (unsigned long)counted,
                 (unsigned long)reference->plain, state);
    }
}

static void check_filter(unsigned long seed, const uint8_t *message, size_t length, uint8_t state,
                         const struct reference *reference)
{
    uint8_t wire[3 * MESSAGE_MAX];
    size_t written = 0;
    size_t done = 0;
    unsigned idle = 0;

    while (done < length) {
        size_t piece = 1 + noise() % (noise() % 2 != 0 ? 5 : length);
        size_t capacity = noise() % (noise() % 2 != 0 ? 4 : noise() % 2 != 0 ? 300 : MESSAGE_MAX);
        uint8_t *out = guard_end(&out_guard, capacity);
        struct postino_span left;
        size_t taken;
        size_t octets;

        piece = piece < length - done ? piece : length - done;
        left.data = guard_copy(&in_guard, message + done, piece);
        left.length_octets = piece;
        octets = postino_data_filter(&state, &left, out, capacity);
        taken = piece - left.length_octets;
        assert_true(octets <= capacity && taken <= piece && written + octets <= sizeof wire);
        /* It stops for want of input or of room, and never without reason. */
        assert_true(taken == piece || octets == capacity);
        memcpy(wire + written, out, octets);
        written += octets;
        done += taken;
        assert_true(idle++ < 20 * MESSAGE_MAX);
    }
    /* A break that is owed may be half out only when an octet behind it was seen. */
    assert_int_equal(state & FILTER_HALF, 0);
    if (written != reference->length || memcmp(wire, reference->out, written) != 0) {
        fail_msg("seed %lu: %lu octets, or other ones than the %lu expected", seed, (unsigned long)written,
                 (unsigned long)reference->length);
    }
    assert_int_equal((state & FILTER_BREAK) != 0, reference->breaks);
    assert_int_equal((state & FILTER_CR) != 0, reference->cr);
    assert_int_equal((state & FILTER_BARE) != 0, reference->bare);
}

static void test_random(void **state)
{
    static struct reference reference;
    uint8_t message[MESSAGE_MAX + 1];
    unsigned long seed;

    (void)state;
    for (seed = first_seed; seed < first_seed + seeds; seed++) {
        uint8_t bare;
        size_t length;
        size_t i;

        noise_state = (uint32_t)seed * 2654435761u;
        memset(&reference, 0, sizeof reference);
        bare = noise() % 2 != 0 ? FILTER_BARE : 0;
        reference.bare = bare != 0;
        length = random_message(message);
        for (i = 0; i < length; i++) {
            reference_octet(&reference, message[i]);
        }
        check_filter(seed, message, length, bare, &reference);
        check_count(seed, message, length, FILTER_BARE, &reference);
    }
}

int main(int count, char **arguments)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),
    };

    if (count > 1) {
        first_seed = strtoul(arguments[1], NULL, 10);
    }
    if (count > 2) {
        seeds = strtoul(arguments[2], NULL, 10);
    }
    if (guard_init(&in_guard, MESSAGE_MAX) != 0 || guard_init(&out_guard, MESSAGE_MAX) != 0) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
