/* SPDX-License-Identifier: MIT */
/* Tests one connection for many mails with time limits, pauses and losses. */
#include "session_bed.h"

#define MAILS 3

static NX_SMTP_MAIL mails[MAILS];
static NX_SMTP_RECIPIENT recipients[MAILS];

/* Without waiting, turn by turn; the mail is sent all the same. */
BED_THREAD(waits)
{
    NX_SMTP_MAIL *collected = NX_NULL;
    ULONG start;
    UINT status;
    UINT turns = 0;

    (VOID) input;
    bed_session_create();
    bed_server.delays_ms[SERVER_MESSAGE] = 300;
    bed_mail(&mails[0], &recipients[0], "one");
    bed_submit(&mails[0]);
    assert_int_equal(nx_smtp_client_mail_submit(&bed_client, &mails[0]), NX_SMTP_MAIL_IN_USE);
    while ((status = nx_smtp_client_mail_collect(&bed_client, &collected, NX_NO_WAIT)) == NX_IN_PROGRESS) {
        turns++;
        assert_true(turns < 1000);
        tx_thread_sleep(1);
    }
    assert_int_equal(status, NX_SUCCESS);
    assert_ptr_equal(collected, &mails[0]);
    assert_true(turns > 5);
    bed_submit(&mails[0]);
    start = tx_time_get();
    assert_int_equal(nx_smtp_client_mail_collect(&bed_client, &collected, NX_IP_PERIODIC_RATE / 10),
                     NX_IN_PROGRESS);
    assert_true(tx_time_get() - start >= NX_IP_PERIODIC_RATE / 10);
    assert_true(tx_time_get() - start < NX_IP_PERIODIC_RATE / 4);
    bed_collect(&mails[0]);
    bed_result(&mails[0], NX_SUCCESS, NX_SMTP_OUTCOME_ACCEPTED, 250);
    /* Given up in the midst: it may have been delivered. */
    bed_submit(&mails[0]);
    assert_int_equal(nx_smtp_client_mail_collect(&bed_client, &collected, NX_IP_PERIODIC_RATE / 10),
                     NX_IN_PROGRESS);
    assert_int_equal(nx_smtp_client_disconnect(&bed_client, 2), NX_SUCCESS);
    bed_collect(&mails[0]);
    bed_result(&mails[0], NX_SMTP_MESSAGE_REPLY_ERROR, NX_SMTP_OUTCOME_UNKNOWN, 0);
    bed_collected();
    bed_session_delete();
}

/* Servers close what is idle: without a word, or with 421. */
static VOID idle(const char *farewell)
{
    unsigned before = server_connections(&bed_server);

    bed_server.patience_ms = 100;
    bed_server.farewell = farewell;
    bed_mail_delivers(&mails[0]);
    assert_true(server_await(&bed_server, before + 1));
    tx_thread_sleep(2);
    bed_mail_delivers(&mails[1]);
    assert_true(server_await(&bed_server, before + 2));
    bed_mail_delivers(&mails[0]);
    bed_disconnects(before + 3);
}

BED_THREAD(server_closes_while_idle)
{
    UINT i;

    (VOID) input;
    bed_session_create();
    bed_mail(&mails[0], &recipients[0], "one");
    bed_mail(&mails[1], &recipients[1], "two");
    idle(NULL);
    idle("421 4.4.2 you were quiet\r\n");
    bed_server.patience_ms = 100;
    bed_server.farewell = NULL;
    assert_int_equal(nx_smtp_client_connect(&bed_client, NX_WAIT_FOREVER), NX_SUCCESS);
    assert_true(server_await(&bed_server, 7));
    /* The server has closed it; the network thread, and so the client, hears of it a little later. */
    for (i = 0; i < 500 && nx_smtp_client_connect(&bed_client, NX_NO_WAIT) == NX_SUCCESS; i++)
        tx_thread_sleep(1);
    assert_int_equal(nx_smtp_client_connect(&bed_client, NX_NO_WAIT), NX_NOT_CONNECTED);
    bed_session_delete();
}

/* Lost in the midst of several: what was not begun goes out over another connection, once. */
BED_THREAD(lost_with_mails_on_their_way)
{
    UINT i;

    (VOID) input;
    bed_session_create();
    bed_server.replies[SERVER_EHLO] = SERVER_BOTH;
    for (i = 0; i < 3; i++)
        bed_mail(&mails[i], &recipients[i], "one");
    assert_int_equal(nx_smtp_client_connect(&bed_client, NX_WAIT_FOREVER), NX_SUCCESS);
    bed_server.replies[SERVER_MESSAGE] = server_close;
    for (i = 0; i < 3; i++)
        bed_submit(&mails[i]);
    for (i = 0; i < 3; i++) {
        bed_collect(&mails[i]);
        bed_result(&mails[i], NX_SMTP_MESSAGE_REPLY_ERROR, NX_SMTP_OUTCOME_UNKNOWN, 0);
    }
    bed_collected();
    assert_true(server_await(&bed_server, 1));
    server_usual(&bed_server);
    bed_server.replies[SERVER_MESSAGE] = "421 4.3.2 going down\r\n";
    bed_submit(&mails[0]);
    bed_collect(&mails[0]);
    bed_result(&mails[0], NX_SMTP_SERVER_ERROR_CODE_RECEIVED, NX_SMTP_OUTCOME_TRANSIENT, 421);
    bed_session_delete();
}
int main(void)
{
    const struct CMUnitTest tests[] = {
        BED_CASE(waits),
        BED_CASE(server_closes_while_idle),
        BED_CASE(lost_with_mails_on_their_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
