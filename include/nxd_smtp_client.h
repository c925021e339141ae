/* SPDX-License-Identifier: MIT */
/* The NetX Duo SMTP Client API, over Postino's engine: source-compatible with the SMTP Client of NetX
 * Duo 6.4. */
#ifndef NXD_SMTP_CLIENT_H
#define NXD_SMTP_CLIENT_H

#include "nx_api.h"
#include "nx_smtp_codes.h"
#include "nx_smtp_objects.h"
#include "nx_smtp_options.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifndef NX_SMTP_SOURCE_CODE
#ifdef NX_SMTP_DISABLE_ERROR_CHECKING
#define nxd_smtp_client_create      _nxd_smtp_client_create
#define nx_smtp_client_delete       _nx_smtp_client_delete
#define nx_smtp_mail_send           _nx_smtp_mail_send
#define nx_smtp_client_outcome_get  _nx_smtp_client_outcome_get
#define nx_smtp_client_headers_set  _nx_smtp_client_headers_set
#define nx_smtp_client_trace_set    _nx_smtp_client_trace_set
#define nx_smtp_client_crypto_set   _nx_smtp_client_crypto_set
#define nx_smtp_client_token_set    _nx_smtp_client_token_set
#define nx_smtp_client_external_set _nx_smtp_client_external_set
#else
#define nxd_smtp_client_create      _nxde_smtp_client_create
#define nx_smtp_client_delete       _nxe_smtp_client_delete
#define nx_smtp_mail_send           _nxe_smtp_mail_send
#define nx_smtp_client_outcome_get  _nxe_smtp_client_outcome_get
#define nx_smtp_client_headers_set  _nxe_smtp_client_headers_set
#define nx_smtp_client_trace_set    _nxe_smtp_client_trace_set
#define nx_smtp_client_crypto_set   _nxe_smtp_client_crypto_set
#define nx_smtp_client_token_set    _nxe_smtp_client_token_set
#define nx_smtp_client_external_set _nxe_smtp_client_external_set
#endif

/* Prepares a client; connects nothing. Allowed from initialisation and threads, also before the scheduler
 * runs.
 *
 * `client_ptr` is the caller's memory until nx_smtp_client_delete(). The IP instance, the packet pool and the
 * string `from_address` are borrowed until then. User name, password, client domain and server address are
 * copied. `from_address` is an address with or without its angle brackets. `client_domain` is the fully
 * qualified domain name of the device, or an address literal such as [192.0.2.1]. `authentication_type` is
 * one of NX_SMTP_CLIENT_AUTH_...; any other value counts as PLAIN. `port` is the server's TCP port, usually
 * 25 or 587.
 *
 * Returns:
 * - NX_SUCCESS;
 * - NX_PTR_ERROR: a pointer is NULL;
 * - NX_CALLER_ERROR: called from a timer or an interrupt;
 * - NX_SMTP_INVALID_PARAM: no live IP instance, or an invalid client domain;
 * - NX_IP_ADDRESS_ERROR: this build of NetX Duo does not have the address version;
 * - NX_INVALID_PORT;
 * - NX_NOT_ENABLED: nx_tcp_enable was not called;
 * - NX_SIZE_ERROR: a string is longer than its limit, or user name and password together are;
 * - the status of the TCP socket's creation.
 * (NetX Duo SMTP Client User Guide, chapter 3) */
UINT nxd_smtp_client_create(NX_SMTP_CLIENT *client_ptr, NX_IP *ip_ptr, NX_PACKET_POOL *client_packet_pool_ptr,
                            CHAR *username, CHAR *password, CHAR *from_address, CHAR *client_domain,
                            UINT authentication_type, NXD_ADDRESS *server_address, UINT port);

/* Ends a client and wipes its memory, which held the password. Mails that were submitted and not collected
 * stay in use, with their recipients, options and parts: zero these objects, and create them anew. Allowed
 * from threads.
 *
 * Returns:
 * - NX_SUCCESS;
 * - NX_PTR_ERROR: NULL, never created or already deleted;
 * - NX_CALLER_ERROR: not called from a thread;
 * - NX_STILL_BOUND: another thread sends a mail with this client, or the connection of
 *   nx_smtp_client_connect() is open.
 * After NX_STILL_BOUND the client is unchanged. (User Guide, chapter 3) */
