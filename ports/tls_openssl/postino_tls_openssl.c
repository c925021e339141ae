/* SPDX-License-Identifier: MIT */
/* TLS as a transport over a transport. OpenSSL reads and writes memory; this file moves it to and from the inner
 * transport. Invariant: a record is made only when the one before has been handed on whole, and what it holds counts
 * as unsent until its last octet has been: of a part of a record the peer learns nothing. */
#include "tls_openssl.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <string.h>

#define TLS_FAREWELL_MS 1000

static struct postino_tls_openssl *tls_of(struct postino_transport *transport)
{
    return (struct postino_tls_openssl *)transport;
}

static void tls_free(struct postino_tls_openssl *tls)
{
    /* Else OpenSSL takes the session of a connection that did not end in the orderly way for unusable, which it is not
     * (RFC 5246 section 7.2.1); one that an alert ended is given up already. */
    if (tls->info.version != NULL)
        SSL_set_shutdown(tls->connection, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(tls->connection);
    tls->connection = NULL;
    tls->info.version = NULL;
    tls->info.cipher = NULL;
    tls->info.verified = 0;
    tls->info.resumed = 0;
    tls->info.certified = 0;
    memset(tls->info.bindings, 0, sizeof tls->info.bindings);
    OPENSSL_cleanse(tls->bindings, sizeof tls->bindings);
    /* What was not sent, and what was heard last. */
    OPENSSL_cleanse(tls->send_buffer, sizeof tls->send_buffer);
    OPENSSL_cleanse(tls->receive_buffer, sizeof tls->receive_buffer);
}

/* Hands on what OpenSSL has written. Returns 0 when nothing is left, or what the inner transport said. */
static int tls_flush(struct postino_tls_openssl *tls)
{
    struct postino_transport *inner = tls->inner;
    BIO *written = SSL_get_wbio(tls->connection);

    for (;;) {
        uint8_t *buffer;
        size_t capacity;
        size_t length = 0;
        int status;

        if (inner->unsent_octets == 0) {
            if (BIO_ctrl_pending(written) == 0)
                return POSTINO_OK;
            status = inner->methods->reserve(inner, &buffer, &capacity);
            if (status != 0)
                return status;
            if (BIO_read_ex(written, buffer, capacity, &length) != 1)
                return POSTINO_ERROR_SEND;
        }
        status = inner->methods->send(inner, length);
        if (status != 0)
            return status;
    }
}

/* The same, but a failure is kept back until nothing more is to be read: the alert that says why may be there. */
static int tls_flush_or_keep(struct postino_tls_openssl *tls)
{
    int status = tls->send_error == 0 ? tls_flush(tls) : POSTINO_AGAIN;

    if (status >= 0)
        return status;
    tls->send_error = status;
    return POSTINO_AGAIN;
}

/* Lets OpenSSL have what arrived. Returns 0, or what the inner transport said; the end of the stream is seen by
 * OpenSSL's next read. */
static int tls_fill(struct postino_tls_openssl *tls)
{
    BIO *arrived = SSL_get_rbio(tls->connection);
    const uint8_t *data;
    size_t length;
    size_t taken;
    int status = tls->inner->methods->receive(tls->inner, &data, &length);

    if (status == 0)
        return BIO_write_ex(arrived, data, length, &taken) == 1 && taken == length ? POSTINO_OK
                                                                                   : POSTINO_ERROR_RECEIVE;
    if (status == POSTINO_ERROR_CLOSED) {
        BIO_set_mem_eof_return(arrived, 0);
        return POSTINO_OK;
    }
    return status;
}

/* Makes the handshake, until `deadline_ms`. */
static int tls_shake_hands(struct postino_tls_openssl *tls, uint32_t began_ms, uint32_t timeout_ms)
{
    struct postino_transport *inner = tls->inner;

    for (;;) {
        unsigned events = POSTINO_EVENT_READ;
        uint32_t passed_ms;
        int result;
        int status;

        ERR_clear_error();
        result = SSL_do_handshake(tls->connection);
        status = tls_flush_or_keep(tls);
        if (result == 1 && status == 0)
            return POSTINO_OK;
        if (result != 1 && SSL_get_error(tls->connection, result) != SSL_ERROR_WANT_READ)
            return tls->error != 0 ? tls->error : tls_openssl_reason(tls, POSTINO_ERROR_TLS_HANDSHAKE);
        if (tls->send_error != 0 && result == 1)
            return POSTINO_OK; /* told when nothing more is to be read */
        if (status == POSTINO_AGAIN && tls->send_error == 0)
            events |= POSTINO_EVENT_WRITE;
        if (result != 1) {
            status = tls_fill(tls);
            if (status == 0)
                continue;
            if (status < 0)
                return tls->send_error != 0 ? tls->send_error : status;
        }
        passed_ms = inner->methods->now_ms(inner) - began_ms;
        if (passed_ms >= timeout_ms)
            return POSTINO_ERROR_TIMEOUT;
        status = inner->methods->wait(inner, events, timeout_ms - passed_ms);
        if (status != 0)
            return status;
    }
}

/* Makes the connection's state. Returns 0 or an error; on an error it is the caller's to free. */
static int tls_prepare(struct postino_tls_openssl *tls)
{
    BIO *arrived = BIO_new(BIO_s_mem());
    BIO *written = BIO_new(BIO_s_mem());

    tls->error = 0;
    tls->send_error = 0;
    tls->text[0] = '\0';
    tls->asked = 0;
    tls->offered = 0;
    tls->connection = SSL_new(tls->context);
    if (tls->connection == NULL || arrived == NULL || written == NULL) {
        BIO_free(arrived);
        BIO_free(written);
        return POSTINO_ERROR_TLS_CONFIG;
    }
    BIO_set_mem_eof_return(arrived, -1);
    BIO_set_mem_eof_return(written, -1);
    SSL_set_bio(tls->connection, arrived, written);
    SSL_set_app_data(tls->connection, tls);
    SSL_set_connect_state(tls->connection);
    return tls_openssl_expect(tls, tls->connection);
}

/* Some servers end the connection of whoever resumes a session (Dovecot 2.3 does where it asks for certificates), so
 * that none is offered again. What was found of a certificate, or a stall, is another matter. */
static void tls_give_up_session(struct postino_tls_openssl *tls, int error)
{
    if (error != POSTINO_ERROR_CLOSED && error != POSTINO_ERROR_RECEIVE && error != POSTINO_ERROR_SEND &&
        error != POSTINO_ERROR_TLS_HANDSHAKE && error != POSTINO_ERROR_TLS_REFUSED)
        return;
    tls->unresumable = 1;
    SSL_SESSION_free(tls->session);
    tls->session = NULL;
}

/* The handshake, or the rest of one that the inner transport's patience interrupted. */
static int tls_handshake(struct postino_tls_openssl *tls, uint32_t began_ms, uint32_t timeout_ms)
{
    int error = tls->connection == NULL ? tls_prepare(tls) : POSTINO_OK;

    if (error == 0)
        error = tls_shake_hands(tls, began_ms, timeout_ms);
    if (error == 0)
        error = tls_openssl_inspect(tls);
    if (error < 0) {
        if (tls->offered)
            tls_give_up_session(tls, error);
        /* The alert says why; whether it arrives is the server's concern. */
        if (tls->connection != NULL && SSL_get_wbio(tls->connection) != NULL)
            (void)tls_flush(tls);
        tls_free(tls);
    }
    /* What follows the server's last message may have come along with it. */
    tls->readable = error == 0;
    return error;
}

static int tls_connect_once(struct postino_tls_openssl *tls, uint32_t began_ms, uint32_t timeout_ms)
{
    struct postino_transport *inner = tls->inner;
    uint32_t passed_ms = inner->methods->now_ms(inner) - began_ms;
    int error = inner->methods->connect(inner, passed_ms < timeout_ms ? timeout_ms - passed_ms : 0);

    if (error != 0 || tls->config->mode == POSTINO_TLS_MODE_STARTTLS)
        return error;
    error = tls_handshake(tls, began_ms, timeout_ms);
    if (error != 0) {
        tls_free(tls);
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
    return tls_handshake(tls, tls->inner->methods->now_ms(tls->inner), timeout_ms);
}

static int tls_reserve(struct postino_transport *transport, uint8_t **buffer, size_t *capacity_octets)
{
    struct postino_tls_openssl *tls = tls_of(transport);
    int status;

    if (tls->connection == NULL)
        return tls->inner->methods->reserve(tls->inner, buffer, capacity_octets);
    /* OpenSSL may have something of its own to say. */
    status = tls_flush_or_keep(tls);
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
        status = tls->inner->methods->send(tls->inner, length_octets);
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
    status = tls_flush_or_keep(tls);
    if (BIO_ctrl_pending(SSL_get_wbio(tls->connection)) == 0 && tls->inner->unsent_octets == 0)
        transport->unsent_octets = 0;
    return status;
}

static int tls_receive(struct postino_transport *transport, const uint8_t **data, size_t *length_octets)
{
    struct postino_tls_openssl *tls = tls_of(transport);
    int status;

    if (tls->connection == NULL)
        return tls->inner->methods->receive(tls->inner, data, length_octets);
    /* The handshake goes on first. */
    if (tls->info.version == NULL)
        return POSTINO_AGAIN;
    *data = tls->receive_buffer;
    do {
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
        status = tls_fill(tls);
    } while (status == 0);
    return status < 0 && tls->send_error != 0 ? tls->send_error : status;
}

static int tls_wait(struct postino_transport *transport, unsigned events, uint32_t timeout_ms)
{
    struct postino_tls_openssl *tls = tls_of(transport);

    if (tls->connection != NULL) {
        if ((events & POSTINO_EVENT_READ) != 0 && tls->readable)
            return POSTINO_OK;
        if (tls_flush_or_keep(tls) == POSTINO_AGAIN)
            events |= POSTINO_EVENT_WRITE;
        if (tls->send_error != 0)
            events = POSTINO_EVENT_READ;
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
    while (tls_flush(tls) == POSTINO_AGAIN && passed_ms < TLS_FAREWELL_MS &&
           inner->methods->wait(inner, POSTINO_EVENT_WRITE, TLS_FAREWELL_MS - passed_ms) == 0)
        passed_ms = inner->methods->now_ms(inner) - began_ms;
}

static void tls_close(struct postino_transport *transport, int graceful)
{
    struct postino_tls_openssl *tls = tls_of(transport);

    if (tls->connection != NULL && graceful != 0)
        tls_farewell(tls);
    tls_free(tls);
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
    tls_free(tls);
    SSL_SESSION_free(tls->session);
    SSL_CTX_free(tls->context);
    tls->session = NULL;
    tls->context = NULL;
}
