/* SPDX-License-Identifier: MIT */
/* The NetX Duo SMTP Client API, over Postino's engine: source-compatible with the SMTP Client of NetX
 * Duo 6.4. */
#ifndef NXD_SMTP_CLIENT_H
#define NXD_SMTP_CLIENT_H

#include "nx_api.h"
#include "postino/session.h"
#include "postino/trace.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Options. Times are in ticks, NX_IP_PERIODIC_RATE a second; strings in octets without their end. Compile the
 * library and the application with the same values. */

/* Receive window of the client's TCP socket, in octets. */
#ifndef NX_SMTP_CLIENT_TCP_WINDOW_SIZE
#define NX_SMTP_CLIENT_TCP_WINDOW_SIZE 1460
#endif

/* How long to wait for a packet of the pool. */
#ifndef NX_SMTP_CLIENT_PACKET_TIMEOUT
#define NX_SMTP_CLIENT_PACKET_TIMEOUT (2 * NX_IP_PERIODIC_RATE)
#endif

/* How long to wait for the TCP connection. */
#ifndef NX_SMTP_CLIENT_CONNECTION_TIMEOUT
#define NX_SMTP_CLIENT_CONNECTION_TIMEOUT (10 * NX_IP_PERIODIC_RATE)
#endif

/* How long to wait for the server's answer to QUIT, and for the orderly end of the connection after it. */
#ifndef NX_SMTP_CLIENT_DISCONNECT_TIMEOUT
#define NX_SMTP_CLIENT_DISCONNECT_TIMEOUT (5 * NX_IP_PERIODIC_RATE)
#endif

/* How long to wait for the server's greeting. */
#ifndef NX_SMTP_GREETING_TIMEOUT
#define NX_SMTP_GREETING_TIMEOUT (10 * NX_IP_PERIODIC_RATE)
#endif

/* How long to wait for the reply to each of EHLO, AUTH, MAIL, RCPT and DATA. */
#ifndef NX_SMTP_ENVELOPE_TIMEOUT
#define NX_SMTP_ENVELOPE_TIMEOUT (10 * NX_IP_PERIODIC_RATE)
#endif

/* How long to wait for the reply to the message. */
#ifndef NX_SMTP_MESSAGE_TIMEOUT
#define NX_SMTP_MESSAGE_TIMEOUT (30 * NX_IP_PERIODIC_RATE)
#endif

/* How long a packet of the message may wait for the server's window or for the transmit queue. */
#ifndef NX_SMTP_CLIENT_SEND_TIMEOUT
#define NX_SMTP_CLIENT_SEND_TIMEOUT (5 * NX_IP_PERIODIC_RATE)
#endif

/* Octets of a server's challenge (the text of its 334 reply) above which authentication is cancelled. */
#ifndef NX_SMTP_SERVER_CHALLENGE_MAX_STRING
#define NX_SMTP_SERVER_CHALLENGE_MAX_STRING 200
#endif

/* Longest client domain, and longest user name and password: the two share their room in the NX_SMTP_CLIENT,
 * so that one may be longer where the other is shorter. Providers hand out names of 160 octets, and keys of
 * 69. */
#ifndef NX_SMTP_CLIENT_MAX_DOMAIN
#ifdef NX_SMTP_CLIENT_MAX_USERNAME
#define NX_SMTP_CLIENT_MAX_DOMAIN NX_SMTP_CLIENT_MAX_USERNAME
#else
#define NX_SMTP_CLIENT_MAX_DOMAIN 64
#endif
#endif
#ifndef NX_SMTP_CLIENT_MAX_USERNAME
#define NX_SMTP_CLIENT_MAX_USERNAME 172
#endif
#ifndef NX_SMTP_CLIENT_MAX_PASSWORD
#define NX_SMTP_CLIENT_MAX_PASSWORD 74
#endif

