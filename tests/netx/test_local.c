/* SPDX-License-Identifier: MIT */
/* Tests both ends as NetX applications: the server is 10.0.0.10 port 25, the client is 10.0.0.1. */
#include "bed.h"

#define LOCAL_PORT 25

static NX_IP local_ip;     /* the client's */
static NX_IP local_server; /* the server's */
static NX_TCP_SOCKET local_socket;
static TX_THREAD local_thread;
static UINT local_mode; /* octets in each packet of the server's replies; 0: as many as there are */
static UINT local_sessions;
static UINT local_faults;
static CHAR local_text[4000];
static size_t local_octets;

static VOID local_packet(const char *data, size_t octets)
{
    NX_PACKET *packet;

    if (nx_packet_allocate(&bed_ip_pool, &packet, NX_TCP_PACKET, 100) != NX_SUCCESS) {
        local_faults++;
        return;
    }
    if (nx_packet_data_append(packet, (VOID *)(ALIGN_TYPE)data, (ULONG)octets, &bed_ip_pool, 100) !=
            NX_SUCCESS ||
        nx_tcp_socket_send(&local_socket, packet, NX_IP_PERIODIC_RATE) != NX_SUCCESS) {
        nx_packet_release(packet);
        local_faults++;
    }
}

static VOID local_say(const char *reply)
{
    size_t octets = strlen(reply);

    while (octets != 0) {
        size_t piece = local_mode != 0 && local_mode < octets ? local_mode : octets;

        local_packet(reply, piece);
        reply += piece;
        octets -= piece;
    }
}

/* Answers the line that begins at `start`, and says whether the message follows. */
static int local_answer(const CHAR *line)
{
    if (strncmp(line, "EHLO", 4) == 0)
        local_say("250-ten\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n");
    else if (strncmp(line, "AUTH", 4) == 0)
        local_say("235 ok\r\n");
    else if (strncmp(line, "DATA", 4) == 0)
        local_say("354 go\r\n");
    else
        local_say(strncmp(line, "QUIT", 4) == 0 ? "221 bye\r\n" : "250 ok\r\n");
    return strncmp(line, "DATA", 4) == 0;
}

static VOID local_session(VOID)
{
    size_t start = 0;
    int message = 0;
    NX_PACKET *packet;

    local_octets = 0;
    local_text[0] = '\0';
    local_say("220 ten\r\n");
    while (nx_tcp_socket_receive(&local_socket, &packet, 5 * NX_IP_PERIODIC_RATE) == NX_SUCCESS) {
        ULONG copied = 0;
        CHAR *end;

        if (packet->nx_packet_length < sizeof local_text - local_octets)
            (VOID) nx_packet_data_retrieve(packet, local_text + local_octets, &copied);
        nx_packet_release(packet);
        local_octets += copied;
        local_text[local_octets] = '\0';
        while ((end = strstr(local_text + start, message ? "\r\n.\r\n" : "\r\n")) != NULL) {
            size_t line = start;

            start = (size_t)(end - local_text) + (message ? 5 : 2);
            if (message)
                local_say("250 queued\r\n");
            message = message ? 0 : local_answer(local_text + line);
        }
    }
}

/* Serves so many connections. */
static VOID local_serve(ULONG sessions)
{
    for (; sessions != 0; sessions--) {
        if (nx_tcp_server_socket_accept(&local_socket, 5 * NX_IP_PERIODIC_RATE) == NX_SUCCESS)
            local_session();
        else
            local_faults++;
        (VOID) nx_tcp_socket_disconnect(&local_socket, NX_IP_PERIODIC_RATE);
        (VOID) nx_tcp_server_socket_unaccept(&local_socket);
        if (nx_tcp_server_socket_relisten(&local_server, LOCAL_PORT, &local_socket) != NX_SUCCESS)
            local_faults++;
        local_sessions++;
    }
}

