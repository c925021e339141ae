/* SPDX-License-Identifier: MIT */
/* The drivers of one mail to one recipient: what they say, what becomes of the mail, and what is left of it when the
 * connection is lost at any octet. Every dialogue in every capacity, whole and octet by octet. */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <setjmp.h>

#include <cmocka.h>

#include "single.h"

#define OCTETS 4096

/* A turn: what the client must have said, then what the server says. */
struct turn {
    const char *client;
    const char *server;
};

struct dialogue {
    const char *name;
    const char *offers; /* of the EHLO reply */
    struct turn turns[8];
    int error;
    unsigned step;
    unsigned outcome;
    int graceful;
};

#define MAIL    "MAIL FROM:<a@b.test>\r\n"
#define RCPT    "RCPT TO:<c@d.test>\r\n"
#define HEADER  "To: c@d.test\r\nFrom: a@b.test\r\nSubject: x\r\n\r\n"
#define MESSAGE HEADER "Hi\r\n..\r\n"
#define BDAT    "BDAT 51 LAST\r\n" HEADER "Hi\r\n.\r\n"

static const struct dialogue lock_step[] = {
    {"accepted",
     "",
     {{MAIL, "250 a\r\n"},
      {RCPT, "250 b\r\n"},
      {"DATA\r\n", "354 c\r\n"},
      {MESSAGE ".\r\n", "250 d\r\n"},
      {"QUIT\r\n", "221 e\r\n"}},
     POSTINO_OK,
     0,
     POSTINO_OUTCOME_ACCEPTED,
     1},
    {"MAIL refused",
     "",
     {{MAIL, "550 a\r\n"}, {"QUIT\r\n", "221 e\r\n"}},
     POSTINO_ERROR_REFUSED,
     POSTINO_STEP_MAIL,
     POSTINO_OUTCOME_PERMANENT,
     1},
    {"RCPT refused",
     "",
     {{MAIL, "250 a\r\n"}, {RCPT, "450 b\r\n"}, {"QUIT\r\n", "221 e\r\n"}},
     POSTINO_ERROR_REFUSED,
     POSTINO_STEP_RCPT,
     POSTINO_OUTCOME_TRANSIENT,
     1},
    {"DATA refused",
     "",
     {{MAIL, "250 a\r\n"}, {RCPT, "250 b\r\n"}, {"DATA\r\n", "554 c\r\n"}, {"QUIT\r\n", "221 e\r\n"}},
     POSTINO_ERROR_REFUSED,
     POSTINO_STEP_DATA,
     POSTINO_OUTCOME_PERMANENT,
     1},
    {"message refused",
     "",
     {{MAIL, "250 a\r\n"},
      {RCPT, "250 b\r\n"},
      {"DATA\r\n", "354 c\r\n"},
      {MESSAGE ".\r\n", "452 d\r\n"},
      {"QUIT\r\n", "221 e\r\n"}},
     POSTINO_ERROR_REFUSED,
     POSTINO_STEP_MESSAGE,
     POSTINO_OUTCOME_TRANSIENT,
     1},
    {"closing",
     "",
     {{MAIL, "421 a\r\n"}},
     POSTINO_ERROR_SERVICE_CLOSING,
     POSTINO_STEP_MAIL,
     POSTINO_OUTCOME_TRANSIENT,
     0},
    {"nonsense",
     "",
     {{MAIL, "250 a\r\n"}, {RCPT, "what?\r\n"}},
     POSTINO_ERROR_REPLY_SYNTAX,
     POSTINO_STEP_RCPT,
     POSTINO_OUTCOME_TRANSIENT,
     0},
    {"QUIT not answered well",
     "",
     {{MAIL, "250 a\r\n"},
      {RCPT, "250 b\r\n"},
      {"DATA\r\n", "354 c\r\n"},
      {MESSAGE ".\r\n", "250 d\r\n"},
      {"QUIT\r\n", "what?\r\n"}},
     POSTINO_OK,
     0,
     POSTINO_OUTCOME_ACCEPTED,
     0},
};

