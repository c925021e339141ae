/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_TLS_H
#define POSTINO_TLS_H

#include "postino/transport.h"

#ifdef __cplusplus
extern "C" {
#endif

/* TLS as a layer of the transport. A backend (postino/tls_openssl.h, postino/tls_mbedtls.h) is a transport
 * over another transport. This header has the parts that all backends share. */

struct postino_session;

/* The policy of a session about TLS. No policy falls back after a handshake that was begun: a failed
 * handshake is always an error. */
struct postino_tls_policy {
    /* private */
    unsigned (*next_row)(struct postino_session *session);
    uint8_t required;
};

/* No mail and no authentication without TLS: implicit (RFC 8314), or by STARTTLS (RFC 3207). */
extern const struct postino_tls_policy postino_tls_required;
/* STARTTLS if the server offers it and does not refuse it, else clear text (RFC 7435). */
extern const struct postino_tls_policy postino_tls_opportunistic;
/* STARTTLS is not used. */
extern const struct postino_tls_policy postino_tls_none;

enum postino_tls_mode {
    POSTINO_TLS_MODE_IMPLICIT = 0, /* from the first octet on: port 465 (RFC 8314) */
    POSTINO_TLS_MODE_STARTTLS = 1  /* in clear text until start_tls(): ports 587 and 25 (RFC 3207) */
};

enum postino_tls_version {
    POSTINO_TLS_VERSION_DEFAULT = 0, /* the lowest and highest of the backend, at least 1.2 */
    POSTINO_TLS_VERSION_1_2 = 12,
    POSTINO_TLS_VERSION_1_3 = 13
};

/* How the server is verified (RFC 9525). */
enum postino_tls_verify {
    /* Its chain leads to a trusted issuer, and the certificate names the host. */
    POSTINO_TLS_VERIFY_FULL = 0,
    POSTINO_TLS_VERIFY_CHAIN = 1, /* its chain alone, with any name */
    POSTINO_TLS_VERIFY_PIN = 2,   /* the pins alone: see below */
    POSTINO_TLS_VERIFY_NONE = 3   /* not at all: an attacker in between reads everything */
};

#define POSTINO_TLS_PIN_OCTETS 32

/* The settings of a backend, which borrows them as long as it is used. Start from {0}. Only host_name is
 * required, and not even this if nothing is verified by it. */
struct postino_tls_config {
    /* A DNS name in ASCII, also sent as SNI (RFC 6066) without one dot at its end. Or an IPv4 or IPv6
     * address, which the certificate must have as an address. */
    const char *host_name;
    uint8_t mode;        /* enum postino_tls_mode */
    uint8_t verify;      /* enum postino_tls_verify */
    uint8_t version_min; /* enum postino_tls_version */
    uint8_t version_max;
    /* A PEM file of trusted certificates; NULL: those of the system, if there are any. An intermediate
     * authority may be trusted too: the certificates that it issued are accepted without a look at its own
     * issuer. */
    const char *ca_file;
    /* SHA-256 of certificates or of public keys (their SubjectPublicKeyInfo), POSTINO_TLS_PIN_OCTETS each,
     * behind each other. The server's must be one of them, in addition to all other verification. NULL:
     * none. */
    const uint8_t *pins;
    size_t pin_count;
    /* The client's certificate with its chain, and its key, files in PEM; NULL: none. */
    const char *certificate_file;
    const char *key_file;
    const char *key_password; /* NULL: the key is not encrypted */
};

/* A channel binding (RFC 5056). */
struct postino_channel_binding {
    /* "tls-exporter" (RFC 9266), "tls-unique", "tls-server-end-point" (RFC 5929); NULL: none. */
    const char *name;
    const uint8_t *data;
    size_t length_octets;
};

/* The facts about TLS on a connection. Valid as long as the connection. */
struct postino_tls_info {
    const char *version; /* "TLSv1.3"; NULL: the connection is in clear text */
    const char *cipher;  /* as the backend names it */
    uint8_t verified;    /* not 0: the server was verified, by chain and name or by a pin */
    uint8_t resumed;     /* not 0: this connection resumed an earlier session */
    uint8_t certified;   /* not 0: the client showed a certificate */
    /* The binding to this connection alone, then the binding to the server. */
    struct postino_channel_binding bindings[2];
    /* The failure in words with its particulars ("the certificate is for mail.example, not for ..."); empty:
     * nothing failed. Holds no secret. */
    const char *text;
};

#ifdef __cplusplus
}
#endif

#endif
