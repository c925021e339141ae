/* SPDX-License-Identifier: MIT */
/* TLS for the NetX Duo SMTP Client, by NetX Secure: ports/nx_secure. nxd_smtp_client.h includes it where
 * NX_SECURE_ENABLE is defined, as in trees with NetX Secure. Elsewhere the program includes it. */
#ifndef NX_SMTP_TLS_H
#define NX_SMTP_TLS_H

#include "nxd_smtp_client.h"
#include "nx_secure_tls_api.h"
#include "postino/tls.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Modes of nx_smtp_client_tls_set(): when a client's connections are encrypted. */
#define NX_SMTP_TLS_IMPLICIT      0 /* from the first octet: port 465 (RFC 8314) */
#define NX_SMTP_TLS_STARTTLS      1 /* by STARTTLS, or not at all: ports 587 and 25 (RFC 3207) */
#define NX_SMTP_TLS_OPPORTUNISTIC 2 /* by STARTTLS where the server takes it, else clear text */

/* Octets for the text of nx_smtp_client_tls_status_get(), its NUL included. */
#define NX_SMTP_TLS_TEXT_OCTETS 160

/* The memory of nx_smtp_client_tls_set(). Every member is private. */
typedef struct NX_SMTP_TLS_STRUCT {
    struct nx_smtp_mode nx_smtp_tls_client_mode; /* first: TLS is known by its address */
    const struct postino_transport_class *nx_smtp_tls_inner;
    UINT (*nx_smtp_tls_setup)(NX_SMTP_CLIENT *client_ptr, NX_SECURE_TLS_SESSION *tls_session);
    CHAR *nx_smtp_tls_host_name;
    UINT nx_smtp_tls_host_length;
    UINT nx_smtp_tls_mode;
    UINT nx_smtp_tls_phase;
    UINT nx_smtp_tls_status;  /* of the NetX Secure service that failed */
    INT nx_smtp_tls_error;    /* the session's error for it */
    UINT nx_smtp_tls_failed;  /* it was the handshake */
    UINT nx_smtp_tls_blocked; /* the server's window had no room at the last send */
    ULONG nx_smtp_tls_shut;   /* since when, in ticks */
    struct postino_tls_info nx_smtp_tls_info;
    NX_SECURE_X509_DNS_NAME nx_smtp_tls_dns_name;
    NX_SECURE_TLS_SESSION nx_smtp_tls_session;
    UINT nx_smtp_tls_text_length;
    CHAR nx_smtp_tls_text[NX_SMTP_TLS_TEXT_OCTETS];
} NX_SMTP_TLS;

#ifndef NX_SMTP_SOURCE_CODE
#ifdef NX_SMTP_DISABLE_ERROR_CHECKING
#define nx_smtp_client_tls_set        _nx_smtp_client_tls_set
#define nx_smtp_client_tls_status_get _nx_smtp_client_tls_status_get
#else
#define nx_smtp_client_tls_set        _nxe_smtp_client_tls_set
#define nx_smtp_client_tls_status_get _nxe_smtp_client_tls_status_get
#endif

/* Encrypts the client's connections, those of nx_smtp_mail_send() and of nx_smtp_session.h. `mode` is one of
 * NX_SMTP_TLS_...; the client's port must fit it. The sending thread calls `tls_setup` for each connection.
 * `tls_setup` prepares the TLS session as in NetX Duo's other clients. It calls
 * nx_secure_tls_session_create() with the application's ciphersuites and metadata. It adds the packet buffer,
 * memory for the server's certificates, and the trusted certificates. It may add a certificate of the
 * client's own, and a time function: without one NetX Secure checks no dates. Any status but NX_SUCCESS ends
 * the connection. The client ends and deletes the session with the connection.
 *
 * With a `host_name`, the server's certificate must be for that name, and the client sends the name as SNI
 * (RFC 6066). It is a DNS name of at most NX_SECURE_X509_DNS_NAME_MAX octets; one dot at its end is left out.
 * Names are compared by nx_secure_x509_common_name_dns_check(), which accepts the subject's common name
 * too, against RFC 9525. The check replaces a certificate callback that `tls_setup` has set. With NULL the
 * chain is verified, and the name only by such a callback. A failed handshake ends the connection in every
 * mode.
 * Passwords are sent under TLS alone, in the mode OPPORTUNISTIC too.
 *
 * `tls_ptr` is the caller's memory, and `host_name` is borrowed, as long as the client. NetX Secure must have
 * been initialised. It takes its own packets from the IP instance's default pool: if the pool is empty while
 * a record arrives, the connection is lost. The handshake may wait NX_SMTP_CLIENT_CONNECTION_TIMEOUT for each
 * packet of the server's, and NX_SMTP_ENVELOPE_TIMEOUT after STARTTLS. NetX Secure has no limit for the whole
 * handshake. In nx_smtp_client_connect() its `wait_option` bounds these waits too; a handshake that it cuts
 * short has failed.
 *
 * Allowed from initialisation and threads, before the client's first mail and before
 * nx_smtp_client_session_enable(), once. Returns:
 * - NX_SUCCESS;
 * - NX_PTR_ERROR: a NULL pointer, except `host_name`;
 * - NX_CALLER_ERROR: called from a timer or an interrupt;
 * - NX_SMTP_CLIENT_NOT_INITIALIZED;
 * - NX_SMTP_INVALID_PARAM: another mode;
 * - NX_SIZE_ERROR: host_name is empty or too long;
 * - NX_ALREADY_ENABLED: this service or nx_smtp_client_session_enable() was called before.
 * (RFC 3207, RFC 8314) */
