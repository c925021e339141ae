/* SPDX-License-Identifier: MIT */
/* Application data. Invariant: a record is encrypted once; what fails behind that resets the session, for
 * the peer cannot follow any more. The packet of a send that failed is the caller's, and does not hold the
 * plain text. */
#include "secure.h"

#include <openssl/crypto.h>
#include <openssl/err.h>

/* Octets of an encrypted record before its text in TLS 1.2 (RFC 5288, RFC 5246); in 1.3 there are none. */
static ULONG data_iv(const SSL *connection)
{
    if (!SSL_is_init_finished(connection) || SSL_version(connection) >= TLS1_3_VERSION) {
        return 0;
    }
    return SSL_CIPHER_is_aead(SSL_get_current_cipher(connection)) ? 8 : 16;
}

UINT _nx_secure_tls_packet_allocate(NX_SECURE_TLS_SESSION *tls_session, NX_PACKET_POOL *pool_ptr,
                                    NX_PACKET **packet_ptr, ULONG wait_option)
{
    UINT status = secure_check(tls_session, packet_ptr);
    const SSL *connection;
    NX_PACKET *packet;
    ULONG room;

    if (status != NX_SUCCESS) {
        return status;
    }
    status = nx_packet_allocate(pool_ptr, packet_ptr, NX_TCP_PACKET, wait_option);
    if (status != NX_SUCCESS) {
        return status;
    }
    packet = *packet_ptr;
    connection = tls_session->nx_secure_tls_host_connection;
    room = NX_SECURE_TLS_RECORD_HEADER_SIZE + (connection ? data_iv(connection) : 0);
    if ((ULONG)(packet->nx_packet_data_end - packet->nx_packet_prepend_ptr) < room + 2) {
        (void)nx_packet_release(packet);
        *packet_ptr = NX_NULL;
        return NX_SECURE_TLS_PACKET_BUFFER_TOO_SMALL;
    }
    packet->nx_packet_prepend_ptr += room;
    packet->nx_packet_append_ptr = packet->nx_packet_prepend_ptr;
    return NX_SUCCESS;
}

/* Encrypts into memory. Returns the record, to be freed, or NULL. */
static UCHAR *data_encrypt(SSL *connection, const NX_PACKET *packet, size_t *length)
{
    BIO *written = SSL_get_wbio(connection);
    ULONG plain_length = packet->nx_packet_length;
    UCHAR *plain = malloc(plain_length);
    UCHAR *record = NULL;
    size_t taken;

    if (!plain) {
        return NULL;
    }
    secure_gather(packet, plain);
    ERR_clear_error();
    if (SSL_write_ex(connection, plain, plain_length, &taken) == 1) {
        *length = BIO_ctrl_pending(written);
        record = malloc(*length);
        if (record && BIO_read_ex(written, record, *length, length) != 1) {
            free(record);
            record = NULL;
        }
    }
    OPENSSL_cleanse(plain, plain_length);
    free(plain);
    return record;
}

/* Puts the record where its plain text was, and behind it what it is longer by. */
static UINT data_replace(NX_SECURE_TLS_SESSION *session, NX_PACKET *packet, UCHAR *record, size_t length,
                         ULONG front, ULONG wait_option)
{
    NX_PACKET *link = packet;
    NX_PACKET *last = packet;

    packet->nx_packet_prepend_ptr -= front;
    packet->nx_packet_length = 0;
    while (link) {
        size_t room = (size_t)(link->nx_packet_data_end - link->nx_packet_prepend_ptr);
        size_t part = length < room ? length : room;

        memcpy(link->nx_packet_prepend_ptr, record, part);
        link->nx_packet_append_ptr = link->nx_packet_prepend_ptr + part;
        packet->nx_packet_length += (ULONG)part;
        record += part;
        length -= part;
        last = link;
#ifdef NX_DISABLE_PACKET_CHAIN
        link = NULL;
#else
        link = link->nx_packet_next;
#endif
    }
#ifndef NX_DISABLE_PACKET_CHAIN
    packet->nx_packet_last = last == packet ? NX_NULL : last;
#else
    NX_PARAMETER_NOT_USED(last);
#endif
    return length == 0 ? NX_SUCCESS
                       : nx_packet_data_append(packet, record, (ULONG)length,
                                               session->nx_secure_tls_packet_pool, wait_option);
}

