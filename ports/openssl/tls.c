/* SPDX-License-Identifier: MIT */
/* TLS as a transport over a transport. OpenSSL reads and writes memory; this file moves the octets to and
 * from the inner transport. Invariants: a record is made only when the inner transport has taken the whole
 * record before it. The text of a record counts as unsent until its last octet is sent, because the peer
 * cannot read a part of a record. */
#include "tls_internal.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <string.h>

#define TLS_FAREWELL_MS 1000

static struct postino_tls_openssl *tls_of(struct postino_transport *transport)
{
    return (struct postino_tls_openssl *)transport;
}

static int tls_connect_once(struct postino_tls_openssl *tls, uint32_t began_ms, uint32_t timeout_ms)
{
    struct postino_transport *inner = tls->inner;
    uint32_t passed_ms = inner->methods->now_ms(inner) - began_ms;
    int error = inner->methods->connect(inner, passed_ms < timeout_ms ? timeout_ms - passed_ms : 0);

    tls->transport.port = inner->port;
    if (error != 0 || tls->config->mode == POSTINO_TLS_MODE_STARTTLS)
        return error;
    error = tls_openssl_handshake(tls, began_ms, timeout_ms);
    if (error != 0) {
        tls_openssl_free(tls);
        inner->methods->close(inner, 0);
    }
    return error;
}

static int tls_connect(struct postino_transport *transport, uint32_t timeout_ms)
{
    struct postino_tls_openssl *tls = tls_of(transport);
    uint32_t began_ms = tls->inner->methods->now_ms(tls->inner);
    int unresumable = tls->unresumable;
    int error;

    tls->text[0] = '\0';
    transport->unsent_octets = 0;
    error = tls_connect_once(tls, began_ms, timeout_ms);
    if (error != 0 && tls->unresumable && !unresumable)
        error = tls_connect_once(tls, began_ms, timeout_ms);
    return error == POSTINO_AGAIN || error == POSTINO_ERROR_TIMEOUT ? POSTINO_ERROR_CONNECT_TIMEOUT : error;
}

static int tls_start_tls(struct postino_transport *transport, uint32_t timeout_ms)
{
    struct postino_tls_openssl *tls = tls_of(transport);

    if (tls->info.version != NULL)
        return POSTINO_ERROR_STATE;
    return tls_openssl_handshake(tls, tls->inner->methods->now_ms(tls->inner), timeout_ms);
}

static int tls_reserve(struct postino_transport *transport, uint8_t **buffer, size_t *capacity_octets)
{
    struct postino_tls_openssl *tls = tls_of(transport);
    int status;

    if (tls->connection == NULL)
        return tls->inner->methods->reserve(tls->inner, buffer, capacity_octets);
    /* OpenSSL may have something of its own to say. */
    status = tls_openssl_flush_or_keep(tls);
    *buffer = tls->send_buffer;
    *capacity_octets = sizeof tls->send_buffer;
    return status;
}

static int tls_send(struct postino_transport *transport, size_t length_octets)
{
    struct postino_tls_openssl *tls = tls_of(transport);
    size_t written;
    int status;

    if (tls->connection == NULL) {
        status = tls_openssl_inner_send(tls, length_octets);
        transport->unsent_octets = tls->inner->unsent_octets;
        return status;
    }
    if (length_octets != 0) {
        transport->unsent_octets = length_octets;
        ERR_clear_error();
        if (SSL_write_ex(tls->connection, tls->send_buffer, length_octets, &written) != 1)
            return tls_openssl_reason(tls, POSTINO_ERROR_SEND);
        OPENSSL_cleanse(tls->send_buffer, length_octets);
    }
    status = tls_openssl_flush_or_keep(tls);
    if (tls->send_error == 0 && BIO_ctrl_pending(SSL_get_wbio(tls->connection)) == 0 &&
        tls->inner->unsent_octets == 0)
        transport->unsent_octets = 0;
    return status;
}

