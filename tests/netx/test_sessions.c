/* SPDX-License-Identifier: MIT */
/* Tests one connection for many mails: the dialogue, replies, statistics, threads, pools. */
#include "session_bed.h"

#define MAILS 6

static NX_SMTP_MAIL mails[MAILS];
static NX_SMTP_RECIPIENT recipients[MAILS];

#define MESSAGE(body) BED_HEADERS "\r\n" body "\r\n.\r\n"

BED_THREAD(many_mails_on_one_connection)
{
    (VOID) input;
    bed_session_create();
    bed_collected();
    bed_mail(&mails[0], &recipients[0], "one");
    bed_mail(&mails[1], &recipients[1], "two");
    bed_mail_delivers(&mails[0]);
    bed_mail_delivers(&mails[1]);
    bed_mail_delivers(&mails[0]);
    bed_disconnects(1);
    bed_received(BED_EHLO BED_DATA(MESSAGE("one")) BED_DATA(MESSAGE("two"))
                     BED_DATA(MESSAGE("one")) "QUIT\r\n");
    /* And on the next. */
    bed_submit(&mails[0]);
    bed_submit(&mails[1]);
    bed_collect(&mails[0]);
    bed_collect(&mails[1]);
    bed_collected();
    bed_disconnects(2);
    bed_received(BED_EHLO BED_DATA(MESSAGE("one")) BED_DATA(MESSAGE("two")) "QUIT\r\n");
    bed_session_delete();
}

BED_THREAD(mails_behind_each_other)
{
    (VOID) input;
    bed_session_create();
    bed_server.replies[SERVER_EHLO] = SERVER_PIPELINING;
    bed_mail(&mails[0], &recipients[0], "one");
    bed_mail(&mails[1], &recipients[1], "two");
    bed_submit(&mails[0]);
    bed_submit(&mails[1]);
    bed_collect(&mails[0]);
    bed_collect(&mails[1]);
    bed_disconnects(1);
    bed_received(BED_EHLO BED_DATA(MESSAGE("one")) "RSET\r\n" BED_DATA(MESSAGE("two")) "QUIT\r\n");
    assert_int_equal(nx_smtp_client_mails_in_flight_set(&bed_client, 1), NX_SUCCESS);
    bed_submit(&mails[0]);
    bed_submit(&mails[1]);
    bed_collect(&mails[0]);
    bed_collect(&mails[1]);
    bed_disconnects(2);
    bed_received(BED_EHLO BED_DATA(MESSAGE("one")) BED_DATA(MESSAGE("two")) "QUIT\r\n");
    bed_session_delete();
}

/* The other way of sending goes on, but for the time of the connection. */
BED_THREAD(mail_send_besides)
{
    (VOID) input;
    bed_session_create();
    bed_delivers();
    assert_int_equal(nx_smtp_client_connect(&bed_client, NX_WAIT_FOREVER), NX_SUCCESS);
    assert_int_equal(nx_smtp_client_connect(&bed_client, NX_NO_WAIT), NX_SUCCESS);
    assert_int_equal(bed_send("Hello"), NX_ALREADY_BOUND);
    assert_int_equal(bed_outcome(), NX_SMTP_OUTCOME_NOT_ATTEMPTED);
    assert_int_equal(nx_smtp_client_delete(&bed_client), NX_STILL_BOUND);
    bed_mail(&mails[0], &recipients[0], "one");
    bed_mail_delivers(&mails[0]);
    bed_disconnects(2);
    bed_delivers();
    bed_session_delete();
}

