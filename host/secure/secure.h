/* SPDX-License-Identifier: MIT */
/* Inside NetX Secure on the host: OpenSSL reads and writes memory, and the services of the TCP socket move
 * it. A session is used by one thread at a time. */
#ifndef HOST_SECURE_H
#define HOST_SECURE_H

#include "nx_secure_tls_api.h"

#include <openssl/ssl.h>

#define SECURE_PLAIN_MAX 16384 /* octets of a record (RFC 8446 section 5.1) */

/* NX_PTR_ERROR, NX_SECURE_TLS_SESSION_UNINITIALIZED or NX_SUCCESS. */
UINT secure_check(const NX_SECURE_TLS_SESSION *session, const void *pointer);

/* secure_verify.c: OpenSSL's view of what the application trusts. `argument` is the session. */
int secure_verify(X509_STORE_CTX *store, void *argument);
/* Gives the context the trusted certificates, and the client's own. Returns 0, or -1: OpenSSL does not take
 * them. */
int secure_certificates(const NX_SECURE_TLS_SESSION *session, SSL_CTX *context);

/* secure_move.c: between OpenSSL's memory and the socket. Statuses are those of the NetX services. */
UINT secure_flush(NX_SECURE_TLS_SESSION *session, ULONG wait_option);
UINT secure_fill(NX_SECURE_TLS_SESSION *session, ULONG wait_option);
/* Gathers what a packet chain holds; `octets` has room for it. */
void secure_gather(const NX_PACKET *packet, UCHAR *octets);
/* Returns the reason why OpenSSL stopped, as a status. An alert of OpenSSL about it goes out. */
UINT secure_failure(NX_SECURE_TLS_SESSION *session, ULONG wait_option, UINT otherwise);

#endif
