/* SPDX-License-Identifier: MIT */
/* Tests CHUNKING (RFC 3030): the chunks decode to exactly the message, for any spans, waits and failures
 * of the source and any capacity. Compiled a second time with chunks of 1024 octets and for small code. */
#include "chunks.h"

static struct group group;
static struct test_source source;

static void begin(struct postino_source *base, const char *extensions)
{
    group_prepare(&group, 1);
    group.bench.config.on_reply = NULL;
    group.bench.config.group_octets_max = 1;
    group.mails[0].source = base;
    group_start(&group, extensions);
    group_submit(&group, 0, 0);
    (void)group_call(&group);
    group_input(&group, "250 ok\r\n");
    /* In lock-step RCPT goes out by itself. */
    if (strstr(group.bench.sent, "RCPT") == NULL) {
        (void)group_call(&group);
    }
    group_input(&group, "250 ok\r\n");
    wire.length_octets = 0;
}

/* Sends the message up to its end, or to the end of the session. Each chunk is answered when it is out. */
static void send_whole(size_t capacity, int pipelining)
{
    unsigned turns = 0;

    for (;;) {
        unsigned want = bench_want(&group.bench);
        size_t length;

        assert_true(turns++ < 50000);
        if (want & (POSTINO_WANT_CLOSED | POSTINO_WANT_COLLECT)) {
            return;
        }
        if (want & POSTINO_WANT_SEND) {
            uint8_t *out = wire.octets + wire.length_octets;

            out[capacity] = 0xA5;
            length = postino_session_output(&group.bench.session, out, capacity, 0);
            assert_true(length <= capacity);
            assert_int_equal(out[capacity], 0xA5);
            wire.length_octets += length;
            assert_true(wire.length_octets + capacity < sizeof wire.octets);
            continue;
        }
        if (test_source_release(&source)) {
            postino_session_source_ready(&group.bench.session);
            assert_true(bench_want(&group.bench) & POSTINO_WANT_SEND);
            continue;
        }
        decode();
        if (pipelining) {
            for (length = wire.chunks; length > 1; length--) {
                group_input(&group, "250 chunk\r\n");
            }
        }
        group_input(&group, "250 ok\r\n");
    }
}

static void check_accepted(size_t capacity)
{
    decode();
    if (wire.message_octets != normal_octets || memcmp(wire.message, normal, normal_octets) != 0) {
        fail_msg("capacity %lu: %lu octets, or other ones than the %lu expected", (unsigned long)capacity,
                 (unsigned long)wire.message_octets, (unsigned long)normal_octets);
    }
    assert_true(wire.last);
    assert_int_equal(wire.rest_octets, 0);
    assert_null(source.breach);
    group_finished(&group, 0, POSTINO_OUTCOME_ACCEPTED);
}

static const char text[] = ".dot\nbare\rcr\r\n..\r\n\n\r\r\nx";

/* A message in memory is counted and goes out in one chunk. */
static void test_memory(void **state)
{
    size_t length;
    size_t capacity;

    (void)state;
    for (length = 0; length < sizeof text; length++) {
        for (capacity = 1; capacity < 60; capacity++) {
            struct postino_memory_source memory;

            test_source_init(&source, "", 0);
            postino_memory_source_init(&memory, text, length);
            normalise(text, length);
            /* With BOTH nothing at all would not wait for the recipients. */
            begin(&memory.source, capacity % 2 || length == 0 ? CHUNKING : BOTH);
            send_whole(capacity, 0);
            check_accepted(capacity);
            assert_int_equal(wire.chunks, 1);
        }
    }
}

/* A size that the source says, in pieces, with a pause anywhere. */
static void test_known_size(void **state)
{
    size_t piece;
    size_t capacity;
    size_t pause;

    (void)state;
    normalise(text, sizeof text - 1);
    for (piece = 1; piece < 6; piece++) {
        for (capacity = 1; capacity < 50; capacity += capacity < 8 ? 1 : 7) {
            for (pause = 0; pause < sizeof text - 1; pause++) {
                test_source_init(&source, text, sizeof text - 1);
                source.piece_octets = piece;
                source.size_octets = normal_octets;
                source.wait_octets = pause;
                begin(&source.source, CHUNKING);
                send_whole(capacity, 0);
                check_accepted(capacity);
                assert_int_equal(wire.chunks, 1);
            }
        }
    }
}

