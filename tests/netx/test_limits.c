/* SPDX-License-Identifier: MIT */
/* Tests every option that is a limit: each has a value of its own, and the test sees its effect. It runs
 * with the clock as it is, and with a clock that wraps. */
#define _POSIX_C_SOURCE 200809L

#include "bed.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

/* Ticks before the clock begins anew. */
#define LIMITS_WRAP ((ULONG)NX_IP_PERIODIC_RATE / 20)

#define MS_OF(ticks) ((uint64_t)(ticks)*1000u / (uint64_t)NX_IP_PERIODIC_RATE)
/* Less than the distance between two options; no more than a loaded machine needs. */
#define EARLY_MS     (2u * 1000u / (unsigned)NX_IP_PERIODIC_RATE + 1u)
#define LATE_MS      80u

/* Never too early. Too late may be the machine's fault: then the limit is measured once more. */
#define LIMITS_ATTEMPTS 4

static int limits_met(uint64_t start_ns, uint64_t limit_ms)
{
    uint64_t elapsed_ms = bed_elapsed_ms(start_ns);

    assert_true(elapsed_ms + EARLY_MS >= limit_ms);
    return elapsed_ms <= limit_ms + LATE_MS;
}

static VOID limits_clock(int wraps)
{
    if (wraps)
        tx_time_set((ULONG)0 - LIMITS_WRAP);
}

/* The server is silent at a step. */
static int silence_is_ended(enum server_step step, ULONG limit, UINT status, UINT outcome, int wraps)
{
    unsigned before = server_connections(&bed_server);
    uint64_t start_ns;
    int met;

    server_usual(&bed_server);
    bed_server.replies[step] = server_silence;
    bed_server.hold = 1;
    limits_clock(wraps);
    start_ns = server_now_ns();
    assert_int_equal(bed_send("Hello"), status);
    met = limits_met(start_ns, MS_OF(limit));
    assert_int_equal(bed_outcome(), outcome);
    assert_true(server_await(&bed_server, before + 1));
    assert_int_equal(bed_server.end, SERVER_END_RESET);
    bed_settled();
    return met;
}

static VOID check_silence(enum server_step step, ULONG limit, UINT status, UINT outcome, int wraps)
{
    UINT attempts = LIMITS_ATTEMPTS;

    while (!silence_is_ended(step, limit, status, outcome, wraps))
        assert_int_not_equal(--attempts, 0);
}

static VOID check_greeting_message_and_quit(int wraps)
{
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    check_silence(SERVER_GREETING, NX_SMTP_GREETING_TIMEOUT, NX_NO_PACKET, NX_SMTP_OUTCOME_NOT_ATTEMPTED,
                  wraps);
    check_silence(SERVER_MESSAGE, NX_SMTP_MESSAGE_TIMEOUT, NX_SMTP_MESSAGE_REPLY_ERROR,
                  NX_SMTP_OUTCOME_UNKNOWN, wraps);
    check_silence(SERVER_QUIT, NX_SMTP_CLIENT_DISCONNECT_TIMEOUT, NX_SUCCESS, NX_SMTP_OUTCOME_ACCEPTED,
                  wraps);
    bed_recovers();
    bed_delete();
}

BED_THREAD(greeting_message_and_quit_timeouts)
{
    (VOID) input;
    check_greeting_message_and_quit(0);
}

BED_THREAD(greeting_message_and_quit_timeouts_of_a_wrapping_clock)
{
    (VOID) input;
    check_greeting_message_and_quit(1);
}

BED_THREAD(envelope_timeout)
{
    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    check_silence(SERVER_EHLO, NX_SMTP_ENVELOPE_TIMEOUT, NX_NO_PACKET, NX_SMTP_OUTCOME_NOT_ATTEMPTED, 0);
    check_silence(SERVER_AUTH, NX_SMTP_ENVELOPE_TIMEOUT, NX_NO_PACKET, NX_SMTP_OUTCOME_NOT_ATTEMPTED, 1);
    check_silence(SERVER_MAIL, NX_SMTP_ENVELOPE_TIMEOUT, NX_NO_PACKET, NX_SMTP_OUTCOME_TRANSIENT, 0);
    check_silence(SERVER_RCPT, NX_SMTP_ENVELOPE_TIMEOUT, NX_NO_PACKET, NX_SMTP_OUTCOME_TRANSIENT, 1);
    check_silence(SERVER_DATA, NX_SMTP_ENVELOPE_TIMEOUT, NX_NO_PACKET, NX_SMTP_OUTCOME_TRANSIENT, 0);
    bed_recovers();
    bed_delete();
}

