/* SPDX-License-Identifier: MIT */
/* Tests that an object in use is refused a second time, with a status that names it, before anything
 * changes. Its first use goes on. Uninitialised memory and objects of new mails are free. */
#include "session_bed.h"

#define MAILS 3

static NX_SMTP_MAIL mails[MAILS];
static NX_SMTP_RECIPIENT recipients[MAILS];
static NX_SMTP_MESSAGE messages[2];
static NX_SMTP_ADDRESSEE addressee;
static NX_SMTP_HEADER headers[3];
static UCHAR buffers[2][NX_SMTP_MESSAGE_BUFFER_MIN];

static VOID make(UINT i)
{
    assert_int_equal(nx_smtp_mail_create(&mails[i], BED_SUBJECT, "Hello", 5, NX_SMTP_MAIL_PRIORITY_NORMAL),
                     NX_SUCCESS);
}

static UINT add(UINT i, UINT recipient, CHAR *address)
{
    return nx_smtp_mail_recipient_add(&mails[i], &recipients[recipient], address, NX_SMTP_RECIPIENT_TO);
}

static VOID make_message(UINT i)
{
    assert_int_equal(nx_smtp_message_create(&messages[i], &postino_message_features_all, BED_SUBJECT,
                                            NX_SMTP_MAIL_PRIORITY_HIGH, buffers[i], sizeof buffers[i]),
                     NX_SUCCESS);
}

static VOID begin(VOID)
{
    memset(recipients, 0xA5, sizeof recipients);
    memset(&addressee, 0xA5, sizeof addressee);
    memset(headers, 0xA5, sizeof headers);
    bed_session_create();
}

/* The second mail of the recipient would be refused for good: the first is told the truth. */
BED_THREAD(recipient_of_two_mails)
{
    CHAR text[20];

    (VOID) input;
    begin();
    make(0);
    make(1);
    assert_int_equal(add(0, 0, BED_TO), NX_SUCCESS);
    bed_submit(&mails[0]);
    assert_int_equal(add(1, 0, "refused@mail.test"), NX_SMTP_RECIPIENT_IN_USE);
    assert_int_equal(nx_smtp_recipient_reply_buffer_set(&recipients[0], text, sizeof text),
                     NX_SMTP_RECIPIENT_IN_USE);
    assert_int_equal(nx_smtp_recipient_options_set(&recipients[0], NX_NULL), NX_SMTP_RECIPIENT_IN_USE);
    assert_int_equal(nx_smtp_client_mail_submit(&bed_client, &mails[1]), NX_SMTP_INVALID_PARAM);
    bed_collect(&mails[0]);
    bed_result(&mails[0], NX_SUCCESS, NX_SMTP_OUTCOME_ACCEPTED, 250);
    bed_collected();
    /* It is free now. */
    assert_int_equal(add(1, 0, "refused@mail.test"), NX_SUCCESS);
    bed_submit(&mails[1]);
    bed_collect(&mails[1]);
    bed_result(&mails[1], NX_SMTP_RCPT_REPLY_ERROR, NX_SMTP_OUTCOME_PERMANENT, 550);
    bed_session_delete();
}

BED_THREAD(recipient_twice_in_a_mail)
{
    (VOID) input;
    begin();
    make(0);
    assert_int_equal(add(0, 0, BED_TO), NX_SUCCESS);
    assert_int_equal(add(0, 1, "eve@mail.test"), NX_SUCCESS);
    assert_int_equal(add(0, 0, "joe@mail.test"), NX_SMTP_RECIPIENT_IN_USE);
    assert_int_equal(add(0, 1, "joe@mail.test"), NX_SMTP_RECIPIENT_IN_USE);
    bed_mail_delivers(&mails[0]);
    bed_disconnects(1);
    assert_non_null(
        strstr(bed_server.received, "RCPT TO:<" BED_TO ">\r\nRCPT TO:<eve@mail.test>\r\nDATA\r\n"));
    /* A mail that is created anew begins without recipients. */
    make(0);
    assert_int_equal(add(0, 1, "eve@mail.test"), NX_SUCCESS);
    assert_int_equal(add(0, 0, BED_TO), NX_SUCCESS);
    bed_mail_delivers(&mails[0]);
    bed_disconnects(2);
    assert_non_null(
        strstr(bed_server.received, "RCPT TO:<eve@mail.test>\r\nRCPT TO:<" BED_TO ">\r\nDATA\r\n"));
    bed_delete();
}

/* A mail that lost a recipient to another one is not sent to the rest. */
BED_THREAD(recipient_taken_away)
{
    UINT taken;

    (VOID) input;
    begin();
    for (taken = 0; taken < 3; taken++) {
        make(0);
        make(1);
        assert_int_equal(add(0, 0, BED_TO), NX_SUCCESS);
        assert_int_equal(add(0, 1, "eve@mail.test"), NX_SUCCESS);
        assert_int_equal(add(0, 2, "joe@mail.test"), NX_SUCCESS);
        assert_int_equal(add(1, taken, BED_TO), NX_SUCCESS);
        assert_int_equal(nx_smtp_client_mail_submit(&bed_client, &mails[0]), NX_SMTP_RECIPIENT_IN_USE);
        bed_mail_delivers(&mails[1]);
        bed_collected();
    }
    bed_session_delete();
}

