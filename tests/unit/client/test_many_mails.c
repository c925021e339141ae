/* SPDX-License-Identifier: MIT */
/* Tests the blocking client with many mails, over a fake transport: the connection of each mail, the mails
 * that are sent again, and the mails that never are. */
#include "client_scripts.h"

static void test_many_mails_on_one_connection(void **state)
{
    static char lines[MAILS][100];
    const char *script[2 * MAILS + 6] = {HELLO(BOTH)};
    size_t count = 3;
    size_t i;

    (void)state;
    prepare();
    for (i = 0; i < MAILS; i++) {
        (void)snprintf(lines[i], sizeof lines[i],
                       "%sMAIL FROM:<a@b>\r\nRCPT TO:<%u@d>\r\nBDAT %u LAST\r\n%u\r\n",
                       i == 0 ? "" : "RSET\r\n", (unsigned)i, i < 10 ? 3 : 4, (unsigned)i);
        script[count++] = lines[i];
        script[count++] = i == 0 ? THREE : FOUR;
    }
    script[count++] = "QUIT\r\n";
    script[count++] = "221 bye\r\n";
    add_script(script, count);
    submit(0, MAILS - 1);
    assert_int_equal(fake.connects, 0);
    for (i = 0; i < MAILS; i++) {
        collect(i, POSTINO_OUTCOME_ACCEPTED, 0);
    }
    end();
}

/* The server gave the connection up while nothing was under way, with a word or without. */
static void test_idle(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        prepare();
        if (i == 0) {
            ADD(HELLO(BOTH), MAIL(0), THREE, "421 idle\r\n", "<eof>");
        } else {
            ADD(HELLO(BOTH), MAIL(0), THREE, "<eof>");
        }
        ADD(HELLO(BOTH), MAIL(1), THREE, QUIT);
        submit(0, 0);
        collect(0, POSTINO_OUTCOME_ACCEPTED, 0);
        submit(1, 1);
        collect(1, POSTINO_OUTCOME_ACCEPTED, 0);
        end();
    }
}

/* It gave it up when the mail was on its way: once more, and no more than once. */
static void test_mail_is_repeated_once(void **state)
{
    (void)state;
    prepare();
    ADD(HELLO("250 SIZE\r\n"), "MAIL FROM:<a@b> SIZE=3\r\n", "421 idle\r\n", "<eof>");
    ADD(HELLO("250 SIZE\r\n"), "MAIL FROM:<a@b> SIZE=3\r\n", "421 idle\r\n", "<eof>");
    submit(0, 0);
    collect(0, POSTINO_OUTCOME_TRANSIENT, POSTINO_ERROR_SERVICE_CLOSING);
    end();

    prepare();
    ADD(HELLO("250 SIZE\r\n"), "MAIL FROM:<a@b> SIZE=3\r\n", "<eof>");
    ADD(HELLO("250 SIZE\r\n"), "MAIL FROM:<a@b> SIZE=3\r\n", "250 ok\r\n", "RCPT TO:<0@d>\r\n", "<eof>");
    submit(0, 0);
    collect(0, POSTINO_OUTCOME_TRANSIENT, POSTINO_ERROR_CLOSED);
    end();

    /* The server had taken its MAIL: not at all. */
    prepare();
    ADD(HELLO("250 SIZE\r\n"), "MAIL FROM:<a@b> SIZE=3\r\n", "250 ok\r\n", "RCPT TO:<0@d>\r\n", "<eof>");
    submit(0, 0);
    collect(0, POSTINO_OUTCOME_TRANSIENT, POSTINO_ERROR_CLOSED);
    end();
}

/* A mail that may have been delivered is not sent again. A mail that cannot have been is sent again,
 * behind it. */
