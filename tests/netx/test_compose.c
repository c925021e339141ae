/* SPDX-License-Identifier: MIT */
/* Tests composed messages: the nesting of their parts, the sources of their octets, and the messages that
 * are refused. */
#include "session_bed.h"
#include "postino/error.h"

#define MIME_8BIT "250-mx.example.com\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 8BITMIME\r\n"

static NX_SMTP_MESSAGE message;
static NX_SMTP_ADDRESSEE people[3];
static NX_SMTP_PART parts[3];
static NX_SMTP_HEADER header;
static UCHAR buffer[NX_SMTP_MESSAGE_BUFFER_MIN];

static VOID make(UINT priority)
{
    assert_int_equal(nx_smtp_message_create(&message, &postino_message_features_all,
                                            "Gr\xc3\xbc\xc3\x9f"
                                            "e",
                                            priority, buffer, sizeof buffer),
                     NX_SUCCESS);
    assert_int_equal(
        nx_smtp_message_recipient_add(&message, &people[0], "Ann Lee", "ann@mail.test", NX_SMTP_RECIPIENT_TO),
        NX_SUCCESS);
}

/* Sends the message over a connection of its own; it must be taken as this. */
static VOID sends(const char *wanted)
{
    unsigned before = server_connections(&bed_server);

    assert_int_equal(nx_smtp_client_message_submit(&bed_client, &message), NX_SUCCESS);
    assert_int_equal(nx_smtp_client_message_submit(&bed_client, &message), NX_SMTP_MAIL_IN_USE);
    bed_collect(&message.nx_smtp_message_mail);
    bed_result(&message.nx_smtp_message_mail, NX_SUCCESS, NX_SMTP_OUTCOME_ACCEPTED, 250);
    assert_int_equal(nx_smtp_client_disconnect(&bed_client, NX_WAIT_FOREVER), NX_SUCCESS);
    assert_true(server_await(&bed_server, before + 1));
    if (wanted != NULL)
        assert_string_equal(bed_message(), wanted);
    bed_settled();
}

#define HEAD                                                    \
    "From: " BED_FROM "\r\nTo: \"Ann Lee\" <ann@mail.test>\r\n" \
    "Subject: =?UTF-8?B?R3LDvMOfZQ==?=\r\n"

/* Gives "0123456789" in pieces that double. */
static UINT digits(NX_SMTP_PART *part_ptr, VOID *context, ULONG offset, CHAR **data_ptr, ULONG *length_ptr)
{
    assert_ptr_equal(part_ptr, &parts[*(UINT *)context]);
    *data_ptr = (CHAR *)"0123456789" + offset;
    *length_ptr = offset + 1 < 10 - offset ? offset + 1 : 10 - offset;
    return NX_SUCCESS;
}

static UINT fails(NX_SMTP_PART *part_ptr, VOID *context, ULONG offset, CHAR **data_ptr, ULONG *length_ptr)
{
    UINT number = 0;

    (VOID) context;
    return offset < 4 ? digits(part_ptr, &number, offset, data_ptr, length_ptr) : NX_INVALID_PARAMETERS;
}