static const struct dialogue group[] = {
    {"neither offered",
     "",
     {{MAIL, "250 a\r\n"},
      {RCPT, "250 b\r\n"},
      {"DATA\r\n", "354 c\r\n"},
      {MESSAGE ".\r\n", "250 d\r\n"},
      {"QUIT\r\n", "221 e\r\n"}},
     POSTINO_OK,
     0,
     POSTINO_OUTCOME_ACCEPTED,
     1},
    {"PIPELINING",
     "250-PIPELINING\r\n",
     {{MAIL RCPT "DATA\r\n", "250 a\r\n250 b\r\n354 c\r\n"}, {MESSAGE ".\r\nQUIT\r\n", "250 d\r\n221 e\r\n"}},
     POSTINO_OK,
     0,
     POSTINO_OUTCOME_ACCEPTED,
     1},
    {"CHUNKING",
     "250-CHUNKING\r\n",
     {{MAIL, "250 a\r\n"}, {RCPT, "250 b\r\n"}, {BDAT, "250 d\r\n"}, {"QUIT\r\n", "221 e\r\n"}},
     POSTINO_OK,
     0,
     POSTINO_OUTCOME_ACCEPTED,
     1},
    {"both",
     "250-PIPELINING\r\n250-CHUNKING\r\n",
     {{MAIL RCPT BDAT "QUIT\r\n", "250 a\r\n250 b\r\n250 d\r\n221 e\r\n"}},
     POSTINO_OK,
     0,
     POSTINO_OUTCOME_ACCEPTED,
     1},
    {"chunk refused",
     "250-PIPELINING\r\n250-CHUNKING\r\n",
     {{MAIL RCPT BDAT "QUIT\r\n", "250 a\r\n250 b\r\n552 d\r\n221 e\r\n"}},
     POSTINO_ERROR_REFUSED,
     POSTINO_STEP_MESSAGE,
     POSTINO_OUTCOME_PERMANENT,
     1},
    {"RCPT refused, chunk under way",
     "250-PIPELINING\r\n250-CHUNKING\r\n",
     {{MAIL RCPT BDAT "QUIT\r\n", "250 a\r\n550 b\r\n250 d\r\n221 e\r\n"}},
     POSTINO_ERROR_REFUSED,
     POSTINO_STEP_RCPT,
     POSTINO_OUTCOME_PERMANENT,
     1},
    {"all refused",
     "250-PIPELINING\r\n",
     {{MAIL RCPT "DATA\r\n", "450 a\r\n503 b\r\n503 c\r\n"}, {"QUIT\r\n", "221 e\r\n"}},
     POSTINO_ERROR_REFUSED,
     POSTINO_STEP_MAIL,
     POSTINO_OUTCOME_TRANSIENT,
     1},
    {"RCPT refused, DATA taken",
     "250-PIPELINING\r\n",
     {{MAIL RCPT "DATA\r\n", "250 a\r\n550 b\r\n354 c\r\n"},
      {".\r\n", "554 d\r\n"},
      {"QUIT\r\n", "221 e\r\n"}},
     POSTINO_ERROR_REFUSED,
     POSTINO_STEP_RCPT,
     POSTINO_OUTCOME_PERMANENT,
     1},
    {"MAIL refused, the rest taken",
     "250-PIPELINING\r\n",
     {{MAIL RCPT "DATA\r\n", "550 a\r\n250 b\r\n354 c\r\n"}},
     POSTINO_ERROR_REFUSED,
     POSTINO_STEP_MAIL,
     POSTINO_OUTCOME_PERMANENT,
     0},
    {"closing within the group",
     "250-PIPELINING\r\n",
     {{MAIL RCPT "DATA\r\n", "250 a\r\n421 b\r\n"}},
     POSTINO_ERROR_SERVICE_CLOSING,
     POSTINO_STEP_RCPT,
     POSTINO_OUTCOME_TRANSIENT,
     0},
};

struct run {
    struct postino_session session;
    struct postino_session_config config;
    struct postino_single single;
    struct postino_recipient recipient;
};

/* What it adds to MAIL and RCPT is nothing. */
static void run_subject(const struct postino_session *session, struct postino_emitter *emitter)
{
    if (session->sent.step->id == POSTINO_STEP_MESSAGE)
        postino_emit_text(emitter, "x\r\n");
}

static void run_start(struct run *run, const struct postino_driver *driver, const char *message)
{
    static const struct postino_extension *const extensions[] = {&postino_single_pipelining,
                                                                 &postino_single_chunking, NULL};

    memset(run, 0, sizeof *run);
    run->config.ehlo_name = "x.test";
    run->config.time_limits = &postino_time_limits_rfc5321;
    run->config.extensions = extensions;
    run->single.mail.recipients = &run->recipient;
    run->single.body.data = message;
    run->single.body.length_octets = strlen(message);
    assert_int_equal(postino_address_path("a@b.test", &run->single.mail.path), 0);
    assert_int_equal(postino_address_path("c@d.test", &run->recipient.path), 0);
    memset(&run->session, 0xA5, sizeof run->session);
    postino_single_start(&run->session, &run->config, driver, &run->single);
    run->session.parameters = run_subject;
    if (driver == &postino_single_group)
        postino_group_count(&run->session);
}

static void run_hear(struct run *run, const char *text, size_t piece)
{
    size_t length = strlen(text);
    size_t at;

    for (at = 0; at < length; at += piece) {
        size_t octets = length - at < piece ? length - at : piece;

        postino_session_input(&run->session, (const uint8_t *)text + at, octets, 0);
    }
}

