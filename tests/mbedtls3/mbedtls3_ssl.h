/* SPDX-License-Identifier: MIT */
#ifndef MBEDTLS3_SSL_H
#define MBEDTLS3_SSL_H

/* ssl.h: see mbedtls3.h. */

#define MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE         -0x7780
#define MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY           -0x7880
#define MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET -0x7B00
#define MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION        -0x6E80
#define MBEDTLS_ERR_SSL_INVALID_RECORD              -0x7200
#define MBEDTLS_ERR_SSL_ALLOC_FAILED                -0x7F00
#define MBEDTLS_ERR_SSL_WANT_READ                   -0x6900
#define MBEDTLS_ERR_SSL_WANT_WRITE                  -0x6880

#define MBEDTLS_SSL_TRANSPORT_STREAM                          0
#define MBEDTLS_SSL_IS_CLIENT                                 0
#define MBEDTLS_SSL_VERIFY_REQUIRED                           2
#define MBEDTLS_SSL_RENEGOTIATION_DISABLED                    0
#define MBEDTLS_SSL_PRESET_DEFAULT                            0
#define MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_ENABLED 1

#define MBEDTLS_SSL_ALERT_MSG_HANDSHAKE_FAILURE     40
#define MBEDTLS_SSL_ALERT_MSG_NO_CERT               41
#define MBEDTLS_SSL_ALERT_MSG_BAD_CERT              42
#define MBEDTLS_SSL_ALERT_MSG_UNSUPPORTED_CERT      43
#define MBEDTLS_SSL_ALERT_MSG_CERT_REVOKED          44
#define MBEDTLS_SSL_ALERT_MSG_CERT_EXPIRED          45
#define MBEDTLS_SSL_ALERT_MSG_CERT_UNKNOWN          46
#define MBEDTLS_SSL_ALERT_MSG_UNKNOWN_CA            48
#define MBEDTLS_SSL_ALERT_MSG_ACCESS_DENIED         49
#define MBEDTLS_SSL_ALERT_MSG_PROTOCOL_VERSION      70
#define MBEDTLS_SSL_ALERT_MSG_INSUFFICIENT_SECURITY 71
#define MBEDTLS_SSL_ALERT_MSG_INTERNAL_ERROR        80
#define MBEDTLS_SSL_ALERT_MSG_UNRECOGNIZED_NAME     112

typedef enum {
    MBEDTLS_SSL_SERVER_HELLO = 2,
    MBEDTLS_SSL_SERVER_HELLO_DONE = 5,
    MBEDTLS_SSL_HANDSHAKE_OVER = 27
} mbedtls_ssl_states;

typedef enum {
    MBEDTLS_SSL_VERSION_UNKNOWN,
    MBEDTLS_SSL_VERSION_TLS1_2 = 0x0303,
    MBEDTLS_SSL_VERSION_TLS1_3 = 0x0304
} mbedtls_ssl_protocol_version;

typedef struct mbedtls_ssl_config {
    mbedtls_ssl_protocol_version MBEDTLS_PRIVATE(max_tls_version);
} mbedtls_ssl_config;
typedef struct mbedtls_ssl_session {
    unsigned char MBEDTLS_PRIVATE(exported);
} mbedtls_ssl_session;
typedef struct mbedtls_ssl_context {
    int MBEDTLS_PRIVATE(state);
    mbedtls_ssl_protocol_version MBEDTLS_PRIVATE(tls_version);
    unsigned char *MBEDTLS_PRIVATE(in_msg);
} mbedtls_ssl_context;

typedef int mbedtls_ssl_send_t(void *ctx, const unsigned char *buf, size_t len);
typedef int mbedtls_ssl_recv_t(void *ctx, unsigned char *buf, size_t len);
typedef int mbedtls_ssl_recv_timeout_t(void *ctx, unsigned char *buf, size_t len, uint32_t timeout);

