/* SPDX-License-Identifier: MIT */
/* Invariant: every case starts with an empty kernel and full pools, and must end so. */
#include "bed.h"

NX_PACKET_POOL bed_pool;
NX_PACKET_POOL bed_ip_pool;
NX_IP bed_ip;
NX_SMTP_CLIENT bed_client;
struct server bed_server;
CHAR bed_name[] = "test";
ULONG64 bed_memory[BED_MEMORY / sizeof(ULONG64)];

static ULONG64 bed_ip_memory[24 * (BED_PAYLOAD + sizeof(NX_PACKET)) / sizeof(ULONG64)];
static ULONG64 bed_stack[256];

NXD_ADDRESS bed_address(ULONG address)
{
    NXD_ADDRESS result;

    memset(&result, 0, sizeof result);
#ifndef NX_DISABLE_IPV4
    result.nxd_ip_version = NX_IP_VERSION_V4;
    result.nxd_ip_address.v4 = address;
#else
    result.nxd_ip_version = NX_IP_VERSION_V6;
    result.nxd_ip_address.v6[3] = 1;
    if (address != IP_ADDRESS(127, 0, 0, 1)) {
        result.nxd_ip_address.v6[0] = 0x20010DB8UL;
        result.nxd_ip_address.v6[3] = address;
    }
#endif
    return result;
}

VOID bed_ip_create(NX_IP *ip, ULONG address, NX_PACKET_POOL *pool)
{
    assert_int_equal(nx_ip_create(ip, bed_name, address, 0xFFFFFF00UL, pool, _nx_ram_network_driver,
                                  bed_stack, (ULONG)sizeof bed_stack, 1),
                     NX_SUCCESS);
    assert_int_equal(nx_tcp_enable(ip), NX_SUCCESS);
#ifdef NX_DISABLE_IPV4
    {
        NXD_ADDRESS ipv6 = bed_address(address);

        assert_int_equal(nxd_ipv6_enable(ip), NX_SUCCESS);
        assert_int_equal(nxd_ipv6_address_set(ip, 0, &ipv6, 64, NX_NULL), NX_SUCCESS);
    }
#endif
}

VOID bed_pool_create(ULONG payload, ULONG packets)
{
    ULONG total = 0;

    if (bed_pool.nx_packet_pool_id != 0)
        assert_int_equal(nx_packet_pool_delete(&bed_pool), NX_SUCCESS);
    assert_int_equal(nx_packet_pool_create(&bed_pool, bed_name, payload, bed_memory,
                                           (ULONG)((payload + sizeof(NX_PACKET)) * packets)),
                     NX_SUCCESS);
    assert_int_equal(nx_packet_pool_info_get(&bed_pool, &total, NULL, NULL, NULL, NULL), NX_SUCCESS);
    assert_int_equal(total, packets);
}

int bed_setup(void **state)
{
    (void)state;
    (void)netx_host_reset();
    memset(&bed_client, 0, sizeof bed_client);
    memset(&bed_pool, 0, sizeof bed_pool);
    bed_pool_create(BED_PAYLOAD, BED_PACKETS);
    assert_int_equal(nx_packet_pool_create(&bed_ip_pool, bed_name, BED_PAYLOAD, bed_ip_memory,
                                           (ULONG)sizeof bed_ip_memory),
                     NX_SUCCESS);
    nx_system_initialize();
    bed_ip_create(&bed_ip, IP_ADDRESS(127, 0, 0, 1), &bed_ip_pool);
    return server_start(&bed_server, BED_IPV6) != 0 ? 0 : -1;
}

static int bed_pool_leaks(NX_PACKET_POOL *pool)
{
    ULONG total = 0;
    ULONG available = 0;
    ULONG invalid = 0;

    (void)nx_packet_pool_info_get(pool, &total, &available, NULL, NULL, &invalid);
    if (total == available && invalid == 0)
        return 0;
    print_error("%u packets missing, %u released twice\n", (UINT)(total - available), (UINT)invalid);
    return 1;
}

