/* SPDX-License-Identifier: MIT */
/* The subset of the NetX Duo services that an SMTP application uses, on kernel sockets: see host/README.md.
 *
 * The services mean what the NetX Duo User Guide says. IP addresses are in host byte order, time-outs in
 * ticks. The application and the host library must be compiled with the same NX_DISABLE_... and tick options:
 * they change structures. */
#ifndef NX_API_H
#define NX_API_H

#include "tx_api.h"
#include "nx_port.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#define __PRODUCT_NETXDUO__
#define NETXDUO_MAJOR_VERSION 6
#define NETXDUO_MINOR_VERSION 4

#ifndef NX_DISABLE_IPV6
#ifndef FEATURE_NX_IPV6
#define FEATURE_NX_IPV6
#endif
#endif
#if defined(NX_DISABLE_IPV4) && defined(NX_DISABLE_IPV6)
#error "NX_DISABLE_IPV4 and NX_DISABLE_IPV6 leave no protocol"
#endif

#define NX_IP_PERIODIC_RATE TX_TIMER_TICKS_PER_SECOND

#define NX_NO_WAIT      ((ULONG)0)
#define NX_WAIT_FOREVER ((ULONG)0xFFFFFFFFUL)
#define NX_TRUE         1
#define NX_FALSE        0
#define NX_NULL         0
#define NX_ANY_PORT     0
#define NX_MAX_PORT     0xFFFF

/* Status values. */
#define NX_SUCCESS              0x00
#define NX_NO_PACKET            0x01
#define NX_UNDERFLOW            0x02
#define NX_OVERFLOW             0x03
#define NX_DELETED              0x05
#define NX_POOL_ERROR           0x06
#define NX_PTR_ERROR            0x07
#define NX_WAIT_ERROR           0x08
#define NX_SIZE_ERROR           0x09
#define NX_OPTION_ERROR         0x0A
#define NX_DELETE_ERROR         0x10
#define NX_CALLER_ERROR         0x11
#define NX_INVALID_PACKET       0x12
#define NX_INVALID_SOCKET       0x13
#define NX_NOT_ENABLED          0x14
#define NX_ALREADY_ENABLED      0x15
#define NX_ENTRY_NOT_FOUND      0x16
#define NX_NO_MORE_ENTRIES      0x17
#define NX_WAIT_ABORTED         0x1A
#define NX_IP_ADDRESS_ERROR     0x21
#define NX_ALREADY_BOUND        0x22
#define NX_PORT_UNAVAILABLE     0x23
#define NX_NOT_BOUND            0x24
#define NX_SOCKET_UNBOUND       0x26
#define NX_NOT_CREATED          0x27
#define NX_SOCKETS_BOUND        0x28
#define NX_NO_RESPONSE          0x29
#define NX_POOL_DELETED         0x30
#define NX_MAX_LISTEN           0x33
#define NX_DUPLICATE_LISTEN     0x34
#define NX_NOT_CLOSED           0x35
#define NX_NOT_LISTEN_STATE     0x36
#define NX_IN_PROGRESS          0x37
#define NX_NOT_CONNECTED        0x38
#define NX_WINDOW_OVERFLOW      0x39
#define NX_ALREADY_SUSPENDED    0x40
#define NX_DISCONNECT_FAILED    0x41
#define NX_STILL_BOUND          0x42
#define NX_NOT_SUCCESSFUL       0x43
#define NX_NO_FREE_PORTS        0x45
#define NX_INVALID_PORT         0x46
#define NX_INVALID_RELISTEN     0x47
#define NX_CONNECTION_PENDING   0x48
#define NX_TX_QUEUE_DEPTH       0x49
#define NX_NOT_SUPPORTED        0x4B
#define NX_INVALID_INTERFACE    0x4C
#define NX_INVALID_PARAMETERS   0x4D
#define NX_NO_INTERFACE_ADDRESS 0x50
#define NX_PACKET_OFFSET_ERROR  0x53

