/* SPDX-License-Identifier: MIT */
/* Tests allocations and library calls that fail: each of a backend's fails once, and then all from it on.
 * Nothing crashes, and the error is told. A mail counts as accepted only where a verified peer accepted
 * it. The client sends its next mail when all is well again. Compiled for each backend with memory_*.c, or
 * with the backend's sources and calls_*.h. An argument replaces FAULTS_SAMPLES. */
#include "peer_run.h"

#include "fault.h"
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned long samples = FAULTS_SAMPLES; /* of each test; 0: every one that can fail does */

/* Of a client that cannot be made. */
static void assert_start_failed(int error)
{
    assert_in_range(-error, -POSTINO_ERROR_TLS_CONFIG, -POSTINO_ERROR_TLS_MEMORY);
    assert_string_not_equal(peer_run_info()->text, "");
}

/* Returns whether the mail was accepted. */
static int send_once(int trusted)
{
    unsigned before = run.peer.messages;
    int error = peer_run_send();
    int accepted = run.mail.result.outcome == POSTINO_OUTCOME_ACCEPTED;

    assert_true(error <= 0);
    assert_int_equal(accepted, error == 0);
    if (accepted) {
        assert_true(trusted);
        assert_int_equal(run.peer.messages, before + 1);
    } else if (run.mail.result.outcome != POSTINO_OUTCOME_UNKNOWN) {
        assert_int_equal(run.peer.messages, before);
    }
    if (!trusted)
        assert_int_equal(run.peer.authenticated, 0);
    return accepted;
}

static void fail_at(unsigned long at, int lasting, int trusted)
{
    int maimed;
    int error;

    fault_set(at, lasting);
    error = peer_run_start();
    /* OpenSSL makes do without a cipher or so that it could not load, and does not say so: that stays. */
    maimed = at != 0 && at <= fault_seen();
    if (error != 0) {
        fault_set(0, 0);
        assert_start_failed(error);
        backend_end();
        return;
    }
    (void)send_once(trusted);
    fault_set(0, 0);
    if (trusted && !send_once(trusted) && !maimed)
        fail_msg("after %lu%s: the next mail: %d, %s", at, lasting ? " and all behind it" : "",
                 run.mail.result.error, peer_run_info()->text);
    fault_set(at, lasting);
    peer_run_end();
    fault_set(0, 0);
}

/* `thoroughly` not 0: from the handshake on each fails, whatever FAULTS_SAMPLES says. */
static void fail_each(int trusted, int thoroughly)
{
    unsigned long at;
    unsigned long seen;
    unsigned long started;
    unsigned long step;

    /* The first makes what is made once. */
    fail_at(0, 0, trusted);
    fault_set(0, 0);
    assert_int_equal(peer_run_start(), 0);
    started = fault_seen();
    (void)send_once(trusted);
    seen = fault_seen();
    peer_run_end();
    assert_in_range(started, 1, seen - 1);
    step = samples != 0 ? seen / samples + 1 : 1;
    for (at = 1; at <= seen; at += step) {
        fail_at(at, 0, trusted);
        fail_at(at, 1, trusted);
    }
    /* Short of memory OpenSSL 3.0 forgets the name here and there. */
    for (at = started; thoroughly && at <= seen; at++)
        fail_at(at, 0, trusted);
}

static void each_failure_is_an_error(void **state)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        if (versions[i] == TLS1_3_VERSION && !backend_has_1_3)
            continue;
        run.peer.version = versions[i];
        fail_each(1, 0);
    }
}

static void each_failure_is_an_error_by_pin(void **state)
{
    (void)state;
    run.config.verify = POSTINO_TLS_VERIFY_PIN;
    run.config.pins = run.peer.pin;
    run.config.pin_count = 1;
    fail_each(1, 0);
}

static void each_failure_is_an_error_with_starttls(void **state)
{
    (void)state;
    run.peer.starttls = 1;
    fail_each(1, 0);
}

/* Which the peer does not ask for. */
static void each_failure_is_an_error_with_a_certificate(void **state)
{
    (void)state;
    run.config.certificate_file = run.peer.certificate_file;
    run.config.key_file = run.peer.certificate_file;
    fail_each(1, 0);
}

static void a_wrong_address_is_never_accepted(void **state)
{
    (void)state;
    run.config.host_name = "127.0.0.1";
    fail_each(0, 0);
}

static void a_wrong_name_is_never_accepted(void **state)
{
    (void)state;
    run.config.host_name = "other.example";
    fail_each(0, 1);
}

static void an_unknown_issuer_is_never_accepted(void **state)
{
    struct tls_peer other;

    (void)state;
    assert_int_equal(tls_peer_init(&other), 0);
    run.config.ca_file = other.certificate_file;
    fail_each(0, 0);
    tls_peer_free(&other);
}

static void a_wrong_pin_is_never_accepted(void **state)
{
    static const uint8_t pin[POSTINO_TLS_PIN_OCTETS];

    (void)state;
    run.config.pins = pin;
    run.config.pin_count = 1;
    fail_each(0, 0);
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_failure_is_an_error, peer_run_setup, peer_run_teardown),
        cmocka_unit_test_setup_teardown(each_failure_is_an_error_by_pin, peer_run_setup, peer_run_teardown),
        cmocka_unit_test_setup_teardown(each_failure_is_an_error_with_starttls, peer_run_setup,
                                        peer_run_teardown),
        cmocka_unit_test_setup_teardown(each_failure_is_an_error_with_a_certificate, peer_run_setup,
                                        peer_run_teardown),
        cmocka_unit_test_setup_teardown(a_wrong_name_is_never_accepted, peer_run_setup, peer_run_teardown),
        cmocka_unit_test_setup_teardown(a_wrong_address_is_never_accepted, peer_run_setup, peer_run_teardown),
        cmocka_unit_test_setup_teardown(an_unknown_issuer_is_never_accepted, peer_run_setup,
                                        peer_run_teardown),
        cmocka_unit_test_setup_teardown(a_wrong_pin_is_never_accepted, peer_run_setup, peer_run_teardown),
    };

    if (argc > 1)
        samples = strtoul(argv[1], NULL, 10);
    if (memory_begin() != 0)
        return 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
