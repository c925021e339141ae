/* SPDX-License-Identifier: MIT */
/* Tests nx_smtp_mail_send() with servers that offer PIPELINING, CHUNKING, both, or neither: the commands,
 * and the count of round trips. */
#include "bed.h"

#define MESSAGE  BED_HEADERS "\r\nHello\r\n"
#define ENVELOPE "EHLO " BED_DOMAIN "\r\nMAIL FROM:<" BED_FROM ">\r\nRCPT TO:<" BED_TO ">\r\n"

/* Every read of the server is a round trip, for it takes all there is after a while; the TCP connection and
 * the greeting are two more. */
static VOID check(UINT authentication, const char *ehlo, unsigned round_trips)
{
    bed_create(authentication);
    bed_server.replies[SERVER_EHLO] = ehlo;
    bed_server.round_ms = 20;
    bed_delivers();
    assert_int_equal(bed_server.reads + 2, round_trips);
    bed_delete();
}

static VOID check_none(const char *ehlo, unsigned round_trips)
{
    bed_create_as(&bed_client, "", "", NX_SMTP_CLIENT_AUTH_NONE, bed_server.port);
    bed_server.replies[SERVER_EHLO] = ehlo;
    bed_server.round_ms = 20;
    bed_delivers();
    assert_int_equal(bed_server.reads + 2, round_trips);
    bed_delete();
}

#define OFFER(words) "250-mx.example.com\r\n" words "250 AUTH PLAIN LOGIN\r\n"

#ifdef NX_SMTP_CLIENT_LOCK_STEP
#define TRIPS(with, without) (without)
#else
#define TRIPS(with, without) (with)
#endif

BED_THREAD(round_trips_without_authentication)
{
    (VOID) input;
    check_none("250 mx.example.com\r\n", 8);
    check_none(SERVER_CHUNKING, TRIPS(7, 8));
    check_none(SERVER_PIPELINING, TRIPS(5, 8));
    check_none(SERVER_BOTH, TRIPS(4, 8));
}

BED_THREAD(round_trips_with_authentication)
{
    (VOID) input;
    check(NX_SMTP_CLIENT_AUTH_PLAIN, OFFER(""), 9);
    check(NX_SMTP_CLIENT_AUTH_LOGIN, OFFER(""), 11);
    check(NX_SMTP_CLIENT_AUTH_PLAIN, OFFER("250-CHUNKING\r\n"), TRIPS(8, 9));
    check(NX_SMTP_CLIENT_AUTH_LOGIN, OFFER("250-CHUNKING\r\n"), TRIPS(10, 11));
    check(NX_SMTP_CLIENT_AUTH_PLAIN, OFFER("250-PIPELINING\r\n"), TRIPS(6, 9));
    check(NX_SMTP_CLIENT_AUTH_LOGIN, OFFER("250-PIPELINING\r\n"), TRIPS(8, 11));
    check(NX_SMTP_CLIENT_AUTH_PLAIN, OFFER("250-PIPELINING\r\n250-CHUNKING\r\n"), TRIPS(5, 9));
    check(NX_SMTP_CLIENT_AUTH_LOGIN, OFFER("250-PIPELINING\r\n250-CHUNKING\r\n"), TRIPS(7, 11));
}

BED_THREAD(dialogues)
{
    static CHAR chunks[2048];

    (VOID) input;
    bed_create_as(&bed_client, "", "", NX_SMTP_CLIENT_AUTH_NONE, bed_server.port);
    bed_server.replies[SERVER_EHLO] = SERVER_PIPELINING;
    bed_delivers();
    bed_received(ENVELOPE "DATA\r\n" MESSAGE ".\r\nQUIT\r\n");
    bed_server.replies[SERVER_EHLO] = SERVER_BOTH;
    bed_delivers();
#ifdef NX_SMTP_CLIENT_LOCK_STEP
    (VOID) chunks;
    bed_received(ENVELOPE "DATA\r\n" MESSAGE ".\r\nQUIT\r\n");
#else
    (VOID) snprintf(chunks, sizeof chunks, ENVELOPE "BDAT %u LAST\r\n" MESSAGE "QUIT\r\n",
                    (UINT)(sizeof MESSAGE - 1));
    bed_received(chunks);
#endif
    bed_delete();
}

