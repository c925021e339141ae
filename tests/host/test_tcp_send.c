/* SPDX-License-Identifier: MIT */
/* Tests that send takes octets once and in order, returns the octets that it did not send, and never
 * blocks without a wait. Received packets have the sizes and chains that the test asks for. */
#define _POSIX_C_SOURCE 200809L

#include "host_net.h"
#include <unistd.h>

#define BIG 12000

static UCHAR big[BIG];
static UCHAR back[BIG];

#ifndef NX_DISABLE_PACKET_CHAIN
static NX_PACKET *big_packet(void)
{
    NX_PACKET *packet = NULL;
    size_t i;

    for (i = 0; i < BIG; i++) {
        big[i] = (UCHAR)(i * 7 + i / 256);
    }
    assert_int_equal(nx_packet_allocate(&net_pool, &packet, NX_TCP_PACKET, NX_NO_WAIT), NX_SUCCESS);
    assert_int_equal(nx_packet_data_append(packet, big, BIG, &net_pool, NX_NO_WAIT), NX_SUCCESS);
    return packet;
}

THREAD_CASE(window_overflow_leaves_the_rest)
{
    NX_TCP_SOCKET socket;
    NX_PACKET *packet;
    int peer = -1;

    (void)input;
    net_open(&socket, &peer);
    netx_host_transmit_window_set(4000);
    netx_host_acknowledge_delay_set(NX_WAIT_FOREVER);
    packet = big_packet();
    assert_int_equal(nx_tcp_socket_send(&socket, packet, NX_NO_WAIT), NX_WINDOW_OVERFLOW);
    assert_int_equal(packet->nx_packet_length, BIG - 4000);
    assert_int_equal(nx_tcp_socket_send(&socket, packet, 2), NX_WINDOW_OVERFLOW);
    assert_int_equal(packet->nx_packet_length, BIG - 4000);
    netx_host_acknowledge();
    assert_int_equal(nx_tcp_socket_send(&socket, packet, NX_NO_WAIT), NX_WINDOW_OVERFLOW);
    assert_int_equal(packet->nx_packet_length, BIG - 8000);
    netx_host_acknowledge_delay_set(1);
    netx_host_acknowledge();
    assert_int_equal(nx_tcp_socket_send(&socket, packet, NET_WAIT), NX_SUCCESS);
    assert_int_equal(net_read(peer, back, BIG), BIG);
    assert_memory_equal(back, big, BIG);
    net_close(&socket, peer);
}

THREAD_CASE(the_free_window_is_told)
{
    NX_TCP_SOCKET socket;
    NX_PACKET *packet;
    ULONG depth = 99;
    ULONG window = 0;
    ULONG queued = 99;
    ULONG state = 0;
    int peer = -1;

    (void)input;
    net_open(&socket, &peer);
    netx_host_transmit_window_set(BIG + 1000);
    netx_host_acknowledge_delay_set(NX_WAIT_FOREVER);
    packet = big_packet();
    assert_int_equal(nx_tcp_socket_send(&socket, packet, NX_NO_WAIT), NX_SUCCESS);
    assert_int_equal(nx_tcp_socket_info_get(&socket, NULL, NULL, NULL, NULL, NULL, &queued, NULL, &state,
                                            &depth, &window, NULL),
                     NX_SUCCESS);
    assert_int_equal(window, 1000);
    assert_true(depth > 1);
    assert_int_equal(queued, 0);
    assert_int_equal(state, NX_TCP_ESTABLISHED);
    assert_int_equal(net_read(peer, back, BIG), BIG);
    netx_host_acknowledge();
    assert_int_equal(nx_tcp_socket_info_get(&socket, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, &depth,
                                            &window, NULL),
                     NX_SUCCESS);
    assert_int_equal(window, BIG + 1000);
    assert_int_equal(depth, 0);
    assert_int_equal(
        nx_tcp_socket_info_get(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, &depth, &window, NULL),
        NX_PTR_ERROR);
    net_close(&socket, peer);
}

THREAD_CASE(send_waits_for_acknowledgements)
{
    NX_TCP_SOCKET socket;
    NX_PACKET *packet;
    int peer = -1;

    (void)input;
    net_open(&socket, &peer);
    netx_host_transmit_window_set(4000);
    netx_host_acknowledge_delay_set(1);
    packet = big_packet();
    assert_int_equal(nx_tcp_socket_send(&socket, packet, NET_WAIT), NX_SUCCESS);
    assert_int_equal(net_read(peer, back, BIG), BIG);
    assert_memory_equal(back, big, BIG);
    net_close(&socket, peer);
}