UINT nx_smtp_client_tls_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_TLS *tls_ptr, UINT mode, CHAR *host_name,
                            UINT (*tls_setup)(NX_SMTP_CLIENT *client_ptr,
                                              NX_SECURE_TLS_SESSION *tls_session));

/* Gets the reason why TLS failed in the client's last connection. *nx_secure_status is the status of the
 * NetX Secure service, or of `tls_setup`, that failed. It is NX_SUCCESS where none failed. `text` takes at
 * most text_size - 1 octets of an explanation in English ("the certificate is for b.test, not for
 * a.test"), and a NUL. It also explains failures before TLS, holds no secret, and is empty without a
 * failure. *text_length is the length in `text`. Allowed from initialisation and threads, while no mail is
 * being sent. Returns NX_SUCCESS; NX_PTR_ERROR: a NULL pointer; NX_CALLER_ERROR: called from a timer or an
 * interrupt; NX_SMTP_CLIENT_NOT_INITIALIZED; NX_NOT_ENABLED: nx_smtp_client_tls_set() was not called;
 * NX_SIZE_ERROR: text_size is 0. */
UINT nx_smtp_client_tls_status_get(NX_SMTP_CLIENT *client_ptr, UINT *nx_secure_status, CHAR *text,
                                   UINT text_size, UINT *text_length);

#else /* NX_SMTP_SOURCE_CODE: the functions behind the names */

UINT _nxe_smtp_client_tls_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_TLS *tls_ptr, UINT mode, CHAR *host_name,
                              UINT (*tls_setup)(NX_SMTP_CLIENT *client_ptr,
                                                NX_SECURE_TLS_SESSION *tls_session));
UINT _nx_smtp_client_tls_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_TLS *tls_ptr, UINT mode, CHAR *host_name,
                             UINT (*tls_setup)(NX_SMTP_CLIENT *client_ptr,
                                               NX_SECURE_TLS_SESSION *tls_session));
UINT _nxe_smtp_client_tls_status_get(NX_SMTP_CLIENT *client_ptr, UINT *nx_secure_status, CHAR *text,
                                     UINT text_size, UINT *text_length);
UINT _nx_smtp_client_tls_status_get(NX_SMTP_CLIENT *client_ptr, UINT *nx_secure_status, CHAR *text,
                                    UINT text_size, UINT *text_length);
/* nx_smtp_tls_transport.c */
/* The client's transport with TLS in it. */
extern const struct postino_transport_class _nx_smtp_tls_transport;
/* nx_smtp_tls_words.c */
/* Sets the text for a status of NetX Secure, unless there is a text, and returns the session's error for
 * it. `in_handshake` is 0 after the handshake. */
INT _nx_smtp_tls_explain(NX_SMTP_TLS *tls_ptr, UINT status, UINT in_handshake);
/* Sets the text, and appends to it. Text that has no room is dropped. Octets of the server's that cannot be
 * printed become '?'. */
VOID _nx_smtp_tls_text_set(NX_SMTP_TLS *tls_ptr, const CHAR *text);
VOID _nx_smtp_tls_text_add(NX_SMTP_TLS *tls_ptr, const UCHAR *octets, UINT length);
#endif

#ifdef __cplusplus
}
#endif

#endif
