/* SPDX-License-Identifier: MIT */
/* The fixture of the host layer's tests: a pool, IP instances, a peer on plain kernel sockets, bounded
 * waits. */
#ifndef HOST_NET_H
#define HOST_NET_H

#include "netx_host.h"
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#define T           TX_TIMER_TICKS_PER_SECOND
#define NET_WAIT    ((ULONG)(3 * T))
#define NET_PAYLOAD 1536
#define NET_PACKETS 40
#ifdef NX_DISABLE_IPV4
#define NET_IPV6 1
#else
#define NET_IPV6 0
#endif
#define NET_WINDOW     8192
#define RUN_CASE(name) cmocka_unit_test_setup_teardown(name, net_setup, net_teardown)
/* Defines a test whose body runs as a ThreadX thread. */
#define THREAD_CASE(name)                                            \
    static void name##_body(ULONG input);                            \
    static void name(void **state)                                   \
    {                                                                \
        (void)state;                                                 \
        assert_int_equal(netx_host_run(name##_body, 0), TX_SUCCESS); \
    }                                                                \
    static void name##_body(ULONG input)

extern NX_PACKET_POOL net_pool;
extern NX_IP net_ip;     /* 127.0.0.1 and ::1 */
extern NX_IP net_ip_one; /* 10.0.0.1 */
extern NX_IP net_ip_two; /* 10.0.0.10 */
extern CHAR net_name[];

int net_setup(void **state);
int net_teardown(void **state); /* fails on a socket or a packet that leaked */

NXD_ADDRESS net_address(ULONG address);
/* A kernel listener on 127.0.0.1 (or ::1); returns its descriptor, -1 when the PC lacks IPv6. */
int net_listen(int ipv6, UINT *port);
int net_accept(int listener);
/* Reads exactly so many octets, or up to the end; returns how many. */
size_t net_read(int fd, void *buffer, size_t octets);
void net_write(int fd, const void *data, size_t octets);
int net_at_end(int fd); /* a FIN and nothing else */
int net_was_reset(int fd);
void net_reset(int fd); /* closes with RST */
int net_connect(UINT port);

/* A client socket that is bound and connected to a kernel peer. */
void net_open(NX_TCP_SOCKET *socket, int *peer);
void net_close(NX_TCP_SOCKET *socket, int peer);
void net_socket(NX_IP *ip, NX_TCP_SOCKET *socket);
NX_PACKET *net_packet(ULONG octets, UCHAR first);
void net_await_state(NX_TCP_SOCKET *socket, UINT state);
ULONG net_free_packets(void);
/* Waits for the thread's end, and deletes it. */
void net_join(TX_THREAD *thread);

#endif