BED_THREAD(connecting)
{
    UINT code = 0;
    UINT length = 0;
    CHAR text[40];

    (VOID) input;
    bed_session_create();
    assert_int_equal(nx_smtp_client_connect(&bed_client, NX_NO_WAIT), NX_NOT_CONNECTED);
    bed_server.replies[SERVER_GREETING] = "554 go away\r\n";
    assert_int_equal(nx_smtp_client_connect(&bed_client, NX_WAIT_FOREVER), NX_SMTP_GREET_REPLY_ERROR);
    assert_int_equal(nx_smtp_client_reply_get(&bed_client, &code, text, sizeof text, &length), NX_SUCCESS);
    assert_int_equal(code, 554);
    assert_int_equal(length, 7);
    assert_string_equal(text, "go away");
    assert_true(server_await(&bed_server, 1));
    server_usual(&bed_server);
    /* The wait is over before the greeting: it goes on. */
    bed_server.delays_ms[SERVER_GREETING] = 300;
    assert_int_equal(nx_smtp_client_connect(&bed_client, 5), NX_IN_PROGRESS);
    assert_int_equal(nx_smtp_client_connect(&bed_client, NX_NO_WAIT), NX_IN_PROGRESS);
    assert_int_equal(nx_smtp_client_connect(&bed_client, NX_WAIT_FOREVER), NX_SUCCESS);
    bed_disconnects(2);
    server_usual(&bed_server);
    /* In the midst of it: reset. */
    bed_server.delays_ms[SERVER_GREETING] = 300;
    assert_int_equal(nx_smtp_client_connect(&bed_client, 5), NX_IN_PROGRESS);
    assert_int_equal(nx_smtp_client_disconnect(&bed_client, NX_NO_WAIT), NX_SUCCESS);
    assert_int_equal(nx_smtp_client_disconnect(&bed_client, NX_NO_WAIT), NX_SUCCESS);
    assert_true(server_await(&bed_server, 3));
    bed_settled();
    server_usual(&bed_server);
    bed_mail(&mails[0], &recipients[0], "one");
    bed_mail_delivers(&mails[0]);
    bed_session_delete();
}

BED_THREAD(no_server_listens)
{
    (VOID) input;
    bed_session_create();
    server_stop(&bed_server);
    assert_int_equal(nx_smtp_client_connect(&bed_client, NX_WAIT_FOREVER), NX_NOT_CONNECTED);
    bed_mail(&mails[0], &recipients[0], "one");
    bed_submit(&mails[0]);
    bed_collect(&mails[0]);
    bed_result(&mails[0], NX_NOT_CONNECTED, NX_SMTP_OUTCOME_NOT_ATTEMPTED, 0);
    bed_recipient_result(&recipients[0], NX_SMTP_OUTCOME_NOT_ATTEMPTED, 0);
    bed_session_delete();
}

BED_THREAD(replies)
{
    CHAR text[16];
    UINT length = 99;
    UINT code = 99;

    (VOID) input;
    bed_create_as(&bed_client, "", "", NX_SMTP_CLIENT_AUTH_NONE, bed_server.port);
    assert_int_equal(nx_smtp_client_reply_get(&bed_client, &code, text, sizeof text, &length), NX_SUCCESS);
    assert_int_equal(code, 0);
    assert_int_equal(length, 0);
    bed_server.replies[SERVER_RCPT] = "550-5.7.1 first\r\n550 5.7.1 second\r\n";
    bed_fails(NX_SMTP_RCPT_REPLY_ERROR, NX_SMTP_OUTCOME_PERMANENT);
    assert_int_equal(nx_smtp_client_reply_get(&bed_client, &code, text, sizeof text, &length), NX_SUCCESS);
    assert_int_equal(code, 550);
    assert_int_equal(length, 15);
    assert_string_equal(text, "5.7.1 first\n5.7");
    assert_int_equal(nx_smtp_client_session_enable(&bed_client, &bed_session), NX_SUCCESS);
    assert_int_equal(nx_smtp_client_reply_get(&bed_client, &code, text, sizeof text, &length), NX_SUCCESS);
    assert_int_equal(code, 0);
    bed_mail(&mails[0], &recipients[0], "one");
    bed_submit(&mails[0]);
    bed_collect(&mails[0]);
    bed_result(&mails[0], NX_SMTP_RCPT_REPLY_ERROR, NX_SMTP_OUTCOME_PERMANENT, 550);
    assert_int_equal(nx_smtp_client_reply_get(&bed_client, &code, text, 1, &length), NX_SUCCESS);
    assert_int_equal(code, 550);
    assert_string_equal(text, "");
    assert_int_equal(nx_smtp_client_reply_get(&bed_client, &code, text, 0, &length), NX_SIZE_ERROR);
    bed_disconnects(2);
    server_usual(&bed_server);
    bed_mail_delivers(&mails[0]);
    assert_int_equal(nx_smtp_client_reply_get(&bed_client, &code, text, sizeof text, &length), NX_SUCCESS);
    assert_int_equal(code, 250);
    assert_string_equal(text, "queued");
    bed_session_delete();
}

