/* SPDX-License-Identifier: MIT */
/* Tests that both ends may be NetX applications in one process, on addresses that the PC does not have,
 * and that another program can connect to a listening socket. */
#define _POSIX_C_SOURCE 200809L

#include "host_net.h"
#include <unistd.h>

#define SMTP_PORT 25

static NX_TCP_SOCKET server;
static NX_TCP_SOCKET second;
static NX_TCP_SOCKET client;
static TX_THREAD server_thread;
static ULONG64 server_stack[256];
static TX_SEMAPHORE called;
static UINT called_port;
static UINT served_status;

static void on_listen(NX_TCP_SOCKET *socket, UINT port)
{
    (void)socket;
    called_port = port;
    (void)tx_semaphore_put(&called);
}

static void serve_one(ULONG input)
{
    NX_PACKET *packet = NULL;

    (void)input;
    served_status = nx_tcp_server_socket_accept(&server, NET_WAIT);
    if (served_status == NX_SUCCESS) {
        served_status = nx_tcp_socket_receive(&server, &packet, NET_WAIT);
    }
    if (served_status == NX_SUCCESS) {
        NX_PACKET *answer = net_packet((ULONG)packet->nx_packet_length + 1, 'a');

        (void)nx_packet_release(packet);
        served_status = nx_tcp_socket_send(&server, answer, NET_WAIT);
    }
    if (served_status == NX_SUCCESS) {
        served_status = nx_tcp_socket_disconnect(&server, NET_WAIT);
    }
}

static void open_client(NX_TCP_SOCKET *socket, NX_IP *ip)
{
    net_socket(ip, socket);
    assert_int_equal(nx_tcp_client_socket_bind(socket, NX_ANY_PORT, NX_NO_WAIT), NX_SUCCESS);
}

static UINT connect_to(NX_TCP_SOCKET *socket, ULONG ip, UINT port)
{
    NXD_ADDRESS address = net_address(ip);

    return nxd_tcp_client_socket_connect(socket, &address, port, NET_WAIT);
}

static void close_server(NX_IP *ip)
{
    (void)nx_tcp_socket_disconnect(&server, NX_NO_WAIT);
    (void)nx_tcp_server_socket_unaccept(&server);
    assert_int_equal(nx_tcp_server_socket_unlisten(ip, SMTP_PORT), NX_SUCCESS);
    assert_int_equal(nx_tcp_server_socket_unlisten(ip, SMTP_PORT), NX_ENTRY_NOT_FOUND);
    assert_int_equal(nx_tcp_socket_delete(&server), NX_SUCCESS);
}

THREAD_CASE(two_instances_talk)
{
    NX_PACKET *packet;
    NXD_ADDRESS peer;
    NXD_ADDRESS expected = net_address(IP_ADDRESS(10, 0, 0, 1));
    ULONG port = 0;

    (void)input;
    open_client(&client, &net_ip_one);
    assert_int_equal(connect_to(&client, IP_ADDRESS(10, 0, 0, 10), SMTP_PORT), NX_NOT_CONNECTED);
    net_socket(&net_ip_two, &server);
    assert_int_equal(nx_tcp_server_socket_accept(&server, NX_NO_WAIT), NX_NOT_BOUND);
    assert_int_equal(nx_tcp_server_socket_listen(&net_ip_two, SMTP_PORT, &server, 5, NX_NULL), NX_SUCCESS);
    assert_int_equal(server.nx_tcp_socket_state, NX_TCP_LISTEN_STATE);
    assert_int_equal(nx_tcp_server_socket_accept(&server, NX_NO_WAIT), NX_IN_PROGRESS);
    assert_int_equal(connect_to(&client, IP_ADDRESS(10, 0, 0, 10), 26), NX_NOT_CONNECTED);
    assert_int_equal(tx_thread_create(&server_thread, net_name, serve_one, 0, server_stack,
                                      (ULONG)sizeof server_stack, 4, 4, TX_NO_TIME_SLICE, TX_AUTO_START),
                     TX_SUCCESS);
    assert_int_equal(connect_to(&client, IP_ADDRESS(10, 0, 0, 10), SMTP_PORT), NX_SUCCESS);
    packet = net_packet(9, 0);
    assert_int_equal(nx_tcp_socket_send(&client, packet, NET_WAIT), NX_SUCCESS);
    assert_int_equal(nx_tcp_socket_receive(&client, &packet, NET_WAIT), NX_SUCCESS);
    assert_int_equal(packet->nx_packet_length, 10);
    assert_int_equal(nx_packet_release(packet), NX_SUCCESS);
    net_await_state(&client, NX_TCP_CLOSE_WAIT);
    assert_int_equal(nxd_tcp_socket_peer_info_get(&server, &peer, &port), NX_SUCCESS);
    assert_memory_equal(&peer, &expected, sizeof peer);
    assert_true(port >= 49152);
    assert_int_equal(nx_tcp_socket_disconnect(&client, NET_WAIT), NX_SUCCESS);
    net_join(&server_thread);
    assert_int_equal(served_status, NX_SUCCESS);
    assert_int_equal(nx_tcp_client_socket_unbind(&client), NX_SUCCESS);
    assert_int_equal(nx_tcp_socket_delete(&client), NX_SUCCESS);
    close_server(&net_ip_two);
}

