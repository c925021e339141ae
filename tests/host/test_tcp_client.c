/* SPDX-License-Identifier: MIT */
/* Tests that a client socket behaves as NetX Duo documents it, from create to delete, whatever the peer
 * does. */
#define _POSIX_C_SOURCE 200809L

#include "host_net.h"
#include <sys/socket.h>
#include <unistd.h>

static ULONG received_octets(NX_TCP_SOCKET *socket, UCHAR *buffer, ULONG wait)
{
    NX_PACKET *packet = NULL;
    ULONG copied = 0;

    if (nx_tcp_socket_receive(socket, &packet, wait) != NX_SUCCESS) {
        return 0;
    }
    assert_int_equal(nx_packet_data_retrieve(packet, buffer, &copied), NX_SUCCESS);
    assert_int_equal(copied, packet->nx_packet_length);
    assert_int_equal(nx_packet_release(packet), NX_SUCCESS);
    return copied;
}

THREAD_CASE(sends_and_receives)
{
    NX_TCP_SOCKET socket;
    NX_PACKET *packet;
    UCHAR buffer[NET_PAYLOAD];
    int peer = -1;
    ULONG octets = 0;

    (void)input;
    net_open(&socket, &peer);
    assert_int_equal(socket.nx_tcp_socket_state, NX_TCP_ESTABLISHED);
    packet = net_packet(500, 7);
    assert_int_equal(nx_tcp_socket_send(&socket, packet, NX_NO_WAIT), NX_SUCCESS);
#ifndef NX_DISABLE_ERROR_CHECKING
    assert_null(packet);
#endif
    assert_int_equal(net_read(peer, buffer, 500), 500);
    assert_int_equal(buffer[0], 7);
    assert_int_equal(buffer[499], (7 + 499) & 0xFF);
    net_write(peer, "hello", 5);
    assert_int_equal(received_octets(&socket, buffer, NET_WAIT), 5);
    assert_memory_equal(buffer, "hello", 5);
    packet = NULL;
    assert_int_equal(nx_tcp_socket_receive(&socket, &packet, NX_NO_WAIT), NX_NO_PACKET);
    assert_int_equal(nx_tcp_socket_receive(&socket, &packet, 2), NX_NO_PACKET);
    assert_int_equal(nx_tcp_socket_bytes_available(&socket, &octets), NX_SUCCESS);
    assert_int_equal(octets, 0);
    net_close(&socket, peer);
}

THREAD_CASE(queued_data_outlives_fin)
{
    NX_TCP_SOCKET socket;
    NX_PACKET *packet = net_packet(3, 1);
    UCHAR buffer[NET_PAYLOAD];
    ULONG octets;
    int peer = -1;

    (void)input;
    net_open(&socket, &peer);
    net_write(peer, "bye", 3);
    assert_int_equal(shutdown(peer, SHUT_WR), 0);
    net_await_state(&socket, NX_TCP_CLOSE_WAIT);
    assert_int_equal(nx_tcp_socket_bytes_available(&socket, &octets), NX_NOT_CONNECTED);
    assert_int_equal(nx_tcp_socket_send(&socket, packet, NX_NO_WAIT), NX_SUCCESS);
    assert_int_equal(net_read(peer, buffer, 3), 3);
    assert_int_equal(received_octets(&socket, buffer, NET_WAIT), 3);
    packet = NULL;
    assert_int_equal(nx_tcp_socket_receive(&socket, &packet, NET_WAIT), NX_NOT_CONNECTED);
    assert_int_equal(nx_tcp_socket_disconnect(&socket, NET_WAIT), NX_SUCCESS);
    assert_true(net_at_end(peer));
    assert_int_equal(nx_tcp_socket_disconnect(&socket, NET_WAIT), NX_NOT_CONNECTED);
    net_close(&socket, peer);
}

