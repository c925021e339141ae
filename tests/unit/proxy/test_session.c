/* SPDX-License-Identifier: MIT */
/* Tests mails through a proxy, octets that the server sent before they are asked for, and a transport that is
 * used again. */
#include "proxy_fixture.h"

#include "postino/client.h"

#define CONNECT_OCTETS "CONNECT mail.test:587 HTTP/1.1\r\nHost: mail.test:587\r\n\r\n"

static int send_mail(struct postino_transport *transport, struct postino_mail *mail)
{
    static struct postino_client client;
    static struct postino_recipient recipient;
    static struct postino_memory_source body;
    const struct postino_client_config config = {.ehlo_name = "pump.test", .tls = &postino_tls_none};

    memset(&recipient, 0, sizeof recipient);
    memset(mail, 0, sizeof *mail);
    recipient.address = "ann@mail.test";
    postino_memory_source_init(&body, "Hello\r\n", 7);
    mail->reverse_path = "bob@mail.test";
    mail->recipients = &recipient;
    mail->source = &body.source;
    assert_int_equal(postino_client_init(&client, transport, &config), 0);
    (void)postino_client_send(&client, mail);
    postino_client_quit(&client);
    return mail->result.error;
}

static void a_mail_goes_through(void **state)
{
    static const struct peer_event events[] = {
        PROXY_CLIENT(CONNECT_OCTETS),
        PROXY_SERVER("HTTP/1.1 200 OK\r\n\r\n220 mail.test\r\n"),
        PROXY_CLIENT("EHLO pump.test\r\n"),
        PROXY_SERVER("250 mail.test\r\n"),
        PROXY_CLIENT("MAIL FROM:<bob@mail.test>\r\n"),
        PROXY_SERVER("250 OK\r\n"),
        PROXY_CLIENT("RCPT TO:<ann@mail.test>\r\n"),
        PROXY_SERVER("250 OK\r\n"),
        PROXY_CLIENT("DATA\r\n"),
        PROXY_SERVER("354 Go on\r\n"),
        PROXY_CLIENT("Hello\r\n.\r\n"),
        PROXY_SERVER("250 OK\r\n"),
        PROXY_CLIENT("QUIT\r\n"),
        PROXY_SERVER("221 Bye\r\n"),
        PROXY_EOF,
    };
    static struct proxy_fixture fixture;
    struct postino_mail mail;

    (void)state;
    for (size_t piece = 0; piece < 3; piece++) {
        proxy_fixture_init(&fixture, &postino_proxy_http, NULL, NULL, events, COUNT(events));
        fixture.fake.peer.piece_octets = piece;
        fixture.fake.short_octets = piece;
        assert_int_equal(send_mail(&fixture.proxy.transport, &mail), 0);
        assert_int_equal(mail.result.outcome, POSTINO_OUTCOME_ACCEPTED);
        assert_string_equal(fixture.fake.peer.departure, "");
        assert_true(scripted_peer_heard_all(&fixture.fake.peer));
        assert_string_equal(fixture.fake.breach, "");
        assert_int_equal(fixture.fake.live_buffers, 0);
        fake_transport_free(&fixture.fake);
    }
}

static void a_mail_that_the_proxy_stops_is_not_attempted(void **state)
{
    static const struct peer_event events[] = {
        PROXY_CLIENT(CONNECT_OCTETS),
        PROXY_SERVER("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"),
    };
    static struct proxy_fixture fixture;
    struct postino_mail mail;

    (void)state;
    proxy_fixture_init(&fixture, &postino_proxy_http, NULL, NULL, events, COUNT(events));
    assert_int_equal(send_mail(&fixture.proxy.transport, &mail), POSTINO_ERROR_PROXY_AUTHENTICATION);
    assert_int_equal(mail.result.outcome, POSTINO_OUTCOME_NOT_ATTEMPTED);
    assert_int_equal(fixture.fake.connects, 1);
    proxy_fixture_failed(&fixture);
}

/* TLS with the proxy is none with the server: a client that requires TLS does not even connect, and others
 * connect to the proxy by TLS. */
