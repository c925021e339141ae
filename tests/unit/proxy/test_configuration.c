/* SPDX-License-Identifier: MIT */
/* Tests the configuration of a proxy: arguments, logins and hosts that are refused, and the forms in which a
 * host is sent. Invariant: a configuration that is refused makes no connection. */
#include "proxy_fixture.h"

/* Returns what init says to a server and a login. */
static int check(const struct postino_proxy_protocol *protocol, const char *host, const char *user,
                 const char *password)
{
    static struct fake_transport fake;
    static struct postino_proxy proxy;
    static struct postino_proxy_config config;

    config = (struct postino_proxy_config){protocol, host, 25, user, password};
    fake_transport_init(&fake, NULL, 0, 0);
    return postino_proxy_init(&proxy, &fake.transport, &config);
}

static void arguments_are_checked(void **state)
{
    static struct fake_transport fake;
    static struct postino_proxy proxy;
    static struct postino_proxy_config config;

    (void)state;
    fake_transport_init(&fake, NULL, 0, 0);
    config = (struct postino_proxy_config){&postino_proxy_http, "mail.test", 25, NULL, NULL};
    assert_int_equal(postino_proxy_init(&proxy, &fake.transport, &config), 0);
    assert_int_equal(postino_proxy_init_sized(NULL, sizeof proxy, &fake.transport, &config),
                     POSTINO_ERROR_ARGUMENT);
    assert_int_equal(postino_proxy_init(&proxy, NULL, &config), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(postino_proxy_init(&proxy, &fake.transport, NULL), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(postino_proxy_init_sized(&proxy, sizeof proxy - 1, &fake.transport, &config),
                     POSTINO_ERROR_OBJECT_SIZE);
    config.port = 0;
    assert_int_equal(postino_proxy_init(&proxy, &fake.transport, &config), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(check(NULL, "mail.test", NULL, NULL), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(check(&postino_proxy_http, NULL, NULL, NULL), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(check(&postino_proxy_http, "mail.test", "tim", NULL), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(check(&postino_proxy_http, "mail.test", NULL, "secret"), POSTINO_ERROR_ARGUMENT);
}

static void logins_are_checked(void **state)
{
    static const struct postino_proxy_protocol *const protocols[] = {&postino_proxy_socks5,
                                                                     &postino_proxy_http};
    static const size_t most[] = {POSTINO_PROXY_SOCKS5_OCTETS_MAX, POSTINO_PROXY_HTTP_OCTETS_MAX};
    static char text[POSTINO_PROXY_HTTP_OCTETS_MAX + 2];

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        memset(text, 'x', sizeof text);
        text[most[i]] = '\0';
        assert_int_equal(check(protocols[i], "mail.test", text, text), 0);
        text[most[i]] = 'x';
        text[most[i] + 1] = '\0';
        assert_int_equal(check(protocols[i], "mail.test", text, "x"), POSTINO_ERROR_PROXY_CREDENTIALS);
        assert_int_equal(check(protocols[i], "mail.test", "x", text), POSTINO_ERROR_PROXY_CREDENTIALS);
        assert_int_equal(check(protocols[i], "mail.test", "x\r\nX: y", "x"), POSTINO_ERROR_PROXY_CREDENTIALS);
        assert_int_equal(check(protocols[i], "mail.test", "x", "\x7f"), POSTINO_ERROR_PROXY_CREDENTIALS);
        assert_int_equal(check(protocols[i], "mail.test", "x", "\x1f"), POSTINO_ERROR_PROXY_CREDENTIALS);
        assert_int_equal(check(protocols[i], "mail.test", "J\xc3\xbcrgen", ""), 0);
        assert_int_equal(check(protocols[i], "mail.test", "x", ":"), 0);
    }
    assert_int_equal(check(&postino_proxy_socks5, "mail.test", "a:b", "x"), 0);
    assert_int_equal(check(&postino_proxy_socks5, "mail.test", "", "x"), POSTINO_ERROR_PROXY_CREDENTIALS);
    assert_int_equal(check(&postino_proxy_http, "mail.test", "a:b", "x"), POSTINO_ERROR_PROXY_CREDENTIALS);
    assert_int_equal(check(&postino_proxy_http, "mail.test", "", "x"), 0);
}

static void hosts_are_checked(void **state)
{
    static const char *const wrong[] = {"",
                                        "mail test",
                                        "mail.test\r\nX: y",
                                        "a@b",
                                        "a/b",
                                        "a:25",
                                        "[::1]",
                                        ":",
                                        ":::",
                                        "1::2::3",
                                        "::1%eth0",
                                        "1:2:3",
                                        "12345::",
                                        "::g",
                                        "1:2:3:4:5:6:7:8:9",
                                        "1:2:3:4:5:6:7:8::",
                                        "::1:",
                                        "::1.2.3",
                                        "::1.2.3.256",
                                        "1:2:3:4:5:6:7:1.2.3.4",
                                        "m\xc3\xbcller.test"};
    static char host[POSTINO_PROXY_HOST_OCTETS_MAX + 2];

    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_int_equal(check(&postino_proxy_http, wrong[i], NULL, NULL), POSTINO_ERROR_PROXY_HOST);
    memset(host, 'a', POSTINO_PROXY_HOST_OCTETS_MAX);
    assert_int_equal(check(&postino_proxy_http, host, NULL, NULL), 0);
    host[POSTINO_PROXY_HOST_OCTETS_MAX] = 'a';
    assert_int_equal(check(&postino_proxy_http, host, NULL, NULL), POSTINO_ERROR_PROXY_HOST);
}

/* The forms of a host in SOCKS5 and HTTP. */
static void hosts_are_sent_as_their_kind(void **state)
{
    static const struct {
        const char *host;
        const char *socks5; /* kind and address */
        size_t octets;
        const char *http;
    } cases[] = {
        {"10.1.2.255", "\x01\x0a\x01\x02\xff", 5, "10.1.2.255:25"},
        {"10.1.2.256",
         "\x03\x0a"
         "10.1.2.256",
         12, "10.1.2.256:25"},
        {"10.1.2.01",
         "\x03\x09"
         "10.1.2.01",
         11, "10.1.2.01:25"},
        {"10.1.2",
         "\x03\x06"
         "10.1.2",
         8, "10.1.2:25"},
        {"a_b-c.test",
         "\x03\x0a"
         "a_b-c.test",
         12, "a_b-c.test:25"},
        {"::1", "\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01", 17, "[::1]:25"},
        {"::", "\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 17, "[::]:25"},
        {"2001:DB8::", "\x04\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\0", 17, "[2001:DB8::]:25"},
        {"2001:db8::a:b", "\x04\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\x0a\0\x0b", 17, "[2001:db8::a:b]:25"},
        {"1:2:3:4:5:6:7:8", "\x04\0\x01\0\x02\0\x03\0\x04\0\x05\0\x06\0\x07\0\x08", 17,
         "[1:2:3:4:5:6:7:8]:25"},
        {"1:2:3:4:5:6:7::", "\x04\0\x01\0\x02\0\x03\0\x04\0\x05\0\x06\0\x07\0\0", 17, "[1:2:3:4:5:6:7::]:25"},
        {"::ffff:1.2.3.4", "\x04\0\0\0\0\0\0\0\0\0\0\xff\xff\x01\x02\x03\x04", 17, "[::ffff:1.2.3.4]:25"},
        {"1:2:3:4:5:6:1.2.3.4", "\x04\0\x01\0\x02\0\x03\0\x04\0\x05\0\x06\x01\x02\x03\x04", 17,
         "[1:2:3:4:5:6:1.2.3.4]:25"},
    };
    static struct proxy_fixture fixture;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char http[200];
        uint8_t socks5[64] = {5, 1, 0};
        struct peer_event events[] = {
            PROXY_CLIENT("\x05\x01\x00"),
            PROXY_SERVER("\x05\x00"),
            {PEER_CLIENT, socks5, cases[i].octets + 5, 0, NULL},
            PROXY_SERVER("\x05\x01"),
        };
        struct peer_event http_events[] = {
            {PEER_CLIENT, (const uint8_t *)http, 0, 0, NULL},
            PROXY_SERVER("HTTP/1.1 502 No\r\n"),
        };

        memcpy(socks5 + 3, cases[i].socks5, cases[i].octets);
        socks5[cases[i].octets + 4] = 25;
        proxy_fixture_init(&fixture, &postino_proxy_socks5, NULL, NULL, events, COUNT(events));
        fixture.config.host = cases[i].host;
        fixture.config.port = 25;
        assert_int_equal(proxy_fixture_connect(&fixture), POSTINO_ERROR_PROXY_UNREACHABLE);
        assert_string_equal(fixture.fake.peer.departure, "");
        proxy_fixture_failed(&fixture);
        (void)snprintf(http, sizeof http, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", cases[i].http,
                       cases[i].http);
        http_events[0].length_octets = strlen(http);
        proxy_fixture_init(&fixture, &postino_proxy_http, NULL, NULL, http_events, COUNT(http_events));
        fixture.config.host = cases[i].host;
        fixture.config.port = 25;
        assert_int_equal(proxy_fixture_connect(&fixture), POSTINO_ERROR_PROXY_UNREACHABLE);
        assert_string_equal(fixture.fake.peer.departure, "");
        proxy_fixture_failed(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_are_checked),
        cmocka_unit_test(logins_are_checked),
        cmocka_unit_test(hosts_are_checked),
        cmocka_unit_test(hosts_are_sent_as_their_kind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