/* Defined: a client of NX_SMTP_CLIENT_AUTH_NONE never authenticates. Not defined: it does, with PLAIN, when
 * it was given a user name and the server offers authentication, as the User Guide says. */
/* #define NX_SMTP_CLIENT_AUTH_NONE_STRICT */

/* Defined: nx_smtp_mail_send() waits for every reply, sends the message with DATA and understands nothing of
 * what a server offers but AUTH: the smallest build. Not defined: it uses PIPELINING and CHUNKING where they
 * are offered, which saves half of the round trips, and says a mail's priority where MT-PRIORITY is. What
 * nx_smtp_session.h adds is not touched by it. */
/* #define NX_SMTP_CLIENT_LOCK_STEP */

/* Constants. */
#define NX_SMTP_CLIENT_ID 0x534D5450UL

#define NX_SMTP_CLIENT_AUTH_LOGIN         1
#define NX_SMTP_CLIENT_AUTH_CRAM_MD5      2
#define NX_SMTP_CLIENT_AUTH_PLAIN         3
#define NX_SMTP_CLIENT_AUTH_NONE          0xFFFF
/* Ours: these and NX_SMTP_CLIENT_AUTH_CRAM_MD5 need nx_smtp_client_crypto_set(). */
#define NX_SMTP_CLIENT_AUTH_SCRAM_SHA_256 0x101
#define NX_SMTP_CLIENT_AUTH_SCRAM_SHA_1   0x102
#define NX_SMTP_CLIENT_AUTH_SCRAM_SHA_512 0x103
/* These need nx_smtp_client_token_set(). */
#define NX_SMTP_CLIENT_AUTH_XOAUTH2       0x104
#define NX_SMTP_CLIENT_AUTH_OAUTHBEARER   0x105
/* And this nx_smtp_client_external_set(). */
#define NX_SMTP_CLIENT_AUTH_EXTERNAL      0x106

#define NX_SMTP_MAIL_PRIORITY_LOW    0x01
#define NX_SMTP_MAIL_PRIORITY_NORMAL 0x02
#define NX_SMTP_MAIL_PRIORITY_HIGH   0x04

#define NX_SMTP_RECIPIENT_TO  0x01
#define NX_SMTP_RECIPIENT_CC  0x02
#define NX_SMTP_RECIPIENT_BCC 0x04

#define NX_SMTP_CODE_GREETING_OK                       220
#define NX_SMTP_CODE_ACKNOWLEDGE_QUIT                  221
#define NX_SMTP_CODE_AUTHENTICATION_SUCCESSFUL         235
#define NX_SMTP_CODE_OK_TO_CONTINUE                    250
#define NX_SMTP_CODE_CANNOT_VERIFY_RECIPIENT           252
#define NX_SMTP_CODE_AUTHENTICATION_TYPE_ACCEPTED      334
#define NX_SMTP_CODE_SEND_MAIL_INPUT                   354
#define NX_SMTP_CODE_SERVICE_NOT_AVAILABLE             421
#define NX_SMTP_CODE_SERVICE_INTERNAL_SERVER_ERROR     451
#define NX_SMTP_CODE_INSUFFICIENT_STORAGE              452
#define NX_SMTP_CODE_AUTH_FAILED_INTERNAL_SERVER_ERROR 454
#define NX_SMTP_CODE_COMMAND_SYNTAX_ERROR              500
#define NX_SMTP_CODE_PARAMETER_SYNTAX_ERROR            501
#define NX_SMTP_CODE_COMMAND_NOT_IMPLEMENTED           502
#define NX_SMTP_CODE_BAD_SEQUENCE                      503
#define NX_SMTP_CODE_PARAMETER_NOT_IMPLEMENTED         504
#define NX_SMTP_CODE_AUTH_REQUIRED                     530
#define NX_SMTP_CODE_AUTH_FAILED                       535
#define NX_SMTP_CODE_REQUESTED_ACTION_NOT_TAKEN        550
#define NX_SMTP_CODE_USER_NOT_LOCAL                    551
#define NX_SMTP_CODE_OVERSIZE_MAIL_DATA                552
#define NX_SMTP_CODE_BAD_MAILBOX                       553
#define NX_SMTP_CODE_TRANSACTION_FAILED                554
#define NX_SMTP_CODE_BAD_SERVER_CODE_RECEIVED          555

