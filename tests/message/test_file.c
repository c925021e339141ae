/* SPDX-License-Identifier: MIT */
/* A file as a source: read whole in any pieces, begun again, grown and shrunk while it is read. */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "postino/file.h"

static const char content[] = "The octets of a file, some of them more than once: \0\r\n\xff.";

static FILE *make(void)
{
    FILE *file = tmpfile();

    assert_non_null(file);
    assert_int_equal(fwrite(content, 1, sizeof content, file), sizeof content);
    assert_int_equal(fflush(file), 0);
    return file;
}

static void read_whole(struct postino_file_source *file, size_t take)
{
    struct postino_source *source = &file->source;
    struct postino_source_info info;
    const uint8_t *data;
    size_t length;
    size_t octets = 0;

    assert_int_equal(source->methods->begin(source, 0, &info), 0);
    assert_int_equal(info.size_octets, sizeof content);
    assert_int_equal(info.flags, POSTINO_SOURCE_BINARY | POSTINO_SOURCE_REWINDS);
    while (source->methods->span(source, &data, &length) == POSTINO_SOURCE_DATA) {
        length = length < take ? length : take;
        assert_true(length > 0 && octets + length <= sizeof content);
        assert_memory_equal(data, content + octets, length);
        octets += length;
        source->methods->consume(source, length);
    }
    assert_int_equal(source->methods->span(source, &data, &length), POSTINO_SOURCE_END);
    assert_int_equal(octets, sizeof content);
}

static void files_are_read_in_any_pieces(void **state)
{
    uint8_t buffer[100];
    struct postino_file_source source;
    size_t octets, take;
    FILE *file = make();

    (void)state;
    for (octets = 1; octets <= sizeof buffer; octets++) {
        postino_file_source_init(&source, fileno(file), buffer, octets, POSTINO_SOURCE_BINARY);
        for (take = 1; take < 5; take++)
            read_whole(&source, take);
    }
    postino_file_source_init(&source, fileno(file), buffer, sizeof buffer, 0);
    assert_int_equal(fclose(file), 0);
}

static void files_that_change(void **state)
{
    uint8_t buffer[8];
    struct postino_file_source source;
    struct postino_source *base = &source.source;
    struct postino_source_info info;
    const uint8_t *data;
    size_t length;
    FILE *file = make();

    (void)state;
    postino_file_source_init(&source, fileno(file), buffer, sizeof buffer, 0);
    assert_int_equal(base->methods->begin(base, 0, &info), 0);
    assert_true(info.size_octets == POSTINO_SIZE_UNKNOWN);
    assert_int_equal(base->methods->span(base, &data, &length), POSTINO_SOURCE_DATA);
    base->methods->consume(base, length);
    assert_int_equal(ftruncate(fileno(file), 8), 0);
    assert_int_equal(base->methods->span(base, &data, &length), POSTINO_SOURCE_FAIL);
    assert_int_equal(base->methods->begin(base, 0, &info), 0);
    assert_int_equal(ftruncate(fileno(file), 100), 0);
    assert_int_equal(base->methods->span(base, &data, &length), POSTINO_SOURCE_DATA);
    base->methods->consume(base, length);
    assert_int_equal(base->methods->span(base, &data, &length), POSTINO_SOURCE_END);
    assert_int_equal(fclose(file), 0);
    assert_true(base->methods->begin(base, 0, &info) < 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_read_in_any_pieces),
        cmocka_unit_test(files_that_change),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
