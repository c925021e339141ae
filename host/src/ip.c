/* SPDX-License-Identifier: MIT */
/* Invariant: an IP instance is a name, a pool and addresses; nx_ip_id is NX_IP_ID from create to delete,
 * and nothing here touches the network. */
#include "net.h"

#define IP_ARP  ((ULONG)2)
#define IP_ICMP ((ULONG)4)
#define IP_UDP  ((ULONG)8)
#define IP_IPV6 ((ULONG)16)
#define IP_ICM6 ((ULONG)32)

#define IP_MINIMUM_CACHE 52 /* octets of one ARP entry */

/* The RAM driver of the demonstrations: there is no driver to run. */
VOID _nx_ram_network_driver(NX_IP_DRIVER *driver_req_ptr)
{
    driver_req_ptr->nx_ip_driver_status = NX_SUCCESS;
}

VOID _nx_ram_network_driver_1024(NX_IP_DRIVER *driver_req_ptr)
{
    driver_req_ptr->nx_ip_driver_status = NX_SUCCESS;
}

UINT _nx_ip_create(NX_IP *ip_ptr, CHAR *name, ULONG ip_address, ULONG network_mask,
                   NX_PACKET_POOL *default_pool, VOID (*ip_network_driver)(NX_IP_DRIVER *), VOID *memory_ptr,
                   ULONG memory_size, UINT priority)
{
    UINT status = NX_SUCCESS;

    NX_INIT_AND_THREADS_CALLER_CHECKING
    if (!ip_ptr || !ip_network_driver || !memory_ptr) {
        return NX_PTR_ERROR;
    }
    if (memory_size < TX_MINIMUM_STACK) {
        return NX_SIZE_ERROR;
    }
    if (priority >= TX_MAX_PRIORITIES) {
        return NX_OPTION_ERROR;
    }
    host_enter();
    if (host_object_is(HOST_IP, ip_ptr)) {
        status = NX_PTR_ERROR;
    } else if (!host_object_is(HOST_POOL, default_pool)) {
        status = NX_POOL_ERROR;
    } else {
        memset(ip_ptr, 0, sizeof *ip_ptr);
        ip_ptr->nx_ip_id = NX_IP_ID;
        ip_ptr->nx_ip_name = name;
        ip_ptr->nx_ip_address = ip_address;
        ip_ptr->nx_ip_network_mask = network_mask;
        ip_ptr->nx_ip_default_packet_pool = default_pool;
        ip_ptr->nx_ip_driver = ip_network_driver;
        (void)host_object_add(HOST_IP, ip_ptr);
    }
    host_leave();
    return status;
}

UINT _nxe_ip_create(NX_IP *ip_ptr, CHAR *name, ULONG ip_address, ULONG network_mask,
                    NX_PACKET_POOL *default_pool, VOID (*ip_network_driver)(NX_IP_DRIVER *), VOID *memory_ptr,
                    ULONG memory_size, UINT priority, UINT ip_control_block_size)
{
    if (ip_control_block_size != sizeof *ip_ptr) {
        return NX_PTR_ERROR;
    }
    return _nx_ip_create(ip_ptr, name, ip_address, network_mask, default_pool, ip_network_driver, memory_ptr,
                         memory_size, priority);
}

UINT _nx_ip_delete(NX_IP *ip_ptr)
{
    const struct host_socket *s;
    UINT status = NX_SUCCESS;

    NX_THREADS_ONLY_CALLER_CHECKING
    host_enter();
    if (!host_object_is(HOST_IP, ip_ptr)) {
        status = NX_PTR_ERROR;
    } else {
        for (s = host_sockets; s; s = s->next) {
            if (s->ip == ip_ptr) {
                status = NX_SOCKETS_BOUND;
            }
        }
        if (status == NX_SUCCESS) {
            host_object_remove(HOST_IP, ip_ptr);
            ip_ptr->nx_ip_id = 0;
        }
    }
    host_leave();
    return status;
}

