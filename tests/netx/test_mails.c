/* SPDX-License-Identifier: MIT */
/* Tests the parts of a mail: recipients and their outcomes, header lines, bodies from memory, priorities,
 * options. */
#include "mail_fixture.h"
#include "postino/extension.h"

BED_THREAD(header_lists_the_recipients)
{
    (VOID) input;
    bed_session_create();
    make("Hello");
    add(0, "ann@mail.test", NX_SMTP_RECIPIENT_TO);
    add(1, "<bob@mail.test>", NX_SMTP_RECIPIENT_CC);
    add(2, "secret@mail.test", NX_SMTP_RECIPIENT_BCC);
    add(3, "eve@mail.test", NX_SMTP_RECIPIENT_TO);
    add(4, "joe@mail.test", NX_SMTP_RECIPIENT_CC);
    sends("To: ann@mail.test,\r\n eve@mail.test\r\nCc: bob@mail.test,\r\n joe@mail.test" REST
          "\r\nHello\r\n.\r\n");
    assert_non_null(strstr(bed_server.received, "RCPT TO:<secret@mail.test>\r\n"));
    /* The same mail once more. */
    sends("To: ann@mail.test,\r\n eve@mail.test\r\nCc: bob@mail.test,\r\n joe@mail.test" REST
          "\r\nHello\r\n.\r\n");
    make("Hello");
    add(0, "bob@mail.test", NX_SMTP_RECIPIENT_CC);
    sends("Cc: bob@mail.test" REST "\r\nHello\r\n.\r\n");
    make("Hello");
    add(0, "secret@mail.test", NX_SMTP_RECIPIENT_BCC);
    add(1, "hidden@mail.test", NX_SMTP_RECIPIENT_BCC);
    sends("To: undisclosed-recipients:;" REST "\r\nHello\r\n.\r\n");
    bed_session_delete();
}

BED_THREAD(all_or_nothing)
{
    NX_SMTP_RESULT result;
    CHAR text[12];

    (VOID) input;
    bed_session_create();
    make("Hello");
    add(0, "ann@mail.test", NX_SMTP_RECIPIENT_TO);
    add(1, "refused@mail.test", NX_SMTP_RECIPIENT_CC);
    assert_int_equal(nx_smtp_recipient_reply_buffer_set(&recipients[1], text, sizeof text), NX_SUCCESS);
    bed_submit(&mail);
    bed_collect(&mail);
    bed_result(&mail, NX_SMTP_RCPT_REPLY_ERROR, NX_SMTP_OUTCOME_PERMANENT, 550);
    bed_recipient_result(&recipients[0], NX_SMTP_OUTCOME_NOT_ATTEMPTED, 550);
    assert_int_equal(nx_smtp_recipient_result_get(&recipients[1], &result), NX_SUCCESS);
    assert_int_equal(result.nx_smtp_result_outcome, NX_SMTP_OUTCOME_PERMANENT);
    assert_int_equal(result.nx_smtp_result_reply_code, 550);
    assert_int_equal(result.nx_smtp_result_class, 5);
    assert_int_equal(result.nx_smtp_result_subject, 1);
    assert_int_equal(result.nx_smtp_result_detail, 1);
    assert_string_equal(text, "5.1.1 no su");
    bed_session_delete();
}

