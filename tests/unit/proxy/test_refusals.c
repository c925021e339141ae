/* SPDX-License-Identifier: MIT */
/* Tests refusals, malformed replies, and octets behind the proxy's reply. Invariant:
 * a proxy that refuses leaves a text with its own words, and nothing open. */
#include "proxy_fixture.h"

struct refusal {
    const char *reply; /* to the last request */
    size_t reply_octets;
    int error;
    unsigned code;
    const char *text;
};

#define REFUSAL(reply, error, code, text)                                 \
    {                                                                     \
        reply, sizeof(reply) - 1, POSTINO_ERROR_PROXY_##error, code, text \
    }

/* Plays the events up to the reply, and then the reply, whole and octet by octet. */
static void refuse(const struct postino_proxy_protocol *protocol, const char *user, const char *password,
                   const struct peer_event *before, size_t before_count, const struct refusal *refusal)
{
    static struct proxy_fixture fixture;

    for (size_t piece = 0; piece < 2; piece++) {
        struct peer_event events[8];

        memcpy(events, before, before_count * sizeof *before);
        events[before_count] =
            (struct peer_event){PEER_SERVER, (const uint8_t *)refusal->reply, refusal->reply_octets, 0, NULL};
        proxy_fixture_init(&fixture, protocol, user, password, events, before_count + 1);
        fixture.fake.peer.piece_octets = piece;
        assert_int_equal(proxy_fixture_connect(&fixture), refusal->error);
        assert_int_equal(fixture.proxy.reply_code, refusal->code);
        assert_string_equal(fixture.proxy.text, refusal->text);
        proxy_fixture_failed(&fixture);
    }
}

static void socks5_refusals_have_their_texts(void **state)
{
    static const struct peer_event request[] = {
        PROXY_CLIENT("\x05\x01\x00"),
        PROXY_SERVER("\x05\x00"),
        PROXY_CLIENT("\x05\x01\x00\x03\x09mail.test\x02\x4b"),
    };
    static const struct refusal refusals[] = {
        REFUSAL(
            "\x05\x01\x00\x01\0\0\0\0\0\0", UNREACHABLE, 1,
            "SOCKS5 proxy, CONNECT: reply 1: the proxy failed: the server's name may be unknown to it; try "
            "again later"),
        REFUSAL("\x05\x02\x00\x01\0\0\0\0\0\0", REFUSED, 2,
                "SOCKS5 proxy, CONNECT: reply 2: the proxy's rules forbid this server or port"),
        REFUSAL(
            "\x05\x03", UNREACHABLE, 3,
            "SOCKS5 proxy, CONNECT: reply 3: the proxy cannot reach the server's network: try again later"),
        REFUSAL("\x05\x04", UNREACHABLE, 4,
                "SOCKS5 proxy, CONNECT: reply 4: the proxy cannot reach the server: check its name, or try "
                "again later"),
        REFUSAL("\x05\x05", UNREACHABLE, 5,
                "SOCKS5 proxy, CONNECT: reply 5: the server refused the connection: check its port"),
        REFUSAL("\x05\x06", UNREACHABLE, 6,
                "SOCKS5 proxy, CONNECT: reply 6: the server is too far away, or does not answer: try again "
                "later"),
        REFUSAL("\x05\x07", REFUSED, 7,
                "SOCKS5 proxy, CONNECT: reply 7: the proxy does not make connections"),
        REFUSAL("\x05\x08", REFUSED, 8,
                "SOCKS5 proxy, CONNECT: reply 8: the proxy does not know this kind of address: give another "
                "one, or a name"),
        REFUSAL("\x05\x09", REFUSED, 9, "SOCKS5 proxy, CONNECT: reply 9: RFC 1928 has no such reply"),
        REFUSAL("\x05\xff", REFUSED, 255, "SOCKS5 proxy, CONNECT: reply 255: RFC 1928 has no such reply"),
        REFUSAL("\x04\x00", REPLY, 0,
                "SOCKS5 proxy, CONNECT: the reply is none of SOCKS5: check the proxy's protocol and port"),
        REFUSAL("\x05\x00\x00\x02", REPLY, 0,
                "SOCKS5 proxy, CONNECT: the proxy's address is of no known kind"),
    };

    (void)state;
    for (size_t i = 0; i < COUNT(refusals); i++)
        refuse(&postino_proxy_socks5, NULL, NULL, request, COUNT(request), &refusals[i]);
}

