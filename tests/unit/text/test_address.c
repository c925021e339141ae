/* SPDX-License-Identifier: MIT */
/* Tests how submit() takes a mail and its addresses. No address may end the command, begin another one, or
 * add a parameter; the test also reads accepted addresses on the wire. */
#include "bench.h"
#include "postino/address.h"

static int submit_with(struct bench *bench, const char *from, const char *to)
{
    bench_prepare(bench);
    bench->mail.reverse_path = from;
    bench->recipient.address = to;
    bench_start(bench);
    return postino_session_submit(&bench->session, &bench->mail);
}

static void test_null(void **state)
{
    struct bench bench;

    (void)state;
    bench_prepare(&bench);
    bench_start(&bench);
    assert_int_equal(postino_session_submit(&bench.session, NULL), POSTINO_ERROR_ARGUMENT);
    bench.mail.source = NULL;
    assert_int_equal(postino_session_submit(&bench.session, &bench.mail), POSTINO_ERROR_ARGUMENT);
    bench_prepare(&bench);
    bench_start(&bench);
    bench.mail.recipients = NULL;
    assert_int_equal(postino_session_submit(&bench.session, &bench.mail), POSTINO_ERROR_NO_RECIPIENT);
    assert_true(submit_with(&bench, NULL, "b@example.org") < 0);
    assert_true(submit_with(&bench, "a@example.com", NULL) < 0);
    assert_null(postino_session_finished(&bench.session));
}

/* Accepted as a sender and as a recipient, and sent in one pair of brackets. */
static void check_good(const char *address)
{
    struct bench bench;
    char command[520];
    size_t length = strlen(address);
    int bracketed = address[0] == '<';

    assert_int_equal(submit_with(&bench, address, address), 0);
    bench_greet(&bench);
    (void)snprintf(command, sizeof command, "MAIL FROM:<%.*s>\r\n", (int)(length - (bracketed ? 2 : 0)),
                   address + bracketed);
    assert_string_equal(bench_output(&bench), command);
    (void)snprintf(command, sizeof command, "RCPT TO:<%.*s>\r\n", (int)(length - (bracketed ? 2 : 0)),
                   address + bracketed);
    bench_exchange(&bench, "250 ok\r\n", command);
}

static void check_refused(const char *address, int sender, int recipient)
{
    struct bench bench;

    if (submit_with(&bench, address, "b@example.org") != sender) {
        fail_msg("taken as a sender: \"%s\"", address);
    }
    if (submit_with(&bench, "a@example.com", address) != recipient) {
        fail_msg("taken as a recipient: \"%s\"", address);
    }
    assert_null(postino_session_finished(&bench.session));
    postino_session_quit(&bench.session);
    bench_greet(&bench);
    assert_string_equal(bench_output(&bench), "QUIT\r\n");
}

static void check_bad(const char *address)
{
    check_refused(address, POSTINO_ERROR_REVERSE_PATH, POSTINO_ERROR_FORWARD_PATH);
}

static void test_good(void **state)
{
    static const char *const good[] = {
        "a@example.com",
        "<a@example.com>",
        "first.last+tag@example.com",
        "!#$%&'*+-/=?^_`{|}~@example.com",
        "a@[192.0.2.1]",
        "a@[IPv6:2001:db8::1]",
        "\"john doe\"@example.com",
        "<\"john doe\"@example.com>",
        "\"a@b\"@example.com",
        "\"a<b>c\"@example.com",
        "\"a\\\"b\\\\\"@example.com",
        "\"\"@example.com",
        "a@xn--bcher-kva.example",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof good / sizeof good[0]; i++) {
        check_good(good[i]);
    }
}

static void test_bad(void **state)
{
    static const char *const bad[] = {
        "a@example.com\r\nRCPT TO:<evil@example.com>",
        "a@example.com\r",
        "a@example.com\n",
        "\ra@example.com",
        "a\tb@example.com",
        "a\x01@example.com",
        "a\x1f@example.com",
        "a\x7f@example.com",
        "a b@example.com",
        " a@example.com",
        "a@example.com ",
        "a@example.com SIZE=1",
        "a@example.com> SIZE=1",
        "a@exa mple.com",
        "a>b@example.com",
        "a<b@example.com",
        "<a@example.com",
        "a@example.com>",
        "<<a@example.com>>",
        "<a@example.com> ",
        " <a@example.com>",
        "John Doe <a@example.com>",
        "<a@example.com><b@example.com>",
        "<",
        ">",
        "><",
        "<>>",
        "<<>",
        "\"john doe@example.com",
        "\"john\ndoe\"@example.com",
        "\"john\r\ndoe\"@example.com",
        "\"john\\\r\"@example.com",
        "\"a\\",
        "\"a\\\"",
        "\"",
        "@",
        "@example.com",
        "a@",
        "a@b@c",
    };
    static const char *const utf8[] = {
        "b\xc3\xb6@example.com", "a@b\xc3\xb6.example",       "a\x80@example.com",
        "a\xff@example.com",     "\"b\xc3\xb6\"@example.com",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        check_bad(bad[i]);
    }
    /* Nothing is wrong with these but that nobody asked for SMTPUTF8. */
    for (i = 0; i < sizeof utf8 / sizeof utf8[0]; i++) {
        check_refused(utf8[i], POSTINO_ERROR_UTF8_NOT_ASKED, POSTINO_ERROR_UTF8_NOT_ASKED);
    }
}