BED_THREAD(partial_delivery)
{
    UINT i;

    (VOID) input;
    bed_session_create();
    make("Hello");
    assert_int_equal(nx_smtp_mail_delivery_set(&mail, NX_SMTP_DELIVERY_PARTIAL), NX_SUCCESS);
    add(0, "ann@mail.test", NX_SMTP_RECIPIENT_TO);
    add(1, "refused@mail.test", NX_SMTP_RECIPIENT_TO);
    add(2, "later@mail.test", NX_SMTP_RECIPIENT_TO);
    sends("To: ann@mail.test,\r\n refused@mail.test,\r\n later@mail.test" REST "\r\nHello\r\n.\r\n");
    bed_recipient_result(&recipients[0], NX_SMTP_OUTCOME_ACCEPTED, 250);
    bed_recipient_result(&recipients[1], NX_SMTP_OUTCOME_PERMANENT, 550);
    bed_recipient_result(&recipients[2], NX_SMTP_OUTCOME_TRANSIENT, 451);
    /* Too many for one transaction. */
    make("Hello");
    assert_int_equal(nx_smtp_mail_delivery_set(&mail, NX_SMTP_DELIVERY_PARTIAL), NX_SUCCESS);
    for (i = 0; i < 12; i++)
        add(i, "many@mail.test", NX_SMTP_RECIPIENT_BCC);
    bed_server.mails_accepted = 0;
    sends(NULL);
    assert_int_equal(bed_server.mails_accepted, 3);
    for (i = 0; i < 12; i++)
        bed_recipient_result(&recipients[i], NX_SMTP_OUTCOME_ACCEPTED, 250);
    make("Hello");
    add(0, "ann@mail.test", NX_SMTP_RECIPIENT_TO);
    assert_int_equal(nx_smtp_mail_delivery_set(&mail, NX_SMTP_DELIVERY_ALL), NX_SUCCESS);
    sends(NULL);
    bed_session_delete();
}

static VOID priority_sends(UINT priority, const char *ehlo, const char *command)
{
    bed_server.replies[SERVER_EHLO] = ehlo;
    assert_int_equal(nx_smtp_mail_create(&mail, "s", "Hello", 5, priority), NX_SUCCESS);
    add(0, BED_TO, NX_SMTP_RECIPIENT_TO);
    sends(NULL);
    assert_non_null(strstr(bed_server.received, command));
}

BED_THREAD(priorities)
{
    static const char offered[] = "250-mx.example.com\r\n250 MT-PRIORITY\r\n";

    (VOID) input;
    bed_session_create();
    priority_sends(NX_SMTP_MAIL_PRIORITY_HIGH, offered, "MAIL FROM:<" BED_FROM "> MT-PRIORITY=4\r\n");
    priority_sends(NX_SMTP_MAIL_PRIORITY_LOW, offered, "MAIL FROM:<" BED_FROM "> MT-PRIORITY=-4\r\n");
    assert_non_null(strstr(bed_message(), "X-Priority: 5\r\nImportance: low\r\n\r\nHello"));
    priority_sends(NX_SMTP_MAIL_PRIORITY_NORMAL, offered, "MAIL FROM:<" BED_FROM ">\r\n");
    priority_sends(NX_SMTP_MAIL_PRIORITY_HIGH, NULL, "MAIL FROM:<" BED_FROM ">\r\n");
    assert_non_null(strstr(bed_message(), "X-Priority: 1\r\nImportance: high\r\n\r\nHello"));
    bed_session_delete();
}

/* SIZE from a body in memory; 8BITMIME where there is something for it. */
BED_THREAD(size_and_8bit)
{
    static const char offered[] = "250-mx.example.com\r\n250-8BITMIME\r\n250 SIZE 400\r\n";
    static CHAR large[500];
    CHAR command[100];

    (VOID) input;
    bed_session_create();
    bed_server.replies[SERVER_EHLO] = offered;
    make("caf\xC3\xA9");
    add(0, BED_TO, NX_SMTP_RECIPIENT_TO);
    sends("To: " BED_TO REST "\r\ncaf\xC3\xA9\r\n.\r\n");
    (VOID) snprintf(command, sizeof command, "MAIL FROM:<" BED_FROM "> SIZE=%u BODY=8BITMIME\r\n",
                    (UINT)(sizeof "To: " BED_TO REST "\r\ncafee\r\n" - 1));
    assert_non_null(strstr(bed_server.received, command));
    bed_server.replies[SERVER_EHLO] = "250 mx.example.com\r\n";
    sends("To: " BED_TO REST "\r\ncaf\xC3\xA9\r\n.\r\n");
    /* Too large: nothing of it is sent, and the connection stays. */
    bed_server.replies[SERVER_EHLO] = offered;
    memset(large, 'x', sizeof large - 1);
    make(large);
    add(0, BED_TO, NX_SMTP_RECIPIENT_TO);
    bed_submit(&mail);
    bed_collect(&mail);
    bed_result(&mail, NX_SMTP_OVERSIZE_MAIL_DATA, NX_SMTP_OUTCOME_PERMANENT, 0);
    make("small");
    add(0, BED_TO, NX_SMTP_RECIPIENT_TO);
    sends(NULL);
    bed_session_delete();
}

