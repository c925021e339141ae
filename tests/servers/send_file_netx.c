/* SPDX-License-Identifier: MIT */

/* The half of send_file that is a NetX Duo application. */

#include "send_file.h"

#include "nx_api.h"
#include "nxd_smtp_client.h"

#define SEND_FILE_STACK_OCTETS    4096
#define SEND_FILE_PAYLOAD_OCTETS  1536
#define SEND_FILE_PACKETS         32
#define SEND_FILE_IP_PRIORITY     1
#define SEND_FILE_THREAD_PRIORITY 8

static const struct send_file_options *send_file_request;
static TX_THREAD send_file_thread;
static NX_PACKET_POOL send_file_pool;
static NX_IP send_file_ip;
static NX_SMTP_CLIENT send_file_smtp_client;
/* ULONG for the alignment. */
static ULONG send_file_stack[SEND_FILE_STACK_OCTETS / sizeof(ULONG)];
static ULONG send_file_ip_stack[SEND_FILE_STACK_OCTETS / sizeof(ULONG)];
static ULONG send_file_arp_cache[1024 / sizeof(ULONG)];
static ULONG
    send_file_pool_memory[SEND_FILE_PACKETS * (SEND_FILE_PAYLOAD_OCTETS + sizeof(NX_PACKET)) / sizeof(ULONG)];

/* Ends the whole program: the scheduler never returns. */
static void send_file_end(UINT status)
{
    if (status != NX_SUCCESS) {
        printf("status 0x%02X\n", (unsigned)status);
    }
    exit(status == NX_SUCCESS ? 0 : 1);
}

static void send_file_check(UINT status)
{
    if (status != NX_SUCCESS) {
        send_file_end(status);
    }
}

static ULONG send_file_word(const uint8_t *octets)
{
    return (ULONG)octets[0] << 24 | (ULONG)octets[1] << 16 | (ULONG)octets[2] << 8 | octets[3];
}

static NXD_ADDRESS send_file_server_address(void)
{
    const uint8_t *octets = send_file_request->address;
    NXD_ADDRESS address;
    if (send_file_request->ip_version == 4) {
        address.nxd_ip_version = NX_IP_VERSION_V4;
        address.nxd_ip_address.v4 = send_file_word(octets);
    } else {
        address.nxd_ip_version = NX_IP_VERSION_V6;
        for (int i = 0; i < 4; i++) {
            address.nxd_ip_address.v6[i] = send_file_word(octets + 4 * i);
        }
    }
    return address;
}

static UINT send_file_auth_type(void)
{
    switch (send_file_request->auth) {
    case SEND_FILE_AUTH_PLAIN:
        return NX_SMTP_CLIENT_AUTH_PLAIN;
    case SEND_FILE_AUTH_LOGIN:
        return NX_SMTP_CLIENT_AUTH_LOGIN;
    default:
        return NX_SMTP_CLIENT_AUTH_NONE;
    }
}

static UINT send_file_mail_priority(void)
{
    switch (send_file_request->priority) {
    case SEND_FILE_PRIORITY_LOW:
        return NX_SMTP_MAIL_PRIORITY_LOW;
    case SEND_FILE_PRIORITY_HIGH:
        return NX_SMTP_MAIL_PRIORITY_HIGH;
    default:
        return NX_SMTP_MAIL_PRIORITY_NORMAL;
    }
}

static VOID send_file_entry(ULONG input)
{
    NX_PARAMETER_NOT_USED(input);
    const struct send_file_options *request = send_file_request;
    int authenticate = request->auth != SEND_FILE_AUTH_NONE;
    NXD_ADDRESS server = send_file_server_address();
    send_file_check(nxd_smtp_client_create(&send_file_smtp_client, &send_file_ip, &send_file_pool,
                                           authenticate ? request->user : "",
                                           authenticate ? request->password : "", request->from,
                                           request->domain, send_file_auth_type(), &server, request->port));
    UINT status = nx_smtp_mail_send(&send_file_smtp_client, request->to, send_file_mail_priority(),
                                    request->subject, request->body, (UINT)request->body_octets);
    send_file_check(nx_smtp_client_delete(&send_file_smtp_client));

    /* A mail costs no packet: all of them are back. */
    ULONG total, available, requests, suspensions, invalid;
    send_file_check(
        nx_packet_pool_info_get(&send_file_pool, &total, &available, &requests, &suspensions, &invalid));
    if (available != total || invalid != 0) {
        printf("packets lost: %lu of %lu, released twice: %lu\n", (unsigned long)(total - available),
               (unsigned long)total, (unsigned long)invalid);
        exit(1);
    }
    send_file_end(status);
}

VOID tx_application_define(VOID *first_unused_memory)
{
    NX_PARAMETER_NOT_USED(first_unused_memory);
    NXD_ADDRESS loopback = {NX_IP_VERSION_V6, {.v6 = {0, 0, 0, 1}}};
    nx_system_initialize();
    send_file_check(nx_packet_pool_create(&send_file_pool, "packets", SEND_FILE_PAYLOAD_OCTETS,
                                          send_file_pool_memory, sizeof send_file_pool_memory));
    send_file_check(nx_ip_create(&send_file_ip, "ip", IP_ADDRESS(127, 0, 0, 1), 0xFF000000UL, &send_file_pool,
                                 _nx_ram_network_driver, send_file_ip_stack, sizeof send_file_ip_stack,
                                 SEND_FILE_IP_PRIORITY));
    send_file_check(nx_arp_enable(&send_file_ip, send_file_arp_cache, sizeof send_file_arp_cache));
    send_file_check(nx_tcp_enable(&send_file_ip));
    if (send_file_request->ip_version == 6) {
        send_file_check(nxd_ipv6_enable(&send_file_ip));
        send_file_check(nxd_icmp_enable(&send_file_ip));
        send_file_check(nxd_ipv6_address_set(&send_file_ip, 0, &loopback, 128, NX_NULL));
    }
    send_file_check(tx_thread_create(&send_file_thread, "sender", send_file_entry, 0, send_file_stack,
                                     sizeof send_file_stack, SEND_FILE_THREAD_PRIORITY,
                                     SEND_FILE_THREAD_PRIORITY, TX_NO_TIME_SLICE, TX_AUTO_START));
}

int send_file_netx(const struct send_file_options *options)
{
    send_file_request = options;
    tx_kernel_enter();
    return 1;
}
