/* SPDX-License-Identifier: MIT */
/* Invariant: every case starts with an empty kernel. It ends with all packets released and no kernel
 * socket open. */
#define _POSIX_C_SOURCE 200809L

#include "host_net.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define NET_WAIT_MS 60000

NX_PACKET_POOL net_pool;
NX_IP net_ip;
NX_IP net_ip_one;
NX_IP net_ip_two;
CHAR net_name[] = "test";

static ULONG64 net_memory[NET_PACKETS * (NET_PAYLOAD + sizeof(NX_PACKET)) / sizeof(ULONG64)];
static ULONG64 net_stack[256];

static void net_create(NX_IP *ip, ULONG address)
{
    assert_int_equal(nx_ip_create(ip, net_name, address, 0xFFFFFF00UL, &net_pool, _nx_ram_network_driver,
                                  net_stack, (ULONG)sizeof net_stack, 1),
                     NX_SUCCESS);
    assert_int_equal(nx_tcp_enable(ip), NX_SUCCESS);
#ifdef NX_DISABLE_IPV4
    {
        NXD_ADDRESS ipv6 = net_address(address);

        assert_int_equal(nxd_ipv6_enable(ip), NX_SUCCESS);
        assert_int_equal(nxd_ipv6_address_set(ip, 0, &ipv6, 64, NX_NULL), NX_SUCCESS);
    }
#endif
}

int net_setup(void **state)
{
    (void)state;
    (void)netx_host_reset();
    assert_int_equal(
        nx_packet_pool_create(&net_pool, net_name, NET_PAYLOAD, net_memory, (ULONG)sizeof net_memory),
        NX_SUCCESS);
    nx_system_initialize();
    net_create(&net_ip, IP_ADDRESS(127, 0, 0, 1));
    net_create(&net_ip_one, IP_ADDRESS(10, 0, 0, 1));
    net_create(&net_ip_two, IP_ADDRESS(10, 0, 0, 10));
    return 0;
}

int net_teardown(void **state)
{
    UINT sockets = netx_host_open_sockets();
    ULONG missing = net_pool.nx_packet_pool_total - net_free_packets();

    (void)state;
    if (sockets || missing || net_pool.nx_packet_pool_invalid_releases) {
        print_error("%u sockets open, %u packets missing, %u released twice\n", sockets, (unsigned)missing,
                    (unsigned)net_pool.nx_packet_pool_invalid_releases);
        (void)netx_host_reset();
        return -1;
    }
    return netx_host_reset() ? -1 : 0;
}

ULONG net_free_packets(void)
{
    ULONG available = 0;

    assert_int_equal(nx_packet_pool_info_get(&net_pool, NULL, &available, NULL, NULL, NULL), NX_SUCCESS);
    return available;
}

/* Without IPv4 the cases run on IPv6 addresses: ::1 and 2001:db8::a.b.c.d. */
NXD_ADDRESS net_address(ULONG address)
{
    NXD_ADDRESS result;

    memset(&result, 0, sizeof result);
#ifndef NX_DISABLE_IPV4
    result.nxd_ip_version = NX_IP_VERSION_V4;
    result.nxd_ip_address.v4 = address;
#else
    result.nxd_ip_version = NX_IP_VERSION_V6;
    if (address == IP_ADDRESS(127, 0, 0, 1)) {
        result.nxd_ip_address.v6[3] = 1;
    } else if (address) {
        result.nxd_ip_address.v6[0] = 0x20010DB8UL;
        result.nxd_ip_address.v6[3] = address;
    }
#endif
    return result;
}

/* The loopback address; returns its size. */
static socklen_t net_loopback(int ipv6, UINT port, struct sockaddr_storage *address)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)address;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)address;

    memset(address, 0, sizeof *address);
    if (ipv6) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)port);
        v6->sin6_addr.s6_addr[15] = 1;
        return sizeof *v6;
    }
    v4->sin_family = AF_INET;
    v4->sin_port = htons((uint16_t)port);
    v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return sizeof *v4;
}

int net_listen(int ipv6, UINT *port)
{
    struct sockaddr_storage address;
    socklen_t size = net_loopback(ipv6, 0, &address);
    int fd = socket(address.ss_family, SOCK_STREAM, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) < 0) {
        assert_true(ipv6);
        if (fd >= 0) {
            (void)close(fd);
        }
        return -1;
    }
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    *port = ntohs(ipv6 ? ((struct sockaddr_in6 *)(void *)&address)->sin6_port
                       : ((struct sockaddr_in *)(void *)&address)->sin_port);
    return fd;
}

