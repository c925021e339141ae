/* SPDX-License-Identifier: MIT */
/* Tests the handshakes with proxies that take the connection: in every split, with short sends and AGAIN at
 * every call, cut after every octet, and late. Invariant: the server's greeting, which follows the proxy's
 * reply at once, arrives whole. */
#include "proxy_fixture.h"

#define GREETING "220 mail.test\r\n"

static const struct peer_event socks5_plain[] = {
    PROXY_CLIENT("\x05\x01\x00"),
    PROXY_SERVER("\x05\x00"),
    PROXY_CLIENT("\x05\x01\x00\x03\x09mail.test\x02\x4b"),
    PROXY_SERVER("\x05\x00\x00\x01\x7f\x00\x00\x01\x12\x34" GREETING),
    PROXY_CLIENT("EHLO\r\n"),
    PROXY_SERVER("250 OK\r\n"),
};
static const struct peer_event socks5_login[] = {
    PROXY_CLIENT("\x05\x02\x00\x02"),
    PROXY_SERVER("\x05\x02"),
    PROXY_CLIENT("\x01\x03tim\x08secret:1"),
    PROXY_SERVER("\x01\x00"),
    PROXY_CLIENT("\x05\x01\x00\x03\x09mail.test\x02\x4b"),
    PROXY_SERVER("\x05\x00\x00\x03\x05proxy\x12\x34" GREETING),
    PROXY_CLIENT("EHLO\r\n"),
    PROXY_SERVER("250 OK\r\n"),
};
/* The proxy needs no login: it gets no password. */
static const struct peer_event socks5_login_unused[] = {
    PROXY_CLIENT("\x05\x02\x00\x02"),
    PROXY_SERVER("\x05\x00"),
    PROXY_CLIENT("\x05\x01\x00\x03\x09mail.test\x02\x4b"),
    PROXY_SERVER("\x05\x00\x00\x04"
                 "0123456789abcdef"
                 "\x12\x34" GREETING),
    PROXY_CLIENT("EHLO\r\n"),
    PROXY_SERVER("250 OK\r\n"),
};
/* A name of no octets, as some proxies send. */
static const struct peer_event socks5_empty_name[] = {
    PROXY_CLIENT("\x05\x01\x00"),
    PROXY_SERVER("\x05\x00"),
    PROXY_CLIENT("\x05\x01\x00\x03\x09mail.test\x02\x4b"),
    PROXY_SERVER("\x05\x00\x00\x03\x00\x00\x00" GREETING),
    PROXY_CLIENT("EHLO\r\n"),
    PROXY_SERVER("250 OK\r\n"),
};
static const struct peer_event http_plain[] = {
    PROXY_CLIENT("CONNECT mail.test:587 HTTP/1.1\r\nHost: mail.test:587\r\n\r\n"),
    PROXY_SERVER("HTTP/1.0 200 Connection established\r\nProxy-agent: tinyproxy/1.11.1\r\n\r\n" GREETING),
    PROXY_CLIENT("EHLO\r\n"),
    PROXY_SERVER("250 OK\r\n"),
};
/* Interim replies; a content length counts for nothing (RFC 9110 section 9.3.6); no reason; lone LFs. */
static const struct peer_event http_login[] = {
    PROXY_CLIENT("CONNECT mail.test:587 HTTP/1.1\r\nHost: mail.test:587\r\n"
                 "Proxy-Authorization: Basic dGltOnNlY3JldDox\r\n\r\n"),
    PROXY_SERVER("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103\r\nLink: x\r\n y\r\n\r\n"
                 "HTTP/1.1 201\nContent-Length: 10\n\r\r\n\n" GREETING),
    PROXY_CLIENT("EHLO\r\n"),
    PROXY_SERVER("250 OK\r\n"),
};

static const struct way {
    const char *name;
    const struct postino_proxy_protocol *const *protocol;
    const char *user;
    const struct peer_event *events;
    size_t count;
} ways[] = {
#define WAY(protocol, user, events)                                         \
    {                                                                       \
#events, protocol, user, events, sizeof(events) / sizeof(events)[0] \
    }
#define SOCKS5                               \
    &(const struct postino_proxy_protocol *) \
    {                                        \
        &postino_proxy_socks5                \
    }
#define HTTP                                 \
    &(const struct postino_proxy_protocol *) \
    {                                        \
        &postino_proxy_http                  \
    }
    WAY(SOCKS5, NULL, socks5_plain),
    WAY(SOCKS5, "tim", socks5_login),
    WAY(SOCKS5, "tim", socks5_login_unused),
    WAY(SOCKS5, NULL, socks5_empty_name),
    WAY(HTTP, NULL, http_plain),
    WAY(HTTP, "tim", http_login),
};
#define WAYS (sizeof ways / sizeof ways[0])

static void way_init(struct proxy_fixture *fixture, const struct way *way)
{
    proxy_fixture_init(fixture, *way->protocol, way->user, way->user != NULL ? "secret:1" : NULL, way->events,
                       way->count);
}

