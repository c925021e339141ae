/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_TLS_H
#define POSTINO_TLS_H

#include "postino/transport.h"

#ifdef __cplusplus
extern "C" {
#endif

/* TLS as a layer of the transport: a backend (postino/tls_openssl.h, postino/tls_mbedtls.h) is a transport
 * over another one. What all backends have in common stands here. */

struct postino_session;

/* Whether a session goes on without TLS. Nothing falls back in silence: a handshake that was begun and failed
 * is an error under each of them. */
struct postino_tls_policy {
    /* private */
    unsigned (*next_row)(struct postino_session *session);
    uint8_t required;
};

/* No mail and no authentication without TLS: implicit (RFC 8314), or by STARTTLS (RFC 3207). */
extern const struct postino_tls_policy postino_tls_required;
/* STARTTLS where the server offers it and does not refuse it, else in the clear (RFC 7435). */
extern const struct postino_tls_policy postino_tls_opportunistic;
/* STARTTLS is not used. */
extern const struct postino_tls_policy postino_tls_none;

enum postino_tls_mode {
    POSTINO_TLS_MODE_IMPLICIT = 0, /* from the first octet on: port 465 (RFC 8314) */
    POSTINO_TLS_MODE_STARTTLS = 1  /* in the clear until start_tls(): ports 587 and 25 (RFC 3207) */
};

enum postino_tls_version {
    POSTINO_TLS_VERSION_DEFAULT = 0, /* the lowest and highest that the backend has, 1.2 at least */
    POSTINO_TLS_VERSION_1_2 = 12,
    POSTINO_TLS_VERSION_1_3 = 13
};

/* How the server is recognised (RFC 9525). */
enum postino_tls_verify {
    POSTINO_TLS_VERIFY_FULL = 0,  /* its chain leads to a trusted issuer, and it names the host */
    POSTINO_TLS_VERIFY_CHAIN = 1, /* its chain alone, whatever the name */
    POSTINO_TLS_VERIFY_PIN = 2,   /* the pins alone: see below */
    POSTINO_TLS_VERIFY_NONE = 3   /* not at all: whoever is in between reads everything */
};

#define POSTINO_TLS_PIN_OCTETS 32

/* What to expect of the server. Borrowed by the backend as long as it is used. Start from {0}; only host_name
 * is required, unless nothing is verified by it. */
struct postino_tls_config {
    /* A DNS name in ASCII, sent as SNI (RFC 6066) too, where one dot at its end is left out; or an IPv4 or
     * IPv6 address, which the certificate must name as an address. */
    const char *host_name;
    uint8_t mode;        /* enum postino_tls_mode */
    uint8_t verify;      /* enum postino_tls_verify */
    uint8_t version_min; /* enum postino_tls_version */
    uint8_t version_max;
    /* Certificates that are trusted, a file in PEM; NULL: those of the system, where there are any. An
     * authority that another one certified serves as well: what it issued is then trusted, without a look at
     * who is above it. */
    const char *ca_file;
    /* SHA-256 of certificates or of public keys (their SubjectPublicKeyInfo), POSTINO_TLS_PIN_OCTETS each,
     * behind each other: the server's must be one of them, whatever else is verified. NULL: none. */
    const uint8_t *pins;
    size_t pin_count;
    /* The client's certificate with its chain, and its key, files in PEM; NULL: none. */
    const char *certificate_file;
    const char *key_file;
    const char *key_password; /* NULL: the key is not encrypted */
};

/* A channel binding (RFC 5056). */
struct postino_channel_binding {
    const char
        *name; /* "tls-exporter" (RFC 9266), "tls-unique", "tls-server-end-point" (RFC 5929); NULL: none */
    const uint8_t *data;
    size_t length_octets;
};

/* What TLS made of a connection. Valid as long as the connection. */
struct postino_tls_info {
    const char *version; /* "TLSv1.3"; NULL: the connection is in the clear */
    const char *cipher;  /* as the backend names it */
    uint8_t verified;    /* not 0: the server was recognised, by chain and name or by a pin */
    uint8_t resumed;     /* not 0: an earlier session went on */
    uint8_t certified;   /* not 0: the client showed a certificate */
    /* The one that belongs to this connection alone, then the one that belongs to the server. */
    struct postino_channel_binding bindings[2];
    /* What failed, in words with the particulars ("the certificate is for mail.example, not for ..."); empty:
     * nothing did. Holds no secret. */
    const char *text;
};

#ifdef __cplusplus
}
#endif

#endif