static int net_ready(int fd)
{
    struct pollfd poll_fd = {fd, POLLIN, 0};

    return poll(&poll_fd, 1, NET_WAIT_MS) == 1;
}

int net_accept(int listener)
{
    int fd;

    assert_true(net_ready(listener));
    fd = accept(listener, NULL, NULL);
    assert_true(fd >= 0);
    return fd;
}

int net_connect(UINT port)
{
    struct sockaddr_storage address;
    socklen_t size = net_loopback(NET_IPV6, port, &address);
    int fd = socket(address.ss_family, SOCK_STREAM, 0);

    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, size), 0);
    return fd;
}

size_t net_read(int fd, void *buffer, size_t octets)
{
    size_t total = 0;

    while (total < octets) {
        ssize_t got;

        assert_true(net_ready(fd));
        got = recv(fd, (char *)buffer + total, octets - total, 0);
        if (got <= 0) {
            break;
        }
        total += (size_t)got;
    }
    return total;
}

void net_write(int fd, const void *data, size_t octets)
{
    assert_int_equal(send(fd, data, octets, MSG_NOSIGNAL), octets);
}

int net_at_end(int fd)
{
    char octet;

    return net_ready(fd) && recv(fd, &octet, 1, 0) == 0;
}

int net_was_reset(int fd)
{
    char octet;

    return net_ready(fd) && recv(fd, &octet, 1, 0) < 0 && errno == ECONNRESET;
}

void net_reset(int fd)
{
    const struct linger linger = {1, 0};

    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger), 0);
    assert_int_equal(close(fd), 0);
}

void net_socket(NX_IP *ip, NX_TCP_SOCKET *socket)
{
    assert_int_equal(nx_tcp_socket_create(ip, socket, net_name, NX_IP_NORMAL, NX_FRAGMENT_OKAY,
                                          NX_IP_TIME_TO_LIVE, NET_WINDOW, NX_NULL, NX_NULL),
                     NX_SUCCESS);
}

void net_open(NX_TCP_SOCKET *socket, int *peer)
{
    UINT port = 0;
    int listener = net_listen(NET_IPV6, &port);
    NXD_ADDRESS address = net_address(IP_ADDRESS(127, 0, 0, 1));

    net_socket(&net_ip, socket);
    assert_int_equal(nx_tcp_client_socket_bind(socket, NX_ANY_PORT, NX_NO_WAIT), NX_SUCCESS);
    assert_int_equal(nxd_tcp_client_socket_connect(socket, &address, port, NET_WAIT), NX_SUCCESS);
    *peer = net_accept(listener);
    assert_int_equal(close(listener), 0);
}

void net_close(NX_TCP_SOCKET *socket, int peer)
{
    if (peer >= 0) {
        assert_int_equal(close(peer), 0);
    }
    (void)nx_tcp_socket_disconnect(socket, NX_NO_WAIT);
    assert_int_equal(nx_tcp_client_socket_unbind(socket), NX_SUCCESS);
    assert_int_equal(nx_tcp_socket_delete(socket), NX_SUCCESS);
}

/* Octets count up from `first`. */
NX_PACKET *net_packet(ULONG octets, UCHAR first)
{
    NX_PACKET *packet = NULL;
    UCHAR octet = first;
    ULONG i;

    assert_int_equal(nx_packet_allocate(&net_pool, &packet, NX_TCP_PACKET, NX_NO_WAIT), NX_SUCCESS);
    for (i = 0; i < octets; i++) {
        assert_int_equal(nx_packet_data_append(packet, &octet, 1, &net_pool, NX_NO_WAIT), NX_SUCCESS);
        octet++;
    }
    return packet;
}

void net_await_state(NX_TCP_SOCKET *socket, UINT state)
{
    assert_int_equal(nx_tcp_socket_state_wait(socket, state, NET_WAIT), NX_SUCCESS);
}

void net_join(TX_THREAD *thread)
{
    ULONG patience = NET_WAIT;
    UINT status;

    while ((status = tx_thread_delete(thread)) == TX_DELETE_ERROR && patience--) {
        (void)tx_thread_sleep(1);
    }
    assert_int_equal(status, TX_SUCCESS);
}
