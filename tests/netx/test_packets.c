/* SPDX-License-Identifier: MIT */
/* Tests packets of any size, in both directions: the server receives the same octets. */
#include "bed.h"

/* The sent octets, packet by packet, as the trace sees them. */
static struct {
    size_t packets;
    size_t longest;
    size_t last_octets; /* of the packet that ends with the end mark */
    int mark_whole;
} sent;

static VOID sent_watch(VOID *context, enum postino_direction direction, const UCHAR *data, size_t octets)
{
    (VOID) context;
    if (direction != POSTINO_DIRECTION_CLIENT || data == NULL)
        return;
    sent.packets++;
    if (octets > sent.longest)
        sent.longest = octets;
    if (octets >= 5 && memcmp(data + octets - 5, "\r\n.\r\n", 5) == 0) {
        sent.mark_whole = 1;
        sent.last_octets = octets;
    }
}

static NX_SMTP_TRACE packets_trace;

static VOID packets_create(VOID)
{
    bed_create_as(&bed_client, "", "", NX_SMTP_CLIENT_AUTH_NONE, bed_server.port);
    assert_int_equal(nx_smtp_client_trace_set(&bed_client, &packets_trace, sent_watch, NX_NULL), NX_SUCCESS);
}

/* A mail with so many octets of body: the whole dialogue, and its end mark in one packet. */
static VOID check_mail(UINT body_octets)
{
    static CHAR body[2000];
    static char expected[3000];
    unsigned before = server_connections(&bed_server);

    memset(body, 'b', body_octets);
    body[body_octets] = '\0';
    (VOID) snprintf(expected, sizeof expected, BED_DIALOGUE(BED_HEADERS "\r\n%s\r\n.\r\n"), body);
    memset(&sent, 0, sizeof sent);
    assert_int_equal(bed_send(body), NX_SUCCESS);
    assert_true(server_await(&bed_server, before + 1));
    bed_received(expected);
    assert_true(sent.mark_whole);
    bed_settled();
}

BED_THREAD(payloads_from_128_octets)
{
    static const ULONG payloads[] = {128, 136, 160, 256, 512, 1024, 1536, 2048};
    UINT i;

    (VOID) input;
    for (i = 0; i < sizeof payloads / sizeof payloads[0]; i++) {
        bed_pool_create(payloads[i], BED_PACKETS);
        packets_create();
        check_mail(1);
        check_mail(700);
        assert_true(sent.longest <= payloads[i] - NX_TCP_PACKET);
        bed_delete();
    }
}

/* Of every body one length makes the end mark straddle two packets, if anything does. */
BED_THREAD(end_mark_stays_in_one_packet)
{
    UINT octets;

    (VOID) input;
    bed_pool_create(128, BED_PACKETS);
    packets_create();
    for (octets = 1; octets < 160; octets++)
        check_mail(octets);
    bed_delete();
    bed_pool_create(256, BED_PACKETS);
    packets_create();
    for (octets = 1; octets < 200; octets++)
        check_mail(octets);
    bed_delete();
}

/* 52 or 72 octets of room, and a command of 340. */
BED_THREAD(commands_span_packets)
{
    static CHAR recipient[300];
    static char expected[400];
    size_t i;

    (VOID) input;
    for (i = 0; i < 200; i++)
        recipient[i] = i % 10 == 9 ? '.' : 'd';
    memcpy(recipient, "bob@", 4);
    (VOID) snprintf(expected, sizeof expected, "\r\nRCPT TO:<%s>\r\nDATA\r\n", recipient);
    bed_pool_create(128, BED_PACKETS);
    packets_create();
    memset(&sent, 0, sizeof sent);
    assert_int_equal(nx_smtp_mail_send(&bed_client, recipient, NX_SMTP_MAIL_PRIORITY_NORMAL, "s", "Hello", 5),
                     NX_SUCCESS);
    assert_true(server_await(&bed_server, 1));
    assert_non_null(strstr(bed_server.received, expected));
    bed_delete();
}

/* A pool whose packets have no room, not even for the stack's headers. */
BED_THREAD(payloads_without_room)
{
    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    bed_pool_create(48, BED_PACKETS);
    bed_fails(NX_SMTP_PACKET_ALLOCATE_ERROR, NX_SMTP_OUTCOME_NOT_ATTEMPTED);
    bed_pool_create(BED_PAYLOAD, BED_PACKETS);
    bed_recovers();
    bed_delete();
}

BED_THREAD(segments_of_any_size)
{
    static const ULONG sizes[] = {16, 50, 536, 1460};
    UINT i;

    (VOID) input;
    packets_create();
    for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        netx_host_mss_set(sizes[i]);
        check_mail(600);
        assert_true(sent.longest <= sizes[i]);
    }
    bed_delete();
}

#define LONG_REPLIES()                                                                                       \
    do {                                                                                                     \
        bed_server.replies[SERVER_GREETING] = "220-mx.example.com\r\n220-a greeting of\r\n220 3 lines\r\n";  \
        bed_server.replies[SERVER_EHLO] = "250-mx.example.com\r\n250-8BITMIME\r\n250-SIZE 100000\r\n"        \
                                          "250-PIPELINING\r\n250-AUTH LOGIN\r\n250 ENHANCEDSTATUSCODES\r\n"; \
        bed_server.replies[SERVER_RCPT] = "250-2.1.5\r\n250 2.1.5 ok\r\n";                                   \
    } while (0)

