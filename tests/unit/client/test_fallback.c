/* SPDX-License-Identifier: MIT */
/* Tests the blocking client with servers whose extensions do not work: it does without them, for this mail
 * and the next ones, and sends no mail twice. */
#include "client_scripts.h"

#define ENVELOPE(n)  "MAIL FROM:<a@b>\r\nRCPT TO:<" #n "@d>\r\nDATA\r\n"
#define TAKEN        "250 ok\r\n250 ok\r\n354 go on\r\n"
#define TEXT(n)      #n "\r\n.\r\n", "250 ok\r\n"
#define BY_DATA(n)   ENVELOPE(n), TAKEN, TEXT(n)
#define LOCK_STEP(n) "MAIL FROM:<a@b>\r\n", "250 ok\r\n", "RCPT TO:<" #n "@d>\r\n", "250 ok\r\n"
#define CHUNK(n)     "BDAT 3 LAST\r\n" #n "\r\n", "250 ok\r\n"
#define GROUPS       "250 PIPELINING\r\n"
#define SIZED        "250-8BITMIME\r\n250 SIZE\r\n"

static char reply[40];

/* Sends one mail alone. */
static void sends(size_t number, enum postino_outcome outcome, int error)
{
    submit(number, number);
    collect(number, outcome, error);
}

/* BDAT is not understood: the mail goes by DATA over a new connection, and so do all others. */
static void chunking_that_does_not_work(void **state)
{
    unsigned code;

    (void)state;
    for (code = 500; code <= 503; code++) {
        prepare();
        (void)snprintf(reply, sizeof reply, "250 ok\r\n250 ok\r\n%u what\r\n", code);
        ADD(HELLO(BOTH), MAIL(0), reply, QUIT);
        ADD(HELLO(BOTH), BY_DATA(0), BY_DATA(1), QUIT);
        ADD(HELLO(BOTH), BY_DATA(2), QUIT);
        submit(0, 0);
        collect(0, POSTINO_OUTCOME_ACCEPTED, 0);
        submit(1, 1);
        collect(1, POSTINO_OUTCOME_ACCEPTED, 0);
        postino_client_quit(&client);
        sends(2, POSTINO_OUTCOME_ACCEPTED, 0);
        end();
    }
}

/* Any other refusal is the message's. */
static void chunk_that_is_refused(void **state)
{
    (void)state;
    prepare();
    ADD(HELLO(BOTH), MAIL(0), "250 ok\r\n250 ok\r\n554 spam\r\n", "RSET\r\n", "250 ok\r\n", MAIL(1), THREE,
        QUIT);
    sends(0, POSTINO_OUTCOME_PERMANENT, POSTINO_ERROR_REFUSED);
    sends(1, POSTINO_OUTCOME_ACCEPTED, 0);
    end();
}

/* With LMTP a mail that was accepted for one recipient is not sent again for the other. */
static void chunk_that_is_accepted_for_one(void **state)
{
    const struct postino_client_config config = {.ehlo_name = "c", .tls = &postino_tls_none, .lmtp = 1};

    (void)state;
    prepare_with(&config);
    recipients[0].next = &recipients[1];
    mails[0].delivery = &postino_delivery_partial;
    ADD("220 mx\r\n", "LHLO c\r\n", "250-mx\r\n" BOTH,
        "MAIL FROM:<a@b>\r\nRCPT TO:<0@d>\r\nRCPT TO:<1@d>\r\nBDAT 3 LAST\r\n0\r\n", FOUR "500 what\r\n",
        QUIT);
    submit(0, 0);
    collect(0, POSTINO_OUTCOME_ACCEPTED, 0);
    assert_int_equal(recipients[1].outcome, POSTINO_OUTCOME_PERMANENT);
    end();
}

/* A group that is never answered: the mail goes in lock-step over a new connection, and so do all others. */
static void pipelining_that_does_not_work(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        prepare();
        /* Nothing is answered, or all that follows the first command is lost. */
        if (i == 0)
            ADD(HELLO(GROUPS), ENVELOPE(0));
        else
            ADD(HELLO(GROUPS), ENVELOPE(0), "250 ok\r\n");
        ADD(HELLO(GROUPS), LOCK_STEP(0), "DATA\r\n", "354 go on\r\n", TEXT(0), LOCK_STEP(1), "DATA\r\n",
            "354 go on\r\n", TEXT(1), QUIT);
        sends(0, POSTINO_OUTCOME_ACCEPTED, 0);
        sends(1, POSTINO_OUTCOME_ACCEPTED, 0);
        end();
    }
}

