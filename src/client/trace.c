/* SPDX-License-Identifier: MIT */
/* A transport that shows the dialogue. Invariants: each octet is shown once, in the order of the dialogue,
 * when the session gives it to send() or receive() lends it. The transport behaves as the inner one does,
 * unsent_octets included. */
#include "postino/trace.h"

static struct postino_trace_transport *trace_of(struct postino_transport *transport)
{
    return (struct postino_trace_transport *)transport;
}

static int trace_connect(struct postino_transport *transport, uint32_t timeout_ms)
{
    struct postino_transport *inner = trace_of(transport)->inner;
    int error = inner->methods->connect(inner, timeout_ms);

    transport->unsent_octets = inner->unsent_octets;
    transport->port = inner->port;
    return error;
}

static int trace_reserve(struct postino_transport *transport, uint8_t **buffer, size_t *capacity_octets)
{
    struct postino_trace_transport *trace = trace_of(transport);
    int status = trace->inner->methods->reserve(trace->inner, buffer, capacity_octets);

    trace->buffer = status == 0 ? *buffer : NULL;
    return status;
}

static int trace_send(struct postino_transport *transport, size_t length_octets)
{
    struct postino_trace_transport *trace = trace_of(transport);
    int status;

    /* A length of 0 sends octets that were shown before. */
    if (length_octets > 0) {
        int secret = postino_session_is_secret(trace->session);
        trace->function(trace->context, POSTINO_DIRECTION_CLIENT, secret ? NULL : trace->buffer,
                        secret ? 0 : length_octets);
    }
    status = trace->inner->methods->send(trace->inner, length_octets);
    transport->unsent_octets = trace->inner->unsent_octets;
    transport->moved = trace->inner->moved;
    trace->inner->moved = 0;
    return status;
}

static int trace_receive(struct postino_transport *transport, const uint8_t **data, size_t *length_octets)
{
    struct postino_trace_transport *trace = trace_of(transport);
    int status = trace->inner->methods->receive(trace->inner, data, length_octets);

    if (status == 0)
        trace->function(trace->context, POSTINO_DIRECTION_SERVER, *data, *length_octets);
    return status;
}

static int trace_wait(struct postino_transport *transport, unsigned events, uint32_t timeout_ms)
{
    struct postino_transport *inner = trace_of(transport)->inner;

    return inner->methods->wait(inner, events, timeout_ms);
}

static void trace_close(struct postino_transport *transport, int graceful)
{
    struct postino_transport *inner = trace_of(transport)->inner;

    inner->methods->close(inner, graceful);
    transport->unsent_octets = inner->unsent_octets;
}

static uint32_t trace_now_ms(struct postino_transport *transport)
{
    struct postino_transport *inner = trace_of(transport)->inner;

    return inner->methods->now_ms(inner);
}

static int trace_start_tls(struct postino_transport *transport, uint32_t timeout_ms)
{
    struct postino_transport *inner = trace_of(transport)->inner;
    int status = inner->methods->start_tls != NULL ? inner->methods->start_tls(inner, timeout_ms)
                                                   : POSTINO_ERROR_TLS_UNAVAILABLE;

    transport->unsent_octets = inner->unsent_octets;
    return status;
}

static const struct postino_tls_info *trace_tls(struct postino_transport *transport)
{
    struct postino_transport *inner = trace_of(transport)->inner;

    return inner->methods->tls != NULL ? inner->methods->tls(inner) : NULL;
}

static const struct postino_transport_class trace_methods = {
    .connect = trace_connect,
    .reserve = trace_reserve,
    .send = trace_send,
    .receive = trace_receive,
    .wait = trace_wait,
    .close = trace_close,
    .now_ms = trace_now_ms,
    .start_tls = trace_start_tls,
    .tls = trace_tls,
};

void postino_trace_transport_init(struct postino_trace_transport *trace, struct postino_transport *inner,
                                  const struct postino_session *session, postino_trace_function function,
                                  void *context)
{
    trace->transport.methods = &trace_methods;
    trace->transport.unsent_octets = 0;
    trace->transport.moved = 0;
    trace->inner = inner;
    trace->session = session;
    trace->function = function;
    trace->context = context;
    trace->buffer = NULL;
}