THREAD_CASE(queued_data_outlives_reset)
{
    NX_TCP_SOCKET socket;
    NX_PACKET *packet = net_packet(3, 1);
    UCHAR buffer[NET_PAYLOAD];
    int peer = -1;

    (void)input;
    net_open(&socket, &peer);
    net_write(peer, "421", 3);
    net_reset(peer);
    net_await_state(&socket, NX_TCP_CLOSED);
    assert_int_equal(nx_tcp_socket_send(&socket, packet, NET_WAIT), NX_NOT_CONNECTED);
    assert_int_equal(nx_packet_release(packet), NX_SUCCESS);
    assert_int_equal(received_octets(&socket, buffer, NET_WAIT), 3);
    assert_int_equal(nx_tcp_socket_receive(&socket, &packet, NET_WAIT), NX_NOT_CONNECTED);
    net_close(&socket, -1);
}

THREAD_CASE(disconnect_waits_for_the_peer)
{
    NX_TCP_SOCKET socket;
    int peer = -1;

    (void)input;
    net_open(&socket, &peer);
    assert_int_equal(nx_tcp_client_socket_unbind(&socket), NX_NOT_CLOSED);
    assert_int_equal(nx_tcp_socket_delete(&socket), NX_STILL_BOUND);
    assert_int_equal(nx_tcp_socket_disconnect(&socket, 2), NX_DISCONNECT_FAILED);
    assert_int_equal(socket.nx_tcp_socket_state, NX_TCP_CLOSED);
    net_close(&socket, peer);
    net_open(&socket, &peer);
    assert_int_equal(nx_tcp_socket_disconnect(&socket, NX_NO_WAIT), NX_IN_PROGRESS);
    assert_true(net_was_reset(peer));
    net_close(&socket, peer);
}

static void echo_end(ULONG peer)
{
    char octet;

    (void)tx_thread_sleep(3);
    while (recv((int)peer, &octet, 1, 0) > 0) {
    }
    (void)shutdown((int)peer, SHUT_WR);
}

THREAD_CASE(disconnect_succeeds_with_the_peers_fin)
{
    static ULONG64 stack[256];
    NX_TCP_SOCKET socket;
    TX_THREAD thread;
    int peer = -1;

    (void)input;
    net_open(&socket, &peer);
    assert_int_equal(tx_thread_create(&thread, net_name, echo_end, (ULONG)peer, stack, (ULONG)sizeof stack, 4,
                                      4, TX_NO_TIME_SLICE, TX_AUTO_START),
                     TX_SUCCESS);
    net_write(peer, "late", 4);
    assert_int_equal(nx_tcp_socket_disconnect(&socket, NET_WAIT), NX_SUCCESS);
    net_join(&thread);
    net_close(&socket, peer);
}

THREAD_CASE(connect_statuses)
{
    NX_TCP_SOCKET socket;
    NX_PACKET *packet = NULL;
    NXD_ADDRESS address = net_address(IP_ADDRESS(127, 0, 0, 1));
    UINT port = 0;
    int listener = net_listen(NET_IPV6, &port);
    int peer;

    (void)input;
    net_socket(&net_ip, &socket);
    packet = net_packet(4, 0);
    assert_int_equal(nxd_tcp_client_socket_connect(&socket, &address, port, NET_WAIT), NX_NOT_BOUND);
    assert_int_equal(nx_tcp_socket_send(&socket, packet, NX_NO_WAIT), NX_NOT_BOUND);
    assert_int_equal(nx_packet_release(packet), NX_SUCCESS);
    assert_int_equal(nx_tcp_socket_receive(&socket, &packet, NX_NO_WAIT), NX_NOT_BOUND);
    assert_int_equal(nx_tcp_client_socket_unbind(&socket), NX_NOT_BOUND);
    assert_int_equal(nx_tcp_client_socket_bind(&socket, NX_ANY_PORT, NX_NO_WAIT), NX_SUCCESS);
    assert_int_equal(nx_tcp_client_socket_bind(&socket, NX_ANY_PORT, NX_NO_WAIT), NX_ALREADY_BOUND);
    assert_int_equal(nxd_tcp_client_socket_connect(&socket, &address, port, NX_NO_WAIT), NX_IN_PROGRESS);
    net_await_state(&socket, NX_TCP_ESTABLISHED);
    assert_int_equal(nxd_tcp_client_socket_connect(&socket, &address, port, NET_WAIT), NX_NOT_CLOSED);
    peer = net_accept(listener);
    assert_int_equal(nx_tcp_socket_disconnect(&socket, NX_NO_WAIT), NX_IN_PROGRESS);
    assert_int_equal(close(peer), 0);
    assert_int_equal(close(listener), 0);
    assert_int_equal(nxd_tcp_client_socket_connect(&socket, &address, port, NET_WAIT), NX_NOT_CONNECTED);
    assert_int_equal(nxd_tcp_client_socket_connect(&socket, &address, port, NX_NO_WAIT), NX_IN_PROGRESS);
    net_await_state(&socket, NX_TCP_CLOSED);
    assert_int_equal(nxd_tcp_client_socket_connect(&socket, &address, 0, NET_WAIT), NX_INVALID_PORT);
    address = net_address(0);
    assert_int_equal(nxd_tcp_client_socket_connect(&socket, &address, port, NET_WAIT), NX_IP_ADDRESS_ERROR);
#ifndef NX_DISABLE_IPV4                            /* Linux sends from ::1 to the world all the same */
    address = net_address(IP_ADDRESS(8, 8, 8, 8)); /* from 127.0.0.1: no route */
    assert_int_equal(nxd_tcp_client_socket_connect(&socket, &address, port, NET_WAIT), NX_IP_ADDRESS_ERROR);
#endif
    address.nxd_ip_version = 5;
    assert_int_equal(nxd_tcp_client_socket_connect(&socket, &address, port, NET_WAIT), NX_IP_ADDRESS_ERROR);
    net_close(&socket, -1);
}

