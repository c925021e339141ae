/* SPDX-License-Identifier: MIT */
/* Inside the host layer: addresses, the map from NetX addresses to the PC's, and the addresses of an
 * instance. */
#ifndef HOST_ADDRESS_H
#define HOST_ADDRESS_H

#include "host.h"
#include "nx_ip.h"

struct sockaddr_storage;

/* ---- address.c ---- */
struct host_address {
    UINT version; /* 4, 6, or 0: none */
    uint32_t word[4];
};
int host_address_from_nxd(struct host_address *address, const NXD_ADDRESS *from);
void host_address_to_nxd(NXD_ADDRESS *to, const struct host_address *address);
void host_address_v4(struct host_address *address, ULONG v4);
int host_address_equal(const struct host_address *a, const struct host_address *b);
int host_address_is_zero(const struct host_address *address);
int host_address_is_loopback(const struct host_address *address);
int host_address_from_text(struct host_address *address, const char *text);
/* Returns the size of the kernel's form. */
unsigned int host_address_to_kernel(const struct host_address *address, UINT port,
                                    struct sockaddr_storage *to);
UINT host_address_from_kernel(struct host_address *address, const struct sockaddr_storage *from);

/* ---- map.c ---- */
UINT host_map_port(UINT port);
void host_map_address(struct host_address *address);
void host_map_reset(void);

/* ---- ip.c ---- */
#define HOST_IP_TCP ((ULONG)1)
/* The index-th address of an instance, IPv4 first; 0 when there are no more. */
int host_ip_address(const NX_IP *ip, UINT index, struct host_address *address);
/* The address that a connection to an address of this version comes from. */
int host_ip_source(const NX_IP *ip, UINT version, struct host_address *address);
int host_ip_owns(const NX_IP *ip, const struct host_address *address);

#endif