THREAD_CASE(large_packets_need_packets)
{
    NX_TCP_SOCKET socket;
    NX_PACKET *packet;
    int peer = -1;

    (void)input;
    net_open(&socket, &peer);
    packet = big_packet();
    netx_host_fail_set(NETX_HOST_ALLOCATE, 1, 1, NX_NO_PACKET);
    assert_int_equal(nx_tcp_socket_send(&socket, packet, NX_NO_WAIT), NX_NO_PACKET);
    assert_int_equal(packet->nx_packet_length, BIG);
    netx_host_send_limit_set(1000);
    assert_int_equal(nx_tcp_socket_send(&socket, packet, NET_WAIT), NX_WINDOW_OVERFLOW);
    assert_int_equal(packet->nx_packet_length, BIG - 1000);
    netx_host_send_limit_set(0);
    assert_int_equal(nx_tcp_socket_send(&socket, packet, NX_NO_WAIT), NX_SUCCESS);
    assert_int_equal(net_read(peer, back, BIG), BIG);
    assert_memory_equal(back, big, BIG);
    net_close(&socket, peer);
}

THREAD_CASE(reception_chains)
{
    NX_TCP_SOCKET socket;
    NX_PACKET *packet = NULL;
    ULONG copied = 0;
    int peer = -1;

    (void)input;
    net_open(&socket, &peer);
    netx_host_receive_piece_set(4);
    net_write(peer, "220 ready\r\n", 11);
    assert_int_equal(nx_tcp_socket_receive(&socket, &packet, NET_WAIT), NX_SUCCESS);
    assert_int_equal(packet->nx_packet_length, 11);
    assert_ptr_equal(packet->nx_packet_last, packet->nx_packet_next->nx_packet_next);
    assert_int_equal(nx_packet_data_retrieve(packet, back, &copied), NX_SUCCESS);
    assert_memory_equal(back, "220 ready\r\n", 11);
    assert_int_equal(nx_packet_release(packet), NX_SUCCESS);
    net_close(&socket, peer);
}
#endif

THREAD_CASE(queue_depth)
{
    NX_TCP_SOCKET socket;
    NX_PACKET *packet;
    ULONG i;
    int peer = -1;

    (void)input;
    net_open(&socket, &peer);
    netx_host_acknowledge_delay_set(NX_WAIT_FOREVER);
    assert_int_equal(nx_tcp_socket_transmit_configure(&socket, 2, T, 10, 1), NX_SUCCESS);
    for (i = 0; i < 2; i++) {
        packet = net_packet(10, 0);
        assert_int_equal(nx_tcp_socket_send(&socket, packet, NX_NO_WAIT), NX_SUCCESS);
    }
    assert_int_equal(net_free_packets(), net_pool.nx_packet_pool_total - 2);
    packet = net_packet(10, 0);
    assert_int_equal(nx_tcp_socket_send(&socket, packet, NX_NO_WAIT), NX_TX_QUEUE_DEPTH);
    assert_int_equal(nx_packet_release(packet), NX_SUCCESS);
    assert_int_equal(nx_tcp_socket_disconnect(&socket, NX_NO_WAIT), NX_IN_PROGRESS);
    assert_int_equal(net_free_packets(), net_pool.nx_packet_pool_total);
    net_close(&socket, peer);
}

THREAD_CASE(peer_that_does_not_read)
{
    NX_TCP_SOCKET socket;
    NX_PACKET *packet = NULL;
    ULONG total = 0;
    ULONG sent = 0;
    ULONG left = 0;
    UINT status = NX_SUCCESS;
    int peer = -1;

    (void)input;
    net_open(&socket, &peer);
    while (status == NX_SUCCESS && total < 64000000) {
        packet = net_packet(1, 0);
        packet->nx_packet_append_ptr = packet->nx_packet_prepend_ptr + 1460;
        memset(packet->nx_packet_prepend_ptr, 'x', 1460);
        packet->nx_packet_length = 1460;
        total += 1460;
        status = nx_tcp_socket_send(&socket, packet, NX_NO_WAIT);
        if (status == NX_WINDOW_OVERFLOW) {
            status = nx_tcp_socket_send(&socket, packet, 4); /* the kernel may find more room yet */
        }
    }
    assert_int_equal(status, NX_WINDOW_OVERFLOW);
    left = packet->nx_packet_length;
    for (sent = 0; sent < total - left;) {
        sent += (ULONG)net_read(peer, back, total - left - sent < BIG ? total - left - sent : BIG);
    }
    assert_int_equal(nx_tcp_socket_send(&socket, packet, NET_WAIT), NX_SUCCESS);
    assert_int_equal(net_read(peer, back, left), left);
    net_close(&socket, peer);
}

