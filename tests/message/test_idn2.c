/* SPDX-License-Identifier: MIT */
/* Domains in A-labels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "postino/error.h"
#include "postino/idn2.h"

static void domains_are_converted(void **state)
{
    static const char *const cases[][2] = {
        {"a@b\xc3\xbc"
         "cher.example",
         "a@xn--bcher-kva.example"},
        {"a@B\xc3\x9c"
         "cher.example",
         "a@xn--bcher-kva.example"},
        {"\xc3\xa4@stra\xc3\x9f"
         "e.example",
         "\xc3\xa4@xn--strae-oqa.example"},
        {"\"a@b\"@\xe4\xbe\x8b\xe5\xad\x90.example", "\"a@b\"@xn--fsqu00a.example"},
        {"a@EXAMPLE.org", "a@EXAMPLE.org"},
        {"a@[192.0.2.1]", "a@[192.0.2.1]"},
        {"a@xn--bcher-kva.example", "a@xn--bcher-kva.example"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char out[64];
        size_t length = strlen(cases[i][1]);

        assert_int_equal(postino_idn2_address(cases[i][0], out, sizeof out), 0);
        assert_string_equal(out, cases[i][1]);
        assert_int_equal(postino_idn2_address(cases[i][0], out, length + 1), 0);
        assert_int_equal(postino_idn2_address(cases[i][0], out, length), POSTINO_ERROR_CAPACITY);
    }
}

static void other_domains_are_refused(void **state)
{
    char out[64];

    (void)state;
    assert_int_equal(postino_idn2_address("a@\xff.example", out, sizeof out), POSTINO_ERROR_ADDRESS);
    assert_int_equal(postino_idn2_address("a@\xe2\x98\x83\xe2\x80\xa8.example", out, sizeof out),
                     POSTINO_ERROR_ADDRESS);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(domains_are_converted),
        cmocka_unit_test(other_domains_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