/* Status values, besides those of NetX Duo: when each occurs. */
#define NX_SMTP_AUTHENTICATION_ERROR       0xA0 /* no user name, or a mechanism that is not built in */
#define NX_SMTP_OVERSIZE_MAIL_DATA         0xA1 /* reserved: a server refuses what is too large for it */
#define NX_SMTP_INVALID_SERVER_REPLY       0xA2 /* a reply that does not answer what was sent */
#define NX_SMTP_INTERNAL_ERROR             0xA3 /* reserved */
#define NX_SMTP_SERVER_ERROR_CODE_RECEIVED 0xA4 /* 421 after the greeting: the server closes */
#define NX_SMTP_INVALID_PARAM              0xA5 /* an address, subject, domain or length, or no IP instance */
#define NX_SMTP_PACKET_ALLOCATE_ERROR      0xA6 /* the pool had no packet in time */
#define NX_SMTP_GREET_REPLY_ERROR          0xA7 /* the greeting was not 220 */
#define NX_SMTP_HELLO_REPLY_ERROR          0xA8 /* EHLO and HELO were refused */
#define NX_SMTP_MAIL_REPLY_ERROR           0xA9 /* MAIL was refused */
#define NX_SMTP_RCPT_REPLY_ERROR           0xAA /* RCPT was refused */
#define NX_SMTP_MESSAGE_REPLY_ERROR        0xAB /* the message was refused, or its outcome is not known */
#define NX_SMTP_DATA_REPLY_ERROR           0xAC /* DATA was refused */
#define NX_SMTP_AUTH_REPLY_ERROR           0xAD /* authentication was refused */
#define NX_SMTP_SERVER_ERROR_REPLY         0xAE /* a reply without a code */
#define NX_SMTP_TRANSMIT_ERROR             0xAF /* the TCP connection took no more, at once or in time */
#define NX_SMTP_INVALID_SERVER_CHALLENGE   0xB0 /* a challenge too long, or one too many */
#define NX_SMTP_OVERSIZE_SERVER_REPLY      0xB1 /* a reply of more than POSTINO_REPLY_LINES_MAX lines */
#define NX_SMTP_CLIENT_NOT_INTIALIZED      0xB2 /* the client was not created, or is deleted */
#define NX_SMTP_CLIENT_NOT_INITIALIZED     0xB2
/* Ours, with nx_smtp_client_tls_set(): */
#define NX_SMTP_TLS_NOT_OFFERED            0xB3 /* TLS is required, and the server does not offer STARTTLS */
#define NX_SMTP_TLS_REFUSED                0xB4 /* STARTTLS was offered, and refused when it was sent */
#define NX_SMTP_TLS_HANDSHAKE_ERROR        0xB5 /* nx_smtp_client_tls_status_get() says why */
#define NX_SMTP_TLS_INJECTION              0xB6 /* clear text behind the reply to STARTTLS: an attack */
#define NX_SMTP_TLS_RECORD_ERROR           0xB7 /* what arrived after the handshake is not sound */

/* Ours, with nx_smtp_session.h and nx_smtp_message.h: an object is in use, and was handed in once more.
 * Nothing of it was changed. */
#define NX_SMTP_MAIL_IN_USE      0xB8 /* a mail or message that is handed in and not collected */
#define NX_SMTP_RECIPIENT_IN_USE 0xB9 /* in another mail, or twice in one */
#define NX_SMTP_OPTIONS_IN_USE   0xBA /* of another mail */
#define NX_SMTP_PART_IN_USE      0xBB /* in this or another message */
#define NX_SMTP_HEADER_IN_USE    0xBC /* in this or another message */

