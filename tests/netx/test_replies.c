/* SPDX-License-Identifier: MIT */
/* Tests the status of each reply: every status from 0xA0 to 0xB2 that a reply decides, and replies that
 * broke the original client. */
#include "bed.h"

struct reply_case {
    enum server_step step;
    const char *reply;
    UINT status;
    UINT outcome;
};

static VOID check_cases(const struct reply_case *cases, size_t count)
{
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    for (; count != 0; count--, cases++) {
        server_usual(&bed_server);
        bed_server.replies[cases->step] = cases->reply;
        if (cases->status == NX_SUCCESS)
            bed_delivers();
        else
            bed_fails(cases->status, cases->outcome);
    }
    bed_recovers();
    bed_delete();
}

#define CHECK_CASES(cases) check_cases(cases, sizeof(cases) / sizeof(cases)[0])

BED_THREAD(each_step_has_its_status)
{
    static const struct reply_case cases[] = {
        {SERVER_GREETING, "554 no\r\n", NX_SMTP_GREET_REPLY_ERROR, NX_SMTP_OUTCOME_NOT_ATTEMPTED},
        {SERVER_GREETING, "421 busy\r\n", NX_SMTP_GREET_REPLY_ERROR, NX_SMTP_OUTCOME_NOT_ATTEMPTED},
        {SERVER_EHLO, "421 busy\r\n", NX_SMTP_SERVER_ERROR_CODE_RECEIVED, NX_SMTP_OUTCOME_NOT_ATTEMPTED},
        {SERVER_EHLO, "451 later\r\n", NX_SMTP_HELLO_REPLY_ERROR, NX_SMTP_OUTCOME_NOT_ATTEMPTED},
        {SERVER_EHLO, "550 no\r\n", NX_SMTP_HELLO_REPLY_ERROR, NX_SMTP_OUTCOME_NOT_ATTEMPTED},
        {SERVER_AUTH, "535 wrong\r\n", NX_SMTP_AUTH_REPLY_ERROR, NX_SMTP_OUTCOME_NOT_ATTEMPTED},
        {SERVER_AUTH, "454 later\r\n", NX_SMTP_AUTH_REPLY_ERROR, NX_SMTP_OUTCOME_NOT_ATTEMPTED},
        {SERVER_MAIL, "550 no\r\n", NX_SMTP_MAIL_REPLY_ERROR, NX_SMTP_OUTCOME_PERMANENT},
        {SERVER_MAIL, "452 full\r\n", NX_SMTP_MAIL_REPLY_ERROR, NX_SMTP_OUTCOME_TRANSIENT},
        {SERVER_RCPT, "550 who\r\n", NX_SMTP_RCPT_REPLY_ERROR, NX_SMTP_OUTCOME_PERMANENT},
        {SERVER_RCPT, "450 grey\r\n", NX_SMTP_RCPT_REPLY_ERROR, NX_SMTP_OUTCOME_TRANSIENT},
        {SERVER_DATA, "554 no\r\n", NX_SMTP_DATA_REPLY_ERROR, NX_SMTP_OUTCOME_PERMANENT},
        {SERVER_DATA, "451 later\r\n", NX_SMTP_DATA_REPLY_ERROR, NX_SMTP_OUTCOME_TRANSIENT},
        {SERVER_MESSAGE, "554 spam\r\n", NX_SMTP_MESSAGE_REPLY_ERROR, NX_SMTP_OUTCOME_PERMANENT},
        {SERVER_MESSAGE, "451 later\r\n", NX_SMTP_MESSAGE_REPLY_ERROR, NX_SMTP_OUTCOME_TRANSIENT},
        {SERVER_MAIL, "421 bye\r\n", NX_SMTP_SERVER_ERROR_CODE_RECEIVED, NX_SMTP_OUTCOME_TRANSIENT},
        {SERVER_RCPT, "421 bye\r\n", NX_SMTP_SERVER_ERROR_CODE_RECEIVED, NX_SMTP_OUTCOME_TRANSIENT},
        {SERVER_DATA, "421 bye\r\n", NX_SMTP_SERVER_ERROR_CODE_RECEIVED, NX_SMTP_OUTCOME_TRANSIENT},
        {SERVER_MESSAGE, "421 bye\r\n", NX_SMTP_SERVER_ERROR_CODE_RECEIVED, NX_SMTP_OUTCOME_TRANSIENT},
        {SERVER_RCPT, "251 forwarded\r\n", NX_SUCCESS, NX_SMTP_OUTCOME_ACCEPTED},
        {SERVER_RCPT, "252 perhaps\r\n", NX_SUCCESS, NX_SMTP_OUTCOME_ACCEPTED},
    };

    (VOID) input;
    CHECK_CASES(cases);
}

