/* SPDX-License-Identifier: MIT */
/* The transport of the services for many mails: the client's own transport, bounded by the service's wait
 * option, with counters. */
#define NX_SMTP_SOURCE_CODE
#include "nxd_smtp_client.h"

static NX_SMTP_SESSION *bounded_of(struct postino_transport *transport)
{
    return ((NX_SMTP_CLIENT *)transport)->nx_smtp_client_session_ptr;
}

static int bounded_connect(struct postino_transport *transport, uint32_t timeout_ms)
{
    struct nx_smtp_transport *self = &((NX_SMTP_CLIENT *)transport)->nx_smtp_client_transport;
    NX_SMTP_SESSION *session = bounded_of(transport);
    int error;

    /* NX_NO_WAIT makes no connection, and no attempt at one. */
    self->status = NX_NOT_CONNECTED;
    if (self->patience == NX_NO_WAIT)
        return POSTINO_ERROR_CONNECT;
    error = session->nx_smtp_session_transport->connect(transport, timeout_ms);
    if (error == POSTINO_OK)
        session->nx_smtp_session_statistics.nx_smtp_statistics_connections++;
    else
        session->nx_smtp_session_statistics.nx_smtp_statistics_connection_failures++;
    return error;
}

static int bounded_reserve(struct postino_transport *transport, uint8_t **buffer, size_t *capacity_octets)
{
    NX_SMTP_SESSION *session = bounded_of(transport);

    if (_nx_smtp_transport_bound((NX_SMTP_CLIENT *)transport, &session->nx_smtp_session_client.session))
        return POSTINO_AGAIN;
    return session->nx_smtp_session_transport->reserve(transport, buffer, capacity_octets);
}

static int bounded_send(struct postino_transport *transport, size_t length_octets)
{
    NX_SMTP_SESSION *session = bounded_of(transport);

    session->nx_smtp_session_statistics.nx_smtp_statistics_octets_sent += (ULONG)length_octets;
    return session->nx_smtp_session_transport->send(transport, length_octets);
}

static int bounded_receive(struct postino_transport *transport, const uint8_t **data, size_t *length_octets)
{
    NX_SMTP_SESSION *session = bounded_of(transport);
    int status = session->nx_smtp_session_transport->receive(transport, data, length_octets);

    if (status == POSTINO_OK)
        session->nx_smtp_session_statistics.nx_smtp_statistics_octets_received += (ULONG)*length_octets;
    return status;
}

static int bounded_wait(struct postino_transport *transport, unsigned events, uint32_t timeout_ms)
{
    NX_SMTP_SESSION *session = bounded_of(transport);
    ULONG wait_option = session->nx_smtp_session_wait_option;
    ULONG passed = tx_time_get() - session->nx_smtp_session_start;

    if (wait_option != NX_WAIT_FOREVER) {
        if (passed >= wait_option)
            return POSTINO_AGAIN;
        wait_option -= passed;
        /* Waits that are longer may end early. */
        if (wait_option < (ULONG)INT32_MAX / 1000) {
            uint32_t limit_ms = (uint32_t)(wait_option * 1000 / NX_IP_PERIODIC_RATE);

            if (timeout_ms > limit_ms)
                timeout_ms = limit_ms;
        }
    }
    return session->nx_smtp_session_transport->wait(transport, events, timeout_ms);
}

VOID _nx_smtp_session_bound(NX_SMTP_SESSION *session_ptr, const struct postino_transport_class *methods)
{
    struct postino_transport_class *bounded = &session_ptr->nx_smtp_session_methods;

    session_ptr->nx_smtp_session_transport = methods;
    *bounded = *methods;
    bounded->connect = bounded_connect;
    bounded->reserve = bounded_reserve;
    bounded->send = bounded_send;
    bounded->receive = bounded_receive;
    bounded->wait = bounded_wait;
}
