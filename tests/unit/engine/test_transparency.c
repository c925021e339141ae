/* SPDX-License-Identifier: MIT */
/* Tests the message on its way to the wire (RFC 5321 section 4.5.2). The reference makes the line ends,
 * then the dots, then the end mark, on the whole message at once. The session gets the message in random
 * spans and capacities. Usage: test_transparency [first seed [count]] */
#define _DEFAULT_SOURCE

#include "bench.h"
#include "guard.h"
#include "noise.h"

#include <stdlib.h>

#define MESSAGE_MAX 200
#define SPANS_MAX   16
#define WIRE_MAX    (3 * MESSAGE_MAX + 8)
#define SEEDS       20000

static unsigned long first_seed;
static unsigned long seeds = SEEDS;

static size_t reference_line_ends(const uint8_t *message, size_t length, uint8_t *out)
{
    size_t written = 0;
    size_t i;

    for (i = 0; i < length; i++) {
        if (message[i] == '\n' && i != 0 && message[i - 1] == '\r') {
            continue;
        }
        if (message[i] == '\r' || message[i] == '\n') {
            out[written++] = '\r';
            out[written++] = '\n';
        } else {
            out[written++] = message[i];
        }
    }
    return written;
}

/* RFC 5321 sections 4.1.1.4 and 4.5.2. */
static size_t reference(const uint8_t *message, size_t length, uint8_t *out)
{
    uint8_t lines[2 * MESSAGE_MAX];
    size_t octets = reference_line_ends(message, length, lines);
    size_t written = 0;
    size_t i;

    for (i = 0; i < octets; i++) {
        if (lines[i] == '.' && (i == 0 || lines[i - 1] == '\n')) {
            out[written++] = '.';
        }
        out[written++] = lines[i];
    }
    if (octets != 0 && lines[octets - 1] != '\n') {
        out[written++] = '\r';
        out[written++] = '\n';
    }
    memcpy(out + written, ".\r\n", 3);
    return written + 3;
}

static size_t random_message(uint8_t *message)
{
    static const uint8_t alphabet[] = "\r\n\r\n..\r\n.ab\0\xff";
    size_t length = noise() % 4 == 0 ? noise() % MESSAGE_MAX : noise() % 12;
    size_t i;

    for (i = 0; i < length; i++) {
        message[i] = noise() % 40 == 0 ? (uint8_t)noise() : alphabet[noise() % (sizeof alphabet - 1)];
    }
    return length;
}

static size_t random_spans(const uint8_t *message, size_t length, struct postino_span *spans)
{
    size_t count = 0;
    size_t offset = 0;

    while (count + 1 < SPANS_MAX && noise() % 8 != 0) {
        size_t piece = noise() % (length - offset + 1);

        spans[count].data = message + offset;
        spans[count++].length_octets = piece;
        offset += piece;
    }
    spans[count].data = message + offset;
    spans[count++].length_octets = length - offset;
    return count;
}

/* The octets sent, and the length of the last piece. */
struct wire {
    uint8_t octets[WIRE_MAX];
    size_t length_octets;
    size_t last_octets;
};

/* Sends the message through a session, in pieces of at random `least_octets` to `most_octets`. */
static void send_message(struct bench *bench, struct postino_source *source, const struct guard *guard,
                         size_t least_octets, size_t most_octets, struct wire *wire)
{
    unsigned turns = 0;

    wire->length_octets = 0;
    wire->last_octets = 0;
    bench->mail.source = source;
    bench_start(bench);
    bench_submit(bench);
    bench_greet(bench);
    bench_envelope(bench);
    while (bench_want(bench) & POSTINO_WANT_SEND) {
        size_t capacity = least_octets + noise() % (most_octets - least_octets + 1);
        uint8_t *out = guard_end(guard, capacity);
        size_t length = postino_session_output(&bench->session, out, capacity, 0);

        assert_true(length <= capacity && wire->length_octets + length <= WIRE_MAX);
        assert_true(turns++ < 10 * WIRE_MAX);
        memcpy(wire->octets + wire->length_octets, out, length);
        wire->length_octets += length;
        wire->last_octets = length;
    }
}

