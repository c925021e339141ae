/* SPDX-License-Identifier: MIT */
/* Tests how a connection ends: in the orderly way soon after 221, and by a reset after an error. */
#include "bed.h"

#define SOON_NS 200000000u

static VOID check_orderly(const char *quit_reply, size_t octets)
{
    server_usual(&bed_server);
    bed_server.hold = 1;
    bed_server.replies[SERVER_QUIT] = quit_reply;
    bed_server.reply_octets[SERVER_QUIT] = octets;
    bed_delivers();
    assert_int_equal(bed_server.end, SERVER_END_CLOSED);
    assert_true(bed_server.end_ns - bed_server.quit_ns < SOON_NS);
}

BED_THREAD(closed_soon_after_221)
{
    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    check_orderly("221 bye\r\n", 0);
    check_orderly("221\r\n", 0);
    check_orderly("221-a\r\n221 b\r\n", 0);
    check_orderly("250 bye\r\n", 0);
    check_orderly("500 bye?\r\n", 0);
    bed_delete();
}

BED_THREAD(closed_soon_after_221_and_nuls)
{
    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    check_orderly("221 bye\r\n\0\0\0\0", 13);
    check_orderly("221 bye\r\n\0", 10);
    check_orderly("221 bye\r\n250 more\r\n", 0);
    bed_delete();
}

/* NULs between replies are nothing either. */
BED_THREAD(nuls_behind_every_reply)
{
    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    bed_server.replies[SERVER_GREETING] = "220 mx\r\n\0\0";
    bed_server.reply_octets[SERVER_GREETING] = 10;
    bed_server.replies[SERVER_MAIL] = "250 ok\r\n\0";
    bed_server.reply_octets[SERVER_MAIL] = 9;
    bed_server.replies[SERVER_MESSAGE] = "250 ok\r\n\0";
    bed_server.reply_octets[SERVER_MESSAGE] = 9;
    bed_delivers();
    bed_delete();
}

BED_THREAD(server_closes_first)
{
    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    bed_delivers();
    bed_server.replies[SERVER_QUIT] = server_close;
    bed_delivers();
    bed_server.replies[SERVER_QUIT] = server_reset;
    bed_delivers();
    bed_delete();
}

/* No wait for the end of a connection that went wrong, and QUIT is not said there. */
static VOID check_reset(enum server_step step, const char *reply, UINT status, UINT outcome)
{
    uint64_t start_ns = server_now_ns();

    server_usual(&bed_server);
    bed_server.hold = 1;
    bed_server.replies[step] = reply;
    bed_fails(status, outcome);
    assert_int_equal(bed_server.end, SERVER_END_RESET);
    assert_true(bed_elapsed_ms(start_ns) < 200);
    assert_null(strstr(bed_server.received, "QUIT"));
}

BED_THREAD(abnormal_ends_are_resets)
{
    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    check_reset(SERVER_EHLO, "hello\r\n", NX_SMTP_SERVER_ERROR_REPLY, NX_SMTP_OUTCOME_NOT_ATTEMPTED);
    check_reset(SERVER_EHLO, "421 bye\r\n", NX_SMTP_SERVER_ERROR_CODE_RECEIVED,
                NX_SMTP_OUTCOME_NOT_ATTEMPTED);
    check_reset(SERVER_MAIL, "354 hm\r\n", NX_SMTP_INVALID_SERVER_REPLY, NX_SMTP_OUTCOME_TRANSIENT);
    check_reset(SERVER_MESSAGE, "hm\r\n", NX_SMTP_MESSAGE_REPLY_ERROR, NX_SMTP_OUTCOME_UNKNOWN);
    bed_recovers();
    bed_delete();
}

/* A refusal is no abnormal end: QUIT is said and waited for. */
BED_THREAD(refusals_end_in_order)
{
    static const enum server_step steps[] = {SERVER_GREETING, SERVER_EHLO, SERVER_AUTH,   SERVER_MAIL,
                                             SERVER_RCPT,     SERVER_DATA, SERVER_MESSAGE};
    UINT i;

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    for (i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        unsigned before = server_connections(&bed_server);

        server_usual(&bed_server);
        bed_server.hold = 1;
        bed_server.replies[steps[i]] = "550 no\r\n";
        assert_int_not_equal(bed_send("Hello"), NX_SUCCESS);
        assert_true(server_await(&bed_server, before + 1));
        assert_non_null(strstr(bed_server.received, "QUIT\r\n"));
        assert_int_equal(bed_server.end, SERVER_END_CLOSED);
        bed_settled();
    }
    bed_recovers();
    bed_delete();
}

BED_THREAD(no_server_listens)
{
    unsigned port = bed_server.port;

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    server_stop(&bed_server);
    assert_int_equal(bed_send("Hello"), NX_NOT_CONNECTED);
    assert_int_equal(bed_outcome(), NX_SMTP_OUTCOME_NOT_ATTEMPTED);
    bed_settled();
    assert_int_not_equal(server_start(&bed_server, BED_IPV6), 0);
    assert_int_equal(netx_host_port_map_set(port, bed_server.port), NX_SUCCESS);
    bed_delivers();
    bed_delete();
}

/* The statuses of bind and connect are handed on. */
BED_THREAD(bind_and_connect_fail)
{
    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    netx_host_fail_set(NETX_HOST_BIND, 1, 1, NX_NO_FREE_PORTS);
    assert_int_equal(bed_send("Hello"), NX_NO_FREE_PORTS);
    assert_int_equal(bed_outcome(), NX_SMTP_OUTCOME_NOT_ATTEMPTED);
    netx_host_fail_set(NETX_HOST_CONNECT, 1, 1, NX_IP_ADDRESS_ERROR);
    assert_int_equal(bed_send("Hello"), NX_IP_ADDRESS_ERROR);
    assert_int_equal(bed_outcome(), NX_SMTP_OUTCOME_NOT_ATTEMPTED);
    bed_settled();
    bed_delivers();
    bed_delete();
}

/* A disconnect that fails leaves nothing behind, and the mail is accepted all the same. */
BED_THREAD(disconnect_fails)
{
    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    netx_host_fail_set(NETX_HOST_DISCONNECT, 1, 1, NX_DISCONNECT_FAILED);
    bed_delivers();
    bed_delivers();
    bed_delete();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BED_CASE(closed_soon_after_221),    BED_CASE(closed_soon_after_221_and_nuls),
        BED_CASE(nuls_behind_every_reply),  BED_CASE(server_closes_first),
        BED_CASE(abnormal_ends_are_resets), BED_CASE(refusals_end_in_order),
        BED_CASE(no_server_listens),        BED_CASE(bind_and_connect_fail),
        BED_CASE(disconnect_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
