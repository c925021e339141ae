/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_TLS_OPENSSL_H
#define POSTINO_TLS_OPENSSL_H

#include "postino/tls.h"

#ifdef __cplusplus
extern "C" {
#endif

#define POSTINO_TLS_OPENSSL_OCTETS      16384 /* of a record (RFC 8446 section 5.1) */
#define POSTINO_TLS_OPENSSL_TEXT_OCTETS 340

/* TLS 1.2 and 1.3 by OpenSSL 3, a transport over another one. Without version_max the highest that OpenSSL
 * has. */
struct postino_tls_openssl {
    struct postino_transport transport;
    /* private */
    struct postino_transport *inner;
    const struct postino_tls_config *config;
    struct postino_tls_info info;
    void *context;       /* SSL_CTX */
    void *connection;    /* SSL; NULL: in the clear */
    void *session;       /* SSL_SESSION, for the next connection */
    int error;           /* found by the verification */
    int send_error;      /* kept back until nothing more is to be read */
    uint8_t ended;       /* the inner transport has no more octets */
    uint8_t readable;    /* there may be octets that were received and not lent */
    uint8_t asked;       /* the server wants a certificate */
    uint8_t offered;     /* a session, in this handshake */
    uint8_t unresumable; /* the server ends connections that offer one */
    char text[POSTINO_TLS_OPENSSL_TEXT_OCTETS];
    uint8_t bindings[2][64];
    uint8_t send_buffer[POSTINO_TLS_OPENSSL_OCTETS];
    uint8_t receive_buffer[POSTINO_TLS_OPENSSL_OCTETS];
};

/* Prepares TLS over a closed transport. Reads the files that the configuration names, once. `inner` and the
 * configuration are borrowed until postino_tls_openssl_end(). The object is used like any transport, by one
 * thread at a time, for one connection after the other; a later one resumes the session of an earlier one
 * where the server lets it. A server that ends the connection then is called once more, without: with
 * implicit TLS by connect(). Returns 0; POSTINO_ERROR_ARGUMENT: a NULL pointer, a number out of its range, a
 * key without a certificate, or no host name although the certificate is checked for it;
 * POSTINO_ERROR_OBJECT_SIZE; or POSTINO_ERROR_TLS_CONFIG or POSTINO_ERROR_TLS_MEMORY, with the particulars in
 * tls->info.text: the text of a failure is there even then. Short of memory OpenSSL may make do without one
 * of its ciphers here and not say so. After an error postino_tls_openssl_end() is harmless. */
#define postino_tls_openssl_init(tls, inner, config) \
    postino_tls_openssl_init_sized((tls), sizeof *(tls), (inner), (config))
int postino_tls_openssl_init_sized(struct postino_tls_openssl *tls, size_t tls_octets,
                                   struct postino_transport *inner, const struct postino_tls_config *config);

/* Gives back what OpenSSL holds, the kept session too. The connection is to be closed before. Call it once
 * for each init, by the thread that uses the object. */
void postino_tls_openssl_end(struct postino_tls_openssl *tls);

#ifdef __cplusplus
}
#endif

#endif