/* Octets of one side in the handshake: up to the greeting, and up to EHLO. */
static size_t way_octets(const struct way *way, enum peer_event_kind kind)
{
    size_t octets = 0;

    for (size_t i = 0; i < way->count - 2; i++)
        if (way->events[i].kind == kind)
            octets += way->events[i].length_octets;
    return kind == PEER_SERVER ? octets - (sizeof GREETING - 1) : octets;
}

static void way_runs(struct proxy_fixture *fixture)
{
    struct postino_transport *transport = &fixture->proxy.transport;

    assert_int_equal(proxy_fixture_connect(fixture), 0);
    assert_string_equal(fixture->proxy.text, "");
    assert_int_equal(fixture->proxy.reply_code, 0);
    assert_int_equal(transport->port, 587);
    proxy_fixture_expect(fixture, GREETING);
    proxy_fixture_say(fixture, "EHLO\r\n");
    proxy_fixture_expect(fixture, "250 OK\r\n");
    transport->methods->close(transport, 1);
    assert_int_equal(fixture->fake.closes_graceful, 1);
    assert_string_equal(fixture->fake.peer.departure, "");
    assert_true(scripted_peer_heard_all(&fixture->fake.peer));
    assert_string_equal(fixture->fake.breach, "");
    assert_int_equal(fixture->fake.live_buffers, 0);
    fake_transport_free(&fixture->fake);
}

static void every_split_of_the_replies_works(void **state)
{
    static struct proxy_fixture fixture;

    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        size_t octets = way_octets(&ways[i], PEER_SERVER) + sizeof GREETING;

        for (size_t split = 0; split < octets; split++) {
            way_init(&fixture, &ways[i]);
            fixture.fake.peer.split_octets = split;
            way_runs(&fixture);
        }
        for (size_t piece = 1; piece < 6; piece++) {
            way_init(&fixture, &ways[i]);
            fixture.fake.peer.piece_octets = piece;
            way_runs(&fixture);
        }
    }
}

static void short_sends_and_small_buffers_work(void **state)
{
    static struct proxy_fixture fixture;

    (void)state;
    for (size_t i = 0; i < WAYS; i++)
        for (size_t size = 1; size < 8; size++)
            for (unsigned variant = 0; variant < 8; variant++) {
                way_init(&fixture, &ways[i]);
                fixture.fake.capacity_octets = (variant & 1) != 0 ? size : 0;
                fixture.fake.short_octets = (variant & 2) != 0 ? size : 0;
                fixture.fake.peer.piece_octets = (variant & 4) != 0 ? size : 0;
                fixture.fake.reserve_again = (uint32_t)size;
                fixture.fake.send_again = (uint32_t)size;
                fixture.fake.wait_idles = 1;
                way_runs(&fixture);
            }
}

static void an_end_at_every_octet_is_told(void **state)
{
    static const enum peer_offer ends[] = {PEER_OFFER_EOF, PEER_OFFER_RESET};
    static const int errors[] = {POSTINO_ERROR_PROXY_REPLY, POSTINO_ERROR_RECEIVE};
    static struct proxy_fixture fixture;

    (void)state;
    for (size_t i = 0; i < WAYS; i++)
        for (size_t kind = 0; kind < 2; kind++)
            for (size_t end = 0; end < way_octets(&ways[i], PEER_SERVER); end++) {
                way_init(&fixture, &ways[i]);
                fixture.fake.peer.end_octets = end;
                fixture.fake.peer.end_offer = ends[kind];
                assert_int_equal(proxy_fixture_connect(&fixture), errors[kind]);
                proxy_fixture_failed(&fixture);
            }
}

static void a_break_at_every_sent_octet_is_told(void **state)
{
    static struct proxy_fixture fixture;

    (void)state;
    for (size_t i = 0; i < WAYS; i++)
        for (size_t cut = 0; cut < way_octets(&ways[i], PEER_CLIENT); cut++)
            for (int vague = 0; vague < 2; vague++) {
                way_init(&fixture, &ways[i]);
                fixture.fake.cuts = 1;
                fixture.fake.cut_octets = cut;
                fixture.fake.vague = vague;
                assert_int_equal(proxy_fixture_connect(&fixture), POSTINO_ERROR_SEND);
                assert_non_null(strstr(fixture.proxy.text, "sending to the proxy failed"));
                proxy_fixture_failed(&fixture);
            }
}