static void tls_with_the_proxy_counts_as_none(void **state)
{
    static const struct peer_tls tls = {0, {.version = "TLSv1.3", .verified = 1, .text = ""}};
    static const struct peer_event events[] = {
        {PEER_TLS, NULL, 0, 0, &tls},
        PROXY_CLIENT(CONNECT_OCTETS),
        PROXY_SERVER("HTTP/1.1 200 OK\r\n\r\n220 mail.test\r\n"),
    };
    static const struct postino_client_config config = {.ehlo_name = "pump.test",
                                                        .tls = &postino_tls_required};
    static struct postino_client client;
    static struct proxy_fixture fixture;

    (void)state;
    proxy_fixture_init(&fixture, &postino_proxy_http, NULL, NULL, events, COUNT(events));
    fake_transport_offer_tls(&fixture.fake);
    assert_int_equal(postino_client_init(&client, &fixture.proxy.transport, &config),
                     POSTINO_ERROR_TLS_UNAVAILABLE);
    assert_null(fixture.proxy.transport.methods->tls);
    assert_null(fixture.proxy.transport.methods->start_tls);
    assert_int_equal(proxy_fixture_connect(&fixture), 0);
    assert_int_equal(fixture.fake.peer.handshakes, 1);
    proxy_fixture_expect(&fixture, "220 mail.test\r\n");
    fixture.proxy.transport.methods->close(&fixture.proxy.transport, 0);
    assert_string_equal(fixture.fake.breach, "");
    fake_transport_free(&fixture.fake);
}

/* Connects to a server that sends so many octets with the proxy's reply. */
static void connect_early(struct proxy_fixture *fixture, uint8_t *reply, struct peer_event *events,
                          size_t octets)
{
    static const char head[] = "HTTP/1.1 200 OK\r\n\r\n";

    memcpy(reply, head, sizeof head - 1);
    for (size_t i = 0; i < octets; i++)
        reply[sizeof head - 1 + i] = (uint8_t)('A' + i % 26);
    reply[sizeof head - 1 + octets] = '\0';
    events[1].data = reply;
    events[1].length_octets = sizeof head - 1 + octets;
    proxy_fixture_init(fixture, &postino_proxy_http, NULL, NULL, events, 3);
    assert_int_equal(proxy_fixture_connect(fixture), 0);
}

/* A caller who sends first, as TLS does, loses nothing that arrived before. */
static void octets_that_arrived_outlive_a_send(void **state)
{
    static struct proxy_fixture fixture;
    static uint8_t reply[600];
    struct peer_event events[] = {
        PROXY_CLIENT(CONNECT_OCTETS), {PEER_SERVER, NULL, 0, 0, NULL}, PROXY_CLIENT("hello")};
    struct postino_transport *transport = &fixture.proxy.transport;
    const size_t head = strlen("HTTP/1.1 200 OK\r\n\r\n");
    unsigned waits;
    uint8_t *buffer;
    size_t room;

    (void)state;
    for (size_t octets = 1; octets <= POSTINO_PROXY_KEPT_OCTETS; octets++) {
        connect_early(&fixture, reply, events, octets);
        /* Not readable: what is waited for is not that. */
        assert_int_equal(transport->methods->wait(transport, POSTINO_EVENT_WRITE, 10), 0);
        proxy_fixture_say(&fixture, "hello");
        assert_int_equal(transport->methods->wait(transport, POSTINO_EVENT_READ, 10), 0);
        proxy_fixture_expect(&fixture, (const char *)reply + head);
        transport->methods->close(transport, 0);
        assert_string_equal(fixture.fake.breach, "");
        assert_string_equal(fixture.fake.peer.departure, "");
        fake_transport_free(&fixture.fake);
    }
    connect_early(&fixture, reply, events, POSTINO_PROXY_KEPT_OCTETS + 1);
    /* Readable at once: nobody below is asked. Afterwards somebody is. */
    waits = fixture.fake.waits;
    assert_int_equal(transport->methods->wait(transport, POSTINO_EVENT_READ, 10), 0);
    assert_int_equal(fixture.fake.waits, waits);
    assert_int_equal(transport->methods->reserve(transport, &buffer, &room), POSTINO_ERROR_BUFFER);
    assert_non_null(strstr(fixture.proxy.text, "does its port speak TLS at once?"));
    assert_int_equal(transport->methods->wait(transport, POSTINO_EVENT_WRITE, 10), POSTINO_ERROR_BUFFER);
    /* A caller that receives gets all of it, and may go on. */
    proxy_fixture_expect(&fixture, (const char *)reply + head);
    proxy_fixture_say(&fixture, "hello");
    assert_int_equal(transport->methods->wait(transport, POSTINO_EVENT_READ, 10), 0);
    assert_int_equal(fixture.fake.waits, waits + 1);
    transport->methods->close(transport, 0);
    fake_transport_free(&fixture.fake);
}

/* Whether the memory has the text. */
static int has_text(const void *memory, size_t octets, const char *text)
{
    const char *at = memory;
    size_t length = strlen(text);

    for (size_t i = 0; i + length <= octets; i++)
        if (memcmp(at + i, text, length) == 0)
            return 1;
    return 0;
}

