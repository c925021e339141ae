/* SPDX-License-Identifier: MIT */
/* The handshake, and the octets between OpenSSL and the inner transport. Invariants: octets that bring no
 * progress are read in bounded portions, and after each portion the time is looked at, here or by the
 * caller. Octets that arrived before a time limit are read before the limit is judged. */
#include "tls_internal.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <string.h>

/* Of a handshake: more than the certificates that OpenSSL takes (SSL_CTX_set_max_cert_list()). */
#define HANDSHAKE_PORTION_OCTETS (128 * 1024)

void tls_openssl_free(struct postino_tls_openssl *tls)
{
    /* Without this OpenSSL would give up the session of a connection that broke, which can be resumed (RFC
     * 5246 section 7.2.1). A session that an alert ended is given up already. */
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
    /* Text that was not sent, and the text that was received last. */
    OPENSSL_cleanse(tls->send_buffer, sizeof tls->send_buffer);
    OPENSSL_cleanse(tls->receive_buffer, sizeof tls->receive_buffer);
}

int tls_openssl_inner_send(struct postino_tls_openssl *tls, size_t length_octets)
{
    struct postino_transport *inner = tls->inner;
    size_t unsent = length_octets != 0 ? length_octets : inner->unsent_octets;
    int status = inner->methods->send(inner, length_octets);

    tls->transport.moved |= inner->moved || inner->unsent_octets < unsent;
    inner->moved = 0;
    return status;
}

int tls_openssl_flush(struct postino_tls_openssl *tls)
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
        status = tls_openssl_inner_send(tls, length);
        if (status != 0)
            return status;
    }
}

int tls_openssl_flush_or_keep(struct postino_tls_openssl *tls)
{
    int status = tls->send_error == 0 ? tls_openssl_flush(tls) : POSTINO_AGAIN;

    if (status >= 0)
        return status;
    tls->send_error = status;
    return POSTINO_AGAIN;
}

/* Whether the peer takes so little that what it asks OpenSSL for piles up: of our own there is one record
 * at most. */
static int handshake_is_backed_up(const struct postino_tls_openssl *tls)
{
    return BIO_ctrl_pending(SSL_get_wbio(tls->connection)) > 2 * TLS_OPENSSL_RECORD_OCTETS;
}

unsigned tls_openssl_events(struct postino_tls_openssl *tls, unsigned events)
{
    if (tls_openssl_flush_or_keep(tls) == POSTINO_AGAIN)
        events |= POSTINO_EVENT_WRITE;
    if (tls->send_error != 0)
        return POSTINO_EVENT_READ;
    return handshake_is_backed_up(tls) ? POSTINO_EVENT_WRITE : events;
}

int tls_openssl_fill(struct postino_tls_openssl *tls, size_t *filled_octets)
{
    BIO *arrived = SSL_get_rbio(tls->connection);
    const uint8_t *data;
    size_t length;
    size_t taken;
    int status;

    /* Answers that cannot be sent any more must not pile up. */
    if (tls->send_error != 0)
        (void)BIO_reset(SSL_get_wbio(tls->connection));
    if (handshake_is_backed_up(tls))
        return POSTINO_AGAIN;
    status = tls->inner->methods->receive(tls->inner, &data, &length);
    if (status == 0) {
        *filled_octets += length;
        return BIO_write_ex(arrived, data, length, &taken) == 1 && taken == length
                   ? POSTINO_OK
                   : tls_openssl_reason(tls, POSTINO_ERROR_RECEIVE);
    }
    if (status == POSTINO_ERROR_CLOSED) {
        BIO_set_mem_eof_return(arrived, 0);
        tls->ended = 1;
        return POSTINO_OK;
    }
    return status;
}

/* Waits for the server within the time limit. `*late`: what arrived was heard since the limit passed.
 * Returns 0 to go on, POSTINO_AGAIN as wait() does, or an error. */
static int handshake_wait(struct postino_tls_openssl *tls, unsigned events, uint32_t left_ms, int *late)
{
    if (left_ms == 0 && *late)
        return tls_openssl_fail(tls, POSTINO_ERROR_TIMEOUT,
                                "the server did not finish the TLS handshake in time");
    *late = left_ms == 0;
    return tls->inner->methods->wait(tls->inner, tls_openssl_events(tls, events), left_ms);
}

/* Goes on with the handshake as far as it gets without waiting. `*heard_octets` counts the octets that
 * arrived; `*late` becomes 0 when any did; `*events` are those to wait for. Returns 0 when the handshake is
 * made and sent, POSTINO_AGAIN, or an error. */