UINT nx_smtp_client_delete(NX_SMTP_CLIENT *client_ptr);

/* Sends a mail: connects, authenticates, delivers, sends QUIT and disconnects. Then the client is ready for
 * the next mail. Blocks; the options of nx_smtp_options.h bound each wait. Allowed from threads. While one
 * thread sends, other threads get NX_IN_PROGRESS. While the connection of nx_smtp_client_connect() is open,
 * every call gets NX_ALREADY_BOUND.
 *
 * The strings and the body are borrowed during the call. `recipient_address` is an address with or without
 * its angle brackets. `priority` is one of NX_SMTP_MAIL_PRIORITY_...; any other value counts as NORMAL. LOW
 * and HIGH add header lines for the reader. A subject outside of ASCII must be UTF-8. It goes out in encoded
 * words (RFC 2047), so every server takes it. `mail_body_length` is in octets. Lines may end in CRLF, LF or
 * CR, and may begin with dots.
 *
 * Returns:
 * - NX_SUCCESS: the server accepted the mail, also where the connection broke afterwards;
 * - NX_PTR_ERROR: a pointer is NULL;
 * - NX_SMTP_INVALID_PARAM: a body of length 0, a malformed address, a control character in the subject, or a
 *   subject line over 998 octets;
 * - NX_CALLER_ERROR: not called from a thread;
 * - NX_SMTP_CLIENT_NOT_INITIALIZED;
 * - NX_NO_PACKET: a reply did not come in time;
 * - one of the other status values of nx_smtp_codes.h;
 * - the status of the NetX Duo service that failed.
 * After the first four errors nothing was sent. After another error the mail was not accepted, unless
 * nx_smtp_client_outcome_get() says UNKNOWN. (User Guide, chapter 3; RFC 5321) */
UINT nx_smtp_mail_send(NX_SMTP_CLIENT *client_ptr, CHAR *recipient_address, UINT priority, CHAR *subject,
                       CHAR *mail_body, UINT mail_body_length);

/* Gets the outcome of the client's last mail: *outcome_ptr is one of NX_SMTP_OUTCOME_.... A caller that sends
 * an UNKNOWN mail again may deliver it twice; a caller that does not may lose it. Allowed from initialisation
 * and threads, while no mail is being sent. Returns NX_SUCCESS; NX_PTR_ERROR: a NULL pointer;
 * NX_CALLER_ERROR: called from a timer or an interrupt; NX_SMTP_CLIENT_NOT_INITIALIZED. (RFC 5321 section
 * 4.5.4.1) */
UINT nx_smtp_client_outcome_get(NX_SMTP_CLIENT *client_ptr, UINT *outcome_ptr);

/* Adds a Date and a Message-ID to the client's mails. `clock` returns the seconds since 1970-01-01 00:00 UTC,
 * or 0 while the time is not known: then the mail has no Date. `random` returns 32 random bits. Either may be
 * NULL; then its header is left out. The sending thread calls both. `headers_ptr` is the caller's memory as
 * long as the client. Allowed from initialisation and threads, while no mail is being sent. Returns
 * NX_SUCCESS; NX_PTR_ERROR: client_ptr or headers_ptr is NULL; NX_CALLER_ERROR: called from a timer or an
 * interrupt; NX_SMTP_CLIENT_NOT_INITIALIZED. (RFC 5322 sections 3.6.1 and 3.6.4) */
UINT nx_smtp_client_headers_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_HEADERS *headers_ptr,
                                ULONG (*clock)(VOID), ULONG (*random)(VOID));

/* Shows the client's dialogues to `function`, secrets masked: see postino/trace.h. The sending thread calls
 * `function`. `trace_ptr` is the caller's memory as long as the client. Allowed from initialisation and
 * threads, while no mail is being sent. Returns NX_SUCCESS; NX_PTR_ERROR: a NULL pointer, except `context`;
 * NX_CALLER_ERROR: called from a timer or an interrupt; NX_SMTP_CLIENT_NOT_INITIALIZED. */