THREAD_CASE(maps_lead_to_the_host)
{
    NX_TCP_SOCKET socket;
    NXD_ADDRESS address = net_address(IP_ADDRESS(192, 168, 1, 10));
    NXD_ADDRESS peer_address;
    ULONG peer_port = 0;
    UINT port = 0;
    int listener = net_listen(NET_IPV6, &port);
    int peer;

    (void)input;
    assert_int_equal(netx_host_port_map_set(25, port), NX_SUCCESS);
    assert_int_equal(netx_host_address_map_set(NET_IPV6 ? "2001:db8::c0a8:10a" : "192.168.1.10",
                                               NET_IPV6 ? "::1" : "127.0.0.1"),
                     NX_SUCCESS);
    assert_int_equal(netx_host_address_map_set("192.168.1.10.", "127.0.0.1"), NX_IP_ADDRESS_ERROR);
    net_socket(&net_ip_one, &socket);
    assert_int_equal(nx_tcp_client_socket_bind(&socket, NX_ANY_PORT, NX_NO_WAIT), NX_SUCCESS);
    assert_int_equal(nxd_tcp_client_socket_connect(&socket, &address, 25, NET_WAIT), NX_SUCCESS);
    assert_int_equal(nxd_tcp_socket_peer_info_get(&socket, &peer_address, &peer_port), NX_SUCCESS);
    assert_int_equal(peer_port, 25);
    assert_memory_equal(&peer_address, &address, sizeof address);
    peer = net_accept(listener);
    assert_int_equal(close(listener), 0);
    net_close(&socket, peer);
}

THREAD_CASE(maps_from_the_environment)
{
    NX_TCP_SOCKET socket;
    NXD_ADDRESS address = net_address(IP_ADDRESS(192, 168, 1, 10));
    char ports[32];
    UINT port = 0;
    int listener = net_listen(NET_IPV6, &port);
    int peer;

    (void)input;
    (void)snprintf(ports, sizeof ports, "587:1,25:%u", port);
    assert_int_equal(setenv("NETX_HOST_PORT_MAP", ports, 1), 0);
    assert_int_equal(setenv("NETX_HOST_ADDRESS_MAP", "192.168.1.10=127.0.0.1,2001:db8::c0a8:10a=::1", 1), 0);
    net_socket(&net_ip, &socket);
    assert_int_equal(nx_tcp_client_socket_bind(&socket, NX_ANY_PORT, NX_NO_WAIT), NX_SUCCESS);
    assert_int_equal(nxd_tcp_client_socket_connect(&socket, &address, 25, NET_WAIT), NX_SUCCESS);
    peer = net_accept(listener);
    assert_int_equal(close(listener), 0);
    assert_int_equal(unsetenv("NETX_HOST_PORT_MAP"), 0);
    assert_int_equal(unsetenv("NETX_HOST_ADDRESS_MAP"), 0);
    net_close(&socket, peer);
}

