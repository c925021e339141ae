/* SPDX-License-Identifier: MIT */
/* The subset of NetX Secure TLS that a client application uses, over OpenSSL and the host layer's TCP
 * sockets: see host/README.md. Names, types and values are those of the NetX Secure User Guide. */
#ifndef NX_SECURE_TLS_API_H
#define NX_SECURE_TLS_API_H

#include "nx_secure_x509.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Status values. */
#define NX_SECURE_TLS_SUCCESS                      0x00
#define NX_SECURE_TLS_SESSION_UNINITIALIZED        0x101
#define NX_SECURE_TLS_UNRECOGNIZED_MESSAGE_TYPE    0x102
#define NX_SECURE_TLS_INVALID_STATE                0x103
#define NX_SECURE_TLS_INVALID_PACKET               0x104
#define NX_SECURE_TLS_HANDSHAKE_FAILURE            0x107
#define NX_SECURE_TLS_HASH_MAC_VERIFY_FAILURE      0x108
#define NX_SECURE_TLS_UNKNOWN_TLS_VERSION          0x10F
#define NX_SECURE_TLS_UNSUPPORTED_TLS_VERSION      0x110
#define NX_SECURE_TLS_ALLOCATE_PACKET_FAILED       0x111
#define NX_SECURE_TLS_INVALID_CERTIFICATE          0x112
#define NX_SECURE_TLS_ALERT_RECEIVED               0x114
#define NX_SECURE_TLS_CERTIFICATE_SIG_CHECK_FAILED 0x117
#define NX_SECURE_TLS_INVALID_SELF_SIGNED_CERT     0x11A
#define NX_SECURE_TLS_ISSUER_CERTIFICATE_NOT_FOUND 0x11B
#define NX_SECURE_TLS_CLOSE_NOTIFY_RECEIVED        0x127
#define NX_SECURE_TLS_NO_CERT_SPACE_ALLOCATED      0x129
#define NX_SECURE_TLS_INSUFFICIENT_CERT_SPACE      0x12D
#define NX_SECURE_TLS_PACKET_BUFFER_TOO_SMALL      0x135
#define NX_SECURE_TLS_INSUFFICIENT_METADATA_SPACE  0x13F
#define NX_SECURE_TLS_AEAD_DECRYPT_FAIL            0x150
#define NX_SECURE_TLS_RECORD_OVERFLOW              0x151

#define NX_SECURE_TLS_ID                 ((ULONG)0x544C5320UL)
#define NX_SECURE_TLS_RECORD_HEADER_SIZE 5

/* For nx_secure_tls_session_protocol_version_override(). */
#define NX_SECURE_TLS_VERSION_TLS_1_2 0x0303
#define NX_SECURE_TLS_VERSION_TLS_1_3 0x0304

/* Ciphersuite tables and curves only have to be named: OpenSSL has its own. Programs declare those that they
 * name: nx_crypto_tls_ciphers, nx_crypto_tls_ciphers_ecc, nx_crypto_ecc_supported_groups[],
 * nx_crypto_ecc_supported_groups_size, nx_crypto_ecc_curves[]. */
typedef struct NX_CRYPTO_METHOD_STRUCT {
    USHORT nx_crypto_algorithm;
} NX_CRYPTO_METHOD;

typedef struct NX_SECURE_TLS_CRYPTO_STRUCT {
    ULONG nx_secure_tls_host_metadata_size; /* octets */
} NX_SECURE_TLS_CRYPTO;

typedef struct NX_SECURE_TLS_SESSION_STRUCT {
    ULONG nx_secure_tls_id;
    NX_TCP_SOCKET *nx_secure_tls_tcp_socket;
    NX_PACKET_POOL *nx_secure_tls_packet_pool;
    UCHAR *nx_secure_tls_packet_buffer;
    ULONG nx_secure_tls_packet_buffer_size;
    NX_SECURE_X509_DNS_NAME *nx_secure_tls_sni_extension_server_name;
    ULONG (*nx_secure_tls_session_time_function)(VOID);
    ULONG(*nx_secure_tls_session_certificate_callback)
    (struct NX_SECURE_TLS_SESSION_STRUCT *session, NX_SECURE_X509_CERT *certificate);
    UINT nx_secure_tls_received_alert_level;
    UINT nx_secure_tls_received_alert_value;
    USHORT nx_secure_tls_protocol_version_override;
    /* Of the host layer: what the application gave, OpenSSL's connection, and what was found wrong with
     * it. */
    NX_SECURE_X509_CERT *nx_secure_tls_host_trusted;
    NX_SECURE_X509_CERT *nx_secure_tls_host_local;
    NX_SECURE_X509_CERT *nx_secure_tls_host_remote;
    VOID *nx_secure_tls_host_connection;
    UINT nx_secure_tls_host_error;
} NX_SECURE_TLS_SESSION;

VOID _nx_secure_tls_initialize(VOID);
UINT _nx_secure_tls_metadata_size_calculate(const NX_SECURE_TLS_CRYPTO *crypto_table, ULONG *metadata_size);
UINT _nx_secure_tls_session_create(NX_SECURE_TLS_SESSION *session_ptr,
                                   const NX_SECURE_TLS_CRYPTO *cipher_table, VOID *metadata_area,
                                   ULONG metadata_size);