#define NX_IP_VERSION_V4    4
#define NX_IP_VERSION_V6    6
#define NX_IP_NORMAL        ((ULONG)0)
#define NX_FRAGMENT_OKAY    ((ULONG)0)
#define NX_DONT_FRAGMENT    ((ULONG)0x4000)
#define NX_IP_TIME_TO_LIVE  ((UINT)0x80)
#define NX_IP_MAX_INTERFACE 1

/* Bits of nx_ip_status_check(). */
#define NX_IP_INITIALIZE_DONE        ((ULONG)0x0001)
#define NX_IP_ADDRESS_RESOLVED       ((ULONG)0x0002)
#define NX_IP_LINK_ENABLED           ((ULONG)0x0004)
#define NX_IP_ARP_ENABLED            ((ULONG)0x0008)
#define NX_IP_UDP_ENABLED            ((ULONG)0x0010)
#define NX_IP_TCP_ENABLED            ((ULONG)0x0020)
#define NX_IP_INTERFACE_LINK_ENABLED ((ULONG)0x0100)

/* Packet types are the room for headers, in octets. */
#define NX_PHYSICAL_HEADER 16
#define NX_RECEIVE_PACKET  0
#define NX_IPv4_TCP_PACKET (NX_PHYSICAL_HEADER + 20 + 20)
#define NX_IPv6_TCP_PACKET (NX_PHYSICAL_HEADER + 40 + 20)
#ifdef FEATURE_NX_IPV6
#define NX_TCP_PACKET NX_IPv6_TCP_PACKET
#else
#define NX_TCP_PACKET NX_IPv4_TCP_PACKET
#endif

/* Values of nx_tcp_socket_state. */
#define NX_TCP_CLOSED       1
#define NX_TCP_LISTEN_STATE 2
#define NX_TCP_SYN_SENT     3
#define NX_TCP_SYN_RECEIVED 4
#define NX_TCP_ESTABLISHED  5
#define NX_TCP_CLOSE_WAIT   6
#define NX_TCP_FIN_WAIT_1   7
#define NX_TCP_FIN_WAIT_2   8
#define NX_TCP_CLOSING      9
#define NX_TCP_TIMED_WAIT   10
#define NX_TCP_LAST_ACK     11

#define IP_ADDRESS(a, b, c, d) \
    ((((ULONG)(a)) << 24) | (((ULONG)(b)) << 16) | (((ULONG)(c)) << 8) | ((ULONG)(d)))

struct NX_PACKET_POOL_STRUCT;
struct NX_IP_STRUCT;

#ifdef NX_DISABLE_PACKET_CHAIN
#define NX_HOST_PACKET_ROOM (3 + NX_HOST_IPV6_ROOM)
#else
#define NX_HOST_PACKET_ROOM (4 + NX_HOST_IPV6_ROOM)
#endif
#ifdef FEATURE_NX_IPV6
#define NX_HOST_IPV6_ROOM   1
#define NX_HOST_SOCKET_ROOM 73
#else
#define NX_HOST_IPV6_ROOM   0
#define NX_HOST_SOCKET_ROOM 69
#endif

typedef struct NX_PACKET_STRUCT {
    struct NX_PACKET_POOL_STRUCT *nx_packet_pool_owner;
#ifndef NX_DISABLE_PACKET_CHAIN
    struct NX_PACKET_STRUCT *nx_packet_next;
    struct NX_PACKET_STRUCT *nx_packet_last;
#endif
    ULONG nx_packet_length;
    UCHAR *nx_packet_data_start;
    UCHAR *nx_packet_data_end;
    UCHAR *nx_packet_prepend_ptr;
    UCHAR *nx_packet_append_ptr;
    /* Of the host layer: free list, receive queue or transmit queue, and which of them. */
    struct NX_PACKET_STRUCT *nx_packet_queue_next;
    ULONG nx_packet_host_state;
    /* Makes the object as large on a 32-bit target as that of the real stack, as do the other fields of this
     * name. So sizes and numbers of packets that are measured against these headers are right. */
    VOID *nx_packet_room[NX_HOST_PACKET_ROOM];
} NX_PACKET;

