/* SPDX-License-Identifier: MIT */
/* Tests the sources over memory, and the session's use of a source. The session begins a source once a
 * transaction with the server's extensions. It consumes no more than was lent, and asks a waiting source
 * again only when told so. */
#include "bench.h"
#include "test_source.h"

static void test_spans(void **state)
{
    static const struct postino_span spans[] = {{"", 0}, {"abc", 3}, {NULL, 0}, {"", 0}, {"de", 2}, {"", 0}};
    struct postino_spans_source source;
    struct postino_source *base = &source.source;
    size_t round;

    (void)state;
    postino_spans_source_init(&source, spans, sizeof spans / sizeof spans[0]);
    for (round = 0; round < 3; round++) {
        static const char expected[] = "abcde";
        const uint8_t *data;
        size_t length;
        struct postino_source_info info = {0};
        size_t taken = 0;

        assert_int_equal(base->methods->begin(base, 0, &info), 0);
        assert_true(info.size_octets == POSTINO_SIZE_UNKNOWN);
        assert_int_equal(info.flags, POSTINO_SOURCE_REWINDS | POSTINO_SOURCE_IN_MEMORY);
        while (base->methods->span(base, &data, &length) == POSTINO_SOURCE_DATA) {
            const uint8_t *again;
            size_t same;

            assert_true(length >= 1 && taken + length <= 5);
            assert_memory_equal(data, expected + taken, length);
            /* Asked again, it lends the same. */
            assert_int_equal(base->methods->span(base, &again, &same), POSTINO_SOURCE_DATA);
            assert_ptr_equal(again, data);
            assert_int_equal(same, length);
            base->methods->consume(base, 0);
            base->methods->consume(base, 1);
            taken++;
        }
        assert_int_equal(taken, 5);
        assert_int_equal(base->methods->span(base, &data, &length), POSTINO_SOURCE_END);
    }
}

static void test_no_spans(void **state)
{
    struct postino_spans_source source;
    struct postino_memory_source empty;
    const uint8_t *data;
    size_t length;
    struct postino_source_info info;

    (void)state;
    postino_spans_source_init(&source, NULL, 0);
    assert_int_equal(source.source.methods->begin(&source.source, 0, &info), 0);
    assert_int_equal(source.source.methods->span(&source.source, &data, &length), POSTINO_SOURCE_END);
    postino_memory_source_init(&empty, NULL, 0);
    assert_int_equal(empty.source.methods->begin(&empty.source, 0, &info), 0);
    assert_int_equal(empty.source.methods->span(&empty.source, &data, &length), POSTINO_SOURCE_END);
}

/* A source that was read half is begun anew by the next transaction. */
static void test_source_begins_again(void **state)
{
    struct bench bench;
    uint8_t octets[3];

    (void)state;
    bench_prepare(&bench);
    bench_start(&bench);
    bench_submit(&bench);
    bench_greet(&bench);
    bench_envelope(&bench);
    assert_int_equal(postino_session_output(&bench.session, octets, sizeof octets, 0), 3);
    bench_input(&bench, "421 down\r\n");
    postino_session_lost(&bench.session, 0, 0);
    assert_ptr_equal(postino_session_finished(&bench.session), &bench.mail);
    bench_start(&bench);
    bench_submit(&bench);
    bench_greet(&bench);
    bench_envelope(&bench);
    assert_string_equal(bench_output(&bench), "Hello\r\n.\r\n");
}

static void test_begin(void **state)
{
    struct bench bench;
    struct test_source source;

    (void)state;
    bench_prepare(&bench);
    test_source_init(&source, "Hello\r\n", 7);
    bench.mail.source = &source.source;
    bench_start(&bench);
    bench_submit(&bench);
    assert_int_equal(source.begins, 0);
    bench_exchange(&bench, "220 mx\r\n", "EHLO client.example.com\r\n");
    bench_input(&bench, "250-mx\r\n250-8BITMIME\r\n250 SIZE 1000\r\n");
    bench_envelope(&bench);
    assert_int_equal(source.begins, 1);
    assert_int_equal(source.capabilities, POSTINO_CAPABILITY_8BITMIME | POSTINO_CAPABILITY_SIZE);
    assert_string_equal(bench_output(&bench), "Hello\r\n.\r\n");
    assert_int_equal(source.begins, 1);
    assert_null(source.breach);
}