static TX_SEMAPHORE notified;
static UINT notified_caller;
static UINT notified_status;

static void on_receive(NX_TCP_SOCKET *socket)
{
    NX_PACKET *packet = NULL;

    notified_caller = _nx_host_caller();
    notified_status = nx_tcp_socket_receive(socket, &packet, NX_NO_WAIT);
    (void)tx_semaphore_put(&notified);
}

static void on_disconnect(NX_TCP_SOCKET *socket)
{
    (void)socket;
    (void)tx_semaphore_put(&notified);
}

THREAD_CASE(callbacks_are_no_threads)
{
    NX_TCP_SOCKET socket;
    NXD_ADDRESS address = net_address(IP_ADDRESS(127, 0, 0, 1));
    UINT port = 0;
    int listener = net_listen(NET_IPV6, &port);
    int peer;

    (void)input;
    assert_int_equal(tx_semaphore_create(&notified, net_name, 0), TX_SUCCESS);
    assert_int_equal(nx_tcp_socket_create(&net_ip, &socket, net_name, NX_IP_NORMAL, NX_FRAGMENT_OKAY,
                                          NX_IP_TIME_TO_LIVE, NET_WINDOW, NX_NULL, on_disconnect),
                     NX_SUCCESS);
    assert_int_equal(nx_tcp_socket_receive_notify(&socket, on_receive), NX_SUCCESS);
    assert_int_equal(nx_tcp_client_socket_bind(&socket, NX_ANY_PORT, NX_NO_WAIT), NX_SUCCESS);
    assert_int_equal(nxd_tcp_client_socket_connect(&socket, &address, port, NET_WAIT), NX_SUCCESS);
    peer = net_accept(listener);
    assert_int_equal(close(listener), 0);
    net_write(peer, "x", 1);
    assert_int_equal(tx_semaphore_get(&notified, NET_WAIT), TX_SUCCESS);
    assert_int_equal(notified_caller, NX_HOST_CALLER_TIMER);
    assert_int_equal(notified_status, NX_CALLER_ERROR);
    assert_int_equal(shutdown(peer, SHUT_WR), 0);
    assert_int_equal(tx_semaphore_get(&notified, NET_WAIT), TX_SUCCESS);
    net_await_state(&socket, NX_TCP_CLOSE_WAIT);
    net_close(&socket, peer);
}

#if defined(FEATURE_NX_IPV6) && !defined(NX_DISABLE_IPV4)
THREAD_CASE(connects_over_ipv6)
{
    NX_TCP_SOCKET socket;
    NXD_ADDRESS address;
    UINT port = 25;
    UINT index = 9;
    ULONG mss = 0;
    int listener = net_listen(1, &port);

    (void)input;
    memset(&address, 0, sizeof address);
    address.nxd_ip_version = NX_IP_VERSION_V6;
    address.nxd_ip_address.v6[3] = 1;
    net_socket(&net_ip, &socket);
    assert_int_equal(nx_tcp_client_socket_bind(&socket, NX_ANY_PORT, NX_NO_WAIT), NX_SUCCESS);
    assert_int_equal(nxd_tcp_client_socket_connect(&socket, &address, port, NET_WAIT),
                     NX_NO_INTERFACE_ADDRESS);
    assert_int_equal(nxd_ipv6_address_set(&net_ip, 0, &address, 128, &index), NX_NOT_SUPPORTED);
    assert_int_equal(nxd_ipv6_enable(&net_ip), NX_SUCCESS);
    assert_int_equal(nxd_ipv6_enable(&net_ip), NX_ALREADY_ENABLED);
    assert_int_equal(nxd_ipv6_address_set(&net_ip, 0, &address, 128, &index), NX_SUCCESS);
    assert_int_equal(index, 0);
    if (listener >= 0) {
        int peer;

        assert_int_equal(nxd_tcp_client_socket_connect(&socket, &address, port, NET_WAIT), NX_SUCCESS);
        peer = net_accept(listener);
        assert_int_equal(nx_tcp_socket_mss_get(&socket, &mss), NX_SUCCESS);
        assert_int_equal(mss, 1440);
        assert_int_equal(close(listener), 0);
        net_close(&socket, peer);
    } else {
        net_close(&socket, -1);
    }
}
#endif

