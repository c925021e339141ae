/* SPDX-License-Identifier: MIT */
/* Identifiers, URLs and types of a header: as RFC 5322, RFC 2369 and RFC 2045 have them, or an error that
 * names the field. */
#include <stdio.h>
#include <string.h>

#include "compose_fixture.h"

static const struct postino_mailbox from = {NULL, "ann@example.org", NULL};
static struct postino_memory_source text, data;
static struct postino_part note, file, mixed;
static struct postino_message message;
static struct postino_header headers[2];
static uint8_t buffer[POSTINO_MESSAGE_BUFFER_MIN];

static int setup(void **state)
{
    (void)state;
    postino_memory_source_init(&text, "Hi\n", 3);
    postino_memory_source_init(&data, "x", 1);
    postino_part_text_init(&note, &text.source, "text/plain; charset=utf-8");
    postino_part_attachment_init(&file, &data.source, NULL, "a.bin");
    postino_part_multipart_init(&mixed, "multipart/mixed");
    assert_int_equal(postino_part_add(&mixed, &note), 0);
    assert_int_equal(postino_part_add(&mixed, &file), 0);
    postino_message_init(&message, &mixed, buffer, sizeof buffer);
    message.from = &from;
    return 0;
}

static const char *compose(void)
{
    size_t total = compose_octets(&message, 0);

    assert_int_equal(info.size_octets, total);
    return composed;
}

static void has(const char *wanted)
{
    if (strstr(compose(), wanted) == NULL)
        fail_msg("%s is not in %s", wanted, composed);
}

static void refused(int error, const char *field)
{
    assert_int_equal(postino_message_check(&message, 0, NULL), error);
    assert_non_null(message.error_field);
    assert_string_equal(message.error_field, field);
}

static void identifiers_stand_in_brackets(void **state)
{
    (void)state;
    message.message_id = "1@example.org";
    message.in_reply_to = " 2@example.org ";
    message.references = "<3@example.org>\t4@example.org  <5@[192.0.2.1]><6=a:b/c@x>";
    file.content_id = "im@example.org";
    has("\r\nMessage-ID: <1@example.org>\r\nIn-Reply-To: <2@example.org>\r\n"
        "References: <3@example.org> <4@example.org> <5@[192.0.2.1]> <6=a:b/c@x>\r\n");
    has("\r\nContent-ID: <im@example.org>\r\n");
    file.content_id = "<im@example.org>";
    message.message_id = "<1@example.org>";
    has("\r\nMessage-ID: <1@example.org>\r\n");
    has("\r\nContent-ID: <im@example.org>\r\n");
}

static void empty_counts_as_not_given(void **state)
{
    (void)state;
    has("\r\nTo: undisclosed-recipients:;\r\nMIME-Version: 1.0\r\n");
    message.subject = "";
    message.message_id = "";
    message.in_reply_to = "";
    message.references = "";
    has("\r\nTo: undisclosed-recipients:;\r\nMIME-Version: 1.0\r\n");
    headers[0] = (struct postino_header){"X-A", "", &headers[1], POSTINO_HEADER_TEXT};
    headers[1] = (struct postino_header){"X-B", NULL, NULL, POSTINO_HEADER_PROTOCOL};
    message.headers = headers;
    has("\r\nTo: undisclosed-recipients:;\r\nMIME-Version: 1.0\r\n");
    headers[1].name = "Subject";
    refused(POSTINO_ERROR_FIELD_NAME, "Subject");
    message.headers = NULL;
    message.random = (const uint8_t *)"0123456789abcdef";
    has("\r\nMessage-ID: <30313233343536373839616263646566@example.org>\r\nMIME-Version: 1.0\r\n");
    file.file_name = "";
    file.content_id = "";
    has("\r\nContent-Disposition: attachment\r\n\r\neA==");
    file.disposition = "";
    file.parameter = "name";
    file.parameter_value = "";
    has("\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\neA==");
    postino_part_attachment_init(&file, &data.source, "", NULL);
    message.body = &file;
    has("\r\nContent-Type: application/octet-stream\r\n");
    file.type = "";
    refused(POSTINO_ERROR_FIELD_MISSING, "Content-Type");
    file.type = NULL;
    refused(POSTINO_ERROR_FIELD_MISSING, "Content-Type");
}

