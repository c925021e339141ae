/* SPDX-License-Identifier: MIT */
/* How a session begins and ends. Invariant: whatever way a start fails the session is reset, and what
 * failed first is what is returned. */
#include "secure.h"

#include <openssl/err.h>

static void handshake_info(const SSL *connection, int where, int value)
{
    NX_SECURE_TLS_SESSION *session = SSL_get_app_data(connection);

    if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT) {
        session->nx_secure_tls_received_alert_level = (UINT)value >> 8;
        session->nx_secure_tls_received_alert_value = (UINT)value & 0xFF;
    }
}

/* A handshake message that the application's buffer cannot hold ends the session, as on a board. */
static void handshake_message(int sent, int version, int type, const void *octets, size_t length,
                              SSL *connection, void *argument)
{
    NX_SECURE_TLS_SESSION *session = argument;

    (void)version;
    (void)octets;
    (void)connection;
    if (!sent && type == SSL3_RT_HANDSHAKE && length > session->nx_secure_tls_packet_buffer_size &&
        session->nx_secure_tls_host_error == NX_SUCCESS) {
        session->nx_secure_tls_host_error = NX_SECURE_TLS_PACKET_BUFFER_TOO_SMALL;
    }
}

static SSL_CTX *handshake_context(NX_SECURE_TLS_SESSION *session)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    int version = session->nx_secure_tls_protocol_version_override;

    if (!context) {
        return NULL;
    }
    (void)SSL_CTX_set_min_proto_version(context, version ? version : TLS1_2_VERSION);
    (void)SSL_CTX_set_max_proto_version(context, version);
    (void)SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(context, secure_verify, session);
    SSL_CTX_set_info_callback(context, handshake_info);
    SSL_CTX_set_msg_callback(context, handshake_message);
    if (secure_certificates(session, context) != 0) {
        SSL_CTX_free(context);
        return NULL;
    }
    return context;
}

static int handshake_name(const NX_SECURE_TLS_SESSION *session, SSL *connection)
{
    const NX_SECURE_X509_DNS_NAME *name = session->nx_secure_tls_sni_extension_server_name;
    char text[NX_SECURE_X509_DNS_NAME_MAX + 1];

    if (!name) {
        return 1;
    }
    memcpy(text, name->nx_secure_x509_dns_name, name->nx_secure_x509_dns_name_length);
    text[name->nx_secure_x509_dns_name_length] = '\0';
    return SSL_set_tlsext_host_name(connection, text) == 1;
}

static int handshake_prepare(NX_SECURE_TLS_SESSION *session)
{
    SSL_CTX *context = handshake_context(session);
    SSL *connection = context ? SSL_new(context) : NULL;
    BIO *arrived = BIO_new(BIO_s_mem());
    BIO *written = BIO_new(BIO_s_mem());

    SSL_CTX_free(context);
    if (!connection || !arrived || !written || !handshake_name(session, connection)) {
        SSL_free(connection);
        BIO_free(arrived);
        BIO_free(written);
        return 0;
    }
    BIO_set_mem_eof_return(arrived, -1);
    BIO_set_mem_eof_return(written, -1);
    SSL_set_bio(connection, arrived, written);
    SSL_set_app_data(connection, session);
    SSL_set_msg_callback_arg(connection, session);
    SSL_set_connect_state(connection);
    session->nx_secure_tls_host_connection = connection;
    return 1;
}

/* On a board the ClientHello has to find room in one packet of the IP instance's pool. */
static int handshake_fits(const NX_SECURE_TLS_SESSION *session)
{
    BIO *written = SSL_get_wbio(session->nx_secure_tls_host_connection);

    return BIO_ctrl_pending(written) + NX_TCP_PACKET <=
           session->nx_secure_tls_packet_pool->nx_packet_pool_payload_size;
}

static UINT handshake_run(NX_SECURE_TLS_SESSION *session, ULONG wait_option)
{
    SSL *connection = session->nx_secure_tls_host_connection;
    int begun = 0;

    for (;;) {
        int result;
        UINT status;

        ERR_clear_error();
        result = SSL_do_handshake(connection);
        if (!begun++ && !handshake_fits(session)) {
            return NX_SECURE_TLS_PACKET_BUFFER_TOO_SMALL;
        }
        if (session->nx_secure_tls_host_error != NX_SUCCESS ||
            (result != 1 && SSL_get_error(connection, result) != SSL_ERROR_WANT_READ)) {
            return secure_failure(session, wait_option, NX_SECURE_TLS_HANDSHAKE_FAILURE);
        }
        status = secure_flush(session, wait_option);
        if (status != NX_SUCCESS || result == 1) {
            return status;
        }
        status = secure_fill(session, wait_option);
        if (status != NX_SUCCESS) {
            return status;
        }
    }
}

UINT _nx_secure_tls_session_start(NX_SECURE_TLS_SESSION *tls_session, NX_TCP_SOCKET *tcp_socket,
                                  UINT wait_option)
{
    UINT status = secure_check(tls_session, tcp_socket);

    NX_THREADS_ONLY_CALLER_CHECKING
    if (status != NX_SUCCESS) {
        return status;
    }
    (void)_nx_secure_tls_session_reset(tls_session);
    tls_session->nx_secure_tls_tcp_socket = tcp_socket;
    tls_session->nx_secure_tls_packet_pool = tcp_socket->nx_tcp_socket_ip_ptr->nx_ip_default_packet_pool;
    tls_session->nx_secure_tls_received_alert_level = 0;
    tls_session->nx_secure_tls_received_alert_value = 0;
    tls_session->nx_secure_tls_host_error = NX_SUCCESS;
    status = handshake_prepare(tls_session) ? handshake_run(tls_session, wait_option)
                                            : NX_SECURE_TLS_INVALID_STATE;
    if (status != NX_SUCCESS) {
        (void)_nx_secure_tls_session_reset(tls_session);
    }
    return status;
}

UINT _nx_secure_tls_session_end(NX_SECURE_TLS_SESSION *tls_session, UINT wait_option)
{
    UINT status = secure_check(tls_session, tls_session);
    SSL *connection;

    NX_THREADS_ONLY_CALLER_CHECKING
    if (status != NX_SUCCESS) {
        return status;
    }
    connection = tls_session->nx_secure_tls_host_connection;
    if (connection && SSL_is_init_finished(connection)) {
        ERR_clear_error();
        (void)SSL_shutdown(connection);
        status = secure_flush(tls_session, wait_option);
    }
    (void)_nx_secure_tls_session_reset(tls_session);
    return status;
}