static UINT data_send(NX_SECURE_TLS_SESSION *session, NX_PACKET *packet, ULONG wait_option)
{
    SSL *connection = session->nx_secure_tls_host_connection;
    ULONG front = NX_SECURE_TLS_RECORD_HEADER_SIZE + data_iv(connection);
    UCHAR *record;
    size_t length = 0;
    UINT status;

    if ((ULONG)(packet->nx_packet_prepend_ptr - packet->nx_packet_data_start) < front) {
        return NX_SECURE_TLS_INVALID_PACKET;
    }
    /* OpenSSL may have something of its own to say. */
    status = secure_flush(session, wait_option);
    if (status != NX_SUCCESS) {
        return status;
    }
    record = data_encrypt(connection, packet, &length);
    if (!record) {
        return secure_failure(session, wait_option, NX_SECURE_TLS_INVALID_STATE);
    }
    status = data_replace(session, packet, record, length, front, wait_option);
    free(record);
    return status == NX_SUCCESS ? _nx_tcp_socket_send(session->nx_secure_tls_tcp_socket, packet, wait_option)
                                : status;
}

UINT _nx_secure_tls_session_send(NX_SECURE_TLS_SESSION *tls_session, NX_PACKET *packet_ptr, ULONG wait_option)
{
    UINT status = secure_check(tls_session, packet_ptr);

    NX_THREADS_ONLY_CALLER_CHECKING
    if (status != NX_SUCCESS) {
        return status;
    }
    if (packet_ptr->nx_packet_length == 0) {
        return NX_INVALID_PACKET;
    }
    if (packet_ptr->nx_packet_length > SECURE_PLAIN_MAX) {
        return NX_SECURE_TLS_RECORD_OVERFLOW;
    }
    /* The real stack sends in the clear on a session that was reset. */
    if (!tls_session->nx_secure_tls_host_connection) {
        return NX_SECURE_TLS_SESSION_UNINITIALIZED;
    }
    status = data_send(tls_session, packet_ptr, wait_option);
    if (status != NX_SUCCESS) {
        (void)_nx_secure_tls_session_reset(tls_session);
    }
    return status;
}

/* Hands the text of a record to the application, in a packet of the session's pool. */
static UINT data_deliver(const NX_SECURE_TLS_SESSION *session, UCHAR *octets, size_t length,
                         NX_PACKET **packet_ptr_ptr, ULONG wait_option)
{
    NX_PACKET *packet = NX_NULL;

    if (nx_packet_allocate(session->nx_secure_tls_packet_pool, &packet, NX_RECEIVE_PACKET, wait_option) !=
        NX_SUCCESS) {
        return NX_SECURE_TLS_ALLOCATE_PACKET_FAILED;
    }
    if (nx_packet_data_append(packet, octets, (ULONG)length, session->nx_secure_tls_packet_pool,
                              wait_option) != NX_SUCCESS) {
        (void)nx_packet_release(packet);
        return NX_SECURE_TLS_ALLOCATE_PACKET_FAILED;
    }
    *packet_ptr_ptr = packet;
    return NX_SUCCESS;
}

static UINT data_receive(NX_SECURE_TLS_SESSION *session, NX_PACKET **packet_ptr_ptr, ULONG wait_option)
{
    SSL *connection = session->nx_secure_tls_host_connection;
    UCHAR octets[SECURE_PLAIN_MAX];
    size_t length;

    for (;;) {
        UINT status;
        int stopped;

        ERR_clear_error();
        if (SSL_read_ex(connection, octets, sizeof octets, &length) == 1) {
            return data_deliver(session, octets, length, packet_ptr_ptr, wait_option);
        }
        stopped = SSL_get_error(connection, 0);
        if (stopped == SSL_ERROR_ZERO_RETURN) {
            return NX_SECURE_TLS_CLOSE_NOTIFY_RECEIVED;
        }
        if (stopped != SSL_ERROR_WANT_READ) {
            return secure_failure(session, wait_option, NX_SECURE_TLS_INVALID_PACKET);
        }
        /* A key update, say. */
        status = secure_flush(session, wait_option);
        if (status == NX_SUCCESS) {
            status = secure_fill(session, wait_option);
        }
        if (status != NX_SUCCESS) {
            return status;
        }
    }
}

UINT _nx_secure_tls_session_receive(NX_SECURE_TLS_SESSION *tls_session, NX_PACKET **packet_ptr_ptr,
                                    ULONG wait_option)
{
    UINT status = secure_check(tls_session, packet_ptr_ptr);

    NX_THREADS_ONLY_CALLER_CHECKING
    if (status != NX_SUCCESS) {
        return status;
    }
    if (!tls_session->nx_secure_tls_host_connection) {
        return NX_SECURE_TLS_INVALID_STATE;
    }
    status = data_receive(tls_session, packet_ptr_ptr, wait_option);
    /* Nothing there yet, and a connection that is lost, are no errors of the session's. */
    if (status > 0xFF) {
        (void)_nx_secure_tls_session_reset(tls_session);
    }
    return status;
}