typedef struct NX_PACKET_POOL_STRUCT {
    ULONG nx_packet_pool_id;
    CHAR *nx_packet_pool_name;
    ULONG nx_packet_pool_available;
    ULONG nx_packet_pool_total;
    ULONG nx_packet_pool_empty_requests;
    ULONG nx_packet_pool_empty_suspensions;
    ULONG nx_packet_pool_invalid_releases;
    NX_PACKET *nx_packet_pool_available_list;
    CHAR *nx_packet_pool_start;
    ULONG nx_packet_pool_size;
    ULONG nx_packet_pool_payload_size;
    VOID *nx_packet_pool_room[4];
} NX_PACKET_POOL;

typedef struct NXD_ADDRESS_STRUCT {
    ULONG nxd_ip_version;
    union {
#ifndef NX_DISABLE_IPV4
        ULONG v4;
#endif
#ifdef FEATURE_NX_IPV6
        ULONG v6[4];
#endif
    } nxd_ip_address;
} NXD_ADDRESS;

typedef struct NX_IP_DRIVER_STRUCT {
    UINT nx_ip_driver_command;
    UINT nx_ip_driver_status;
    struct NX_IP_STRUCT *nx_ip_driver_ptr;
    NX_PACKET *nx_ip_driver_packet;
} NX_IP_DRIVER;

#define NX_HOST_IPV6_ADDRESSES 4

typedef struct NX_IP_STRUCT {
    ULONG nx_ip_id;
    CHAR *nx_ip_name;
    ULONG nx_ip_address;
    ULONG nx_ip_network_mask;
    ULONG nx_ip_gateway_address;
    NX_PACKET_POOL *nx_ip_default_packet_pool;
    VOID (*nx_ip_driver)(NX_IP_DRIVER *);
    /* Of the host layer: which protocols are enabled, and the IPv6 addresses in use. */
    ULONG nx_ip_host_enabled;
    UINT nx_ip_host_ipv6_count;
    ULONG nx_ip_host_ipv6[NX_HOST_IPV6_ADDRESSES][4];
} NX_IP;

typedef struct NX_TCP_SOCKET_STRUCT {
    ULONG nx_tcp_socket_id;
    CHAR *nx_tcp_socket_name;
    NX_IP *nx_tcp_socket_ip_ptr;
    UINT nx_tcp_socket_state;
    VOID *nx_tcp_socket_reserved_ptr;
    VOID *nx_tcp_socket_host;
    ULONG nx_tcp_socket_room[NX_HOST_SOCKET_ROOM];
} NX_TCP_SOCKET;

VOID _nx_ram_network_driver(NX_IP_DRIVER *driver_req_ptr);
VOID _nx_ram_network_driver_1024(NX_IP_DRIVER *driver_req_ptr);

VOID _nx_system_initialize(VOID);

UINT _nx_packet_pool_create(NX_PACKET_POOL *pool_ptr, CHAR *name_ptr, ULONG payload_size, VOID *memory_ptr,
                            ULONG memory_size);
UINT _nxe_packet_pool_create(NX_PACKET_POOL *pool_ptr, CHAR *name_ptr, ULONG payload_size, VOID *memory_ptr,
                             ULONG memory_size, UINT pool_control_block_size);
UINT _nx_packet_pool_delete(NX_PACKET_POOL *pool_ptr);
UINT _nx_packet_pool_info_get(NX_PACKET_POOL *pool_ptr, ULONG *total_packets, ULONG *free_packets,
                              ULONG *empty_pool_requests, ULONG *empty_pool_suspensions,
                              ULONG *invalid_packet_releases);
