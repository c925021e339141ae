/* SPDX-License-Identifier: MIT */
/* Tests replies: the arguments of on_reply(), the text that is kept, and that nothing is read beyond the
 * given octets. */
#define _DEFAULT_SOURCE

#include "bench.h"
#include "guard.h"
#include "noise.h"

struct heard {
    struct postino_mail *mail;
    struct postino_recipient *recipient;
    unsigned code;
    char text[200];
};

struct log {
    struct heard heard[16];
    unsigned count;
};

static void log_reply(void *context, struct postino_mail *mail, struct postino_recipient *recipient,
                      const struct postino_reply *reply)
{
    struct log *log = context;
    struct heard *heard = &log->heard[log->count++];

    assert_true(log->count <= sizeof log->heard / sizeof log->heard[0]);
    heard->mail = mail;
    heard->recipient = recipient;
    heard->code = reply->code;
    assert_true(reply->text_octets < sizeof heard->text);
    memcpy(heard->text, reply->text, reply->text_octets);
    heard->text[reply->text_octets] = '\0';
}

static void start_with_log(struct bench *bench, struct log *log)
{
    bench_prepare(bench);
    memset(log, 0, sizeof *log);
    bench->config.on_reply = log_reply;
    bench->config.context = log;
    bench_start(bench);
}

static void check_heard(const struct bench *bench, const struct heard *heard,
                        const struct postino_recipient *recipient, unsigned code, const char *text)
{
    assert_ptr_equal(heard->mail, &bench->mail);
    assert_ptr_equal(heard->recipient, recipient);
    assert_int_equal(heard->code, code);
    assert_string_equal(heard->text, text);
}

/* Each reply to a mail's commands and to its message, with the recipient for RCPT; no other. */
static void test_on_reply(void **state)
{
    struct bench bench;
    struct log log;
    struct postino_recipient second = {0};
    struct postino_recipient third = {0};

    (void)state;
    start_with_log(&bench, &log);
    bench.mail.delivery = &postino_delivery_partial;
    bench.recipient.next = &second;
    second.address = "c@example.org";
    second.next = &third;
    third.address = "d@example.org";
    bench_submit(&bench);
    bench_greet(&bench);
    (void)bench_output(&bench);
    bench_exchange(&bench, "250-2.1.0 sender\r\n250 ok\r\n", "RCPT TO:<b@example.org>\r\n");
    bench_exchange(&bench, "550-5.1.1 first\r\n550 unknown\r\n", "RCPT TO:<c@example.org>\r\n");
    bench_exchange(&bench, "250 second\r\n", "RCPT TO:<d@example.org>\r\n");
    bench_exchange(&bench, "451 third\r\n", "DATA\r\n");
    bench_exchange(&bench, "354 go\r\n", "Hello\r\n.\r\n");
    bench_input(&bench, "250 queued as 1\r\n");
    postino_session_quit(&bench.session);
    bench_exchange(&bench, "", "QUIT\r\n");
    bench_input(&bench, "221 bye\r\n");
    assert_int_equal(log.count, 6);
    check_heard(&bench, &log.heard[0], NULL, 250, "2.1.0 sender\nok");
    check_heard(&bench, &log.heard[1], &bench.recipient, 550, "5.1.1 first\nunknown");
    check_heard(&bench, &log.heard[2], &second, 250, "second");
    check_heard(&bench, &log.heard[3], &third, 451, "third");
    check_heard(&bench, &log.heard[4], NULL, 354, "go");
    check_heard(&bench, &log.heard[5], NULL, 250, "queued as 1");
}

static void test_on_reply_refusals(void **state)
{
    static const char *const replies[] = {"550 no sender\r\n", "554 no data\r\n", "421 down\r\n"};
    static const unsigned codes[] = {550, 554, 421};
    static const char *const texts[] = {"no sender", "no data", "down"};
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        struct bench bench;
        struct log log;

        start_with_log(&bench, &log);
        bench_submit(&bench);
        bench_greet(&bench);
        (void)bench_output(&bench);
        if (i == 1) {
            bench_exchange(&bench, "250 ok\r\n", "RCPT TO:<b@example.org>\r\n");
            bench_exchange(&bench, "250 rcpt\r\n", "DATA\r\n");
            assert_int_equal(log.count, 2);
        }
        log.count = 0;
        bench_input(&bench, replies[i]);
        assert_int_equal(log.count, 1);
        check_heard(&bench, &log.heard[0], NULL, codes[i], texts[i]);
    }
}

