/* SPDX-License-Identifier: MIT */
/* Parts: what each kind says of itself, and which encoding it gets. */
#include <stdio.h>
#include <string.h>

#include "postino/extension.h"

#include "compose_fixture.h"
#include "test_source.h"

#define BINARY (POSTINO_CAPABILITY_BINARYMIME | POSTINO_CAPABILITY_CHUNKING)

static const struct postino_mailbox from = {NULL, "ann@example.org", NULL};
static struct postino_memory_source text, data;
static struct postino_part note, file, mixed;
static struct postino_message message;
static uint8_t buffer[POSTINO_MESSAGE_BUFFER_MIN];

/* A text and a file; `file` is the body by itself where nobody puts it into `mixed`. */
static int setup(void **state)
{
    (void)state;
    postino_memory_source_init(&text, "Hi\n", 3);
    postino_memory_source_init(&data, "\0\1\r\n\xff", 5);
    postino_part_text_init(&note, &text.source, "text/html; charset=utf-8");
    postino_part_binary_init(&file, &data.source, NULL, "a.bin");
    postino_part_multipart_init(&mixed, "multipart/mixed");
    postino_message_init(&message, &file, buffer, sizeof buffer);
    message.from = &from;
    return 0;
}

static void both(void)
{
    assert_int_equal(postino_part_add(&mixed, &note), 0);
    assert_int_equal(postino_part_add(&mixed, &file), 0);
    message.body = &mixed;
}

static size_t compose(uint32_t capabilities)
{
    return compose_octets(&message, capabilities);
}

static void binary_within_a_message(void **state)
{
    static const char tail[] = "\r\n\r\n\0\1\r\n\xff\r\n--=_A0--\r\n";
    size_t length;

    (void)state;
    both();
    length = compose(BINARY);
    assert_int_equal(info.flags, POSTINO_SOURCE_BINARY | POSTINO_SOURCE_REWINDS | POSTINO_SOURCE_8BIT);
    assert_non_null(strstr(composed, "boundary=\"=_A0\"\r\nContent-Transfer-Encoding: binary\r\n"));
    assert_memory_equal(composed + length - (sizeof tail - 1), tail, sizeof tail - 1);
    (void)compose(POSTINO_CAPABILITY_BINARYMIME);
    assert_int_equal(info.flags, POSTINO_SOURCE_CANONICAL | POSTINO_SOURCE_REWINDS);
    assert_non_null(strstr(composed, "\r\n\r\nAAENCv8=\r\n--=_A0--\r\n"));
}

static void binary_keeps_clear_of_boundaries(void **state)
{
    (void)state;
    both();
    postino_memory_source_init(&data, "\n--=_A0\n", 8);
    (void)compose(BINARY);
    assert_non_null(strstr(composed, "boundary=\"=_B0\"\r\nContent-Transfer-Encoding: binary\r\n"));
}

/* By itself it is base64, as it is when it does not lie in memory, or when the message's size is
 * unknown. */
static void binary_is_not_always_right(void **state)
{
    struct test_source inner;
    unsigned flags;

    (void)state;
    (void)compose(BINARY);
    assert_int_equal(info.flags, POSTINO_SOURCE_CANONICAL | POSTINO_SOURCE_REWINDS);
    assert_non_null(strstr(composed, "\r\nContent-Transfer-Encoding: base64\r\n"));
    test_source_init(&inner, "Hi\n", 3);
    both();
    inner.size_octets = 3;
    for (flags = 0; flags < 2; flags++) {
        (void)(flags ? (note.source = &inner.source) : (file.source = &inner.source));
        (void)compose(BINARY);
        assert_int_equal(info.flags & (unsigned)~POSTINO_SOURCE_REWINDS, POSTINO_SOURCE_CANONICAL);
        assert_non_null(strstr(composed, "\r\nContent-Transfer-Encoding: base64\r\n"));
        assert_null(strstr(composed, "binary"));
        file.source = &data.source;
    }
    assert_true(info.size_octets == POSTINO_SIZE_UNKNOWN);
}

static void a_text_that_lines_cannot_hold_is_encoded(void **state)
{
    static char every[26 * 8 + 1];
    static char line[1000];
    size_t i;

    (void)state;
    message.body = &note;
    postino_memory_source_init(&text, "a\0b\n", 4);
    (void)compose(POSTINO_CAPABILITY_8BITMIME);
    assert_non_null(strstr(composed, "quoted-printable\r\n\r\na=00b\r\n"));
    memset(line, 'x', sizeof line);
    line[998] = '\n';
    postino_memory_source_init(&text, line, 999);
    (void)compose(0);
    assert_null(strstr(composed, "quoted-printable"));
    line[998] = 'x';
    postino_memory_source_init(&text, line, 999);
    (void)compose(0);
    assert_non_null(strstr(composed, "quoted-printable"));
    /* All letters of the boundaries may occur in it. */
    for (i = 0; i < 26; i++) {
        memcpy(every + 8 * i, "--=_A0\r\n", 8);
        every[8 * i + 4] = (char)('A' + i);
    }
    postino_memory_source_init(&text, every, sizeof every - 1);
    both();
    (void)compose(0);
    assert_non_null(strstr(composed, "\r\n--=3D_A0\r\n"));
    assert_non_null(strstr(composed, "boundary=\"=_A0\""));
}

