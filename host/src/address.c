/* SPDX-License-Identifier: MIT */
/* Invariant: inside the host layer an address has 32-bit words in host byte order, whatever ULONG is and
 * whichever protocols the build has. */
#define _POSIX_C_SOURCE 200809L

#include "address.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

int host_address_from_nxd(struct host_address *address, const NXD_ADDRESS *from)
{
    memset(address, 0, sizeof *address);
    address->version = (UINT)from->nxd_ip_version;
#ifndef NX_DISABLE_IPV4
    if (from->nxd_ip_version == NX_IP_VERSION_V4) {
        address->word[0] = (uint32_t)from->nxd_ip_address.v4;
        return 1;
    }
#endif
#ifdef FEATURE_NX_IPV6
    if (from->nxd_ip_version == NX_IP_VERSION_V6) {
        size_t i;

        for (i = 0; i < 4; i++) {
            address->word[i] = (uint32_t)from->nxd_ip_address.v6[i];
        }
        return 1;
    }
#endif
    return 0;
}

void host_address_to_nxd(NXD_ADDRESS *to, const struct host_address *address)
{
    memset(to, 0, sizeof *to);
    to->nxd_ip_version = address->version;
#ifndef NX_DISABLE_IPV4
    if (address->version == NX_IP_VERSION_V4) {
        to->nxd_ip_address.v4 = address->word[0];
    }
#endif
#ifdef FEATURE_NX_IPV6
    if (address->version == NX_IP_VERSION_V6) {
        size_t i;

        for (i = 0; i < 4; i++) {
            to->nxd_ip_address.v6[i] = address->word[i];
        }
    }
#endif
}

void host_address_v4(struct host_address *address, ULONG v4)
{
    memset(address, 0, sizeof *address);
    address->version = NX_IP_VERSION_V4;
    address->word[0] = (uint32_t)v4;
}

int host_address_equal(const struct host_address *a, const struct host_address *b)
{
    return a->version == b->version && memcmp(a->word, b->word, sizeof a->word) == 0;
}

int host_address_is_zero(const struct host_address *address)
{
    return !(address->word[0] | address->word[1] | address->word[2] | address->word[3]);
}

int host_address_is_loopback(const struct host_address *address)
{
    if (address->version == NX_IP_VERSION_V4) {
        return address->word[0] >> 24 == 127;
    }
    return !(address->word[0] | address->word[1] | address->word[2]) && address->word[3] == 1;
}

int host_address_from_text(struct host_address *address, const char *text)
{
    uint32_t words[4] = {0, 0, 0, 0};
    size_t i;

    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, text, words) == 1) {
        address->version = NX_IP_VERSION_V4;
    } else if (inet_pton(AF_INET6, text, words) == 1) {
        address->version = NX_IP_VERSION_V6;
    } else {
        return 0;
    }
    for (i = 0; i < 4; i++) {
        address->word[i] = ntohl(words[i]);
    }
    return 1;
}

unsigned int host_address_to_kernel(const struct host_address *address, UINT port,
                                    struct sockaddr_storage *to)
{
    memset(to, 0, sizeof *to);
    if (address->version == NX_IP_VERSION_V6) {
        struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)to;
        size_t i;

        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)port);
        for (i = 0; i < 4; i++) {
            uint32_t word = htonl(address->word[i]);

            memcpy(v6->sin6_addr.s6_addr + 4 * i, &word, sizeof word);
        }
        return (unsigned int)sizeof *v6;
    } else {
        struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)to;

        v4->sin_family = AF_INET;
        v4->sin_port = htons((uint16_t)port);
        v4->sin_addr.s_addr = htonl(address->word[0]);
        return (unsigned int)sizeof *v4;
    }
}

UINT host_address_from_kernel(struct host_address *address, const struct sockaddr_storage *from)
{
    memset(address, 0, sizeof *address);
    if (from->ss_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)from;
        size_t i;

        address->version = NX_IP_VERSION_V6;
        for (i = 0; i < 4; i++) {
            uint32_t word;

            memcpy(&word, v6->sin6_addr.s6_addr + 4 * i, sizeof word);
            address->word[i] = ntohl(word);
        }
        return ntohs(v6->sin6_port);
    } else {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)from;

        host_address_v4(address, ntohl(v4->sin_addr.s_addr));
        return ntohs(v4->sin_port);
    }
}
