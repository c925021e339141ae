/* SPDX-License-Identifier: MIT */
/* Tests each shortage at every place: no buffer, no room in the window, no time. Every run ends in bounded
 * time with an error that names the shortage, and with the outcomes that follow from the octets sent. */
#define _POSIX_C_SOURCE 200809L

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dialogue.h"
#include "postino/pump.h"

#include <unistd.h>

#define TEST_LIMIT_S 60 /* a hang is a failure */

static struct dialogue dialogue;
static struct fake_transport fake;

static void prepare(size_t capacity_octets)
{
    dialogue_init(&dialogue);
    fake_transport_init(&fake, dialogue.events, dialogue.event_count, 0);
    fake.capacity_octets = capacity_octets;
}

static void judge(const char *what, size_t place)
{
    const char *finding = dialogue_judge(&dialogue, &fake, fake.peer.taken_octets);

    fake_transport_free(&fake);
    if (finding != NULL) {
        fail_msg("%s %lu: %s", what, (unsigned long)place, finding);
    }
}

static uint32_t reserves_of_a_whole_run(size_t capacity_octets)
{
    prepare(capacity_octets);
    assert_int_equal(dialogue_run(&dialogue, &fake), 0);
    fake_transport_free(&fake);
    return fake.reserves;
}

/* The nth buffer cannot be had: that is the error, found at once and not by a time-out. */
static void test_every_reserve_fails(void **state)
{
    static const size_t capacities[] = {4096, 16};
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        uint32_t reserves = reserves_of_a_whole_run(capacities[i]);
        uint32_t n;

        for (n = 0; n < reserves; n++) {
            int error;

            prepare(capacities[i]);
            fake.reserve_error = POSTINO_ERROR_BUFFER;
            fake.reserve_error_call = n;
            error = dialogue_run(&dialogue, &fake);
            if (fake.peer.taken_octets < dialogue_last(&dialogue)->end_octets) {
                assert_int_equal(error, POSTINO_ERROR_BUFFER);
            }
            assert_int_equal(fake.closes_graceful, 0);
            /* Without a buffer no command goes out, and no reply can come. */
            assert_int_equal(fake.now_ms, 0);
            judge("reserve", n);
        }
    }
}

/* A pool that is dry for a while costs time, and nothing else. */
static void test_reserve_says_again(void **state)
{
    uint32_t times;

    (void)state;
    for (times = 1; times < 50; times++) {
        prepare(64);
        fake.reserve_again = times;
        fake.wait_idles = times % 2 != 0;
        assert_int_equal(dialogue_run(&dialogue, &fake), 0);
        judge("reserve AGAIN", times);
    }
}

static void test_reserve_says_again_for_ever(void **state)
{
    (void)state;
    prepare(64);
    fake.reserve_again = FAKE_FOR_EVER;
    assert_int_equal(dialogue_run(&dialogue, &fake), POSTINO_ERROR_TIMEOUT);
    assert_int_equal(fake.now_ms, postino_time_limits_rfc5321.command_ms);
    judge("reserve AGAIN for ever", 0);
}

/* Every send takes n octets, or nothing some times. */
static void test_every_send_short(void **state)
{
    size_t n;

    (void)state;
    for (n = 1; n < 120; n++) {
        prepare(n % 3 == 0 ? 7 : 4096);
        fake.short_octets = n;
        fake.send_again = (uint32_t)(n % 5);
        fake.wait_idles = n % 2 != 0;
        assert_int_equal(dialogue_run(&dialogue, &fake), 0);
        assert_int_equal(fake.peer.taken_octets, dialogue.client_octets);
        judge("send short", n);
    }
}

/* The peer's window never opens again after n octets. Octets that the transport holds back were not sent.
 * A mail whose end mark is among them was not accepted. */
