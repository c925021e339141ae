/* SPDX-License-Identifier: MIT */
/* Controls of the host layer, for tests and for running firmware programs on a PC. None exists on a board.
 *
 * Nothing here has an effect until it is called; netx_host_reset() takes every control back. All may be
 * called from any thread. */
#ifndef NETX_HOST_H
#define NETX_HOST_H

#include "nx_api.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Running code as a ThreadX thread, and ending the kernel ---- */

/* Runs entry(input) as a ThreadX thread on the calling pthread and returns when it has returned or was
 * terminated: assertions of a test framework inside it behave as usual. TX_CALLER_ERROR from a timer or
 * network callback. */
UINT netx_host_run(VOID (*entry)(ULONG), ULONG input);

/* Ends the kernel. It terminates the threads at their next service call and joins them, stops timers and the
 * network thread, and closes every kernel socket. It resets all controls, the clock and the counters. The
 * objects of the application stay untouched, and count as never created. Returns the number of threads that
 * did not stop within 5 seconds (they call no service), which are left alone. Not to be called from a thread
 * that ThreadX created. */
UINT netx_host_reset(VOID);

/* ---- Faults ---- */

#define NETX_HOST_ALLOCATE      ((UINT)0) /* packets: allocate, append, copies made by send; not reception */
#define NETX_HOST_SEND          ((UINT)1)
#define NETX_HOST_CONNECT       ((UINT)2)
#define NETX_HOST_BIND          ((UINT)3)
#define NETX_HOST_RECEIVE       ((UINT)4)
#define NETX_HOST_DISCONNECT    ((UINT)5)
#define NETX_HOST_SOCKET_CREATE ((UINT)6)
#define NETX_HOST_LISTEN        ((UINT)7)
#define NETX_HOST_SERVICES      8

/* Makes calls of a service fail with `status`, at once and without effect: the nth call from now (1 is the
 * next) and the times - 1 calls after it. If `times` is 0, the fault is taken back. NX_WAIT_FOREVER means
 * every call from the nth on. A disconnect that fails this way closes the connection all the same, as the
 * real one does. */
VOID netx_host_fail_set(UINT service, ULONG nth, ULONG times, UINT status);
/* Number of calls of a service since the last netx_host_reset(), failed ones included. */
ULONG netx_host_count_get(UINT service);

/* ---- Transmission ---- */

/* Maximum segment size, octets: what nx_tcp_socket_mss_get() answers and how packets are cut. 0: 1460, IPv6
 * 1440. */
VOID netx_host_mss_set(ULONG octets);
/* Octets that one call of send accepts before it fails with NX_WINDOW_OVERFLOW, whatever its wait. 0: no
 * limit. */
VOID netx_host_send_limit_set(ULONG octets);
/* The peer's receive window, octets: so many may be unacknowledged, which takes an acknowledge delay to
 * matter. 0: as many as the kernel takes. */
VOID netx_host_transmit_window_set(ULONG octets);
/* Shuts the peer's receive window, and loses the update that opens it. A send makes the stack probe the
 * window; the answer comes so many ticks later, and nothing is sent before. NX_WAIT_FOREVER: no answer comes.
 * 0: the window is open again. */
VOID netx_host_transmit_window_shut(ULONG ticks);
/* Ticks from send to acknowledgement, for packets sent from now on. Until then the packet stays out of its
 * pool and counts against window and queue depth. 0, the default: acknowledged at once. NX_WAIT_FOREVER: not
 * before netx_host_acknowledge(), or the end of the connection. */
VOID netx_host_acknowledge_delay_set(ULONG ticks);
/* Acknowledges everything sent so far, on all sockets. */
VOID netx_host_acknowledge(VOID);

/* ---- Reception ---- */

/* Most octets that a received packet, chain included, carries. 0: the MSS. */
VOID netx_host_receive_size_set(ULONG octets);
/* Most octets in one packet of a chain: small values force chains. 0: as many as its payload holds. Without
 * effect under NX_DISABLE_PACKET_CHAIN. */
VOID netx_host_receive_piece_set(ULONG octets);
/* Not 0: a received packet ends with a line, as if the peer sent each line in a segment of its own. */
VOID netx_host_receive_lines_set(UINT lines);
/* Ticks until octets that found no packet in the instance's pool come again, as the peer's TCP sends again
 * what was dropped. 0, the default: as soon as there is a packet. */
VOID netx_host_drop_delay_set(ULONG ticks);
/* How often since the last netx_host_reset() octets found no packet. */
ULONG netx_host_dropped_get(VOID);

/* ---- Where connections lead ---- */

/* A port that the application names, to connect or to listen, is this port of the PC. Does not concern
 * connections between IP instances of the process. 0 as host_port takes it back. NX_NO_MORE_ENTRIES when the
 * table is full. The environment variable NETX_HOST_PORT_MAP="25:2525,587:2587" does the same. */
UINT netx_host_port_map_set(UINT port, UINT host_port);
/* An address that the application connects to is this address of the PC's network; both as text, IPv4 or
 * IPv6. NULL as host_address takes it back. NX_IP_ADDRESS_ERROR for a text that is no address,
 * NX_NO_MORE_ENTRIES when the table is full. The environment variable
 * NETX_HOST_ADDRESS_MAP="192.168.1.10=127.0.0.1,10.0.0.5=::1" does the same. */
UINT netx_host_address_map_set(const char *address, const char *host_address);

/* ---- Leaks ---- */

/* Kernel sockets open now: connections and listeners. */
UINT netx_host_open_sockets(VOID);
/* The kernel's port of a listen of this IP instance: where a program outside can connect; 0 when there is
 * none. It is on the instance's address where the PC owns that, else on 127.0.0.1. */
UINT netx_host_listen_port(NX_IP *ip_ptr, UINT port);

#ifdef __cplusplus
}
#endif

#endif