static void check_not_offered(const char *extensions)
{
    group_prepare(&group, 1);
    group.mails[0].source = &source.source;
    group_start(&group, extensions);
    group_submit(&group, 0, 0);
    group_expect(&group, "");
    assert_int_equal(group.mails[0].result.error, POSTINO_ERROR_NOT_OFFERED);
}

/* Octets that are no lines, and lines that are known to end well: as they are. */
static void test_binary_and_canonical(void **state)
{
    static const char binary[] = "\0\r\n.\r\r\n\n\xff.\r";
    size_t i;
    size_t capacity;

    (void)state;
    for (i = 0; i < 2; i++) {
        for (capacity = 1; capacity < 50; capacity++) {
            const char *octets = i == 0 ? binary : "a\r\n.b\r\n\r\n";
            size_t length = i == 0 ? sizeof binary - 1 : 9;

            test_source_init(&source, octets, length);
            source.size_octets = length;
            source.flags = i == 0 ? POSTINO_SOURCE_BINARY : POSTINO_SOURCE_CANONICAL | POSTINO_SOURCE_REWINDS;
            source.piece_octets = capacity % 5;
            source.wait_octets = capacity % length;
            begin(&source.source, "250-BINARYMIME\r\n" CHUNKING);
            memcpy(normal, octets, length);
            normal_octets = length;
            send_whole(capacity, 0);
            check_accepted(capacity);
        }
    }
    source.flags = POSTINO_SOURCE_BINARY;
    check_not_offered(CHUNKING);
    check_not_offered("250 BINARYMIME\r\n");
}

/* Fewer or more octets than were said, or a failure: never an end, and the session is over. */
static void check_broken(size_t capacity, size_t length, size_t said, size_t fails_at)
{
    test_source_init(&source, text, length);
    source.size_octets = said;
    source.fail_octets = fails_at;
    begin(&source.source, CHUNKING);
    send_whole(capacity, 0);
    decode();
    if (wire.chunks != 0 && wire.rest_octets == 0) {
        fail_msg("capacity %lu, %lu octets, %lu said, failure at %lu: the chunk went out whole",
                 (unsigned long)capacity, (unsigned long)length, (unsigned long)said,
                 (unsigned long)fails_at);
    }
    assert_true(bench_want(&group.bench) & POSTINO_WANT_CLOSED);
    postino_session_lost(&group.bench.session, 0, 0);
    group_finished(&group, 0, POSTINO_OUTCOME_TRANSIENT);
    assert_int_equal(group.mails[0].result.error, POSTINO_ERROR_SOURCE);
    assert_int_equal(group.mails[0].result.step, POSTINO_STEP_MESSAGE);
}

static void test_source_shorter_longer_or_failing(void **state)
{
    size_t capacity;
    size_t i;

    (void)state;
    normalise(text, sizeof text - 1);
    for (capacity = 1; capacity < 50; capacity++) {
        for (i = 0; i < normal_octets + 5; i++) {
            if (i != normal_octets) {
                check_broken(capacity, sizeof text - 1, i, SIZE_MAX);
            }
        }
        for (i = 0; i < sizeof text - 1; i++) {
            check_broken(capacity, sizeof text - 1, normal_octets, i);
        }
    }
}

/* Without a known size each lent span of 512 octets or more is a chunk; with smaller ones DATA costs less. */
static void test_unknown_size(void **state)
{
    static char message[MESSAGE_MAX];
    static const size_t pieces[] = {512, 513, 700, 1300, MESSAGE_MAX};
    static const size_t capacities[] = {1, 2, 7, 100, 511, 4096};
    size_t i;
    size_t j;
    size_t k;

    (void)state;
    for (i = 0; i < sizeof message; i++) {
        message[i] = "ab\n.\r\nc\r\r"[i * 7 % 9];
    }
    for (i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        for (j = 0; j < sizeof capacities / sizeof capacities[0]; j++) {
            for (k = 0; k < 12; k++) {
                size_t length = sizeof message - k;

                normalise(message, length);
                test_source_init(&source, message, length);
                source.piece_octets = pieces[i];
                source.wait_octets = k % 3 == 0 ? SIZE_MAX : pieces[i] + k;
                begin(&source.source, k % 2 ? CHUNKING : BOTH);
                send_whole(capacities[j], k % 2 == 0);
                check_accepted(capacities[j]);
                assert_true(wire.chunks >= length / pieces[i]);
            }
        }
    }
    test_source_init(&source, message, sizeof message);
    source.piece_octets = 511;
    begin(&source.source, CHUNKING);
    group_expect(&group, "DATA\r\n");
    /* Nothing at once, or no octet at all. */
    test_source_init(&source, message, sizeof message);
    source.wait_octets = 0;
    begin(&source.source, CHUNKING);
    group_expect(&group, "DATA\r\n");
}