static int tls_receive(struct postino_transport *transport, const uint8_t **data, size_t *length_octets)
{
    struct postino_tls_openssl *tls = tls_of(transport);
    size_t filled_octets = 0;
    int status;

    if (tls->connection == NULL)
        return tls->inner->methods->receive(tls->inner, data, length_octets);
    /* The handshake goes on first. */
    if (tls->info.version == NULL)
        return POSTINO_AGAIN;
    *data = tls->receive_buffer;
    for (;;) {
        ERR_clear_error();
        tls->readable =
            SSL_read_ex(tls->connection, tls->receive_buffer, sizeof tls->receive_buffer, length_octets) == 1;
        if (tls->readable)
            return POSTINO_OK;
        status = SSL_get_error(tls->connection, 0);
        if (status == SSL_ERROR_ZERO_RETURN)
            return tls->send_error != 0 ? tls->send_error : POSTINO_ERROR_CLOSED;
        if (status != SSL_ERROR_WANT_READ)
            return tls_openssl_reason(tls, POSTINO_ERROR_TLS_RECORD);
        /* A peer may send records without text for ever (key updates, tickets, requests). So the caller
         * looks at the time after each portion, and OpenSSL's answers leave before more is read. */
        status =
            filled_octets < TLS_OPENSSL_RECORD_OCTETS ? tls_openssl_fill(tls, &filled_octets) : POSTINO_AGAIN;
        if (status != 0)
            break;
    }
    if (status > 0)
        (void)tls_openssl_flush_or_keep(tls);
    return status < 0 && tls->send_error != 0 ? tls->send_error : status;
}

static int tls_wait(struct postino_transport *transport, unsigned events, uint32_t timeout_ms)
{
    struct postino_tls_openssl *tls = tls_of(transport);

    if (tls->connection != NULL) {
        if ((events & POSTINO_EVENT_READ) != 0 && tls->readable)
            return POSTINO_OK;
        events = tls_openssl_events(tls, events);
    }
    return tls->inner->methods->wait(tls->inner, events, timeout_ms);
}

/* Says close_notify, in bounded time. */
static void tls_farewell(struct postino_tls_openssl *tls)
{
    struct postino_transport *inner = tls->inner;
    uint32_t began_ms = inner->methods->now_ms(inner);
    uint32_t passed_ms = 0;

    (void)SSL_shutdown(tls->connection);
    while (tls_openssl_flush(tls) == POSTINO_AGAIN && passed_ms < TLS_FAREWELL_MS &&
           inner->methods->wait(inner, POSTINO_EVENT_WRITE, TLS_FAREWELL_MS - passed_ms) == 0)
        passed_ms = inner->methods->now_ms(inner) - began_ms;
}

static void tls_close(struct postino_transport *transport, int graceful)
{
    struct postino_tls_openssl *tls = tls_of(transport);

    if (tls->connection != NULL && graceful != 0)
        tls_farewell(tls);
    tls_openssl_free(tls);
    transport->unsent_octets = 0;
    tls->inner->methods->close(tls->inner, graceful);
}

static uint32_t tls_now_ms(struct postino_transport *transport)
{
    struct postino_transport *inner = tls_of(transport)->inner;

    return inner->methods->now_ms(inner);
}

static const struct postino_tls_info *tls_info(struct postino_transport *transport)
{
    return &tls_of(transport)->info;
}

static const struct postino_transport_class tls_methods = {
    .connect = tls_connect,
    .reserve = tls_reserve,
    .send = tls_send,
    .receive = tls_receive,
    .wait = tls_wait,
    .close = tls_close,
    .now_ms = tls_now_ms,
    .start_tls = tls_start_tls,
    .tls = tls_info,
};

int postino_tls_openssl_init_sized(struct postino_tls_openssl *tls, size_t tls_octets,
                                   struct postino_transport *inner, const struct postino_tls_config *config)
{
    if (tls == NULL || inner == NULL || config == NULL)
        return POSTINO_ERROR_ARGUMENT;
    if (tls_octets != sizeof *tls)
        return POSTINO_ERROR_OBJECT_SIZE;
    memset(tls, 0, sizeof *tls);
    tls->transport.methods = &tls_methods;
    tls->inner = inner;
    tls->config = config;
    tls->info.text = tls->text;
    if (config->mode > POSTINO_TLS_MODE_STARTTLS || config->verify > POSTINO_TLS_VERIFY_NONE ||
        (config->verify == POSTINO_TLS_VERIFY_FULL && config->host_name == NULL) ||
        (config->verify == POSTINO_TLS_VERIFY_PIN && config->pin_count == 0) ||
        (config->pin_count != 0 && config->pins == NULL) ||
        (config->key_file != NULL && config->certificate_file == NULL))
        return POSTINO_ERROR_ARGUMENT;
    return tls_openssl_context(tls);
}

void postino_tls_openssl_end(struct postino_tls_openssl *tls)
{
    if (tls == NULL)
        return;
    tls_openssl_free(tls);
    SSL_SESSION_free(tls->session);
    SSL_CTX_free(tls->context);
    tls->session = NULL;
    tls->context = NULL;
}