BED_THREAD(lines_that_are_no_reply)
{
    static const struct reply_case cases[] = {
        {SERVER_GREETING, "hello\r\n", NX_SMTP_SERVER_ERROR_REPLY, NX_SMTP_OUTCOME_NOT_ATTEMPTED},
        {SERVER_EHLO, "hello\r\n", NX_SMTP_SERVER_ERROR_REPLY, NX_SMTP_OUTCOME_NOT_ATTEMPTED},
        {SERVER_EHLO, "250\xFF\r\n", NX_SMTP_SERVER_ERROR_REPLY, NX_SMTP_OUTCOME_NOT_ATTEMPTED},
        {SERVER_EHLO, "25", NX_NOT_CONNECTED, NX_SMTP_OUTCOME_NOT_ATTEMPTED},
        {SERVER_MAIL, "ok\r\n", NX_SMTP_SERVER_ERROR_REPLY, NX_SMTP_OUTCOME_TRANSIENT},
        {SERVER_MAIL, "2500 ok\r\n", NX_SMTP_SERVER_ERROR_REPLY, NX_SMTP_OUTCOME_TRANSIENT},
        {SERVER_RCPT, "999 ok\r\n", NX_SMTP_SERVER_ERROR_REPLY, NX_SMTP_OUTCOME_TRANSIENT},
        {SERVER_MESSAGE, "gone\r\n", NX_SMTP_MESSAGE_REPLY_ERROR, NX_SMTP_OUTCOME_UNKNOWN},
        {SERVER_MAIL, "354 go\r\n", NX_SMTP_INVALID_SERVER_REPLY, NX_SMTP_OUTCOME_TRANSIENT},
        {SERVER_RCPT, "250-a\r\n251 b\r\n", NX_SMTP_SERVER_ERROR_REPLY, NX_SMTP_OUTCOME_TRANSIENT},
        {SERVER_DATA, "250 ok\r\n", NX_SMTP_INVALID_SERVER_REPLY, NX_SMTP_OUTCOME_TRANSIENT},
    };
    UINT i;

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        server_usual(&bed_server);
        bed_server.replies[cases[i].step] = cases[i].reply;
        /* Half a reply, and then the end. */
        if (strcmp(cases[i].reply, "25") == 0)
            bed_server.cut_sent = strlen("220 mx.example.com ready\r\n25");
        bed_fails(cases[i].status, cases[i].outcome);
    }
    bed_recovers();
    bed_delete();
}

/* Each error of the engine is a status of its kind, also one that only a service beyond the original
 * meets. */
BED_THREAD(each_error_has_its_status)
{
    static const struct {
        int16_t error;
        UINT status;
    } cases[] = {
        {POSTINO_ERROR_REPLY_SYNTAX, NX_SMTP_SERVER_ERROR_REPLY},
        {POSTINO_ERROR_REPLY_UNEXPECTED, NX_SMTP_INVALID_SERVER_REPLY},
        {POSTINO_ERROR_REPLY_TOO_LONG, NX_SMTP_OVERSIZE_SERVER_REPLY},
        {POSTINO_ERROR_CHALLENGE, NX_SMTP_INVALID_SERVER_CHALLENGE},
        {POSTINO_ERROR_NO_MECHANISM, NX_SMTP_AUTHENTICATION_ERROR},
        {POSTINO_ERROR_SERVICE_CLOSING, NX_SMTP_SERVER_ERROR_CODE_RECEIVED},
        {POSTINO_ERROR_AUTH_SERVER, NX_SMTP_AUTHENTICATION_ERROR},
        {POSTINO_ERROR_REPLY_CODES, NX_SMTP_SERVER_ERROR_REPLY},
        {POSTINO_ERROR_CHALLENGE_SYNTAX, NX_SMTP_INVALID_SERVER_CHALLENGE},
        {POSTINO_ERROR_ITERATIONS, NX_SMTP_INVALID_SERVER_CHALLENGE},
        {POSTINO_ERROR_SEND, NX_SMTP_TRANSMIT_ERROR},
        {POSTINO_ERROR_RECEIVE, NX_NOT_CONNECTED},
        {POSTINO_ERROR_CLOSED, NX_NOT_CONNECTED},
        {POSTINO_ERROR_BUFFER, NX_SMTP_PACKET_ALLOCATE_ERROR},
        {POSTINO_ERROR_TIMEOUT, NX_NO_PACKET},
        {POSTINO_ERROR_GREETING_TIMEOUT, NX_NO_PACKET},
        {POSTINO_ERROR_CRYPTO, NX_SMTP_INVALID_PARAM},
    };
    UINT i;

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct postino_result result = {.error = cases[i].error, .outcome = POSTINO_OUTCOME_TRANSIENT};

        assert_int_equal(bed_client.nx_smtp_client_mode_ptr->nx_smtp_mode_status(&bed_client, &result),
                         cases[i].status);
    }
    bed_delete();
}

