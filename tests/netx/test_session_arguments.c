/* SPDX-License-Identifier: MIT */
/* Tests the arguments, callers and states that the services for many mails refuse. */
#include "session_bed.h"

static NX_SMTP_MAIL mail;
static NX_SMTP_RECIPIENT recipient;

#ifndef NX_SMTP_DISABLE_ERROR_CHECKING
static NX_SMTP_RESULT result;

static UINT body(NX_SMTP_MAIL *mail_ptr, VOID *context, ULONG offset, CHAR **data_ptr, ULONG *length_ptr)
{
    (VOID) mail_ptr;
    (VOID) context;
    (VOID) offset;
    (VOID) data_ptr;
    (VOID) length_ptr;
    return NX_SUCCESS;
}

/* Every service with a client, each with a client in this state. */
static VOID check_client(NX_SMTP_CLIENT *client, UINT status, UINT reply_status)
{
    NX_SMTP_STATISTICS statistics;
    NX_SMTP_MAIL *collected;
    UINT value;
    CHAR text[2];

    assert_int_equal(nx_smtp_client_extensions_set(client, NX_NULL), status);
    assert_int_equal(nx_smtp_client_mails_in_flight_set(client, 1), status);
    assert_int_equal(nx_smtp_client_connect(client, NX_NO_WAIT), status);
    assert_int_equal(nx_smtp_client_disconnect(client, NX_NO_WAIT), status);
    assert_int_equal(nx_smtp_client_mail_submit(client, &mail), status);
    assert_int_equal(nx_smtp_client_mail_collect(client, &collected, NX_NO_WAIT), status);
    assert_int_equal(nx_smtp_client_statistics_get(client, &statistics), status);
    assert_int_equal(nx_smtp_client_reply_get(client, &value, text, 2, &value), reply_status);
}

BED_THREAD(clients)
{
    (VOID) input;
    check_client(NX_NULL, NX_PTR_ERROR, NX_PTR_ERROR);
    assert_int_equal(nx_smtp_client_session_enable(NX_NULL, &bed_session), NX_PTR_ERROR);
    check_client(&bed_client, NX_SMTP_CLIENT_NOT_INITIALIZED, NX_SMTP_CLIENT_NOT_INITIALIZED);
    assert_int_equal(nx_smtp_client_session_enable(&bed_client, &bed_session),
                     NX_SMTP_CLIENT_NOT_INITIALIZED);
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    check_client(&bed_client, NX_NOT_ENABLED, NX_SUCCESS);
    bed_delete();
    check_client(&bed_client, NX_SMTP_CLIENT_NOT_INITIALIZED, NX_SMTP_CLIENT_NOT_INITIALIZED);
}