/* What became of the last mail: nx_smtp_client_outcome_get(). */
#define NX_SMTP_OUTCOME_NONE          0 /* no mail was sent with this client yet */
#define NX_SMTP_OUTCOME_ACCEPTED      1
#define NX_SMTP_OUTCOME_UNKNOWN       2 /* it may have been delivered: the reply to its end was lost */
#define NX_SMTP_OUTCOME_TRANSIENT     3 /* not delivered; try again later */
#define NX_SMTP_OUTCOME_PERMANENT     4 /* not delivered; the same mail will be refused again */
#define NX_SMTP_OUTCOME_NOT_ATTEMPTED 5 /* nothing of it was sent */

/* Room for the text of a Date and a Message-ID. */
#define NX_SMTP_HEADERS_OCTETS (37 + 2 + 30 + NX_SMTP_CLIENT_MAX_DOMAIN + 3)

struct NX_SMTP_CLIENT_STRUCT;
struct NX_SMTP_HEADERS_STRUCT;
struct NX_SMTP_SESSION_STRUCT;

/* How the client's mails go: in the clear as nxd_smtp_client.c has it, or with TLS. */
struct nx_smtp_mode {
    /* Says how sessions are to run. Returns NX_SMTP_AUTHENTICATION_ERROR where they cannot authenticate as
     * the client is told to. */
    UINT(*nx_smtp_mode_configure)
    (const struct NX_SMTP_CLIENT_STRUCT *client_ptr, struct postino_session_config *config,
     struct postino_credentials *credentials);
    /* The status that a result amounts to. */
    UINT(*nx_smtp_mode_status)
    (const struct NX_SMTP_CLIENT_STRUCT *client_ptr, const struct postino_result *result);
    /* What runs the one mail of nx_smtp_mail_send(), and the octets of it. */
    const struct postino_mail_strategy *nx_smtp_mode_strategy;
    int (*nx_smtp_mode_pump)(struct postino_session *session, struct postino_transport *transport,
                             unsigned until);
};

/* The transport over a NetX Duo TCP socket. */
struct nx_smtp_transport {
    struct postino_transport transport;
    NX_PACKET *out;   /* being filled, or not sent yet */
    NX_PACKET *in;    /* received; the whole chain */
    NX_PACKET *piece; /* of the chain, lent next */
    ULONG mss;        /* of the connection, in octets */
    USHORT status;    /* of the NetX Duo service that failed to connect */
    USHORT
    remainder; /* of the division by the ticks a second, where a tick is no whole number of milliseconds */
    ULONG patience; /* for the connection, in ticks */
    ULONG shortage; /* how often the pool had no packet since one was had, or arrived */
    /* Where a tick is no whole number of milliseconds: */
    ULONG ticks; /* the clock as it was when milliseconds were counted last */
    uint32_t milliseconds;
};

/* The length of a subject that is not ASCII: it goes out in encoded words, up to its NUL. */
#define NX_SMTP_SUBJECT_ENCODED SIZE_MAX

/* A message of which no more than its body is kept: the header is composed while it is sent. The mail stands
 * first, so that its address is the message's. */
struct nx_smtp_message {
    struct postino_single single;
    struct postino_span subject;
    struct postino_span headers; /* Date and Message-ID */
    UCHAR priority;
};

/* What makes a mail's Date and Message-ID its own. */
struct nx_smtp_stamp {
    ULONG seconds; /* since 1970; 0: not known */
    ULONG random[2];
};

/* Everything in it is private. The transport stands first, so that its address is the client's; what is used
 * often stands near it, the big members last. */