/* Fetches what there is. Returns how many octets. */
static size_t run_say(struct run *run, uint8_t *out, size_t capacity)
{
    size_t octets = 0;

    while ((postino_session_want_octets(&run->session) & POSTINO_WANT_SEND) != 0) {
        size_t length = postino_session_output(&run->session, out + octets, capacity, 0);

        /* An end mark may wait for a call that has room for it. */
        octets += length;
        assert_true(octets < OCTETS);
        if (length == 0)
            break;
    }
    return octets;
}

static void run_expect(struct run *run, const char *what, const char *client, size_t capacity)
{
    uint8_t out[2 * OCTETS];
    size_t octets = run_say(run, out, capacity);

    out[octets] = '\0';
    if (strcmp((const char *)out, client) != 0)
        fail_msg("%s, capacity %lu: said \"%s\", expected \"%s\"", what, (unsigned long)capacity,
                 (const char *)out, client);
}

static void run_dialogue(const struct dialogue *dialogue, const struct postino_driver *driver,
                         size_t capacity, size_t piece)
{
    struct run run;
    char ehlo[200];
    const struct turn *turn;

    run_start(&run, driver, "Hi\n.\n");
    (void)snprintf(ehlo, sizeof ehlo, "250-x\r\n%s250 y\r\n", dialogue->offers);
    run_hear(&run, "220 x\r\n", piece);
    run_expect(&run, dialogue->name, "EHLO x.test\r\n", capacity);
    run_hear(&run, ehlo, piece);
    for (turn = dialogue->turns; turn->client != NULL; turn++) {
        run_expect(&run, dialogue->name, turn->client, capacity);
        run_hear(&run, turn->server, piece);
    }
    assert_int_equal(postino_session_want_octets(&run.session),
                     POSTINO_WANT_CLOSED | (dialogue->graceful ? POSTINO_WANT_GRACEFUL : 0));
    postino_session_lost(&run.session, 0, 0);
    assert_int_equal(run.single.mail.result.error, dialogue->error);
    assert_int_equal(run.single.mail.result.outcome, dialogue->outcome);
    if (dialogue->error != POSTINO_OK)
        assert_int_equal(run.single.mail.result.step, dialogue->step);
}

static void run_all(const struct dialogue *dialogues, size_t count, const struct postino_driver *driver)
{
    static const size_t sizes[] = {1, 2, 3, 5, 7, 30, 1000};
    size_t i;
    size_t j;
    size_t k;

    for (i = 0; i < count; i++) {
        for (j = 0; j < sizeof sizes / sizeof sizes[0]; j++) {
            for (k = 0; k < sizeof sizes / sizeof sizes[0]; k++)
                run_dialogue(&dialogues[i], driver, sizes[j], sizes[k]);
        }
    }
}

static void test_lock_step(void **state)
{
    (void)state;
    run_all(lock_step, sizeof lock_step / sizeof lock_step[0], &postino_single);
}

static void test_group(void **state)
{
    (void)state;
    run_all(group, sizeof group / sizeof group[0], &postino_single_group);
    run_all(lock_step, sizeof lock_step / sizeof lock_step[0], &postino_single_group);
}

/* The connection is lost behind each octet: what certainly never left is not unknown. */
static void test_lost(void **state)
{
    uint8_t out[2 * OCTETS];
    size_t unsent;

    (void)state;
    for (unsent = 0; unsent <= sizeof(MAIL RCPT BDAT "QUIT\r\n"); unsent++) {
        const size_t mail_octets = sizeof(MAIL RCPT BDAT) - 1;
        const size_t quit_octets = sizeof "QUIT\r\n" - 1;
        struct run run;
        unsigned expected = POSTINO_OUTCOME_TRANSIENT;

        run_start(&run, &postino_single_group, "Hi\n.\n");
        run_hear(&run, "220 x\r\n", 100);
        (void)run_say(&run, out, 1000);
        run_hear(&run, "250-x\r\n250-PIPELINING\r\n250 CHUNKING\r\n", 100);
        assert_int_equal(run_say(&run, out, 1000), mail_octets + quit_octets);
        postino_session_lost(&run.session, POSTINO_ERROR_CLOSED, unsent);
        if (unsent <= quit_octets)
            expected = POSTINO_OUTCOME_UNKNOWN;
        else if (unsent >= mail_octets + quit_octets)
            expected = POSTINO_OUTCOME_NOT_ATTEMPTED;
        assert_int_equal(run.single.mail.result.outcome, expected);
        assert_int_equal(run.single.mail.result.error, POSTINO_ERROR_CLOSED);
    }
}