/* Where the message's end left with the group the mail may have been accepted: it is not sent again. */
static void pipelining_never_sends_twice(void **state)
{
    (void)state;
    prepare();
    ADD(HELLO(BOTH), MAIL(0));
    ADD(HELLO(BOTH), LOCK_STEP(1), CHUNK(1), QUIT);
    sends(0, POSTINO_OUTCOME_UNKNOWN, POSTINO_ERROR_TIMEOUT);
    sends(1, POSTINO_OUTCOME_ACCEPTED, 0);
    end();
}

/* A server that does not answer in lock-step either is silent for another reason. */
static void silence_in_lock_step_keeps_pipelining(void **state)
{
    (void)state;
    prepare();
    ADD(HELLO(GROUPS), ENVELOPE(0));
    ADD(HELLO(GROUPS), "MAIL FROM:<a@b>\r\n");
    ADD(HELLO(GROUPS), BY_DATA(1), QUIT);
    sends(0, POSTINO_OUTCOME_TRANSIENT, POSTINO_ERROR_TIMEOUT);
    sends(1, POSTINO_OUTCOME_ACCEPTED, 0);
    end();
}

/* MAIL is not understood with what nobody asked for. */
static void parameters_that_do_not_work(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        prepare();
        (void)snprintf(reply, sizeof reply, "%s what\r\n", i == 0 ? "504" : "555");
        ADD(HELLO(SIZED), "MAIL FROM:<a@b> SIZE=3\r\n", reply, QUIT);
        ADD(HELLO(SIZED), LOCK_STEP(0), "DATA\r\n", "354 go on\r\n", TEXT(0), LOCK_STEP(1), "DATA\r\n",
            "354 go on\r\n", TEXT(1), QUIT);
        sends(0, POSTINO_OUTCOME_ACCEPTED, 0);
        sends(1, POSTINO_OUTCOME_ACCEPTED, 0);
        end();
    }
}

/* Where it was not these they go out with the next mail again, and nothing goes round in circles. */
static void parameters_that_are_not_at_fault(void **state)
{
    (void)state;
    prepare();
    ADD(HELLO(SIZED), "MAIL FROM:<a@b> SIZE=3\r\n", "555 what\r\n", QUIT);
    ADD(HELLO(SIZED), "MAIL FROM:<a@b>\r\n", "555 what\r\n", QUIT);
    ADD(HELLO(SIZED), "MAIL FROM:<a@b> SIZE=3\r\n", "554 no\r\n", QUIT);
    sends(0, POSTINO_OUTCOME_PERMANENT, POSTINO_ERROR_REFUSED);
    postino_client_quit(&client);
    sends(1, POSTINO_OUTCOME_PERMANENT, POSTINO_ERROR_REFUSED);
    end();
    /* Without any there is nothing to leave out. */
    prepare();
    ADD(HELLO("250 HELP\r\n"), "MAIL FROM:<a@b>\r\n", "555 what\r\n", QUIT);
    sends(0, POSTINO_OUTCOME_PERMANENT, POSTINO_ERROR_REFUSED);
    end();
}

/* An option that the mail asks for is sent, unless the mail declares it optional. */
static void options_that_do_not_work(void **state)
{
    static struct postino_options options;
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        prepare();
        postino_options_init(&options);
        options.envelope_id = "x";
        options.optional = i == 0 ? 0 : POSTINO_CAPABILITY_DSN;
        mails[0].options = &options;
        ADD(HELLO("250-DSN\r\n250 SIZE\r\n"), "MAIL FROM:<a@b> SIZE=3 ENVID=x\r\n", "555 what\r\n", QUIT);
        if (i == 0) {
            ADD(HELLO("250-DSN\r\n250 SIZE\r\n"), "MAIL FROM:<a@b> ENVID=x\r\n", "555 what\r\n", QUIT);
            sends(0, POSTINO_OUTCOME_PERMANENT, POSTINO_ERROR_REFUSED);
        } else {
            ADD(HELLO("250-DSN\r\n250 SIZE\r\n"), LOCK_STEP(0), "DATA\r\n", "354 go on\r\n", TEXT(0), QUIT);
            sends(0, POSTINO_OUTCOME_ACCEPTED, 0);
        }
        end();
    }
}

