/* SPDX-License-Identifier: MIT */
#ifndef TLS_PEER_H
#define TLS_PEER_H

#include <openssl/ssl.h>

#include "postino/tls.h"

/* A transport whose other end is an SMTP server over TLS (OpenSSL) in the same thread: no socket, and no time passes
 * but in wait(). It resumes sessions. */

#define TLS_PEER_FOR_EVER SIZE_MAX

struct tls_peer {
    struct postino_transport transport;  /* first, as the contract says */
    uint8_t pin[POSTINO_TLS_PIN_OCTETS]; /* of its certificate */
    uint8_t der[1024];                   /* the certificate, self-signed */
    size_t der_octets;
    int starttls;       /* in the clear until STARTTLS */
    size_t take_octets; /* of a connection, in all; then send() says AGAIN or, with `breaks`, fails */
    int breaks;
    size_t most_octets; /* send() takes at most that many a call; 0: all */
    void (*heard)(struct tls_peer *peer, const char *line); /* called before a line is answered; NULL: not */

    unsigned connections;
    size_t taken_octets; /* of this connection */
    int authenticated;   /* AUTH PLAIN came, with anything */
    unsigned messages;   /* that came whole */
    char line[8192];     /* the last that came whole, without its end */
    /* private */
    SSL_CTX *context;
    SSL *server;
    BIO *arrived; /* the server's own in the clear, then OpenSSL's */
    BIO *leaving;
    uint32_t now_ms;
    size_t line_octets;
    int encrypted;
    int in_message;
    size_t offset_octets;
    uint8_t send_buffer[700];
    uint8_t receive_buffer[300];
};

/* Makes the server, its key and its certificate. Returns 0, or -1. */
int tls_peer_init(struct tls_peer *peer);
void tls_peer_free(struct tls_peer *peer);

#endif
