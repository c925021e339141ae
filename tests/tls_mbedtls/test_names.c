/* SPDX-License-Identifier: MIT */
/* Tests how the backend parses addresses, and its state after a failed init. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tls_internal.h"

static void addresses_are_read(void **state)
{
    static const struct {
        const char *text;
        const char *hex; /* of the octets; NULL: no address, "": neither address nor name */
    } cases[] = {
        {"127.0.0.1", "7f000001"},
        {"255.255.255.255", "ffffffff"},
        {"mail.example", NULL},
        {"1.example", NULL},
        {"127.0.0.256", ""},
        {"127.0.0.01", ""},
        {"127.0.0", ""},
        {"127.0.0.1.", ""},
        {"::", "00000000000000000000000000000000"},
        {"::1", "00000000000000000000000000000001"},
        {"2001:db8::5", "20010db8000000000000000000000005"},
        {"2001:DB8:1:2:3:4:5:6", "20010db8000100020003000400050006"},
        {"fe80::", "fe800000000000000000000000000000"},
        {"::ffff:10.0.0.1", "00000000000000000000ffff0a000001"},
        {"1:2:3:4:5:6:7::", "00010002000300040005000600070000"},
        {"1:2:3:4:5:6:7", ""},
        {"1:2:3:4:5:6:7:8:9", ""},
        {"1::2::3", ""},
        {":1", ""},
        {"1:", ""},
        {":::", ""},
        {"::12345", ""},
        {"::g", ""},
        {"1:2:3:4:5:6:7:1.2.3.4", ""},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tls_address address;
        char hex[33] = "";
        int found = tls_mbedtls_read_address(&address, cases[i].text);
        int wanted = cases[i].hex == NULL ? 0 : cases[i].hex[0] != '\0' ? 1 : -1;
        size_t octet;

        if (found != wanted)
            fail_msg("%s: %d", cases[i].text, found);
        if (found != 1)
            continue;
        for (octet = 0; octet < address.length_octets; octet++)
            (void)snprintf(hex + 2 * octet, 3, "%02x", address.octets[octet]);
        assert_string_equal(hex, cases[i].hex);
    }
}

/* Without a word to the transport below, which has no methods here. */
static void a_failed_init_connects_nothing(void **state)
{
    struct postino_transport inner = {0};
    const struct postino_tls_config config = {.host_name = "localhost", .ca_file = "/nowhere"};
    struct postino_tls_mbedtls tls;

    (void)state;
    assert_int_equal(postino_tls_mbedtls_init(&tls, &inner, &config), POSTINO_ERROR_TLS_CONFIG);
    assert_int_equal(tls.transport.methods->connect(&tls.transport, 1000), POSTINO_ERROR_TLS_CONFIG);
    assert_non_null(strstr(tls.transport.methods->tls(&tls.transport)->text, "/nowhere"));
    postino_tls_mbedtls_end(&tls);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(addresses_are_read),
                                       cmocka_unit_test(a_failed_init_connects_nothing)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