/* Servers limit the mails of a connection: a refused MAIL on one that was used is tried on a new one,
 * once. */
static void mail_refused_on_a_used_connection(void **state)
{
    static const char *const codes[] = {"450", "451", "452"};
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        prepare();
        (void)snprintf(reply, sizeof reply, "%s later\r\n", codes[i]);
        ADD(HELLO("250 HELP\r\n"), LOCK_STEP(0), "DATA\r\n", "354 go on\r\n", TEXT(0), "MAIL FROM:<a@b>\r\n",
            reply, QUIT);
        ADD(HELLO("250 HELP\r\n"), LOCK_STEP(1), "DATA\r\n", "354 go on\r\n", TEXT(1), QUIT);
        sends(0, POSTINO_OUTCOME_ACCEPTED, 0);
        sends(1, POSTINO_OUTCOME_ACCEPTED, 0);
        end();
    }
}

static void mail_refused_on_a_new_connection(void **state)
{
    (void)state;
    prepare();
    ADD(HELLO("250 HELP\r\n"), LOCK_STEP(0), "DATA\r\n", "354 go on\r\n", TEXT(0), "MAIL FROM:<a@b>\r\n",
        "452 later\r\n", QUIT);
    ADD(HELLO("250 HELP\r\n"), "MAIL FROM:<a@b>\r\n", "452 later\r\n", QUIT);
    sends(0, POSTINO_OUTCOME_ACCEPTED, 0);
    sends(1, POSTINO_OUTCOME_TRANSIENT, POSTINO_ERROR_REFUSED);
    end();
}

/* Each mail that is refused so is tried again once, however many the next connection takes before it. */
static void mail_refused_on_used_connections(void **state)
{
    (void)state;
    prepare();
    ADD(HELLO("250 HELP\r\n"), LOCK_STEP(0), "DATA\r\n", "354 go on\r\n", TEXT(0), "MAIL FROM:<a@b>\r\n",
        "452 later\r\n", "RSET\r\n", "250 ok\r\n", "MAIL FROM:<a@b>\r\n", "452 later\r\n", QUIT);
    ADD(HELLO("250 HELP\r\n"), LOCK_STEP(1), "DATA\r\n", "354 go on\r\n", TEXT(1), "MAIL FROM:<a@b>\r\n",
        "452 later\r\n", QUIT);
    submit(0, 2);
    collect(0, POSTINO_OUTCOME_ACCEPTED, 0);
    collect(1, POSTINO_OUTCOME_ACCEPTED, 0);
    collect(2, POSTINO_OUTCOME_TRANSIENT, POSTINO_ERROR_REFUSED);
    end();
}

/* A server that hangs up at EHLO is asked by HELO, over a new connection; the one after begins with EHLO
 * again. */
static void ehlo_that_does_not_work(void **state)
{
    (void)state;
    prepare();
    ADD("220 mx\r\n", "EHLO c\r\n", "<eof>");
    ADD("220 mx\r\n", "HELO c\r\n", "250 mx\r\n", LOCK_STEP(0), "DATA\r\n", "354 go on\r\n", TEXT(0), QUIT);
    ADD(HELLO(GROUPS), BY_DATA(1), QUIT);
    sends(0, POSTINO_OUTCOME_ACCEPTED, 0);
    postino_client_quit(&client);
    sends(1, POSTINO_OUTCOME_ACCEPTED, 0);
    end();
    /* The same where there is no mail yet. */
    prepare();
    ADD("220 mx\r\n", "EHLO c\r\n", "<eof>");
    ADD("220 mx\r\n", "HELO c\r\n", "250 mx\r\n", QUIT);
    assert_int_equal(postino_client_connect(&client), 0);
    end();
}

