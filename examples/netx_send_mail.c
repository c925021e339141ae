/* SPDX-License-Identifier: MIT */
/* A NetX Duo application that sends a mail over IPv4, and one over IPv6 where NetX Duo has it. It prints the
 * dialogues, with "***" for secrets. It runs unchanged on a board, with the addresses below and the board's
 * network driver. It also runs on a PC over the host layer, which can map the server's address to another
 * one:
 *
 *     NETX_HOST_ADDRESS_MAP=192.168.1.10=127.0.0.1,2001:db8::10=::1 NETX_HOST_PORT_MAP=587:2525
 * netx_send_mail / */
#include "nx_api.h"
#include "nxd_smtp_client.h"

#define CLIENT_ADDRESS IP_ADDRESS(192, 168, 1, 20)
#define SERVER_ADDRESS IP_ADDRESS(192, 168, 1, 10)
#define NETWORK_MASK   0xFFFFFF00UL
#define SERVER_PORT    587

#define USERNAME      "alice@mail.test"
#define PASSWORD      "secret"
#define FROM_ADDRESS  "alice@mail.test"
#define RECIPIENT     "bob@mail.test"
#define CLIENT_DOMAIN "sensor.mail.test"

#define PAYLOAD_SIZE 1536
#define PACKETS      12
#define POOL_SIZE    ((PAYLOAD_SIZE + sizeof(NX_PACKET)) * PACKETS)
#define STACK_SIZE   2048

/* The driver of the board's network interface. */
#ifndef NETWORK_DRIVER
#define NETWORK_DRIVER _nx_ram_network_driver
#endif
VOID NETWORK_DRIVER(NX_IP_DRIVER *driver_request);

static TX_THREAD mail_thread;
static NX_PACKET_POOL pool;
static NX_IP ip;
static NX_SMTP_CLIENT smtp_client;
static NX_SMTP_TRACE trace;

/* Lines that begin with a dot, and line ends of every kind, are no matter. */
static CHAR body[] = "The pump in the cellar is running.\r\n"
                     ".hidden line\r\n"
                     "\n"
                     "Level: 17 cm\n";

static VOID mail_thread_entry(ULONG input);
static VOID print_dialogue(VOID *context, enum postino_direction direction, const UCHAR *data, size_t length);

int main(VOID)
{
    tx_kernel_enter();
    return 0;
}

VOID tx_application_define(VOID *first_unused_memory)
{
    UCHAR *memory = first_unused_memory;
    UINT status;

    nx_system_initialize();
    status = tx_thread_create(&mail_thread, "mail", mail_thread_entry, 0, memory, STACK_SIZE, 4, 4,
                              TX_NO_TIME_SLICE, TX_AUTO_START);
    memory += STACK_SIZE;
    status |= nx_packet_pool_create(&pool, "packets", PAYLOAD_SIZE, memory, POOL_SIZE);
    memory += POOL_SIZE;
    status |=
        nx_ip_create(&ip, "ip", CLIENT_ADDRESS, NETWORK_MASK, &pool, NETWORK_DRIVER, memory, STACK_SIZE, 1);
    memory += STACK_SIZE;
    status |= nx_arp_enable(&ip, memory, 1024);
    status |= nx_tcp_enable(&ip);
    if (status != NX_SUCCESS)
        printf("setting up failed\n");
}

static UINT send_mail(NXD_ADDRESS *server)
{
    UINT outcome = NX_SMTP_OUTCOME_NONE;
    UINT status = nxd_smtp_client_create(&smtp_client, &ip, &pool, USERNAME, PASSWORD, FROM_ADDRESS,
                                         CLIENT_DOMAIN, NX_SMTP_CLIENT_AUTH_PLAIN, server, SERVER_PORT);

    if (status != NX_SUCCESS) {
        printf("create: status 0x%02X\n", status);
        return status;
    }
    nx_smtp_client_trace_set(&smtp_client, &trace, print_dialogue, NX_NULL);
    status = nx_smtp_mail_send(&smtp_client, RECIPIENT, NX_SMTP_MAIL_PRIORITY_HIGH, "Water in the cellar",
                               body, sizeof(body) - 1);
    nx_smtp_client_outcome_get(&smtp_client, &outcome);
    printf("IPv%u: status 0x%02X, outcome %u\n", (UINT)server->nxd_ip_version, status, outcome);
    nx_smtp_client_delete(&smtp_client);
    return status;
}

static UINT send_over_ipv4(VOID)
{
    NXD_ADDRESS server;

    server.nxd_ip_version = NX_IP_VERSION_V4;
    server.nxd_ip_address.v4 = SERVER_ADDRESS;
    return send_mail(&server);
}

#ifdef FEATURE_NX_IPV6
static VOID address_v6(NXD_ADDRESS *address, ULONG last)
{
    address->nxd_ip_version = NX_IP_VERSION_V6;
    address->nxd_ip_address.v6[0] = 0x20010DB8UL;
    address->nxd_ip_address.v6[1] = 0;
    address->nxd_ip_address.v6[2] = 0;
    address->nxd_ip_address.v6[3] = last;
}

static UINT send_over_ipv6(VOID)
{
    NXD_ADDRESS address;
    NXD_ADDRESS server;
    UINT status = nxd_ipv6_enable(&ip);

    status |= nxd_icmp_enable(&ip);
    address_v6(&address, 0x20);
    status |= nxd_ipv6_address_set(&ip, 0, &address, 64, NX_NULL);
    if (status != NX_SUCCESS)
        return status;
    /* A board checks first that nobody else has the address. */
    tx_thread_sleep(NX_IP_PERIODIC_RATE / 10);
    address_v6(&server, 0x10);
    return send_mail(&server);
}
#endif

static VOID mail_thread_entry(ULONG input)
{
    UINT status;

    NX_PARAMETER_NOT_USED(input);
    status = send_over_ipv4();
#ifdef FEATURE_NX_IPV6
    status |= send_over_ipv6();
#endif
    exit(status == NX_SUCCESS ? 0 : 1);
}

static VOID print_dialogue(VOID *context, enum postino_direction direction, const UCHAR *data, size_t length)
{
    static INT middle; /* of a line */

    NX_PARAMETER_NOT_USED(context);
    if (data == NX_NULL) {
        printf("%c: ***\n", (INT)direction);
        return;
    }
    for (; length != 0; length--, data++) {
        if (!middle)
            printf("%c: ", (INT)direction);
        middle = *data != '\n';
        if (*data != '\r')
            putchar(*data);
    }
}