/* A reply that never ends, octet by octet, has the same time as one that does not begin. */
BED_THREAD(dripping_reply_is_bounded)
{
    static char reply[1500];
    uint64_t start_ns;

    (VOID) input;
    memset(reply, 'x', sizeof reply - 1);
    memcpy(reply, "250-", 4);
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    bed_server.replies[SERVER_EHLO] = reply;
    bed_server.piece_octets = 1;
    start_ns = server_now_ns();
    assert_int_equal(bed_send("Hello"), NX_NO_PACKET);
    /* The greeting dripped too. */
    assert_in_range(bed_elapsed_ms(start_ns), MS_OF(NX_SMTP_ENVELOPE_TIMEOUT) - EARLY_MS,
                    MS_OF(NX_SMTP_ENVELOPE_TIMEOUT) + 3 * LATE_MS);
    assert_true(server_await(&bed_server, 1));
    bed_settled();
    bed_delete();
}

/* Limits are of each step, not of all. */
BED_THREAD(slow_server_is_served)
{
    UINT step;

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    for (step = 0; step < SERVER_STEPS; step++)
        bed_server.delays_ms[step] = (unsigned)MS_OF(NX_SMTP_ENVELOPE_TIMEOUT) / 5;
    bed_delivers();
    bed_delete();
}

/* The server does not close its side after 221. */
static int disconnect_attempt(VOID)
{
    unsigned before = server_connections(&bed_server);
    uint64_t start_ns;
    int met;

    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    bed_server.hold = 1;
    bed_server.linger_ms = 600;
    start_ns = server_now_ns();
    assert_int_equal(bed_send("Hello"), NX_SUCCESS);
    met = limits_met(start_ns, MS_OF(NX_SMTP_CLIENT_DISCONNECT_TIMEOUT));
    assert_int_equal(bed_outcome(), NX_SMTP_OUTCOME_ACCEPTED);
    assert_true(server_await(&bed_server, before + 1));
    bed_settled();
    bed_recovers();
    bed_delete();
    return met;
}

BED_THREAD(disconnect_timeout)
{
    UINT attempts = LIMITS_ATTEMPTS;

    (VOID) input;
    while (!disconnect_attempt())
        assert_int_not_equal(--attempts, 0);
}

static CHAR limits_body[20000];

static int send_attempt(int wraps)
{
    unsigned before = server_connections(&bed_server);
    uint64_t start_ns;
    int met;

    memset(limits_body, 'b', sizeof limits_body - 1);
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    netx_host_transmit_window_set(4000);
    netx_host_acknowledge_delay_set(NX_WAIT_FOREVER);
    limits_clock(wraps);
    start_ns = server_now_ns();
    assert_int_equal(bed_send(limits_body), NX_SMTP_TRANSMIT_ERROR);
    met = limits_met(start_ns, MS_OF(NX_SMTP_CLIENT_SEND_TIMEOUT));
    assert_int_equal(bed_outcome(), NX_SMTP_OUTCOME_TRANSIENT);
    assert_true(server_await(&bed_server, before + 1));
    bed_settled();
    netx_host_transmit_window_set(0);
    netx_host_acknowledge_delay_set(0);
    bed_recovers();
    bed_delete();
    return met;
}

static VOID check_send_timeout(int wraps)
{
    UINT attempts = LIMITS_ATTEMPTS;

    while (!send_attempt(wraps))
        assert_int_not_equal(--attempts, 0);
}

BED_THREAD(send_timeout)
{
    (VOID) input;
    check_send_timeout(0);
}

BED_THREAD(send_timeout_of_a_wrapping_clock)
{
    (VOID) input;
    check_send_timeout(1);
}

static int packet_attempt(VOID)
{
    unsigned before = server_connections(&bed_server);
    NX_PACKET *taken[BED_PACKETS];
    uint64_t start_ns;
    int met;
    UINT i;

    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    for (i = 0; i < BED_PACKETS; i++)
        assert_int_equal(nx_packet_allocate(&bed_pool, &taken[i], NX_TCP_PACKET, NX_NO_WAIT), NX_SUCCESS);
    start_ns = server_now_ns();
    assert_int_equal(bed_send("Hello"), NX_SMTP_PACKET_ALLOCATE_ERROR);
    met = limits_met(start_ns, MS_OF(NX_SMTP_CLIENT_PACKET_TIMEOUT));
    for (i = 0; i < BED_PACKETS; i++)
        assert_int_equal(nx_packet_release(taken[i]), NX_SUCCESS);
    assert_true(server_await(&bed_server, before + 1));
    bed_settled();
    bed_recovers();
    bed_delete();
    return met;
}

