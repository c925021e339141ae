/* SPDX-License-Identifier: MIT */
/* Tests the strategies for one mail to one recipient: their dialogue and the mail's outcome. Every dialogue
 * runs with every capacity, whole and octet by octet. */
#include "single_run.h"

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

static void run_dialogue(const struct dialogue *dialogue, const struct postino_mail_strategy *strategy,
                         size_t capacity, size_t piece)
{
    struct run run;
    char ehlo[200];
    const struct turn *turn;

    run_start(&run, strategy, "Hi\n.\n");
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

static void run_all(const struct dialogue *dialogues, size_t count,
                    const struct postino_mail_strategy *strategy)
{
    static const size_t sizes[] = {1, 2, 3, 5, 7, 30, 1000};
    size_t i;
    size_t j;
    size_t k;

    for (i = 0; i < count; i++) {
        for (j = 0; j < sizeof sizes / sizeof sizes[0]; j++) {
            for (k = 0; k < sizeof sizes / sizeof sizes[0]; k++)
                run_dialogue(&dialogues[i], strategy, sizes[j], sizes[k]);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lock_step),
        cmocka_unit_test(test_group),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