UINT _nx_secure_tls_session_delete(NX_SECURE_TLS_SESSION *tls_session);
UINT _nx_secure_tls_session_packet_buffer_set(NX_SECURE_TLS_SESSION *session_ptr, UCHAR *buffer_ptr,
                                              ULONG buffer_size);
UINT _nx_secure_tls_ecc_initialize(NX_SECURE_TLS_SESSION *tls_session, const USHORT *supported_groups,
                                   USHORT supported_group_count, const NX_CRYPTO_METHOD **curves);
UINT _nx_secure_tls_session_protocol_version_override(NX_SECURE_TLS_SESSION *tls_session,
                                                      USHORT protocol_version);
UINT _nx_secure_tls_remote_certificate_allocate(NX_SECURE_TLS_SESSION *tls_session,
                                                NX_SECURE_X509_CERT *certificate,
                                                UCHAR *raw_certificate_buffer, UINT buffer_size);
UINT _nx_secure_tls_trusted_certificate_add(NX_SECURE_TLS_SESSION *tls_session,
                                            NX_SECURE_X509_CERT *certificate);
UINT _nx_secure_tls_local_certificate_add(NX_SECURE_TLS_SESSION *tls_session,
                                          NX_SECURE_X509_CERT *certificate);
UINT _nx_secure_tls_session_certificate_callback_set(NX_SECURE_TLS_SESSION *tls_session,
                                                     ULONG (*func_ptr)(NX_SECURE_TLS_SESSION *session,
                                                                       NX_SECURE_X509_CERT *certificate));
UINT _nx_secure_tls_session_time_function_set(NX_SECURE_TLS_SESSION *tls_session,
                                              ULONG (*time_func_ptr)(VOID));
UINT _nx_secure_tls_session_sni_extension_set(NX_SECURE_TLS_SESSION *tls_session,
                                              NX_SECURE_X509_DNS_NAME *dns_name);
UINT _nx_secure_tls_session_alert_value_get(NX_SECURE_TLS_SESSION *tls_session, UINT *alert_level,
                                            UINT *alert_value);
UINT _nx_secure_tls_session_start(NX_SECURE_TLS_SESSION *tls_session, NX_TCP_SOCKET *tcp_socket,
                                  UINT wait_option);
UINT _nx_secure_tls_session_end(NX_SECURE_TLS_SESSION *tls_session, UINT wait_option);
UINT _nx_secure_tls_session_reset(NX_SECURE_TLS_SESSION *tls_session);
UINT _nx_secure_tls_packet_allocate(NX_SECURE_TLS_SESSION *tls_session, NX_PACKET_POOL *pool_ptr,
                                    NX_PACKET **packet_ptr, ULONG wait_option);
UINT _nx_secure_tls_session_send(NX_SECURE_TLS_SESSION *tls_session, NX_PACKET *packet_ptr,
                                 ULONG wait_option);
UINT _nx_secure_tls_session_receive(NX_SECURE_TLS_SESSION *tls_session, NX_PACKET **packet_ptr_ptr,
                                    ULONG wait_option);

/* Applications use these names. The arguments are checked in any build. */
#define nx_secure_tls_initialize                        _nx_secure_tls_initialize
#define nx_secure_tls_metadata_size_calculate           _nx_secure_tls_metadata_size_calculate
#define nx_secure_tls_session_create                    _nx_secure_tls_session_create
#define nx_secure_tls_session_delete                    _nx_secure_tls_session_delete
#define nx_secure_tls_session_packet_buffer_set         _nx_secure_tls_session_packet_buffer_set
#define nx_secure_tls_ecc_initialize                    _nx_secure_tls_ecc_initialize
#define nx_secure_tls_session_protocol_version_override _nx_secure_tls_session_protocol_version_override
#define nx_secure_tls_remote_certificate_allocate       _nx_secure_tls_remote_certificate_allocate
#define nx_secure_tls_trusted_certificate_add           _nx_secure_tls_trusted_certificate_add
#define nx_secure_tls_local_certificate_add             _nx_secure_tls_local_certificate_add
#define nx_secure_tls_session_certificate_callback_set  _nx_secure_tls_session_certificate_callback_set
#define nx_secure_tls_session_time_function_set         _nx_secure_tls_session_time_function_set
#define nx_secure_tls_session_sni_extension_set         _nx_secure_tls_session_sni_extension_set
#define nx_secure_tls_session_alert_value_get           _nx_secure_tls_session_alert_value_get
#define nx_secure_tls_session_start                     _nx_secure_tls_session_start
#define nx_secure_tls_session_end                       _nx_secure_tls_session_end
#define nx_secure_tls_session_reset                     _nx_secure_tls_session_reset
#define nx_secure_tls_packet_allocate                   _nx_secure_tls_packet_allocate
#define nx_secure_tls_session_send                      _nx_secure_tls_session_send
#define nx_secure_tls_session_receive                   _nx_secure_tls_session_receive

#ifdef __cplusplus
}
#endif

#endif