/* The priority for the server, besides that for the reader. */
BED_THREAD(priorities)
{
    /* Unknown ones count as NORMAL, the one before the first and those between too. */
    static const UINT priorities[] = {
        NX_SMTP_MAIL_PRIORITY_LOW, NX_SMTP_MAIL_PRIORITY_NORMAL, NX_SMTP_MAIL_PRIORITY_HIGH, 77, 0, 3, 5};
    static const char *const parameters[] = {
        "> MT-PRIORITY=-4\r\n", ">\r\n", "> MT-PRIORITY=4\r\n", ">\r\n", ">\r\n", ">\r\n", ">\r\n"};
    UINT i;

    (VOID) input;
    bed_create_as(&bed_client, "", "", NX_SMTP_CLIENT_AUTH_NONE, bed_server.port);
    for (i = 0; i < sizeof priorities / sizeof priorities[0]; i++) {
        UINT offered;

        for (offered = 0; offered < 2; offered++) {
            unsigned before = server_connections(&bed_server);
            const char *expected = parameters[offered != 0 ? i : 1];
            CHAR command[80];

#ifdef NX_SMTP_CLIENT_LOCK_STEP
            expected = ">\r\n";
#endif
            bed_server.replies[SERVER_EHLO] =
                offered != 0 ? "250-mx.example.com\r\n250 MT-PRIORITY MIXER\r\n" : "250 mx.example.com\r\n";
            assert_int_equal(nx_smtp_mail_send(&bed_client, BED_TO, priorities[i], "s", "Hello", 5),
                             NX_SUCCESS);
            assert_true(server_await(&bed_server, before + 1));
            (VOID) snprintf(command, sizeof command, "MAIL FROM:<" BED_FROM "%s", expected);
            assert_non_null(strstr(bed_server.received, command));
        }
    }
    bed_delete();
}

/* A refusal in the midst of a group: the rest of its replies changes nothing. */
BED_THREAD(refusals_in_a_group)
{
    (VOID) input;
    bed_create_as(&bed_client, "", "", NX_SMTP_CLIENT_AUTH_NONE, bed_server.port);
    bed_server.replies[SERVER_EHLO] = SERVER_PIPELINING;
    bed_server.replies[SERVER_MAIL] = "550 no\r\n";
    bed_server.replies[SERVER_RCPT] = "503 no mail\r\n";
    bed_server.replies[SERVER_DATA] = "503 no recipient\r\n";
    bed_fails(NX_SMTP_MAIL_REPLY_ERROR, NX_SMTP_OUTCOME_PERMANENT);
    bed_server.replies[SERVER_MAIL] = NULL;
    bed_server.replies[SERVER_RCPT] = "450 later\r\n";
    bed_server.replies[SERVER_DATA] = "554 no recipient\r\n";
    bed_fails(NX_SMTP_RCPT_REPLY_ERROR, NX_SMTP_OUTCOME_TRANSIENT);
    bed_server.replies[SERVER_RCPT] = NULL;
    bed_fails(NX_SMTP_DATA_REPLY_ERROR, NX_SMTP_OUTCOME_PERMANENT);
    server_usual(&bed_server);
    bed_server.replies[SERVER_EHLO] = SERVER_BOTH;
    bed_server.replies[SERVER_MESSAGE] = "451 no room\r\n";
    bed_fails(NX_SMTP_MESSAGE_REPLY_ERROR, NX_SMTP_OUTCOME_TRANSIENT);
    bed_server.replies[SERVER_MESSAGE] = server_close;
    bed_fails(NX_SMTP_MESSAGE_REPLY_ERROR, NX_SMTP_OUTCOME_UNKNOWN);
    bed_recovers();
    bed_delete();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BED_CASE(round_trips_without_authentication),
        BED_CASE(round_trips_with_authentication),
        BED_CASE(dialogues),
        BED_CASE(priorities),
        BED_CASE(refusals_in_a_group),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
