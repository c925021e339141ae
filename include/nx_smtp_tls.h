/* SPDX-License-Identifier: MIT */
/* TLS for the NetX Duo SMTP Client, by NetX Secure: ports/nx_secure. Included by nxd_smtp_client.h where
 * NX_SECURE_ENABLE is defined, as in trees that have NetX Secure; else by the program. */
#ifndef NX_SMTP_TLS_H
#define NX_SMTP_TLS_H

#include "nxd_smtp_client.h"
#include "nx_secure_tls_api.h"
#include "postino/tls.h"

#ifdef __cplusplus
extern "C" {
#endif

/* For nx_smtp_client_tls_set(): whether, and from when on, a client's connections are encrypted. */
#define NX_SMTP_TLS_IMPLICIT      0 /* from the first octet: port 465 (RFC 8314) */
#define NX_SMTP_TLS_STARTTLS      1 /* by STARTTLS, or not at all: ports 587 and 25 (RFC 3207) */
#define NX_SMTP_TLS_OPPORTUNISTIC 2 /* by STARTTLS where it is offered and not refused, else in the clear */

/* Octets of the text that nx_smtp_client_tls_status_get() has, its NUL included. */
#define NX_SMTP_TLS_TEXT_OCTETS 160

/* What nx_smtp_client_tls_set() needs besides the client. Everything in it is private. */
typedef struct NX_SMTP_TLS_STRUCT {
    struct nx_smtp_mode nx_smtp_tls_client_mode; /* first: TLS is known by its address */
    const struct postino_transport_class *nx_smtp_tls_inner;
    UINT (*nx_smtp_tls_setup)(NX_SMTP_CLIENT *client_ptr, NX_SECURE_TLS_SESSION *tls_session);
    CHAR *nx_smtp_tls_host_name;
    UINT nx_smtp_tls_host_length;
    UINT nx_smtp_tls_mode;
    UINT nx_smtp_tls_phase;
    UINT nx_smtp_tls_status;  /* of the NetX Secure service that failed */
    INT nx_smtp_tls_error;    /* what the session is told of it */
    UINT nx_smtp_tls_failed;  /* it was the handshake */
    UINT nx_smtp_tls_blocked; /* the server's window had no room for what was to be sent last */
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

/* Has the client's connections encrypted, those of nx_smtp_mail_send() and of nx_smtp_session.h. `mode` is
 * one of NX_SMTP_TLS_...; the client's port is to fit it. `tls_setup` is called by the sending thread for
 * each connection, and sets the TLS session up as in NetX Duo's other clients: nx_secure_tls_session_create()
 * with the application's ciphersuites and metadata, its packet buffer, room for the server's certificates,
 * the trusted ones, where wanted a certificate of the client's own and a time function (without one NetX
 * Secure checks no dates); what it returns but NX_SUCCESS ends the connection. The session is ended and
 * deleted with the connection.
 *
 * With a `host_name`, a DNS name of at most NX_SECURE_X509_DNS_NAME_MAX octets (one dot at its end is left
 * out), the server's certificate has to be for it (nx_secure_x509_common_name_dns_check(), for which the
 * subject's common name is a name too, against RFC 9525), and it is told as SNI (RFC 6066): this takes the
 * place of a certificate callback that `tls_setup` has set. With NULL the chain is verified and no name is,
 * unless that callback does. A handshake that fails ends the connection in each mode: nothing falls back in
 * silence. Passwords are sent under TLS alone, in the mode OPPORTUNISTIC too.
 *
 * `tls_ptr` is the caller's memory, and `host_name` borrowed, as long as the client; NetX Secure must have
 * been initialised. It takes its own packets from the IP instance's default pool: where that runs dry while a
 * record arrives, the connection is lost. The handshake may wait NX_SMTP_CLIENT_CONNECTION_TIMEOUT, after
 * STARTTLS NX_SMTP_ENVELOPE_TIMEOUT, for each packet of the server's: NetX Secure knows no limit of the
 * whole. In nx_smtp_client_connect() its `wait_option` bounds these waits too, and a handshake that it cut
 * short has failed.
 *
 * Allowed from initialisation and threads, before the client's first mail and before
 * nx_smtp_client_session_enable(), once. Returns NX_SUCCESS; NX_PTR_ERROR: a NULL pointer, `host_name` apart;
 * NX_CALLER_ERROR: called from a timer or an interrupt; NX_SMTP_CLIENT_NOT_INITIALIZED;
 * NX_SMTP_INVALID_PARAM: another mode; NX_SIZE_ERROR: host_name is empty or too long; NX_ALREADY_ENABLED:
 * called before, or nx_smtp_client_session_enable() was. (RFC 3207, RFC 8314) */
UINT nx_smtp_client_tls_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_TLS *tls_ptr, UINT mode, CHAR *host_name,
                            UINT (*tls_setup)(NX_SMTP_CLIENT *client_ptr,
                                              NX_SECURE_TLS_SESSION *tls_session));

/* Tells what failed of TLS in the client's last connection. *nx_secure_status is the status of the NetX
 * Secure service, or of `tls_setup`, that failed; NX_SUCCESS: none did. `text` takes at most text_size - 1
 * octets of what it means, in English ("the certificate is for b.test, not for a.test"), and a NUL; it is
 * empty where nothing failed, holds no secret, and also has what was missing before TLS. *text_length is the
 * length in `text`. Allowed from initialisation and threads, while no mail is being sent. Returns NX_SUCCESS;
 * NX_PTR_ERROR: a NULL pointer; NX_CALLER_ERROR: called from a timer or an interrupt;
 * NX_SMTP_CLIENT_NOT_INITIALIZED; NX_NOT_ENABLED: nx_smtp_client_tls_set() was not called; NX_SIZE_ERROR:
 * text_size is 0. */
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
/* Says what a status of NetX Secure means: sets the text, unless it is set already, and returns the error
 * code that the session is told. `in_handshake` 0: afterwards. */
INT _nx_smtp_tls_explain(NX_SMTP_TLS *tls_ptr, UINT status, UINT in_handshake);
/* Sets the text, and appends to it: what has no room is dropped; `octets` of the server's that cannot be
 * printed become '?'. */
VOID _nx_smtp_tls_text_set(NX_SMTP_TLS *tls_ptr, const CHAR *text);
VOID _nx_smtp_tls_text_add(NX_SMTP_TLS *tls_ptr, const UCHAR *octets, UINT length);
#endif

#ifdef __cplusplus
}
#endif

#endif
