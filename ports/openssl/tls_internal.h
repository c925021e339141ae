/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_TLS_OPENSSL_INTERNAL_H
#define POSTINO_TLS_OPENSSL_INTERNAL_H

#include "postino/tls_openssl.h"

#include <openssl/ssl.h>

/* What a record has at most (RFC 8446 section 5.2). */
#define TLS_OPENSSL_RECORD_OCTETS (5 + POSTINO_TLS_OPENSSL_OCTETS + 256)

/* tls_handshake.c */
/* The inner transport's send(). That a part of a record leaves is progress, although the record counts as
 * unsent. */
int tls_openssl_inner_send(struct postino_tls_openssl *tls, size_t length_octets);
/* Hands on what OpenSSL has written. Returns 0 when nothing is left, or what the inner transport said. */
int tls_openssl_flush(struct postino_tls_openssl *tls);
/* The same, but a failure is kept back until nothing more is to be read: the alert that says why may be
 * there. */
int tls_openssl_flush_or_keep(struct postino_tls_openssl *tls);
/* What to wait for, besides `events`: that OpenSSL's octets can leave; that alone while answers pile up. */
unsigned tls_openssl_events(struct postino_tls_openssl *tls, unsigned events);
/* Lets OpenSSL have what arrived, and counts it. Returns 0, POSTINO_AGAIN also while answers pile up, or what
 * the inner transport said; the end of the stream is seen by OpenSSL's next read. */
int tls_openssl_fill(struct postino_tls_openssl *tls, size_t *filled_octets);
/* The handshake, or the rest of one that the inner transport's patience interrupted. */
int tls_openssl_handshake(struct postino_tls_openssl *tls, uint32_t began_ms, uint32_t timeout_ms);
/* Gives back the connection's state. */
void tls_openssl_free(struct postino_tls_openssl *tls);

/* tls_settings.c */
/* Makes the context from the configuration. Returns 0, or an error with its text. */
int tls_openssl_context(struct postino_tls_openssl *tls);
/* Has the connection verified as the configuration says. Returns 0 or an error. */
int tls_openssl_expect(struct postino_tls_openssl *tls, SSL *connection);

/* Whether a certificate names the host. Returns 1, 0, or a negative number: it cannot be told. */
int tls_openssl_names_host(const struct postino_tls_openssl *tls, X509 *certificate);

/* tls_verify.c */
/* OpenSSL's callback, for each certificate of the chain. */
int tls_openssl_verify_step(int good, X509_STORE_CTX *store);
/* After the handshake: the pins, then what is to be known of the connection. Returns 0 or an error. */
int tls_openssl_inspect(struct postino_tls_openssl *tls);

/* tls_words.c */
/* What was found against a certificate, an X509_V_ERR, as an error code, and in words. */
int tls_openssl_explain(struct postino_tls_openssl *tls, X509 *certificate, int reason);
/* What OpenSSL's queue of errors says, as an error code, and in words. */
int tls_openssl_reason(struct postino_tls_openssl *tls, int otherwise);
/* A text that is fixed. Returns `error`. */
int tls_openssl_fail(struct postino_tls_openssl *tls, int error, const char *text);

#endif