static void socks5_logins_are_refused(void **state)
{
    static const struct peer_event plain[] = {PROXY_CLIENT("\x05\x01\x00")};
    static const struct peer_event login[] = {
        PROXY_CLIENT("\x05\x02\x00\x02"),
        PROXY_SERVER("\x05\x02"),
        PROXY_CLIENT("\x01\x03tim\x06secret"),
    };
    static const struct refusal without[] = {
        REFUSAL("\x05\xff", AUTHENTICATION, 255,
                "SOCKS5 proxy, choice of login: the proxy wants a login: give user name and password"),
        REFUSAL("\x05\x02", REPLY, 2,
                "SOCKS5 proxy, choice of login: the proxy chose a login that was not offered"),
        REFUSAL("HTTP/1.1 400 Bad Request\r\n", REPLY, 0,
                "SOCKS5 proxy, choice of login: the reply is none of SOCKS5: check the proxy's protocol and "
                "port"),
    };
    static const struct refusal offered[] = {
        REFUSAL("\x05\xff", AUTHENTICATION, 255,
                "SOCKS5 proxy, choice of login: the proxy takes neither a user name with password nor no "
                "login"),
        REFUSAL("\x05\x01", REPLY, 1,
                "SOCKS5 proxy, choice of login: the proxy chose a login that was not offered"),
    };
    static const struct refusal refused[] = {
        REFUSAL("\x01\x01", AUTHENTICATION, 1,
                "SOCKS5 proxy, login: the proxy refused user name and password: check both"),
        REFUSAL("\x05\x00", REPLY, 0,
                "SOCKS5 proxy, login: the reply is none of SOCKS5: check the proxy's protocol and port"),
    };

    (void)state;
    for (size_t i = 0; i < COUNT(without); i++)
        refuse(&postino_proxy_socks5, NULL, NULL, plain, 1, &without[i]);
    for (size_t i = 0; i < COUNT(offered); i++)
        refuse(&postino_proxy_socks5, "tim", "secret", login, 1, &offered[i]);
    for (size_t i = 0; i < COUNT(refused); i++)
        refuse(&postino_proxy_socks5, "tim", "secret", login, COUNT(login), &refused[i]);
}

/* An octet that comes with the reply to the choice of a login answers nothing. */
static void socks5_octets_between_steps_are_refused(void **state)
{
    static const struct peer_event events[] = {PROXY_CLIENT("\x05\x01\x00"), PROXY_SERVER("\x05\x00\x05")};
    static struct proxy_fixture fixture;

    (void)state;
    proxy_fixture_init(&fixture, &postino_proxy_socks5, NULL, NULL, events, COUNT(events));
    assert_int_equal(proxy_fixture_connect(&fixture), POSTINO_ERROR_PROXY_REPLY);
    assert_string_equal(fixture.proxy.text, "SOCKS5 proxy, CONNECT: octets follow the reply: is it SOCKS5?");
    proxy_fixture_failed(&fixture);
}

#define HTTP_MALFORMED "HTTP proxy, CONNECT: the reply is none of HTTP/1: check the proxy's protocol and port"

