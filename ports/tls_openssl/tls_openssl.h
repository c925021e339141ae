/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_TLS_OPENSSL_INTERNAL_H
#define POSTINO_TLS_OPENSSL_INTERNAL_H

#include "postino/tls_openssl.h"

#include <openssl/ssl.h>

/* tls_openssl_verify.c */
/* Makes the context from the configuration. Returns 0, or POSTINO_ERROR_TLS_CONFIG with its text. */
int tls_openssl_context(struct postino_tls_openssl *tls);
/* Has the connection verified as the configuration says. Returns 0 or an error. */
int tls_openssl_expect(struct postino_tls_openssl *tls, SSL *connection);
/* After the handshake: the pins, then what is to be known of the connection. Returns 0 or an error. */
int tls_openssl_inspect(struct postino_tls_openssl *tls);
/* What OpenSSL's queue of errors says, as an error code, and in words. */
int tls_openssl_reason(struct postino_tls_openssl *tls, int otherwise);

#endif