BED_THREAD(statistics)
{
    NX_SMTP_STATISTICS all;
    NX_SMTP_RECIPIENT more[2];

    (VOID) input;
    bed_session_create();
    bed_mail(&mails[0], &recipients[0], "one");
    bed_mail_delivers(&mails[0]);
    bed_mail_delivers(&mails[0]);
    bed_mail(&mails[1], &recipients[1], "two");
    assert_int_equal(
        nx_smtp_mail_recipient_add(&mails[1], &more[0], "refused@mail.test", NX_SMTP_RECIPIENT_CC),
        NX_SUCCESS);
    assert_int_equal(nx_smtp_mail_recipient_add(&mails[1], &more[1], "later@mail.test", NX_SMTP_RECIPIENT_CC),
                     NX_SUCCESS);
    bed_submit(&mails[1]);
    bed_collect(&mails[1]);
    assert_int_equal(nx_smtp_mail_delivery_set(&mails[1], NX_SMTP_DELIVERY_PARTIAL), NX_SUCCESS);
    bed_mail_delivers(&mails[1]);
    bed_disconnects(1);
    assert_int_equal(nx_smtp_client_statistics_get(&bed_client, &all), NX_SUCCESS);
    assert_int_equal(all.nx_smtp_statistics_connections, 1);
    assert_int_equal(all.nx_smtp_statistics_connection_failures, 0);
    assert_int_equal(all.nx_smtp_statistics_mails_accepted, 3);
    assert_int_equal(all.nx_smtp_statistics_mails_permanent, 1);
    assert_int_equal(all.nx_smtp_statistics_mails_transient, 0);
    assert_int_equal(all.nx_smtp_statistics_mails_unknown, 0);
    assert_int_equal(all.nx_smtp_statistics_mails_not_attempted, 0);
    assert_int_equal(all.nx_smtp_statistics_recipients_accepted, 3);
    assert_int_equal(all.nx_smtp_statistics_recipients_refused, 3);
    assert_int_equal(all.nx_smtp_statistics_octets_sent, bed_server.received_octets);
    assert_int_equal(all.nx_smtp_statistics_octets_received, bed_server.sent_octets);
    server_stop(&bed_server);
    bed_submit(&mails[0]);
    bed_collect(&mails[0]);
    assert_int_equal(nx_smtp_client_statistics_get(&bed_client, &all), NX_SUCCESS);
    assert_int_equal(all.nx_smtp_statistics_connection_failures, 1);
    assert_int_equal(all.nx_smtp_statistics_mails_not_attempted, 1);
    bed_session_delete();
}

/* Two services at the same time. */
static VOID other_thread(ULONG input)
{
    NX_SMTP_MAIL *collected = NX_NULL;
    NX_SMTP_STATISTICS all;
    UINT code = 0;
    UINT length = 0;
    CHAR text[8];

    (VOID) input;
    tx_thread_sleep(NX_IP_PERIODIC_RATE / 10);
    assert_int_equal(nx_smtp_client_mail_collect(&bed_client, &collected, NX_WAIT_FOREVER), NX_IN_PROGRESS);
    assert_int_equal(nx_smtp_client_mail_submit(&bed_client, &mails[1]), NX_IN_PROGRESS);
    assert_int_equal(nx_smtp_client_connect(&bed_client, NX_WAIT_FOREVER), NX_IN_PROGRESS);
    assert_int_equal(nx_smtp_client_disconnect(&bed_client, NX_WAIT_FOREVER), NX_IN_PROGRESS);
    assert_int_equal(nx_smtp_client_extensions_set(&bed_client, NX_NULL), NX_IN_PROGRESS);
    assert_int_equal(nx_smtp_client_mails_in_flight_set(&bed_client, 1), NX_IN_PROGRESS);
    assert_int_equal(nx_smtp_client_reply_get(&bed_client, &code, text, sizeof text, &length),
                     NX_IN_PROGRESS);
    assert_int_equal(nx_smtp_client_statistics_get(&bed_client, &all), NX_IN_PROGRESS);
    assert_int_equal(bed_send("Hello"), NX_IN_PROGRESS);
}