static void http_refusals_have_their_texts(void **state)
{
    static const struct peer_event request[] = {
        PROXY_CLIENT("CONNECT mail.test:587 HTTP/1.1\r\nHost: mail.test:587\r\n\r\n"),
    };
    static const struct refusal refusals[] = {
        REFUSAL("HTTP/1.1 407 Proxy Authentication Required\r\n", AUTHENTICATION, 407,
                "HTTP proxy, CONNECT: \"HTTP/1.1 407 Proxy Authentication Required\": it wants a login: give "
                "user name and password"),
        REFUSAL("HTTP/1.0 401 Unauthorized\r\n", AUTHENTICATION, 401,
                "HTTP proxy, CONNECT: \"HTTP/1.0 401 Unauthorized\": it wants a login: give user name and "
                "password"),
        REFUSAL("HTTP/1.0 403 Filtered\r\n", REFUSED, 403,
                "HTTP proxy, CONNECT: \"HTTP/1.0 403 Filtered\": the proxy's rules forbid this server or "
                "port"),
        REFUSAL("HTTP/1.1 501\n", REFUSED, 501,
                "HTTP proxy, CONNECT: \"HTTP/1.1 501\": it does not make connections: check the proxy's host "
                "and port"),
        REFUSAL("HTTP/1.1 302 Found\r\n", REFUSED, 302,
                "HTTP proxy, CONNECT: \"HTTP/1.1 302 Found\": the proxy refuses this connection"),
        REFUSAL("HTTP/1.1 101 Switching\r\n", REFUSED, 101,
                "HTTP proxy, CONNECT: \"HTTP/1.1 101 Switching\": the proxy refuses this connection"),
        REFUSAL(
            "HTTP/1.1 502 \x1b[2J\x7f\xff\r\n", UNREACHABLE, 502,
            "HTTP proxy, CONNECT: \"HTTP/1.1 502 ?[2J??\": check the server's name and port, or try again "
            "later"),
        REFUSAL("HTTP/1.1 429 Slow\r\n", UNREACHABLE, 429,
                "HTTP proxy, CONNECT: \"HTTP/1.1 429 Slow\": check the server's name and port, or try again "
                "later"),
        REFUSAL("HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 999 x\r\n", REFUSED, 999,
                "HTTP proxy, CONNECT: \"HTTP/1.1 999 x\": the proxy refuses this connection"),
        REFUSAL("HTTP/1.1 503 0123456789012345678901234567890123456789012345678901234567890123456789012345678"
                "90123456789012345678901234567890123456789\r\n",
                UNREACHABLE, 503,
                "HTTP proxy, CONNECT: \"HTTP/1.1 503 01234567890123456789012345678901234567890123456789012345"
                "6789012345678901234\": check the server's name and port, or try again later"),
        REFUSAL("HTTP/1.1 099 x\r\n", REPLY, 0, HTTP_MALFORMED),
        REFUSAL("HTTP/1.1 20\r\n", REPLY, 0, HTTP_MALFORMED),
        REFUSAL("HTTP/1.1 20\n", REPLY, 0, HTTP_MALFORMED),
        REFUSAL("HTTP/1.1 2000 OK\r\n", REPLY, 0, HTTP_MALFORMED),
        REFUSAL("HTTP/1.1  200 OK\r\n", REPLY, 0, HTTP_MALFORMED),
        REFUSAL("HTTP/1.x 200 OK\r\n", REPLY, 0, HTTP_MALFORMED),
        REFUSAL("HTTP/2 200\r\n", REPLY, 0, HTTP_MALFORMED),
        REFUSAL("\r\n", REPLY, 0, HTTP_MALFORMED),
        REFUSAL("\n", REPLY, 0, HTTP_MALFORMED),
        REFUSAL("220 mail.test ESMTP\r\n", REPLY, 0, HTTP_MALFORMED),
        REFUSAL("\x05\xff", REPLY, 0, HTTP_MALFORMED),
        REFUSAL("HTTP/1.1 100 Go on\r\n\r\n220 x", REPLY, 0, HTTP_MALFORMED),
    };

    (void)state;
    for (size_t i = 0; i < COUNT(refusals); i++)
        refuse(&postino_proxy_http, NULL, NULL, request, COUNT(request), &refusals[i]);
}

static void http_login_is_refused(void **state)
{
    static const struct peer_event request[] = {
        PROXY_CLIENT("CONNECT mail.test:587 HTTP/1.1\r\nHost: mail.test:587\r\n"
                     "Proxy-Authorization: Basic dGltOnNlY3JldA==\r\n\r\n"),
    };
    static const struct refusal refusal = REFUSAL(
        "HTTP/1.1 407 No\r\n", AUTHENTICATION, 407,
        "HTTP proxy, CONNECT: \"HTTP/1.1 407 No\": it refused user name and password (Basic): check both");

    (void)state;
    refuse(&postino_proxy_http, "tim", "secret", request, COUNT(request), &refusal);
}

