/* SPDX-License-Identifier: MIT */
/* Tests the services that the original lacks: the outcome, Date and Message-ID, the trace. */
#include "bed.h"

static NX_SMTP_HEADERS services_headers;
static NX_SMTP_TRACE services_trace;
static ULONG services_now;
static ULONG services_bits[2];
static UINT services_bits_taken;

static ULONG services_clock(VOID)
{
    return services_now;
}

static ULONG services_random(VOID)
{
    return services_bits[services_bits_taken++ & 1];
}

static char trace_text[SERVER_RECORD];
static size_t trace_octets;
static UINT trace_masks;

static VOID trace_keep(VOID *context, enum postino_direction direction, const UCHAR *data, size_t octets)
{
    assert_ptr_equal(context, &services_trace);
    if (data == NULL) {
        assert_int_equal(octets, 0);
        assert_int_equal(direction, POSTINO_DIRECTION_CLIENT);
        trace_masks++;
        return;
    }
    assert_true(trace_octets + octets < sizeof trace_text);
    memcpy(trace_text + trace_octets, data, octets);
    trace_octets += octets;
    trace_text[trace_octets] = '\0';
}

#ifndef NX_SMTP_DISABLE_ERROR_CHECKING
BED_THREAD(services_check_their_arguments)
{
    UINT outcome;

    (VOID) input;
    assert_int_equal(nx_smtp_client_outcome_get(NX_NULL, &outcome), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_client_headers_set(NX_NULL, &services_headers, NULL, NULL), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_client_trace_set(NX_NULL, &services_trace, trace_keep, NX_NULL), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_client_outcome_get(&bed_client, &outcome), NX_SMTP_CLIENT_NOT_INITIALIZED);
    assert_int_equal(nx_smtp_client_headers_set(&bed_client, &services_headers, NULL, NULL),
                     NX_SMTP_CLIENT_NOT_INITIALIZED);
    assert_int_equal(nx_smtp_client_trace_set(&bed_client, &services_trace, trace_keep, NX_NULL),
                     NX_SMTP_CLIENT_NOT_INITIALIZED);
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    assert_int_equal(nx_smtp_client_outcome_get(&bed_client, NX_NULL), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_client_headers_set(&bed_client, NX_NULL, NULL, NULL), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_client_trace_set(&bed_client, NX_NULL, trace_keep, NX_NULL), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_client_trace_set(&bed_client, &services_trace, NULL, NX_NULL), NX_PTR_ERROR);
    bed_delivers();
    bed_delete();
    assert_int_equal(nx_smtp_client_outcome_get(&bed_client, &outcome), NX_SMTP_CLIENT_NOT_INITIALIZED);
}

static UINT timer_statuses[3];
static volatile UINT timer_ran;

static VOID timer_expired(ULONG input)
{
    UINT outcome;

    (VOID) input;
    timer_statuses[0] = nx_smtp_client_outcome_get(&bed_client, &outcome);
    timer_statuses[1] = nx_smtp_client_headers_set(&bed_client, &services_headers, NULL, NULL);
    timer_statuses[2] = nx_smtp_client_trace_set(&bed_client, &services_trace, trace_keep, NX_NULL);
    timer_ran = 1;
}

BED_THREAD(services_are_not_for_timers)
{
    TX_TIMER timer;
    UINT i;

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    timer_ran = 0;
    assert_int_equal(tx_timer_create(&timer, bed_name, timer_expired, 0, 1, 0, TX_AUTO_ACTIVATE), TX_SUCCESS);
    for (i = 0; i < 500 && timer_ran == 0; i++)
        tx_thread_sleep(1);
    assert_int_equal(timer_ran, 1);
    for (i = 0; i < 3; i++)
        assert_int_equal(timer_statuses[i], NX_CALLER_ERROR);
    bed_delete();
}
#endif

BED_THREAD(outcomes_are_told)
{
    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    assert_int_equal(bed_outcome(), NX_SMTP_OUTCOME_NONE);
    bed_delivers();
    bed_server.replies[SERVER_RCPT] = "450 later\r\n";
    bed_fails(NX_SMTP_RCPT_REPLY_ERROR, NX_SMTP_OUTCOME_TRANSIENT);
    bed_server.replies[SERVER_RCPT] = "550 never\r\n";
    bed_fails(NX_SMTP_RCPT_REPLY_ERROR, NX_SMTP_OUTCOME_PERMANENT);
    bed_server.replies[SERVER_RCPT] = NULL;
    bed_server.replies[SERVER_MESSAGE] = server_close;
    bed_fails(NX_SMTP_MESSAGE_REPLY_ERROR, NX_SMTP_OUTCOME_UNKNOWN);
    bed_server.replies[SERVER_GREETING] = server_close;
    bed_fails(NX_NOT_CONNECTED, NX_SMTP_OUTCOME_NOT_ATTEMPTED);
    bed_recovers();
    bed_delete();
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    assert_int_equal(bed_outcome(), NX_SMTP_OUTCOME_NONE);
    bed_delete();
}