static VOID local_start(ULONG sessions)
{
    NXD_ADDRESS address = bed_address(IP_ADDRESS(10, 0, 0, 10));

    local_mode = 0;
    local_sessions = 0;
    local_faults = 0;
    bed_ip_create(&local_ip, IP_ADDRESS(10, 0, 0, 1), &bed_ip_pool);
    bed_ip_create(&local_server, IP_ADDRESS(10, 0, 0, 10), &bed_ip_pool);
    assert_int_equal(nx_tcp_socket_create(&local_server, &local_socket, bed_name, NX_IP_NORMAL,
                                          NX_FRAGMENT_OKAY, NX_IP_TIME_TO_LIVE, 1024, NX_NULL, NX_NULL),
                     NX_SUCCESS);
    assert_int_equal(nx_tcp_server_socket_listen(&local_server, LOCAL_PORT, &local_socket, 5, NX_NULL),
                     NX_SUCCESS);
    bed_thread(&local_thread, local_serve, sessions);
    assert_int_equal(nxd_smtp_client_create(&bed_client, &local_ip, &bed_pool, BED_USER, BED_PASSWORD,
                                            BED_FROM, BED_DOMAIN, NX_SMTP_CLIENT_AUTH_PLAIN, &address,
                                            LOCAL_PORT),
                     NX_SUCCESS);
}

static VOID local_end(VOID)
{
    bed_join(&local_thread);
    bed_delete();
    assert_int_equal(local_faults, 0);
    assert_int_equal(nx_tcp_server_socket_unlisten(&local_server, LOCAL_PORT), NX_SUCCESS);
    assert_int_equal(nx_tcp_socket_delete(&local_socket), NX_SUCCESS);
    assert_int_equal(nx_ip_delete(&local_ip), NX_SUCCESS);
    assert_int_equal(nx_ip_delete(&local_server), NX_SUCCESS);
    bed_settled();
}

#define LOCAL_DIALOGUE                                                                                \
    "EHLO " BED_DOMAIN "\r\nAUTH PLAIN " BED_PLAIN "\r\nMAIL FROM:<" BED_FROM ">\r\nRCPT TO:<" BED_TO \
    ">\r\nDATA\r\n" BED_HEADERS "\r\nHello\r\n..\r\nWorld\r\n.\r\nQUIT\r\n"

BED_THREAD(netx_server_takes_a_mail)
{
    UINT i;

    (VOID) input;
    local_start(3);
    for (i = 0; i < 3; i++) {
        assert_int_equal(bed_send("Hello\n.\nWorld"), NX_SUCCESS);
        assert_int_equal(bed_outcome(), NX_SMTP_OUTCOME_ACCEPTED);
        while (local_sessions <= i)
            (VOID) tx_thread_sleep(1);
        assert_string_equal(local_text, LOCAL_DIALOGUE);
    }
    local_end();
}

BED_THREAD(netx_server_speaks_in_pieces)
{
    UINT i;

    (VOID) input;
    local_start(4);
    for (i = 1; i <= 4; i++) {
        local_mode = i;
        assert_int_equal(bed_send("Hello\n.\nWorld"), NX_SUCCESS);
        while (local_sessions < i)
            (VOID) tx_thread_sleep(1);
        assert_string_equal(local_text, LOCAL_DIALOGUE);
    }
    local_end();
}

/* An instance of this process where nobody listens refuses. */
BED_THREAD(netx_server_does_not_listen)
{
    NXD_ADDRESS address = bed_address(IP_ADDRESS(10, 0, 0, 10));

    (VOID) input;
    bed_ip_create(&local_ip, IP_ADDRESS(10, 0, 0, 1), &bed_ip_pool);
    bed_ip_create(&local_server, IP_ADDRESS(10, 0, 0, 10), &bed_ip_pool);
    assert_int_equal(nxd_smtp_client_create(&bed_client, &local_ip, &bed_pool, "", "", BED_FROM, BED_DOMAIN,
                                            NX_SMTP_CLIENT_AUTH_NONE, &address, LOCAL_PORT),
                     NX_SUCCESS);
    assert_int_equal(bed_send("Hello"), NX_NOT_CONNECTED);
    assert_int_equal(bed_outcome(), NX_SMTP_OUTCOME_NOT_ATTEMPTED);
    bed_settled();
    bed_delete();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BED_CASE(netx_server_takes_a_mail),
        BED_CASE(netx_server_speaks_in_pieces),
        BED_CASE(netx_server_does_not_listen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