/* The text of a failure stays until the next mail starts, whatever other replies come after it. */
static void test_text_is_kept(void **state)
{
    struct postino_service noop = {0};
    struct bench bench;
    const char *text;
    size_t length;

    (void)state;
    bench_prepare(&bench);
    bench_start(&bench);
    text = postino_session_text(&bench.session, &length);
    assert_int_equal(length, 0);
    bench_greet(&bench);
    text = postino_session_text(&bench.session, &length);
    assert_int_equal(length, 2);
    assert_memory_equal(text, "mx", 2);
    bench_submit(&bench);
    (void)bench_output(&bench);
    bench_input(&bench, "550-5.7.1 one\r\n550-\r\n550 two\r\n");
    assert_int_equal(postino_session_service(&bench.session, &noop), 0);
    (void)bench_output(&bench);
    bench_input(&bench, "250 something else\r\n");
    text = postino_session_text(&bench.session, &length);
    assert_int_equal(length, 14);
    assert_memory_equal(text, "5.7.1 one\n\ntwo", 14);
    bench_submit(&bench);
    bench_exchange(&bench, "", "RSET\r\n");
    bench_exchange(&bench, "250 reset\r\n", "MAIL FROM:<a@example.com>\r\n");
    bench_input(&bench, "250 sender\r\n");
    text = postino_session_text(&bench.session, &length);
    assert_int_equal(length, 6);
    assert_memory_equal(text, "sender", 6);
}

static void test_text_is_bounded(void **state)
{
    struct bench bench;
    char reply[1000];
    const char *text;
    size_t length;
    size_t i;

    (void)state;
    for (i = 0; i < 900; i++) {
        bench_prepare(&bench);
        bench_start(&bench);
        memcpy(reply, "554 ", 4);
        memset(reply + 4, 'x', i);
        memcpy(reply + 4 + i, "\r\n", 3);
        bench_input(&bench, reply);
        text = postino_session_text(&bench.session, &length);
        assert_int_equal(length, i < POSTINO_REPLY_TEXT_OCTETS ? i : POSTINO_REPLY_TEXT_OCTETS);
        memset(reply, 'x', length);
        assert_memory_equal(text, reply, length);
    }
}

/* A long text ends where its room ends: what stands behind it in the session's own memory (padding, at most)
 * and behind the session stays as it was. */
static void test_text_stays_in_its_room(void **state)
{
    static const size_t end = offsetof(struct postino_session, text) + POSTINO_REPLY_TEXT_OCTETS;
    struct bench bench;
    struct guard guard;
    struct postino_session *session;
    size_t i;

    (void)state;
    assert_int_equal(guard_init(&guard, sizeof *session), 0);
    session = (struct postino_session *)(void *)guard_end(&guard, sizeof *session);
    memset(session, 0x5A, sizeof *session);
    bench_prepare(&bench);
    assert_int_equal(postino_session_init(session, &bench.config, 0), 0);
    postino_session_input(session, (const uint8_t *)"554 ", 4, 0);
    for (i = 0; i < 1000; i++) {
        postino_session_input(session, (const uint8_t *)"x", 1, 0);
    }
    for (i = end; i < sizeof *session; i++) {
        assert_int_equal(((const uint8_t *)session)[i], 0x5A);
    }
    guard_free(&guard);
}

/* The same of a reply that arrives whole, which is copied at once: of as many octets as there is room for,
 * and some more. */
static void test_text_of_one_octet_more(void **state)
{
    static const size_t end = offsetof(struct postino_session, text) + POSTINO_REPLY_TEXT_OCTETS;
    struct bench bench;
    struct guard guard;
    struct postino_session *session;
    size_t length;
    size_t i;

    (void)state;
    assert_int_equal(guard_init(&guard, sizeof *session), 0);
    session = (struct postino_session *)(void *)guard_end(&guard, sizeof *session);
    bench_prepare(&bench);
    for (length = POSTINO_REPLY_TEXT_OCTETS; length < POSTINO_REPLY_TEXT_OCTETS + 9; length++) {
        char reply[POSTINO_REPLY_TEXT_OCTETS + 20];

        (void)snprintf(reply, sizeof reply, "250 %0*d\r\n", (int)length, 1);
        memset(session, 0x5A, sizeof *session);
        assert_int_equal(postino_session_init(session, &bench.config, 0), 0);
        postino_session_input(session, (const uint8_t *)"220 mx\r\n", 8, 0);
        (void)postino_session_output(session, (uint8_t *)bench.sent, sizeof bench.sent, 0);
        postino_session_input(session, (const uint8_t *)"250 mx\r\n", 8, 0);
        bench_forget(&bench.mail);
        assert_int_equal(postino_session_submit(session, &bench.mail), 0);
        (void)postino_session_output(session, (uint8_t *)bench.sent, sizeof bench.sent, 0);
        postino_session_input(session, (const uint8_t *)reply, strlen(reply), 0);
        assert_int_equal(session->reply.text_octets, length);
        for (i = end; i < sizeof *session; i++) {
            assert_int_equal(((const uint8_t *)session)[i], 0x5A);
        }
    }
    guard_free(&guard);
}