static void check_seed(unsigned long seed, const struct guard *in, const struct guard *out)
{
    static const size_t spreads[] = {0, 1, 2, 6, 15, 64, 600};
    uint8_t message[MESSAGE_MAX];
    uint8_t expected[WIRE_MAX];
    struct wire wire;
    struct postino_span spans[SPANS_MAX];
    struct postino_spans_source source;
    struct bench bench;
    size_t length;
    size_t least_octets;

    noise_state = (uint32_t)seed;
    length = random_message(message);
    least_octets = noise() % 2 != 0 ? 1 : 5;
    postino_spans_source_init(&source, spans, random_spans(guard_copy(in, message, length), length, spans));
    bench_prepare(&bench);
    send_message(&bench, &source.source, out, least_octets, least_octets + spreads[noise() % 7], &wire);
    if (wire.length_octets != reference(message, length, expected) ||
        memcmp(wire.octets, expected, wire.length_octets) != 0) {
        fail_msg("seed %lu: %lu octets went out, or other ones than expected", seed,
                 (unsigned long)wire.length_octets);
    }
    /* The end mark leaves in one piece whenever it can: CRLF.CRLF, or without its CRLF for an empty message.
     */
    if (least_octets == 5 && wire.last_octets < (length == 0 ? 3 : 5)) {
        fail_msg("seed %lu: the end mark was cut", seed);
    }
    bench_input(&bench, "250 queued\r\n");
    assert_int_equal(bench.mail.result.outcome, POSTINO_OUTCOME_ACCEPTED);
}

static void test_random(void **state)
{
    struct guard in;
    struct guard out;
    unsigned long i;

    (void)state;
    assert_int_equal(guard_init(&in, MESSAGE_MAX), 0);
    assert_int_equal(guard_init(&out, WIRE_MAX), 0);
    print_message("seeds %lu to %lu\n", first_seed, first_seed + seeds - 1);
    for (i = 0; i < seeds; i++) {
        check_seed(first_seed + i, &in, &out);
    }
    guard_free(&in);
    guard_free(&out);
}

/* Every message of up to five of the octets that matter, at once and octet by octet. */
static void test_exhaustive(void **state)
{
    static const uint8_t alphabet[] = {'\r', '\n', '.', 'a'};
    struct guard out;
    unsigned long word;

    (void)state;
    assert_int_equal(guard_init(&out, WIRE_MAX), 0);
    for (word = 0; word < 6 * 1024; word++) {
        uint8_t message[5];
        size_t length = word / 1024;
        size_t capacity;
        size_t i;

        for (i = 0; i < length; i++) {
            message[i] = alphabet[word >> (2 * i) & 3];
        }
        for (capacity = 1; capacity <= 6; capacity += 5) {
            struct postino_memory_source source;
            struct bench bench;
            uint8_t expected[WIRE_MAX];
            struct wire wire;

            postino_memory_source_init(&source, message, length);
            bench_prepare(&bench);
            send_message(&bench, &source.source, &out, capacity, capacity, &wire);
            assert_int_equal(wire.length_octets, reference(message, length, expected));
            assert_memory_equal(wire.octets, expected, wire.length_octets);
        }
    }
    guard_free(&out);
}

/* With a fixed capacity of five and more the last piece holds the whole mark, whatever stands before it. */
static void test_end_mark_in_one_piece(void **state)
{
    size_t capacity;
    size_t length;

    (void)state;
    for (capacity = 5; capacity < 40; capacity++) {
        for (length = 0; length < 50; length++) {
            uint8_t message[50];
            uint8_t out[64];
            struct postino_memory_source source;
            struct bench bench;
            size_t last = 0;

            memset(message, 'a', sizeof message);
            postino_memory_source_init(&source, message, length);
            bench_prepare(&bench);
            bench.mail.source = &source.source;
            bench_start(&bench);
            bench_submit(&bench);
            bench_greet(&bench);
            bench_envelope(&bench);
            while (bench_want(&bench) & POSTINO_WANT_SEND) {
                last = postino_session_output(&bench.session, out, capacity, 0);
                assert_true(last != 0);
            }
            assert_true(last >= (length == 0 ? 3 : 5));
            assert_memory_equal(out + last - 3, ".\r\n", 3);
        }
    }
}

int main(int count, char **arguments)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_exhaustive),
        cmocka_unit_test(test_end_mark_in_one_piece),
    };

    if (count > 1) {
        first_seed = strtoul(arguments[1], NULL, 10);
    }
    if (count > 2) {
        seeds = strtoul(arguments[2], NULL, 10);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