static void malformed_identifiers_are_refused(void **state)
{
    static const char *const bad[] = {"hello",  "<hello>",    "<>",      " ",       "@b",
                                      "a@",     "<a@b",       "a@b>",    "<<a@b>>", "a@b@c",
                                      "<a @b>", "a,b@c",      "(x)a@b",  "\"a\"@b", "a@b;c",
                                      "a\\b@c", "\xc3\xa4@b", "a\x7f@b", "<a@b> x", "<a@b>, <c@d>"};
    size_t i;

    for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        (void)setup(state);
        message.message_id = bad[i];
        refused(POSTINO_ERROR_FIELD_IDENTIFIER, "Message-ID");
        message.message_id = NULL;
        message.in_reply_to = bad[i];
        refused(POSTINO_ERROR_FIELD_IDENTIFIER, "In-Reply-To");
        message.in_reply_to = NULL;
        message.references = bad[i];
        refused(POSTINO_ERROR_FIELD_IDENTIFIER, "References");
        message.references = NULL;
        file.content_id = bad[i];
        refused(POSTINO_ERROR_FIELD_IDENTIFIER, "Content-ID");
    }
    /* One message has one. */
    (void)setup(state);
    message.message_id = "<a@b> <c@d>";
    refused(POSTINO_ERROR_FIELD_IDENTIFIER, "Message-ID");
}

/* Readers look for them behind the name of their field. */
static void identifiers_stay_on_the_line_of_their_name(void **state)
{
    static char id[1100];
    char line[2400];
    size_t octets;

    (void)state;
    for (octets = 60; octets < 1000; octets += octets < 90 || octets > 970 ? 1 : 100) {
        memset(id, 'x', octets);
        strcpy(id + octets, "@example.org");
        message.message_id = id;
        message.in_reply_to = id;
        if (octets + strlen("In-Reply-To: <@example.org>") <= 997) {
            (void)snprintf(line, sizeof line, "\r\nMessage-ID: <%s>\r\nIn-Reply-To: <%s>\r\n", id, id);
            has(line);
        }
        message.message_id = NULL;
        /* With the name it fits no line: without it, it may. */
        if (octets + strlen(" <@example.org>") <= 997)
            (void)compose();
        else
            refused(POSTINO_ERROR_FIELD_LONG, "In-Reply-To");
    }
    message.in_reply_to = NULL;
    message.references = "<11111111111111111111111111111111111111111111111111111111111111@example.org> "
                         "<22222222222222222222222222222222@example.org> <333333333333@example.org> <4@e>";
    has("\r\nReferences: <11111111111111111111111111111111111111111111111111111111111111@example.org>\r\n"
        " <22222222222222222222222222222222@example.org> <333333333333@example.org>\r\n <4@e>\r\n");
}

