/* SPDX-License-Identifier: MIT */
/* The composer's refusals, waits and failures, and its needs of a server: cases that a corpus cannot show. */
#include <string.h>

#include "postino/extension.h"

#include "compose_fixture.h"
#include "test_source.h"

static struct postino_mailbox from = {"Ann", "ann@example.org", NULL};
static struct postino_memory_source text;
static struct postino_part body;
static struct postino_message message;
static uint8_t buffer[POSTINO_MESSAGE_BUFFER_MIN];

static int setup(void **state)
{
    static const struct postino_mailbox clean = {"Ann", "ann@example.org", NULL};

    (void)state;
    from = clean;
    postino_memory_source_init(&text, "Hi\n", 3);
    postino_part_text_init(&body, &text.source, "text/plain; charset=utf-8");
    postino_message_init(&message, &body, buffer, sizeof buffer);
    message.from = &from;
    message.date_s = 1795649400;
    return 0;
}

static const char *compose(uint32_t capabilities)
{
    (void)compose_octets(&message, capabilities);
    return composed;
}

static void the_whole_of_a_small_one(void **state)
{
    static const struct postino_mailbox to = {"Lee, Bob", "bob@example.org", NULL};

    (void)state;
    message.to = &to;
    message.subject = "Gr\xc3\xbc\xc3\x9f"
                      "e";
    message.zone_minutes = -210;
    message.random = (const uint8_t *)"0123456789abcdef";
    assert_string_equal(compose(0), "Date: Wed, 25 Nov 2026 20:00:00 -0330\r\n"
                                    "From: \"Ann\" <ann@example.org>\r\n"
                                    "To: \"Lee, Bob\" <bob@example.org>\r\n"
                                    "Subject: =?UTF-8?B?R3LDvMOfZQ==?=\r\n"
                                    "Message-ID: <30313233343536373839616263646566@example.org>\r\n"
                                    "MIME-Version: 1.0\r\n"
                                    "Content-Type: text/plain; charset=utf-8\r\n\r\nHi\r\n");
}

static void refused(int error, const char *field)
{
    assert_int_equal(postino_message_check(&message, 0, NULL), error);
    assert_int_equal(message.error, error);
    if (field == NULL)
        assert_null(message.error_field);
    else
        assert_string_equal(message.error_field, field);
}

static void injection_is_refused(void **state)
{
    static const char *const texts[] = {
        "x\r\nBcc: y@z", "x\ny",     "x\ry",         "x\r\n\r\ny",       "\x7f", "\x01",
        "\xff",          "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc3", "a\xe2\x82"};
    static const char *const addresses[] = {"",      "<a@b>",  "a@b>",  "a@b\r\nX: y", "a@b, c@d", "a,b@c",
                                            "a b@c", "(x)a@b", "a:b@c", "a;b@c",       "[a]@b",    "a@b(c)",
                                            "a@",    "@b",     "a@b@c", "\"a@b",       "\xff@b"};
    struct postino_header header = {"X-Test", NULL, NULL, POSTINO_HEADER_TEXT};
    size_t i;

    for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int error = i < 6 ? POSTINO_ERROR_FIELD : POSTINO_ERROR_FIELD_UTF8;

        (void)setup(state);
        message.subject = texts[i];
        refused(error, "Subject");
        (void)setup(state);
        from.name = texts[i];
        refused(error, "From");
        (void)setup(state);
        message.message_id = texts[i];
        refused(POSTINO_ERROR_FIELD_IDENTIFIER, "Message-ID");
        (void)setup(state);
        header.value = texts[i];
        header.kind = i % 2 != 0 ? POSTINO_HEADER_TEXT : POSTINO_HEADER_PROTOCOL;
        message.headers = &header;
        refused(i < 6 || i % 2 != 0 ? error : POSTINO_ERROR_FIELD_PROTOCOL, "X-Test");
        (void)setup(state);
        postino_part_attachment_init(&body, &text.source, NULL, texts[i]);
        refused(error, "Content-Disposition");
        (void)setup(state);
        body.type = texts[i];
        refused(POSTINO_ERROR_FIELD_TYPE, "Content-Type");
        (void)setup(state);
        body.content_id = texts[i];
        refused(POSTINO_ERROR_FIELD_IDENTIFIER, "Content-ID");
        (void)setup(state);
        postino_part_calendar_init(&body, &text.source, texts[i]);
        refused(error, "Content-Type");
    }
    for (i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        (void)setup(state);
        from.address = addresses[i];
        refused(*addresses[i] != '\xff' ? POSTINO_ERROR_FIELD_ADDRESS : POSTINO_ERROR_FIELD_UTF8, "From");
    }
}

