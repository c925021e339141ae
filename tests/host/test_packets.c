/* SPDX-License-Identifier: MIT */
/* Tests that a pool has exactly the packets that its memory holds, and that each is accounted for at all
 * times. */
#include "host_net.h"
#include "nx_ip.h"

#define PAYLOAD 64
#define PACKETS 4

static NX_PACKET_POOL small;
static ULONG64 small_memory[PACKETS * (sizeof(NX_PACKET) + PAYLOAD) / sizeof(ULONG64)];

static int small_setup(void **state)
{
    if (net_setup(state)) {
        return -1;
    }
    assert_int_equal(
        nx_packet_pool_create(&small, net_name, PAYLOAD, small_memory, (ULONG)sizeof small_memory),
        NX_SUCCESS);
    return 0;
}

static void pool_is_carved_exactly(void **state)
{
    NX_PACKET *packet[PACKETS + 1];
    NX_PACKET_POOL other;
    size_t i;

    (void)state;
    assert_int_equal(small.nx_packet_pool_total, PACKETS);
    assert_int_equal(small.nx_packet_pool_available, PACKETS);
    assert_int_equal(small.nx_packet_pool_payload_size, PAYLOAD);
    for (i = 0; i < PACKETS; i++) {
        assert_int_equal(nx_packet_allocate(&small, &packet[i], 0, NX_NO_WAIT), NX_SUCCESS);
        assert_ptr_equal(packet[i], (UCHAR *)small_memory + i * (sizeof(NX_PACKET) + PAYLOAD));
        assert_ptr_equal(packet[i]->nx_packet_data_end, packet[i]->nx_packet_data_start + PAYLOAD);
        assert_ptr_equal(packet[i]->nx_packet_pool_owner, &small);
    }
    assert_int_equal(nx_packet_allocate(&small, &packet[PACKETS], 0, NX_NO_WAIT), NX_NO_PACKET);
    assert_int_equal(small.nx_packet_pool_empty_requests, 1);
    assert_int_equal(small.nx_packet_pool_empty_suspensions, 0);
    for (i = 0; i < PACKETS; i++) {
        assert_int_equal(nx_packet_release(packet[i]), NX_SUCCESS);
    }
    assert_int_equal(small.nx_packet_pool_available, PACKETS);
    assert_int_equal(nx_packet_pool_create(&small, net_name, PAYLOAD, small_memory, 4096), NX_PTR_ERROR);
    assert_int_equal(nx_packet_pool_create(&other, net_name, PAYLOAD, small_memory, PAYLOAD), NX_SIZE_ERROR);
    assert_int_equal(nx_packet_pool_create(&other, net_name, 0, small_memory, 4096), NX_SIZE_ERROR);
    assert_int_equal(nx_packet_pool_create(&other, net_name, PAYLOAD, NULL, 4096), NX_PTR_ERROR);
}

static void pool_memory_is_aligned(void **state)
{
    static ULONG64 memory[256];
    NX_PACKET_POOL pool;
    NX_PACKET *packet = NULL;

    (void)state;
    assert_int_equal(nx_packet_pool_create(&pool, net_name, 61, (CHAR *)memory + 3, (ULONG)sizeof memory - 3),
                     NX_SUCCESS);
    assert_int_equal(pool.nx_packet_pool_payload_size % sizeof(ALIGN_TYPE), 0);
    assert_int_equal(nx_packet_allocate(&pool, &packet, 0, NX_NO_WAIT), NX_SUCCESS);
    assert_int_equal((uintptr_t)packet % sizeof(ALIGN_TYPE), 0);
    assert_int_equal((uintptr_t)packet->nx_packet_data_start % sizeof(ALIGN_TYPE), 0);
}

static void release_twice_is_counted(void **state)
{
    NX_PACKET *packet = NULL;
    NX_PACKET *again;
    ULONG invalid = 0;

    (void)state;
    assert_int_equal(nx_packet_allocate(&small, &packet, 0, NX_NO_WAIT), NX_SUCCESS);
    again = packet;
    assert_int_equal(nx_packet_release(packet), NX_SUCCESS);
#ifndef NX_DISABLE_ERROR_CHECKING
    assert_null(packet);
    assert_int_equal(nx_packet_release(packet), NX_PTR_ERROR);
#endif
    assert_int_equal(nx_packet_release(again), NX_PTR_ERROR);
    assert_int_equal(nx_packet_pool_info_get(&small, NULL, NULL, NULL, NULL, &invalid), NX_SUCCESS);
    assert_int_equal(invalid, 1);
    assert_int_equal(small.nx_packet_pool_available, PACKETS);
}

