/* SPDX-License-Identifier: MIT */
/* Tests a late caller: the program stands still, longer than any limit, while the server replies. The
 * replies that arrived count before the time is judged. Compiled once for each backend. */
#include "peer_run.h"

#define HELD_UP_MS 10000U /* the limits have 3000 */

static void shake_hands(int version, int starttls, size_t lend_octets)
{
    run.peer.version = version;
    run.peer.starttls = starttls;
    run.peer.lend_octets = lend_octets;
    assert_int_equal(peer_run_start(), 0);
    if (starttls) {
        assert_int_equal(backend_transport()->methods->connect(backend_transport(), 3000), 0);
        run.peer.encrypted = 1;
        run.peer.held_up_ms = HELD_UP_MS;
        (void)BIO_reset(run.peer.leaving);
        assert_int_equal(backend_transport()->methods->start_tls(backend_transport(), 3000), 0);
    } else {
        run.peer.held_up_ms = HELD_UP_MS;
        assert_int_equal(backend_transport()->methods->connect(backend_transport(), 3000), 0);
    }
    assert_true(peer_run_info()->verified);
    assert_true(run.peer.now_ms >= HELD_UP_MS);
    backend_transport()->methods->close(backend_transport(), 1);
    backend_end();
    run.peer.held_up_ms = 0;
    run.peer.now_ms = 0;
}

static void replies_that_arrived_count_before_the_limit(void **state)
{
    static const size_t lends[] = {0, 1, 16384};
    size_t i;
    int starttls;

    (void)state;
    for (i = 0; i < sizeof lends / sizeof lends[0]; i++) {
        for (starttls = 0; starttls < 2; starttls++) {
            shake_hands(TLS1_2_VERSION, starttls, lends[i]);
            if (backend_has_1_3)
                shake_hands(TLS1_3_VERSION, starttls, lends[i]);
        }
    }
}

/* Nothing arrived: then the limit holds, and is told. */
static void replies_that_did_not_arrive_are_not_awaited(void **state)
{
    struct postino_transport *transport = backend_transport();

    (void)state;
    assert_int_equal(peer_run_start(), 0);
    run.peer.take_octets = 50;
    run.peer.held_up_ms = HELD_UP_MS;
    assert_int_equal(transport->methods->connect(transport, 3000), POSTINO_ERROR_CONNECT_TIMEOUT);
    assert_string_equal(peer_run_info()->text, "the server did not finish the TLS handshake in time");
    assert_in_range(run.peer.now_ms, HELD_UP_MS, 2 * HELD_UP_MS + 3000);
    backend_end();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(replies_that_arrived_count_before_the_limit, peer_run_setup,
                                        peer_run_teardown),
        cmocka_unit_test_setup_teardown(replies_that_did_not_arrive_are_not_awaited, peer_run_setup,
                                        peer_run_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