BED_THREAD(text_alone)
{
    (VOID) input;
    bed_session_create();
    make(NX_SMTP_MAIL_PRIORITY_NORMAL);
    assert_int_equal(nx_smtp_message_text_set(&message, ".a\nb", 4), NX_SUCCESS);
    sends(HEAD "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n..a\r\nb\r\n.\r\n");
    /* Once more, with everything that may stand in the header, to everybody. */
    assert_int_equal(nx_smtp_message_from_set(&message, "Pump, 7", "pump@mail.test"), NX_SUCCESS);
    assert_int_equal(
        nx_smtp_message_recipient_add(&message, &people[1], NX_NULL, "bob@mail.test", NX_SMTP_RECIPIENT_CC),
        NX_SUCCESS);
    assert_int_equal(
        nx_smtp_message_recipient_add(&message, &people[2], "Eve", "eve@mail.test", NX_SMTP_RECIPIENT_BCC),
        NX_SUCCESS);
    assert_int_equal(nx_smtp_message_header_add(&message, &header, "Auto-Submitted", "auto-generated"),
                     NX_SUCCESS);
    sends("From: \"Pump, 7\" <pump@mail.test>\r\nTo: \"Ann Lee\" <ann@mail.test>\r\nCc: bob@mail.test\r\n"
          "Subject: =?UTF-8?B?R3LDvMOfZQ==?=\r\nAuto-Submitted: auto-generated\r\n"
          "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n..a\r\nb\r\n.\r\n");
    assert_non_null(strstr(bed_server.received, "MAIL FROM:<" BED_FROM ">\r\n"));
    assert_non_null(strstr(bed_server.received, "RCPT TO:<eve@mail.test>\r\n"));
    assert_null(strstr(bed_server.received, "Eve"));
    bed_recipient_result(&people[2].nx_smtp_addressee_recipient, NX_SMTP_OUTCOME_ACCEPTED, 250);
    bed_session_delete();
}

/* A boundary and what stands behind it; with an empty line in front of its body unless it has parts
 * itself. */
#define PART(boundary, fields)  "\r\n--=_A" boundary "\r\n" fields "\r\n\r\n"
#define PARTS(boundary, fields) "\r\n--=_A" boundary "\r\n" fields "\r\n"
#define BASE64                  "\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: "
#define EVERYTHING                                                   \
    HEAD "X-Priority: 1\r\nImportance: high\r\nPriority: urgent\r\n" \
         "MIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n boundary=\"=_A0\"\r\n"

BED_THREAD(everything)
{
    static UINT numbers[] = {0, 1};
    UINT round;

    (VOID) input;
    bed_session_create();
    make(NX_SMTP_MAIL_PRIORITY_HIGH);
    assert_int_equal(nx_smtp_message_text_set(&message, "plain", 5), NX_SUCCESS);
    assert_int_equal(nx_smtp_message_html_set(&message, "<p>\xc3\xbc", 5), NX_SUCCESS);
    assert_int_equal(
        nx_smtp_part_callback_create(&parts[0], "image/svg+xml", "a.svg", digits, &numbers[0], 10),
        NX_SUCCESS);
    assert_int_equal(nx_smtp_part_callback_create(&parts[1], NX_NULL, NX_NULL, digits, &numbers[1],
                                                  NX_SMTP_BODY_SIZE_UNKNOWN),
                     NX_SUCCESS);
    assert_int_equal(nx_smtp_part_memory_create(&parts[2], "text/csv", "\xc3\xbc.csv", "1;2", 3), NX_SUCCESS);
    assert_int_equal(nx_smtp_part_name_parameter(&parts[2]), NX_SUCCESS);
    assert_int_equal(nx_smtp_message_image_add(&message, &parts[0], "a@mail.test"), NX_SUCCESS);
    assert_int_equal(nx_smtp_message_attachment_add(&message, &parts[1]), NX_SUCCESS);
    assert_int_equal(nx_smtp_message_attachment_add(&message, &parts[2]), NX_SUCCESS);
    /* A part has one place. */
    assert_int_equal(nx_smtp_message_attachment_add(&message, &parts[0]), NX_SMTP_PART_IN_USE);
    assert_int_equal(nx_smtp_message_image_add(&message, &parts[2], "b@mail.test"), NX_SMTP_PART_IN_USE);
    for (round = 0; round < 2; round++)
        sends(
            EVERYTHING PARTS("0", "Content-Type: multipart/alternative;\r\n boundary=\"=_A1\"") PART(
                "1", "Content-Type: text/plain; charset=utf-8") "plain" PARTS("1", "Content-Type: "
                                                                                   "multipart/related;\r\n "
                                                                                   "type=\"text/html\";\r\n "
                                                                                   "boundary=\"=_A2\"")
                PART("2",
                     "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: "
                     "quoted-printable") "<p>=C3=BC" PART("2",
                                                          "Content-Type: "
                                                          "image/svg+xml" BASE64 "inline;"
                                                          "\r\n "
                                                          "filename="
                                                          "\"a."
                                                          "svg\"\r\n"
                                                          "Content-"
                                                          "ID: "
                                                          "<a@mail."
                                                          "test>") "MDEyMzQ1Njc4OQ==\r\n--=_A2--\r\n--=_A1-"
                                                                   "-" PART(
                                                                       "0",
                                                                       "Content-Type: "
                                                                       "application/octet-stream" BASE64
                                                                       "attachment") "MDEyMzQ1Njc4OQ="
                                                                                     "=" PART(
                                                                                         "0",
                                                                                         "Content-"
                                                                                         "Type: "
                                                                                         "text/csv;\r\n "
                                                                                         "name=\"=?UTF-8?B?"
                                                                                         "w7wuY3N2?=\"" BASE64
                                                                                         "attachmen"
                                                                                         "t;\r\n "
                                                                                         "filename*"
                                                                                         "=UTF-8''%"
                                                                                         "C3%BC."
                                                                                         "csv") "MT"
                                                                                                "sy"
                                                                                                "\r"
                                                                                                "\n"
                                                                                                "--"
                                                                                                "="
                                                                                                "_A"
                                                                                                "0-"
                                                                                                "-"
                                                                                                "\r"
                                                                                                "\n"
                                                                                                "."
                                                                                                "\r"
                                                                                                "\n");
    bed_session_delete();
}