int bed_teardown(void **state)
{
    int leaks = bed_pool_leaks(&bed_pool) + bed_pool_leaks(&bed_ip_pool);
    UINT sockets = netx_host_open_sockets();

    (void)state;
    server_stop(&bed_server);
    if (sockets != 0)
        print_error("%u sockets are open\n", sockets);
    if (netx_host_reset() != 0) {
        print_error("a thread did not end\n");
        return -1;
    }
    return leaks != 0 || sockets != 0 ? -1 : 0;
}

VOID bed_create_as(NX_SMTP_CLIENT *client, CHAR *user, CHAR *password, UINT authentication_type, UINT port)
{
    NXD_ADDRESS server = bed_address(IP_ADDRESS(127, 0, 0, 1));

    assert_int_equal(nxd_smtp_client_create(client, &bed_ip, &bed_pool, user, password, BED_FROM, BED_DOMAIN,
                                            authentication_type, &server, port),
                     NX_SUCCESS);
}

VOID bed_create(UINT authentication_type)
{
    bed_create_as(&bed_client, BED_USER, BED_PASSWORD, authentication_type, bed_server.port);
}

VOID bed_delete(VOID)
{
    assert_int_equal(nx_smtp_client_delete(&bed_client), NX_SUCCESS);
}

UINT bed_send(CHAR *body)
{
    return nx_smtp_mail_send(&bed_client, BED_TO, NX_SMTP_MAIL_PRIORITY_NORMAL, BED_SUBJECT, body,
                             (UINT)strlen(body));
}

UINT bed_outcome(VOID)
{
    UINT outcome = 99;

    assert_int_equal(nx_smtp_client_outcome_get(&bed_client, &outcome), NX_SUCCESS);
    return outcome;
}

VOID bed_settled(VOID)
{
    assert_int_equal(netx_host_open_sockets(), 0);
    assert_int_equal(bed_pool_leaks(&bed_pool), 0);
    assert_int_equal(bed_pool_leaks(&bed_ip_pool), 0);
}

VOID bed_delivers(VOID)
{
    unsigned before = server_connections(&bed_server);

    assert_int_equal(bed_send("Hello"), NX_SUCCESS);
    assert_int_equal(bed_outcome(), NX_SMTP_OUTCOME_ACCEPTED);
    assert_true(server_await(&bed_server, before + 1));
    assert_true(bed_server.final_sent != 0);
    bed_settled();
}

VOID bed_recovers(VOID)
{
    server_usual(&bed_server);
    bed_delivers();
}

VOID bed_fails(UINT status, UINT outcome)
{
    unsigned before = server_connections(&bed_server);

    assert_int_equal(bed_send("Hello"), status);
    assert_int_equal(bed_outcome(), outcome);
    assert_true(server_await(&bed_server, before + 1));
    bed_settled();
}

VOID bed_received(const char *dialogue)
{
    assert_string_equal(bed_server.received, dialogue);
    assert_int_equal(bed_server.received_octets, strlen(dialogue));
}

const char *bed_message(VOID)
{
    static char message[SERVER_RECORD];
    size_t length = bed_server.message_end - bed_server.message_start;

    assert_true(bed_server.message_end != 0 && bed_server.message_end < SERVER_RECORD);
    memcpy(message, bed_server.received + bed_server.message_start, length);
    message[length] = '\0';
    return message;
}

uint64_t bed_elapsed_ms(uint64_t since_ns)
{
    return (server_now_ns() - since_ns) / 1000000u;
}

VOID bed_thread(TX_THREAD *thread, VOID (*entry)(ULONG), ULONG input)
{
    assert_int_equal(tx_thread_create(thread, bed_name, entry, input, bed_stack, (ULONG)sizeof bed_stack, 5,
                                      5, TX_NO_TIME_SLICE, TX_AUTO_START),
                     TX_SUCCESS);
}

VOID bed_join(TX_THREAD *thread)
{
    ULONG patience = 10 * NX_IP_PERIODIC_RATE;
    UINT status;

    while ((status = tx_thread_delete(thread)) == TX_DELETE_ERROR && patience-- != 0)
        (VOID) tx_thread_sleep(1);
    assert_int_equal(status, TX_SUCCESS);
}