static VOID check_headers(UINT priority, const char *headers)
{
    char expected[700];
    unsigned before = server_connections(&bed_server);

    services_bits_taken = 0;
    assert_int_equal(nx_smtp_mail_send(&bed_client, BED_TO, priority, BED_SUBJECT, "Hello", 5), NX_SUCCESS);
    assert_true(server_await(&bed_server, before + 1));
    (VOID) snprintf(expected, sizeof expected, "%s%s\r\nHello\r\n.\r\n", BED_HEADERS, headers);
    assert_string_equal(bed_message(), expected);
}

BED_THREAD(dates_are_right)
{
    static const struct {
        ULONG seconds;
        const char *date;
    } cases[] = {
        {1, "Thu, 01 Jan 1970 00:00:01"},           {86399, "Thu, 01 Jan 1970 23:59:59"},
        {68169600, "Tue, 29 Feb 1972 00:00:00"},    {68256000, "Wed, 01 Mar 1972 00:00:00"},
        {94694399, "Sun, 31 Dec 1972 23:59:59"},    {94694400, "Mon, 01 Jan 1973 00:00:00"},
        {951782400, "Tue, 29 Feb 2000 00:00:00"},   {951868800, "Wed, 01 Mar 2000 00:00:00"},
        {978307199, "Sun, 31 Dec 2000 23:59:59"},   {1000000000, "Sun, 09 Sep 2001 01:46:40"},
        {1709164800, "Thu, 29 Feb 2024 00:00:00"},  {1772236800, "Sat, 28 Feb 2026 00:00:00"},
        {1772323200, "Sun, 01 Mar 2026 00:00:00"},  {1795477805, "Mon, 23 Nov 2026 23:50:05"},
        {2147483647, "Tue, 19 Jan 2038 03:14:07"},  {2147483648u, "Tue, 19 Jan 2038 03:14:08"},
        {4107542399u, "Sun, 28 Feb 2100 23:59:59"}, {4107542400u, "Mon, 01 Mar 2100 00:00:00"},
        {4133980799u, "Fri, 31 Dec 2100 23:59:59"}, {4294967295u, "Sun, 07 Feb 2106 06:28:15"},
    };
    UINT i;

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    assert_int_equal(nx_smtp_client_headers_set(&bed_client, &services_headers, services_clock, NULL),
                     NX_SUCCESS);
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char header[64];

        services_now = cases[i].seconds;
        (VOID) snprintf(header, sizeof header, "Date: %s +0000\r\n", cases[i].date);
        check_headers(NX_SMTP_MAIL_PRIORITY_NORMAL, header);
    }
    services_now = 0;
    check_headers(NX_SMTP_MAIL_PRIORITY_NORMAL, "");
    bed_delete();
}

BED_THREAD(message_ids_are_random)
{
    (VOID) input;
    services_bits[0] = 0x12345678UL;
    services_bits[1] = 0x9ABCDEF0UL;
    services_now = 1000000000;
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    assert_int_equal(nx_smtp_client_headers_set(&bed_client, &services_headers, NULL, services_random),
                     NX_SUCCESS);
    check_headers(NX_SMTP_MAIL_PRIORITY_NORMAL, "Message-ID: <876543210fedcba9@" BED_DOMAIN ">\r\n");
    assert_int_equal(services_bits_taken, 2);
    assert_int_equal(
        nx_smtp_client_headers_set(&bed_client, &services_headers, services_clock, services_random),
        NX_SUCCESS);
    check_headers(NX_SMTP_MAIL_PRIORITY_HIGH, "Date: Sun, 09 Sep 2001 01:46:40 +0000\r\n"
                                              "Message-ID: <876543210fedcba9@" BED_DOMAIN ">\r\n"
                                              "X-Priority: 1\r\nImportance: high\r\n");
    services_bits[0] = 0xFFFFFFFFUL;
    services_bits[1] = 0;
    check_headers(NX_SMTP_MAIL_PRIORITY_LOW, "Date: Sun, 09 Sep 2001 01:46:40 +0000\r\n"
                                             "Message-ID: <ffffffff00000000@" BED_DOMAIN ">\r\n"
                                             "X-Priority: 5\r\nImportance: low\r\n");
    assert_int_equal(nx_smtp_client_headers_set(&bed_client, &services_headers, NULL, NULL), NX_SUCCESS);
    check_headers(NX_SMTP_MAIL_PRIORITY_NORMAL, "");
    bed_delete();
}