static void names_of_ours_are_refused(void **state)
{
    static const char *const names[] = {"",     "Bcc", "bCC",          "Resent-Bcc",  "Subject",
                                        "FROM", "to",  "Content-Type", "content-foo", "MIME-Version",
                                        "Date", "A B", "A:B",          "A\r\nB",      "X\xc3\xa4"};
    struct postino_header header = {NULL, "x", NULL, POSTINO_HEADER_TEXT};
    size_t i;

    (void)state;
    message.headers = &header;
    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        header.name = names[i];
        refused(POSTINO_ERROR_FIELD_NAME, names[i]);
    }
    header.name = "X";
    assert_non_null(strstr(compose(0), "\r\nX: x\r\n"));
}

static void what_is_needed(void **state)
{
    static const struct postino_mailbox other = {NULL, "b@example.org", NULL};

    (void)state;
    message.from = NULL;
    refused(POSTINO_ERROR_FIELD_MISSING, "From");
    from.next = &other;
    message.from = &from;
    refused(POSTINO_ERROR_FIELD_MISSING, "Sender");
    message.sender = &from;
    refused(POSTINO_ERROR_FIELD_VALUE, "Sender");
    message.sender = &other;
    assert_int_equal(postino_message_check(&message, 0, NULL), 0);
    message.date_s = 0;
    assert_null(strstr(compose(0), "Date:"));
    message.date_s = 86400;
    message.zone_minutes = 24 * 60;
    refused(POSTINO_ERROR_FIELD_VALUE, "Date");
    message.zone_minutes = 0;
    message.buffer_octets--;
    refused(POSTINO_ERROR_ARGUMENT, NULL);
}

static void utf8_addresses_need_the_server(void **state)
{
    (void)state;
    from.address = "\xc3\xa4@example.org";
    refused(POSTINO_ERROR_UTF8_ADDRESS, "From");
    assert_non_null(strstr(compose(POSTINO_CAPABILITY_SMTPUTF8), "<\xc3\xa4@example.org>"));
}

static void nesting_is_bounded(void **state)
{
    struct postino_part parts[POSTINO_PART_DEPTH_MAX];
    size_t i;

    (void)state;
    for (i = 0; i < POSTINO_PART_DEPTH_MAX; i++)
        postino_part_multipart_init(&parts[i], "multipart/mixed");
    /* Built from the inside out, and from the outside in. */
    assert_int_equal(postino_part_add(&parts[POSTINO_PART_DEPTH_MAX - 1], &body), 0);
    for (i = POSTINO_PART_DEPTH_MAX - 1; i > 1; i--)
        assert_int_equal(postino_part_add(&parts[i - 1], &parts[i]), 0);
    assert_int_equal(postino_part_add(&parts[0], &parts[1]), POSTINO_ERROR_NESTING);
    assert_int_equal(postino_part_add(&parts[1], &body), POSTINO_ERROR_PART_IN_USE);
    assert_int_equal(postino_part_add(&parts[4], &parts[1]), POSTINO_ERROR_PART_IN_USE);
    assert_int_equal(postino_part_add(&parts[1], &parts[1]), POSTINO_ERROR_PART_IN_USE);
    assert_int_equal(postino_part_add(&body, &parts[0]), POSTINO_ERROR_STATE);
    message.body = &parts[1];
    assert_non_null(strstr(compose(0), "--=_A6--\r\n--=_A5--"));
    message.body = &parts[0];
    refused(POSTINO_ERROR_NESTING, NULL);
}

static void waiting_and_failing_parts(void **state)
{
    struct test_source inner;
    struct postino_source *source = &message.source;
    const uint8_t *data;
    size_t length;
    enum postino_source_status status;

    (void)state;
    test_source_init(&inner, "0123456789", 10);
    inner.wait_octets = 5;
    postino_part_attachment_init(&body, &inner.source, NULL, NULL);
    assert_int_equal(source->methods->begin(source, 0, &info), 0);
    assert_true(info.size_octets == POSTINO_SIZE_UNKNOWN);
    while ((status = source->methods->span(source, &data, &length)) == POSTINO_SOURCE_DATA)
        source->methods->consume(source, length);
    assert_int_equal(status, POSTINO_SOURCE_WAIT);
    assert_int_equal(test_source_release(&inner), 1);
    assert_int_equal(source->methods->span(source, &data, &length), POSTINO_SOURCE_DATA);
    assert_memory_equal(data, "Q1Njc4OQ", length < 8 ? length : 8);
    inner.fail_octets = 3;
    inner.wait_octets = SIZE_MAX;
    assert_int_equal(source->methods->begin(source, 0, &info), 0);
    while ((status = source->methods->span(source, &data, &length)) == POSTINO_SOURCE_DATA)
        source->methods->consume(source, length);
    assert_int_equal(status, POSTINO_SOURCE_FAIL);
    inner.fail_octets = SIZE_MAX;
    assert_int_equal(source->methods->span(source, &data, &length), POSTINO_SOURCE_FAIL);
    inner.begin_error = -1;
    assert_int_equal(source->methods->begin(source, 0, &info), POSTINO_ERROR_SOURCE);
    inner.begin_error = 0;
    inner.flags = 0;
    assert_int_equal(source->methods->begin(source, 0, &info), 0);
    assert_int_equal(info.flags, POSTINO_SOURCE_CANONICAL);
    assert_null(inner.breach);
}