BED_THREAD(options)
{
    static const struct postino_extension *const extensions[] = {
        &postino_extension_pipelining, &postino_extension_dsn, &postino_extension_mt_priority,
        &nx_smtp_extension_priority, NULL};
    struct postino_recipient_options notify = {POSTINO_NOTIFY_FAILURE, NULL, NULL};
    struct postino_options options;

    (VOID) input;
    bed_session_create();
    assert_int_equal(nx_smtp_client_extensions_set(&bed_client, extensions), NX_SUCCESS);
    postino_options_init(&options);
    options.envelope_id = "id7";
    options.has_priority = 1;
    options.priority = 2;
    assert_int_equal(nx_smtp_mail_create(&mail, "s", "Hello", 5, NX_SMTP_MAIL_PRIORITY_HIGH), NX_SUCCESS);
    assert_int_equal(nx_smtp_mail_options_set(&mail, &options), NX_SUCCESS);
    add(0, BED_TO, NX_SMTP_RECIPIENT_TO);
    assert_int_equal(nx_smtp_recipient_options_set(&recipients[0], &notify), NX_SUCCESS);
    bed_server.replies[SERVER_EHLO] = "250-mx.example.com\r\n250-MT-PRIORITY\r\n250 DSN\r\n";
    sends(NULL);
    assert_non_null(strstr(bed_server.received,
                           "MAIL FROM:<" BED_FROM "> ENVID=id7 MT-PRIORITY=2\r\nRCPT TO:<" BED_TO
                           "> NOTIFY=FAILURE\r\n"));
    bed_server.replies[SERVER_EHLO] = "250-mx.example.com\r\n250 MT-PRIORITY\r\n";
    bed_submit(&mail);
    bed_collect(&mail);
    bed_result(&mail, NX_NOT_SUPPORTED, NX_SMTP_OUTCOME_PERMANENT, 0);
    assert_int_equal(options.missing, POSTINO_CAPABILITY_DSN);
    /* Not while it is connected. */
    assert_int_equal(nx_smtp_client_extensions_set(&bed_client, NX_NULL), NX_SMTP_INVALID_PARAM);
    bed_session_delete();
}

static ULONG clock_2026(VOID)
{
    return 1795564800UL;
}

static ULONG random_number(VOID)
{
    static ULONG number = 0x12345678UL;

    return number++ & 0xFFFFFFFFUL;
}

/* Date and Message-ID are the mail's own, whatever else is on its way. */
BED_THREAD(headers)
{
    static NX_SMTP_HEADERS more;
    static NX_SMTP_MAIL mails[3];
    NX_SMTP_RECIPIENT to[3];
    UINT i;

    (VOID) input;
    bed_session_create();
    assert_int_equal(nx_smtp_client_headers_set(&bed_client, &more, clock_2026, random_number), NX_SUCCESS);
    bed_server.replies[SERVER_EHLO] = SERVER_BOTH;
    for (i = 0; i < 3; i++) {
        bed_mail(&mails[i], &to[i], "Hello");
        bed_submit(&mails[i]);
    }
    for (i = 0; i < 3; i++)
        bed_collect(&mails[i]);
    assert_int_equal(nx_smtp_client_disconnect(&bed_client, NX_WAIT_FOREVER), NX_SUCCESS);
    assert_true(server_await(&bed_server, 1));
    assert_non_null(strstr(bed_server.received,
                           "8bit\r\nDate: Wed, 25 Nov 2026 00:00:00 +0000\r\n"
                           "Message-ID: <8765432197654321@" BED_DOMAIN ">\r\n\r\nHello"));
    assert_non_null(
        strstr(bed_server.received, "Message-ID: <a7654321b7654321@" BED_DOMAIN ">\r\n\r\nHello"));
    assert_non_null(
        strstr(bed_server.received, "Message-ID: <c7654321d7654321@" BED_DOMAIN ">\r\n\r\nHello"));
    bed_session_delete();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BED_CASE(header_lists_the_recipients),
        BED_CASE(all_or_nothing),
        BED_CASE(partial_delivery),
        BED_CASE(priorities),
        BED_CASE(size_and_8bit),
        BED_CASE(options),
        BED_CASE(headers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