/* A body that is not what was counted never ends, and no more of it goes out. */
static void check_changed(const char *message)
{
    static const size_t capacities[] = {1, 5, 1000};
    size_t i;

    for (i = 0; i < sizeof capacities / sizeof capacities[0]; i++) {
        uint8_t out[2 * OCTETS];
        struct run run;
        size_t octets;

        run_start(&run, &postino_single_group, "Hi\n.\n");
        run_hear(&run, "220 x\r\n", 100);
        (void)run_say(&run, out, 1000);
        run_hear(&run, "250-x\r\n250 CHUNKING\r\n", 100);
        (void)run_say(&run, out, 1000);
        run_hear(&run, "250 a\r\n", 100);
        (void)run_say(&run, out, 1000);
        run.single.body.data = message;
        run.single.body.length_octets = strlen(message);
        run_hear(&run, "250 b\r\n", 100);
        octets = run_say(&run, out, capacities[i]);
        assert_true(octets < sizeof BDAT - 1);
        postino_session_lost(&run.session, 0, 0);
        assert_int_equal(run.single.mail.result.error, POSTINO_ERROR_SOURCE);
        assert_int_equal(run.single.mail.result.outcome, POSTINO_OUTCOME_TRANSIENT);
    }
}

static void test_changed(void **state)
{
    (void)state;
    check_changed("Hi\n");
    check_changed("Hi\n.\nmore\n");
    check_changed("Hi\n.\n\n");
    check_changed("");
}

/* The same where what went before it is not answered yet. */
static void test_changed_in_group(void **state)
{
    uint8_t out[2 * OCTETS];
    struct run run;

    (void)state;
    run_start(&run, &postino_single_group, "Hi\n.\n");
    run_hear(&run, "220 x\r\n", 100);
    (void)run_say(&run, out, 1000);
    run_hear(&run, "250-x\r\n250-PIPELINING\r\n250 CHUNKING\r\n", 100);
    run.single.body.length_octets = 1;
    assert_true(run_say(&run, out, 1000) < sizeof(MAIL RCPT BDAT) - 1);
    assert_int_equal(postino_session_want_octets(&run.session), POSTINO_WANT_CLOSED);
    postino_session_lost(&run.session, 0, 0);
    assert_int_equal(run.single.mail.result.error, POSTINO_ERROR_SOURCE);
    assert_int_equal(run.single.mail.result.outcome, POSTINO_OUTCOME_TRANSIENT);
}

/* The recipient is refused while its chunk goes out: what has begun is ended, what has not is left. */
static void test_refused_within(void **state)
{
    const size_t before = sizeof(MAIL RCPT) - 1;
    size_t cut;

    (void)state;
    for (cut = before; cut < sizeof(MAIL RCPT BDAT) - 1; cut++) {
        uint8_t out[2 * OCTETS];
        struct run run;
        size_t said = 0;

        run_start(&run, &postino_single_group, "Hi\n.\n");
        run_hear(&run, "220 x\r\n", 100);
        (void)run_say(&run, out, 1000);
        run_hear(&run, "250-x\r\n250-PIPELINING\r\n250 CHUNKING\r\n", 100);
        while (said < cut)
            said += postino_session_output(&run.session, out + said, 1, 0);
        run_hear(&run, "250 a\r\n550 b\r\n", 100);
        if (cut != before) {
            run_expect(&run, "refused within", (MAIL RCPT BDAT) + cut, 1000);
            run_hear(&run, "503 d\r\n", 100);
        }
        run_expect(&run, "refused within", "QUIT\r\n", 1000);
        run_hear(&run, "221 e\r\n", 100);
        postino_session_lost(&run.session, 0, 0);
        assert_int_equal(run.single.mail.result.step, POSTINO_STEP_RCPT);
        assert_int_equal(run.single.mail.result.outcome, POSTINO_OUTCOME_PERMANENT);
    }
}

/* Above 64 KiB the chunk waits until the server has taken the recipient. */
static void test_large(void **state)
{
    static char message[66000];
    static uint8_t out[70000];
    struct run run;

    (void)state;
    memset(message, 'x', sizeof message - 1);
    run_start(&run, &postino_single_group, message);
    run_hear(&run, "220 x\r\n", 100);
    (void)run_say(&run, out, 1000);
    run_hear(&run, "250-x\r\n250-PIPELINING\r\n250 CHUNKING\r\n", 100);
    run_expect(&run, "large", MAIL RCPT, 1000);
    run_hear(&run, "250 a\r\n550 b\r\n", 100);
    run_expect(&run, "large", "QUIT\r\n", 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lock_step),
        cmocka_unit_test(test_group),
        cmocka_unit_test(test_lost),
        cmocka_unit_test(test_changed),
        cmocka_unit_test(test_changed_in_group),
        cmocka_unit_test(test_refused_within),
        cmocka_unit_test(test_large),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