void mbedtls_ssl_config_init(mbedtls_ssl_config *conf);
void mbedtls_ssl_config_free(mbedtls_ssl_config *conf);
int mbedtls_ssl_config_defaults(mbedtls_ssl_config *conf, int endpoint, int transport, int preset);
void mbedtls_ssl_conf_authmode(mbedtls_ssl_config *conf, int authmode);
void mbedtls_ssl_conf_verify(mbedtls_ssl_config *conf,
                             int (*f_vrfy)(void *, mbedtls_x509_crt *, int, uint32_t *), void *p_vrfy);
void mbedtls_ssl_conf_rng(mbedtls_ssl_config *conf, mbedtls3_random f_rng, void *p_rng);
void mbedtls_ssl_conf_ca_chain(mbedtls_ssl_config *conf, mbedtls_x509_crt *ca_chain,
                               mbedtls_x509_crl *ca_crl);
int mbedtls_ssl_conf_own_cert(mbedtls_ssl_config *conf, mbedtls_x509_crt *own_cert,
                              mbedtls_pk_context *pk_key);
void mbedtls_ssl_conf_dhm_min_bitlen(mbedtls_ssl_config *conf, unsigned int bitlen);
void mbedtls_ssl_conf_renegotiation(mbedtls_ssl_config *conf, int renegotiation);
void mbedtls_ssl_conf_min_tls_version(mbedtls_ssl_config *conf, mbedtls_ssl_protocol_version tls_version);
void mbedtls_ssl_conf_max_tls_version(mbedtls_ssl_config *conf, mbedtls_ssl_protocol_version tls_version);
#if defined(MBEDTLS_SSL_PROTO_TLS1_3)
void mbedtls_ssl_conf_tls13_enable_signal_new_session_tickets(mbedtls_ssl_config *conf,
                                                              int signal_new_session_tickets);
#endif

void mbedtls_ssl_init(mbedtls_ssl_context *ssl);
void mbedtls_ssl_free(mbedtls_ssl_context *ssl);
int mbedtls_ssl_setup(mbedtls_ssl_context *ssl, const mbedtls_ssl_config *conf);
int mbedtls_ssl_set_hostname(mbedtls_ssl_context *ssl, const char *hostname);
void mbedtls_ssl_set_bio(mbedtls_ssl_context *ssl, void *p_bio, mbedtls_ssl_send_t *f_send,
                         mbedtls_ssl_recv_t *f_recv, mbedtls_ssl_recv_timeout_t *f_recv_timeout);
int mbedtls_ssl_handshake(mbedtls_ssl_context *ssl);
int mbedtls_ssl_is_handshake_over(mbedtls_ssl_context *ssl);
int mbedtls_ssl_read(mbedtls_ssl_context *ssl, unsigned char *buf, size_t len);
int mbedtls_ssl_write(mbedtls_ssl_context *ssl, const unsigned char *buf, size_t len);
int mbedtls_ssl_close_notify(mbedtls_ssl_context *ssl);
int mbedtls_ssl_check_pending(const mbedtls_ssl_context *ssl);
size_t mbedtls_ssl_get_bytes_avail(const mbedtls_ssl_context *ssl);
const char *mbedtls_ssl_get_ciphersuite(const mbedtls_ssl_context *ssl);
const char *mbedtls_ssl_get_version(const mbedtls_ssl_context *ssl);
mbedtls_ssl_protocol_version mbedtls_ssl_get_version_number(const mbedtls_ssl_context *ssl);
int mbedtls_ssl_get_max_out_record_payload(const mbedtls_ssl_context *ssl);
#if defined(MBEDTLS_SSL_KEYING_MATERIAL_EXPORT)
int mbedtls_ssl_export_keying_material(mbedtls_ssl_context *ssl, uint8_t *out, const size_t key_len,
                                       const char *const label, const size_t label_len,
                                       const unsigned char *const context, const size_t context_len,
                                       const int use_context);
#endif

void mbedtls_ssl_session_init(mbedtls_ssl_session *session);
void mbedtls_ssl_session_free(mbedtls_ssl_session *session);
int mbedtls_ssl_get_session(const mbedtls_ssl_context *ssl, mbedtls_ssl_session *session);
int mbedtls_ssl_set_session(mbedtls_ssl_context *ssl, const mbedtls_ssl_session *session);

#endif
