/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_TLS_MBEDTLS_H
#define POSTINO_TLS_MBEDTLS_H

#include "postino/tls.h"

#ifdef __cplusplus
extern "C" {
#endif

/* TLS by Mbed TLS, 2.28 or 3.x, over any other transport. With 3.x it was compiled, but not run yet
 * (PORTING.md). Only an application that passes objects of its own needs Mbed TLS's headers. Link
 * postino::tls-mbedtls, or compile ports/mbedtls. */

/* The types of Mbed TLS, by their tags. */
struct mbedtls_x509_crt;
struct mbedtls_pk_context;

/* The objects that a device has in memory instead of in files. Each is optional, and borrowed as long as the
 * backend is used. Start from {0}. */
struct postino_tls_mbedtls_objects {
    struct mbedtls_x509_crt *trusted; /* in place of ca_file */
    /* The client's certificate with its chain, and its key: in place of the two files. Both or none. */
    struct mbedtls_x509_crt *certificate;
    struct mbedtls_pk_context *key;
    /* The random generator in the form of Mbed TLS; NULL: its CTR_DRBG, seeded from its entropy sources. */
    int (*random)(void *context, unsigned char *output, size_t length_octets);
    void *random_context;
};

#define POSTINO_TLS_MBEDTLS_TEXT_OCTETS 256

struct postino_tls_mbedtls {
    struct postino_transport transport;
    /* private */
    struct postino_tls_info info;
    void *state; /* NULL: init failed, or end was called */
    char text[POSTINO_TLS_MBEDTLS_TEXT_OCTETS];
};

/* Prepares a closed transport that speaks TLS over `inner`, a closed transport that nothing else uses from
 * now on. With POSTINO_TLS_MODE_IMPLICIT it speaks TLS from connect() on, whose time limit covers both
 * handshakes. With POSTINO_TLS_MODE_STARTTLS it does so from start_tls() on. `inner` and `config` are
 * borrowed until the end. One thread at a time uses the object.
 *
 * Devices have no store of trusted certificates, so the verification of a chain needs a ca_file (or
 * `objects`). Dates are checked if Mbed TLS was built with MBEDTLS_HAVE_TIME_DATE. Each connection resumes
 * the session of the one before if the server agrees. If the server ends such a connection, it is made once
 * more without resumption; with implicit TLS connect() does so. The bindings:
 * - tls-unique with Mbed TLS 2.28, if the server has RFC 7627;
 * - tls-exporter in TLS 1.3, if 3.x has MBEDTLS_SSL_KEYING_MATERIAL_EXPORT;
 * - tls-server-end-point.
 *
 * Returns 0, or:
 * - POSTINO_ERROR_ARGUMENT: a NULL pointer;
 * - POSTINO_ERROR_TLS_CONFIG: a file cannot be read, a key does not belong to its certificate, a version or a
 *   name cannot be used, or there is nothing to verify by;
 * - POSTINO_ERROR_TLS_MEMORY.
 * After the last two tls() of the transport describes the failure, connect() fails with
 * POSTINO_ERROR_TLS_CONFIG, and no end is needed. Memory comes from mbedtls_calloc(). The memory of a
 * connection (two records) is held while it is open. */
int postino_tls_mbedtls_init(struct postino_tls_mbedtls *tls, struct postino_transport *inner,
                             const struct postino_tls_config *config);

/* Prepares the transport with objects of the application; NULL: none. Otherwise as
 * postino_tls_mbedtls_init(). */
int postino_tls_mbedtls_init_with(struct postino_tls_mbedtls *tls, struct postino_transport *inner,
                                  const struct postino_tls_config *config,
                                  const struct postino_tls_mbedtls_objects *objects);

/* Closes an open connection by a reset, then wipes and frees everything. Harmless after a failed init, and
 * twice. The thread that uses the object calls it. */
void postino_tls_mbedtls_end(struct postino_tls_mbedtls *tls);

#ifdef __cplusplus
}
#endif

#endif