/* Chains of pieces, and several packets for a reply. Without chains each piece is a packet. */
BED_THREAD(replies_in_chained_packets)
{
    static const ULONG pieces[] = {1, 2, 3, 7, 50};
    UINT i;

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    LONG_REPLIES();
    for (i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        netx_host_receive_piece_set(pieces[i]);
        bed_delivers();
        assert_non_null(strstr(bed_server.received, "AUTH LOGIN\r\n" BED_LOGIN_USER));
        netx_host_receive_size_set(11);
        bed_delivers();
        assert_non_null(strstr(bed_server.received, "AUTH LOGIN\r\n" BED_LOGIN_USER));
        netx_host_receive_size_set(0);
    }
    bed_delete();
}

/* Packets that arrive while the connection ends abnormally are released, a half-read chain too. */
BED_THREAD(chains_are_given_back)
{
    static const ULONG pieces[] = {1, 4, 9};
    UINT i;

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    for (i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        netx_host_receive_piece_set(pieces[i]);
        bed_server.hold = 1;
        bed_server.replies[SERVER_MAIL] = "??? and so on for several packets\r\n250 ok\r\n250 ok\r\n";
        bed_fails(NX_SMTP_SERVER_ERROR_REPLY, NX_SMTP_OUTCOME_TRANSIENT);
        bed_recovers();
    }
    bed_delete();
}

/* One packet in each pool is enough, whatever the server says. */
BED_THREAD(one_packet_is_enough)
{
    (VOID) input;
    bed_pool_create(128, 1);
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    LONG_REPLIES();
    bed_delivers();
    bed_delete();
}

/* The IP instance and the client may share a pool. */
BED_THREAD(pools_may_be_one)
{
    static ULONG64 memory[4 * (BED_PAYLOAD + sizeof(NX_PACKET)) / sizeof(ULONG64)];
    static NX_PACKET_POOL pool;
    static NX_IP ip;
    NXD_ADDRESS address = bed_address(IP_ADDRESS(127, 0, 0, 1));
    ULONG available = 0;
    ULONG total = 0;

    (VOID) input;
    assert_int_equal(nx_packet_pool_create(&pool, bed_name, BED_PAYLOAD, memory, (ULONG)sizeof memory),
                     NX_SUCCESS);
    bed_ip_create(&ip, IP_ADDRESS(127, 0, 0, 1), &pool);
    assert_int_equal(nxd_smtp_client_create(&bed_client, &ip, &pool, BED_USER, BED_PASSWORD, BED_FROM,
                                            BED_DOMAIN, NX_SMTP_CLIENT_AUTH_PLAIN, &address, bed_server.port),
                     NX_SUCCESS);
    LONG_REPLIES();
    netx_host_receive_piece_set(20);
    bed_delivers();
    bed_delete();
    assert_int_equal(nx_packet_pool_info_get(&pool, &total, &available, NULL, NULL, NULL), NX_SUCCESS);
    assert_int_equal(total, available);
    assert_int_equal(nx_ip_delete(&ip), NX_SUCCESS);
}

/* Where in the memory of the pool some words stand; NULL: nowhere. */
static const char *in_the_pool(const char *words)
{
    const char *memory = (const char *)bed_memory;
    size_t length = strlen(words);
    size_t i;

    for (i = 0; i + length <= sizeof bed_memory; i++) {
        if (memcmp(memory + i, words, length) == 0)
            return memory + i;
    }
    return NULL;
}

/* The stack never had it, so nobody else can wipe it. */
BED_THREAD(a_password_that_was_not_sent_is_wiped)
{
    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    bed_server.replies[SERVER_AUTH] = "535 no\r\n";
    bed_fails(NX_SMTP_AUTH_REPLY_ERROR, NX_SMTP_OUTCOME_NOT_ATTEMPTED);
    /* Sent octets are not wiped, and QUIT is short, so the search finds them. */
    assert_non_null(in_the_pool(BED_PLAIN));
    server_usual(&bed_server);
    assert_int_equal(nx_packet_pool_delete(&bed_pool), NX_SUCCESS);
    memset(bed_memory, 0, sizeof bed_memory);
    memset(&bed_pool, 0, sizeof bed_pool);
    bed_pool_create(BED_PAYLOAD, BED_PACKETS);
    netx_host_fail_set(NETX_HOST_SEND, 2, 1, NX_NOT_CONNECTED);
    bed_fails(NX_SMTP_TRANSMIT_ERROR, NX_SMTP_OUTCOME_NOT_ATTEMPTED);
    assert_null(in_the_pool(BED_PLAIN));
    bed_delete();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BED_CASE(payloads_from_128_octets), BED_CASE(end_mark_stays_in_one_packet),
        BED_CASE(commands_span_packets),    BED_CASE(payloads_without_room),
        BED_CASE(segments_of_any_size),     BED_CASE(replies_in_chained_packets),
        BED_CASE(chains_are_given_back),    BED_CASE(one_packet_is_enough),
        BED_CASE(pools_may_be_one),         BED_CASE(a_password_that_was_not_sent_is_wiped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
