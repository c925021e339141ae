/* SPDX-License-Identifier: MIT */
/* Tests a peer that keeps the TLS layer busy with records without plain text. The time limits hold, and
 * memory does not grow. Compiled once for each backend. */
#include "peer_run.h"

#include "memory.h"

#define LIMIT_MS 1000U
#define FLOOD_MS (2 * LIMIT_MS)

static int key_update(SSL *server)
{
    return SSL_key_update(server, SSL_KEY_UPDATE_REQUESTED) == 1 ? SSL_do_handshake(server) : 0;
}

static int ticket(SSL *server)
{
    return SSL_new_session_ticket(server) == 1 ? SSL_do_handshake(server) : 0;
}

static int hello_request(SSL *server)
{
    return SSL_renegotiate(server) == 1 ? SSL_do_handshake(server) : 0;
}

static void outlast(int version, int (*flood)(SSL *server), size_t take_octets)
{
    static const struct postino_time_limits limits = {LIMIT_MS, LIMIT_MS, LIMIT_MS, LIMIT_MS,
                                                      LIMIT_MS, LIMIT_MS, 0};
    uint32_t began_ms;
    size_t before_octets;

    run.limits = limits;
    run.peer.version = version;
    run.peer.flood = flood;
    run.peer.flood_ms = FLOOD_MS;
    run.peer.lend_octets = 4096;
    assert_int_equal(peer_run_start(), 0);
    assert_int_equal(postino_client_connect(&run.client), 0);
    if (take_octets != 0)
        run.peer.take_octets = run.peer.taken_octets + take_octets;
    began_ms = run.peer.now_ms;
    memory_reset();
    before_octets = memory_octets();
    assert_int_equal(peer_run_send(), POSTINO_ERROR_TIMEOUT);
    assert_in_range(run.peer.now_ms - began_ms, LIMIT_MS, LIMIT_MS + 500);
    assert_in_range(memory_most_octets() - before_octets, 0, 512 * 1024);
    run.peer.take_octets = TLS_PEER_FOR_EVER;
    run.peer.flood = NULL;
    assert_int_equal(peer_run_send(), 0);
    peer_run_end();
}

static void key_updates_end_by_the_limit(void **state)
{
    (void)state;
    outlast(TLS1_3_VERSION, key_update, 0);
}

static void key_updates_to_a_full_window_end_by_the_limit(void **state)
{
    (void)state;
    outlast(TLS1_3_VERSION, key_update, 100);
}

static void tickets_end_by_the_limit(void **state)
{
    (void)state;
    outlast(TLS1_3_VERSION, ticket, 0);
}

static void hello_requests_end_by_the_limit(void **state)
{
    (void)state;
    outlast(TLS1_2_VERSION, hello_request, 0);
}

static void hello_requests_to_a_full_window_end_by_the_limit(void **state)
{
    (void)state;
    outlast(TLS1_2_VERSION, hello_request, 100);
}

/* RFC 5246 section 7.4.1.1: a client that shakes hands passes over it. */
static void a_handshake_without_end_ends_by_the_limit(void **state)
{
    static const uint8_t request[] = {SSL3_RT_HANDSHAKE, 3, 3, 0, 4, SSL3_MT_HELLO_REQUEST, 0, 0, 0};
    static const uint8_t part[] = {SSL3_RT_HANDSHAKE, 3, 3, 0, 1, SSL3_MT_HELLO_REQUEST};
    struct postino_transport *transport = backend_transport();

    (void)state;
    run.peer.chatter = request;
    run.peer.chatter_octets = sizeof request;
    run.peer.lend_octets = 4096;
    assert_int_equal(peer_run_start(), 0);
    assert_true(transport->methods->connect(transport, LIMIT_MS) < 0);
    assert_in_range(run.peer.now_ms, 0, 2 * LIMIT_MS);
    run.peer.now_ms = 0;
    run.peer.chatter = part;
    run.peer.chatter_octets = sizeof part;
    assert_true(transport->methods->connect(transport, LIMIT_MS) < 0);
    assert_in_range(run.peer.now_ms, 0, 2 * LIMIT_MS);
    peer_run_end();
}

/* As servers do that renew their keys and hand out tickets. */
static void a_few_key_updates_and_tickets_are_answered(void **state)
{
    int i;

    (void)state;
    run.peer.version = TLS1_3_VERSION;
    assert_int_equal(peer_run_start(), 0);
    assert_int_equal(postino_client_connect(&run.client), 0);
    for (i = 0; i < 3; i++) {
        assert_int_equal(key_update(run.peer.server), 1);
        assert_int_equal(ticket(run.peer.server), 1);
    }
    assert_int_equal(peer_run_send(), 0);
    peer_run_end();
}

struct handshakes {
    int hellos;
    int refusals;
};

static void look(int written, int version, int type, const void *message, size_t length, SSL *server,
                 void *context)
{
    struct handshakes *seen = context;
    const uint8_t *octets = message;

    (void)version;
    (void)server;
    if (written)
        return;
    seen->hellos += type == SSL3_RT_HANDSHAKE && length != 0 && octets[0] == SSL3_MT_CLIENT_HELLO;
    seen->refusals += type == SSL3_RT_ALERT && length == 2 && octets[1] == SSL_AD_NO_RENEGOTIATION;
}

/* The server hears that (RFC 5246 section 7.2.2); OpenSSL's then ends the connection. */
static void renegotiation_is_refused(void **state)
{
    struct handshakes seen = {0, 0};

    (void)state;
    run.peer.version = TLS1_2_VERSION;
    assert_int_equal(peer_run_start(), 0);
    assert_int_equal(postino_client_connect(&run.client), 0);
    SSL_set_msg_callback(run.peer.server, look);
    SSL_set_msg_callback_arg(run.peer.server, &seen);
    assert_int_equal(hello_request(run.peer.server), 1);
    (void)peer_run_send();
    assert_int_equal(seen.hellos, 0);
    assert_int_equal(seen.refusals, 1);
    peer_run_end();
}

int main(void)
{
    static const struct CMUnitTest old[] = {
        cmocka_unit_test_setup_teardown(a_handshake_without_end_ends_by_the_limit, peer_run_setup,
                                        peer_run_teardown),
        cmocka_unit_test_setup_teardown(renegotiation_is_refused, peer_run_setup, peer_run_teardown),
        cmocka_unit_test_setup_teardown(hello_requests_end_by_the_limit, peer_run_setup, peer_run_teardown),
        cmocka_unit_test_setup_teardown(hello_requests_to_a_full_window_end_by_the_limit, peer_run_setup,
                                        peer_run_teardown),
    };
    static const struct CMUnitTest new[] = {
        cmocka_unit_test_setup_teardown(a_few_key_updates_and_tickets_are_answered, peer_run_setup,
                                        peer_run_teardown),
        cmocka_unit_test_setup_teardown(key_updates_end_by_the_limit, peer_run_setup, peer_run_teardown),
        cmocka_unit_test_setup_teardown(key_updates_to_a_full_window_end_by_the_limit, peer_run_setup,
                                        peer_run_teardown),
        cmocka_unit_test_setup_teardown(tickets_end_by_the_limit, peer_run_setup, peer_run_teardown),
    };
    int failed;

    if (memory_begin() != 0)
        return 1;
    failed = cmocka_run_group_tests_name("TLS 1.2", old, NULL, NULL);
    return backend_has_1_3 && failed == 0 ? cmocka_run_group_tests_name("TLS 1.3", new, NULL, NULL) : failed;
}