static VOID check_reply_lines(UINT lines, UINT status)
{
    static char reply[16 * (POSTINO_REPLY_LINES_MAX + 2)];
    char *end = reply;

    for (; lines > 1; lines--)
        end += sprintf(end, "250-line\r\n");
    (VOID) sprintf(end, "250 end\r\n");
    server_usual(&bed_server);
    bed_server.replies[SERVER_MAIL] = reply;
    if (status == NX_SUCCESS)
        bed_delivers();
    else
        bed_fails(status, NX_SMTP_OUTCOME_TRANSIENT);
}

BED_THREAD(replies_without_end_are_cut)
{
    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    check_reply_lines(POSTINO_REPLY_LINES_MAX, NX_SUCCESS);
    check_reply_lines(POSTINO_REPLY_LINES_MAX + 1, NX_SMTP_OVERSIZE_SERVER_REPLY);
    bed_recovers();
    bed_delete();
}

/* 0xA1 is reserved: how large a mail may be is the server's business. */
BED_THREAD(size_is_for_the_server_to_refuse)
{
    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    bed_server.replies[SERVER_EHLO] = "250-mx\r\n250 SIZE 10\r\n";
    bed_delivers();
    bed_server.replies[SERVER_MAIL] = "552 too large\r\n";
    bed_fails(NX_SMTP_MAIL_REPLY_ERROR, NX_SMTP_OUTCOME_PERMANENT);
    bed_server.replies[SERVER_MAIL] = NULL;
    bed_server.replies[SERVER_MESSAGE] = "552 too large\r\n";
    bed_fails(NX_SMTP_MESSAGE_REPLY_ERROR, NX_SMTP_OUTCOME_PERMANENT);
    bed_recovers();
    bed_delete();
}

/* Inside lines, between lines, octet by octet; the greeting of more than one line too. */
BED_THREAD(replies_arrive_in_any_pieces)
{
    size_t piece;

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_LOGIN);
    bed_server.replies[SERVER_GREETING] = "220-mx.example.com\r\n220 ready\r\n";
    bed_server.replies[SERVER_MAIL] = "250-one\r\n250-two\r\n250 three\r\n";
    bed_server.replies[SERVER_RCPT] = "250-one\r\n250 two\r\n";
    bed_server.replies[SERVER_DATA] = "354-one\r\n354 two\r\n";
    bed_server.replies[SERVER_MESSAGE] = "250-one\r\n250 two\r\n";
    bed_server.replies[SERVER_QUIT] = "221-one\r\n221 two\r\n";
    bed_server.hold = 1;
    for (piece = 1; piece <= 11; piece += piece < 3 ? 1 : 4) {
        bed_server.piece_octets = piece;
        bed_delivers();
        assert_int_equal(bed_server.end, SERVER_END_CLOSED);
    }
    bed_delete();
}

/* A reply ends where its last line ends, not where its text says 250. */
BED_THREAD(codes_inside_text_are_text)
{
    static const struct reply_case cases[] = {
        {SERVER_EHLO, "250-mx 250 ok 250 \r\n250-250 250 x\r\n250 AUTH PLAIN\r\n", NX_SUCCESS, 1},
        {SERVER_MAIL, "250-550 250 \r\n250 ok\r\n", NX_SUCCESS, 1},
        {SERVER_MAIL, "550-250 ok\r\n550 250 ok\r\n", NX_SMTP_MAIL_REPLY_ERROR, NX_SMTP_OUTCOME_PERMANENT},
        {SERVER_RCPT, "550 relaying denied, not 250 ok\r\n", NX_SMTP_RCPT_REPLY_ERROR,
         NX_SMTP_OUTCOME_PERMANENT},
        {SERVER_MESSAGE, "554-5.7.1 250 queued\r\n554 \r\n", NX_SMTP_MESSAGE_REPLY_ERROR,
         NX_SMTP_OUTCOME_PERMANENT},
        {SERVER_MESSAGE, "250 421 554\r\n", NX_SUCCESS, 1},
    };

    (VOID) input;
    CHECK_CASES(cases);
}