UINT nx_smtp_client_trace_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_TRACE *trace_ptr,
                              postino_trace_function function, VOID *context);

/* Lets a client that was created for CRAM-MD5 or SCRAM authenticate, by the hashes of `table`, which works on
 * `context`: see postino/crypto.h. Name and password are sent unchanged; outside of ASCII they should have
 * gone through SASLprep. `crypto_ptr` is the caller's memory, and `table` is borrowed, as long as the client.
 * Allowed from initialisation and threads, while no mail is being sent and before
 * nx_smtp_client_session_enable(). Returns NX_SUCCESS; NX_PTR_ERROR: a NULL pointer, except `context`;
 * NX_CALLER_ERROR: called from a timer or an interrupt; NX_SMTP_CLIENT_NOT_INITIALIZED. (RFC 2195, RFC 5802,
 * RFC 7677) */
UINT nx_smtp_client_crypto_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_CRYPTO *crypto_ptr,
                               const struct postino_sasl_crypto *table, VOID *context);

/* Gives a client that was created for XOAUTH2 or OAUTHBEARER its bearer token (RFC 6750). The password is not
 * used; OAUTHBEARER works without a user name. `token` is borrowed as long as the client, or until the next
 * call, and never copied. Tokens expire: call this service again with the same `token_ptr` for a new token,
 * which the next connection uses. The token is never sent in clear text: see nx_smtp_tls.h. A server that
 * refuses it says why in JSON: nx_smtp_client_reply_get(). `token_ptr` is the caller's memory as long as the
 * client. Allowed from initialisation and threads, while no mail is being sent, for the first time before
 * nx_smtp_client_session_enable(). Returns NX_SUCCESS; NX_PTR_ERROR: a NULL pointer; NX_CALLER_ERROR: called
 * from a timer or an interrupt; NX_SMTP_CLIENT_NOT_INITIALIZED. (RFC 7628; XOAUTH2 as Google and Microsoft
 * document it) */
UINT nx_smtp_client_token_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_TOKEN *token_ptr, CHAR *token);

/* Lets a client that was created for EXTERNAL authenticate by its certificate in the TLS handshake.
 * `tls_setup` adds the certificate: see nx_smtp_tls.h. NetX Secure does not tell whether the server asked for
 * the certificate; a server that did not ask refuses the authentication. User name and password are not used.
 * `identity` is the identity to act as, or NULL: the identity that the certificate names. It is borrowed, and
 * `external_ptr` is the caller's memory, as long as the client. Allowed from initialisation and threads,
 * while no mail is being sent and before nx_smtp_client_session_enable(). Returns NX_SUCCESS; NX_PTR_ERROR: a
 * NULL pointer, except `identity`; NX_CALLER_ERROR: called from a timer or an interrupt;
 * NX_SMTP_CLIENT_NOT_INITIALIZED. (RFC 4422 appendix A) */
UINT nx_smtp_client_external_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_EXTERNAL *external_ptr, CHAR *identity);

#else /* NX_SMTP_SOURCE_CODE: the functions behind the names */

UINT _nxde_smtp_client_create(NX_SMTP_CLIENT *client_ptr, NX_IP *ip_ptr,
                              NX_PACKET_POOL *client_packet_pool_ptr, CHAR *username, CHAR *password,
                              CHAR *from_address, CHAR *client_domain, UINT authentication_type,
                              NXD_ADDRESS *server_address, UINT port);
UINT _nxd_smtp_client_create(NX_SMTP_CLIENT *client_ptr, NX_IP *ip_ptr,
                             NX_PACKET_POOL *client_packet_pool_ptr, CHAR *username, CHAR *password,
                             CHAR *from_address, CHAR *client_domain, UINT authentication_type,
                             NXD_ADDRESS *server_address, UINT port);
UINT _nxe_smtp_client_delete(NX_SMTP_CLIENT *client_ptr);
UINT _nx_smtp_client_delete(NX_SMTP_CLIENT *client_ptr);
UINT _nxe_smtp_mail_send(NX_SMTP_CLIENT *client_ptr, CHAR *recipient_address, UINT priority, CHAR *subject,
                         CHAR *mail_body, UINT mail_body_length);
