/* SPDX-License-Identifier: MIT */
/* Tests the POSIX transport against peers on loopback. Invariant: a loopback connection is made without
 * accept(), so both ends live in one thread, and every wait of either end is bounded. */
#define _GNU_SOURCE

#include "loopback.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/time.h>

#include "postino/posix.h"

static struct postino_posix test_posix;
static struct postino_transport *const test_transport = &test_posix.transport;

/* Connects the transport to a new listener, which it closes. Returns the server's end. */
static int test_open(int family, int receive_octets)
{
    int listener = loopback_listen(family);
    int peer;

    if (receive_octets != 0) {
        assert_int_equal(setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &receive_octets, sizeof receive_octets),
                         0);
    }
    assert_int_equal(
        postino_posix_init(&test_posix, family == AF_INET6 ? "::1" : "127.0.0.1", loopback_port(listener)),
        0);
    assert_int_equal(test_transport->methods->connect(test_transport, LOOPBACK_PATIENCE_MS), 0);
    assert_int_equal(postino_posix_system_error(&test_posix), 0);
    loopback_await(listener, POLLIN);
    peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    assert_true(peer >= 0);
    (void)close(listener);
    return peer;
}

static void test_close(int peer)
{
    test_transport->methods->close(test_transport, 0);
    if (peer >= 0)
        (void)close(peer);
}

static int test_send_text(const char *text)
{
    uint8_t *buffer;
    size_t capacity_octets;

    assert_int_equal(test_transport->methods->reserve(test_transport, &buffer, &capacity_octets), 0);
    assert_true(capacity_octets >= strlen(text));
    memcpy(buffer, text, strlen(text));
    return test_transport->methods->send(test_transport, strlen(text));
}

/* Waits for octets and takes them. */
static int test_receive(const uint8_t **data, size_t *length_octets)
{
    assert_int_equal(test_transport->methods->wait(test_transport, POSTINO_EVENT_READ, LOOPBACK_PATIENCE_MS),
                     0);
    return test_transport->methods->receive(test_transport, data, length_octets);
}

static void test_peer_expects(int peer, const char *text)
{
    char arrived[64] = {0};

    loopback_await(peer, POLLIN);
    assert_int_equal(recv(peer, arrived, sizeof arrived - 1, 0), strlen(text));
    assert_string_equal(arrived, text);
}

/* A reset instead of an orderly end. */
static void test_peer_reset(int peer)
{
    const struct linger reset = {.l_onoff = 1, .l_linger = 0};

    assert_int_equal(setsockopt(peer, SOL_SOCKET, SO_LINGER, &reset, sizeof reset), 0);
    (void)close(peer);
}