static void test_lost_under_way(void **state)
{
    (void)state;
    prepare();
    ADD(HELLO(BOTH), MAIL(0), NEXT(1), NEXT(2), THREE, "250 ok\r\n", "<eof>");
    submit(0, 2);
    collect(0, POSTINO_OUTCOME_ACCEPTED, 0);
    collect(1, POSTINO_OUTCOME_UNKNOWN, POSTINO_ERROR_CLOSED);
    collect(2, POSTINO_OUTCOME_UNKNOWN, POSTINO_ERROR_CLOSED);
    end();

    /* Cut before the last octet of the third message. */
    prepare();
    ADD(HELLO(BOTH), MAIL(0) NEXT(1) "RSET\r\nMAIL FROM:<a@b>\r\nRCPT TO:<2@d>\r\nBDAT 3 LAST\r\n2\r",
        "250 never\r\n");
    ADD(HELLO(BOTH), MAIL(2), THREE, QUIT);
    fake.cuts = 1;
    fake.cut_octets = sizeof "EHLO c\r\n" MAIL(0) NEXT(1) NEXT(2) - 2;
    submit(0, 2);
    /* The first connection's server says no more than its greeting and EHLO's reply. */
    events[0][4].kind = PEER_EOF;
    collect(0, POSTINO_OUTCOME_UNKNOWN, POSTINO_ERROR_SEND);
    collect(1, POSTINO_OUTCOME_UNKNOWN, POSTINO_ERROR_SEND);
    fake.cuts = 0;
    collect(2, POSTINO_OUTCOME_ACCEPTED, 0);
    end();
}

static void test_mail_limit(void **state)
{
    (void)state;
    prepare();
    ADD(HELLO("250-LIMITS MAILMAX=2\r\n" BOTH), MAIL(0), NEXT(1), THREE, FOUR, QUIT);
    ADD(HELLO("250-LIMITS MAILMAX=2\r\n" BOTH), MAIL(2), NEXT(3), THREE, FOUR, QUIT);
    ADD(HELLO("250-LIMITS MAILMAX=2\r\n" BOTH), MAIL(4), THREE, QUIT);
    submit(0, 4);
    collect(0, POSTINO_OUTCOME_ACCEPTED, 0);
    collect(1, POSTINO_OUTCOME_ACCEPTED, 0);
    collect(2, POSTINO_OUTCOME_ACCEPTED, 0);
    collect(3, POSTINO_OUTCOME_ACCEPTED, 0);
    collect(4, POSTINO_OUTCOME_ACCEPTED, 0);
    end();
}

/* Mails handed in while what a lost connection left is not collected. */
static void test_submit_after_loss(void **state)
{
    (void)state;
    prepare();
    ADD(HELLO(BOTH), MAIL(0), NEXT(1), NEXT(2), THREE, "<eof>");
    ADD(HELLO(BOTH), MAIL(3), NEXT(4), THREE, FOUR, QUIT);
    submit(0, 2);
    collect(0, POSTINO_OUTCOME_ACCEPTED, 0);
    /* Its session learns of the end when it waits for the next. */
    collect(1, POSTINO_OUTCOME_UNKNOWN, POSTINO_ERROR_CLOSED);
    submit(3, 4);
    collect(2, POSTINO_OUTCOME_UNKNOWN, POSTINO_ERROR_CLOSED);
    collect(3, POSTINO_OUTCOME_ACCEPTED, 0);
    collect(4, POSTINO_OUTCOME_ACCEPTED, 0);
    end();
}

/* QUIT waits for what was handed in; it is collected afterwards, and the client goes on. */
static void test_quit(void **state)
{
    (void)state;
    prepare();
    ADD(HELLO(BOTH), MAIL(0), NEXT(1), NEXT(2), THREE, FOUR, FOUR, QUIT);
    ADD(HELLO(BOTH), MAIL(3), THREE, QUIT);
    submit(0, 2);
    collect(0, POSTINO_OUTCOME_ACCEPTED, 0);
    postino_client_quit(&client);
    assert_int_equal(fake.closes_graceful, 1);
    submit(3, 3);
    collect(1, POSTINO_OUTCOME_ACCEPTED, 0);
    collect(2, POSTINO_OUTCOME_ACCEPTED, 0);
    collect(3, POSTINO_OUTCOME_ACCEPTED, 0);
    end();
    /* Nothing was connected yet: nothing to quit. */
    prepare();
    ADD(HELLO(BOTH), MAIL(0), THREE, QUIT);
    submit(0, 0);
    postino_client_quit(&client);
    assert_int_equal(fake.connects, 0);
    collect(0, POSTINO_OUTCOME_ACCEPTED, 0);
    end();
}