typedef struct NX_SMTP_CLIENT_STRUCT {
    struct nx_smtp_transport nx_smtp_client_transport;
    ULONG nx_smtp_client_id;
    NX_PACKET_POOL *nx_smtp_client_packet_pool_ptr;
    CHAR *nx_smtp_client_from_address;
    USHORT nx_smtp_client_server_port;
    USHORT nx_smtp_client_authentication_type;
    struct postino_transport *nx_smtp_client_transport_ptr;
    struct NX_SMTP_HEADERS_STRUCT *nx_smtp_client_headers_ptr;
    struct NX_SMTP_SESSION_STRUCT *nx_smtp_client_session_ptr;
    struct nx_smtp_mechanism *nx_smtp_client_mechanism_ptr;
    const struct nx_smtp_mode *nx_smtp_client_mode_ptr;
    struct nx_smtp_message nx_smtp_client_message;
    struct postino_recipient nx_smtp_client_recipient;
    NXD_ADDRESS nx_smtp_client_server_address;
    struct postino_session nx_smtp_client_session;
    TX_SEMAPHORE nx_smtp_client_idle;
    NX_TCP_SOCKET nx_smtp_client_socket;
    CHAR *nx_smtp_client_password; /* behind the user name's NUL */
    CHAR nx_smtp_client_username[NX_SMTP_CLIENT_MAX_USERNAME + 1 + NX_SMTP_CLIENT_MAX_PASSWORD + 1];
    CHAR nx_smtp_client_domain[NX_SMTP_CLIENT_MAX_DOMAIN + 1];
} NX_SMTP_CLIENT;

/* What nx_smtp_client_headers_set() needs besides the client. Everything in it is private. */
typedef struct NX_SMTP_HEADERS_STRUCT {
    VOID(*nx_smtp_headers_add)
    (struct NX_SMTP_HEADERS_STRUCT *headers_ptr, const CHAR *client_domain, struct postino_span *span);
    VOID (*nx_smtp_headers_stamp)(struct NX_SMTP_HEADERS_STRUCT *headers_ptr, struct nx_smtp_stamp *stamp);
    UINT(*nx_smtp_headers_write)
    (struct NX_SMTP_HEADERS_STRUCT *headers_ptr, const struct nx_smtp_stamp *stamp, const CHAR *client_domain,
     CHAR *text);
    ULONG (*nx_smtp_headers_clock)(VOID);
    ULONG (*nx_smtp_headers_random)(VOID);
    CHAR nx_smtp_headers_text[NX_SMTP_HEADERS_OCTETS];
} NX_SMTP_HEADERS;

/* What a client needs besides to authenticate in another way than by PLAIN or LOGIN. */
struct nx_smtp_mechanism {
    /* Has a session authenticate so. Returns NX_SMTP_AUTHENTICATION_ERROR where it cannot, or `type` is not
     * its own. */
    UINT(*nx_smtp_mechanism_apply)
    (struct nx_smtp_mechanism *mechanism_ptr, UINT type, struct postino_session_config *config,
     struct postino_credentials *credentials);
    struct postino_sasl_state nx_smtp_mechanism_state;
};

/* What nx_smtp_client_crypto_set() needs besides the client. Everything in it is private. */
typedef struct NX_SMTP_CRYPTO_STRUCT {
    struct nx_smtp_mechanism nx_smtp_crypto_mechanism; /* first: it is known by its address */
    const struct postino_sasl_crypto *nx_smtp_crypto_table;
    VOID *nx_smtp_crypto_context;
} NX_SMTP_CRYPTO;

/* What nx_smtp_client_token_set() needs besides the client. Everything in it is private. */
typedef struct NX_SMTP_TOKEN_STRUCT {
    struct nx_smtp_mechanism nx_smtp_token_mechanism; /* first: it is known by its address */
    CHAR *nx_smtp_token_token;
} NX_SMTP_TOKEN;

/* What nx_smtp_client_external_set() needs besides the client. Everything in it is private. */
typedef struct NX_SMTP_EXTERNAL_STRUCT {
    struct nx_smtp_mechanism nx_smtp_external_mechanism; /* first: it is known by its address */
    CHAR *nx_smtp_external_identity;
} NX_SMTP_EXTERNAL;

