/* SPDX-License-Identifier: MIT */
/* Tests the tracing transport around a transport that takes an octet at a time. Invariant: the trace shows
 * each sent octet once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "postino/trace.h"

struct stub {
    struct postino_transport transport;
    uint8_t buffer[16];
    char log[32]; /* the calls that came through: their first letters */
    int error;    /* what each of them returns, if not 0 */
};

static int stub_log(struct postino_transport *transport, char call)
{
    struct stub *stub = (struct stub *)transport;

    stub->log[strlen(stub->log)] = call;
    return stub->error;
}

static int stub_connect(struct postino_transport *transport, uint32_t timeout_ms)
{
    assert_int_equal(timeout_ms, 7);
    transport->unsent_octets = 0;
    return stub_log(transport, 'c');
}

static int stub_reserve(struct postino_transport *transport, uint8_t **buffer, size_t *capacity_octets)
{
    *buffer = ((struct stub *)transport)->buffer;
    *capacity_octets = sizeof((struct stub *)transport)->buffer;
    return stub_log(transport, 'r');
}

static int stub_send(struct postino_transport *transport, size_t length_octets)
{
    int error = stub_log(transport, 's');

    transport->unsent_octets += length_octets;
    if (error != 0)
        return error;
    transport->unsent_octets--;
    return transport->unsent_octets > 0 ? POSTINO_AGAIN : 0;
}

static int stub_receive(struct postino_transport *transport, const uint8_t **data, size_t *length_octets)
{
    *data = (const uint8_t *)"250";
    *length_octets = 3;
    return stub_log(transport, 'R');
}

static int stub_wait(struct postino_transport *transport, unsigned events, uint32_t timeout_ms)
{
    assert_int_equal(events, POSTINO_EVENT_READ | POSTINO_EVENT_WRITE);
    assert_int_equal(timeout_ms, 8);
    return stub_log(transport, 'w');
}

static void stub_close(struct postino_transport *transport, int graceful)
{
    (void)stub_log(transport, graceful ? 'q' : 'a');
}

static uint32_t stub_now_ms(struct postino_transport *transport)
{
    (void)stub_log(transport, 'n');
    return 9;
}

static const struct postino_transport_class stub_methods = {
    .connect = stub_connect,
    .reserve = stub_reserve,
    .send = stub_send,
    .receive = stub_receive,
    .wait = stub_wait,
    .close = stub_close,
    .now_ms = stub_now_ms,
};

static struct stub test_stub;
static struct postino_trace_transport test_trace;
static struct postino_session test_session;
static char test_shown[64];

static void test_show(void *context, enum postino_direction direction, const uint8_t *data,
                      size_t length_octets)
{
    size_t used = strlen(test_shown);

    assert_ptr_equal(context, test_shown);
    test_shown[used] = (char)direction;
    memcpy(test_shown + used + 1, data, length_octets);
}

static int set_up(void **state)
{
    static const struct postino_session_config config = {.ehlo_name = "client.test",
                                                         .time_limits = &postino_time_limits_rfc5321};

    (void)state;
    memset(&test_stub, 0, sizeof test_stub);
    memset(test_shown, 0, sizeof test_shown);
    test_stub.transport.methods = &stub_methods;
    postino_trace_transport_init(&test_trace, &test_stub.transport, &test_session, test_show, test_shown);
    return postino_session_init(&test_session, &config, 0);
}

static void octets_are_shown_once(void **state)
{
    struct postino_transport *transport = &test_trace.transport;
    const uint8_t *data;
    uint8_t *buffer;
    size_t octets;

    (void)state;
    assert_int_equal(transport->methods->reserve(transport, &buffer, &octets), 0);
    assert_ptr_equal(buffer, test_stub.buffer);
    assert_int_equal(octets, sizeof test_stub.buffer);
    memcpy(buffer, "NOOP", 4);
    for (size_t left = 4; left > 0; left--) {
        assert_int_equal(transport->methods->send(transport, left == 4 ? 4 : 0),
                         left > 1 ? POSTINO_AGAIN : 0);
        assert_int_equal(transport->unsent_octets, left - 1);
    }
    assert_int_equal(transport->methods->receive(transport, &data, &octets), 0);
    assert_int_equal(octets, 3);
    assert_string_equal(test_shown, "CNOOPS250");
    assert_string_equal(test_stub.log, "rssssR");
}

static void every_call_goes_through(void **state)
{
    struct postino_transport *transport = &test_trace.transport;

    (void)state;
    assert_int_equal(transport->methods->connect(transport, 7), 0);
    assert_int_equal(transport->methods->wait(transport, POSTINO_EVENT_READ | POSTINO_EVENT_WRITE, 8), 0);
    assert_int_equal(transport->methods->now_ms(transport), 9);
    transport->methods->close(transport, 0);
    transport->methods->close(transport, 1);
    assert_string_equal(test_stub.log, "cwnaq");
    assert_string_equal(test_shown, "");
}

static void errors_come_through(void **state)
{
    struct postino_transport *transport = &test_trace.transport;
    const uint8_t *data;
    uint8_t *buffer;
    size_t octets;

    (void)state;
    assert_int_equal(transport->methods->reserve(transport, &buffer, &octets), 0);
    test_stub.error = POSTINO_ERROR_SEND;
    assert_int_equal(transport->methods->send(transport, 2), POSTINO_ERROR_SEND);
    assert_int_equal(transport->unsent_octets, 2);
    test_stub.error = POSTINO_ERROR_CLOSED;
    memset(test_shown, 0, sizeof test_shown);
    assert_int_equal(transport->methods->receive(transport, &data, &octets), POSTINO_ERROR_CLOSED);
    assert_int_equal(transport->methods->reserve(transport, &buffer, &octets), POSTINO_ERROR_CLOSED);
    assert_int_equal(transport->methods->connect(transport, 7), POSTINO_ERROR_CLOSED);
    assert_int_equal(transport->unsent_octets, 0);
    assert_string_equal(test_shown, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(octets_are_shown_once, set_up),
        cmocka_unit_test_setup(every_call_goes_through, set_up),
        cmocka_unit_test_setup(errors_come_through, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
