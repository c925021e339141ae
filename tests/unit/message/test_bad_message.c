/* SPDX-License-Identifier: MIT */
/* Tests messages that cannot be composed. Invariant: submit() names the field and the reason, and no
 * connection is made. A fault that only the server can decide has its own error, before MAIL. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_transport.h"
#include "postino/client.h"
#include "postino/dkim.h"
#include "postino/message.h"
#include "postino/raw_message.h"
#include "test_source.h"

#define LINE(kind, text)                                         \
    {                                                            \
        kind, (const uint8_t *)(text), sizeof(text) - 1, 0, NULL \
    }

static const struct peer_event dialogue[] = {
    LINE(PEER_SERVER, "220 mx.example.org\r\n"),
    LINE(PEER_CLIENT, "EHLO client.example\r\n"),
    LINE(PEER_SERVER, "250 mx.example.org\r\n"),
    LINE(PEER_CLIENT, "QUIT\r\n"),
    LINE(PEER_SERVER, "221 bye\r\n"),
};

static struct fake_transport fake;
static struct postino_client client;
static struct postino_mail mail;
static struct postino_recipient recipient;
static struct postino_options options;
static struct postino_mailbox from;
static struct postino_message message;
static struct postino_part part;
static struct postino_memory_source text;
static uint8_t buffer[POSTINO_MESSAGE_BUFFER_MIN];

static int setup(void **state)
{
    static const struct postino_mailbox clean = {NULL, "ann@client.example", NULL};
    static const struct postino_client_config config = {.ehlo_name = "client.example",
                                                        .tls = &postino_tls_none};

    (void)state;
    fake_transport_init(&fake, dialogue, sizeof dialogue / sizeof dialogue[0], 1000);
    assert_int_equal(postino_client_init(&client, &fake.transport, &config), 0);
    from = clean;
    postino_memory_source_init(&text, "x\n", 2);
    postino_part_text_init(&part, &text.source, "text/plain");
    postino_message_init(&message, &part, buffer, sizeof buffer);
    message.from = &from;
    memset(&mail, 0, sizeof mail);
    memset(&recipient, 0, sizeof recipient);
    postino_options_init(&options);
    recipient.address = "bob@server.example";
    mail.reverse_path = "ann@client.example";
    mail.recipients = &recipient;
    mail.source = &message.source;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    assert_string_equal(fake.breach, "");
    fake_transport_free(&fake);
    return 0;
}

/* Nothing was connected, and the mail says why. */
static void refused(int error, const char *field)
{
    assert_int_equal(postino_client_send(&client, &mail), error);
    assert_int_equal(fake.connects, 0);
    assert_int_equal(mail.result.error, error);
    assert_int_equal(mail.result.step, POSTINO_STEP_MAIL);
    assert_null(postino_client_collect(&client));
    if (field != NULL)
        assert_string_equal(message.error_field, field);
}

static void a_bad_field_makes_no_connection(void **state)
{
    (void)state;
    message.subject = "a\nb";
    refused(POSTINO_ERROR_FIELD, "Subject");
    message.subject = NULL;
    from.name = "\xff";
    refused(POSTINO_ERROR_FIELD_UTF8, "From");
    message.from = NULL;
    refused(POSTINO_ERROR_FIELD_MISSING, "From");
}

static void bad_parts_make_no_connection(void **state)
{
    struct postino_part multipart;

    (void)state;
    postino_part_multipart_init(&multipart, "multipart/mixed");
    message.body = &multipart;
    refused(POSTINO_ERROR_NESTING, NULL);
}

/* The text of a mail without the option goes out without SMTPUTF8, whatever the server offers. */
static void utf8_addresses_need_the_option(void **state)
{
    (void)state;
    from.address = "\xc3\xa4@client.example";
    refused(POSTINO_ERROR_UTF8_NOT_ASKED, "From");
    mail.options = &options;
    refused(POSTINO_ERROR_UTF8_NOT_ASKED, "From");
    options.utf8 = 1;
    assert_int_equal(postino_client_submit(&client, &mail), 0);
    assert_int_equal(message.error, 0);
    /* This server has no SMTPUTF8: that is told by the same error. */
    assert_ptr_equal(postino_client_collect(&client), &mail);
    assert_int_equal(fake.connects, 1);
    assert_int_equal(mail.result.error, POSTINO_ERROR_UTF8_ADDRESS);
    assert_string_equal(message.error_field, "From");
    postino_client_quit(&client);
}