static void test_null_sender(void **state)
{
    struct bench bench;

    (void)state;
    assert_int_equal(submit_with(&bench, "", "b@example.org"), 0);
    bench_greet(&bench);
    assert_string_equal(bench_output(&bench), "MAIL FROM:<>\r\n");
    assert_int_equal(submit_with(&bench, "<>", "b@example.org"), 0);
    bench_greet(&bench);
    assert_string_equal(bench_output(&bench), "MAIL FROM:<>\r\n");
    assert_int_equal(submit_with(&bench, "a@example.com", ""), POSTINO_ERROR_FORWARD_PATH);
    assert_int_equal(submit_with(&bench, "a@example.com", "<>"), POSTINO_ERROR_FORWARD_PATH);
}

static const char *address_of(char *buffer, size_t local_octets, size_t domain_octets)
{
    memset(buffer, 'l', local_octets);
    buffer[local_octets] = '@';
    memset(buffer + local_octets + 1, 'd', domain_octets);
    buffer[local_octets + 1 + domain_octets] = '\0';
    return buffer;
}

/* RFC 5321 section 4.5.3.1: no limit but that of the line, 512 octets with "MAIL FROM:<", ">" and CRLF
 * (4.5.3.1.4). */
static void test_lengths(void **state)
{
    char address[1024];

    (void)state;
    check_good(address_of(address, 64, 11));
    check_good(address_of(address, 65, 11));
    check_good(address_of(address, 400, 11));
    check_good(address_of(address, 64, 255));
    check_good(address_of(address, 486, 11));
    check_bad(address_of(address, 487, 11));
    check_good(address_of(address, 1, 496));
    check_bad(address_of(address, 1, 497));
    check_bad(address_of(address, 1, 900));
    memset(address, 'l', 499);
    address[499] = '\0';
    check_bad(address);
    address[498] = '\0';
    check_good(address);
}

/* Every single octet, everywhere in an address: what is taken goes out unchanged in one line. */
static void test_every_octet(void **state)
{
    unsigned octet;
    size_t place;

    (void)state;
    for (octet = 1; octet < 256; octet++) {
        for (place = 0; place < 7; place++) {
            char address[] = "ab@cd.e";
            char command[64];
            struct bench bench;

            address[place] = (char)octet;
            if (submit_with(&bench, address, "b@example.org") != 0) {
                continue;
            }
            assert_in_range(octet, 0x21, 0x7e);
            bench_greet(&bench);
            (void)snprintf(command, sizeof command, "MAIL FROM:<%s>\r\n", address);
            assert_string_equal(bench_output(&bench), command);
        }
    }
}

/* One bad recipient among good ones: nothing is borrowed, nothing is sent. */
static void test_second_recipient(void **state)
{
    struct bench bench;
    struct postino_recipient second = {0};

    (void)state;
    bench_prepare(&bench);
    bench.recipient.next = &second;
    second.address = "c@exa\nmple.org";
    bench_start(&bench);
    assert_int_equal(postino_session_submit(&bench.session, &bench.mail), POSTINO_ERROR_FORWARD_PATH);
    second.address = "c@example.org";
    assert_int_equal(postino_session_submit(&bench.session, &bench.mail), 0);
}

/* postino_address_path() lends what stands between the brackets. */
static void test_path(void **state)
{
    static const char bracketed[] = "<a@example.com>";
    struct postino_span path;

    (void)state;
    assert_int_equal(postino_address_path(bracketed, &path), 0);
    assert_ptr_equal(path.data, bracketed + 1);
    assert_int_equal(path.length_octets, sizeof bracketed - 3);
    assert_int_equal(postino_address_path(bracketed + 1, &path), -1);
    assert_int_equal(postino_address_path("<>", &path), 0);
    assert_int_equal(path.length_octets, 0);
}

static void test_domain(void **state)
{
    static const char *const good[] = {"a", "mx.example.org", "[192.0.2.1]", "[IPv6:2001:db8::1]"};
    static const char *const bad[] = {"",    "a b", "<a>", "a>",        "a<b",  "a\r",
                                      "a\n", "a\t", " a",  "b\xc3\xb6", "a\x7f"};
    char name[300];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_int_equal(postino_address_domain(good[i]), 0);
    }
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(postino_address_domain(bad[i]), -1);
    }
    memset(name, 'a', sizeof name);
    name[256] = '\0';
    assert_int_equal(postino_address_domain(name), -1);
    name[255] = '\0';
    assert_int_equal(postino_address_domain(name), 0);
}

/* The usual address has a shorter way; in brackets it takes the other: of both parts every length around the
 * limits. */
static void test_brackets(void **state)
{
    char address[600];
    size_t local;
    size_t octets;

    (void)state;
    for (local = 0; local <= 504; local += local < 70 || local > 490 ? 1 : 20) {
        for (octets = local; octets <= 504; octets += octets < local + 3 || octets > 490 ? 1 : 20) {
            struct postino_span plain = {NULL, 0};
            struct postino_span bracketed = {NULL, 0};
            int error;

            memset(address, 'a', octets + 2);
            address[0] = '<';
            address[octets + 1] = '>';
            address[octets + 2] = '\0';
            if (octets > local)
                address[local + 1] = '@';
            error = postino_address_path(address, &bracketed);
            address[octets + 1] = '\0';
            if (postino_address_path(address + 1, &plain) != error ||
                (error == 0 && plain.length_octets != bracketed.length_octets))
                fail_msg("%lu octets, %lu before the at-sign: %d in brackets", (unsigned long)octets,
                         (unsigned long)local, error);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_null),
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_null_sender),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_every_octet),
        cmocka_unit_test(test_second_recipient),
        cmocka_unit_test(test_path),
        cmocka_unit_test(test_brackets),
        cmocka_unit_test(test_domain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