/* No server answers: every mail comes back, and the client does not connect again and again. */
static void test_no_connection(void **state)
{
    (void)state;
    prepare();
    fake.connect_error = POSTINO_ERROR_CONNECT;
    submit(0, 2);
    collect(0, POSTINO_OUTCOME_NOT_ATTEMPTED, POSTINO_ERROR_CONNECT);
    collect(1, POSTINO_OUTCOME_NOT_ATTEMPTED, POSTINO_ERROR_CONNECT);
    collect(2, POSTINO_OUTCOME_NOT_ATTEMPTED, POSTINO_ERROR_CONNECT);
    assert_null(postino_client_collect(&client));
    assert_int_equal(fake.connects, 1);
    assert_int_equal(fake.closes_graceful + fake.closes_abort, 0);

    /* Where EHLO ends it HELO is tried, once. */
    prepare();
    ADD("220 mx\r\n", "EHLO c\r\n", "<eof>");
    ADD("220 mx\r\n", "HELO c\r\n", "<eof>");
    submit(0, 1);
    collect(0, POSTINO_OUTCOME_NOT_ATTEMPTED, POSTINO_ERROR_CLOSED);
    collect(1, POSTINO_OUTCOME_NOT_ATTEMPTED, POSTINO_ERROR_CLOSED);
    end();
}

static void test_refused_calls(void **state)
{
    (void)state;
    prepare();
    ADD(HELLO(BOTH), MAIL(0), NEXT(2), THREE, FOUR, QUIT);
    submit(0, 0);
    recipients[1].address = "a b";
    assert_int_equal(postino_client_submit(&client, &mails[1]), POSTINO_ERROR_FORWARD_PATH);
    assert_int_equal(mails[1].result.error, POSTINO_ERROR_FORWARD_PATH);
    assert_int_equal(recipients[1].outcome, POSTINO_OUTCOME_PERMANENT);
    assert_int_equal(postino_client_send(&client, &mails[3]), POSTINO_ERROR_STATE);
    assert_int_equal(mails[3].result.error, POSTINO_ERROR_STATE);
    assert_int_equal(postino_client_submit(&client, NULL), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(postino_client_submit(NULL, &mails[3]), POSTINO_ERROR_ARGUMENT);
    assert_null(postino_client_collect(NULL));
    submit(2, 2);
    collect(0, POSTINO_OUTCOME_ACCEPTED, 0);
    collect(2, POSTINO_OUTCOME_ACCEPTED, 0);
    end();
}

static void test_service(void **state)
{
    struct postino_service noop = {0};
    struct postino_service vrfy = {.command = POSTINO_SERVICE_VRFY, .argument = "ann"};
    char text[8];

    (void)state;
    prepare();
    ADD(HELLO(BOTH), "NOOP\r\n", "250 ok\r\n", "VRFY ann\r\n", "550 no such user\r\n", MAIL(0), THREE,
        "421 idle\r\n", "<eof>");
    ADD(HELLO(BOTH), "NOOP\r\n", "<eof>");
    ADD(HELLO(BOTH), "NOOP\r\n", "421 not now\r\n");
    assert_int_equal(postino_client_service(&client, NULL), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(postino_client_service(NULL, &noop), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(postino_client_service(&client, &noop), 0);
    assert_int_equal(noop.reply_code, 250);
    vrfy.text = text;
    vrfy.text_capacity_octets = sizeof text;
    assert_int_equal(postino_client_service(&client, &vrfy), 0);
    assert_int_equal(vrfy.reply_code, 550);
    assert_int_equal(vrfy.text_octets, 12);
    assert_memory_equal(text, "no such ", 8);
    vrfy.argument = "";
    assert_int_equal(postino_client_service(&client, &vrfy), POSTINO_ERROR_ARGUMENT);
    submit(0, 0);
    assert_int_equal(postino_client_service(&client, &noop), POSTINO_ERROR_STATE);
    collect(0, POSTINO_OUTCOME_ACCEPTED, 0);
    /* The connection is known to be gone; then it goes during the command. */
    assert_int_equal(postino_client_service(&client, &noop), POSTINO_ERROR_CLOSED);
    assert_int_equal(noop.done, 0);
    assert_int_equal(postino_client_service(&client, &noop), POSTINO_ERROR_SERVICE_CLOSING);
    assert_int_equal(noop.done, 0);
    noop.done = 1;
    fake.connect_error = POSTINO_ERROR_CONNECT;
    assert_int_equal(postino_client_service(&client, &noop), POSTINO_ERROR_CONNECT);
    assert_int_equal(noop.done, 0);
    fake.connects--;
    end();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many_mails_on_one_connection),
        cmocka_unit_test(test_idle),
        cmocka_unit_test(test_mail_is_repeated_once),
        cmocka_unit_test(test_lost_under_way),
        cmocka_unit_test(test_mail_limit),
        cmocka_unit_test(test_submit_after_loss),
        cmocka_unit_test(test_quit),
        cmocka_unit_test(test_no_connection),
        cmocka_unit_test(test_refused_calls),
        cmocka_unit_test(test_service),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