BED_THREAD(pointers)
{
    UINT value;
    CHAR text[2];

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    assert_int_equal(nx_smtp_client_session_enable(&bed_client, NX_NULL), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_client_session_enable(&bed_client, &bed_session), NX_SUCCESS);
    assert_int_equal(nx_smtp_client_mail_submit(&bed_client, NX_NULL), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_client_mail_collect(&bed_client, NX_NULL, NX_NO_WAIT), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_client_statistics_get(&bed_client, NX_NULL), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_client_reply_get(&bed_client, NX_NULL, text, 2, &value), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_client_reply_get(&bed_client, &value, NX_NULL, 2, &value), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_client_reply_get(&bed_client, &value, text, 2, NX_NULL), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_mail_create(NX_NULL, "s", "b", 1, 2), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_mail_create(&mail, NX_NULL, "b", 1, 2), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_mail_create(&mail, "s", NX_NULL, 1, 2), NX_PTR_ERROR);
    memset(&mail, 0, sizeof mail);
    assert_int_equal(nx_smtp_client_mail_submit(&bed_client, &mail), NX_SMTP_INVALID_PARAM);
    assert_int_equal(nx_smtp_mail_recipient_add(&mail, &recipient, "a@b", NX_SMTP_RECIPIENT_TO),
                     NX_SMTP_INVALID_PARAM);
    assert_int_equal(nx_smtp_mail_body_callback_set(&mail, body, NX_NULL, 0), NX_SMTP_INVALID_PARAM);
    assert_int_equal(nx_smtp_mail_delivery_set(&mail, NX_SMTP_DELIVERY_ALL), NX_SMTP_INVALID_PARAM);
    assert_int_equal(nx_smtp_mail_options_set(&mail, NX_NULL), NX_SMTP_INVALID_PARAM);
    assert_int_equal(nx_smtp_mail_result_get(&mail, &result), NX_SMTP_INVALID_PARAM);
    assert_int_equal(nx_smtp_mail_create(&mail, "s", NX_NULL, 0, 2), NX_SUCCESS);
    assert_int_equal(nx_smtp_mail_recipient_add(NX_NULL, &recipient, "a@b", NX_SMTP_RECIPIENT_TO),
                     NX_PTR_ERROR);
    assert_int_equal(nx_smtp_mail_recipient_add(&mail, NX_NULL, "a@b", NX_SMTP_RECIPIENT_TO), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_mail_recipient_add(&mail, &recipient, NX_NULL, NX_SMTP_RECIPIENT_TO),
                     NX_PTR_ERROR);
    assert_int_equal(nx_smtp_mail_recipient_add(&mail, &recipient, "a@b", 0), NX_SMTP_INVALID_PARAM);
    assert_int_equal(nx_smtp_mail_recipient_add(&mail, &recipient, "a@b", 3), NX_SMTP_INVALID_PARAM);
    assert_int_equal(nx_smtp_mail_body_callback_set(NX_NULL, body, NX_NULL, 0), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_mail_body_callback_set(&mail, NULL, NX_NULL, 0), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_mail_delivery_set(NX_NULL, NX_SMTP_DELIVERY_ALL), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_mail_delivery_set(&mail, 2), NX_SMTP_INVALID_PARAM);
    assert_int_equal(nx_smtp_mail_options_set(NX_NULL, NX_NULL), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_mail_result_get(NX_NULL, &result), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_mail_result_get(&mail, NX_NULL), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_recipient_reply_buffer_set(NX_NULL, text, 2), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_recipient_reply_buffer_set(&recipient, NX_NULL, 2), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_recipient_options_set(NX_NULL, NX_NULL), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_recipient_result_get(NX_NULL, &result), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_recipient_result_get(&recipient, NX_NULL), NX_PTR_ERROR);
    bed_delete();
}

/* From initialisation: what blocks is refused, what prepares is not. */
static void initialisation(void **state)
{
    NX_SMTP_STATISTICS statistics;
    NX_SMTP_MAIL *collected;
    CHAR text[2];
    UINT value;

    (void)state;
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    assert_int_equal(nx_smtp_client_session_enable(&bed_client, &bed_session), NX_SUCCESS);
    assert_int_equal(nx_smtp_client_extensions_set(&bed_client, NX_NULL), NX_SUCCESS);
    assert_int_equal(nx_smtp_client_mails_in_flight_set(&bed_client, 4), NX_SUCCESS);
    assert_int_equal(nx_smtp_client_statistics_get(&bed_client, &statistics), NX_SUCCESS);
    assert_int_equal(nx_smtp_client_reply_get(&bed_client, &value, text, 2, &value), NX_SUCCESS);
    bed_mail(&mail, &recipient, "one");
    assert_int_equal(nx_smtp_mail_result_get(&mail, &result), NX_SUCCESS);
    assert_int_equal(result.nx_smtp_result_outcome, NX_SMTP_OUTCOME_NONE);
    assert_int_equal(nx_smtp_client_mail_submit(&bed_client, &mail), NX_CALLER_ERROR);
    assert_int_equal(nx_smtp_client_mail_collect(&bed_client, &collected, NX_NO_WAIT), NX_CALLER_ERROR);
    assert_int_equal(nx_smtp_client_connect(&bed_client, NX_NO_WAIT), NX_CALLER_ERROR);
    assert_int_equal(nx_smtp_client_disconnect(&bed_client, NX_NO_WAIT), NX_CALLER_ERROR);
}