/* A reply of as many octets as there may be, and of one more: in one header line, in many interim replies. */
static void http_replies_end_after_8192_octets(void **state)
{
    static const char first[] = "HTTP/1.1 200 OK\r\nX: ";
    static const char interim[] = "HTTP/1.1 100 Go on\r\n\r\n";
    static struct proxy_fixture fixture;
    static uint8_t reply[POSTINO_PROXY_REPLY_OCTETS_MAX + 1];
    struct peer_event events[] = {
        PROXY_CLIENT("CONNECT mail.test:587 HTTP/1.1\r\nHost: mail.test:587\r\n\r\n"),
        {PEER_SERVER, reply, 0, 0, NULL},
    };

    (void)state;
    for (size_t octets = POSTINO_PROXY_REPLY_OCTETS_MAX; octets <= sizeof reply; octets++) {
        memset(reply, 'x', sizeof reply);
        memcpy(reply, first, sizeof first - 1);
        memcpy(reply + octets - 4, "\r\n\r\n", 4);
        events[1].length_octets = octets;
        proxy_fixture_init(&fixture, &postino_proxy_http, NULL, NULL, events, COUNT(events));
        if (octets == POSTINO_PROXY_REPLY_OCTETS_MAX) {
            assert_int_equal(proxy_fixture_connect(&fixture), 0);
            fixture.proxy.transport.methods->close(&fixture.proxy.transport, 0);
            fake_transport_free(&fixture.fake);
            continue;
        }
        assert_int_equal(proxy_fixture_connect(&fixture), POSTINO_ERROR_PROXY_REPLY);
        assert_non_null(strstr(fixture.proxy.text, "longer than 8192 octets"));
        assert_int_equal(fixture.proxy.reply_code, 0);
        proxy_fixture_failed(&fixture);
    }
    for (size_t at = 0; at < sizeof reply; at++)
        reply[at] = (uint8_t)interim[at % (sizeof interim - 1)];
    events[1].length_octets = sizeof reply;
    proxy_fixture_init(&fixture, &postino_proxy_http, NULL, NULL, events, COUNT(events));
    assert_int_equal(proxy_fixture_connect(&fixture), POSTINO_ERROR_PROXY_REPLY);
    proxy_fixture_failed(&fixture);
}

/* A proxy that refuses before it reads the request, and closes: its words count, not the break. */
static void words_of_a_proxy_that_hangs_up_are_told(void **state)
{
    static const struct peer_event refused[] = {
        PROXY_SERVER("HTTP/1.0 403 Access denied\r\n\r\n"),
        PROXY_CLIENT("CONNECT mail.test:587 HTTP/1.1\r\nHost: mail.test:587\r\n\r\n"),
    };
    static const struct peer_event odd[] = {
        PROXY_SERVER("HTTP/1.0 200 OK\r\n\r\n"),
        PROXY_CLIENT("CONNECT mail.test:587 HTTP/1.1\r\nHost: mail.test:587\r\n\r\n"),
    };
    static struct proxy_fixture fixture;

    (void)state;
    proxy_fixture_init(&fixture, &postino_proxy_http, NULL, NULL, refused, COUNT(refused));
    fixture.fake.cuts = 1;
    fixture.fake.cut_octets = 5;
    fixture.fake.peer.interruptible = 1;
    assert_int_equal(proxy_fixture_connect(&fixture), POSTINO_ERROR_PROXY_REFUSED);
    assert_int_equal(fixture.proxy.reply_code, 403);
    assert_non_null(strstr(fixture.proxy.text, "\"HTTP/1.0 403 Access denied\""));
    proxy_fixture_failed(&fixture);
    /* The octets that arrived are no refusal: the break is the error. */
    proxy_fixture_init(&fixture, &postino_proxy_http, NULL, NULL, odd, COUNT(odd));
    fixture.fake.cuts = 1;
    fixture.fake.cut_octets = 5;
    fixture.fake.peer.interruptible = 1;
    assert_int_equal(proxy_fixture_connect(&fixture), POSTINO_ERROR_SEND);
    assert_int_equal(fixture.proxy.reply_code, 0);
    proxy_fixture_failed(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(socks5_refusals_have_their_texts),
        cmocka_unit_test(socks5_logins_are_refused),
        cmocka_unit_test(socks5_octets_between_steps_are_refused),
        cmocka_unit_test(http_refusals_have_their_texts),
        cmocka_unit_test(http_login_is_refused),
        cmocka_unit_test(http_replies_end_after_8192_octets),
        cmocka_unit_test(words_of_a_proxy_that_hangs_up_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