BED_THREAD(what_the_server_offers_is_used)
{
    static UINT number;

    (VOID) input;
    bed_session_create();
    bed_server.replies[SERVER_EHLO] = MIME_8BIT;
    make(NX_SMTP_MAIL_PRIORITY_NORMAL);
    assert_int_equal(nx_smtp_message_text_set(&message, "\xc3\xbc\n", 3), NX_SUCCESS);
    sends(NULL);
    assert_non_null(strstr(bed_server.received, "> BODY=8BITMIME\r\n"));
    assert_non_null(strstr(bed_server.received, "Content-Transfer-Encoding: 8bit\r\n\r\n\xc3\xbc\r\n"));
    /* HTML and an image without text. */
    make(NX_SMTP_MAIL_PRIORITY_NORMAL);
    assert_int_equal(nx_smtp_message_html_set(&message, "<p>a", 4), NX_SUCCESS);
    assert_int_equal(nx_smtp_part_callback_create(&parts[0], "image/png", NX_NULL, digits, &number, 10),
                     NX_SUCCESS);
    assert_int_equal(nx_smtp_message_image_add(&message, &parts[0], "a@b"), NX_SUCCESS);
    sends(NULL);
    assert_non_null(strstr(bed_server.received, "Content-Type: multipart/related;\r\n type=\"text/html\""));
    assert_null(strstr(bed_server.received, "alternative"));
    /* Without any text there is an empty one. */
    make(NX_SMTP_MAIL_PRIORITY_NORMAL);
    sends(NULL);
    assert_non_null(strstr(bed_server.received, "Content-Type: text/plain; charset=utf-8\r\n\r\n"));
    bed_session_delete();
}

static ULONG clock_s(VOID)
{
    return 1795000000UL;
}

static ULONG bits(VOID)
{
    return 0x01020304UL;
}

BED_THREAD(date_and_identifier)
{
    static NX_SMTP_HEADERS headers;

    (VOID) input;
    bed_session_create();
    assert_int_equal(nx_smtp_client_headers_set(&bed_client, &headers, clock_s, bits), NX_SUCCESS);
    make(NX_SMTP_MAIL_PRIORITY_NORMAL);
    sends("Date: Wed, 18 Nov 2026 11:06:40 +0000\r\n" HEAD
          "Message-ID: <04030201040302010403020104030201@mail.test>\r\n"
          "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n.\r\n");
    bed_session_delete();
}