static UINT timer_statuses[18];
static volatile UINT timer_ran;

static VOID timer_expired(ULONG input)
{
    NX_SMTP_STATISTICS statistics;
    NX_SMTP_MAIL *collected;
    CHAR text[2];
    UINT value;
    UINT *status = timer_statuses;

    (VOID) input;
    *status++ = nx_smtp_client_session_enable(&bed_client, &bed_session);
    *status++ = nx_smtp_client_extensions_set(&bed_client, NX_NULL);
    *status++ = nx_smtp_client_mails_in_flight_set(&bed_client, 4);
    *status++ = nx_smtp_client_connect(&bed_client, NX_NO_WAIT);
    *status++ = nx_smtp_client_disconnect(&bed_client, NX_NO_WAIT);
    *status++ = nx_smtp_client_mail_submit(&bed_client, &mail);
    *status++ = nx_smtp_client_mail_collect(&bed_client, &collected, NX_NO_WAIT);
    *status++ = nx_smtp_client_reply_get(&bed_client, &value, text, 2, &value);
    *status++ = nx_smtp_client_statistics_get(&bed_client, &statistics);
    *status++ = nx_smtp_mail_create(&mail, "s", "b", 1, 2);
    *status++ = nx_smtp_mail_recipient_add(&mail, &recipient, "a@b", NX_SMTP_RECIPIENT_TO);
    *status++ = nx_smtp_mail_body_callback_set(&mail, body, NX_NULL, 0);
    *status++ = nx_smtp_mail_delivery_set(&mail, NX_SMTP_DELIVERY_ALL);
    *status++ = nx_smtp_mail_options_set(&mail, NX_NULL);
    *status++ = nx_smtp_mail_result_get(&mail, &result);
    *status++ = nx_smtp_recipient_reply_buffer_set(&recipient, text, 2);
    *status++ = nx_smtp_recipient_options_set(&recipient, NX_NULL);
    *status++ = nx_smtp_recipient_result_get(&recipient, &result);
    timer_ran = 1;
}

BED_THREAD(timers)
{
    TX_TIMER timer;
    UINT i;

    (VOID) input;
    bed_session_create();
    bed_mail(&mail, &recipient, "one");
    timer_ran = 0;
    assert_int_equal(tx_timer_create(&timer, bed_name, timer_expired, 0, 1, 0, TX_AUTO_ACTIVATE), TX_SUCCESS);
    for (i = 0; i < 500 && timer_ran == 0; i++)
        tx_thread_sleep(1);
    assert_int_equal(timer_ran, 1);
    for (i = 0; i < 18; i++)
        assert_int_equal(timer_statuses[i], NX_CALLER_ERROR);
    bed_session_delete();
}

/* A submitted mail may not be changed. */
BED_THREAD(submitted_mails)
{
    (VOID) input;
    bed_session_create();
    bed_mail(&mail, &recipient, "one");
    bed_submit(&mail);
    assert_int_equal(nx_smtp_mail_recipient_add(&mail, &recipient, "a@b", NX_SMTP_RECIPIENT_TO),
                     NX_SMTP_MAIL_IN_USE);
    assert_int_equal(nx_smtp_mail_body_callback_set(&mail, body, NX_NULL, 0), NX_SMTP_MAIL_IN_USE);
    assert_int_equal(nx_smtp_mail_delivery_set(&mail, NX_SMTP_DELIVERY_ALL), NX_SMTP_MAIL_IN_USE);
    assert_int_equal(nx_smtp_mail_options_set(&mail, NX_NULL), NX_SMTP_MAIL_IN_USE);
    assert_int_equal(nx_smtp_mail_result_get(&mail, &result), NX_SMTP_MAIL_IN_USE);
    assert_int_equal(nx_smtp_client_mail_submit(&bed_client, &mail), NX_SMTP_MAIL_IN_USE);
    bed_collect(&mail);
    bed_result(&mail, NX_SUCCESS, NX_SMTP_OUTCOME_ACCEPTED, 250);
    bed_session_delete();
}
#endif

