/* SPDX-License-Identifier: MIT */
/* Tests a connection that is cut after every octet, in both directions, in every manner. Each recipient's
 * outcome must follow from the octets that the server and the client had received. */
#define _POSIX_C_SOURCE 200809L

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dialogue.h"

#include <unistd.h>

#define TEST_LIMIT_S 60 /* a hang is a failure */

struct manner {
    size_t capacity_octets;
    size_t short_octets;
    size_t piece_octets;
    int wait_idles;
};

static const struct manner manners[] = {
    {4096, 0, 0, 0}, {4096, 1, 0, 0}, {1, 0, 1, 0}, {7, 3, 0, 1}, {64, 5, 3, 0}, {5, 2, 1, 1},
};

#define MANNERS (sizeof manners / sizeof manners[0])

/* The dialogue that the group of tests is about. */
static void (*init)(struct dialogue *dialogue);
static struct dialogue dialogue;
static struct fake_transport fake;

static void prepare(const struct manner *manner)
{
    init(&dialogue);
    fake_transport_init(&fake, dialogue.events, dialogue.event_count, 0xFFFFFF00u);
    fake.peer.interruptible = dialogue.interruptible;
    fake.capacity_octets = manner->capacity_octets;
    fake.short_octets = manner->short_octets;
    fake.wait_idles = manner->wait_idles;
    fake.peer.piece_octets = manner->piece_octets;
}

static void judge(size_t taken_octets, const char *what, size_t place, size_t manner)
{
    const char *finding = dialogue_judge(&dialogue, &fake, taken_octets);

    fake_transport_free(&fake);
    if (finding != NULL) {
        fail_msg("%s %lu, manner %lu: %s", what, (unsigned long)place, (unsigned long)manner, finding);
    }
}

static void test_uncut_dialogue(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < MANNERS; i++) {
        prepare(&manners[i]);
        assert_int_equal(dialogue_run(&dialogue, &fake), 0);
        assert_int_equal(fake.peer.taken_octets, dialogue.client_octets);
        assert_int_equal(fake.peer.given_octets, dialogue.server_octets);
        assert_int_equal(fake.closes_graceful, 1);
        assert_int_equal(dialogue.mails[0].mail.result.outcome, POSTINO_OUTCOME_ACCEPTED);
        assert_string_equal(fake.peer.departure, "");
        assert_int_equal(dialogue_last(&dialogue)->mail.result.outcome, POSTINO_OUTCOME_ACCEPTED);
        judge(fake.peer.taken_octets, "whole", 0, i);
    }
}

/* The network takes n octets of the client's, and then fails. */
static void test_cut_client(void **state)
{
    size_t i;
    size_t n;

    (void)state;
    for (i = 0; i < MANNERS; i++) {
        for (n = 0; n < dialogue.client_octets; n++) {
            int error;

            prepare(&manners[i]);
            fake.cuts = 1;
            fake.cut_octets = n;
            error = dialogue_run(&dialogue, &fake);
            assert_int_equal(fake.peer.taken_octets, n);
            assert_int_equal(fake.closes_graceful, 0);
            /* Nothing depends on QUIT. */
            assert_int_equal(error, n < dialogue_last(&dialogue)->end_octets ? POSTINO_ERROR_SEND : 0);
            judge(n, "client cut at", n, i);
        }
    }
}

/* As above, but the transport cannot say how much of its last buffer left: all of it may have. */
static void test_cut_client_with_unsent_octets_unknown(void **state)
{
    size_t i;
    size_t n;

    (void)state;
    for (i = 0; i < MANNERS; i++) {
        for (n = 0; n < dialogue.client_octets; n++) {
            prepare(&manners[i]);
            fake.cuts = 1;
            fake.cut_octets = n;
            fake.vague = 1;
            (void)dialogue_run(&dialogue, &fake);
            judge(fake.handed_octets, "client vaguely cut at", n, i);
        }
    }
}

static void cut_server(enum peer_offer offer, int error)
{
    size_t i;
    size_t n;

    for (i = 0; i < MANNERS; i++) {
        for (n = 0; n < dialogue.server_octets; n++) {
            int found;

            prepare(&manners[i]);
            fake.peer.end_octets = n;
            fake.peer.end_offer = offer;
            found = dialogue_run(&dialogue, &fake);
            assert_int_equal(fake.peer.given_octets, n);
            assert_int_equal(found, n < dialogue_last(&dialogue)->final_octets ? error : 0);
            judge(fake.peer.taken_octets, "server cut at", n, i);
        }
    }
}

static void test_server_closes(void **state)
{
    (void)state;
    cut_server(PEER_OFFER_EOF, POSTINO_ERROR_CLOSED);
}

static void test_server_resets(void **state)
{
    (void)state;
    cut_server(PEER_OFFER_RESET, POSTINO_ERROR_RECEIVE);
}

/* The server falls silent after n octets: every wait ends, in the time that the step allows, and nothing is
 * said to it any more. */
static void test_server_falls_silent(void **state)
{
    size_t i;
    size_t n;

    (void)state;
    for (i = 0; i < MANNERS; i++) {
        for (n = 0; n < dialogue.server_octets; n++) {
            uint32_t elapsed_ms;

            prepare(&manners[i]);
            fake.peer.end_octets = n;
            fake.peer.end_offer = PEER_OFFER_NOTHING;
            assert_int_equal(dialogue_run(&dialogue, &fake), n == 0 ? POSTINO_ERROR_GREETING_TIMEOUT
                                                             : n < dialogue_last(&dialogue)->final_octets
                                                                 ? POSTINO_ERROR_TIMEOUT
                                                                 : 0);
            elapsed_ms = fake.now_ms - 0xFFFFFF00u;
            assert_in_range(elapsed_ms, 1, 600000);
            assert_int_equal(fake.closes_graceful, 0);
            judge(fake.peer.taken_octets, "server silent after", n, i);
        }
    }
}

static int use_lock_step(void **state)
{
    (void)state;
    init = dialogue_init;
    return 0;
}

static int use_pipelined(void **state)
{
    (void)state;
    init = dialogue_init_pipelined;
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_uncut_dialogue),
        cmocka_unit_test(test_cut_client),
        cmocka_unit_test(test_cut_client_with_unsent_octets_unknown),
        cmocka_unit_test(test_server_closes),
        cmocka_unit_test(test_server_resets),
        cmocka_unit_test(test_server_falls_silent),
    };

    (void)alarm(TEST_LIMIT_S);
    return cmocka_run_group_tests_name("lock-step", tests, use_lock_step, NULL) +
           cmocka_run_group_tests_name("pipelined", tests, use_pipelined, NULL);
}