static void encodings_follow_the_server(void **state)
{
    (void)state;
    postino_memory_source_init(&text, "\xc3\xa4 =", 4);
    assert_non_null(strstr(compose(0), "quoted-printable\r\n\r\n=C3=A4 =3D\r\n"));
    assert_non_null(strstr(compose(POSTINO_CAPABILITY_8BITMIME), "8bit\r\n\r\n\xc3\xa4 =\r\n"));
}

static void boundaries_do_not_occur(void **state)
{
    static const char forwarded[] = "Subject: x\r\n\r\n--=_A0\r\n--=_B\r\n --=_C\r\n--=_D\r\n";
    static char every[26 * 8 + 1];
    struct postino_memory_source inner;
    struct postino_part forward, mixed;
    size_t i;

    (void)state;
    postino_memory_source_init(&inner, forwarded, sizeof forwarded - 1);
    postino_part_message_init(&forward, &inner.source);
    postino_part_multipart_init(&mixed, "multipart/mixed");
    assert_int_equal(postino_part_add(&mixed, &forward), 0);
    message.body = &mixed;
    assert_non_null(strstr(compose(0), "boundary=\"=_C0\""));
    for (i = 0; i < 26; i++) {
        memcpy(every + 8 * i, "--=_A0\r\n", 8);
        every[8 * i + 4] = (char)('A' + i);
    }
    postino_memory_source_init(&inner, every, sizeof every - 1);
    refused(POSTINO_ERROR_BOUNDARY, NULL);
}

static void recipients_are_those_of_the_header(void **state)
{
    static const struct postino_mailbox again = {"B", "b@example.org", NULL};
    static const struct postino_mailbox to = {"B", "b@example.org", NULL};
    static const struct postino_mailbox cc = {"C", "c@example.org", &again};
    static const struct postino_mailbox bcc = {"D", "d@example.org", NULL};
    struct postino_recipient recipients[3];
    size_t capacity;

    (void)state;
    message.to = &to;
    message.cc = &cc;
    message.bcc = &bcc;
    for (capacity = 0; capacity < 3; capacity++)
        assert_true(postino_message_recipients(&message, recipients, capacity) > capacity);
    assert_int_equal(postino_message_recipients(&message, recipients, 3), 3);
    assert_string_equal(recipients[0].address, "b@example.org");
    assert_ptr_equal(recipients[0].next, &recipients[1]);
    assert_string_equal(recipients[1].address, "c@example.org");
    assert_string_equal(recipients[2].address, "d@example.org");
    assert_int_equal(recipients[2].kind, POSTINO_RECIPIENT_BCC);
    assert_null(recipients[2].next);
    assert_null(strstr(compose(0), "d@example.org"));
    message.to = NULL;
    message.cc = NULL;
    assert_non_null(strstr(compose(0), "\r\nTo: undisclosed-recipients:;\r\n"));
}

static void fields_that_go_together(void **state)
{
    struct postino_header priority[3], automatic, list[2];

    (void)state;
    postino_message_priority(&message, priority, POSTINO_PRIORITY_LOW);
    postino_message_automatic(&message, &automatic);
    postino_message_unsubscribe(&message, list, "<https://example.org/u/42>", 1);
    assert_non_null(strstr(compose(0), "\r\nList-Unsubscribe: <https://example.org/u/42>\r\n"
                                       "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
                                       "Auto-Submitted: auto-generated\r\n"
                                       "X-Priority: 5\r\nImportance: low\r\nPriority: non-urgent\r\n"));
}

/* The memory beside the caller's buffer and parts. */
static void a_message_is_small(void **state)
{
    (void)state;
    assert_true(sizeof(struct postino_message) + POSTINO_MESSAGE_BUFFER_MIN <= 1024);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_whole_of_a_small_one, setup),
        cmocka_unit_test_setup(injection_is_refused, setup),
        cmocka_unit_test_setup(names_of_ours_are_refused, setup),
        cmocka_unit_test_setup(what_is_needed, setup),
        cmocka_unit_test_setup(utf8_addresses_need_the_server, setup),
        cmocka_unit_test_setup(nesting_is_bounded, setup),
        cmocka_unit_test_setup(waiting_and_failing_parts, setup),
        cmocka_unit_test_setup(encodings_follow_the_server, setup),
        cmocka_unit_test_setup(boundaries_do_not_occur, setup),
        cmocka_unit_test_setup(recipients_are_those_of_the_header, setup),
        cmocka_unit_test_setup(fields_that_go_together, setup),
        cmocka_unit_test_setup(a_message_is_small, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
