/* SPDX-License-Identifier: MIT */
/* Tests the blocking client over a connection that breaks at every octet. A mail that the server cannot
 * have accepted goes over another connection, if the first one had worked; otherwise its outcome is right.
 * The next mail goes out over a new connection. */
#define _POSIX_C_SOURCE 200809L

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_transport.h"
#include "postino/client.h"

#include <unistd.h>

#define TEST_LIMIT_S 60 /* a hang is a failure */

static const char *const lines[] = {
    "220 mx.example.org\r\n",
    "EHLO client.example.com\r\n",
    "250-mx.example.org\r\n250 AUTH PLAIN\r\n",
    "AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n",
    "235 ok\r\n",
    "MAIL FROM:<a@example.com>\r\n",
    "250 ok\r\n",
    "RCPT TO:<b@example.org>\r\n",
    "250 ok\r\n",
    "DATA\r\n",
    "354 go\r\n",
    "Hello\r\n.\r\n",
    "250 queued\r\n",
    "QUIT\r\n",
    "221 bye\r\n",
};

#define LINES      (sizeof lines / sizeof lines[0])
/* The lines before the mail's commands, and after the end mark. */
#define LINE_MAIL  5
#define LINE_FINAL 12

static struct peer_event events[LINES];
static struct fake_transport fake;
static struct scripted_peer first_peer; /* what the first connection's server had heard and said */
static struct postino_client client;
static struct postino_mail mail;
static struct postino_recipient recipient;
static struct postino_memory_source source;

/* The octets of one side in the lines before `end`. */
static size_t octets_before(size_t end, enum peer_event_kind kind)
{
    size_t octets = 0;
    size_t i;

    for (i = 0; i < end; i++) {
        octets += events[i].kind == kind ? events[i].length_octets : 0;
    }
    return octets;
}

/* Each connection gets a server that begins anew; only the first one breaks. */
static void begin_anew(struct fake_transport *transport, void *context)
{
    size_t end_octets = transport->peer.end_octets;
    enum peer_offer end_offer = transport->peer.end_offer;

    (void)context;
    if (transport->connects == 2) {
        first_peer = transport->peer;
    }
    scripted_peer_init(&transport->peer, events, LINES, transport->now_ms);
    if (transport->connects == 1) {
        transport->peer.end_octets = end_octets;
        transport->peer.end_offer = end_offer;
    } else {
        transport->cuts = 0;
    }
}

static void prepare(void)
{
    struct postino_client_config config = {0};
    size_t i;

    for (i = 0; i < LINES; i++) {
        events[i].kind = i % 2 == 0 ? PEER_SERVER : PEER_CLIENT;
        events[i].data = (const uint8_t *)lines[i];
        events[i].length_octets = strlen(lines[i]);
    }
    fake_transport_init(&fake, events, LINES, 0);
    fake.connected = begin_anew;
    config.ehlo_name = "client.example.com";
    config.tls = &postino_tls_none;
    config.user = "tim";
    config.password = "tanstaaftanstaaf";
    config.allow_clear_text_auth = 1;
    assert_int_equal(postino_client_init(&client, &fake.transport, &config), 0);
    memset(&mail, 0, sizeof mail);
    memset(&recipient, 0, sizeof recipient);
    postino_memory_source_init(&source, "Hello\r\n", 7);
    mail.reverse_path = "a@example.com";
    mail.recipients = &recipient;
    mail.source = &source.source;
    recipient.address = "b@example.org";
}

static unsigned outcome_at(size_t taken_octets, size_t given_octets)
{
    if (given_octets >= octets_before(LINE_FINAL + 1, PEER_SERVER)) {
        return POSTINO_OUTCOME_ACCEPTED;
    }
    if (taken_octets <= octets_before(LINE_MAIL, PEER_CLIENT)) {
        return POSTINO_OUTCOME_NOT_ATTEMPTED;
    }
    return taken_octets < octets_before(LINE_FINAL, PEER_CLIENT) ? POSTINO_OUTCOME_TRANSIENT
                                                                 : POSTINO_OUTCOME_UNKNOWN;
}

/* The server was greeted and had not taken the MAIL command: the mail goes out again. */
static int is_again_at(size_t taken_octets, size_t given_octets)
{
    return given_octets >= octets_before(LINE_MAIL, PEER_SERVER) &&
           given_octets < octets_before(LINE_MAIL + 2, PEER_SERVER) &&
           taken_octets <= octets_before(LINE_MAIL + 1, PEER_CLIENT);
}

/* Sends the mail over a connection that breaks. */
static void check_send(int error, const char *what, size_t place)
{
    int found = postino_client_send(&client, &mail);
    const struct scripted_peer *broken = fake.connects == 1 ? &fake.peer : &first_peer;
    int again = error != POSTINO_ERROR_TIMEOUT && is_again_at(broken->taken_octets, broken->given_octets);

    if (error == POSTINO_ERROR_TIMEOUT && broken->given_octets == 0)
        error = POSTINO_ERROR_GREETING_TIMEOUT;

    if (found != (again ? 0 : error) || fake.connects != (again ? 2u : 1u)) {
        fail_msg("%s %lu: %d over %u connections, expected %d", what, (unsigned long)place, found,
                 fake.connects, again ? 0 : error);
    }
    /* Both heard what the script says, as far as they went. */
    assert_string_equal(broken->departure, "");
    assert_string_equal(fake.peer.departure, "");
    if (again) {
        assert_int_equal(fake.peer.taken_octets, octets_before(LINE_FINAL, PEER_CLIENT));
        assert_int_equal(fake.peer.given_octets, octets_before(LINE_FINAL + 1, PEER_SERVER));
    }
}

