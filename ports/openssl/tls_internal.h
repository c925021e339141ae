/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_TLS_OPENSSL_INTERNAL_H
#define POSTINO_TLS_OPENSSL_INTERNAL_H

#include "postino/tls_openssl.h"

#include <openssl/ssl.h>

/* The longest record (RFC 8446 section 5.2). */
#define TLS_OPENSSL_RECORD_OCTETS (5 + POSTINO_TLS_OPENSSL_OCTETS + 256)

/* tls_handshake.c */
/* Calls the inner transport's send(). A part of a record that leaves is progress, although the record counts
 * as unsent. */
int tls_openssl_inner_send(struct postino_tls_openssl *tls, size_t length_octets);
/* Sends the octets that OpenSSL has written. Returns 0 when none is left, or the inner transport's status. */
int tls_openssl_flush(struct postino_tls_openssl *tls);
/* The same, but keeps a failure back until nothing more can be read: the alert that says why may have
 * arrived. */
int tls_openssl_flush_or_keep(struct postino_tls_openssl *tls);
/* Returns the events to wait for: `events`, and POSTINO_EVENT_WRITE while OpenSSL has octets to send. While
 * OpenSSL's answers pile up it is POSTINO_EVENT_WRITE alone. */
unsigned tls_openssl_events(struct postino_tls_openssl *tls, unsigned events);
/* Gives OpenSSL the octets that arrived, and counts them. Returns 0, POSTINO_AGAIN (also while answers pile
 * up), or the inner transport's error. OpenSSL's next read sees the end of the stream. */
int tls_openssl_fill(struct postino_tls_openssl *tls, size_t *filled_octets);
/* Makes the handshake, or goes on with one after POSTINO_AGAIN. */
int tls_openssl_handshake(struct postino_tls_openssl *tls, uint32_t began_ms, uint32_t timeout_ms);
/* Frees the connection's state. */
void tls_openssl_free(struct postino_tls_openssl *tls);

/* tls_settings.c */
/* Makes the context from the configuration. Returns 0, or an error with its text. */
int tls_openssl_context(struct postino_tls_openssl *tls);
/* Tells OpenSSL the host that the certificate must name. Returns 0 or an error. */
int tls_openssl_expect(struct postino_tls_openssl *tls, SSL *connection);

/* tls_verify.c */
#define TLS_OPENSSL_HOST_OCTETS 253 /* RFC 1035 section 2.3.4, without the root */
/* RFC 9525 section 6.3: no common names, and a wildcard is a whole label. */
#define TLS_OPENSSL_HOST_FLAGS  (X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS)
int tls_openssl_is_address(const char *host);
/* The length of the host's name without the dot at its end, which neither SNI nor a certificate has (RFC 6066
 * section 3, RFC 9525 section 2). Returns 0 for a malformed name. */
size_t tls_openssl_host_octets(const char *host);
/* OpenSSL calls it for each certificate of the chain. */
int tls_openssl_verify_step(int good, X509_STORE_CTX *store);
/* After the handshake: checks the pins and the name, then fills in tls->info. Returns 0 or an error. */
int tls_openssl_inspect(struct postino_tls_openssl *tls);

/* tls_words.c */
/* Sets the text for an X509_V_ERR that OpenSSL found in a certificate. Returns the error code for it. */
int tls_openssl_explain(struct postino_tls_openssl *tls, X509 *certificate, int reason);
/* Sets the text from OpenSSL's queue of errors. Returns the error code: `otherwise` where none fits better.
 * */
int tls_openssl_reason(struct postino_tls_openssl *tls, int otherwise);
/* Sets the text. Returns `error`. */
int tls_openssl_fail(struct postino_tls_openssl *tls, int error, const char *text);

#endif
