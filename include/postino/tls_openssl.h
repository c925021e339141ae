/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_TLS_OPENSSL_H
#define POSTINO_TLS_OPENSSL_H

#include "postino/tls.h"

#ifdef __cplusplus
extern "C" {
#endif

#define POSTINO_TLS_OPENSSL_OCTETS      16384 /* octets of a record (RFC 8446 section 5.1) */
#define POSTINO_TLS_OPENSSL_TEXT_OCTETS 340

/* TLS 1.2 and 1.3 by OpenSSL 3, a transport over another transport. Without version_max the highest version
 * of OpenSSL is used. */
struct postino_tls_openssl {
    struct postino_transport transport;
    /* private */
    struct postino_transport *inner;
    const struct postino_tls_config *config;
    struct postino_tls_info info;
    void *context;       /* SSL_CTX */
    void *connection;    /* SSL; NULL: clear text */
    void *session;       /* SSL_SESSION, for the next connection */
    int error;           /* found by the verification */
    int send_error;      /* held back until nothing more can be read */
    uint8_t ended;       /* the inner transport has no more octets */
    uint8_t readable;    /* octets that were received and not lent may be there */
    uint8_t asked;       /* the server wants a certificate */
    uint8_t offered;     /* a session, in this handshake */
    uint8_t unresumable; /* the server ends connections that offer one */
    char text[POSTINO_TLS_OPENSSL_TEXT_OCTETS];
    uint8_t bindings[2][64];
    uint8_t send_buffer[POSTINO_TLS_OPENSSL_OCTETS];
    uint8_t receive_buffer[POSTINO_TLS_OPENSSL_OCTETS];
};

/* Prepares TLS over a closed transport. Reads the files of the configuration, once. `inner` and the
 * configuration are borrowed until postino_tls_openssl_end(). One thread at a time uses the object like any
 * transport, for one connection after the other. A later connection resumes the session of an earlier one if
 * the server allows it. If the server ends such a connection, it is made once more without resumption; with
 * implicit TLS connect() does so. Returns 0, or:
 * - POSTINO_ERROR_ARGUMENT: a NULL pointer, a number out of its range, a key without a certificate, or no
 *   host name although the certificate is checked for it;
 * - POSTINO_ERROR_OBJECT_SIZE;
 * - POSTINO_ERROR_TLS_CONFIG or POSTINO_ERROR_TLS_MEMORY: tls->info.text has the particulars.
 * Short of memory, OpenSSL may leave out one of its ciphers here without an error. After an error
 * postino_tls_openssl_end() is harmless. */
#define postino_tls_openssl_init(tls, inner, config) \
    postino_tls_openssl_init_sized((tls), sizeof *(tls), (inner), (config))
int postino_tls_openssl_init_sized(struct postino_tls_openssl *tls, size_t tls_octets,
                                   struct postino_transport *inner, const struct postino_tls_config *config);

/* Frees the memory of OpenSSL, the kept session too. The connection must be closed before. Call it once for
 * each init, by the thread that uses the object. */
void postino_tls_openssl_end(struct postino_tls_openssl *tls);

#ifdef __cplusplus
}
#endif

#endif
