/* SPDX-License-Identifier: MIT */
/* Tests progress: any octet of a record that leaves restarts the time limit. The record counts as unsent
 * until its last octet has left. Compiled once for each backend. */
#include "peer_run.h"

#include <string.h>

static char text[40001];

static void start(void)
{
    size_t i;

    memset(text, 'x', sizeof text - 1);
    for (i = 0; i < sizeof text - 3; i += 50)
        memcpy(text + i, "\r\n", 2);
    run.text = text;
    assert_int_equal(peer_run_start(), 0);
    assert_int_equal(postino_client_connect(&run.client), 0);
}

/* A record takes minutes, and the limit is 3 seconds. */
static void octets_that_leave_restart_the_limit(void **state)
{
    static const size_t most[] = {100, 350, 699};
    size_t i;

    (void)state;
    start();
    for (i = 0; i < sizeof most / sizeof most[0]; i++) {
        run.peer.most_octets = most[i];
        run.peer.slow_ms = 2000;
        assert_int_equal(peer_run_send(), 0);
        assert_true(run.peer.now_ms > 40000 / 700 * 2000);
    }
    run.peer.most_octets = 0;
    peer_run_end();
}

static void octets_that_stay_do_not_restart_the_limit(void **state)
{
    uint32_t began_ms;

    (void)state;
    start();
    run.peer.most_octets = 100;
    run.peer.slow_ms = 2000;
    run.peer.take_octets = run.peer.taken_octets + 5000;
    began_ms = run.peer.now_ms;
    assert_int_equal(peer_run_send(), POSTINO_ERROR_TIMEOUT);
    assert_true(run.peer.taken_ms - began_ms > 10000);
    assert_in_range(run.peer.now_ms - run.peer.taken_ms, 3000, 5000);
    assert_int_equal(run.mail.result.outcome, POSTINO_OUTCOME_TRANSIENT);
    peer_run_end();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(octets_that_leave_restart_the_limit, peer_run_setup,
                                        peer_run_teardown),
        cmocka_unit_test_setup_teardown(octets_that_stay_do_not_restart_the_limit, peer_run_setup,
                                        peer_run_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