static void init_refuses_what_it_cannot_use(void **state)
{
    (void)state;
    assert_int_equal(postino_posix_init_sized(NULL, sizeof test_posix, "host", "25"), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(postino_posix_init(&test_posix, NULL, "25"), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(postino_posix_init(&test_posix, "host", NULL), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(postino_posix_init_sized(&test_posix, sizeof test_posix - 1, "host", "25"),
                     POSTINO_ERROR_OBJECT_SIZE);
}

static void exchange(int family)
{
    const uint8_t *data;
    size_t length_octets;
    int peer = test_open(family, 0);

    assert_int_equal(test_transport->methods->receive(test_transport, &data, &length_octets), POSTINO_AGAIN);
    assert_int_equal(test_send_text("EHLO"), 0);
    assert_int_equal(test_transport->unsent_octets, 0);
    test_peer_expects(peer, "EHLO");
    assert_int_equal(send(peer, "250\r\n", 5, MSG_NOSIGNAL), 5);
    assert_int_equal(test_receive(&data, &length_octets), 0);
    assert_int_equal(length_octets, 5);
    assert_memory_equal(data, "250\r\n", 5);
    test_close(peer);
}

/* After a send the first receive() says AGAIN without looking at the socket; the second one looks. */
static void receive_skips_one_look_after_a_send(void **state)
{
    const uint8_t *data;
    size_t length_octets;
    int peer = test_open(AF_INET, 0);

    (void)state;
    assert_int_equal(send(peer, "220\r\n", 5, MSG_NOSIGNAL), 5);
    loopback_await(test_posix.socket, POLLIN);
    assert_int_equal(test_send_text("EHLO"), 0);
    assert_int_equal(test_transport->methods->receive(test_transport, &data, &length_octets), POSTINO_AGAIN);
    assert_int_equal(test_transport->methods->receive(test_transport, &data, &length_octets), 0);
    assert_int_equal(send(peer, "250\r\n", 5, MSG_NOSIGNAL), 5);
    assert_int_equal(test_send_text("MAIL"), 0);
    assert_int_equal(test_receive(&data, &length_octets), 0);
    assert_memory_equal(data, "250\r\n", 5);
    test_close(peer);
}

/* Large buffers are the caller's choice; a NULL is the one inside. */
static void caller_may_lend_buffers(void **state)
{
    static uint8_t large[262144];
    uint8_t small[64];
    const uint8_t *data;
    uint8_t *buffer;
    size_t octets;
    int listener = loopback_listen(AF_INET);
    int peer;

    (void)state;
    assert_int_equal(postino_posix_init(&test_posix, "127.0.0.1", loopback_port(listener)), 0);
    assert_int_equal(postino_posix_buffers(&test_posix, large, 511, NULL, 0), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(postino_posix_buffers(&test_posix, NULL, 0, small, 63), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(postino_posix_buffers(&test_posix, large, sizeof large, small, sizeof small), 0);
    assert_int_equal(test_transport->methods->connect(test_transport, LOOPBACK_PATIENCE_MS), 0);
    assert_int_equal(postino_posix_buffers(&test_posix, NULL, 0, NULL, 0), POSTINO_ERROR_STATE);
    peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    (void)close(listener);
    assert_int_equal(test_transport->methods->reserve(test_transport, &buffer, &octets), 0);
    assert_ptr_equal(buffer, large);
    assert_int_equal(octets, sizeof large);
    assert_int_equal(send(peer, large, 100, MSG_NOSIGNAL), 100);
    assert_int_equal(test_receive(&data, &octets), 0);
    assert_ptr_equal(data, small);
    assert_int_equal(octets, sizeof small);
    test_transport->methods->close(test_transport, 1);

    assert_int_equal(postino_posix_buffers(&test_posix, NULL, 0, NULL, 0), 0);
    assert_int_equal(test_transport->methods->reserve(test_transport, &buffer, &octets), 0);
    assert_ptr_equal(buffer, test_posix.own_send_buffer);
    assert_int_equal(octets, POSTINO_POSIX_SEND_OCTETS);
    (void)close(peer);
}

static void octets_travel_over_ipv4(void **state)
{
    (void)state;
    exchange(AF_INET);
}

static void octets_travel_over_ipv6(void **state)
{
    (void)state;
    exchange(AF_INET6);
}

static void socket_is_set_up_for_the_dialogue(void **state)
{
    int no_delay = 0;
    socklen_t length = sizeof no_delay;
    int peer = test_open(AF_INET, 0);

    (void)state;
    assert_int_equal(getsockopt(test_posix.socket, IPPROTO_TCP, TCP_NODELAY, &no_delay, &length), 0);
    assert_true(no_delay);
    assert_true(fcntl(test_posix.socket, F_GETFD) & FD_CLOEXEC);
    assert_true(fcntl(test_posix.socket, F_GETFL) & O_NONBLOCK);
    test_close(peer);
}

/* Sends a whole buffer to a peer with room for little of it, which reads on the way. */
static void send_through_a_narrow_pipe(int peer)
{
    const int send_octets = 1;
    uint8_t *buffer;
    size_t capacity_octets;
    size_t arrived_octets = 0;
    size_t last_unsent_octets;
    int status;

    assert_int_equal(setsockopt(test_posix.socket, SOL_SOCKET, SO_SNDBUF, &send_octets, sizeof send_octets),
                     0);
    assert_int_equal(test_transport->methods->reserve(test_transport, &buffer, &capacity_octets), 0);
    for (size_t i = 0; i < capacity_octets; i++)
        buffer[i] = (uint8_t)(i % 251);
    status = test_transport->methods->send(test_transport, capacity_octets);
    assert_int_equal(status, POSTINO_AGAIN);
    assert_in_range(test_transport->unsent_octets, 1, capacity_octets - 1);
    assert_int_equal(test_transport->methods->reserve(test_transport, &buffer, &capacity_octets),
                     POSTINO_ERROR_STATE);
    assert_int_equal(test_transport->methods->send(test_transport, 1), POSTINO_ERROR_STATE);
    while (arrived_octets < capacity_octets) {
        uint8_t octets[1000];
        ssize_t length;

        loopback_await(peer, POLLIN);
        length = recv(peer, octets, sizeof octets, 0);
        assert_true(length > 0);
        for (ssize_t i = 0; i < length; i++)
            assert_int_equal(octets[i], arrived_octets++ % 251);
        last_unsent_octets = test_transport->unsent_octets;
        if (last_unsent_octets > 0) {
            assert_int_equal(test_transport->methods->wait(test_transport, POSTINO_EVENT_WRITE, 1), 0);
            status = test_transport->methods->send(test_transport, 0);
            assert_int_equal(status, test_transport->unsent_octets > 0 ? POSTINO_AGAIN : 0);
            assert_true(test_transport->unsent_octets <= last_unsent_octets);
        }
    }
    assert_int_equal(status, 0);
}

static void short_writes_lose_nothing(void **state)
{
    int peer = test_open(AF_INET, 1);

    (void)state;
    send_through_a_narrow_pipe(peer);
    test_close(peer);
}

static void storm_strikes(int signal_number)
{
    (void)signal_number;
}

static void signals_interrupt_no_call(void **state)
{
    const struct sigaction strike = {.sa_handler = storm_strikes};
    const struct itimerval storm = {.it_interval = {.tv_usec = 500}, .it_value = {.tv_usec = 500}};
    const struct itimerval calm = {.it_value = {.tv_usec = 0}};
    uint32_t waited_ms;
    int peer = test_open(AF_INET, 1);

    (void)state;
    assert_int_equal(sigaction(SIGALRM, &strike, NULL), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &storm, NULL), 0);
    waited_ms = test_transport->methods->now_ms(test_transport);
    assert_int_equal(test_transport->methods->wait(test_transport, POSTINO_EVENT_READ, 200), 0);
    waited_ms = test_transport->methods->now_ms(test_transport) - waited_ms;
    assert_in_range(waited_ms, 200, LOOPBACK_PATIENCE_MS);
    send_through_a_narrow_pipe(peer);
    assert_int_equal(setitimer(ITIMER_REAL, &calm, NULL), 0);
    test_close(peer);
}

static void end_of_the_stream(void **state)
{
    const uint8_t *data;
    size_t length_octets;
    int peer = test_open(AF_INET, 0);

    (void)state;
    assert_int_equal(send(peer, "221", 3, MSG_NOSIGNAL), 3);
    (void)close(peer);
    assert_int_equal(test_receive(&data, &length_octets), 0);
    assert_int_equal(length_octets, 3);
    assert_int_equal(test_receive(&data, &length_octets), POSTINO_ERROR_CLOSED);
    assert_int_equal(test_receive(&data, &length_octets), POSTINO_ERROR_CLOSED);
    test_close(-1);
}

/* SIGPIPE would end the test: it is left at its default. */
static void reset_is_an_error_and_no_signal(void **state)
{
    const uint8_t *data;
    size_t length_octets;

    (void)state;
    test_peer_reset(test_open(AF_INET, 0));
    assert_int_equal(test_receive(&data, &length_octets), POSTINO_ERROR_RECEIVE);
    assert_int_equal(postino_posix_system_error(&test_posix), ECONNRESET);
    assert_int_equal(test_send_text("QUIT"), POSTINO_ERROR_SEND);
    assert_int_equal(postino_posix_system_error(&test_posix), EPIPE);
    assert_int_equal(test_transport->unsent_octets, 4);
    assert_memory_equal(test_posix.send_buffer, "QUIT", 4);
    test_transport->methods->close(test_transport, 0);
    assert_int_equal(test_transport->unsent_octets, 4);
    /* It might have been a password. */
    assert_memory_equal(test_posix.send_buffer, "\0\0\0\0", 4);
}

static void last_reply_is_read_after_a_failed_send(void **state)
{
    const uint8_t *data;
    size_t length_octets;
    int peer = test_open(AF_INET, 0);

    (void)state;
    assert_int_equal(send(peer, "421", 3, MSG_NOSIGNAL), 3);
    test_peer_reset(peer);
    assert_int_equal(test_send_text("DATA"), POSTINO_ERROR_SEND);
    assert_int_equal(test_receive(&data, &length_octets), 0);
    assert_int_equal(length_octets, 3);
    test_close(-1);
}

static void close_in_the_orderly_way_or_at_once(void **state)
{
    char octet;
    int peer = test_open(AF_INET, 0);

    (void)state;
    test_transport->methods->close(test_transport, 1);
    loopback_await(peer, POLLIN);
    assert_int_equal(recv(peer, &octet, 1, 0), 0);
    (void)close(peer);

    peer = test_open(AF_INET, 0);
    test_transport->methods->close(test_transport, 0);
    loopback_await(peer, POLLIN);
    assert_int_equal(recv(peer, &octet, 1, 0), -1);
    assert_int_equal(errno, ECONNRESET);
    (void)close(peer);
}

static void transport_can_be_used_again(void **state)
{
    int listener = loopback_listen(AF_INET);

    (void)state;
    assert_int_equal(postino_posix_init(&test_posix, "127.0.0.1", loopback_port(listener)), 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(test_transport->methods->connect(test_transport, LOOPBACK_PATIENCE_MS), 0);
        assert_int_equal(test_transport->unsent_octets, 0);
        assert_int_equal(test_transport->methods->connect(test_transport, LOOPBACK_PATIENCE_MS),
                         POSTINO_ERROR_STATE);
        test_transport->unsent_octets = 7;
        test_transport->methods->close(test_transport, 1);
        test_transport->methods->close(test_transport, 1);
    }
    (void)close(listener);
}

static void calls_in_a_wrong_state_are_refused(void **state)
{
    const uint8_t *data;
    size_t length_octets;

    (void)state;
    assert_int_equal(postino_posix_init(&test_posix, "127.0.0.1", "25"), 0);
    assert_int_equal(test_transport->methods->wait(test_transport, POSTINO_EVENT_READ, UINT32_MAX),
                     POSTINO_ERROR_STATE);
    assert_int_equal(test_transport->methods->receive(test_transport, &data, &length_octets),
                     POSTINO_ERROR_RECEIVE);
    assert_int_equal(test_transport->methods->send(test_transport, test_posix.send_capacity_octets + 1),
                     POSTINO_ERROR_ARGUMENT);
    assert_int_equal(test_transport->methods->send(test_transport, 0), 0);
    test_transport->methods->close(test_transport, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_refuses_what_it_cannot_use),
        cmocka_unit_test(receive_skips_one_look_after_a_send),
        cmocka_unit_test(caller_may_lend_buffers),
        cmocka_unit_test(octets_travel_over_ipv4),
        cmocka_unit_test(octets_travel_over_ipv6),
        cmocka_unit_test(socket_is_set_up_for_the_dialogue),
        cmocka_unit_test(short_writes_lose_nothing),
        cmocka_unit_test(signals_interrupt_no_call),
        cmocka_unit_test(end_of_the_stream),
        cmocka_unit_test(reset_is_an_error_and_no_signal),
        cmocka_unit_test(last_reply_is_read_after_a_failed_send),
        cmocka_unit_test(close_in_the_orderly_way_or_at_once),
        cmocka_unit_test(transport_can_be_used_again),
        cmocka_unit_test(calls_in_a_wrong_state_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