static VOID check_trace(UINT type, const char *auth, UINT masks)
{
    static char expected[2000];

    bed_create(type);
    assert_int_equal(nx_smtp_client_trace_set(&bed_client, &services_trace, trace_keep, &services_trace),
                     NX_SUCCESS);
    trace_octets = 0;
    trace_masks = 0;
    bed_delivers();
    (VOID) snprintf(expected, sizeof expected,
                    "220 mx.example.com ready\r\nEHLO " BED_DOMAIN "\r\n"
                    "250-mx.example.com\r\n250 AUTH LOGIN PLAIN\r\n%s"
                    "235 authenticated\r\nMAIL FROM:<" BED_FROM ">\r\n250 sender ok\r\n"
                    "RCPT TO:<" BED_TO ">\r\n250 recipient ok\r\nDATA\r\n354 go ahead\r\n" BED_HEADERS
                    "\r\nHello\r\n.\r\n250 queued\r\nQUIT\r\n221 bye\r\n",
                    auth);
    assert_string_equal(trace_text, expected);
    assert_int_equal(trace_masks, masks);
    assert_null(strstr(trace_text, BED_PASSWORD));
    assert_null(strstr(trace_text, BED_LOGIN_PASS));
    assert_null(strstr(trace_text, BED_PLAIN));
    bed_delete();
}

BED_THREAD(trace_shows_all_but_secrets)
{
    (VOID) input;
    check_trace(NX_SMTP_CLIENT_AUTH_PLAIN, "", 1);
    check_trace(NX_SMTP_CLIENT_AUTH_LOGIN, "AUTH LOGIN\r\n334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n", 2);
    bed_server.replies[SERVER_AUTH] = "334 \r\n";
    check_trace(NX_SMTP_CLIENT_AUTH_PLAIN, "334 \r\n", 2);
}

/* A secret that spans packets of any size is masked in each. */
BED_THREAD(trace_masks_every_piece)
{
    (VOID) input;
    bed_pool_create(128, BED_PACKETS);
    bed_create_as(&bed_client, "a-user-name-of-some-length@mail.test", "a-password-of-some-length-too",
                  NX_SMTP_CLIENT_AUTH_PLAIN, bed_server.port);
    assert_int_equal(nx_smtp_client_trace_set(&bed_client, &services_trace, trace_keep, &services_trace),
                     NX_SUCCESS);
    trace_octets = 0;
    trace_masks = 0;
    bed_delivers();
    assert_true(trace_masks >= 2);
    assert_null(strstr(trace_text, "AUTH PLAIN "));
    assert_non_null(strstr(trace_text, "MAIL FROM:<" BED_FROM ">\r\n"));
    bed_delete();
}

/* A trace and headers at once, and a failing mail under a trace. */
BED_THREAD(services_go_together)
{
    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    services_now = 1000000000;
    assert_int_equal(nx_smtp_client_headers_set(&bed_client, &services_headers, services_clock, NULL),
                     NX_SUCCESS);
    assert_int_equal(nx_smtp_client_trace_set(&bed_client, &services_trace, trace_keep, &services_trace),
                     NX_SUCCESS);
    trace_octets = 0;
    check_headers(NX_SMTP_MAIL_PRIORITY_NORMAL, "Date: Sun, 09 Sep 2001 01:46:40 +0000\r\n");
    bed_server.replies[SERVER_MESSAGE] = server_reset;
    bed_fails(NX_SMTP_MESSAGE_REPLY_ERROR, NX_SMTP_OUTCOME_UNKNOWN);
    trace_octets = 0;
    bed_recovers();
    netx_host_fail_set(NETX_HOST_CONNECT, 1, 1, NX_NOT_CONNECTED);
    assert_int_equal(bed_send("Hello"), NX_NOT_CONNECTED);
    bed_delete();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifndef NX_SMTP_DISABLE_ERROR_CHECKING
        BED_CASE(services_check_their_arguments),
        BED_CASE(services_are_not_for_timers),
#endif
        BED_CASE(outcomes_are_told),
        BED_CASE(dates_are_right),
        BED_CASE(message_ids_are_random),
        BED_CASE(trace_shows_all_but_secrets),
        BED_CASE(trace_masks_every_piece),
        BED_CASE(services_go_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