THREAD_CASE(relisten_takes_who_waits)
{
    (void)input;
    assert_int_equal(tx_semaphore_create(&called, net_name, 0), TX_SUCCESS);
    net_socket(&net_ip_two, &server);
    assert_int_equal(nx_tcp_server_socket_relisten(&net_ip_two, SMTP_PORT, &server), NX_NOT_LISTEN_STATE);
    assert_int_equal(nx_tcp_server_socket_listen(&net_ip_two, SMTP_PORT, &server, 5, on_listen), NX_SUCCESS);
    net_socket(&net_ip_two, &second);
    assert_int_equal(nx_tcp_server_socket_listen(&net_ip_two, SMTP_PORT, &second, 5, on_listen),
                     NX_DUPLICATE_LISTEN);
    assert_int_equal(nx_tcp_server_socket_relisten(&net_ip_two, SMTP_PORT, &second), NX_INVALID_RELISTEN);
    assert_int_equal(nx_tcp_client_socket_bind(&second, SMTP_PORT, 1), NX_PORT_UNAVAILABLE);
    assert_int_equal(nx_tcp_socket_delete(&second), NX_SUCCESS);
    open_client(&client, &net_ip_one);
    assert_int_equal(connect_to(&client, IP_ADDRESS(10, 0, 0, 10), SMTP_PORT), NX_SUCCESS);
    assert_int_equal(tx_semaphore_get(&called, NET_WAIT), TX_SUCCESS);
    assert_int_equal(called_port, SMTP_PORT);
    assert_int_equal(nx_tcp_server_socket_accept(&server, NET_WAIT), NX_SUCCESS);
    assert_int_equal(nx_tcp_server_socket_unaccept(&server), NX_NOT_LISTEN_STATE);
    open_client(&second, &net_ip_one);
    assert_int_equal(connect_to(&second, IP_ADDRESS(10, 0, 0, 10), SMTP_PORT), NX_SUCCESS);
    assert_int_equal(nx_tcp_socket_disconnect(&server, NX_NO_WAIT), NX_IN_PROGRESS);
    net_await_state(&client, NX_TCP_CLOSED);
    assert_int_equal(nx_tcp_server_socket_unaccept(&server), NX_SUCCESS);
    assert_int_equal(nx_tcp_server_socket_relisten(&net_ip_two, SMTP_PORT, &server), NX_CONNECTION_PENDING);
    assert_int_equal(tx_semaphore_get(&called, TX_NO_WAIT), TX_SUCCESS);
    assert_int_equal(nx_tcp_server_socket_accept(&server, NX_NO_WAIT), NX_SUCCESS);
    net_close(&client, -1);
    net_close(&second, -1);
    close_server(&net_ip_two);
}

/* 127.0.0.1:25 may need a privilege: a mapped port does not. */
THREAD_CASE(the_outside_connects)
{
    UINT port = 0;
    NX_PACKET *packet = NULL;
    int probe = net_listen(NET_IPV6, &port);
    int peer;

    (void)input;
    assert_int_equal(close(probe), 0);
    assert_int_equal(netx_host_port_map_set(SMTP_PORT, port), NX_SUCCESS);
    net_socket(&net_ip, &server);
    assert_int_equal(nx_tcp_server_socket_listen(&net_ip, SMTP_PORT, &server, 5, NX_NULL), NX_SUCCESS);
    assert_int_equal(netx_host_listen_port(&net_ip, SMTP_PORT), port);
    assert_int_equal(netx_host_listen_port(&net_ip, 26), 0);
    assert_int_equal(netx_host_open_sockets(), NET_IPV6 ? 2 : 1);
    peer = net_connect(port);
    assert_int_equal(nx_tcp_server_socket_accept(&server, NET_WAIT), NX_SUCCESS);
    net_write(peer, "EHLO\r\n", 6);
    assert_int_equal(nx_tcp_socket_receive(&server, &packet, NET_WAIT), NX_SUCCESS);
    assert_int_equal(packet->nx_packet_length, 6);
    assert_int_equal(nx_packet_release(packet), NX_SUCCESS);
    assert_int_equal(close(peer), 0);
    close_server(&net_ip);
}