static void wrapped_messages_are_checked(void **state)
{
    static const struct postino_dkim_crypto crypto = {0};
    struct postino_dkim dkim;
    struct postino_raw_message raw;

    (void)state;
    message.subject = "a\nb";
    postino_dkim_init(&dkim, &message.source, &crypto, NULL, "client.example", "s");
    mail.source = &dkim.source;
    refused(POSTINO_ERROR_FIELD, "Subject");
    assert_int_equal(dkim.error, POSTINO_ERROR_FIELD);
    postino_raw_message_init(&raw, &message.source);
    mail.source = &raw.source;
    refused(POSTINO_ERROR_FIELD, "Subject");
    postino_raw_message_init(&raw, &text.source);
    raw.message_id = "<a\nb@c>";
    refused(POSTINO_ERROR_FIELD_IDENTIFIER, NULL);
    postino_raw_message_init(&raw, &text.source);
    raw.refuse = POSTINO_RAW_NO_FROM;
    refused(POSTINO_ERROR_RAW, NULL);
    assert_int_equal(raw.error, POSTINO_ERROR_RAW);
}

/* A source of the caller's: its check() comes last, once, and may say what it likes. */
static void a_source_has_a_check_of_its_own(void **state)
{
    struct test_source source;

    (void)state;
    test_source_init(&source, "x\n", 2);
    mail.source = &source.source;
    recipient.address = "no such address";
    assert_int_equal(postino_client_send(&client, &mail), POSTINO_ERROR_FORWARD_PATH);
    assert_int_equal(source.checks, 0);
    recipient.address = "bob@server.example";
    source.check_error = -1;
    refused(POSTINO_ERROR_SOURCE, NULL);
    source.check_error = POSTINO_ERROR_CAPACITY;
    refused(POSTINO_ERROR_CAPACITY, NULL);
    assert_int_equal(source.checks, 2);
    assert_int_equal(source.begins, 0);
    source.check_error = 0;
    assert_int_equal(postino_client_submit(&client, &mail), 0);
    source.begin_error = POSTINO_ERROR_BOUNDARY;
    assert_ptr_equal(postino_client_collect(&client), &mail);
    assert_int_equal(mail.result.error, POSTINO_ERROR_BOUNDARY);
    assert_int_equal(source.begins, 1);
    postino_client_quit(&client);
}

/* A part that can be read only once is begun for the check and again for the server; nothing of it is
 * lost. */
static enum postino_source_status read_once(void *context, const uint8_t **data, size_t *length_octets)
{
    static const uint8_t octets[] = "0123456789";
    size_t *place = context;

    *data = octets + *place;
    *length_octets = sizeof octets - 1 - *place;
    *place = sizeof octets - 1;
    return *length_octets != 0 ? POSTINO_SOURCE_DATA : POSTINO_SOURCE_END;
}

static void parts_without_rewind_are_composed_whole(void **state)
{
    struct postino_callback_source once;
    struct postino_source *source = &message.source;
    struct postino_source_info info;
    char composed[1024];
    const uint8_t *data;
    size_t length;
    size_t place = 0;
    size_t total = 0;

    (void)state;
    postino_callback_source_init(&once, NULL, read_once, &place, 10, POSTINO_SOURCE_BINARY);
    postino_part_attachment_init(&part, &once.source, NULL, NULL);
    assert_int_equal(source->methods->check(source, 0), 0);
    assert_int_equal(source->methods->begin(source, 0, &info), 0);
    while (source->methods->span(source, &data, &length) == POSTINO_SOURCE_DATA) {
        assert_true(total + length < sizeof composed);
        memcpy(composed + total, data, length);
        total += length;
        source->methods->consume(source, length);
    }
    composed[total] = '\0';
    assert_non_null(strstr(composed, "\r\n\r\nMDEyMzQ1Njc4OQ==\r\n"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_bad_field_makes_no_connection, setup, teardown),
        cmocka_unit_test_setup_teardown(bad_parts_make_no_connection, setup, teardown),
        cmocka_unit_test_setup_teardown(utf8_addresses_need_the_option, setup, teardown),
        cmocka_unit_test_setup_teardown(wrapped_messages_are_checked, setup, teardown),
        cmocka_unit_test_setup_teardown(a_source_has_a_check_of_its_own, setup, teardown),
        cmocka_unit_test_setup_teardown(parts_without_rewind_are_composed_whole, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
