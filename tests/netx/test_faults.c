/* SPDX-License-Identifier: MIT */
/* Tests that every service that the client uses may fail, in turn, throughout a dialogue. Status and
 * outcome are right, no packet is lost, the client stays usable, and nothing waits for ever. */
#include "bed.h"

/* The steps whose command or data is the nth packet of a mail with authentication by PLAIN. */
#define PACKET_EHLO    1
#define PACKET_MAIL    3
#define PACKET_MESSAGE 6
#define PACKET_QUIT    7

#define SOON_MS 1500

static UINT fault_outcome(ULONG nth)
{
    if (nth <= PACKET_MAIL)
        return NX_SMTP_OUTCOME_NOT_ATTEMPTED;
    return nth <= PACKET_MESSAGE ? NX_SMTP_OUTCOME_TRANSIENT : NX_SMTP_OUTCOME_ACCEPTED;
}

/* Fails the nth call and all after it, or just the one. */
static VOID check_fault(UINT service, ULONG nth, ULONG times, UINT service_status, UINT status, UINT outcome)
{
    uint64_t start_ns = server_now_ns();
    unsigned before = server_connections(&bed_server);

    netx_host_fail_set(service, nth, times, service_status);
    assert_int_equal(bed_send("Hello"), status);
    assert_int_equal(bed_outcome(), outcome);
    netx_host_fail_set(service, 1, 0, 0);
    assert_true(bed_elapsed_ms(start_ns) < SOON_MS);
    assert_true(server_await(&bed_server, before + 1));
    if (outcome != NX_SMTP_OUTCOME_ACCEPTED && outcome != NX_SMTP_OUTCOME_UNKNOWN)
        assert_int_equal(bed_server.message_end, 0);
    bed_settled();
    bed_delivers();
}

BED_THREAD(every_allocation_fails_in_turn)
{
    ULONG nth;

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    for (nth = PACKET_EHLO; nth <= PACKET_QUIT; nth++) {
        UINT status = nth < PACKET_QUIT ? NX_SMTP_PACKET_ALLOCATE_ERROR : NX_SUCCESS;

        check_fault(NETX_HOST_ALLOCATE, nth, 1, NX_POOL_DELETED, status, fault_outcome(nth));
        check_fault(NETX_HOST_ALLOCATE, nth, NX_WAIT_FOREVER, NX_POOL_DELETED, status, fault_outcome(nth));
        /* An empty pool is waited for. */
        check_fault(NETX_HOST_ALLOCATE, nth, 3, NX_NO_PACKET, NX_SUCCESS, NX_SMTP_OUTCOME_ACCEPTED);
    }
    check_fault(NETX_HOST_ALLOCATE, nth, 1, NX_POOL_DELETED, NX_SUCCESS, NX_SMTP_OUTCOME_ACCEPTED);
    bed_delete();
}

/* The client still reads the server's replies, until the server closes the connection. */
BED_THREAD(every_send_fails_in_turn)
{
    ULONG nth;

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    bed_server.patience_ms = 100;
    for (nth = PACKET_EHLO; nth <= PACKET_QUIT; nth++)
        check_fault(NETX_HOST_SEND, nth, NX_WAIT_FOREVER, NX_NOT_CONNECTED,
                    nth < PACKET_QUIT ? NX_SMTP_TRANSMIT_ERROR : NX_SUCCESS, fault_outcome(nth));
    bed_delete();
}

/* Full window, full queue, no packet for the stack's copy: tried again. */
BED_THREAD(every_send_waits_in_turn)
{
    static const UINT statuses[] = {NX_WINDOW_OVERFLOW, NX_TX_QUEUE_DEPTH, NX_NO_PACKET};
    ULONG nth;
    UINT i;

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    for (i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        for (nth = PACKET_EHLO; nth <= PACKET_QUIT; nth++)
            check_fault(NETX_HOST_SEND, nth, 2, statuses[i], NX_SUCCESS, NX_SMTP_OUTCOME_ACCEPTED);
    }
    bed_delete();
}