static void related_names_the_type_of_its_first(void **state)
{
    (void)state;
    postino_part_related_init(&mixed);
    both();
    (void)compose(0);
    assert_non_null(strstr(
        composed, "Content-Type: multipart/related;\r\n type=\"text/html\";\r\n boundary=\"=_A0\"\r\n"));
}

/* ASCII, and as long as a line at most. */
static void file_names_that_fit_a_line_stay_as_they_are(void **state)
{
    static char name[68];

    (void)state;
    file.file_name = name;
    memset(name, 'n', 66);
    (void)compose(0);
    assert_non_null(strstr(composed, ";\r\n filename=\"nnn"));
    assert_non_null(strstr(composed, "nnn\"\r\n"));
    name[66] = 'n';
    (void)compose(0);
    assert_non_null(strstr(composed, ";\r\n filename*0*=UTF-8''nnn"));
    memset(name, '"', 32);
    name[32] = '\0';
    (void)compose(0);
    assert_non_null(strstr(composed, ";\r\n filename=\"\\\"\\\""));
}

/* It is read through first, from wherever it can be read again. */
static void a_forwarded_message_from_anywhere(void **state)
{
    static const char forwarded[] = "Subject: x\n\n--=_A\n\xc3\xa4";
    struct test_source inner;
    size_t pieces;

    (void)state;
    test_source_init(&inner, forwarded, sizeof forwarded - 1);
    postino_part_message_init(&file, &inner.source);
    both();
    for (pieces = 0; pieces < 9; pieces++) {
        inner.piece_octets = pieces;
        (void)compose(POSTINO_CAPABILITY_8BITMIME);
        assert_true(info.size_octets != POSTINO_SIZE_UNKNOWN);
        assert_int_equal(info.flags, POSTINO_SOURCE_CANONICAL | POSTINO_SOURCE_REWINDS | POSTINO_SOURCE_8BIT);
        assert_non_null(strstr(composed, "boundary=\"=_B0\"\r\nContent-Transfer-Encoding: 8bit\r\n"));
        assert_non_null(strstr(composed, "\r\n\r\nSubject: x\r\n\r\n--=_A\r\n\xc3\xa4\r\n--=_B0--\r\n"));
    }
    inner.wait_octets = 5;
    assert_int_equal(postino_message_check(&message, 0, NULL), POSTINO_ERROR_SOURCE);
    inner.wait_octets = SIZE_MAX;
    inner.flags = 0;
    assert_int_equal(postino_message_check(&message, 0, NULL), POSTINO_ERROR_BOUNDARY);
}

/* Old readers find a file's name in its type, in encoded words; the new ones where it always stood. */
static void names_for_old_readers(void **state)
{
    static const struct {
        const char *name;
        const char *parameter;
    } cases[] = {
        {"a.bin", "name=\"a.bin\""},
        {"a \"b\".bin", "name=\"a \\\"b\\\".bin\""},
        {"\xd1\x84\xd0\xb0\xd0\xb9\xd0\xbb.bin", "name=\"=?UTF-8?B?0YTQsNC50LsuYmlu?=\""},
        {"=?x?=.bin", "name=\"=?UTF-8?B?PT94Pz0uYmlu?=\""},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.bin",
         "name=\"=?UTF-8?Q?aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa?=\r\n "
         "=?UTF-8?Q?aaaaaaaaaaaaaaaa=2Ebin?=\""},
    };
    char wanted[300];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        postino_part_attachment_init(&file, &data.source, NULL, cases[i].name);
        message.body = &file;
        (void)compose(0);
        assert_null(strstr(composed, " name"));
        postino_part_name_parameter(&file);
        (void)compose(0);
        (void)snprintf(wanted, sizeof wanted, "\r\nContent-Type: application/octet-stream;\r\n %s\r\n",
                       cases[i].parameter);
        if (strstr(composed, wanted) == NULL)
            fail_msg("%s is not in %s", wanted, composed);
        assert_non_null(strstr(composed, "\r\nContent-Disposition: attachment;\r\n filename"));
    }
    file.disposition = NULL;
    file.file_name = "a\nb";
    assert_int_equal(postino_message_check(&message, 0, NULL), POSTINO_ERROR_FIELD);
    file.file_name = "a\xff";
    assert_int_equal(postino_message_check(&message, 0, NULL), POSTINO_ERROR_FIELD_UTF8);
    assert_string_equal(message.error_field, "Content-Type");
    file.file_name = "";
    (void)compose(0);
    assert_null(strstr(composed, "name"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(binary_within_a_message, setup),
        cmocka_unit_test_setup(names_for_old_readers, setup),
        cmocka_unit_test_setup(binary_keeps_clear_of_boundaries, setup),
        cmocka_unit_test_setup(binary_is_not_always_right, setup),
        cmocka_unit_test_setup(a_text_that_lines_cannot_hold_is_encoded, setup),
        cmocka_unit_test_setup(a_forwarded_message_from_anywhere, setup),
        cmocka_unit_test_setup(related_names_the_type_of_its_first, setup),
        cmocka_unit_test_setup(file_names_that_fit_a_line_stay_as_they_are, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