static void test_window_closes(void **state)
{
    static const size_t capacities[] = {4096, 16, 1};
    size_t i;
    size_t n;

    (void)state;
    for (i = 0; i < 3; i++) {
        for (n = 1; n < dialogue.client_octets; n++) {
            int error;

            prepare(capacities[i]);
            fake.stall_octets = n;
            error = dialogue_run(&dialogue, &fake);
            assert_int_equal(fake.peer.taken_octets, n);
            assert_int_equal(error, n < dialogue_last(&dialogue)->end_octets ? POSTINO_ERROR_TIMEOUT : 0);
            assert_in_range(fake.now_ms, 1, 600000);
            judge("window closed after", n);
        }
    }
}

/* wait() itself fails. */
static void test_wait_fails(void **state)
{
    (void)state;
    prepare(4096);
    fake.wait_error = POSTINO_ERROR_RECEIVE;
    fake.send_again = 1;
    assert_int_equal(dialogue_run(&dialogue, &fake), POSTINO_ERROR_RECEIVE);
    judge("wait", 0);
}

/* A refusal that the server sent before it closed is found, though sending fails: the reason is worth more
 * than the error. */
static void test_reason_behind_a_failed_send(void **state)
{
    size_t cut;

    (void)state;
    dialogue_init(&dialogue);
    /* In the midst of the first message, 421 instead of its reply. */
    for (cut = dialogue.mails[0].end_octets - 20; cut < dialogue.mails[0].end_octets; cut++) {
        struct peer_event events[DIALOGUE_EVENTS];
        static const char reply[] = "421 4.3.0 going down\r\n";
        size_t i;

        prepare(4096);
        memcpy(events, dialogue.events, sizeof events);
        for (i = 0; events[i].kind != PEER_CLIENT || memcmp(events[i].data, "Subject", 7) != 0; i++) {
        }
        events[i].length_octets = events[i].length_octets + cut - dialogue.mails[0].end_octets;
        events[i + 1].data = (const uint8_t *)reply;
        events[i + 1].length_octets = sizeof reply - 1;
        events[i + 2].kind = PEER_EOF;
        fake_transport_init(&fake, events, i + 3, 0);
        fake.cuts = 1;
        fake.cut_octets = cut;
        (void)dialogue_run(&dialogue, &fake);
        fake_transport_free(&fake);
        assert_int_equal(dialogue.mails[0].mail.result.outcome, POSTINO_OUTCOME_TRANSIENT);
        assert_int_equal(dialogue.mails[0].mail.result.error, POSTINO_ERROR_SERVICE_CLOSING);
        assert_int_equal(dialogue.mails[0].mail.result.reply_code, 421);
        assert_int_equal(dialogue_last(&dialogue)->mail.result.outcome, POSTINO_OUTCOME_NOT_ATTEMPTED);
    }
}

/* An application that comes back to the pump after a day finds the connection as it left it. */
static void test_pump_after_a_pause(void **state)
{
    struct postino_transport *transport = &fake.transport;
    size_t i;

    (void)state;
    prepare(4096);
    assert_int_equal(transport->methods->connect(transport, 1000), 0);
    assert_int_equal(postino_session_init(&dialogue.session, &dialogue.config, fake.now_ms), 0);
    for (i = 0; i < dialogue.mail_count; i++) {
        assert_int_equal(postino_pump(&dialogue.session, transport, POSTINO_WANT_MAIL), 0);
        fake.now_ms += 86400000;
        assert_int_equal(postino_session_submit(&dialogue.session, &dialogue.mails[i].mail), 0);
    }
    assert_int_equal(postino_pump(&dialogue.session, transport, POSTINO_WANT_MAIL), 0);
    fake.now_ms += 86400000;
    postino_session_quit(&dialogue.session);
    assert_int_equal(postino_pump(&dialogue.session, transport, 0), 0);
    assert_int_equal(fake.closes_graceful, 1);
    judge("pause", 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_reserve_fails),
        cmocka_unit_test(test_reserve_says_again),
        cmocka_unit_test(test_reserve_says_again_for_ever),
        cmocka_unit_test(test_every_send_short),
        cmocka_unit_test(test_window_closes),
        cmocka_unit_test(test_wait_fails),
        cmocka_unit_test(test_pump_after_a_pause),
        cmocka_unit_test(test_reason_behind_a_failed_send),
    };

    (void)alarm(TEST_LIMIT_S);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
