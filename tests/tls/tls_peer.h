/* SPDX-License-Identifier: MIT */
#ifndef TLS_PEER_H
#define TLS_PEER_H

#include <openssl/ssl.h>

#include "postino/tls.h"

/* A transport whose other end is an SMTP server over TLS (OpenSSL) in the same thread: no socket, and no time
 * passes but in wait() and as the members say. It resumes sessions. Its name is peer.example. */

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
    uint32_t slow_ms;                                       /* until send() takes more; 0: no time */
    size_t lend_octets; /* receive() lends at most that many a call; 0: 300 */
    int version;        /* TLS1_2_VERSION, TLS1_3_VERSION; 0: the newest */
    /* Writes a record without plain text. It is called again and again in place of the reply to MAIL;
     * NULL: the server replies. The server takes the client's octets meanwhile and does not read them. */
    int (*flood)(SSL *server);
    uint32_t flood_ms; /* how long, PORTION_MS for each portion of `lend_octets`; then nothing comes */
    /* Octets that are sent again and again in place of the server's handshake; NULL: the handshake. */
    const uint8_t *chatter;
    size_t chatter_octets;
    /* The caller is held up for so long in the first receive() behind a send(), which then does not look, as
     * the contract allows. */
    uint32_t held_up_ms;
    int receive_error; /* that receive() has where nothing more comes; 0: it says AGAIN */

    char certificate_file[64]; /* its certificate in PEM, and its key */
    unsigned connections;
    size_t taken_octets; /* of this connection */
    uint32_t taken_ms;   /* when the last of them was */
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
    int flooding;
    uint32_t flooded_ms;
    int asked;
    size_t offset_octets;
    uint8_t send_buffer[700];
    uint8_t receive_buffer[16384];
};

/* Makes the server, its key and its certificate. Returns 0, or -1. */
int tls_peer_init(struct tls_peer *peer);
void tls_peer_free(struct tls_peer *peer);

#endif