static void allocate_statuses(void **state)
{
    NX_PACKET *packet = NULL;

    (void)state;
    assert_int_equal(nx_packet_allocate(&small, &packet, 3, NX_NO_WAIT), NX_OPTION_ERROR);
    assert_int_equal(nx_packet_allocate(&small, &packet, PAYLOAD + 8, NX_NO_WAIT), NX_INVALID_PARAMETERS);
    assert_int_equal(nx_packet_allocate(&small, &packet, 0, 1), NX_CALLER_ERROR);
    assert_int_equal(nx_packet_allocate(NULL, &packet, 0, NX_NO_WAIT), NX_PTR_ERROR);
    assert_int_equal(nx_packet_allocate(&small, NULL, 0, NX_NO_WAIT), NX_PTR_ERROR);
    assert_int_equal(nx_packet_allocate(&small, &packet, 56, NX_NO_WAIT), NX_SUCCESS);
    assert_ptr_equal(packet->nx_packet_prepend_ptr, packet->nx_packet_data_start + 56);
    assert_int_equal(nx_packet_data_append(packet, net_name, 0, &small, NX_NO_WAIT), NX_SIZE_ERROR);
    assert_int_equal(nx_packet_release(packet), NX_SUCCESS);
}

static void append_spans_packets(void **state)
{
    NX_PACKET *packet = NULL;
    UCHAR out[3 * PAYLOAD];
    UCHAR in[3 * PAYLOAD];
    ULONG copied = 0;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof out; i++) {
        out[i] = (UCHAR)i;
    }
    assert_int_equal(nx_packet_allocate(&small, &packet, 32, NX_NO_WAIT), NX_SUCCESS);
#ifdef NX_DISABLE_PACKET_CHAIN
    assert_int_equal(nx_packet_data_append(packet, out, 33, &small, NX_NO_WAIT), NX_SIZE_ERROR);
    assert_int_equal(nx_packet_data_append(packet, out, 32, &small, NX_NO_WAIT), NX_SUCCESS);
    assert_int_equal(nx_packet_data_retrieve(packet, in, &copied), NX_SUCCESS);
    assert_int_equal(copied, 32);
#else
    assert_int_equal(nx_packet_data_append(packet, out, 10, &small, NX_NO_WAIT), NX_SUCCESS);
    assert_null(packet->nx_packet_next);
    assert_int_equal(nx_packet_data_append(packet, out + 10, 140, &small, NX_NO_WAIT), NX_SUCCESS);
    assert_int_equal(small.nx_packet_pool_available, 1);
    assert_ptr_equal(packet->nx_packet_last, packet->nx_packet_next->nx_packet_next);
    /* 10 of 64 are free, one packet is left: 80 do not fit and change nothing. */
    assert_int_equal(nx_packet_data_append(packet, out, 120, &small, NX_NO_WAIT), NX_NO_PACKET);
    assert_int_equal(small.nx_packet_pool_available, 1);
    assert_int_equal(packet->nx_packet_length, 150);
    assert_int_equal(nx_packet_data_append(packet, out + 150, 42, &small, NX_NO_WAIT), NX_SUCCESS);
    assert_int_equal(nx_packet_data_retrieve(packet, in, &copied), NX_SUCCESS);
    assert_int_equal(copied, 192);
    assert_memory_equal(in, out, 192);
    assert_int_equal(nx_packet_data_extract_offset(packet, 30, in, 80, &copied), NX_SUCCESS);
    assert_int_equal(copied, 80);
    assert_memory_equal(in, out + 30, 80);
    assert_int_equal(nx_packet_data_extract_offset(packet, 192, in, 1, &copied), NX_PACKET_OFFSET_ERROR);
    assert_int_equal(nx_packet_length_get(packet, &copied), NX_SUCCESS);
    assert_int_equal(copied, 192);
#endif
    assert_int_equal(nx_packet_release(packet), NX_SUCCESS);
    assert_int_equal(small.nx_packet_pool_available, PACKETS);
}

static TX_THREAD releaser;
static ULONG64 releaser_stack[256];
static NX_PACKET *held[PACKETS];

static void release_later(ULONG ticks)
{
    (void)tx_thread_sleep(ticks);
    (void)nx_packet_release(held[0]);
}

THREAD_CASE(allocation_waits)
{
    NX_PACKET *packet = NULL;
    size_t i;
    ULONG start;

    (void)input;
    for (i = 0; i < PACKETS; i++) {
        assert_int_equal(nx_packet_allocate(&small, &held[i], 0, NX_NO_WAIT), NX_SUCCESS);
    }
    start = tx_time_get();
    assert_int_equal(nx_packet_allocate(&small, &packet, 0, 3), NX_NO_PACKET);
    assert_true(tx_time_get() - start >= 3);
    assert_int_equal(small.nx_packet_pool_empty_suspensions, 1);
    assert_int_equal(tx_thread_create(&releaser, net_name, release_later, 2, releaser_stack,
                                      (ULONG)sizeof releaser_stack, 1, 1, TX_NO_TIME_SLICE, TX_AUTO_START),
                     TX_SUCCESS);
    assert_int_equal(nx_packet_allocate(&small, &packet, 0, NET_WAIT), NX_SUCCESS);
    assert_int_equal(nx_packet_release(packet), NX_SUCCESS);
    for (i = 1; i < PACKETS; i++) {
        assert_int_equal(nx_packet_release(held[i]), NX_SUCCESS);
    }
    assert_int_equal(nx_packet_pool_delete(&small), NX_SUCCESS);
    assert_int_equal(nx_packet_allocate(&small, &packet, 0, NX_NO_WAIT), NX_PTR_ERROR);
}