static void urls_stand_in_brackets(void **state)
{
    static const struct {
        const char *value;
        const char *line;
    } cases[] = {
        {"https://example.org/u", "<https://example.org/u>"},
        {"<https://example.org/u>", "<https://example.org/u>"},
        {"https://example.org/u?a,b, mailto:u@example.org",
         "<https://example.org/u?a,b>, <mailto:u@example.org>"},
        {"<https://example.org/u>,<mailto:u@example.org>", "<https://example.org/u>, <mailto:u@example.org>"},
        {"<https://example.org/u> , mailto:u@example.org , ",
         "<https://example.org/u>, <mailto:u@example.org>"},
        {"<https://example.org/uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu>, "
         "<mailto:u@example.org>",
         "<https://example.org/"
         "uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu>,\r\n "
         "<mailto:u@example.org>"},
    };
    static const char *const bad[] = {"example.org/u",
                                      "<example.org>",
                                      "https:",
                                      "<https://a b>",
                                      "<https://a",
                                      "https://a>",
                                      "https://\xc3\xa4",
                                      "1x:y",
                                      "<>",
                                      " ",
                                      "<a:b>, x",
                                      "a:b\nc"};
    char line[300];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        message.headers = NULL;
        postino_message_unsubscribe(&message, headers, cases[i].value, 1);
        (void)snprintf(line, sizeof line, "\r\nList-Unsubscribe: %s\r\nList-Unsubscribe-Post: List-",
                       cases[i].line);
        has(line);
        /* However it is given. */
        headers[0].name = "LIST-Unsubscribe";
        headers[0].kind = POSTINO_HEADER_TEXT;
        (void)snprintf(line, sizeof line, "\r\nLIST-Unsubscribe: %s\r\n", cases[i].line);
        has(line);
    }
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        message.headers = NULL;
        postino_message_unsubscribe(&message, headers, bad[i], 0);
        refused(POSTINO_ERROR_FIELD_URL, "List-Unsubscribe");
    }
}

/* The first word of any field of a protocol stays too, where a line has room for it. */
static void protocol_text_begins_on_the_line_of_its_name(void **state)
{
    static char word[998];
    char line[1200];

    (void)state;
    headers[0].name = "X-Key";
    headers[0].value = word;
    headers[0].kind = POSTINO_HEADER_PROTOCOL;
    headers[0].next = NULL;
    message.headers = headers;
    memset(word, 'x', 991);
    (void)snprintf(line, sizeof line, "\r\nX-Key: %s\r\n", word);
    has(line);
    word[991] = 'x';
    (void)snprintf(line, sizeof line, "\r\nX-Key:\r\n %s\r\n", word);
    has(line);
    memset(word, 'x', 997);
    (void)snprintf(line, sizeof line, "\r\nX-Key:\r\n %s\r\n", word);
    has(line);
}

static void malformed_types_are_refused(void **state)
{
    static const char *const bad[] = {"hello",
                                      "text/",
                                      "/plain",
                                      "text plain",
                                      "text/plain/x",
                                      "text/plain charset=utf-8",
                                      "text/plain;",
                                      "text/plain; charset",
                                      "text/plain; charset=",
                                      "text/plain; =utf-8",
                                      "text/plain; a=b c=d",
                                      "text/plain; a=\"b",
                                      "text/plain; a=\"b\\\"",
                                      "text/plain; a=\"b\"c",
                                      "text/plain,",
                                      "te(x)t/plain",
                                      "text/plain; a=\xc3\xa4",
                                      " "};
    static const char *const good[] = {"text/plain", "text/plain;charset=utf-8",
                                       "text/plain ; charset=\"utf-8\"",
                                       "application/vnd.a-b+c; v=1; x=\"a \\\"b;/c\""};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        file.type = bad[i];
        refused(POSTINO_ERROR_FIELD_TYPE, "Content-Type");
    }
    for (i = 0; i < sizeof good / sizeof good[0]; i++) {
        file.type = good[i];
        (void)compose();
    }
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        file.disposition = bad[i];
        if (strcmp(bad[i], "hello") != 0)
            refused(POSTINO_ERROR_FIELD_TYPE, "Content-Disposition");
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(identifiers_stand_in_brackets, setup),
        cmocka_unit_test_setup(empty_counts_as_not_given, setup),
        cmocka_unit_test_setup(malformed_identifiers_are_refused, setup),
        cmocka_unit_test_setup(identifiers_stay_on_the_line_of_their_name, setup),
        cmocka_unit_test_setup(urls_stand_in_brackets, setup),
        cmocka_unit_test_setup(protocol_text_begins_on_the_line_of_its_name, setup),
        cmocka_unit_test_setup(malformed_types_are_refused, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