UINT _nx_packet_allocate(NX_PACKET_POOL *pool_ptr, NX_PACKET **packet_ptr, ULONG packet_type,
                         ULONG wait_option);
UINT _nx_packet_release(NX_PACKET *packet_ptr);
UINT _nxe_packet_release(NX_PACKET **packet_ptr_ptr);
UINT _nx_packet_data_append(NX_PACKET *packet_ptr, VOID *data_start, ULONG data_size,
                            NX_PACKET_POOL *pool_ptr, ULONG wait_option);
UINT _nx_packet_data_retrieve(NX_PACKET *packet_ptr, VOID *buffer_start, ULONG *bytes_copied);
UINT _nx_packet_data_extract_offset(NX_PACKET *packet_ptr, ULONG offset, VOID *buffer_start,
                                    ULONG buffer_length, ULONG *bytes_copied);
UINT _nx_packet_length_get(NX_PACKET *packet_ptr, ULONG *length);

UINT _nx_ip_create(NX_IP *ip_ptr, CHAR *name, ULONG ip_address, ULONG network_mask,
                   NX_PACKET_POOL *default_pool, VOID (*ip_network_driver)(NX_IP_DRIVER *), VOID *memory_ptr,
                   ULONG memory_size, UINT priority);
UINT _nxe_ip_create(NX_IP *ip_ptr, CHAR *name, ULONG ip_address, ULONG network_mask,
                    NX_PACKET_POOL *default_pool, VOID (*ip_network_driver)(NX_IP_DRIVER *), VOID *memory_ptr,
                    ULONG memory_size, UINT priority, UINT ip_control_block_size);
UINT _nx_ip_delete(NX_IP *ip_ptr);
UINT _nx_ip_status_check(NX_IP *ip_ptr, ULONG needed_status, ULONG *actual_status, ULONG wait_option);
UINT _nx_ip_address_get(NX_IP *ip_ptr, ULONG *ip_address, ULONG *network_mask);
UINT _nx_ip_gateway_address_set(NX_IP *ip_ptr, ULONG ip_address);
UINT _nx_arp_enable(NX_IP *ip_ptr, VOID *arp_cache_memory, ULONG arp_cache_size);
UINT _nx_icmp_enable(NX_IP *ip_ptr);
UINT _nx_tcp_enable(NX_IP *ip_ptr);
UINT _nx_udp_enable(NX_IP *ip_ptr);
UINT _nxd_ipv6_enable(NX_IP *ip_ptr);
UINT _nxd_icmp_enable(NX_IP *ip_ptr);
UINT _nxd_ipv6_address_set(NX_IP *ip_ptr, UINT interface_index, NXD_ADDRESS *ip_address, ULONG prefix_length,
                           UINT *address_index);

UINT _nx_tcp_socket_create(NX_IP *ip_ptr, NX_TCP_SOCKET *socket_ptr, CHAR *name, ULONG type_of_service,
                           ULONG fragment, UINT time_to_live, ULONG window_size,
                           VOID (*tcp_urgent_data_callback)(NX_TCP_SOCKET *),
                           VOID (*tcp_disconnect_callback)(NX_TCP_SOCKET *));
UINT _nxe_tcp_socket_create(NX_IP *ip_ptr, NX_TCP_SOCKET *socket_ptr, CHAR *name, ULONG type_of_service,
                            ULONG fragment, UINT time_to_live, ULONG window_size,
                            VOID (*tcp_urgent_data_callback)(NX_TCP_SOCKET *),
                            VOID (*tcp_disconnect_callback)(NX_TCP_SOCKET *), UINT tcp_socket_size);
UINT _nx_tcp_socket_delete(NX_TCP_SOCKET *socket_ptr);
UINT _nx_tcp_client_socket_bind(NX_TCP_SOCKET *socket_ptr, UINT port, ULONG wait_option);
UINT _nx_tcp_client_socket_unbind(NX_TCP_SOCKET *socket_ptr);
UINT _nx_tcp_client_socket_connect(NX_TCP_SOCKET *socket_ptr, ULONG server_ip, UINT server_port,
                                   ULONG wait_option);