BED_THREAD(malformed_ehlo_replies)
{
    static const struct reply_case cases[] = {
        {SERVER_EHLO, "250\r\n", NX_SUCCESS, 1},
        {SERVER_EHLO, "250-\r\n250-AUTH\r\n250 \r\n", NX_SUCCESS, 1},
        {SERVER_EHLO, "250-AUTH=\r\n250 SIZE\r\n", NX_SUCCESS, 1},
        {SERVER_EHLO, "250-AUTH PLAIN\n250 SIZE x\n", NX_SUCCESS, 1},
        {SERVER_EHLO, "250-mx\r\nAUTH PLAIN\r\n250 x\r\n", NX_SMTP_SERVER_ERROR_REPLY,
         NX_SMTP_OUTCOME_NOT_ATTEMPTED},
        {SERVER_EHLO, "-250 mx\r\n", NX_SMTP_SERVER_ERROR_REPLY, NX_SMTP_OUTCOME_NOT_ATTEMPTED},
    };
    static char long_line[3000];

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    bed_server.replies[SERVER_EHLO] = "250-\0\0\r\n250 x\r\n";
    bed_server.reply_octets[SERVER_EHLO] = 15;
    bed_delivers();
    memset(long_line, 'A', sizeof long_line);
    memcpy(long_line, "250-AUTH ", 9);
    memcpy(long_line + sizeof long_line - 22, "\r\n250 AUTH CRAM-MD5\r\n", 21);
    bed_server.replies[SERVER_EHLO] = long_line;
    bed_server.reply_octets[SERVER_EHLO] = sizeof long_line - 1;
    bed_delivers();
    bed_delete();
    CHECK_CASES(cases);
}

BED_THREAD(helo_where_ehlo_is_not_known)
{
    static const char *const refusals[] = {"500 what\r\n", "502 what\r\n", "504 what\r\n", "550 no\r\n"};
    UINT i;

    (VOID) input;
    bed_create_as(&bed_client, "", "", NX_SMTP_CLIENT_AUTH_NONE, bed_server.port);
    for (i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        bed_server.replies[SERVER_EHLO] = refusals[i];
        bed_delivers();
        assert_ptr_equal(
            strstr(bed_server.received, "EHLO " BED_DOMAIN "\r\nHELO " BED_DOMAIN "\r\nMAIL FROM:<"),
            bed_server.received);
    }
    bed_server.replies[SERVER_HELO] = "502 no\r\n";
    bed_fails(NX_SMTP_HELLO_REPLY_ERROR, NX_SMTP_OUTCOME_NOT_ATTEMPTED);
    bed_recovers();
    bed_delete();
}

/* Without authentication HELO serves a client of NONE that was given a user name, too. */
BED_THREAD(helo_with_a_user_name_and_none)
{
    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    bed_server.replies[SERVER_EHLO] = "502 what\r\n";
    bed_delivers();
    assert_null(strstr(bed_server.received, "AUTH"));
    bed_delete();
}

/* The server goes instead of answering. */
BED_THREAD(connection_lost_at_each_step)
{
    static const struct reply_case cases[] = {
        {SERVER_GREETING, server_close, NX_NOT_CONNECTED, NX_SMTP_OUTCOME_NOT_ATTEMPTED},
        {SERVER_EHLO, server_close, NX_NOT_CONNECTED, NX_SMTP_OUTCOME_NOT_ATTEMPTED},
        {SERVER_AUTH, server_reset, NX_NOT_CONNECTED, NX_SMTP_OUTCOME_NOT_ATTEMPTED},
        {SERVER_MAIL, server_close, NX_NOT_CONNECTED, NX_SMTP_OUTCOME_TRANSIENT},
        {SERVER_RCPT, server_reset, NX_NOT_CONNECTED, NX_SMTP_OUTCOME_TRANSIENT},
        {SERVER_DATA, server_close, NX_NOT_CONNECTED, NX_SMTP_OUTCOME_TRANSIENT},
        {SERVER_MESSAGE, server_close, NX_SMTP_MESSAGE_REPLY_ERROR, NX_SMTP_OUTCOME_UNKNOWN},
        {SERVER_MESSAGE, server_reset, NX_SMTP_MESSAGE_REPLY_ERROR, NX_SMTP_OUTCOME_UNKNOWN},
        /* Accepted is accepted, whatever becomes of QUIT. */
        {SERVER_QUIT, server_close, NX_SUCCESS, NX_SMTP_OUTCOME_ACCEPTED},
        {SERVER_QUIT, server_reset, NX_SUCCESS, NX_SMTP_OUTCOME_ACCEPTED},
        {SERVER_QUIT, "hm\r\n", NX_SUCCESS, NX_SMTP_OUTCOME_ACCEPTED},
        {SERVER_QUIT, "500 what\r\n", NX_SUCCESS, NX_SMTP_OUTCOME_ACCEPTED},
    };

    (VOID) input;
    CHECK_CASES(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BED_CASE(each_error_has_its_status),        BED_CASE(each_step_has_its_status),
        BED_CASE(lines_that_are_no_reply),          BED_CASE(replies_without_end_are_cut),
        BED_CASE(size_is_for_the_server_to_refuse), BED_CASE(replies_arrive_in_any_pieces),
        BED_CASE(codes_inside_text_are_text),       BED_CASE(malformed_ehlo_replies),
        BED_CASE(helo_where_ehlo_is_not_known),     BED_CASE(helo_with_a_user_name_and_none),
        BED_CASE(connection_lost_at_each_step),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