/* What nx_smtp_client_trace_set() needs besides the client. Private. */
typedef struct postino_trace_transport NX_SMTP_TRACE;

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

/* Prepares a client; connects nothing. Allowed from initialisation and threads, before the scheduler runs
 * too. `client_ptr` is the caller's memory until nx_smtp_client_delete(), the IP instance, the packet pool
 * and the string `from_address` are borrowed as long; user name, password, client domain and server address
 * are copied. `from_address` is an address with or without its angle brackets. `client_domain` is the fully
 * qualified domain name of the device, or an address literal such as [192.0.2.1]. `authentication_type` is
 * one of NX_SMTP_CLIENT_AUTH_...; any other value counts as PLAIN. `port` is the server's TCP port, usually
 * 25 or 587. Returns NX_SUCCESS; NX_PTR_ERROR: a pointer is NULL; NX_CALLER_ERROR: called from a timer or an
 * interrupt; NX_SMTP_INVALID_PARAM: no live IP instance, or a client domain that cannot be sent;
 * NX_IP_ADDRESS_ERROR: an address version that this build of NetX Duo does not have; NX_INVALID_PORT;
 * NX_NOT_ENABLED: nx_tcp_enable was not called; NX_SIZE_ERROR: a string longer than its limit, or user name
 * and password longer than theirs together; or the status of the TCP socket's creation. (NetX Duo SMTP Client
 * User Guide, chapter 3) */
UINT nxd_smtp_client_create(NX_SMTP_CLIENT *client_ptr, NX_IP *ip_ptr, NX_PACKET_POOL *client_packet_pool_ptr,
                            CHAR *username, CHAR *password, CHAR *from_address, CHAR *client_domain,
                            UINT authentication_type, NXD_ADDRESS *server_address, UINT port);

/* Ends a client; its memory is wiped, for it held the password, and the caller's again. Mails that were
 * handed in and not collected, and their recipients, options and parts, stay in use: zero them, and create
 * them anew. Allowed from threads. Returns NX_SUCCESS; NX_PTR_ERROR: NULL, never created or already deleted;
 * NX_CALLER_ERROR: not called from a thread; NX_STILL_BOUND: another thread is sending a mail with it, or the
 * connection of nx_smtp_client_connect() is open, and it stays as it is. (User Guide, chapter 3) */
UINT nx_smtp_client_delete(NX_SMTP_CLIENT *client_ptr);

/* Sends a mail: connects, authenticates, delivers, quits and disconnects; then the client is ready for the
 * next. Blocks, each wait bounded by the options above. Allowed from threads; of several that use one client
 * at the same time one goes on and the others get NX_IN_PROGRESS, and while nx_smtp_client_connect()'s
 * connection is open all get NX_ALREADY_BOUND. The strings and the body are borrowed during the call.
 * `recipient_address` is an address with or without its angle brackets. `priority` is one of
 * NX_SMTP_MAIL_PRIORITY_...; any other value counts as NORMAL; LOW and HIGH are told to the reader by header
 * lines. A subject outside of ASCII is to be UTF-8 and goes out in encoded words (RFC 2047), so that every
 * server takes it; what is no UTF-8 readers show as characters that are not known. `mail_body_length` is in
 * octets; lines may end in CRLF, LF or CR, and may begin with dots. Returns NX_SUCCESS: the server accepted
 * the mail, whatever became of the connection afterwards. NX_PTR_ERROR: a pointer is NULL;
 * NX_SMTP_INVALID_PARAM: a body of length 0, an address that is malformed, a control character in the
 * subject, or a subject line over 998 octets; NX_CALLER_ERROR: not called from a thread;
 * NX_SMTP_CLIENT_NOT_INITIALIZED; in these cases nothing was sent. Otherwise one of the status values above,
 * NX_NO_PACKET for a reply that did not come in time, or the status of the NetX Duo service that failed: the
 * mail was not accepted, unless nx_smtp_client_outcome_get() says UNKNOWN. (User Guide, chapter 3; RFC 5321)
 */
