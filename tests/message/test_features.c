/* SPDX-License-Identifier: MIT */
/* Features of messages that are chosen by reference, and encoded words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "postino/extension.h"
#include "postino/message.h"

/* A feature that a message needs and was not given is refused and named; a feature that it does not need
 * is not missed. */
static void features_are_chosen(void **state)
{
    static const struct postino_message_features none = {NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    static const struct postino_mailbox from = {NULL, "a@example.org", NULL};
    static const struct postino_mailbox wide = {NULL, "\xc3\xa4@example.org", NULL};
    static const char *const fields[] = {
        "Subject", "Content-Disposition", "Date",       "X-A",         NULL,         NULL,
        "From",    "Message-ID",          "Message-ID", "In-Reply-To", "References", "Content-ID"};
    static const struct postino_header header = {"X-A", "b", NULL, POSTINO_HEADER_TEXT};
    static const uint8_t high[] = "h\xc3\xb6h\n";
    uint8_t buffer[POSTINO_MESSAGE_BUFFER_MIN];
    struct postino_memory_source text, data;
    struct postino_part part, file, mixed;
    struct postino_message message;
    unsigned feature;

    (void)state;
    for (feature = 0; feature < 12; feature++) {
        struct postino_message_features one = none;
        int with;

        for (with = 0; with < 2; with++) {
            postino_memory_source_init(&text, feature == 4 ? high : (const uint8_t *)"low\n", 4);
            postino_memory_source_init(&data, "x", 1);
            postino_part_text_init(&part, &text.source, "text/plain; charset=utf-8");
            postino_part_attachment_init(&file, &data.source, NULL, feature == 1 ? "\xc3\xb6.bin" : "o.bin");
            postino_part_multipart_init(&mixed, "multipart/mixed");
            assert_int_equal(postino_part_add(&mixed, &part), 0);
            assert_int_equal(postino_part_add(&mixed, &file), 0);
            postino_message_init_with(&message, &one, &mixed, buffer, sizeof buffer);
            message.from = feature == 6 ? &wide : &from;
            message.subject = feature == 0 ? "\xc3\xb6" : "plain";
            message.date_s = feature == 2;
            message.headers = feature == 3 ? &header : NULL;
            message.message_id = feature == 7 ? "a@b" : NULL;
            message.random = feature == 8 ? (const uint8_t *)"0123456789abcdef" : NULL;
            message.in_reply_to = feature == 9 ? "a@b" : NULL;
            message.references = feature == 10 ? "a@b" : NULL;
            file.content_id = feature == 11 ? "a@b" : NULL;
            assert_int_equal(postino_message_check(&message, POSTINO_CAPABILITY_SMTPUTF8, NULL),
                             with || feature == 5 ? 0 : POSTINO_ERROR_FEATURE);
            if (!with && fields[feature] != NULL)
                assert_string_equal(message.error_field, fields[feature]);
            one.words = feature == 0 ? postino_message_words : NULL;
            one.parameter = feature == 1 ? postino_message_parameter : NULL;
            one.date = feature == 2 ? postino_message_date : NULL;
            one.field = feature == 3 ? postino_message_field : NULL;
            one.quoted = feature == 4 ? postino_message_quoted : NULL;
            one.address = feature == 6 ? postino_message_address : NULL;
            one.identifiers = feature >= 7 ? postino_message_identifiers : NULL;
        }
    }
}

#define WATER "\xe6\xb0\xb4"

/* Each encoded word in the encoding in which it is the shorter. */
static void encoded_words_are_short(void **state)
{
    static const struct {
        const char *subject;
        const char *line;
    } cases[] = {
        {"\xc3\xbc", "Subject: =?UTF-8?B?w7w=?=\r\n"},
        {"Ein langer Gru\xc3\x9f", "Subject: =?UTF-8?Q?Ein_langer_Gru=C3=9F?=\r\n"},
        {"\xe6\x97\xa5\xe6\x9c\xac", "Subject: =?UTF-8?B?5pel5pys?=\r\n"},
        /* GMime reads no further than the first '=': B words before the last have whole groups, of whole
         * characters, and the line is filled as far as these go. */
        {"\xd0\x90\xd0\x90\xd0\x90\xd0\x90\xd0\x90\xd0\x90\xd0\x90\xd0\x90\xd0\x90\xd0\x90\xd0\x90\xd0\x90"
         "\xd0\x90\xd0\x90"
         "\xd0\x90\xd0\x90\xd0\x90\xd0\x90\xd0\x90\xd0\x90\xd0\x90\xd0\x90",
         "Subject: =?UTF-8?B?0JDQkNCQ0JDQkNCQ0JDQkNCQ0JDQkNCQ0JDQkNCQ0JDQkNCQ?=\r\n "
         "=?UTF-8?B?0JDQkNCQ0JA=?=\r\n"},
        /* Where no character ends with a group, the word is in Q, and the next one begins anew. */
        {"a" WATER WATER WATER WATER WATER WATER WATER WATER WATER WATER WATER WATER WATER WATER WATER,
         "Subject: "
         "=?UTF-8?Q?a=E6=B0=B4=E6=B0=B4=E6=B0=B4=E6=B0=B4=E6=B0=B4=E6=B0=B4?=\r\n "
         "=?UTF-8?B?5rC05rC05rC05rC05rC05rC05rC05rC05rC0?=\r\n"},
    };
    static const struct postino_mailbox from = {NULL, "a@example.org", NULL};
    uint8_t buffer[1024];
    struct postino_memory_source text;
    struct postino_part part;
    struct postino_message message;
    struct postino_source_info info;
    const uint8_t *data;
    size_t length;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        postino_memory_source_init(&text, "x\n", 2);
        postino_part_text_init(&part, &text.source, "text/plain");
        postino_message_init(&message, &part, buffer, sizeof buffer - 1);
        message.from = &from;
        message.subject = cases[i].subject;
        assert_int_equal(message.source.methods->begin(&message.source, 0, &info), 0);
        assert_int_equal(message.source.methods->span(&message.source, &data, &length), POSTINO_SOURCE_DATA);
        buffer[length] = 0;
        assert_non_null(strstr((const char *)data, cases[i].line));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(features_are_chosen),
        cmocka_unit_test(encoded_words_are_short),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