/* Not where something needs EHLO: credentials, or what a mail asks for. */
static void ehlo_that_is_needed(void **state)
{
    const struct postino_client_config config = {
        .ehlo_name = "c", .tls = &postino_tls_none, .user = "u", .password = "p", .allow_clear_text_auth = 1};
    static struct postino_options options;

    (void)state;
    prepare_with(&config);
    ADD("220 mx\r\n", "EHLO c\r\n", "<eof>");
    sends(0, POSTINO_OUTCOME_NOT_ATTEMPTED, POSTINO_ERROR_CLOSED);
    end();
    prepare();
    postino_options_init(&options);
    options.envelope_id = "x";
    mails[0].options = &options;
    ADD("220 mx\r\n", "EHLO c\r\n", "<eof>");
    sends(0, POSTINO_OUTCOME_NOT_ATTEMPTED, POSTINO_ERROR_CLOSED);
    end();
    /* Nor where EHLO was answered. */
    prepare();
    ADD("220 mx\r\n", "EHLO c\r\n", "500 what\r\n", "HELO c\r\n", "<eof>");
    sends(0, POSTINO_OUTCOME_NOT_ATTEMPTED, POSTINO_ERROR_CLOSED);
    end();
}

/* STARTTLS on the port where TLS begins at once: known before five minutes have passed. */
static void starttls_on_port_465(void **state)
{
    struct postino_client_config config = {.ehlo_name = "c", .tls = &postino_tls_none, .port = 465};

    (void)state;
    prepare_with(&config);
    fake_transport_offer_tls(&fake);
    config.tls = &postino_tls_required;
    assert_int_equal(postino_client_init(&client, &fake.transport, &config), 0);
    scripts = 1;
    counts[0] = 0;
    sends(0, POSTINO_OUTCOME_NOT_ATTEMPTED, POSTINO_ERROR_TLS_PORT);
    assert_int_equal(mails[0].result.step, POSTINO_STEP_GREETING);
    assert_int_equal(fake.now_ms, 0);
    /* The transport knows it too. */
    config.port = 0;
    fake.transport.port = 465;
    scripts = 2;
    counts[1] = 0;
    assert_int_equal(postino_client_init(&client, &fake.transport, &config), 0);
    sends(0, POSTINO_OUTCOME_NOT_ATTEMPTED, POSTINO_ERROR_TLS_PORT);
    assert_int_equal(fake.now_ms, 0);
    end();
}

/* A record holds what decided its recipient, and nothing of an attempt before. */
static void records_forget_earlier_attempts(void **state)
{
    static char text[1000];
    static struct postino_record record = {.text = text, .text_capacity_octets = sizeof text};

    (void)state;
    prepare();
    recipients[0].record = &record;
    ADD(HELLO(BOTH), MAIL(0), "250 ok\r\n250 ok\r\n502 5.5.1 not BDAT\r\n", QUIT);
    ADD(HELLO(BOTH), ENVELOPE(0), "<eof>");
    submit(0, 0);
    assert_non_null(postino_client_collect(&client));
    assert_int_equal(mails[0].result.error, POSTINO_ERROR_CLOSED);
    assert_int_equal(record.text_octets, 0);
    assert_int_equal(record.enhanced_code.status_class, 0);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunking_that_does_not_work),
        cmocka_unit_test(chunk_that_is_refused),
        cmocka_unit_test(chunk_that_is_accepted_for_one),
        cmocka_unit_test(pipelining_that_does_not_work),
        cmocka_unit_test(pipelining_never_sends_twice),
        cmocka_unit_test(silence_in_lock_step_keeps_pipelining),
        cmocka_unit_test(parameters_that_do_not_work),
        cmocka_unit_test(parameters_that_are_not_at_fault),
        cmocka_unit_test(options_that_do_not_work),
        cmocka_unit_test(mail_refused_on_a_used_connection),
        cmocka_unit_test(mail_refused_on_a_new_connection),
        cmocka_unit_test(mail_refused_on_used_connections),
        cmocka_unit_test(ehlo_that_does_not_work),
        cmocka_unit_test(ehlo_that_is_needed),
        cmocka_unit_test(starttls_on_port_465),
        cmocka_unit_test(records_forget_earlier_attempts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