BED_THREAD(packet_timeout)
{
    UINT attempts = LIMITS_ATTEMPTS;

    (VOID) input;
    while (!packet_attempt())
        assert_int_not_equal(--attempts, 0);
}

#ifndef NX_DISABLE_IPV4
/* A listener whose queue is full does not answer. */
static int connection_attempt(VOID)
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    int fillers[8];
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    uint64_t start_ns;
    int met;
    UINT i;

    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(listener, 0), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    for (i = 0; i < 8; i++) {
        fillers[i] = socket(AF_INET, SOCK_STREAM, 0);
        assert_true(fcntl(fillers[i], F_SETFL, O_NONBLOCK) == 0);
        (VOID) connect(fillers[i], (struct sockaddr *)&address, size);
    }
    bed_create_as(&bed_client, "", "", NX_SMTP_CLIENT_AUTH_NONE, ntohs(address.sin_port));
    start_ns = server_now_ns();
    assert_int_equal(bed_send("Hello"), NX_NOT_CONNECTED);
    met = limits_met(start_ns, MS_OF(NX_SMTP_CLIENT_CONNECTION_TIMEOUT));
    assert_int_equal(bed_outcome(), NX_SMTP_OUTCOME_NOT_ATTEMPTED);
    for (i = 0; i < 8; i++)
        assert_int_equal(close(fillers[i]), 0);
    assert_int_equal(close(listener), 0);
    bed_settled();
    bed_delete();
    return met;
}

BED_THREAD(connection_timeout)
{
    UINT attempts = LIMITS_ATTEMPTS;

    (VOID) input;
    while (!connection_attempt())
        assert_int_not_equal(--attempts, 0);
}
#endif

static NX_SMTP_TRACE limits_trace;
static ULONG limits_waiting;

/* While the client does not read, so much waits for it. */
static VOID limits_watch(VOID *context, enum postino_direction direction, const UCHAR *data, size_t octets)
{
    NX_SMTP_CLIENT *client = context;

    (VOID) data;
    (VOID) octets;
    if (direction == POSTINO_DIRECTION_SERVER && limits_waiting == 0) {
        (VOID) tx_thread_sleep(NX_IP_PERIODIC_RATE / 10);
        (VOID) nx_tcp_socket_bytes_available(&client->nx_smtp_client_socket, &limits_waiting);
    }
}

BED_THREAD(window_size)
{
    static char greeting[8000];

    (VOID) input;
    memset(greeting, 'x', sizeof greeting - 1);
    memcpy(greeting, "220-", 4);
    memcpy(greeting + sizeof greeting - 10, "\r\n220 go\r\n", 10);
    bed_server.reply_octets[SERVER_GREETING] = sizeof greeting;
    bed_server.replies[SERVER_GREETING] = greeting;
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    assert_int_equal(nx_smtp_client_trace_set(&bed_client, &limits_trace, limits_watch, &bed_client),
                     NX_SUCCESS);
    limits_waiting = 0;
    bed_delivers();
    assert_int_equal(limits_waiting, NX_SMTP_CLIENT_TCP_WINDOW_SIZE);
    bed_delete();
}

/* Long pauses between mails, longer than a count of milliseconds would bear. */
BED_THREAD(clock_may_jump_between_mails)
{
    static const ULONG jumps[] = {4294968UL, 0x80000000UL, 0xFFFFFFF0UL};
    UINT i;

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    for (i = 0; i < sizeof jumps / sizeof jumps[0]; i++) {
        bed_recovers();
        tx_time_set(tx_time_get() + jumps[i]);
        check_silence(SERVER_GREETING, NX_SMTP_GREETING_TIMEOUT, NX_NO_PACKET, NX_SMTP_OUTCOME_NOT_ATTEMPTED,
                      0);
    }
    bed_recovers();
    bed_delete();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BED_CASE(greeting_message_and_quit_timeouts),
        BED_CASE(greeting_message_and_quit_timeouts_of_a_wrapping_clock),
        BED_CASE(envelope_timeout),
        BED_CASE(dripping_reply_is_bounded),
        BED_CASE(slow_server_is_served),
        BED_CASE(disconnect_timeout),
        BED_CASE(send_timeout),
        BED_CASE(send_timeout_of_a_wrapping_clock),
        BED_CASE(packet_timeout),
#ifndef NX_DISABLE_IPV4
        BED_CASE(connection_timeout),
#endif
        BED_CASE(window_size),
        BED_CASE(clock_may_jump_between_mails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
