/* SPDX-License-Identifier: MIT */
/* A transport through a proxy. Invariants: the proxy's handshake happens within connect(), so a mail's octets
 * leave only after the proxy has connected. `lent` points to octets of the server that the caller has not
 * received yet; no call reaches the inner transport while it points into the inner transport's memory. */
#include "proxy.h"

#include <string.h>

#include "text/text.h"

/* A request leaves in pieces of so many octets at most: the POSIX transport wipes short sends only. */
#define PROXY_PIECE_OCTETS 512

static struct postino_proxy *proxy_of(struct postino_transport *transport)
{
    return (struct postino_proxy *)transport;
}

/* Returns the rest of the time limit. */
static uint32_t proxy_left_ms(const struct postino_proxy *proxy, uint32_t began_ms, uint32_t timeout_ms)
{
    uint32_t passed_ms = proxy->inner->methods->now_ms(proxy->inner) - began_ms;

    return passed_ms < timeout_ms ? timeout_ms - passed_ms : 0;
}

/* Waits for one of the events. Returns 0 or an error. */
static int proxy_await(struct postino_proxy *proxy, unsigned events, uint32_t began_ms, uint32_t timeout_ms)
{
    uint32_t left_ms = proxy_left_ms(proxy, began_ms, timeout_ms);
    int status;

    if (left_ms == 0)
        return proxy_fail(proxy, POSTINO_ERROR_CONNECT_TIMEOUT, "the proxy did not answer in time");
    status = proxy->inner->methods->wait(proxy->inner, events, left_ms);
    if (status > 0)
        return proxy_fail(proxy, POSTINO_ERROR_CONNECT_TIMEOUT, "the caller's time limit expired");
    return status < 0 ? proxy_fail(proxy, status, "waiting for the proxy failed") : POSTINO_OK;
}

/* Sends the request of the step. Returns 0 or an error. */
static int proxy_ask(struct postino_proxy *proxy, uint32_t began_ms, uint32_t timeout_ms)
{
    struct postino_transport *inner = proxy->inner;
    struct proxy_writer writer = {NULL, 0, 0, 0, 0};
    size_t sent_octets = 0;
    int status;

    do {
        while ((status = inner->methods->reserve(inner, &writer.to, &writer.room)) > 0) {
            status = proxy_await(proxy, POSTINO_EVENT_WRITE, began_ms, timeout_ms);
            if (status != 0)
                return status;
        }
        if (status < 0)
            return proxy_fail(proxy, status, "sending to the proxy failed");
        if (writer.room > PROXY_PIECE_OCTETS)
            writer.room = PROXY_PIECE_OCTETS;
        writer.skip = sent_octets;
        writer.taken = 0;
        writer.total = 0;
        proxy->config->protocol->request(proxy, &writer);
        sent_octets += writer.taken;
        status = inner->methods->send(inner, writer.taken);
        while (status > 0) {
            status = proxy_await(proxy, POSTINO_EVENT_WRITE, began_ms, timeout_ms);
            if (status != 0)
                return status;
            status = inner->methods->send(inner, 0);
        }
        inner->moved = 0;
        if (status < 0)
            return proxy_fail(proxy, status, "sending to the proxy failed");
    } while (sent_octets < writer.total);
    return POSTINO_OK;
}

/* Takes the reply to the step's request. Octets that arrived are taken before the time is judged. Returns
 * enum proxy_status or an error. */
static int proxy_hear(struct postino_proxy *proxy, uint32_t began_ms, uint32_t timeout_ms)
{
    struct postino_transport *inner = proxy->inner;
    int status = PROXY_MORE;

    do {
        while (status == PROXY_MORE && proxy->lent_octets != 0) {
            status = proxy->config->protocol->reply(proxy, *proxy->lent);
            proxy->lent++;
            proxy->lent_octets--;
        }
        if (status != PROXY_MORE)
            return status;
        status = inner->methods->receive(inner, &proxy->lent, &proxy->lent_octets);
        if (status != 0)
            proxy->lent_octets = 0;
        if (status == POSTINO_ERROR_CLOSED)
            return proxy_fail(proxy, POSTINO_ERROR_PROXY_REPLY,
                              "the proxy closed the connection before its reply ended");
        if (status < 0)
            return proxy_fail(proxy, status, "receiving from the proxy failed");
        if (status > 0)
            status = proxy_await(proxy, POSTINO_EVENT_READ, began_ms, timeout_ms);
    } while (status == 0);
    return status;
}