BED_THREAD(mail_twice)
{
    (VOID) input;
    begin();
    bed_mail(&mails[0], &recipients[0], "one");
    bed_submit(&mails[0]);
    assert_int_equal(nx_smtp_client_mail_submit(&bed_client, &mails[0]), NX_SMTP_MAIL_IN_USE);
    bed_collect(&mails[0]);
    bed_result(&mails[0], NX_SUCCESS, NX_SMTP_OUTCOME_ACCEPTED, 250);
    bed_collected();
    bed_session_delete();
}

BED_THREAD(options_of_two_mails)
{
    static struct postino_options options;
    UINT i;

    (VOID) input;
    begin();
    postino_options_init(&options);
    for (i = 0; i < 2; i++) {
        bed_mail(&mails[i], &recipients[i], "one");
        assert_int_equal(nx_smtp_mail_options_set(&mails[i], &options), NX_SUCCESS);
    }
    bed_submit(&mails[0]);
    assert_int_equal(nx_smtp_client_mail_submit(&bed_client, &mails[1]), NX_SMTP_OPTIONS_IN_USE);
    bed_collect(&mails[0]);
    bed_result(&mails[0], NX_SUCCESS, NX_SMTP_OUTCOME_ACCEPTED, 250);
    bed_mail_delivers(&mails[1]);
    bed_session_delete();
}

static UINT add_header(UINT message, UINT header, CHAR *name)
{
    return nx_smtp_message_header_add(&messages[message], &headers[header], name, "x");
}

BED_THREAD(objects_of_messages)
{
    (VOID) input;
    begin();
    make_message(0);
    assert_int_equal(
        nx_smtp_message_recipient_add(&messages[0], &addressee, NX_NULL, BED_TO, NX_SMTP_RECIPIENT_TO),
        NX_SUCCESS);
    assert_int_equal(
        nx_smtp_message_recipient_add(&messages[0], &addressee, "Bob", BED_TO, NX_SMTP_RECIPIENT_CC),
        NX_SMTP_RECIPIENT_IN_USE);
    assert_int_equal(add_header(0, 0, "X-One"), NX_SUCCESS);
    assert_int_equal(add_header(0, 1, "X-Two"), NX_SUCCESS);
    assert_int_equal(add_header(0, 0, "X-Three"), NX_SMTP_HEADER_IN_USE);
    assert_int_equal(add_header(0, 1, "X-Three"), NX_SMTP_HEADER_IN_USE);
    assert_int_equal(nx_smtp_client_message_submit(&bed_client, &messages[0]), NX_SUCCESS);
    assert_int_equal(nx_smtp_client_message_submit(&bed_client, &messages[0]), NX_SMTP_MAIL_IN_USE);
    make_message(1);
    assert_int_equal(
        nx_smtp_message_recipient_add(&messages[1], &addressee, NX_NULL, BED_TO, NX_SMTP_RECIPIENT_TO),
        NX_SMTP_RECIPIENT_IN_USE);
    bed_collect(&messages[0].nx_smtp_message_mail);
    bed_disconnects(1);
    assert_non_null(strstr(bed_message(), "X-One: x\r\nX-Two: x\r\n"));
    assert_null(strstr(bed_message(), "Cc:"));
    bed_delete();
}

/* A message that lost a header line to another one, or got one of its. */
BED_THREAD(header_line_taken_away)
{
    UINT taken;

    (VOID) input;
    begin();
    for (taken = 0; taken < 2; taken++) {
        make_message(0);
        make_message(1);
        assert_int_equal(
            nx_smtp_message_recipient_add(&messages[0], &addressee, NX_NULL, BED_TO, NX_SMTP_RECIPIENT_TO),
            NX_SUCCESS);
        assert_int_equal(add_header(0, 0, "X-One"), NX_SUCCESS);
        assert_int_equal(add_header(0, 1, "X-Two"), NX_SUCCESS);
        assert_int_equal(add_header(1, taken, "X-Other"), NX_SUCCESS);
        assert_int_equal(add_header(1, 2, "X-More"), NX_SUCCESS);
        assert_int_equal(nx_smtp_client_message_submit(&bed_client, &messages[0]), NX_SMTP_HEADER_IN_USE);
    }
    bed_delete();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BED_CASE(recipient_of_two_mails), BED_CASE(recipient_twice_in_a_mail),
        BED_CASE(recipient_taken_away),   BED_CASE(mail_twice),
        BED_CASE(options_of_two_mails),   BED_CASE(objects_of_messages),
        BED_CASE(header_line_taken_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
