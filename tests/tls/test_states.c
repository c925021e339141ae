/* SPDX-License-Identifier: MIT */
/* Tests calls in the wrong state, settings that cannot be used, and connections that end: each has an
 * error of its own. Compiled once for each backend. */
#include "peer_run.h"

#include <string.h>

static struct postino_transport *transport;

static int connect_peer(void)
{
    transport = backend_transport();
    return transport->methods->connect(transport, 3000);
}

static void settings_that_cannot_be_used_are_refused(void **state)
{
    static const uint8_t pin[POSTINO_TLS_PIN_OCTETS];
    const struct postino_tls_config right = run.config;
    struct postino_tls_config wrong[8];
    size_t i;

    (void)state;
    for (i = 0; i < 8; i++)
        wrong[i] = right;
    wrong[0].version_min = 11;
    wrong[1].version_max = 11;
    wrong[2].version_min = POSTINO_TLS_VERSION_1_3;
    wrong[2].version_max = POSTINO_TLS_VERSION_1_2;
    wrong[3].verify = POSTINO_TLS_VERIFY_NONE + 1;
    wrong[4].pin_count = 1;
    wrong[5].key_file = run.peer.certificate_file;
    wrong[6].host_name = NULL;
    wrong[7].verify = POSTINO_TLS_VERIFY_PIN;
    wrong[7].pins = pin;
    for (i = 0; i < 8; i++) {
        int error = backend_init(&run.way, &wrong[i]);

        assert_true(error == POSTINO_ERROR_ARGUMENT || error == POSTINO_ERROR_TLS_CONFIG);
        if (error == POSTINO_ERROR_TLS_CONFIG)
            assert_string_not_equal(peer_run_info()->text, "");
        backend_end();
    }
    assert_int_equal(backend_init(NULL, &right), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(backend_init(&run.way, NULL), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(run.peer.connections, 0);
}

static void tls_begins_once(void **state)
{
    (void)state;
    run.way.port = 465;
    assert_int_equal(peer_run_start(), 0);
    assert_int_equal(connect_peer(), 0);
    assert_int_equal(transport->port, 465);
    assert_int_equal(transport->methods->start_tls(transport, 3000), POSTINO_ERROR_STATE);
    assert_string_not_equal(peer_run_info()->version, "");
    transport->methods->close(transport, 1);
    assert_null(peer_run_info()->version);
    transport->methods->close(transport, 1);
    backend_end();
}

/* The reason is the connection's, not that of TLS. */
static void a_connection_that_fails_says_why(void **state)
{
    (void)state;
    assert_int_equal(peer_run_start(), 0);
    run.peer.receive_error = POSTINO_ERROR_RECEIVE;
    run.peer.take_octets = 20;
    assert_int_equal(connect_peer(), POSTINO_ERROR_RECEIVE);
    run.peer.take_octets = TLS_PEER_FOR_EVER;
    run.peer.receive_error = 0;
    assert_int_equal(peer_run_send(), 0);
    run.peer.receive_error = POSTINO_ERROR_RECEIVE;
    run.peer.take_octets = run.peer.taken_octets;
    assert_int_equal(transport->methods->receive(transport, &(const uint8_t *){NULL}, &(size_t){0}),
                     POSTINO_ERROR_RECEIVE);
    run.peer.receive_error = 0;
    run.peer.take_octets = TLS_PEER_FOR_EVER;
    peer_run_end();
}

/* In each way in which a server may end, behind its greeting. */
static void the_servers_end_is_told(void **state)
{
    const uint8_t *data;
    size_t octets;
    int farewell;
    int status;

    (void)state;
    assert_int_equal(peer_run_start(), 0);
    for (farewell = 0; farewell < 2; farewell++) {
        assert_int_equal(connect_peer(), 0);
        if (farewell)
            (void)SSL_shutdown(run.peer.server);
        else
            run.peer.receive_error = POSTINO_ERROR_CLOSED;
        do {
            status = transport->methods->receive(transport, &data, &octets);
        } while (status == 0);
        assert_int_equal(status, POSTINO_ERROR_CLOSED);
        assert_int_equal(transport->methods->receive(transport, &data, &octets), POSTINO_ERROR_CLOSED);
        transport->methods->close(transport, 0);
        run.peer.receive_error = 0;
    }
    backend_end();
}

/* A server that ends the connection of whoever offers a session is called once more, without. */
static void a_resumption_that_the_server_refuses_is_not_repeated(void **state)
{
    unsigned connections;

    (void)state;
    run.peer.version = TLS1_2_VERSION;
    assert_int_equal(peer_run_start(), 0);
    assert_int_equal(peer_run_send(), 0);
    postino_client_quit(&run.client);
    connections = run.peer.connections;
    run.peer.receive_error = POSTINO_ERROR_CLOSED;
    run.peer.take_octets = 20;
    assert_int_equal(connect_peer(), POSTINO_ERROR_CLOSED);
    assert_int_equal(run.peer.connections, connections + 2);
    assert_int_equal(connect_peer(), POSTINO_ERROR_CLOSED);
    assert_int_equal(run.peer.connections, connections + 3);
    run.peer.receive_error = 0;
    run.peer.take_octets = TLS_PEER_FOR_EVER;
    assert_int_equal(connect_peer(), 0);
    assert_int_equal(peer_run_info()->resumed, 0);
    transport->methods->close(transport, 1);
    backend_end();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(settings_that_cannot_be_used_are_refused, peer_run_setup,
                                        peer_run_teardown),
        cmocka_unit_test_setup_teardown(tls_begins_once, peer_run_setup, peer_run_teardown),
        cmocka_unit_test_setup_teardown(a_connection_that_fails_says_why, peer_run_setup, peer_run_teardown),
        cmocka_unit_test_setup_teardown(the_servers_end_is_told, peer_run_setup, peer_run_teardown),
        cmocka_unit_test_setup_teardown(a_resumption_that_the_server_refuses_is_not_repeated, peer_run_setup,
                                        peer_run_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