/* Receptions are counted by the wake-ups too: whichever it is that fails, nothing is made up. */
BED_THREAD(every_reception_fails_in_turn)
{
    ULONG before;
    ULONG nth;
    ULONG calls;

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    before = netx_host_count_get(NETX_HOST_RECEIVE);
    bed_delivers();
    calls = netx_host_count_get(NETX_HOST_RECEIVE) - before;
    assert_true(calls >= 8);
    for (nth = 1; nth <= calls; nth++) {
        unsigned connections = server_connections(&bed_server);
        UINT status;
        UINT outcome;

        netx_host_fail_set(NETX_HOST_RECEIVE, nth, NX_WAIT_FOREVER, NX_NOT_CONNECTED);
        status = bed_send("Hello");
        outcome = bed_outcome();
        netx_host_fail_set(NETX_HOST_RECEIVE, 1, 0, 0);
        assert_true(server_await(&bed_server, connections + 1));
        if (outcome == NX_SMTP_OUTCOME_ACCEPTED) {
            assert_int_equal(status, NX_SUCCESS);
            assert_int_not_equal(bed_server.final_sent, 0);
        } else if (outcome == NX_SMTP_OUTCOME_UNKNOWN) {
            assert_int_equal(status, NX_SMTP_MESSAGE_REPLY_ERROR);
            assert_non_null(strstr(bed_server.received, "DATA\r\n"));
        } else {
            assert_int_equal(status, NX_NOT_CONNECTED);
            assert_int_equal(bed_server.message_end, 0);
            assert_int_equal(outcome == NX_SMTP_OUTCOME_NOT_ATTEMPTED,
                             strstr(bed_server.received, "MAIL") == NULL);
        }
        bed_settled();
        bed_delivers();
    }
    bed_delete();
}

/* At most so many octets are taken by each send. */
BED_THREAD(every_send_is_short)
{
    static const ULONG limits[] = {7, 16, 100};
    UINT i;

    (VOID) input;
    bed_create_as(&bed_client, "", "", NX_SMTP_CLIENT_AUTH_NONE, bed_server.port);
    for (i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        netx_host_send_limit_set(limits[i]);
        bed_delivers();
        bed_received(BED_DIALOGUE(BED_HEADERS "\r\nHello\r\n.\r\n"));
    }
    bed_delete();
}

/* A body of numbered lines, as the server must receive it. */
static CHAR fault_body[20000];

static VOID fault_body_make(VOID)
{
    UINT i;

    for (i = 0; i + 10 <= sizeof fault_body - 1; i += 10)
        (VOID) snprintf(fault_body + i, 11, "%08u\r\n", i);
    fault_body[sizeof fault_body - 1] = '\0';
}

static VOID check_big_body(VOID)
{
    uint64_t hash = server_hash(SERVER_HASH_START, BED_HEADERS "\r\n", sizeof BED_HEADERS + 1);
    unsigned before = server_connections(&bed_server);

    hash = server_hash(hash, fault_body, strlen(fault_body));
    hash = server_hash(hash, ".\r\n", 3);
    assert_int_equal(bed_send(fault_body), NX_SUCCESS);
    assert_true(server_await(&bed_server, before + 1));
    assert_true(bed_server.message_hash == hash);
    assert_int_equal(bed_server.message_end - bed_server.message_start,
                     sizeof BED_HEADERS + 1 + strlen(fault_body) + 3);
    bed_settled();
}

BED_THREAD(window_overflows_in_mid_body)
{
    (VOID) input;
    fault_body_make();
    fault_body[sizeof fault_body - 10] = '\0';
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    netx_host_transmit_window_set(4000);
    netx_host_acknowledge_delay_set(1);
    check_big_body();
    netx_host_transmit_window_set(1461);
    check_big_body();
    bed_delete();
}

/* Packets stay with the stack until they are acknowledged. */
BED_THREAD(pool_runs_dry_for_a_while)
{
    (VOID) input;
    fault_body_make();
    fault_body[sizeof fault_body - 10] = '\0';
    bed_pool_create(BED_PAYLOAD, 2);
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    netx_host_acknowledge_delay_set(2);
    check_big_body();
    bed_pool_create(BED_PAYLOAD, 1);
    check_big_body();
    bed_delete();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BED_CASE(every_allocation_fails_in_turn),
        BED_CASE(every_send_fails_in_turn),
        BED_CASE(every_send_waits_in_turn),
        BED_CASE(every_reception_fails_in_turn),
        BED_CASE(every_send_is_short),
        BED_CASE(window_overflows_in_mid_body),
        BED_CASE(pool_runs_dry_for_a_while),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