/* After the first mail's end, whatever it was: a second one, and QUIT. */
static void check_next(const char *what, size_t place)
{
    unsigned outcome = outcome_at(fake.peer.taken_octets, fake.peer.given_octets);
    unsigned connects = fake.connects;

    if (mail.result.outcome != outcome || recipient.outcome != outcome ||
        (mail.result.error == 0) != (outcome == POSTINO_OUTCOME_ACCEPTED)) {
        fail_msg("%s %lu: %s, error %d", what, (unsigned long)place,
                 postino_outcome_name(mail.result.outcome), mail.result.error);
    }
    postino_client_quit(&client);
    assert_int_equal(fake.closes_graceful + fake.closes_abort, connects);
    assert_int_equal(fake.live_buffers, 0);
    assert_int_equal(postino_client_send(&client, &mail), 0);
    assert_int_equal(mail.result.outcome, POSTINO_OUTCOME_ACCEPTED);
    postino_client_quit(&client);
    assert_int_equal(fake.connects, connects + 1);
    assert_true(fake.closes_graceful >= 1);
    assert_string_equal(fake.breach, "");
    assert_string_equal(fake.peer.departure, "");
    assert_int_equal(fake.peer.given_octets, octets_before(LINES, PEER_SERVER));
    assert_int_equal(fake.live_buffers, 0);
    fake_transport_free(&fake);
}

static void test_cut_client(void **state)
{
    size_t n;

    (void)state;
    prepare();
    for (n = 0; n < octets_before(LINE_FINAL, PEER_CLIENT); n++) {
        prepare();
        fake.cuts = 1;
        fake.cut_octets = n;
        check_send(POSTINO_ERROR_SEND, "client cut at", n);
        assert_int_equal(fake.connects == 1 ? fake.peer.taken_octets : first_peer.taken_octets, n);
        check_next("client cut at", n);
    }
}

static void cut_server(enum peer_offer offer, int error)
{
    size_t n;

    prepare();
    for (n = 0; n < octets_before(LINE_FINAL + 1, PEER_SERVER); n++) {
        prepare();
        fake.peer.end_octets = n;
        fake.peer.end_offer = offer;
        check_send(error, "server cut at", n);
        assert_int_equal(fake.connects == 1 ? fake.peer.given_octets : first_peer.given_octets, n);
        check_next("server cut at", n);
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

static void test_server_falls_silent(void **state)
{
    (void)state;
    cut_server(PEER_OFFER_NOTHING, POSTINO_ERROR_TIMEOUT);
}

/* Hours between two mails: no limit runs while nothing is in hand, and the second mail's begins when it is
 * handed in. */
static void test_long_pause(void **state)
{
    static struct peer_event twice[LINES + 8];
    static const uint32_t pauses_ms[] = {1, 300000, 86400000, 0x7FFFFFFF, 0xFFFFFFFF};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof pauses_ms / sizeof pauses_ms[0]; i++) {
        prepare();
        /* The second transaction looks like the first. */
        memcpy(twice, events, sizeof events);
        memcpy(twice + LINE_FINAL + 1, events + LINE_MAIL, (LINE_FINAL + 1 - LINE_MAIL) * sizeof events[0]);
        memcpy(twice + (2 * (LINE_FINAL + 1) - LINE_MAIL), events + LINE_FINAL + 1, 2 * sizeof events[0]);
        fake.connected = NULL;
        scripted_peer_init(&fake.peer, twice, sizeof twice / sizeof twice[0], 0);
        assert_int_equal(postino_client_send(&client, &mail), 0);
        fake.now_ms += pauses_ms[i];
        assert_int_equal(postino_client_send(&client, &mail), 0);
        fake.now_ms += pauses_ms[i];
        postino_client_quit(&client);
        assert_int_equal(fake.connects, 1);
        assert_int_equal(fake.closes_graceful, 1);
        assert_string_equal(fake.peer.departure, "");
        assert_true(scripted_peer_heard_all(&fake.peer));
        fake_transport_free(&fake);
    }
}

/* A connection that cannot be made at all, then one that can. */
static void test_connect_fails(void **state)
{
    (void)state;
    prepare();
    fake.connect_error = POSTINO_ERROR_CONNECT;
    assert_int_equal(postino_client_send(&client, &mail), POSTINO_ERROR_CONNECT);
    assert_int_equal(mail.result.outcome, POSTINO_OUTCOME_NOT_ATTEMPTED);
    assert_int_equal(recipient.outcome, POSTINO_OUTCOME_NOT_ATTEMPTED);
    fake.connect_error = 0;
    fake.connect_ms = 30001;
    assert_int_equal(postino_client_send(&client, &mail), POSTINO_ERROR_CONNECT_TIMEOUT);
    assert_int_equal(fake.now_ms, 30000);
    assert_int_equal(fake.closes_graceful + fake.closes_abort, 0);
    fake.connect_ms = 29999;
    fake.peer.end_octets = SIZE_MAX;
    assert_int_equal(postino_client_send(&client, &mail), 0);
    postino_client_quit(&client);
    assert_int_equal(fake.closes_graceful, 1);
    assert_int_equal(fake.connects, 3);
    fake_transport_free(&fake);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut_client),    cmocka_unit_test(test_server_closes),
        cmocka_unit_test(test_server_resets), cmocka_unit_test(test_server_falls_silent),
        cmocka_unit_test(test_long_pause),    cmocka_unit_test(test_connect_fails),
    };

    (void)alarm(TEST_LIMIT_S);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
