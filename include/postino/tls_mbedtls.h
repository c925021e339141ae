/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_TLS_MBEDTLS_H
#define POSTINO_TLS_MBEDTLS_H

#include "postino/tls.h"

#ifdef __cplusplus
extern "C" {
#endif

/* TLS by Mbed TLS, 2.28 or 3.x, over any other transport; with 3.x it was compiled, and not run yet
 * (PORTING.md). Mbed TLS's own headers are needed only by those who give it objects of their own. Link
 * postino::tls-mbedtls, or compile ports/mbedtls. */

/* The types of Mbed TLS, by their tags. */
struct mbedtls_x509_crt;
struct mbedtls_pk_context;

/* What a device has in its memory instead of in files. Everything is optional and borrowed as long as the
 * backend is used; start from {0}. */
struct postino_tls_mbedtls_objects {
    struct mbedtls_x509_crt *trusted; /* in place of ca_file */
    /* The client's certificate with its chain, and its key: in place of the two files. Both or none. */
    struct mbedtls_x509_crt *certificate;
    struct mbedtls_pk_context *key;
    /* Random octets as Mbed TLS wants them; NULL: its CTR_DRBG, seeded from its entropy sources. */
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

/* Prepares a closed transport that speaks TLS over `inner`, a closed one that it uses alone from now on: with
 * POSTINO_TLS_MODE_IMPLICIT from connect() on, whose time limit holds for both handshakes; with
 * POSTINO_TLS_MODE_STARTTLS from start_tls() on. Both are borrowed until the end, `config` too. Devices have
 * no store of trusted certificates: what verifies a chain needs a ca_file (or `objects`). Certificates are
 * checked against the clock where Mbed TLS was built with MBEDTLS_HAVE_TIME_DATE.
 *
 * Each connection resumes the session of the one before where the server agrees; one that ends the connection
 * instead is called once more, without: with implicit TLS by connect(). The bindings: tls-unique with Mbed
 * TLS 2.28, where the server has RFC 7627; tls-exporter in TLS 1.3 where 3.x has
 * MBEDTLS_SSL_KEYING_MATERIAL_EXPORT; and tls-server-end-point.
 *
 * Returns 0; POSTINO_ERROR_ARGUMENT: a NULL pointer; or POSTINO_ERROR_TLS_CONFIG: a file cannot be read, a
 * key does not belong to its certificate, a version or a name that cannot be used, or nothing to verify by;
 * or POSTINO_ERROR_TLS_MEMORY. Then the transport's tls() says it in words, connect() fails with
 * POSTINO_ERROR_TLS_CONFIG, and nothing has to be ended. Memory comes from mbedtls_calloc(): that of a
 * connection (two records) is held while it is open. One thread at a time uses the object. */
int postino_tls_mbedtls_init(struct postino_tls_mbedtls *tls, struct postino_transport *inner,
                             const struct postino_tls_config *config);

/* The same with objects of the application's; NULL: none. */
int postino_tls_mbedtls_init_with(struct postino_tls_mbedtls *tls, struct postino_transport *inner,
                                  const struct postino_tls_config *config,
                                  const struct postino_tls_mbedtls_objects *objects);

/* Closes what is open, by a reset, wipes and frees everything. Harmless after a failed init, and twice. */
void postino_tls_mbedtls_end(struct postino_tls_mbedtls *tls);

#ifdef __cplusplus
}
#endif

#endif
