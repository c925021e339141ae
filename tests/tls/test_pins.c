/* SPDX-License-Identifier: MIT */
/* Tests that each octet of a pin counts, and the number of pins too. Compiled once for each backend. */
#include "peer_run.h"

#include <string.h>

static uint8_t pins[3 * POSTINO_TLS_PIN_OCTETS];

/* The pin of the peer's certificate, `at` one of three places. */
static void set_pin(size_t at)
{
    memset(pins, 0, sizeof pins);
    memcpy(pins + at * POSTINO_TLS_PIN_OCTETS, run.peer.pin, POSTINO_TLS_PIN_OCTETS);
}

static int send_pinned(size_t count)
{
    int error;

    run.config.verify = POSTINO_TLS_VERIFY_PIN;
    run.config.ca_file = NULL;
    run.config.pins = pins;
    run.config.pin_count = count;
    error = peer_run_start();
    if (error != 0)
        return error;
    error = peer_run_send();
    assert_int_equal(error == 0, run.mail.result.outcome == POSTINO_OUTCOME_ACCEPTED);
    peer_run_end();
    return error;
}

static void every_octet_of_a_pin_counts(void **state)
{
    size_t octet;

    (void)state;
    set_pin(0);
    assert_int_equal(send_pinned(1), 0);
    for (octet = 0; octet < POSTINO_TLS_PIN_OCTETS; octet++) {
        set_pin(0);
        pins[octet] ^= 1;
        assert_int_equal(send_pinned(1), POSTINO_ERROR_TLS_PIN);
    }
    assert_int_equal(run.peer.messages, 1);
}

static void the_number_of_pins_counts(void **state)
{
    size_t count;
    size_t at;

    (void)state;
    for (at = 0; at < 3; at++) {
        set_pin(at);
        for (count = 1; count <= 3; count++)
            assert_int_equal(send_pinned(count), at < count ? 0 : POSTINO_ERROR_TLS_PIN);
    }
    /* One octet beside its place. */
    set_pin(0);
    memmove(pins + 1, pins, sizeof pins - 1);
    assert_int_equal(send_pinned(3), POSTINO_ERROR_TLS_PIN);
}

static void malformed_pins_are_refused(void **state)
{
    (void)state;
    set_pin(0);
    assert_int_not_equal(send_pinned(0), 0);
    assert_int_equal(run.peer.connections, 0);
    backend_end();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_octet_of_a_pin_counts, peer_run_setup, peer_run_teardown),
        cmocka_unit_test_setup_teardown(the_number_of_pins_counts, peer_run_setup, peer_run_teardown),
        cmocka_unit_test_setup_teardown(malformed_pins_are_refused, peer_run_setup, peer_run_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