BED_THREAD(states)
{
    CHAR text[4];

    (VOID) input;
    bed_session_create();
    assert_int_equal(nx_smtp_client_session_enable(&bed_client, &bed_session), NX_ALREADY_ENABLED);
    assert_int_equal(nx_smtp_client_mails_in_flight_set(&bed_client, 0), NX_SMTP_INVALID_PARAM);
    assert_int_equal(nx_smtp_client_mails_in_flight_set(&bed_client, 65536), NX_SMTP_INVALID_PARAM);
    assert_int_equal(nx_smtp_client_mails_in_flight_set(&bed_client, 65535), NX_SUCCESS);
    assert_int_equal(nx_smtp_client_disconnect(&bed_client, NX_WAIT_FOREVER), NX_SUCCESS);
    bed_collected();
    assert_int_equal(nx_smtp_recipient_reply_buffer_set(&recipient, text, 0), NX_SIZE_ERROR);
    bed_session_delete();
    /* A client that cannot authenticate as it is told to. */
    bed_create(NX_SMTP_CLIENT_AUTH_CRAM_MD5);
    assert_int_equal(nx_smtp_client_session_enable(&bed_client, &bed_session), NX_SMTP_AUTHENTICATION_ERROR);
    bed_delete();
}

static VOID refused(VOID)
{
    assert_int_equal(nx_smtp_client_mail_submit(&bed_client, &mail), NX_SMTP_INVALID_PARAM);
    bed_result(&mail, NX_SMTP_INVALID_PARAM, NX_SMTP_OUTCOME_NOT_ATTEMPTED, 0);
    bed_collected();
    assert_int_equal(netx_host_count_get(NETX_HOST_CONNECT), 0);
}

BED_THREAD(mails)
{
    (VOID) input;
    bed_session_create();
    assert_int_equal(nx_smtp_mail_create(&mail, "s\r\nBcc: x@y", "b", 1, 2), NX_SMTP_INVALID_PARAM);
    assert_int_equal(nx_smtp_mail_create(&mail, "s", "b", 1, 2), NX_SUCCESS);
    refused();
    assert_int_equal(nx_smtp_mail_recipient_add(&mail, &recipient, "a@b\r\nDATA", NX_SMTP_RECIPIENT_TO),
                     NX_SUCCESS);
    refused();
    assert_int_equal(nx_smtp_mail_create(&mail, "s", "b", 1, 2), NX_SUCCESS);
    assert_int_equal(nx_smtp_mail_recipient_add(&mail, &recipient, BED_TO, NX_SMTP_RECIPIENT_TO), NX_SUCCESS);
    bed_mail_delivers(&mail);
    bed_session_delete();
}

BED_THREAD(sender)
{
    NXD_ADDRESS server = bed_address(IP_ADDRESS(127, 0, 0, 1));
    static CHAR *const wrong[] = {"", "<>", "a b@c", "a@b\r\nRSET"};
    UINT i;

    (VOID) input;
    for (i = 0; i < 4; i++) {
        assert_int_equal(nxd_smtp_client_create(&bed_client, &bed_ip, &bed_pool, "", "", wrong[i], BED_DOMAIN,
                                                NX_SMTP_CLIENT_AUTH_NONE, &server, bed_server.port),
                         NX_SUCCESS);
        assert_int_equal(nx_smtp_client_session_enable(&bed_client, &bed_session), NX_SUCCESS);
        bed_mail(&mail, &recipient, "one");
        refused();
        bed_session_delete();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifndef NX_SMTP_DISABLE_ERROR_CHECKING
        BED_CASE(clients), BED_CASE(pointers),        BED_CASE(initialisation),
        BED_CASE(timers),  BED_CASE(submitted_mails),
#endif
        BED_CASE(states),  BED_CASE(mails),           BED_CASE(sender),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