static UINT ip_enable(NX_IP *ip_ptr, ULONG protocol)
{
    UINT status = NX_SUCCESS;

    host_enter();
    if (!host_object_is(HOST_IP, ip_ptr)) {
        status = NX_PTR_ERROR;
    } else if (ip_ptr->nx_ip_host_enabled & protocol) {
        status = NX_ALREADY_ENABLED;
    } else {
        ip_ptr->nx_ip_host_enabled |= protocol;
    }
    host_leave();
    return status;
}

UINT _nx_arp_enable(NX_IP *ip_ptr, VOID *arp_cache_memory, ULONG arp_cache_size)
{
    NX_INIT_AND_THREADS_CALLER_CHECKING
    if (!arp_cache_memory) {
        return NX_PTR_ERROR;
    }
    return arp_cache_size < IP_MINIMUM_CACHE ? NX_SIZE_ERROR : ip_enable(ip_ptr, IP_ARP);
}

UINT _nx_icmp_enable(NX_IP *ip_ptr)
{
    NX_INIT_AND_THREADS_CALLER_CHECKING
    return ip_enable(ip_ptr, IP_ICMP);
}

/* These two may be called by timers too. */
UINT _nx_tcp_enable(NX_IP *ip_ptr)
{
    return ip_enable(ip_ptr, HOST_IP_TCP);
}

UINT _nx_udp_enable(NX_IP *ip_ptr)
{
    return ip_enable(ip_ptr, IP_UDP);
}

UINT _nxd_icmp_enable(NX_IP *ip_ptr)
{
    NX_INIT_AND_THREADS_CALLER_CHECKING
#ifdef FEATURE_NX_IPV6
    return ip_enable(ip_ptr, IP_ICM6);
#else
    return ip_enable(ip_ptr, IP_ICMP);
#endif
}

UINT _nxd_ipv6_enable(NX_IP *ip_ptr)
{
#ifdef FEATURE_NX_IPV6
    NX_INIT_AND_THREADS_CALLER_CHECKING
    return ip_enable(ip_ptr, IP_IPV6);
#else
    NX_PARAMETER_NOT_USED(ip_ptr);
    return NX_NOT_SUPPORTED;
#endif
}

#ifdef FEATURE_NX_IPV6
static UINT ip_add_ipv6(NX_IP *ip_ptr, const NXD_ADDRESS *ip_address, UINT *address_index)
{
    static const ULONG link_local[4] = {0xFE800000UL, 0, 0, 1};
    UINT count = ip_ptr->nx_ip_host_ipv6_count;

    if (!(ip_ptr->nx_ip_host_enabled & IP_IPV6)) {
        return NX_NOT_SUPPORTED;
    }
    if (count == NX_HOST_IPV6_ADDRESSES) {
        return NX_NO_MORE_ENTRIES;
    }
    memcpy(ip_ptr->nx_ip_host_ipv6[count], ip_address ? ip_address->nxd_ip_address.v6 : link_local,
           sizeof link_local);
    ip_ptr->nx_ip_host_ipv6_count = count + 1;
    if (address_index) {
        *address_index = count;
    }
    return NX_SUCCESS;
}
#endif

UINT _nxd_ipv6_address_set(NX_IP *ip_ptr, UINT interface_index, NXD_ADDRESS *ip_address, ULONG prefix_length,
                           UINT *address_index)
{
#ifdef FEATURE_NX_IPV6
    UINT status;

    NX_INIT_AND_THREADS_CALLER_CHECKING
    host_enter();
    if (!host_object_is(HOST_IP, ip_ptr)) {
        status = NX_PTR_ERROR;
    } else if (interface_index >= NX_IP_MAX_INTERFACE) {
        status = NX_INVALID_INTERFACE;
    } else if (prefix_length > 128 || (ip_address && ip_address->nxd_ip_version != NX_IP_VERSION_V6)) {
        status = NX_IP_ADDRESS_ERROR;
    } else {
        status = ip_add_ipv6(ip_ptr, ip_address, address_index);
    }
    host_leave();
    return status;
#else
    NX_PARAMETER_NOT_USED(ip_ptr);
    NX_PARAMETER_NOT_USED(interface_index);
    NX_PARAMETER_NOT_USED(ip_address);
    NX_PARAMETER_NOT_USED(prefix_length);
    NX_PARAMETER_NOT_USED(address_index);
    return NX_NOT_SUPPORTED;
#endif
}

