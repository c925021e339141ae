/* SPDX-License-Identifier: MIT */
/* Tests the message that the server receives, octet for octet. */
#include "bed.h"

#define CHECK_MESSAGE(body, expected)                                    \
    do {                                                                 \
        unsigned before_message = server_connections(&bed_server);       \
        assert_int_equal(bed_send(body), NX_SUCCESS);                    \
        assert_true(server_await(&bed_server, before_message + 1));      \
        assert_string_equal(bed_message(), BED_HEADERS "\r\n" expected); \
        bed_settled();                                                   \
    } while (0)

BED_THREAD(normal_priority_is_the_original_message)
{
    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    assert_int_equal(bed_send("Hello\r\nWorld\r\n"), NX_SUCCESS);
    assert_true(server_await(&bed_server, 1));
    bed_received("EHLO sensor.mail.test\r\n"
                 "AUTH PLAIN " BED_PLAIN "\r\n"
                 "MAIL FROM:<alice@mail.test>\r\n"
                 "RCPT TO:<bob@mail.test>\r\n"
                 "DATA\r\n"
                 "To: bob@mail.test\r\n"
                 "From: alice@mail.test\r\n"
                 "Subject: Water\r\n"
                 "MIME-Version: 1.0\r\n"
                 "Content-Type: text/plain;\r\n"
                 " charset=\"utf-8\"\r\n"
                 "Content-Transfer-Encoding: 8bit\r\n"
                 "\r\n"
                 "Hello\r\n"
                 "World\r\n"
                 ".\r\n"
                 "QUIT\r\n");
    bed_settled();
    bed_delete();
}

static VOID check_priority(UINT priority, const char *headers)
{
    char expected[600];
    unsigned before = server_connections(&bed_server);

    assert_int_equal(nx_smtp_mail_send(&bed_client, BED_TO, priority, BED_SUBJECT, "Hello", 5), NX_SUCCESS);
    assert_true(server_await(&bed_server, before + 1));
    (VOID) snprintf(expected, sizeof expected, "%s%s\r\nHello\r\n.\r\n", BED_HEADERS, headers);
    assert_string_equal(bed_message(), expected);
}

BED_THREAD(priorities_are_told)
{
    static const UINT others[] = {0, 3, 5, 6, 7, 8, 0xFFFFFFFFu};
    UINT other;

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    check_priority(NX_SMTP_MAIL_PRIORITY_LOW, "X-Priority: 5\r\nImportance: low\r\n");
    check_priority(NX_SMTP_MAIL_PRIORITY_NORMAL, "");
    check_priority(NX_SMTP_MAIL_PRIORITY_HIGH, "X-Priority: 1\r\nImportance: high\r\n");
    /* Unknown ones count as NORMAL. */
    for (other = 0; other < sizeof others / sizeof others[0]; other++)
        check_priority(others[other], "");
    bed_delete();
}

BED_THREAD(dots_are_stuffed)
{
    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    CHECK_MESSAGE(".\r\nQUIT\r\n", "..\r\nQUIT\r\n.\r\n");
    CHECK_MESSAGE("a\r\n.\r\nMAIL FROM:<x@y>\r\n", "a\r\n..\r\nMAIL FROM:<x@y>\r\n.\r\n");
    CHECK_MESSAGE("a\n.\nb", "a\r\n..\r\nb\r\n.\r\n");
    CHECK_MESSAGE("a\r.\rb", "a\r\n..\r\nb\r\n.\r\n");
    CHECK_MESSAGE("...", "....\r\n.\r\n");
    CHECK_MESSAGE("a.b\r\nc.\r\n", "a.b\r\nc.\r\n.\r\n");
    bed_delete();
}

BED_THREAD(line_ends_become_crlf)
{
    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    CHECK_MESSAGE("a", "a\r\n.\r\n");
    CHECK_MESSAGE("a\r\n", "a\r\n.\r\n");
    CHECK_MESSAGE("a\nb\n", "a\r\nb\r\n.\r\n");
    CHECK_MESSAGE("a\rb\r", "a\r\nb\r\n.\r\n");
    CHECK_MESSAGE("\r\n\r\n", "\r\n\r\n.\r\n");
    CHECK_MESSAGE("a\n\r\n\rb", "a\r\n\r\n\r\nb\r\n.\r\n");
    CHECK_MESSAGE("\xC3\xA4\xFF\t\x01", "\xC3\xA4\xFF\t\x01\r\n.\r\n");
    bed_delete();
}