BED_THREAD(two_threads)
{
    TX_THREAD thread;

    (VOID) input;
    bed_session_create();
    bed_server.delays_ms[SERVER_MESSAGE] = 500;
    bed_mail(&mails[0], &recipients[0], "one");
    bed_mail(&mails[1], &recipients[1], "two");
    bed_thread(&thread, other_thread, 0);
    bed_mail_delivers(&mails[0]);
    bed_join(&thread);
    bed_session_delete();
}

static struct {
    CHAR text[4096];
    size_t length;
} shown;

static VOID show(VOID *context, enum postino_direction direction, const UCHAR *data, size_t length)
{
    (VOID) context;
    (VOID) direction;
    if (data == NX_NULL) {
        data = (const UCHAR *)"***";
        length = 3;
    }
    assert_true(shown.length + length < sizeof shown.text);
    memcpy(shown.text + shown.length, data, length);
    shown.length += length;
}

/* The trace shows no secret, in either way of sending. */
BED_THREAD(traced)
{
    static NX_SMTP_TRACE trace;

    (VOID) input;
    memset(&shown, 0, sizeof shown);
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    assert_int_equal(nx_smtp_client_session_enable(&bed_client, &bed_session), NX_SUCCESS);
    assert_int_equal(nx_smtp_client_trace_set(&bed_client, &trace, show, NX_NULL), NX_SUCCESS);
    bed_mail(&mails[0], &recipients[0], "one");
    bed_mail_delivers(&mails[0]);
    bed_disconnects(1);
    assert_non_null(strstr(bed_server.received, "AUTH PLAIN " BED_PLAIN));
    bed_delivers();
    bed_mail_delivers(&mails[0]);
    assert_null(strstr(shown.text, BED_PLAIN));
    assert_non_null(strstr(shown.text, "***"));
    assert_non_null(strstr(shown.text, "RCPT TO:<" BED_TO ">"));
    bed_session_delete();
}

/* Small packets, few of them. */
static VOID small_pool(ULONG payload, ULONG packets)
{
    UINT i;

    bed_pool_create(payload, packets);
    bed_session_create();
    bed_server.replies[SERVER_EHLO] = SERVER_BOTH;
    for (i = 0; i < MAILS; i++) {
        bed_mail(&mails[i], &recipients[i], "one");
        bed_submit(&mails[i]);
    }
    netx_host_acknowledge_delay_set(1);
    for (i = 0; i < MAILS; i++)
        bed_collect(&mails[i]);
    netx_host_acknowledge_delay_set(0);
    bed_session_delete();
}

BED_THREAD(small_packets)
{
    (VOID) input;
    small_pool(128, 20);
    small_pool(256, 4);
    small_pool(256, 1);
}

BED_THREAD(no_packet_at_all)
{
    NX_PACKET *packet = NX_NULL;
    ULONG start;

    (VOID) input;
    bed_pool_create(256, 1);
    bed_session_create();
    bed_mail(&mails[0], &recipients[0], "one");
    assert_int_equal(nx_smtp_client_connect(&bed_client, NX_WAIT_FOREVER), NX_SUCCESS);
    assert_int_equal(nx_packet_allocate(&bed_pool, &packet, 0, NX_NO_WAIT), NX_SUCCESS);
    bed_submit(&mails[0]);
    start = tx_time_get();
    bed_collect(&mails[0]);
    assert_true(tx_time_get() - start >= NX_SMTP_CLIENT_PACKET_TIMEOUT);
    /* It waited once, not twice. */
    assert_true(tx_time_get() - start < 2 * NX_SMTP_CLIENT_PACKET_TIMEOUT);
    bed_result(&mails[0], NX_SMTP_PACKET_ALLOCATE_ERROR, NX_SMTP_OUTCOME_NOT_ATTEMPTED, 0);
    assert_int_equal(nx_packet_release(packet), NX_SUCCESS);
    bed_mail_delivers(&mails[0]);
    bed_session_delete();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BED_CASE(many_mails_on_one_connection),
        BED_CASE(mails_behind_each_other),
        BED_CASE(mail_send_besides),
        BED_CASE(connecting),
        BED_CASE(no_server_listens),
        BED_CASE(replies),
        BED_CASE(statistics),
        BED_CASE(two_threads),
        BED_CASE(traced),
        BED_CASE(small_packets),
        BED_CASE(no_packet_at_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