UINT nx_smtp_mail_send(NX_SMTP_CLIENT *client_ptr, CHAR *recipient_address, UINT priority, CHAR *subject,
                       CHAR *mail_body, UINT mail_body_length);

/* Tells what became of the client's last mail: *outcome_ptr is one of NX_SMTP_OUTCOME_.... A caller that
 * sends an UNKNOWN mail again may deliver it twice, one that does not may lose it. Allowed from
 * initialisation and threads, while no mail is being sent. Returns NX_SUCCESS; NX_PTR_ERROR: a NULL pointer;
 * NX_CALLER_ERROR: called from a timer or an interrupt; NX_SMTP_CLIENT_NOT_INITIALIZED. (RFC 5321 section
 * 4.5.4.1) */
UINT nx_smtp_client_outcome_get(NX_SMTP_CLIENT *client_ptr, UINT *outcome_ptr);

/* Makes the client's mails carry a Date and a Message-ID. `clock` returns the seconds since 1970-01-01 00:00
 * UTC, or 0 while the time is not known: then the mail has no Date; `random` returns 32 random bits; either
 * may be NULL, and its header is left out. Both are called by the sending thread. `headers_ptr` is the
 * caller's memory as long as the client. Allowed from initialisation and threads, while no mail is being
 * sent. Returns NX_SUCCESS; NX_PTR_ERROR: client_ptr or headers_ptr is NULL; NX_CALLER_ERROR: called from a
 * timer or an interrupt; NX_SMTP_CLIENT_NOT_INITIALIZED.
 * (RFC 5322 sections 3.6.1 and 3.6.4) */
UINT nx_smtp_client_headers_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_HEADERS *headers_ptr,
                                ULONG (*clock)(VOID), ULONG (*random)(VOID));

/* Shows the client's dialogues to `function`, secrets masked: see postino/trace.h. `trace_ptr` is the
 * caller's memory as long as the client. Allowed from initialisation and threads, while no mail is being
 * sent; `function` is called by the sending thread. Returns NX_SUCCESS; NX_PTR_ERROR: a NULL pointer,
 * `context` apart; NX_CALLER_ERROR: called from a timer or an interrupt; NX_SMTP_CLIENT_NOT_INITIALIZED. */
UINT nx_smtp_client_trace_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_TRACE *trace_ptr,
                              postino_trace_function function, VOID *context);

/* Has the client authenticate with CRAM-MD5 or SCRAM, if it was created so, by the hashes of `table`, which
 * works on `context`: see postino/crypto.h. Name and password are sent as they are: outside of ASCII they
 * should have gone through SASLprep. `crypto_ptr` is the caller's memory, and `table` is borrowed, as long as
 * the client. Allowed from initialisation and threads, while no mail is being sent and before
 * nx_smtp_client_session_enable(). Returns NX_SUCCESS; NX_PTR_ERROR: a NULL pointer, `context` apart;
 * NX_CALLER_ERROR: called from a timer or an interrupt; NX_SMTP_CLIENT_NOT_INITIALIZED. (RFC 2195, RFC 5802,
 * RFC 7677) */
UINT nx_smtp_client_crypto_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_CRYPTO *crypto_ptr,
                               const struct postino_sasl_crypto *table, VOID *context);