THREAD_CASE(send_statuses)
{
    NX_TCP_SOCKET socket;
    NX_PACKET *packet = NULL;
    int peer = -1;

    (void)input;
    net_open(&socket, &peer);
    assert_int_equal(nx_packet_allocate(&net_pool, &packet, NX_TCP_PACKET, NX_NO_WAIT), NX_SUCCESS);
    assert_int_equal(nx_tcp_socket_send(&socket, packet, NX_NO_WAIT), NX_INVALID_PACKET);
    packet->nx_packet_prepend_ptr = packet->nx_packet_data_start;
    packet->nx_packet_append_ptr = packet->nx_packet_prepend_ptr + 8;
    packet->nx_packet_length = 8;
    assert_int_equal(nx_tcp_socket_send(&socket, packet, NX_NO_WAIT), NX_UNDERFLOW);
    packet->nx_packet_append_ptr = packet->nx_packet_data_end + 1;
    assert_int_equal(nx_tcp_socket_send(&socket, packet, NX_NO_WAIT), NX_OVERFLOW);
    packet->nx_packet_append_ptr = packet->nx_packet_prepend_ptr + 8;
    netx_host_fail_set(NETX_HOST_SEND, 1, 1, NX_TX_QUEUE_DEPTH);
    packet->nx_packet_prepend_ptr += 200;
    packet->nx_packet_append_ptr += 200;
    assert_int_equal(nx_tcp_socket_send(&socket, packet, NX_NO_WAIT), NX_TX_QUEUE_DEPTH);
    assert_int_equal(nx_tcp_socket_send(&socket, packet, NX_NO_WAIT), NX_SUCCESS);
    net_close(&socket, peer);
}

THREAD_CASE(reception_is_cut_and_held_back)
{
    NX_TCP_SOCKET socket;
    NX_PACKET *packet = NULL;
    NX_PACKET *hoard[NET_PACKETS + 1];
    ULONG copied;
    ULONG got = 0;
    size_t count = 0;
    int peer = -1;

    (void)input;
    net_open(&socket, &peer);
    netx_host_receive_size_set(5);
    while (nx_packet_allocate(&net_pool, &hoard[count], 0, NX_NO_WAIT) == NX_SUCCESS) {
        count++;
    }
    net_write(peer, "250-one\r\n250 two\r\n", 18);
    assert_int_equal(nx_tcp_socket_receive(&socket, &packet, 2), NX_NO_PACKET); /* the pool is empty */
    while (count) {
        count--;
        assert_int_equal(nx_packet_release(hoard[count]), NX_SUCCESS);
    }
    while (got < 18) {
        assert_int_equal(nx_tcp_socket_receive(&socket, &packet, NET_WAIT), NX_SUCCESS);
        assert_true(packet->nx_packet_length <= 5);
        assert_int_equal(nx_packet_data_retrieve(packet, back + got, &copied), NX_SUCCESS);
        got += copied;
        assert_int_equal(nx_packet_release(packet), NX_SUCCESS);
    }
    assert_memory_equal(back, "250-one\r\n250 two\r\n", 18);
    net_close(&socket, peer);
}

THREAD_CASE(receive_window_holds_back)
{
    NX_TCP_SOCKET socket;
    NX_PACKET *packet = NULL;
    ULONG available = 0;
    ULONG got = 0;
    int peer = -1;

    (void)input;
    net_open(&socket, &peer);
    memset(big, 'w', BIG);
    net_write(peer, big, BIG);
    while (available < NET_WINDOW) {
        assert_int_equal(nx_tcp_socket_bytes_available(&socket, &available), NX_SUCCESS);
        tx_thread_relinquish();
    }
    assert_int_equal(available, NET_WINDOW);
    while (got < BIG) {
        assert_int_equal(nx_tcp_socket_receive(&socket, &packet, NET_WAIT), NX_SUCCESS);
        got += packet->nx_packet_length;
        assert_int_equal(nx_packet_release(packet), NX_SUCCESS);
    }
    assert_int_equal(got, BIG);
    net_close(&socket, peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifndef NX_DISABLE_PACKET_CHAIN
        RUN_CASE(window_overflow_leaves_the_rest),
        RUN_CASE(the_free_window_is_told),
        RUN_CASE(send_waits_for_acknowledgements),
        RUN_CASE(large_packets_need_packets),
        RUN_CASE(reception_chains),
#endif
        RUN_CASE(queue_depth),
        RUN_CASE(peer_that_does_not_read),
        RUN_CASE(send_statuses),
        RUN_CASE(reception_is_cut_and_held_back),
        RUN_CASE(receive_window_holds_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
