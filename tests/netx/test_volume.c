/* SPDX-License-Identifier: MIT */
/* Tests many mails, and a large one, in the same small memory, and a client without memory. */
#include "bed.h"

#define VOLUME_MAILS  1000
#define VOLUME_OCTETS 50000000u
#define VOLUME_LIMIT  60000u /* ms; for a slow machine under a sanitizer */

BED_THREAD(a_thousand_mails_in_a_row)
{
    UINT i;

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_LOGIN);
    for (i = 0; i < VOLUME_MAILS; i++) {
        UINT outcome;

        assert_int_equal(bed_send("Hello"), NX_SUCCESS);
        assert_int_equal(nx_smtp_client_outcome_get(&bed_client, &outcome), NX_SUCCESS);
        assert_int_equal(outcome, NX_SMTP_OUTCOME_ACCEPTED);
    }
    assert_true(server_await(&bed_server, VOLUME_MAILS));
    assert_int_equal(bed_server.mails_accepted, VOLUME_MAILS);
    bed_settled();
    bed_delete();
}

/* A thousand of which two in three fail, each in another way. */
BED_THREAD(a_thousand_mails_with_failures)
{
    static const char *const replies[] = {NULL,     "550 no\r\n", server_reset,
                                          "??\r\n", server_close, "421 bye\r\n"};
    UINT accepted = 0;
    UINT i;

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    for (i = 0; i < VOLUME_MAILS; i++) {
        server_usual(&bed_server);
        bed_server.replies[i / 6 % SERVER_STEPS] = replies[i % 6];
        accepted += bed_send("Hello") == NX_SUCCESS;
        assert_true(server_await(&bed_server, i + 1));
    }
    assert_int_equal(bed_server.mails_accepted, accepted);
    assert_true(accepted >= VOLUME_MAILS / 6);
    bed_recovers();
    bed_delete();
}

/* Lines of many lengths, some of which begin with a dot. */
static uint64_t volume_make(CHAR *body, size_t *wire_octets)
{
    uint64_t hash = server_hash(SERVER_HASH_START, BED_HEADERS "\r\n", sizeof BED_HEADERS + 1);
    size_t i = 0;
    UINT line = 0;

    *wire_octets = sizeof BED_HEADERS + 1 + 3;
    while (i < VOLUME_OCTETS) {
        size_t length = 2 + line++ * 7919 % 97;
        size_t start = i;

        if (length > VOLUME_OCTETS - i || VOLUME_OCTETS - i - length == 1)
            length = VOLUME_OCTETS - i;
        memset(body + i, line % 5 == 0 ? '.' : 'a' + (int)(line % 26), length - 2);
        i += length;
        body[i - 2] = '\r';
        body[i - 1] = '\n';
        if (body[start] == '.') {
            hash = server_hash(hash, ".", 1);
            *wire_octets += 1;
        }
        hash = server_hash(hash, body + start, length);
        *wire_octets += length;
    }
    return server_hash(hash, ".\r\n", 3);
}

BED_THREAD(fifty_megabytes_through_twenty_packets)
{
    CHAR *body = malloc(VOLUME_OCTETS);
    uint64_t start_ns = server_now_ns();
    size_t wire_octets;
    uint64_t hash;

    (VOID) input;
    assert_non_null(body);
    hash = volume_make(body, &wire_octets);
    bed_pool_create(BED_PAYLOAD, 20);
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    bed_server.stall_ms = 300; /* the window closes meanwhile */
    assert_int_equal(nx_smtp_mail_send(&bed_client, BED_TO, NX_SMTP_MAIL_PRIORITY_NORMAL, BED_SUBJECT, body,
                                       VOLUME_OCTETS),
                     NX_SUCCESS);
    free(body);
    assert_true(server_await(&bed_server, 1));
    assert_int_equal(bed_server.message_end - bed_server.message_start, wire_octets);
    assert_true(bed_server.message_hash == hash);
    assert_true(bed_elapsed_ms(start_ns) < VOLUME_LIMIT);
    bed_settled();
    bed_delivers();
    bed_delete();
}

/* A pool that is dry: an error after the default time-out, never a loop. */
BED_THREAD(pool_is_dry)
{
    NX_PACKET *taken[BED_PACKETS];
    uint64_t start_ns;
    UINT i;

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    for (i = 0; i < BED_PACKETS; i++)
        assert_int_equal(nx_packet_allocate(&bed_pool, &taken[i], NX_TCP_PACKET, NX_NO_WAIT), NX_SUCCESS);
    start_ns = server_now_ns();
    assert_int_equal(bed_send("Hello"), NX_SMTP_PACKET_ALLOCATE_ERROR);
    assert_int_equal(bed_outcome(), NX_SMTP_OUTCOME_NOT_ATTEMPTED);
    /* The client waited once, not twice. */
    assert_in_range(bed_elapsed_ms(start_ns), 1900, 3900);
    for (i = 0; i < BED_PACKETS; i++)
        assert_int_equal(nx_packet_release(taken[i]), NX_SUCCESS);
    assert_true(server_await(&bed_server, 1));
    bed_settled();
    bed_delivers();
    bed_delete();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BED_CASE(pool_is_dry),
        BED_CASE(a_thousand_mails_in_a_row),
        BED_CASE(a_thousand_mails_with_failures),
        BED_CASE(fifty_megabytes_through_twenty_packets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