static ULONG ip_status(const NX_IP *ip_ptr)
{
    ULONG status = NX_IP_INITIALIZE_DONE | NX_IP_LINK_ENABLED | NX_IP_INTERFACE_LINK_ENABLED;

    if (ip_ptr->nx_ip_address || ip_ptr->nx_ip_host_ipv6_count) {
        status |= NX_IP_ADDRESS_RESOLVED;
    }
    if (ip_ptr->nx_ip_host_enabled & IP_ARP) {
        status |= NX_IP_ARP_ENABLED;
    }
    if (ip_ptr->nx_ip_host_enabled & IP_UDP) {
        status |= NX_IP_UDP_ENABLED;
    }
    if (ip_ptr->nx_ip_host_enabled & HOST_IP_TCP) {
        status |= NX_IP_TCP_ENABLED;
    }
    return status;
}

/* The link is up from the start, so there is nothing that a wait could bring. */
UINT _nx_ip_status_check(NX_IP *ip_ptr, ULONG needed_status, ULONG *actual_status, ULONG wait_option)
{
    UINT status;

    NX_THREADS_ONLY_CALLER_CHECKING
    NX_PARAMETER_NOT_USED(wait_option);
    host_enter();
    if (!actual_status || !host_object_is(HOST_IP, ip_ptr)) {
        status = NX_PTR_ERROR;
    } else if (!needed_status) {
        status = NX_OPTION_ERROR;
    } else {
        *actual_status = ip_status(ip_ptr);
        status = (*actual_status & needed_status) == needed_status ? NX_SUCCESS : NX_NOT_SUCCESSFUL;
    }
    host_leave();
    return status;
}

UINT _nx_ip_address_get(NX_IP *ip_ptr, ULONG *ip_address, ULONG *network_mask)
{
    UINT status = NX_PTR_ERROR;

    NX_INIT_AND_THREADS_CALLER_CHECKING
    host_enter();
    if (ip_address && network_mask && host_object_is(HOST_IP, ip_ptr)) {
        *ip_address = ip_ptr->nx_ip_address;
        *network_mask = ip_ptr->nx_ip_network_mask;
        status = NX_SUCCESS;
    }
    host_leave();
    return status;
}

UINT _nx_ip_gateway_address_set(NX_IP *ip_ptr, ULONG ip_address)
{
    UINT status = NX_SUCCESS;

    NX_INIT_AND_THREADS_CALLER_CHECKING
    host_enter();
    if (!host_object_is(HOST_IP, ip_ptr)) {
        status = NX_PTR_ERROR;
    } else if (!ip_address || ((ip_address ^ ip_ptr->nx_ip_address) & ip_ptr->nx_ip_network_mask)) {
        status = NX_IP_ADDRESS_ERROR;
    } else {
        ip_ptr->nx_ip_gateway_address = ip_address;
    }
    host_leave();
    return status;
}

int host_ip_address(const NX_IP *ip, UINT index, struct host_address *address)
{
#ifndef NX_DISABLE_IPV4
    if (index == 0) {
        host_address_v4(address, ip->nx_ip_address);
        return 1;
    }
    index--;
#endif
    if (index < ip->nx_ip_host_ipv6_count) {
        size_t i;

        address->version = NX_IP_VERSION_V6;
        for (i = 0; i < 4; i++) {
            address->word[i] = (uint32_t)ip->nx_ip_host_ipv6[index][i];
        }
        return 1;
    }
    return 0;
}

int host_ip_source(const NX_IP *ip, UINT version, struct host_address *address)
{
    UINT i;

    for (i = 0; host_ip_address(ip, i, address); i++) {
        if (address->version == version) {
            return 1;
        }
    }
    return 0;
}

int host_ip_owns(const NX_IP *ip, const struct host_address *address)
{
    struct host_address own;
    UINT i;

    for (i = 0; host_ip_address(ip, i, &own); i++) {
        if (!host_address_is_zero(&own) && host_address_equal(&own, address)) {
            return 1;
        }
    }
    return 0;
}