static void ip_statuses(void **state)
{
    static ULONG64 memory[256];
    NX_IP ip;
    ULONG address = 0;
    ULONG mask = 0;
    NX_TCP_SOCKET socket;

    (void)state;
    assert_int_equal(nx_ip_create(&ip, net_name, IP_ADDRESS(10, 1, 2, 3), 0xFFFF0000UL, NULL,
                                  _nx_ram_network_driver, memory, 2048, 1),
                     NX_POOL_ERROR);
    assert_int_equal(nx_ip_create(&ip, net_name, IP_ADDRESS(10, 1, 2, 3), 0xFFFF0000UL, &small,
                                  _nx_ram_network_driver_1024, memory, 2048, 1),
                     NX_SUCCESS);
    assert_int_equal(ip.nx_ip_id, NX_IP_ID);
    assert_int_equal(nx_tcp_socket_create(&ip, &socket, net_name, NX_IP_NORMAL, NX_FRAGMENT_OKAY,
                                          NX_IP_TIME_TO_LIVE, 200, NX_NULL, NX_NULL),
                     NX_NOT_ENABLED);
    assert_int_equal(nx_arp_enable(&ip, memory, 1024), NX_SUCCESS);
    assert_int_equal(nx_icmp_enable(&ip), NX_SUCCESS);
    assert_int_equal(nx_udp_enable(&ip), NX_SUCCESS);
    assert_int_equal(nx_tcp_enable(&ip), NX_SUCCESS);
    assert_int_equal(nx_tcp_enable(&ip), NX_ALREADY_ENABLED);
    assert_int_equal(nx_ip_address_get(&ip, &address, &mask), NX_SUCCESS);
    assert_int_equal(address, 0x0A010203);
    assert_int_equal(mask, 0xFFFF0000);
    assert_int_equal(nx_ip_gateway_address_set(&ip, IP_ADDRESS(10, 1, 0, 1)), NX_SUCCESS);
    assert_int_equal(nx_ip_gateway_address_set(&ip, IP_ADDRESS(10, 2, 0, 1)), NX_IP_ADDRESS_ERROR);
#ifndef FEATURE_NX_IPV6
    assert_int_equal(nxd_ipv6_enable(&ip), NX_NOT_SUPPORTED);
#endif
    assert_int_equal(nx_ip_delete(&ip), NX_CALLER_ERROR);
}

THREAD_CASE(ip_status)
{
    ULONG actual = 0;

    (void)input;
    assert_int_equal(
        nx_ip_status_check(&net_ip, NX_IP_INITIALIZE_DONE | NX_IP_TCP_ENABLED, &actual, NX_NO_WAIT),
        NX_SUCCESS);
    assert_int_equal(nx_ip_status_check(&net_ip, NX_IP_UDP_ENABLED, &actual, NX_NO_WAIT), NX_NOT_SUCCESSFUL);
    assert_int_equal(actual & NX_IP_TCP_ENABLED, NX_IP_TCP_ENABLED);
}

/* A program that is compiled with other options than the library has objects of another size. */
static void sizes_must_be_the_librarys(void **state)
{
    static ULONG64 memory[256];
    NX_PACKET_POOL pool;
    NX_IP ip;
    NX_TCP_SOCKET socket;
    TX_SEMAPHORE semaphore;

    (void)state;
    assert_int_equal(_nxe_packet_pool_create(&pool, net_name, 128, memory, sizeof memory, sizeof pool - 4),
                     NX_PTR_ERROR);
    assert_int_equal(_nxe_ip_create(&ip, net_name, 0, 0, &net_pool, _nx_ram_network_driver, memory,
                                    sizeof memory, 1, sizeof ip + 4),
                     NX_PTR_ERROR);
    assert_int_equal(_nxe_tcp_socket_create(&net_ip, &socket, net_name, NX_IP_NORMAL, NX_FRAGMENT_OKAY,
                                            NX_IP_TIME_TO_LIVE, 200, NX_NULL, NX_NULL, sizeof socket - 16),
                     NX_PTR_ERROR);
    assert_int_equal(_txe_semaphore_create(&semaphore, net_name, 0, sizeof semaphore - 4),
                     TX_SEMAPHORE_ERROR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pool_is_carved_exactly, small_setup, net_teardown),
        cmocka_unit_test_setup_teardown(pool_memory_is_aligned, small_setup, net_teardown),
        cmocka_unit_test_setup_teardown(release_twice_is_counted, small_setup, net_teardown),
        cmocka_unit_test_setup_teardown(allocate_statuses, small_setup, net_teardown),
        cmocka_unit_test_setup_teardown(append_spans_packets, small_setup, net_teardown),
        cmocka_unit_test_setup_teardown(allocation_waits, small_setup, net_teardown),
        cmocka_unit_test_setup_teardown(ip_statuses, small_setup, net_teardown),
        RUN_CASE(ip_status),
        RUN_CASE(sizes_must_be_the_librarys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
