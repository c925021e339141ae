/* SPDX-License-Identifier: MIT */
/* Tests many mails in flight: the round trips, windows of one segment on both sides, and a body of
 * megabytes. */
#include "session_bed.h"

#define MAILS        100
/* One segment of 1460 octets, and not quite a second. */
#define TIGHT_WINDOW 1461

static NX_SMTP_MAIL mails[MAILS];
static NX_SMTP_RECIPIENT recipients[MAILS];

static VOID hundred_mails(const char *ehlo)
{
    unsigned before = server_connections(&bed_server);
    UINT i;

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
    bed_collected();
    assert_int_equal(nx_smtp_client_disconnect(&bed_client, NX_WAIT_FOREVER), NX_SUCCESS);
    assert_true(server_await(&bed_server, before + 1));
    assert_int_equal(bed_server.mails_accepted, MAILS);
}

#define MANY_PACKETS 320
#define MANY_PAYLOAD 160

/* As many packets as there are replies on their way, for each may come in one of its own. */
static VOID many_packets(VOID)
{
    static ULONG64 memory[MANY_PACKETS * (MANY_PAYLOAD + sizeof(NX_PACKET)) / sizeof(ULONG64)];

    assert_int_equal(nx_ip_delete(&bed_ip), NX_SUCCESS);
    assert_int_equal(nx_packet_pool_delete(&bed_ip_pool), NX_SUCCESS);
    assert_int_equal(
        nx_packet_pool_create(&bed_ip_pool, bed_name, MANY_PAYLOAD, memory, (ULONG)sizeof memory),
        NX_SUCCESS);
    bed_ip_create(&bed_ip, IP_ADDRESS(127, 0, 0, 1), &bed_ip_pool);
}

/* The server is 20 ms away: it takes what has come, answers, and hears nothing for so long. Its reads are
 * round trips; the TCP connection and the greeting are two more. */
BED_THREAD(round_trips_of_a_hundred_mails)
{
    uint64_t start_ns;

    (VOID) input;
    bed_pool_create(BED_PAYLOAD, 30);
    many_packets();
    bed_session_create();
    bed_server.round_ms = 20;
    start_ns = server_now_ns();
    hundred_mails(SERVER_BOTH);
    assert_true(bed_server.reads + 2 <= 8);
    assert_true(bed_elapsed_ms(start_ns) < 20 * 40);
    bed_session_delete();
}

BED_THREAD(a_hundred_mails_to_any_server)
{
    (VOID) input;
    bed_session_create();
    hundred_mails(NULL);
    hundred_mails(SERVER_PIPELINING);
    hundred_mails(SERVER_CHUNKING);
    bed_session_delete();
}

/* The server's replies are longer than the client's kernel holds, and it reads nothing while it cannot
 * write. Its window is one segment and opens when it reads. A client that waited in a send, or for a
 * packet, would wait for ever. */
static VOID hundred_mails_tight(const char *ehlo, ULONG packets)
{
    bed_pool_create(BED_PAYLOAD, packets);
    bed_session_create();
    netx_host_transmit_window_set(TIGHT_WINDOW);
    netx_host_acknowledge_delay_set(NX_WAIT_FOREVER);
    hundred_mails(ehlo);
    bed_session_delete();
}

BED_THREAD(neither_side_blocks_the_other)
{
    static CHAR reply[20 * 72 + 1];
    CHAR *end = reply;
    UINT i;

    (VOID) input;
    for (i = 0; i < 20; i++)
        end += snprintf(end, 73, "250%c%066u\r\n", i < 19 ? '-' : ' ', i);
    bed_server.tight = 1;
    bed_server.replies[SERVER_MAIL] = reply;
    bed_server.replies[SERVER_RCPT] = reply;
    bed_server.replies[SERVER_MESSAGE] = reply;
    bed_server.replies[SERVER_RSET] = reply;
    hundred_mails_tight(SERVER_BOTH, BED_PACKETS);
    hundred_mails_tight(SERVER_PIPELINING, BED_PACKETS);
    /* With hardly a packet. */
    hundred_mails_tight(SERVER_BOTH, 2);
    hundred_mails_tight(SERVER_PIPELINING, 2);
    assert_true(bed_server.most_in_read <= TIGHT_WINDOW + 1460);
}

#define LARGE_OCTETS ((ULONG)5 * 1024 * 1024)

static CHAR piece[65536];

static UINT large_body(NX_SMTP_MAIL *mail_ptr, VOID *context, ULONG offset, CHAR **data_ptr,
                       ULONG *length_ptr)
{
    (VOID) mail_ptr;
    (VOID) context;
    *data_ptr = piece;
    *length_ptr = LARGE_OCTETS - offset < sizeof piece ? LARGE_OCTETS - offset : (ULONG)sizeof piece;
    return NX_SUCCESS;
}

static VOID large(const char *ehlo, ULONG size)
{
    unsigned before = server_connections(&bed_server);

    bed_server.replies[SERVER_EHLO] = ehlo;
    bed_mail(&mails[0], &recipients[0], "");
    assert_int_equal(nx_smtp_mail_body_callback_set(&mails[0], large_body, NX_NULL, size), NX_SUCCESS);
    bed_mail_delivers(&mails[0]);
    assert_int_equal(nx_smtp_client_disconnect(&bed_client, NX_WAIT_FOREVER), NX_SUCCESS);
    assert_true(server_await(&bed_server, before + 1));
    assert_true(bed_server.received_octets > LARGE_OCTETS);
    assert_true(bed_server.received_octets < LARGE_OCTETS + 6000);
}

BED_THREAD(five_megabytes)
{
    UINT i;

    (VOID) input;
    for (i = 0; i < sizeof piece; i++)
        piece[i] = "0123456789abcdefghijklmnopqrst\r\n"[i % 32];
    bed_session_create();
    large(NULL, NX_SMTP_BODY_SIZE_UNKNOWN);
    large(SERVER_BOTH, NX_SMTP_BODY_SIZE_UNKNOWN);
    large(SERVER_BOTH, LARGE_OCTETS);
    bed_session_delete();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BED_CASE(round_trips_of_a_hundred_mails),
        BED_CASE(a_hundred_mails_to_any_server),
        BED_CASE(neither_side_blocks_the_other),
        BED_CASE(five_megabytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