UINT _nxd_tcp_client_socket_connect(NX_TCP_SOCKET *socket_ptr, NXD_ADDRESS *server_ip, UINT server_port,
                                    ULONG wait_option);
UINT _nx_tcp_socket_send(NX_TCP_SOCKET *socket_ptr, NX_PACKET *packet_ptr, ULONG wait_option);
UINT _nxe_tcp_socket_send(NX_TCP_SOCKET *socket_ptr, NX_PACKET **packet_ptr_ptr, ULONG wait_option);
UINT _nx_tcp_socket_receive(NX_TCP_SOCKET *socket_ptr, NX_PACKET **packet_ptr, ULONG wait_option);
UINT _nx_tcp_socket_disconnect(NX_TCP_SOCKET *socket_ptr, ULONG wait_option);
UINT _nx_tcp_socket_mss_get(NX_TCP_SOCKET *socket_ptr, ULONG *mss);
UINT _nx_tcp_socket_receive_notify(NX_TCP_SOCKET *socket_ptr, VOID (*tcp_receive_notify)(NX_TCP_SOCKET *));
UINT _nx_tcp_socket_peer_info_get(NX_TCP_SOCKET *socket_ptr, ULONG *peer_ip_address, ULONG *peer_port);
UINT _nxd_tcp_socket_peer_info_get(NX_TCP_SOCKET *socket_ptr, NXD_ADDRESS *peer_ip_address, ULONG *peer_port);
UINT _nx_tcp_socket_bytes_available(NX_TCP_SOCKET *socket_ptr, ULONG *bytes_available);
UINT _nx_tcp_socket_state_wait(NX_TCP_SOCKET *socket_ptr, UINT desired_state, ULONG wait_option);
UINT _nx_tcp_socket_transmit_configure(NX_TCP_SOCKET *socket_ptr, ULONG max_queue_depth, ULONG timeout,
                                       ULONG max_retries, ULONG timeout_shift);
UINT _nx_tcp_socket_info_get(NX_TCP_SOCKET *socket_ptr, ULONG *tcp_packets_sent, ULONG *tcp_bytes_sent,
                             ULONG *tcp_packets_received, ULONG *tcp_bytes_received,
                             ULONG *tcp_retransmit_packets, ULONG *tcp_packets_queued,
                             ULONG *tcp_checksum_errors, ULONG *tcp_socket_state,
                             ULONG *tcp_transmit_queue_depth, ULONG *tcp_transmit_window,
                             ULONG *tcp_receive_window);
UINT _nx_tcp_server_socket_listen(NX_IP *ip_ptr, UINT port, NX_TCP_SOCKET *socket_ptr, UINT listen_queue_size,
                                  VOID (*tcp_listen_callback)(NX_TCP_SOCKET *, UINT));
UINT _nx_tcp_server_socket_accept(NX_TCP_SOCKET *socket_ptr, ULONG wait_option);
UINT _nx_tcp_server_socket_unaccept(NX_TCP_SOCKET *socket_ptr);
UINT _nx_tcp_server_socket_relisten(NX_IP *ip_ptr, UINT port, NX_TCP_SOCKET *socket_ptr);
UINT _nx_tcp_server_socket_unlisten(NX_IP *ip_ptr, UINT port);

/* Applications use these names. With error checking, the two services that take a packet away set the
 * caller's variable to NULL on success: pass a plain variable. A service that creates an object gets its size
 * too. The arguments of the other services are checked in either case. */
