/* SPDX-License-Identifier: MIT */
/* Tests the arguments that mail_send refuses before it connects, and the order of these checks. */
#include "bed.h"

static UINT send_to(CHAR *recipient, CHAR *subject)
{
    return nx_smtp_mail_send(&bed_client, recipient, NX_SMTP_MAIL_PRIORITY_NORMAL, subject, "Hello", 5);
}

/* Refused, nothing was sent, nothing is lost. */
static VOID check_refused(UINT actual, UINT expected)
{
    assert_int_equal(actual, expected);
    assert_int_equal(server_connections(&bed_server), 0);
    assert_int_equal(netx_host_count_get(NETX_HOST_CONNECT), 0);
    bed_settled();
}

#ifndef NX_SMTP_DISABLE_ERROR_CHECKING
#define SEND(client, recipient, subject, body, length) \
    nx_smtp_mail_send(client, recipient, NX_SMTP_MAIL_PRIORITY_NORMAL, subject, body, length)

/* Not called from a thread, for a client that was never made. */
static void checks_stand_in_order(void **state)
{
    (void)state;
    check_refused(SEND(NX_NULL, BED_TO, "s", "b", 0), NX_PTR_ERROR);
    check_refused(SEND(&bed_client, NX_NULL, "s", "b", 0), NX_PTR_ERROR);
    check_refused(SEND(&bed_client, BED_TO, NX_NULL, "b", 0), NX_PTR_ERROR);
    check_refused(SEND(&bed_client, BED_TO, "s", NX_NULL, 0), NX_PTR_ERROR);
    check_refused(SEND(&bed_client, BED_TO, "s", "b", 0), NX_SMTP_INVALID_PARAM);
    check_refused(SEND(&bed_client, BED_TO, "s", "b", 1), NX_CALLER_ERROR);
}

BED_THREAD(client_must_be_made)
{
    (VOID) input;
    check_refused(SEND(&bed_client, "\r\n", "\r\n", "b", 0), NX_SMTP_INVALID_PARAM);
    check_refused(SEND(&bed_client, "\r\n", "\r\n", "b", 1), NX_SMTP_CLIENT_NOT_INITIALIZED);
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    check_refused(SEND(&bed_client, "\r\n", "\r\n", "b", 1), NX_SMTP_INVALID_PARAM);
    check_refused(SEND(&bed_client, BED_TO, "s", "b", 0), NX_SMTP_INVALID_PARAM);
    bed_delivers();
    bed_delete();
}
#endif

BED_THREAD(recipient_must_be_an_address)
{
    static CHAR *const wrong[] = {"",
                                  "<>",
                                  "bob@mail.test\r\nDATA",
                                  "bob\n@mail.test",
                                  "bob@mail.test\r",
                                  "bob@mail.test\n",
                                  "b\x01@mail.test",
                                  "bob@mail.test\x7F",
                                  "bob mail@test",
                                  "<bob@mail.test",
                                  "bob@mail.test>",
                                  "<<bob@mail.test>>",
                                  "a><b@mail.test",
                                  "bob@mail.test> SIZE=1",
                                  "bob@mail.test,carol@mail.test ",
                                  "\t"};
    UINT i;

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    for (i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        check_refused(send_to(wrong[i], "s"), NX_SMTP_INVALID_PARAM);
    bed_delivers();
    bed_delete();
}

BED_THREAD(recipient_has_limits)
{
    static CHAR address[600];

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    /* A path of an octet more than a command's line has room for (RFC 5321 section 4.5.3.1.4). */
    memset(address, 'l', sizeof address - 1);
    memcpy(address + 499 - 7, "@d.test", 8);
    check_refused(send_to(address, "s"), NX_SMTP_INVALID_PARAM);
    memset(address, 'l', 499);
    address[10] = '@';
    address[499] = '\0';
    check_refused(send_to(address, "s"), NX_SMTP_INVALID_PARAM);
    bed_delivers();
    bed_delete();
}

BED_THREAD(sender_must_be_an_address)
{
    static CHAR *const wrong[] = {"",
                                  "<>",
                                  "alice@mail.test\r\nRCPT TO:<x@y>",
                                  "al\nice@mail.test",
                                  "a\x02@b",
                                  "alice@mail.test\n",
                                  "<alice@mail.test",
                                  "alice@mail.test>",
                                  "alice mail@test"};
    NXD_ADDRESS address = bed_address(IP_ADDRESS(127, 0, 0, 1));
    UINT i;

    (VOID) input;
    for (i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(nxd_smtp_client_create(&bed_client, &bed_ip, &bed_pool, BED_USER, BED_PASSWORD,
                                                wrong[i], BED_DOMAIN, NX_SMTP_CLIENT_AUTH_PLAIN, &address,
                                                bed_server.port),
                         NX_SUCCESS);
        check_refused(bed_send("Hello"), NX_SMTP_INVALID_PARAM);
        bed_delete();
    }
}

BED_THREAD(subject_must_be_one_line_of_text)
{
    static CHAR too_long[998 - 9 + 2];
    CHAR subject[] = "a?b";
    UINT octet;

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    check_refused(send_to(BED_TO, "a\r\nBcc: everybody@mail.test"), NX_SMTP_INVALID_PARAM);
    check_refused(send_to(BED_TO, "a\r\n"), NX_SMTP_INVALID_PARAM);
    for (octet = 1; octet < ' '; octet++) {
        subject[1] = (CHAR)octet;
        check_refused(send_to(BED_TO, subject), NX_SMTP_INVALID_PARAM);
    }
    subject[1] = '\x7F';
    check_refused(send_to(BED_TO, subject), NX_SMTP_INVALID_PARAM);
    memset(too_long, 's', sizeof too_long - 1);
    check_refused(send_to(BED_TO, too_long), NX_SMTP_INVALID_PARAM);
    bed_delivers();
    bed_delete();
}

/* A refused call says nothing about the mail before. */
BED_THREAD(refused_after_a_mail_of_unknown_outcome)
{
    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    bed_server.replies[SERVER_MESSAGE] = server_close;
    bed_fails(NX_SMTP_MESSAGE_REPLY_ERROR, NX_SMTP_OUTCOME_UNKNOWN);
    assert_int_equal(send_to("\r\n", "s"), NX_SMTP_INVALID_PARAM);
    assert_int_equal(bed_outcome(), NX_SMTP_OUTCOME_NOT_ATTEMPTED);
    bed_recovers();
    assert_int_equal(send_to("\r\n", "s"), NX_SMTP_INVALID_PARAM);
    assert_int_equal(bed_outcome(), NX_SMTP_OUTCOME_NOT_ATTEMPTED);
    bed_recovers();
    bed_delete();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifndef NX_SMTP_DISABLE_ERROR_CHECKING
        BED_CASE(checks_stand_in_order),
        BED_CASE(client_must_be_made),
#endif
        BED_CASE(recipient_must_be_an_address),
        BED_CASE(recipient_has_limits),
        BED_CASE(sender_must_be_an_address),
        BED_CASE(subject_must_be_one_line_of_text),
        BED_CASE(refused_after_a_mail_of_unknown_outcome),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