/* Has the client authenticate with a bearer token (RFC 6750), if it was created for XOAUTH2 or OAUTHBEARER;
 * its password is of no use then, and its user name OAUTHBEARER can do without. `token` is borrowed as long
 * as the client, or until the next call, and never copied: tokens expire, so this may be called again with
 * the same `token_ptr` for a new one, which goes with the next connection. It is never sent in the clear: see
 * nx_smtp_tls.h. Why a server refuses it, it says in JSON: nx_smtp_client_reply_get(). `token_ptr` is the
 * caller's memory as long as the client. Allowed from initialisation and threads, while no mail is being
 * sent, for the first time before nx_smtp_client_session_enable(). Returns NX_SUCCESS; NX_PTR_ERROR: a NULL
 * pointer; NX_CALLER_ERROR: called from a timer or an interrupt; NX_SMTP_CLIENT_NOT_INITIALIZED. (RFC 7628;
 * XOAUTH2 as Google and Microsoft document it) */
UINT nx_smtp_client_token_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_TOKEN *token_ptr, CHAR *token);

/* Has the client authenticate by the certificate that it shows in the TLS handshake, if it was created for
 * EXTERNAL: see nx_smtp_tls.h, whose `tls_setup` adds it; whether the server asked for it NetX Secure does
 * not tell, so a server that did not refuses. User name and password are of no use. `identity` says as whom
 * to act, or is NULL: as whom the certificate names. It is borrowed, and `external_ptr` the caller's memory,
 * as long as the client. Allowed from initialisation and threads, while no mail is being sent and before
 * nx_smtp_client_session_enable(). Returns NX_SUCCESS; NX_PTR_ERROR: a NULL pointer, `identity` apart;
 * NX_CALLER_ERROR: called from a timer or an interrupt; NX_SMTP_CLIENT_NOT_INITIALIZED. (RFC 4422 appendix
 * A) */
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
/* The header's fields that are the same in every message, and those that tell of a priority. */
extern const CHAR _nx_smtp_message_mime[];
const CHAR *_nx_smtp_message_importance(const struct nx_smtp_message *message);
/* Checks the subject; the body is in place, and the addresses follow when they have been checked. Returns a
 * status. */
UINT _nx_smtp_message_compose(struct nx_smtp_message *message, UINT priority, const CHAR *subject);
/* Puts out a message's subject. */
VOID _nx_smtp_message_subject(const struct postino_span *subject, struct postino_emitter *emitter);
/* What a message of nx_smtp_mail_send() adds to its header, and to MAIL where the server offers MT-PRIORITY;
 * and how that is known. */
VOID _nx_smtp_message_parameters(const struct postino_session *session, struct postino_emitter *emitter);
extern const struct postino_extension nx_smtp_message_offered;
/* The way in the clear, and what of it others build on. */
extern const struct nx_smtp_mode _nx_smtp_client_mode;
UINT _nx_smtp_client_configure(const NX_SMTP_CLIENT *client_ptr, struct postino_session_config *config,
                               struct postino_credentials *credentials);
UINT _nx_smtp_client_status(const NX_SMTP_CLIENT *client_ptr, const struct postino_result *result);
/* The transport over the client's socket. */
extern const struct postino_transport_class _nx_smtp_transport;
/* Milliseconds as ticks, rounded up. */
ULONG _nx_smtp_transport_ticks(uint32_t timeout_ms);
/* Has the session ask no more than the IP instance's pool has packets for the replies. Returns not 0 where it
 * has not enough for those that are outstanding: then nothing is to go out. */
int _nx_smtp_transport_bound(const NX_SMTP_CLIENT *client, struct postino_session *session);
#endif

/* MT-PRIORITY (RFC 6710) from the `priority` of nx_smtp_mail_send() and of nx_smtp_mail_create(), where it is
 * offered: LOW is -4, HIGH is 4, as that RFC's profile MIXER tells non-urgent and urgent mail; NORMAL is not
 * said, for it is the default. A server need not keep all of the levels from -9 to 9 apart, but these
 * three. */
extern const struct postino_extension nx_smtp_extension_priority;

#ifdef __cplusplus
}
#endif

#include "nx_smtp_session.h"
#ifdef NX_SECURE_ENABLE
#include "nx_smtp_tls.h"
#endif

#endif
