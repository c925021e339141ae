/* SPDX-License-Identifier: MIT */
/* Between OpenSSL and the socket. Invariant: packets taken here are given back or the socket's when a
 * function returns, whatever happened. */
#include "secure.h"

#include <openssl/err.h>
#include <openssl/sslerr.h>

static SSL *move_connection(const NX_SECURE_TLS_SESSION *session)
{
    return session->nx_secure_tls_host_connection;
}

UINT secure_flush(NX_SECURE_TLS_SESSION *session, ULONG wait_option)
{
    BIO *written = SSL_get_wbio(move_connection(session));
    UCHAR octets[1024];
    size_t length;

    while (BIO_ctrl_pending(written) != 0) {
        NX_PACKET *packet = NX_NULL;
        ULONG mss = 0;
        UINT status;

        (void)nx_tcp_socket_mss_get(session->nx_secure_tls_tcp_socket, &mss);
        if (BIO_read_ex(written, octets, mss && mss < sizeof octets ? mss : sizeof octets, &length) != 1) {
            return NX_SECURE_TLS_INVALID_STATE;
        }
        status = nx_packet_allocate(session->nx_secure_tls_packet_pool, &packet, NX_TCP_PACKET, wait_option);
        if (status != NX_SUCCESS) {
            return NX_SECURE_TLS_ALLOCATE_PACKET_FAILED;
        }
        status = nx_packet_data_append(packet, octets, (ULONG)length, session->nx_secure_tls_packet_pool,
                                       wait_option);
        if (status == NX_SUCCESS) {
            status = nx_tcp_socket_send(session->nx_secure_tls_tcp_socket, packet, wait_option);
        }
        if (status != NX_SUCCESS) {
            (void)nx_packet_release(packet);
            return status;
        }
    }
    return NX_SUCCESS;
}

void secure_gather(const NX_PACKET *packet, UCHAR *octets)
{
    while (packet) {
        size_t length = (size_t)(packet->nx_packet_append_ptr - packet->nx_packet_prepend_ptr);

        memcpy(octets, packet->nx_packet_prepend_ptr, length);
        octets += length;
#ifdef NX_DISABLE_PACKET_CHAIN
        packet = NULL;
#else
        packet = packet->nx_packet_next;
#endif
    }
}

UINT secure_fill(NX_SECURE_TLS_SESSION *session, ULONG wait_option)
{
    BIO *arrived = SSL_get_rbio(move_connection(session));
    NX_PACKET *packet = NX_NULL;
    UINT status = nx_tcp_socket_receive(session->nx_secure_tls_tcp_socket, &packet, wait_option);
    size_t taken = 0;
    UCHAR *octets;
    ULONG length;

    if (status != NX_SUCCESS) {
        return status;
    }
    length = packet->nx_packet_length;
    octets = malloc(length);
    if (octets) {
        secure_gather(packet, octets);
        (void)BIO_write_ex(arrived, octets, length, &taken);
    }
    free(octets);
    (void)nx_packet_release(packet);
    return taken == length ? NX_SUCCESS : NX_SECURE_TLS_INVALID_STATE;
}

UINT secure_failure(NX_SECURE_TLS_SESSION *session, ULONG wait_option, UINT otherwise)
{
    unsigned long error = ERR_peek_last_error();

    ERR_clear_error();
    /* The alert says why; whether it arrives is the server's concern. */
    (void)secure_flush(session, wait_option);
    if (session->nx_secure_tls_host_error != NX_SUCCESS) {
        return session->nx_secure_tls_host_error;
    }
    if (session->nx_secure_tls_received_alert_level != 0) {
        return NX_SECURE_TLS_ALERT_RECEIVED;
    }
    if (ERR_GET_LIB(error) != ERR_LIB_SSL) {
        return otherwise;
    }
    switch (ERR_GET_REASON(error)) {
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_UNKNOWN_PROTOCOL:
    case SSL_R_NO_PROTOCOLS_AVAILABLE:
        return NX_SECURE_TLS_UNSUPPORTED_TLS_VERSION;
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
        return NX_SECURE_TLS_UNKNOWN_TLS_VERSION;
    case SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC:
        return SSL_CIPHER_is_aead(SSL_get_current_cipher(move_connection(session)))
                   ? NX_SECURE_TLS_AEAD_DECRYPT_FAIL
                   : NX_SECURE_TLS_HASH_MAC_VERIFY_FAILURE;
    default:
        return otherwise;
    }
}