UINT _nx_smtp_mail_send(NX_SMTP_CLIENT *client_ptr, CHAR *recipient_address, UINT priority, CHAR *subject,
                        CHAR *mail_body, UINT mail_body_length);
UINT _nxe_smtp_client_crypto_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_CRYPTO *crypto_ptr,
                                 const struct postino_sasl_crypto *table, VOID *context);
UINT _nx_smtp_client_crypto_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_CRYPTO *crypto_ptr,
                                const struct postino_sasl_crypto *table, VOID *context);
UINT _nxe_smtp_client_token_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_TOKEN *token_ptr, CHAR *token);
UINT _nx_smtp_client_token_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_TOKEN *token_ptr, CHAR *token);
UINT _nxe_smtp_client_external_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_EXTERNAL *external_ptr,
                                   CHAR *identity);
UINT _nx_smtp_client_external_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_EXTERNAL *external_ptr, CHAR *identity);
UINT _nxe_smtp_client_outcome_get(NX_SMTP_CLIENT *client_ptr, UINT *outcome_ptr);
UINT _nx_smtp_client_outcome_get(NX_SMTP_CLIENT *client_ptr, UINT *outcome_ptr);
UINT _nxe_smtp_client_headers_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_HEADERS *headers_ptr,
                                  ULONG (*clock)(VOID), ULONG (*random)(VOID));
UINT _nx_smtp_client_headers_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_HEADERS *headers_ptr,
                                 ULONG (*clock)(VOID), ULONG (*random)(VOID));
UINT _nxe_smtp_client_trace_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_TRACE *trace_ptr,
                                postino_trace_function function, VOID *context);
UINT _nx_smtp_client_trace_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_TRACE *trace_ptr,
                               postino_trace_function function, VOID *context);
/* nx_smtp_message.c */
/* The header fields that are the same in every message, and the fields of a priority. */
extern const CHAR _nx_smtp_message_mime[];
const CHAR *_nx_smtp_message_importance(const struct nx_smtp_message *message);
/* Checks the subject. The body is set before; the addresses are set after it, when they have been checked.
 * Returns a status. */
UINT _nx_smtp_message_compose(struct nx_smtp_message *message, UINT priority, const CHAR *subject);
/* Writes a message's subject. */
VOID _nx_smtp_message_subject(const struct postino_span *subject, struct postino_emitter *emitter);
/* The header fields that a message of nx_smtp_mail_send() adds, and its parameter of MAIL where the server
 * offers MT-PRIORITY. */
VOID _nx_smtp_message_parameters(const struct postino_session *session, struct postino_emitter *emitter);
extern const struct postino_extension nx_smtp_message_offered;
/* The mode in clear text. Other modes use its functions. */
extern const struct nx_smtp_mode _nx_smtp_client_mode;
UINT _nx_smtp_client_configure(const NX_SMTP_CLIENT *client_ptr, struct postino_session_config *config,
                               struct postino_credentials *credentials);
UINT _nx_smtp_client_status(const NX_SMTP_CLIENT *client_ptr, const struct postino_result *result);
/* The transport over the client's socket. */
extern const struct postino_transport_class _nx_smtp_transport;
/* Milliseconds as ticks, rounded up. */
ULONG _nx_smtp_transport_ticks(uint32_t timeout_ms);
/* Limits the session to so many replies as the IP instance's pool has packets for. Returns not 0 where the
 * packets do not suffice for the outstanding replies: then nothing may be sent. */
int _nx_smtp_transport_bound(const NX_SMTP_CLIENT *client, struct postino_session *session);
#endif

/* MT-PRIORITY (RFC 6710) by the `priority` of nx_smtp_mail_send() and of nx_smtp_mail_create(), where the
 * server offers it. LOW is -4 and HIGH is 4, as that RFC's profile MIXER has it for non-urgent and urgent
 * mail. NORMAL is the default and is not sent. A server need not distinguish all levels from -9 to 9, but it
 * distinguishes these three. */
extern const struct postino_extension nx_smtp_extension_priority;

#ifdef __cplusplus
}
#endif

#include "nx_smtp_session.h"
#ifdef NX_SECURE_ENABLE
#include "nx_smtp_tls.h"
#endif

#endif