THREAD_CASE(accept_gives_up)
{
    (void)input;
    net_socket(&net_ip_two, &server);
    assert_int_equal(nx_tcp_server_socket_listen(&net_ip_two, SMTP_PORT, &server, 5, NX_NULL), NX_SUCCESS);
    assert_int_equal(nx_tcp_server_socket_accept(&server, 2), NX_NOT_CONNECTED);
    assert_int_equal(nx_tcp_socket_delete(&server), NX_STILL_BOUND);
    assert_int_equal(nx_ip_delete(&net_ip_two), NX_SOCKETS_BOUND);
    assert_int_equal(nx_tcp_server_socket_unaccept(&server), NX_SUCCESS);
    close_server(&net_ip_two);
    assert_int_equal(nx_ip_delete(&net_ip_two), NX_SUCCESS);
    assert_int_equal(net_ip_two.nx_ip_id, 0);
}

#define CLIENTS  3
#define SESSIONS 4

static TX_THREAD client_threads[CLIENTS];
static NX_TCP_SOCKET client_sockets[CLIENTS];
static UINT client_failures[CLIENTS];

static UINT one_session(NX_TCP_SOCKET *socket)
{
    NXD_ADDRESS address = net_address(IP_ADDRESS(10, 0, 0, 10));
    NX_PACKET *packet = NULL;
    UINT status = nxd_tcp_client_socket_connect(socket, &address, SMTP_PORT, NET_WAIT);

    if (status == NX_SUCCESS) {
        status = nx_packet_allocate(&net_pool, &packet, NX_TCP_PACKET, NET_WAIT);
    }
    if (status == NX_SUCCESS) {
        (void)nx_packet_data_append(packet, net_name, 4, &net_pool, NET_WAIT);
        status = nx_tcp_socket_send(socket, packet, NET_WAIT);
    }
    if (status == NX_SUCCESS) {
        status = nx_tcp_socket_receive(socket, &packet, NET_WAIT);
    }
    if (status == NX_SUCCESS) {
        status = packet->nx_packet_length == 5 ? NX_SUCCESS : NX_SIZE_ERROR;
        (void)nx_packet_release(packet);
    }
    (void)nx_tcp_socket_disconnect(socket, NET_WAIT);
    return status;
}

static void run_client(ULONG number)
{
    NX_TCP_SOCKET *socket = &client_sockets[number];
    UINT i;

    (void)nx_tcp_client_socket_bind(socket, NX_ANY_PORT, NX_NO_WAIT);
    for (i = 0; i < SESSIONS; i++) {
        client_failures[number] += one_session(socket) != NX_SUCCESS;
    }
    (void)nx_tcp_client_socket_unbind(socket);
}

THREAD_CASE(many_clients_one_server)
{
    static ULONG64 stacks[CLIENTS][256];
    ULONG i;

    (void)input;
    net_socket(&net_ip_two, &server);
    assert_int_equal(nx_tcp_server_socket_listen(&net_ip_two, SMTP_PORT, &server, 5, NX_NULL), NX_SUCCESS);
    for (i = 0; i < CLIENTS; i++) {
        client_failures[i] = 0;
        net_socket(&net_ip_one, &client_sockets[i]);
        assert_int_equal(tx_thread_create(&client_threads[i], net_name, run_client, i, stacks[i],
                                          (ULONG)sizeof stacks[i], 4, 4, TX_NO_TIME_SLICE, TX_AUTO_START),
                         TX_SUCCESS);
    }
    for (i = 0; i < CLIENTS * SESSIONS; i++) {
        UINT status;

        serve_one(0);
        assert_int_equal(served_status, NX_SUCCESS);
        assert_int_equal(nx_tcp_server_socket_unaccept(&server), NX_SUCCESS);
        status = nx_tcp_server_socket_relisten(&net_ip_two, SMTP_PORT, &server);
        assert_true(status == NX_SUCCESS || status == NX_CONNECTION_PENDING);
    }
    for (i = 0; i < CLIENTS; i++) {
        net_join(&client_threads[i]);
        assert_int_equal(client_failures[i], 0);
        assert_int_equal(nx_tcp_socket_delete(&client_sockets[i]), NX_SUCCESS);
    }
    close_server(&net_ip_two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUN_CASE(two_instances_talk), RUN_CASE(relisten_takes_who_waits), RUN_CASE(the_outside_connects),
        RUN_CASE(accept_gives_up),    RUN_CASE(many_clients_one_server),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