/* The transport below wipes short sends. The longest login leaves in such, and the object keeps no copy. */
static void a_login_leaves_in_short_pieces(void **state)
{
    static struct proxy_fixture fixture;
    static char login[POSTINO_PROXY_HTTP_OCTETS_MAX + 1];
    static char request[12000];
    static const struct peer_event reply = PROXY_SERVER("HTTP/1.1 200 OK\r\n\r\n");
    struct peer_event events[2] = {{PEER_CLIENT, (const uint8_t *)request, 0, 0, NULL}, reply};
    size_t octets;

    (void)state;
    memset(login, 'x', sizeof login - 1);
    octets = (size_t)snprintf(request, sizeof request,
                              "CONNECT mail.test:587 HTTP/1.1\r\nHost: mail.test:587\r\n"
                              "Proxy-Authorization: Basic ");
    for (size_t i = 0; i < 4095; i += 3, octets += 4)
        memcpy(request + octets, "eHh4", 4);
    memcpy(request + octets, "eDp4", 4); /* "x:x" */
    octets += 4;
    for (size_t i = 0; i < 4095; i += 3, octets += 4)
        memcpy(request + octets, "eHh4", 4);
    memcpy(request + octets, "\r\n\r\n", 4);
    events[0].length_octets = octets + 4;
    proxy_fixture_init(&fixture, &postino_proxy_http, login, login, events, 2);
    fixture.fake.capacity_octets = 16384;
    assert_int_equal(proxy_fixture_connect(&fixture), 0);
    assert_string_equal(fixture.fake.peer.departure, "");
    assert_int_equal(fixture.fake.reserves, (octets + 4 + 511) / 512);
    assert_false(has_text(&fixture.proxy, sizeof fixture.proxy, "xxxx"));
    assert_false(has_text(&fixture.proxy, sizeof fixture.proxy, "eHh4"));
    fixture.proxy.transport.methods->close(&fixture.proxy.transport, 0);
    fake_transport_free(&fixture.fake);
}

/* Octets of a connection that was closed are not the next one's. */
static void a_transport_can_be_used_again(void **state)
{
    static const struct peer_event refused[] = {
        PROXY_CLIENT(CONNECT_OCTETS),
        PROXY_SERVER("HTTP/1.1 407 No\r\n\r\n"),
    };
    static const struct peer_event taken[] = {
        PROXY_CLIENT("CONNECT mail.test:587 HTTP/1.1\r\nHost: mail.test:587\r\n"
                     "Proxy-Authorization: Basic dGltOnNlY3JldA==\r\n\r\n"),
        PROXY_SERVER("HTTP/1.1 200 OK\r\n\r\n220 one\r\n"),
    };
    static struct proxy_fixture fixture;
    struct postino_transport *transport = &fixture.proxy.transport;

    (void)state;
    proxy_fixture_init(&fixture, &postino_proxy_http, NULL, NULL, refused, COUNT(refused));
    assert_int_equal(proxy_fixture_connect(&fixture), POSTINO_ERROR_PROXY_AUTHENTICATION);
    /* A login that cannot be sent is found at connect(), before anything is opened. */
    fixture.config.user = "a:b";
    fixture.config.password = "secret";
    assert_int_equal(proxy_fixture_connect(&fixture), POSTINO_ERROR_PROXY_CREDENTIALS);
    assert_int_equal(fixture.fake.connects, 1);
    fixture.config.user = "tim";
    for (unsigned i = 0; i < 2; i++) {
        scripted_peer_init(&fixture.fake.peer, taken, COUNT(taken), fixture.fake.now_ms);
        assert_int_equal(proxy_fixture_connect(&fixture), 0);
        assert_string_equal(fixture.proxy.text, "");
        if (i == 1)
            proxy_fixture_expect(&fixture, "220 one\r\n");
        transport->methods->close(transport, 1);
        transport->methods->close(transport, 1);
    }
    assert_int_equal(fixture.fake.closes_idle, 2);
    assert_string_equal(fixture.fake.breach, "");
    assert_int_equal(fixture.fake.live_buffers, 0);
    fake_transport_free(&fixture.fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mail_goes_through),
        cmocka_unit_test(a_mail_that_the_proxy_stops_is_not_attempted),
        cmocka_unit_test(tls_with_the_proxy_counts_as_none),
        cmocka_unit_test(octets_that_arrived_outlive_a_send),
        cmocka_unit_test(a_login_leaves_in_short_pieces),
        cmocka_unit_test(a_transport_can_be_used_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