/* The proxy falls silent behind every octet: the time limit holds to the millisecond. */
static void silence_at_every_octet_ends_in_time(void **state)
{
    static struct proxy_fixture fixture;
    static struct peer_event events[10];

    (void)state;
    for (size_t i = 0; i < WAYS; i++)
        for (size_t silent = 0; silent < way_octets(&ways[i], PEER_SERVER); silent++) {
            size_t left = silent;
            size_t count = 0;

            for (; count < ways[i].count; count++) {
                events[count] = ways[i].events[count];
                if (events[count].kind == PEER_SERVER) {
                    if (left < events[count].length_octets)
                        break;
                    left -= events[count].length_octets;
                }
            }
            events[count++].length_octets = left;
            if (left == 0)
                count--;
            way_init(&fixture, &ways[i]);
            scripted_peer_init(&fixture.fake.peer, events, count, PROXY_START_MS);
            fixture.fake.connect_ms = 1234;
            assert_int_equal(proxy_fixture_connect(&fixture), POSTINO_ERROR_CONNECT_TIMEOUT);
            assert_int_equal(fixture.fake.now_ms - PROXY_START_MS, PROXY_TIMEOUT_MS);
            assert_non_null(strstr(fixture.proxy.text, "did not answer in time"));
            proxy_fixture_failed(&fixture);
        }
}

static void a_full_window_ends_in_time(void **state)
{
    static struct proxy_fixture fixture;

    (void)state;
    for (size_t i = 0; i < WAYS; i++)
        for (unsigned kind = 0; kind < 3; kind++) {
            way_init(&fixture, &ways[i]);
            fixture.fake.reserve_again = kind == 0 ? FAKE_FOR_EVER : 0;
            fixture.fake.send_again = kind == 1 ? FAKE_FOR_EVER : 0;
            fixture.fake.stall_octets = kind == 2 ? 2 : 0;
            assert_int_equal(proxy_fixture_connect(&fixture), POSTINO_ERROR_CONNECT_TIMEOUT);
            assert_int_equal(fixture.fake.now_ms - PROXY_START_MS, PROXY_TIMEOUT_MS);
            proxy_fixture_failed(&fixture);
        }
}

static void replies_that_are_slow_but_in_time_count(void **state)
{
    static const struct peer_event events[] = {
        PROXY_CLIENT("\x05\x01\x00"),
        PROXY_DELAY(2000),
        PROXY_SERVER("\x05\x00"),
        PROXY_CLIENT("\x05\x01\x00\x03\x09mail.test\x02\x4b"),
        PROXY_DELAY(2000),
        PROXY_SERVER("\x05\x00\x00\x01\x7f\x00\x00\x01\x12\x34" GREETING),
        PROXY_CLIENT("EHLO\r\n"),
        PROXY_SERVER("250 OK\r\n"),
    };
    static struct proxy_fixture fixture;

    (void)state;
    proxy_fixture_init(&fixture, &postino_proxy_socks5, NULL, NULL, events, sizeof events / sizeof events[0]);
    fixture.fake.connect_ms = 1000;
    way_runs(&fixture);
    proxy_fixture_init(&fixture, &postino_proxy_socks5, NULL, NULL, events, sizeof events / sizeof events[0]);
    fixture.fake.connect_ms = 1001;
    assert_int_equal(proxy_fixture_connect(&fixture), POSTINO_ERROR_CONNECT_TIMEOUT);
    proxy_fixture_failed(&fixture);
}

/* Errors of the inner transport's calls come through, with a text of the step. */
static void errors_below_come_through(void **state)
{
    static struct proxy_fixture fixture;

    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        way_init(&fixture, &ways[i]);
        fixture.fake.connect_error = POSTINO_ERROR_RESOLVE;
        assert_int_equal(proxy_fixture_connect(&fixture), POSTINO_ERROR_RESOLVE);
        assert_non_null(strstr(fixture.proxy.text, " proxy, connection: the proxy cannot be reached"));
        proxy_fixture_failed(&fixture);
        for (uint32_t call = 0; call < 2; call++) {
            way_init(&fixture, &ways[i]);
            fixture.fake.capacity_octets = 1;
            fixture.fake.reserve_error = POSTINO_ERROR_BUFFER;
            fixture.fake.reserve_error_call = call;
            assert_int_equal(proxy_fixture_connect(&fixture), POSTINO_ERROR_BUFFER);
            proxy_fixture_failed(&fixture);
        }
        way_init(&fixture, &ways[i]);
        fixture.fake.send_again = 1;
        fixture.fake.wait_error = POSTINO_ERROR_RECEIVE;
        assert_int_equal(proxy_fixture_connect(&fixture), POSTINO_ERROR_RECEIVE);
        proxy_fixture_failed(&fixture);
        way_init(&fixture, &ways[i]);
        fixture.fake.send_again = 1;
        fixture.fake.wait_error = POSTINO_AGAIN;
        assert_int_equal(proxy_fixture_connect(&fixture), POSTINO_ERROR_CONNECT_TIMEOUT);
        assert_non_null(strstr(fixture.proxy.text, "caller's time limit"));
        proxy_fixture_failed(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_split_of_the_replies_works),
        cmocka_unit_test(short_sends_and_small_buffers_work),
        cmocka_unit_test(an_end_at_every_octet_is_told),
        cmocka_unit_test(a_break_at_every_sent_octet_is_told),
        cmocka_unit_test(silence_at_every_octet_ends_in_time),
        cmocka_unit_test(a_full_window_ends_in_time),
        cmocka_unit_test(replies_that_are_slow_but_in_time_count),
        cmocka_unit_test(errors_below_come_through),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