static VOID refused(INT error, const char *field)
{
    const CHAR *found_field = NX_NULL;
    INT found = 0;

    assert_int_equal(nx_smtp_client_message_submit(&bed_client, &message), NX_SMTP_INVALID_PARAM);
    assert_int_equal(nx_smtp_message_field_get(&message, &found, &found_field), NX_SUCCESS);
    assert_int_equal(found, error);
    if (field == NULL)
        assert_null(found_field);
    else
        assert_string_equal(found_field, field);
    bed_collected();
}

BED_THREAD(messages_that_cannot_be_composed)
{
    static const struct postino_message_features none = {NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    static UINT number;
    ULONG size;

    (VOID) input;
    bed_session_create();
    assert_int_equal(
        nx_smtp_message_create(&message, &none, "a", NX_SMTP_MAIL_PRIORITY_NORMAL, buffer, sizeof buffer - 1),
        NX_SIZE_ERROR);
    assert_int_equal(nx_smtp_message_create(&message, &none, "\xc3\xbc", NX_SMTP_MAIL_PRIORITY_NORMAL, buffer,
                                            sizeof buffer),
                     NX_SUCCESS);
    refused(POSTINO_ERROR_NO_RECIPIENT, NULL);
    assert_int_equal(
        nx_smtp_message_recipient_add(&message, &people[0], NX_NULL, "ann@mail.test", NX_SMTP_RECIPIENT_TO),
        NX_SUCCESS);
    refused(POSTINO_ERROR_FEATURE, "Subject");
    make(NX_SMTP_MAIL_PRIORITY_NORMAL);
    assert_int_equal(nx_smtp_message_header_add(&message, &header, "X-A", "a\r\nBcc: b@c"), NX_SUCCESS);
    refused(POSTINO_ERROR_FIELD, "X-A");
    make(NX_SMTP_MAIL_PRIORITY_NORMAL);
    assert_int_equal(nx_smtp_message_header_add(&message, &header, "Subject", "a"), NX_SUCCESS);
    refused(POSTINO_ERROR_FIELD_NAME, "Subject");
    make(NX_SMTP_MAIL_PRIORITY_NORMAL);
    assert_int_equal(
        nx_smtp_message_recipient_add(&message, &people[1], NX_NULL, "<b@c>", NX_SMTP_RECIPIENT_CC),
        NX_SUCCESS);
    refused(POSTINO_ERROR_FIELD_ADDRESS, "Cc");
    /* A part that fails, or is not as long as it says, costs the mail and the connection. */
    make(NX_SMTP_MAIL_PRIORITY_NORMAL);
    assert_int_equal(nx_smtp_part_callback_create(&parts[0], NX_NULL, NX_NULL, fails, NX_NULL, 10),
                     NX_SUCCESS);
    assert_int_equal(nx_smtp_message_attachment_add(&message, &parts[0]), NX_SUCCESS);
    assert_int_equal(nx_smtp_client_message_submit(&bed_client, &message), NX_SUCCESS);
    bed_collect(&message.nx_smtp_message_mail);
    bed_result(&message.nx_smtp_message_mail, NX_SMTP_INTERNAL_ERROR, NX_SMTP_OUTCOME_TRANSIENT, 0);
    for (size = 9; size < 12; size++) {
        make(NX_SMTP_MAIL_PRIORITY_NORMAL);
        assert_int_equal(nx_smtp_part_callback_create(&parts[0], NX_NULL, NX_NULL, digits, &number, size),
                         NX_SUCCESS);
        assert_int_equal(nx_smtp_message_attachment_add(&message, &parts[0]), NX_SUCCESS);
        assert_int_equal(nx_smtp_client_message_submit(&bed_client, &message), NX_SUCCESS);
        bed_collect(&message.nx_smtp_message_mail);
        if (size == 10)
            bed_result(&message.nx_smtp_message_mail, NX_SUCCESS, NX_SMTP_OUTCOME_ACCEPTED, 250);
        else
            bed_result(&message.nx_smtp_message_mail, NX_SMTP_INTERNAL_ERROR, NX_SMTP_OUTCOME_TRANSIENT, 0);
    }
    assert_int_equal(bed_server.mails_accepted, 1);
    bed_session_delete();
}

#ifndef NX_SMTP_DISABLE_ERROR_CHECKING
BED_THREAD(arguments)
{
    static NX_SMTP_MESSAGE other;
    INT error;

    (VOID) input;
    bed_session_create();
    make(NX_SMTP_MAIL_PRIORITY_NORMAL);
    assert_int_equal(nx_smtp_message_create(NX_NULL, &postino_message_features_all, "", 0, buffer, 160),
                     NX_PTR_ERROR);
    assert_int_equal(nx_smtp_message_create(&other, NX_NULL, "", 0, buffer, 160), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_message_create(&other, &postino_message_features_all, NX_NULL, 0, buffer, 160),
                     NX_PTR_ERROR);
    assert_int_equal(nx_smtp_message_create(&other, &postino_message_features_all, "", 0, NX_NULL, 160),
                     NX_PTR_ERROR);
    assert_int_equal(nx_smtp_message_from_set(NX_NULL, NX_NULL, NX_NULL), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_message_from_set(&other, NX_NULL, NX_NULL), NX_SMTP_INVALID_PARAM);
    assert_int_equal(nx_smtp_message_recipient_add(&message, NX_NULL, NX_NULL, "a@b", NX_SMTP_RECIPIENT_TO),
                     NX_PTR_ERROR);
    assert_int_equal(
        nx_smtp_message_recipient_add(&message, &people[1], NX_NULL, NX_NULL, NX_SMTP_RECIPIENT_TO),
        NX_PTR_ERROR);
    assert_int_equal(nx_smtp_message_recipient_add(&message, &people[1], NX_NULL, "a@b", 77),
                     NX_SMTP_INVALID_PARAM);
    assert_int_equal(nx_smtp_message_header_add(&message, NX_NULL, "a", "b"), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_message_header_add(&message, &header, NX_NULL, "b"), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_message_header_add(&message, &header, "a", NX_NULL), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_message_text_set(&message, NX_NULL, 1), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_message_html_set(&message, NX_NULL, 1), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_part_name_parameter(NX_NULL), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_message_image_add(&message, NX_NULL, "a@b"), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_message_image_add(&message, &parts[0], NX_NULL), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_message_attachment_add(&message, NX_NULL), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_message_field_get(&message, &error, NX_NULL), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_part_memory_create(NX_NULL, NX_NULL, NX_NULL, "", 0), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_part_memory_create(&parts[0], NX_NULL, NX_NULL, NX_NULL, 1), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_part_callback_create(&parts[0], NX_NULL, NX_NULL, NX_NULL, NX_NULL, 1),
                     NX_PTR_ERROR);
    assert_int_equal(nx_smtp_client_message_submit(NX_NULL, &message), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_client_message_submit(&bed_client, NX_NULL), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_client_message_submit(&bed_client, &other), NX_SMTP_INVALID_PARAM);
    assert_int_equal(nx_smtp_client_message_submit(&bed_client, &message), NX_SUCCESS);
    assert_int_equal(nx_smtp_message_text_set(&message, "a", 1), NX_SMTP_MAIL_IN_USE);
    bed_collect(&message.nx_smtp_message_mail);
    bed_session_delete();
    assert_int_equal(nx_smtp_client_message_submit(&bed_client, &message), NX_SMTP_CLIENT_NOT_INITIALIZED);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        BED_CASE(text_alone),
        BED_CASE(everything),
        BED_CASE(what_the_server_offers_is_used),
        BED_CASE(date_and_identifier),
        BED_CASE(messages_that_cannot_be_composed),
#ifndef NX_SMTP_DISABLE_ERROR_CHECKING
        BED_CASE(arguments),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
