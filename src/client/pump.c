/* SPDX-License-Identifier: MIT */
/* The loop that runs a session over a transport. Invariants: it never waits in a send, so it can always
 * take the server's replies. After a failed send it only listens: the server's reason may be on its way.
 * Octets that arrived are taken before a time limit is judged, by the time of before the look, so a caller
 * who comes late loses nothing. The time is the session's, because each stack frame of the pump lies below
 * the whole dialogue. */
#include "internal.h"

#include "../engine/state.h"

/* So often the pump looks for octets after a time limit has passed. That suffices for every reply that
 * arrived in time, and a peer that never ends its reply gets no more. A look right after a send may find
 * nothing (transport.h), so there are two at least. */
#define PUMP_LOOKS 255

/* Sends the session's output. Returns 0 when the session or the transport went on, else the transport's
 * status. */
static int pump_send(struct postino_session *session, struct postino_transport *transport)
{
    size_t unsent = transport->unsent_octets;
    size_t length = 0;
    int status;

    if (unsent == 0) {
        uint8_t *buffer;
        size_t capacity;

        status = transport->methods->reserve(transport, &buffer, &capacity);
        if (status != 0)
            return status;
        length = postino_session_output(session, buffer, capacity, session->now_ms);
        if (length == 0)
            return 0;
        unsent = length;
    }
    status = transport->methods->send(transport, length);
    /* The time after the send: the process may have stood still since the clock was read. */
    if (transport->unsent_octets < unsent || transport->moved) {
        session->now_ms = transport->methods->now_ms(transport);
        session->since_ms = session->now_ms;
    }
    transport->moved = 0;
    return status;
}

static int pump_receive(struct postino_session *session, struct postino_transport *transport)
{
    const uint8_t *data;
    size_t length;
    int status = transport->methods->receive(transport, &data, &length);

    if (status == 0)
        postino_session_input(session, data, length, session->now_ms);
    return status;
}

static int pump_end(struct postino_session *session, struct postino_transport *transport, int error)
{
    postino_session_lost(session, error, transport->unsent_octets);
    transport->methods->close(transport, (session->over & POSTINO_WANT_GRACEFUL) != 0);
    return session->result.error;
}

/* Takes received octets, and waits where there are none. `*late` counts the looks since a time limit
 * passed. Returns 0 to go on, the positive status of wait(), or the error that ends the session. */
static int pump_listen(struct postino_session *session, struct postino_transport *transport, int sent,
                       uint8_t *late)
{
    uint32_t wait_ms = postino_session_wait_ms(session, session->now_ms);
    int status;

    *late = (uint8_t)(wait_ms == 0 ? *late + 1 : 0);
    if (*late == PUMP_LOOKS)
        return POSTINO_ERROR_TIMEOUT;
    status = pump_receive(session, transport);
    if (status > 0) {
        /* The second look: nothing is left that arrived in time. */
        if (*late > 1)
            return POSTINO_ERROR_TIMEOUT;
        if (*late != 0)
            return POSTINO_OK;
        /* Octets that could not be sent wait for the peer, who may wait for us to read. */
        status = transport->methods->wait(
            transport, sent > 0 ? POSTINO_EVENT_READ | POSTINO_EVENT_WRITE : POSTINO_EVENT_READ, wait_ms);
    }
    return status;
}

int postino_pump_until(struct postino_session *session, struct postino_transport *transport, unsigned until)
{
    /* The last status of sending. An error stays. */
    int sent = POSTINO_OK;
    uint8_t late = 0;
    int status = POSTINO_OK;

    do {
        unsigned want;

        session->now_ms = transport->methods->now_ms(transport);
        want = session->strategy->want(session);
        if ((want & POSTINO_WANT_CLOSED) != 0)
            break;
        if (sent >= 0 && (transport->unsent_octets != 0 || (want & POSTINO_WANT_SEND) != 0)) {
            sent = pump_send(session, transport);
            if (sent == POSTINO_OK)
                continue;
        } else if (sent > 0) {
            sent = POSTINO_OK;
        }
        /* Without a buffer no command goes out, and so no reply can come. */
        if (sent == POSTINO_ERROR_BUFFER)
            break;
        if (sent >= 0 && (want & until) != 0)
            return POSTINO_OK;
        /* After the sending: a command's limit runs from its first octet, not from a pause before it. */
        status = pump_listen(session, transport, sent, &late);
        if (status > 0)
            return status;
    } while (status == POSTINO_OK);
    return pump_end(session, transport, sent < 0 ? sent : status);
}

/* The server accepted STARTTLS: runs the handshake. Returns 0 when the session can go on, else as the
 * transport. */
static int pump_start_tls(struct postino_session *session, struct postino_transport *transport)
{
    const struct postino_transport_class *methods = transport->methods;
    const struct postino_tls_info *info = methods->tls != NULL ? methods->tls(transport) : NULL;
    uint32_t now_ms = methods->now_ms(transport);
    const uint8_t *data;
    size_t length;
    int status;

    if (info == NULL || methods->start_tls == NULL)
        return POSTINO_ERROR_TLS_UNAVAILABLE;
    /* Octets that arrived before the handshake did not come from the authenticated server: the session
     * refuses them. */
    status = methods->receive(transport, &data, &length);
    if (status <= 0) {
        if (status == 0)
            postino_session_input(session, data, length, now_ms);
        return status;
    }
    status = methods->start_tls(transport, postino_session_wait_ms(session, now_ms));
    if (status == 0)
        postino_session_tls_started(session, info, methods->now_ms(transport));
    else if (status < 0)
        postino_session_tls_failed(session, status, info->text);
    return status;
}

int postino_pump(struct postino_session *session, struct postino_transport *transport, unsigned until)
{
    int status;

    do {
        status = postino_pump_until(session, transport, until | POSTINO_WANT_START_TLS);
        if (status != POSTINO_OK || (session->strategy->want(session) & POSTINO_WANT_START_TLS) == 0)
            return status;
        status = pump_start_tls(session, transport);
    } while (status == 0);
    return status > 0 ? status : pump_end(session, transport, status);
}