/* Runs the steps of the protocol. Returns 0 or an error. */
static int proxy_handshake(struct postino_proxy *proxy, uint32_t began_ms, uint32_t timeout_ms)
{
    int status;

    proxy->step = proxy->config->protocol->first_step;
    do {
        int error = proxy_ask(proxy, began_ms, timeout_ms);

        if (error == POSTINO_ERROR_SEND) {
            /* The proxy's reason may have arrived: some refuse before they read the request. */
            status = proxy_hear(proxy, began_ms, 0);
            if (status <= POSTINO_ERROR_PROXY_REFUSED && status > POSTINO_ERROR_PROXY_REPLY)
                return status;
            proxy->reply_code = 0;
            return proxy_fail(proxy, error, "sending to the proxy failed");
        }
        if (error != 0)
            return error;
        status = proxy_hear(proxy, began_ms, timeout_ms);
        /* The proxy waits for the next request: it has nothing to say before. */
        if (status == PROXY_NEXT && proxy->lent_octets != 0)
            return proxy_fail(proxy, POSTINO_ERROR_PROXY_REPLY, "octets follow the reply: is it SOCKS5?");
    } while (status == PROXY_NEXT);
    return status == PROXY_DONE ? POSTINO_OK : status;
}

static int proxy_check(const struct postino_proxy_config *config);

static int proxy_connect(struct postino_transport *transport, uint32_t timeout_ms)
{
    struct postino_proxy *proxy = proxy_of(transport);
    struct postino_transport *inner = proxy->inner;
    uint32_t began_ms = inner->methods->now_ms(inner);
    int error = proxy_check(proxy->config);

    transport->unsent_octets = 0;
    transport->port = proxy->config->port;
    proxy->lent_octets = 0;
    proxy->reply_code = 0;
    proxy->text[0] = '\0';
    if (error != 0)
        return error;
    proxy->step = PROXY_STEP_CONNECTION;
    error = inner->methods->connect(inner, timeout_ms);
    if (error != 0)
        return proxy_fail(proxy, error, "the proxy cannot be reached: check the proxy's host and port");
    error = proxy_handshake(proxy, began_ms, timeout_ms);
    if (error != 0) {
        proxy->lent_octets = 0;
        inner->methods->close(inner, 0);
        inner->unsent_octets = 0;
    } else {
        proxy->text[0] = '\0';
    }
    return error;
}

/* The inner transport is about to be called: octets that it lent move into our memory. Returns 0 or an
 * error. */
static int proxy_keep(struct postino_proxy *proxy)
{
    if (proxy->lent_octets == 0 || proxy->lent == proxy->kept)
        return POSTINO_OK;
    if (proxy->lent_octets > sizeof proxy->kept) {
        proxy->step = PROXY_STEP_CONNECT;
        return proxy_fail(proxy, POSTINO_ERROR_BUFFER,
                          "the server spoke first: does its port speak TLS at once?");
    }
    memcpy(proxy->kept, proxy->lent, proxy->lent_octets);
    proxy->lent = proxy->kept;
    return POSTINO_OK;
}

static int proxy_reserve(struct postino_transport *transport, uint8_t **buffer, size_t *capacity_octets)
{
    struct postino_proxy *proxy = proxy_of(transport);
    int error = proxy_keep(proxy);

    return error != 0 ? error : proxy->inner->methods->reserve(proxy->inner, buffer, capacity_octets);
}