static int handshake_advance(struct postino_tls_openssl *tls, size_t *heard_octets, int *late,
                             unsigned *events)
{
    for (;;) {
        int result;
        int status;

        ERR_clear_error();
        result = SSL_do_handshake(tls->connection);
        /* Before the inner transport is called, which may use OpenSSL too. */
        if (result != 1 && SSL_get_error(tls->connection, result) != SSL_ERROR_WANT_READ)
            return tls->error != 0 ? tls->error : tls_openssl_reason(tls, POSTINO_ERROR_TLS_HANDSHAKE);
        status = tls_openssl_flush_or_keep(tls);
        if (result == 1) {
            *events = 0;
            /* A failure to send is told when nothing more can be read. */
            return tls->send_error != 0 ? POSTINO_OK : status;
        }
        *events = POSTINO_EVENT_READ;
        if (*heard_octets >= HANDSHAKE_PORTION_OCTETS)
            return POSTINO_AGAIN;
        status = tls_openssl_fill(tls, heard_octets);
        if (status < 0)
            return tls->send_error != 0 ? tls->send_error : status;
        if (status > 0)
            return status;
        *late = 0;
    }
}

/* Makes the handshake, within `timeout_ms` of `began_ms`. */
static int handshake_make(struct postino_tls_openssl *tls, uint32_t began_ms, uint32_t timeout_ms)
{
    struct postino_transport *inner = tls->inner;
    size_t heard_octets = 0; /* since the time was looked at, or in all since the limit passed */
    int late = 0;

    for (;;) {
        unsigned events = 0;
        uint32_t passed_ms;
        int status = handshake_advance(tls, &heard_octets, &late, &events);

        if (status <= 0)
            return status;
        passed_ms = inner->methods->now_ms(inner) - began_ms;
        if (passed_ms < timeout_ms)
            heard_octets = 0;
        else
            late |= heard_octets >= HANDSHAKE_PORTION_OCTETS;
        status = handshake_wait(tls, events, passed_ms < timeout_ms ? timeout_ms - passed_ms : 0, &late);
        if (status != 0)
            return status;
    }
}

/* Makes the connection's state. Returns 0 or an error; on an error it is the caller's to free. */
static int handshake_prepare(struct postino_tls_openssl *tls)
{
    BIO *arrived = BIO_new(BIO_s_mem());
    BIO *written = BIO_new(BIO_s_mem());

    tls->error = 0;
    tls->send_error = 0;
    tls->ended = 0;
    tls->text[0] = '\0';
    tls->asked = 0;
    tls->offered = 0;
    tls->connection = SSL_new(tls->context);
    if (tls->connection == NULL || arrived == NULL || written == NULL ||
        SSL_set_app_data(tls->connection, tls) != 1) {
        BIO_free(arrived);
        BIO_free(written);
        return tls_openssl_reason(tls, POSTINO_ERROR_TLS_CONFIG);
    }
    BIO_set_mem_eof_return(arrived, -1);
    BIO_set_mem_eof_return(written, -1);
    SSL_set_bio(tls->connection, arrived, written);
    SSL_set_connect_state(tls->connection);
    return tls_openssl_expect(tls, tls->connection);
}

/* Some servers end the connection of a client that resumes a session: Dovecot 2.3 does where it asks for
 * certificates. No session is offered to such a server again. A fault of a certificate, or a time limit,
 * has another reason. */
static void handshake_give_up_session(struct postino_tls_openssl *tls, int error)
{
    if (error != POSTINO_ERROR_CLOSED && error != POSTINO_ERROR_RECEIVE && error != POSTINO_ERROR_SEND &&
        error != POSTINO_ERROR_TLS_HANDSHAKE && error != POSTINO_ERROR_TLS_REFUSED)
        return;
    tls->unresumable = 1;
    SSL_SESSION_free(tls->session);
    tls->session = NULL;
}

int tls_openssl_handshake(struct postino_tls_openssl *tls, uint32_t began_ms, uint32_t timeout_ms)
{
    int error = tls->connection == NULL ? handshake_prepare(tls) : POSTINO_OK;

    if (error == 0)
        error = handshake_make(tls, began_ms, timeout_ms);
    if (error == 0)
        error = tls_openssl_inspect(tls);
    if (error < 0) {
        if (tls->offered)
            handshake_give_up_session(tls, error);
        /* The alert says why; whether it arrives is the server's concern. */
        if (tls->connection != NULL && SSL_get_wbio(tls->connection) != NULL)
            (void)tls_openssl_flush(tls);
        tls_openssl_free(tls);
    }
    /* Octets behind the server's last message may have arrived with it. */
    tls->readable = error == 0;
    return error;
}
