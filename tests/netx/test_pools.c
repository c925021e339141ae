/* SPDX-License-Identifier: MIT */
/* Tests one small pool for everything: the client's packets, and the server's, one for each line. A line
 * without a packet is lost and arrives a second later. Every pool that suffices for lock-step suffices for
 * groups. */
#include "session_bed.h"

#define MAILS 30

static ULONG64 pools_memory[16 * (BED_PAYLOAD + sizeof(NX_PACKET)) / sizeof(ULONG64)];
static NX_PACKET_POOL pools_pool;
static NX_IP pools_ip;
static NX_SMTP_MAIL mails[MAILS];
static NX_SMTP_RECIPIENT recipients[MAILS];

static VOID pools_create(ULONG packets)
{
    NXD_ADDRESS address = bed_address(IP_ADDRESS(127, 0, 0, 1));

    assert_int_equal(nx_packet_pool_create(&pools_pool, bed_name, BED_PAYLOAD, pools_memory,
                                           packets * (BED_PAYLOAD + (ULONG)sizeof(NX_PACKET))),
                     NX_SUCCESS);
    bed_ip_create(&pools_ip, IP_ADDRESS(127, 0, 0, 1), &pools_pool);
    assert_int_equal(nxd_smtp_client_create(&bed_client, &pools_ip, &pools_pool, "", "", BED_FROM, BED_DOMAIN,
                                            NX_SMTP_CLIENT_AUTH_NONE, &address, bed_server.port),
                     NX_SUCCESS);
    netx_host_receive_lines_set(1);
    netx_host_drop_delay_set(NX_IP_PERIODIC_RATE);
}

static VOID pools_delete(VOID)
{
    ULONG total = 0;
    ULONG available = 0;
    ULONG invalid = 99;

    bed_delete();
    assert_int_equal(nx_packet_pool_info_get(&pools_pool, &total, &available, NULL, NULL, &invalid),
                     NX_SUCCESS);
    assert_int_equal(available, total);
    assert_int_equal(netx_host_dropped_get(), 0);
    assert_int_equal(invalid, 0);
    assert_int_equal(nx_ip_delete(&pools_ip), NX_SUCCESS);
    assert_int_equal(nx_packet_pool_delete(&pools_pool), NX_SUCCESS);
}

static const char *const offers[] = {NULL, SERVER_PIPELINING, SERVER_BOTH};
static const ULONG sizes[] = {4, 10};

/* nx_smtp_mail_send(), whose group has four replies, two of them of three lines. */
BED_THREAD(single_mails_over_one_small_pool)
{
    UINT offer;
    UINT size;

    (VOID) input;
    for (offer = 0; offer < sizeof offers / sizeof offers[0]; offer++) {
        for (size = 0; size < sizeof sizes / sizeof sizes[0]; size++) {
            pools_create(sizes[size]);
            bed_server.replies[SERVER_EHLO] = offers[offer];
            bed_server.replies[SERVER_MAIL] = bed_server.replies[SERVER_RCPT] =
                "250-2.1.0\r\n250-is\r\n250 ok\r\n";
            bed_delivers();
            bed_delivers();
            pools_delete();
        }
    }
}

static VOID pools_mails(ULONG packets, const char *ehlo)
{
    unsigned before = server_connections(&bed_server);
    UINT i;

    pools_create(packets);
    memset(&bed_session, 0xA5, sizeof bed_session);
    assert_int_equal(nx_smtp_client_session_enable(&bed_client, &bed_session), NX_SUCCESS);
    bed_server.replies[SERVER_EHLO] = ehlo;
    bed_server.mails_accepted = 0;
    for (i = 0; i < MAILS; i++) {
        bed_mail(&mails[i], &recipients[i], "Hello");
        bed_submit(&mails[i]);
    }
    for (i = 0; i < MAILS; i++) {
        bed_collect(&mails[i]);
        bed_result(&mails[i], NX_SUCCESS, NX_SMTP_OUTCOME_ACCEPTED, 250);
    }
    assert_int_equal(nx_smtp_client_disconnect(&bed_client, NX_WAIT_FOREVER), NX_SUCCESS);
    assert_true(server_await(&bed_server, before + 1));
    assert_int_equal(bed_server.mails_accepted, MAILS);
    pools_delete();
}

BED_THREAD(many_mails_over_one_small_pool)
{
    UINT offer;
    UINT size;

    (VOID) input;
    for (offer = 0; offer < sizeof offers / sizeof offers[0]; offer++) {
        for (size = 0; size < sizeof sizes / sizeof sizes[0]; size++)
            pools_mails(sizes[size], offers[offer]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {BED_CASE(single_mails_over_one_small_pool),
                                       BED_CASE(many_mails_over_one_small_pool)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