#ifndef NX_DISABLE_ERROR_CHECKING
#define nx_packet_release(p)                    _nxe_packet_release(&(p))
#define nx_tcp_socket_send(s, p, w)             _nxe_tcp_socket_send(s, &(p), w)
#define nx_packet_pool_create(p, n, s, m, l)    _nxe_packet_pool_create(p, n, s, m, l, sizeof(NX_PACKET_POOL))
#define nx_ip_create(i, n, a, k, p, d, m, l, t) _nxe_ip_create(i, n, a, k, p, d, m, l, t, sizeof(NX_IP))
#define nx_tcp_socket_create(i, s, n, t, f, l, w, u, d) \
    _nxe_tcp_socket_create(i, s, n, t, f, l, w, u, d, sizeof(NX_TCP_SOCKET))
#else
#define nx_packet_release     _nx_packet_release
#define nx_tcp_socket_send    _nx_tcp_socket_send
#define nx_tcp_socket_create  _nx_tcp_socket_create
#define nx_ip_create          _nx_ip_create
#define nx_packet_pool_create _nx_packet_pool_create
#endif
#define nx_system_initialize             _nx_system_initialize
#define nx_packet_pool_delete            _nx_packet_pool_delete
#define nx_packet_pool_info_get          _nx_packet_pool_info_get
#define nx_packet_allocate               _nx_packet_allocate
#define nx_packet_data_append            _nx_packet_data_append
#define nx_packet_data_retrieve          _nx_packet_data_retrieve
#define nx_packet_data_extract_offset    _nx_packet_data_extract_offset
#define nx_packet_length_get             _nx_packet_length_get
#define nx_ip_delete                     _nx_ip_delete
#define nx_ip_status_check               _nx_ip_status_check
#define nx_ip_address_get                _nx_ip_address_get
#define nx_ip_gateway_address_set        _nx_ip_gateway_address_set
#define nx_arp_enable                    _nx_arp_enable
#define nx_icmp_enable                   _nx_icmp_enable
#define nx_tcp_enable                    _nx_tcp_enable
#define nx_udp_enable                    _nx_udp_enable
#define nxd_ipv6_enable                  _nxd_ipv6_enable
#define nxd_icmp_enable                  _nxd_icmp_enable
#define nxd_ipv6_address_set             _nxd_ipv6_address_set
#define nx_tcp_socket_delete             _nx_tcp_socket_delete
#define nx_tcp_client_socket_bind        _nx_tcp_client_socket_bind
#define nx_tcp_client_socket_unbind      _nx_tcp_client_socket_unbind
#define nx_tcp_client_socket_connect     _nx_tcp_client_socket_connect
#define nxd_tcp_client_socket_connect    _nxd_tcp_client_socket_connect
#define nx_tcp_socket_receive            _nx_tcp_socket_receive
#define nx_tcp_socket_disconnect         _nx_tcp_socket_disconnect
#define nx_tcp_socket_mss_get            _nx_tcp_socket_mss_get
#define nx_tcp_socket_receive_notify     _nx_tcp_socket_receive_notify
#define nx_tcp_socket_peer_info_get      _nx_tcp_socket_peer_info_get
#define nxd_tcp_socket_peer_info_get     _nxd_tcp_socket_peer_info_get
#define nx_tcp_socket_bytes_available    _nx_tcp_socket_bytes_available
#define nx_tcp_socket_state_wait         _nx_tcp_socket_state_wait
#define nx_tcp_socket_transmit_configure _nx_tcp_socket_transmit_configure
#define nx_tcp_socket_info_get           _nx_tcp_socket_info_get
#define nx_tcp_server_socket_listen      _nx_tcp_server_socket_listen
#define nx_tcp_server_socket_accept      _nx_tcp_server_socket_accept
#define nx_tcp_server_socket_unaccept    _nx_tcp_server_socket_unaccept
#define nx_tcp_server_socket_relisten    _nx_tcp_server_socket_relisten
#define nx_tcp_server_socket_unlisten    _nx_tcp_server_socket_unlisten

#ifdef __cplusplus
}
#endif

#endif