static int proxy_send(struct postino_transport *transport, size_t length_octets)
{
    struct postino_transport *inner = proxy_of(transport)->inner;
    int status = inner->methods->send(inner, length_octets);

    transport->unsent_octets = inner->unsent_octets;
    transport->moved = inner->moved;
    inner->moved = 0;
    return status;
}

static int proxy_receive(struct postino_transport *transport, const uint8_t **data, size_t *length_octets)
{
    struct postino_proxy *proxy = proxy_of(transport);

    if (proxy->lent_octets == 0)
        return proxy->inner->methods->receive(proxy->inner, data, length_octets);
    *data = proxy->lent;
    *length_octets = proxy->lent_octets;
    proxy->lent_octets = 0;
    return POSTINO_OK;
}

static int proxy_wait(struct postino_transport *transport, unsigned events, uint32_t timeout_ms)
{
    struct postino_proxy *proxy = proxy_of(transport);
    int error;

    if (proxy->lent_octets != 0 && (events & POSTINO_EVENT_READ) != 0)
        return POSTINO_OK;
    error = proxy_keep(proxy);
    return error != 0 ? error : proxy->inner->methods->wait(proxy->inner, events, timeout_ms);
}

static void proxy_close(struct postino_transport *transport, int graceful)
{
    struct postino_proxy *proxy = proxy_of(transport);

    proxy->lent_octets = 0;
    proxy->inner->methods->close(proxy->inner, graceful);
    transport->unsent_octets = proxy->inner->unsent_octets;
}

static uint32_t proxy_now_ms(struct postino_transport *transport)
{
    struct postino_transport *inner = proxy_of(transport)->inner;

    return inner->methods->now_ms(inner);
}

/* No start_tls and no tls: TLS of the inner transport ends at the proxy. */
static const struct postino_transport_class proxy_methods = {
    .connect = proxy_connect,
    .reserve = proxy_reserve,
    .send = proxy_send,
    .receive = proxy_receive,
    .wait = proxy_wait,
    .close = proxy_close,
    .now_ms = proxy_now_ms,
};

/* A name must not end the request line, or the host in it. */
static int proxy_host_is_valid(const char *host)
{
    uint8_t address[16];
    size_t length = strlen(host);

    if (length == 0 || length > POSTINO_PROXY_HOST_OCTETS_MAX)
        return 0;
    if (proxy_ipv6(host, address))
        return 1;
    for (; *host != '\0'; host++)
        if (!postino_is_alphanumeric((unsigned char)*host) && *host != '-' && *host != '.' && *host != '_')
            return 0;
    return 1;
}

/* RFC 7617 section 2 forbids control characters; RFC 1929 does not, and no keyboard has them. */
static int proxy_has_control(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            return 1;
    return 0;
}

static int proxy_check(const struct postino_proxy_config *config)
{
    if (config->protocol == NULL || config->host == NULL || config->port == 0 ||
        (config->user == NULL) != (config->password == NULL))
        return POSTINO_ERROR_ARGUMENT;
    if (!proxy_host_is_valid(config->host))
        return POSTINO_ERROR_PROXY_HOST;
    if (config->user == NULL)
        return POSTINO_OK;
    if (proxy_has_control(config->user) || proxy_has_control(config->password))
        return POSTINO_ERROR_PROXY_CREDENTIALS;
    return config->protocol->check(config);
}

int postino_proxy_init_sized(struct postino_proxy *proxy, size_t proxy_octets,
                             struct postino_transport *inner, const struct postino_proxy_config *config)
{
    if (proxy == NULL || inner == NULL || config == NULL)
        return POSTINO_ERROR_ARGUMENT;
    if (proxy_octets != sizeof *proxy)
        return POSTINO_ERROR_OBJECT_SIZE;
    memset(proxy, 0, sizeof *proxy);
    proxy->transport.methods = &proxy_methods;
    proxy->inner = inner;
    proxy->config = config;
    return proxy_check(config);
}