/* One octet above 127 is found wherever it stands, and none where there is none. */
static void test_memory_8bit(void **state)
{
    static uint8_t message[2601];
    static const size_t lengths[] = {0, 1, 255, 256, 1023, 1024, 1025, 2047, 2048, 2599};
    struct postino_memory_source source;
    struct postino_source_info info;
    size_t i;
    size_t at;

    (void)state;
    memset(message, 127, sizeof message);
    for (i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        postino_memory_source_init(&source, message + 1, lengths[i]);
        for (at = 0; at < lengths[i] + 2; at++) {
            int within = at >= 1 && at <= lengths[i];

            message[at] = 128;
            assert_int_equal(source.source.methods->begin(&source.source, 0, &info), 0);
            assert_int_equal((info.flags & POSTINO_SOURCE_8BIT) != 0, within);
            message[at] = 127;
        }
    }
}

static void test_wait(void **state)
{
    struct bench bench;
    struct test_source source;
    uint8_t octets[64];

    (void)state;
    bench_prepare(&bench);
    test_source_init(&source, "Hello world\r\n", 13);
    source.wait_octets = 5;
    bench.mail.source = &source.source;
    bench_start(&bench);
    bench_submit(&bench);
    bench_greet(&bench);
    bench_envelope(&bench);
    assert_int_equal(postino_session_output(&bench.session, octets, sizeof octets, 0), 5);
    assert_int_equal(bench_want(&bench), POSTINO_WANT_RECEIVE);
    assert_int_equal(postino_session_output(&bench.session, octets, sizeof octets, 0), 0);
    /* Told too early: it asks, and waits again. */
    postino_session_source_ready(&bench.session);
    assert_true(bench_want(&bench) & POSTINO_WANT_SEND);
    assert_int_equal(postino_session_output(&bench.session, octets, sizeof octets, 0), 0);
    assert_int_equal(bench_want(&bench), POSTINO_WANT_RECEIVE);
    assert_int_equal(test_source_release(&source), 1);
    postino_session_source_ready(&bench.session);
    assert_string_equal(bench_output(&bench), " world\r\n.\r\n");
    bench_input(&bench, "250 queued\r\n");
    assert_int_equal(bench.mail.result.outcome, POSTINO_OUTCOME_ACCEPTED);
}

/* A source that waits when its mail ends must not hold up the next one. */
static void test_wait_does_not_outlive_its_mail(void **state)
{
    struct bench bench;
    struct test_source source;

    (void)state;
    bench_prepare(&bench);
    test_source_init(&source, "Hello\r\n", 7);
    source.wait_octets = 0;
    bench.mail.source = &source.source;
    bench_start(&bench);
    bench_submit(&bench);
    bench_greet(&bench);
    bench_envelope(&bench);
    assert_string_equal(bench_output(&bench), "");
    postino_session_lost(&bench.session, POSTINO_ERROR_CLOSED, 0);
    assert_int_equal(bench.mail.result.outcome, POSTINO_OUTCOME_TRANSIENT);
    bench_start(&bench);
    bench_exchange(&bench, "220 mx\r\n", "EHLO client.example.com\r\n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spans),
        cmocka_unit_test(test_no_spans),
        cmocka_unit_test(test_source_begins_again),
        cmocka_unit_test(test_begin),
        cmocka_unit_test(test_memory_8bit),
        cmocka_unit_test(test_wait),
        cmocka_unit_test(test_wait_does_not_outlive_its_mail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