static void calls_from_initialisation(void **state)
{
    NX_TCP_SOCKET socket;
    NX_PACKET *packet = NULL;
    NXD_ADDRESS address = net_address(IP_ADDRESS(127, 0, 0, 1));

    (void)state;
    net_socket(&net_ip, &socket);
    assert_int_equal(nx_tcp_client_socket_bind(&socket, NX_ANY_PORT, NX_NO_WAIT), NX_CALLER_ERROR);
    assert_int_equal(nxd_tcp_client_socket_connect(&socket, &address, 25, NX_NO_WAIT), NX_CALLER_ERROR);
    assert_int_equal(nx_tcp_socket_receive(&socket, &packet, NX_NO_WAIT), NX_CALLER_ERROR);
    assert_int_equal(nx_tcp_socket_send(&socket, packet, NX_NO_WAIT), NX_CALLER_ERROR);
    assert_int_equal(nx_tcp_socket_disconnect(&socket, NX_NO_WAIT), NX_CALLER_ERROR);
    assert_int_equal(nx_tcp_socket_delete(&socket), NX_CALLER_ERROR);
}

THREAD_CASE(faults_on_demand)
{
    NX_TCP_SOCKET socket;
    NX_TCP_SOCKET other;
    NX_PACKET *packet = NULL;
    NXD_ADDRESS address = net_address(IP_ADDRESS(127, 0, 0, 1));

    (void)input;
    netx_host_fail_set(NETX_HOST_ALLOCATE, 2, 1, NX_NO_PACKET);
    netx_host_fail_set(NETX_HOST_SOCKET_CREATE, 1, 1, NX_NO_MORE_ENTRIES);
    netx_host_fail_set(NETX_HOST_BIND, 1, 1, NX_NO_FREE_PORTS);
    netx_host_fail_set(NETX_HOST_CONNECT, 1, NX_WAIT_FOREVER, NX_NOT_CONNECTED);
    assert_int_equal(nx_tcp_socket_create(&net_ip, &other, net_name, NX_IP_NORMAL, NX_FRAGMENT_OKAY,
                                          NX_IP_TIME_TO_LIVE, NET_WINDOW, NX_NULL, NX_NULL),
                     NX_NO_MORE_ENTRIES);
    net_socket(&net_ip, &socket);
    assert_int_equal(nx_tcp_client_socket_bind(&socket, NX_ANY_PORT, NX_NO_WAIT), NX_NO_FREE_PORTS);
    assert_int_equal(nx_tcp_client_socket_bind(&socket, NX_ANY_PORT, NX_NO_WAIT), NX_SUCCESS);
    assert_int_equal(nxd_tcp_client_socket_connect(&socket, &address, 1, NET_WAIT), NX_NOT_CONNECTED);
    assert_int_equal(nxd_tcp_client_socket_connect(&socket, &address, 1, NET_WAIT), NX_NOT_CONNECTED);
    assert_int_equal(netx_host_count_get(NETX_HOST_CONNECT), 2);
    assert_int_equal(nx_packet_allocate(&net_pool, &packet, NX_TCP_PACKET, NX_NO_WAIT), NX_SUCCESS);
    assert_int_equal(nx_packet_release(packet), NX_SUCCESS);
    assert_int_equal(nx_packet_allocate(&net_pool, &packet, NX_TCP_PACKET, NX_NO_WAIT), NX_NO_PACKET);
    assert_int_equal(netx_host_count_get(NETX_HOST_ALLOCATE), 2);
    net_close(&socket, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUN_CASE(sends_and_receives),
        RUN_CASE(queued_data_outlives_fin),
        RUN_CASE(queued_data_outlives_reset),
        RUN_CASE(disconnect_waits_for_the_peer),
        RUN_CASE(disconnect_succeeds_with_the_peers_fin),
        RUN_CASE(connect_statuses),
        RUN_CASE(maps_lead_to_the_host),
        RUN_CASE(maps_from_the_environment),
        RUN_CASE(callbacks_are_no_threads),
        RUN_CASE(faults_on_demand),
#if defined(FEATURE_NX_IPV6) && !defined(NX_DISABLE_IPV4)
        RUN_CASE(connects_over_ipv6),
#endif
        RUN_CASE(calls_from_initialisation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
