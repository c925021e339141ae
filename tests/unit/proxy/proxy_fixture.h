/* SPDX-License-Identifier: MIT */
#ifndef PROXY_FIXTURE_H
#define PROXY_FIXTURE_H

/* A proxy transport over a fake transport, whose peer plays the proxy. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fake_transport.h"
#include "postino/proxy.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define PROXY_TIMEOUT_MS 5000
#define PROXY_START_MS   0xfffffff0u /* the clock wraps soon */

#define PROXY_CLIENT(octets)                                                \
    {                                                                       \
        PEER_CLIENT, (const uint8_t *)(octets), sizeof(octets) - 1, 0, NULL \
    }
#define PROXY_SERVER(octets)                                                \
    {                                                                       \
        PEER_SERVER, (const uint8_t *)(octets), sizeof(octets) - 1, 0, NULL \
    }
#define PROXY_DELAY(ms)               \
    {                                 \
        PEER_DELAY, NULL, 0, ms, NULL \
    }
#define PROXY_EOF                  \
    {                              \
        PEER_EOF, NULL, 0, 0, NULL \
    }

struct proxy_fixture {
    struct fake_transport fake;
    struct postino_proxy proxy;
    struct postino_proxy_config config;
};

static inline void proxy_fixture_init(struct proxy_fixture *fixture,
                                      const struct postino_proxy_protocol *protocol, const char *user,
                                      const char *password, const struct peer_event *events, size_t count)
{
    fake_transport_init(&fixture->fake, events, count, PROXY_START_MS);
    memset(&fixture->config, 0, sizeof fixture->config);
    fixture->config.protocol = protocol;
    fixture->config.host = "mail.test";
    fixture->config.port = 587;
    fixture->config.user = user;
    fixture->config.password = password;
    assert_int_equal(postino_proxy_init(&fixture->proxy, &fixture->fake.transport, &fixture->config), 0);
}

static inline int proxy_fixture_connect(struct proxy_fixture *fixture)
{
    struct postino_transport *transport = &fixture->proxy.transport;

    return transport->methods->connect(transport, PROXY_TIMEOUT_MS);
}

/* After a failure: nothing is open, nothing leaks, and the text tells no secret. */
static inline void proxy_fixture_failed(struct proxy_fixture *fixture)
{
    assert_string_equal(fixture->fake.breach, "");
    assert_int_equal(fixture->fake.live_buffers, 0);
    assert_int_equal(fixture->proxy.transport.unsent_octets, 0);
    assert_int_equal(fixture->fake.closes_graceful, 0);
    assert_true(fixture->fake.connects == 0 || fixture->fake.closes_abort == 1 ||
                fixture->fake.connect_error != 0);
    assert_true(strlen(fixture->proxy.text) > 20);
    assert_null(strstr(fixture->proxy.text, "secret"));
    fake_transport_free(&fixture->fake);
}

/* Receives until `expected` has come, as a caller of the transport does. */
static inline void proxy_fixture_expect(struct proxy_fixture *fixture, const char *expected)
{
    struct postino_transport *transport = &fixture->proxy.transport;
    char arrived[600] = "";
    size_t octets = 0;

    while (octets < strlen(expected)) {
        const uint8_t *data;
        size_t length;
        int status = transport->methods->receive(transport, &data, &length);

        if (status == POSTINO_AGAIN) {
            assert_int_equal(transport->methods->wait(transport, POSTINO_EVENT_READ, 1000), 0);
            continue;
        }
        assert_int_equal(status, 0);
        assert_true(octets + length < sizeof arrived);
        memcpy(arrived + octets, data, length);
        octets += length;
    }
    assert_string_equal(arrived, expected);
}

/* Sends, as a caller of the transport does. */
static inline void proxy_fixture_say(struct proxy_fixture *fixture, const char *text)
{
    struct postino_transport *transport = &fixture->proxy.transport;

    while (*text != '\0') {
        uint8_t *buffer;
        size_t room;
        int status;

        while ((status = transport->methods->reserve(transport, &buffer, &room)) == POSTINO_AGAIN)
            assert_int_equal(transport->methods->wait(transport, POSTINO_EVENT_WRITE, 1000), 0);
        assert_int_equal(status, 0);
        room = room < strlen(text) ? room : strlen(text);
        memcpy(buffer, text, room);
        text += room;
        status = transport->methods->send(transport, room);
        while (status == POSTINO_AGAIN) {
            assert_int_equal(transport->methods->wait(transport, POSTINO_EVENT_WRITE, 1000), 0);
            status = transport->methods->send(transport, 0);
        }
        assert_int_equal(status, 0);
    }
    assert_int_equal(transport->unsent_octets, 0);
}

#endif