BED_THREAD(body_is_counted_not_terminated)
{
    static const char nul_inside[] = "a\0b";

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    assert_int_equal(nx_smtp_mail_send(&bed_client, BED_TO, NX_SMTP_MAIL_PRIORITY_NORMAL, BED_SUBJECT,
                                       (CHAR *)(ALIGN_TYPE)nul_inside, 3),
                     NX_SUCCESS);
    assert_true(server_await(&bed_server, 1));
    assert_memory_equal(bed_server.received + bed_server.message_end - 8, "a\0b\r\n.\r\n", 8);
    assert_int_equal(
        nx_smtp_mail_send(&bed_client, BED_TO, NX_SMTP_MAIL_PRIORITY_NORMAL, BED_SUBJECT, "Hello", 1),
        NX_SUCCESS);
    assert_true(server_await(&bed_server, 2));
    assert_string_equal(bed_message(), BED_HEADERS "\r\nH\r\n.\r\n");
    bed_delete();
}

static VOID check_addresses(CHAR *from, CHAR *to)
{
    NXD_ADDRESS address = bed_address(IP_ADDRESS(127, 0, 0, 1));
    unsigned before = server_connections(&bed_server);

    assert_int_equal(nxd_smtp_client_create(&bed_client, &bed_ip, &bed_pool, "", "", from, BED_DOMAIN,
                                            NX_SMTP_CLIENT_AUTH_NONE, &address, bed_server.port),
                     NX_SUCCESS);
    assert_int_equal(
        nx_smtp_mail_send(&bed_client, to, NX_SMTP_MAIL_PRIORITY_NORMAL, BED_SUBJECT, "Hello", 5),
        NX_SUCCESS);
    assert_true(server_await(&bed_server, before + 1));
    bed_received(BED_DIALOGUE(BED_HEADERS "\r\nHello\r\n.\r\n"));
    bed_delete();
}

BED_THREAD(addresses_have_one_pair_of_brackets)
{
    (VOID) input;
    check_addresses("alice@mail.test", "bob@mail.test");
    check_addresses("<alice@mail.test>", "<bob@mail.test>");
    check_addresses("alice@mail.test", "<bob@mail.test>");
    check_addresses("<alice@mail.test>", "bob@mail.test");
}

BED_THREAD(subject_may_be_empty_or_long)
{
    static CHAR longest[998 - 9 + 1];

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    assert_int_equal(nx_smtp_mail_send(&bed_client, BED_TO, NX_SMTP_MAIL_PRIORITY_NORMAL, "", "Hello", 5),
                     NX_SUCCESS);
    assert_true(server_await(&bed_server, 1));
    assert_non_null(strstr(bed_message(), "\r\nSubject: \r\nMIME-Version"));
    memset(longest, 's', sizeof longest - 1);
    assert_int_equal(
        nx_smtp_mail_send(&bed_client, BED_TO, NX_SMTP_MAIL_PRIORITY_NORMAL, longest, "Hello", 5),
        NX_SUCCESS);
    assert_true(server_await(&bed_server, 2));
    assert_non_null(strstr(bed_message(), longest));
    bed_delete();
}

/* from_address is kept by pointer, the other strings are copied. */
BED_THREAD(strings_are_copied_but_the_sender)
{
    CHAR user[] = BED_USER;
    CHAR password[] = BED_PASSWORD;
    CHAR domain[] = BED_DOMAIN;
    CHAR from[] = "carol@mail.test";
    NXD_ADDRESS address = bed_address(IP_ADDRESS(127, 0, 0, 1));

    (VOID) input;
    assert_int_equal(nxd_smtp_client_create(&bed_client, &bed_ip, &bed_pool, user, password, from, domain,
                                            NX_SMTP_CLIENT_AUTH_PLAIN, &address, bed_server.port),
                     NX_SUCCESS);
    memset(user, 'x', sizeof user);
    memset(password, 'x', sizeof password);
    memset(domain, 'x', sizeof domain);
    memset(&address, 0, sizeof address);
    memcpy(from, BED_FROM, sizeof from);
    assert_int_equal(bed_send("Hello"), NX_SUCCESS);
    assert_true(server_await(&bed_server, 1));
    assert_non_null(strstr(bed_server.received, "AUTH PLAIN " BED_PLAIN "\r\nMAIL FROM:<" BED_FROM ">\r\n"));
    assert_memory_equal(bed_server.received, "EHLO " BED_DOMAIN "\r\n", sizeof "EHLO " BED_DOMAIN "\r\n" - 1);
    bed_delete();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BED_CASE(normal_priority_is_the_original_message),
        BED_CASE(priorities_are_told),
        BED_CASE(dots_are_stuffed),
        BED_CASE(line_ends_become_crlf),
        BED_CASE(body_is_counted_not_terminated),
        BED_CASE(addresses_have_one_pair_of_brackets),
        BED_CASE(subject_may_be_empty_or_long),
        BED_CASE(strings_are_copied_but_the_sender),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