/* A dialogue whose replies stand flush against memory that cannot be read, whole and in every split. */
static void test_guard_page(void **state)
{
    static const char *const replies[] = {
        "220-mx\r\n220 mx\r\n",
        ("250-mx\r\n250-SIZE 10000000000000000000000\r\n250-AUTH PLAIN ENHANCEDSTATUSCODES\r\n"
         "250 ENHANCEDSTATUSCODES\r\n"),
        "250 ok\r\n",
        "250\r\n",
        "354-\r\n354 go\n",
        "250-queued\r\n250 as 1\r\n"};
    struct guard guard;
    size_t split;

    (void)state;
    assert_int_equal(guard_init(&guard, 4096), 0);
    for (split = 0; split < 120; split++) {
        struct bench bench;
        size_t i;

        bench_prepare(&bench);
        bench_start(&bench);
        bench_submit(&bench);
        for (i = 0; i < sizeof replies / sizeof replies[0]; i++) {
            size_t length = strlen(replies[i]);
            size_t first = split < length ? split : length;

            bench_input_octets(&bench, guard_copy(&guard, replies[i], first), first);
            bench_input_octets(&bench, guard_copy(&guard, replies[i] + first, length - first),
                               length - first);
            (void)bench_output(&bench);
        }
        assert_int_equal(bench.mail.result.outcome, POSTINO_OUTCOME_ACCEPTED);
    }
    guard_free(&guard);
}

/* With any octets from the server the session ends, or waits with a limit, and reads nothing beyond them. */
static void test_noise(void **state)
{
    static const char *const words[] = {"220 ",   "250-", "250 ", "354 ", "334 ", "421 ",
                                        "235 ",   "550-", "550 ", "\r\n", "\n",   "AUTH PLAIN LOGIN",
                                        "SIZE 1", "\r",   " ",    "x",    "221 ", "251 "};
    struct guard guard;
    uint32_t seed;

    (void)state;
    assert_int_equal(guard_init(&guard, 4096), 0);
    for (seed = 0; seed < 20000; seed++) {
        static const struct postino_mechanism *const mechanisms[] = {&postino_sasl_login, &postino_sasl_plain,
                                                                     NULL};
        struct bench bench;
        unsigned turns;

        noise_state = seed;
        bench_prepare(&bench);
        bench.credentials.user = "user";
        bench.credentials.password = "password";
        if (noise() % 2 != 0) {
            bench.config.credentials = &bench.credentials;
            bench.config.mechanisms = mechanisms;
            bench.config.flags = POSTINO_SESSION_CLEAR_TEXT_AUTH;
            bench.config.challenge_octets_max = (uint16_t)(noise() % 20);
        }
        bench_start(&bench);
        bench_submit(&bench);
        for (turns = 0; turns < 60 && !(bench_want(&bench) & POSTINO_WANT_CLOSED); turns++) {
            const char *word = words[noise() % (sizeof words / sizeof words[0])];

            /* Mostly what a server would say, so that the dialogue comes far. */
            if (noise() % 8 != 0) {
                static const char *const good[] = {"220 mx\r\n", "250 AUTH LOGIN\r\n",
                                                   "250 ok\r\n", "334 x\r\n",
                                                   "354 go\r\n", "250-x\r\n250 AUTH PLAIN\r\n"};

                word = good[noise() % 6];
            }
            bench_input_octets(&bench, guard_copy(&guard, word, strlen(word)), strlen(word));
            assert_true(bench_want(&bench) & (POSTINO_WANT_CLOSED | POSTINO_WANT_MAIL) ||
                        postino_session_wait_ms(&bench.session, 0) <= 600000);
            (void)bench_output(&bench);
        }
        postino_session_lost(&bench.session, 0, 0);
        if (postino_session_finished(&bench.session) != &bench.mail ||
            bench.mail.result.outcome == POSTINO_OUTCOME_PENDING ||
            bench.recipient.outcome == POSTINO_OUTCOME_PENDING) {
            fail_msg("seed %u: the mail is not settled", (unsigned)seed);
        }
    }
    guard_free(&guard);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_on_reply),
        cmocka_unit_test(test_on_reply_refusals),
        cmocka_unit_test(test_text_is_kept),
        cmocka_unit_test(test_text_is_bounded),
        cmocka_unit_test(test_text_stays_in_its_room),
        cmocka_unit_test(test_text_of_one_octet_more),
        cmocka_unit_test(test_guard_page),
        cmocka_unit_test(test_noise),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