/* Spans that make no octet on the wire, because their line breaks are held back. */
static void test_unknown_size_with_held_back_line_ends(void **state)
{
    static char message[600 + 8];
    size_t piece;
    size_t tail;

    (void)state;
    memset(message, 'x', 600);
    memcpy(message + 600, "\r\n\r\n\n\r\r\n", 8);
    for (tail = 0; tail <= 8; tail++) {
        for (piece = 512; piece <= 608; piece++) {
            test_source_init(&source, message, 600 + tail);
            source.piece_octets = piece;
            normalise(message, 600 + tail);
            begin(&source.source, CHUNKING);
            send_whole(100, 0);
            check_accepted(100);
            assert_true(wire.sizes[0] >= 512 && wire.chunks >= 2);
        }
    }
}

/* Chunks of at most POSTINO_CHUNK_OCTETS, full ones but the last; a refusal between them stops the rest. */
static void test_large_message(void **state)
{
    size_t length;

    (void)state;
    if (POSTINO_CHUNK_OCTETS > MESSAGE_MAX) {
        skip(); /* that is for the second program */
    }
    for (length = 1022; length <= 3 * 1024 + 2; length++) {
        static char message[MESSAGE_MAX];
        struct postino_memory_source memory;
        size_t i;

        if (length % 1024 > 3 && length % 1024 < 1021) {
            continue;
        }
        memset(message, 'a', length);
        for (i = 100; i < length; i += 41) {
            message[i] = i % 2 != 0 ? '\r' : '\n';
        }
        test_source_init(&source, "", 0);
        normalise(message, length);
        postino_memory_source_init(&memory, message, length);
        begin(&memory.source, length % 2 ? CHUNKING : BOTH);
        send_whole(length % 3 == 0 ? 1 : 600, length % 2 == 0);
        check_accepted(length);
        assert_int_equal(wire.chunks, (normal_octets + 1023) / 1024);
        for (i = 0; i + 1 < wire.chunks; i++) {
            assert_int_equal(wire.sizes[i], 1024);
        }
        begin(&memory.source, CHUNKING);
        while (bench_want(&group.bench) & POSTINO_WANT_SEND) {
            (void)group_call(&group);
        }
        group_input(&group, "552 too large\r\n");
        group_expect(&group, "");
        group_finished(&group, 0, POSTINO_OUTCOME_PERMANENT);
        group_submit(&group, 1, 1);
        group_expect(&group, "RSET\r\n");
    }
}

/* A source that waits in front of its second chunk, and the first one is refused meanwhile: nobody waits for
 * it any more. */
static void test_refused_while_it_waits(void **state)
{
    static char message[2000];

    (void)state;
    memset(message, 'a', sizeof message);
    test_source_init(&source, message, sizeof message);
    source.piece_octets = 1000;
    source.wait_octets = 1000;
    begin(&source.source, BOTH);
    group_submit(&group, 1, 1);
    assert_memory_equal(group_call(&group), "BDAT 1000\r\n", 11);
    (void)group_call(&group);
    assert_int_equal(source.waiting, 1);
    assert_false(bench_want(&group.bench) & POSTINO_WANT_SEND);
    group_exchange(&group, "552 no\r\n", "RSET\r\n");
    group_finished(&group, 0, POSTINO_OUTCOME_PERMANENT);
    group_exchange(&group, "250 ok\r\n", "MAIL FROM:<1@a>\r\nRCPT TO:<1.0@b>\r\n");
    group_exchange(&group, "250 ok\r\n250 ok\r\n", "BDAT 4 LAST\r\nm1\r\n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_known_size),
        cmocka_unit_test(test_binary_and_canonical),
        cmocka_unit_test(test_source_shorter_longer_or_failing),
        cmocka_unit_test(test_unknown_size),
        cmocka_unit_test(test_unknown_size_with_held_back_line_ends),
        cmocka_unit_test(test_large_message),
        cmocka_unit_test(test_refused_while_it_waits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
