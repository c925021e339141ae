/* SPDX-License-Identifier: MIT */
/* Services beyond the original: one connection for many mails, many mails on their way at the same time,
 * many recipients for a mail, and bodies of any size. Included by nxd_smtp_client.h. */
#ifndef NX_SMTP_SESSION_H
#define NX_SMTP_SESSION_H

#include "nxd_smtp_client.h"
#include "postino/client.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NX_SMTP_MAIL_ID      0x4D41494CUL
#define NX_SMTP_RECIPIENT_ID 0x52435054UL

/* For nx_smtp_mail_delivery_set(). */
#define NX_SMTP_DELIVERY_ALL     0 /* to every recipient, or to none */
#define NX_SMTP_DELIVERY_PARTIAL 1 /* to the recipients that the server accepts */

/* For nx_smtp_mail_body_callback_set(). */
#define NX_SMTP_BODY_SIZE_UNKNOWN 0xFFFFFFFFUL

/* The result of a mail, or of one of its recipients. */
typedef struct NX_SMTP_RESULT_STRUCT {
    UINT nx_smtp_result_outcome;    /* NX_SMTP_OUTCOME_...; NONE: not settled */
    UINT nx_smtp_result_status;     /* as nx_smtp_mail_send() returns it; of a recipient 0 */
    UINT nx_smtp_result_reply_code; /* of the reply that decided it; 0: none did */
    /* The reply's enhanced code (RFC 3463), as 5.1.1; 0.0.0: it had none. Only for a recipient. */
    UINT nx_smtp_result_class;
    UINT nx_smtp_result_subject;
    UINT nx_smtp_result_detail;
} NX_SMTP_RESULT;

/* Counters since nx_smtp_client_session_enable(). Each counter wraps. */
typedef struct NX_SMTP_STATISTICS_STRUCT {
    ULONG nx_smtp_statistics_connections;         /* made */
    ULONG nx_smtp_statistics_connection_failures; /* failed */
    ULONG nx_smtp_statistics_mails_accepted;      /* for one recipient at least */
    ULONG nx_smtp_statistics_mails_unknown;       /* that may have been delivered */
    ULONG nx_smtp_statistics_mails_transient;     /* refused for now, or lost on their way */
    ULONG nx_smtp_statistics_mails_permanent;     /* refused for good */
    ULONG nx_smtp_statistics_mails_not_attempted; /* nothing of them was sent */
    ULONG nx_smtp_statistics_recipients_accepted;
    ULONG nx_smtp_statistics_recipients_refused; /* for now or for good */
    ULONG nx_smtp_statistics_octets_sent;        /* of the SMTP dialogue, messages included */
    ULONG nx_smtp_statistics_octets_received;
} NX_SMTP_STATISTICS;

/* The memory of nx_smtp_client_session_enable(). Every member is private. */
typedef struct NX_SMTP_SESSION_STRUCT {
    NX_SMTP_CLIENT *nx_smtp_session_client_ptr;
    struct postino_client nx_smtp_session_client;
    const struct postino_transport_class *nx_smtp_session_transport;
    struct postino_transport_class nx_smtp_session_methods; /* the same, but bounded and counted */
    ULONG nx_smtp_session_start;                            /* of the service that runs, in ticks */
    ULONG nx_smtp_session_wait_option;                      /* and how long it may wait */
    NX_SMTP_STATISTICS nx_smtp_session_statistics;
    CHAR nx_smtp_session_headers[NX_SMTP_HEADERS_OCTETS]; /* Date and Message-ID of the mail that is sent */
} NX_SMTP_SESSION;

/* A recipient of a mail. Every member is private. */
typedef struct NX_SMTP_RECIPIENT_STRUCT {
    struct postino_recipient nx_smtp_recipient_recipient; /* first: a recipient is known by its address */
    struct postino_record nx_smtp_recipient_record;
    ULONG nx_smtp_recipient_id;
    struct NX_SMTP_MAIL_STRUCT *nx_smtp_recipient_mail_ptr; /* that it was added to */
    ULONG nx_smtp_recipient_created;                        /* when that was created, in ticks */
} NX_SMTP_RECIPIENT;

/* A mail. Every member is private. */
typedef struct NX_SMTP_MAIL_STRUCT {
    struct nx_smtp_message nx_smtp_mail_message; /* first: a mail is known by its address */
    ULONG nx_smtp_mail_id;
    UINT nx_smtp_mail_status;
    NX_SMTP_CLIENT *nx_smtp_mail_client_ptr; /* that has it; NULL: none */
    struct postino_recipient *nx_smtp_mail_last;
    ULONG nx_smtp_mail_recipients; /* how many were added */
    ULONG nx_smtp_mail_created;    /* when, in ticks */
    struct nx_smtp_stamp nx_smtp_mail_stamp;
    UINT(*nx_smtp_mail_callback)
    (struct NX_SMTP_MAIL_STRUCT *mail_ptr, VOID *context, ULONG offset, CHAR **data_ptr, ULONG *length_ptr);
    VOID *nx_smtp_mail_context;
    ULONG nx_smtp_mail_size;                       /* of the callback's body */
    ULONG nx_smtp_mail_offset;                     /* of what it gives next */
    struct postino_source nx_smtp_mail_source;     /* of the whole message */
    struct postino_span nx_smtp_mail_part;         /* of the piece in hand, what was not taken yet */
    struct postino_recipient *nx_smtp_mail_listed; /* the next for the header */
    USHORT nx_smtp_mail_subject_offset;            /* how much of its encoded words was made */
    UCHAR nx_smtp_mail_subject[64];                /* and some of them */
    UCHAR nx_smtp_mail_list;                       /* state of it */
    UCHAR nx_smtp_mail_piece;                      /* that comes next */
    UCHAR nx_smtp_mail_flags;                      /* of the message: enum postino_source_flag */
} NX_SMTP_MAIL;

/* A function that gives a mail's body: see nx_smtp_mail_body_callback_set(). */
typedef UINT (*NX_SMTP_BODY_CALLBACK)(NX_SMTP_MAIL *mail_ptr, VOID *context, ULONG offset, CHAR **data_ptr,
                                      ULONG *length_ptr);

#ifndef NX_SMTP_SOURCE_CODE
#ifdef NX_SMTP_DISABLE_ERROR_CHECKING
#define nx_smtp_client_session_enable      _nx_smtp_client_session_enable
#define nx_smtp_client_extensions_set      _nx_smtp_client_extensions_set
#define nx_smtp_client_mails_in_flight_set _nx_smtp_client_mails_in_flight_set
#define nx_smtp_client_connect             _nx_smtp_client_connect
#define nx_smtp_client_disconnect          _nx_smtp_client_disconnect
#define nx_smtp_client_mail_submit         _nx_smtp_client_mail_submit
#define nx_smtp_client_mail_collect        _nx_smtp_client_mail_collect
#define nx_smtp_client_reply_get           _nx_smtp_client_reply_get
#define nx_smtp_client_statistics_get      _nx_smtp_client_statistics_get
#define nx_smtp_mail_create                _nx_smtp_mail_create
#define nx_smtp_mail_recipient_add         _nx_smtp_mail_recipient_add
#define nx_smtp_mail_body_callback_set     _nx_smtp_mail_body_callback_set
#define nx_smtp_mail_delivery_set          _nx_smtp_mail_delivery_set
#define nx_smtp_mail_options_set           _nx_smtp_mail_options_set
#define nx_smtp_mail_result_get            _nx_smtp_mail_result_get
#define nx_smtp_recipient_reply_buffer_set _nx_smtp_recipient_reply_buffer_set
#define nx_smtp_recipient_options_set      _nx_smtp_recipient_options_set
#define nx_smtp_recipient_result_get       _nx_smtp_recipient_result_get
#else
#define nx_smtp_client_session_enable      _nxe_smtp_client_session_enable
#define nx_smtp_client_extensions_set      _nxe_smtp_client_extensions_set
#define nx_smtp_client_mails_in_flight_set _nxe_smtp_client_mails_in_flight_set
#define nx_smtp_client_connect             _nxe_smtp_client_connect
#define nx_smtp_client_disconnect          _nxe_smtp_client_disconnect
#define nx_smtp_client_mail_submit         _nxe_smtp_client_mail_submit
#define nx_smtp_client_mail_collect        _nxe_smtp_client_mail_collect
#define nx_smtp_client_reply_get           _nxe_smtp_client_reply_get
#define nx_smtp_client_statistics_get      _nxe_smtp_client_statistics_get
#define nx_smtp_mail_create                _nxe_smtp_mail_create
#define nx_smtp_mail_recipient_add         _nxe_smtp_mail_recipient_add
#define nx_smtp_mail_body_callback_set     _nxe_smtp_mail_body_callback_set
#define nx_smtp_mail_delivery_set          _nxe_smtp_mail_delivery_set
#define nx_smtp_mail_options_set           _nxe_smtp_mail_options_set
#define nx_smtp_mail_result_get            _nxe_smtp_mail_result_get
#define nx_smtp_recipient_reply_buffer_set _nxe_smtp_recipient_reply_buffer_set
#define nx_smtp_recipient_options_set      _nxe_smtp_recipient_options_set
#define nx_smtp_recipient_result_get       _nxe_smtp_recipient_result_get
#endif

/* Common errors of the services below:
 * - NX_PTR_ERROR: a NULL pointer where none is allowed;
 * - NX_SMTP_CLIENT_NOT_INITIALIZED: the client was not created;
 * - NX_NOT_ENABLED: nx_smtp_client_session_enable() was not called;
 * - NX_IN_PROGRESS: another thread is in one of these services, or in nx_smtp_mail_send();
 * - NX_CALLER_ERROR: a service "of threads" was not called from a thread, or another one was called from a
 *   timer or an interrupt.
 * With NX_SMTP_DISABLE_ERROR_CHECKING a service returns only NX_IN_PROGRESS of these. */

/* Gives the client the memory for the services below. `session_ptr` is the caller's memory as long as the
 * client. Allowed from initialisation and threads, once. nx_smtp_mail_send() still makes a connection of
 * its own for each mail. While the connection of nx_smtp_client_connect() is open, nx_smtp_mail_send()
 * returns NX_ALREADY_BOUND, and nx_smtp_client_delete() returns NX_STILL_BOUND. Returns NX_SUCCESS;
 * NX_ALREADY_ENABLED; NX_SMTP_AUTHENTICATION_ERROR: the client's authentication type cannot be used. */
UINT nx_smtp_client_session_enable(NX_SMTP_CLIENT *client_ptr, NX_SMTP_SESSION *session_ptr);

/* Chooses the extensions that the client uses, from the next connection on. `extensions` is an array of
 * the extensions of postino/extension.h, ended by NULL and borrowed as long as the client. It needs
 * postino_extension_auth for a client that authenticates, postino_extension_starttls for STARTTLS, and
 * nx_smtp_extension_priority for MT-PRIORITY by the mails' priorities. NULL restores the default: AUTH,
 * PIPELINING, CHUNKING, SIZE, 8BITMIME and MT-PRIORITY. A program links the extensions that it names, and
 * those of the default. Allowed from initialisation and threads. Returns NX_SUCCESS;
 * NX_SMTP_INVALID_PARAM: a connection is open. */
UINT nx_smtp_client_extensions_set(NX_SMTP_CLIENT *client_ptr,
                                   const struct postino_extension *const *extensions);

/* Sets how many mails may be on their way at the same time, to a server that offers PIPELINING. As many
 * mails may become UNKNOWN when the connection is lost. The range is 1 to 65535, and the default 32. To a
 * server without PIPELINING it is always 1. Allowed from initialisation and threads. Returns NX_SUCCESS;
 * NX_SMTP_INVALID_PARAM: a number out of range. (RFC 2920) */
UINT nx_smtp_client_mails_in_flight_set(NX_SMTP_CLIENT *client_ptr, UINT mails);

/* Connects and authenticates, so that the server is ready for the first mail, and a failure is known before
 * there is one. nx_smtp_client_mail_collect() connects too where no connection is open. A connection that the
 * server closed during a pause is made anew. Of threads.
 *
 * `wait_option` is in ticks and bounds the whole call. The options of nx_smtp_options.h bound each step too,
 * also with NX_WAIT_FOREVER. With NX_NO_WAIT no connection is made: the status tells whether there is one.
 * Returns:
 * - NX_SUCCESS: the server is ready for a mail;
 * - NX_IN_PROGRESS: the wait is over, and the next call of this service or of nx_smtp_client_mail_collect()
 *   goes on;
 * - NX_NOT_CONNECTED: there is no connection, and mails of the one before must be collected first;
 * - a status as of nx_smtp_mail_send().
 * (RFC 5321 section 3.1) */
UINT nx_smtp_client_connect(NX_SMTP_CLIENT *client_ptr, ULONG wait_option);

/* Ends the connection with QUIT, once the mails on their way are settled. These mails must still be
 * collected. Mails that wait for another connection get it in nx_smtp_client_mail_collect(). Of threads.
 * `wait_option` is in ticks. When they have passed, or at once with NX_NO_WAIT, the connection is reset:
 * mails that were not settled become UNKNOWN or TRANSIENT. The options bound each step too. Returns
 * NX_SUCCESS: there is no connection any more. (RFC 5321 section 3.8) */
UINT nx_smtp_client_disconnect(NX_SMTP_CLIENT *client_ptr, ULONG wait_option);

/* Submits a mail and returns at once; nx_smtp_client_mail_collect() sends it. The mail, its recipients and
 * everything that they point to are borrowed until the mail is collected. After an error nothing is borrowed.
 * Of threads. Returns:
 * - NX_SUCCESS;
 * - NX_SMTP_MAIL_IN_USE: the mail is submitted already;
 * - NX_SMTP_RECIPIENT_IN_USE: another submitted mail has one of its recipients, or a recipient was added to
 *   another mail later;
 * - NX_SMTP_OPTIONS_IN_USE: another submitted mail has its options;
 * - NX_SMTP_INVALID_PARAM: an address is malformed, or there is no recipient.
 * (RFC 5321 section 4.1.2) */
UINT nx_smtp_client_mail_submit(NX_SMTP_CLIENT *client_ptr, NX_SMTP_MAIL *mail_ptr);

/* Sends the submitted mails until one mail is settled: *mail_ptr_ptr is that mail, which is the caller's
 * again. Mails follow each other without waiting where the server offers PIPELINING. Mails come in the order
 * of submission. A mail that needs more than one transaction or connection comes later. If the server had
 * given up the connection (421, or closed during a pause), the mail goes out once more over a new one, unless
 * it may have been delivered. A mail's result says what failed, the connection included. Of threads.
 *
 * `wait_option` is in ticks. With NX_NO_WAIT the call sends and receives without waiting. Three things may
 * take longer:
 * - connecting, with TLS its handshake too (NX_SMTP_CLIENT_CONNECTION_TIMEOUT); nx_smtp_client_connect() does
 *   it before;
 * - the orderly end of a connection (NX_SMTP_CLIENT_DISCONNECT_TIMEOUT);
 * - with TLS, a server's window that stays shut (NX_SMTP_CLIENT_SEND_TIMEOUT).
 *
 * Returns NX_SUCCESS: a mail is settled, see nx_smtp_mail_result_get(); NX_NO_MORE_ENTRIES: every mail was
 * collected; NX_IN_PROGRESS: no mail was settled in time, call again. (RFC 5321 section 3.3, RFC 2920) */
UINT nx_smtp_client_mail_collect(NX_SMTP_CLIENT *client_ptr, NX_SMTP_MAIL **mail_ptr_ptr, ULONG wait_option);

/* Gets the server's last reply. After a failure it is the reply that was the reason, until another mail
 * gets a reply. After nx_smtp_client_session_enable() the reply is one to these services. Before, it is
 * one to nx_smtp_mail_send(), whose last reply after success is that to QUIT. `text` takes at most
 * text_size - 1 octets of the reply's text and a NUL; '\n' separates lines. The client keeps
 * POSTINO_REPLY_TEXT_OCTETS of a text. *reply_code is 0 without a reply. *text_length is the length in
 * `text`. Allowed from initialisation and threads, before nx_smtp_client_session_enable() too. Returns
 * NX_SUCCESS; NX_SIZE_ERROR: text_size is 0. (RFC 5321 section 4.2) */
UINT nx_smtp_client_reply_get(NX_SMTP_CLIENT *client_ptr, UINT *reply_code, CHAR *text, UINT text_size,
                              UINT *text_length);

/* Copies the counters. Mails and recipients count when their mail is collected. Allowed from initialisation
 * and threads. Returns NX_SUCCESS. */
UINT nx_smtp_client_statistics_get(NX_SMTP_CLIENT *client_ptr, NX_SMTP_STATISTICS *statistics_ptr);

/* Prepares a mail without recipients, in the caller's memory. `subject` and `body` are borrowed as long as
 * the mail is used. The subject is as for nx_smtp_mail_send(). The body has `body_length` octets, with any
 * line ends and any dots. An empty body may be NULL. `priority` is one of NX_SMTP_MAIL_PRIORITY_...; any
 * other value counts as NORMAL. The priority goes into the header, and into MAIL where the server offers
 * MT-PRIORITY: see nx_smtp_extension_priority. A mail can be sent any number of times, one after the other.
 * Allowed from initialisation and threads, for a mail that is not submitted. Returns NX_SUCCESS;
 * NX_SMTP_INVALID_PARAM: a control character in the subject, or a subject line over 998 octets. (RFC 5322
 * section 2.1.1, RFC 6710) */
UINT nx_smtp_mail_create(NX_SMTP_MAIL *mail_ptr, CHAR *subject, CHAR *body, UINT body_length, UINT priority);

/* Adds a recipient, in the caller's memory. The recipient and the string `address`, with or without its
 * angle brackets, are borrowed as long as the mail is used. `kind` is NX_SMTP_RECIPIENT_TO, _CC or _BCC:
 * its place in the header. A BCC is not in the header; a mail with no other recipients has "To:
 * undisclosed-recipients:;". A recipient that is in another mail, not submitted, is taken from that mail,
 * which cannot be submitted any more. Allowed from initialisation and threads. Returns NX_SUCCESS;
 * NX_SMTP_INVALID_PARAM: another kind, or no mail; NX_SMTP_MAIL_IN_USE: the mail is submitted;
 * NX_SMTP_RECIPIENT_IN_USE: the recipient is in this mail, or in a submitted mail. (RFC 5322 section
 * 3.6.3) */
UINT nx_smtp_mail_recipient_add(NX_SMTP_MAIL *mail_ptr, NX_SMTP_RECIPIENT *recipient_ptr, CHAR *address,
                                UINT kind);

/* Lets `callback` give the mail's body, of any size, in place of a body in memory. The callback sets
 * *data_ptr and *length_ptr to the octets from `offset` on, as many as are ready. They must stay valid until
 * the next call. A length of 0 is the end. The collecting thread calls it. Offsets follow each other from 0
 * on, and begin at 0 again when the mail needs another transaction. The callback returns NX_SUCCESS. Any
 * other value ends the connection without the end of the message; the mail's status is
 * NX_SMTP_INTERNAL_ERROR.
 *
 * `size` is the size of the body in octets, if it is known and every line, the last one too, ends in CRLF;
 * else NX_SMTP_BODY_SIZE_UNKNOWN. A body of another size fails in the same way. `context` may be NULL and is
 * borrowed as long as the mail is used. Allowed from initialisation and threads. Returns NX_SUCCESS;
 * NX_SMTP_INVALID_PARAM: no mail; NX_SMTP_MAIL_IN_USE: the mail is submitted. (RFC 1870, RFC 3030) */
UINT nx_smtp_mail_body_callback_set(NX_SMTP_MAIL *mail_ptr, NX_SMTP_BODY_CALLBACK callback, VOID *context,
                                    ULONG size);

/* Chooses between NX_SMTP_DELIVERY_ALL, the default, and NX_SMTP_DELIVERY_PARTIAL. Recipients that are too
 * many for one transaction go into further transactions. Allowed from initialisation and threads. Returns
 * NX_SUCCESS; NX_SMTP_INVALID_PARAM: another value, or no mail; NX_SMTP_MAIL_IN_USE: the mail is submitted.
 * (RFC 5321 sections 3.3 and 4.5.3.1.10) */
UINT nx_smtp_mail_delivery_set(NX_SMTP_MAIL *mail_ptr, UINT delivery);

/* Sets options of the mail (DSN, DELIVERBY, SMTPUTF8 and more: postino/mail.h), or none with NULL. The
 * extensions must be among the client's. `options_ptr` is borrowed as long as the mail is used. A mail
 * whose options the server lacks fails with NX_NOT_SUPPORTED. Allowed from initialisation and threads.
 * Returns NX_SUCCESS; NX_SMTP_INVALID_PARAM: no mail; NX_SMTP_MAIL_IN_USE: the mail is submitted. */
UINT nx_smtp_mail_options_set(NX_SMTP_MAIL *mail_ptr, struct postino_options *options_ptr);

/* Gets the result of a mail that was collected. The mail's outcome is the first of its recipients' outcomes
 * in the order of NX_SMTP_OUTCOME_ACCEPTED, _UNKNOWN, _TRANSIENT, _PERMANENT, _NOT_ATTEMPTED. The status is
 * NX_SUCCESS for an accepted mail. Allowed from initialisation and threads. Returns NX_SUCCESS;
 * NX_SMTP_INVALID_PARAM: no mail; NX_SMTP_MAIL_IN_USE: not collected yet. */
UINT nx_smtp_mail_result_get(NX_SMTP_MAIL *mail_ptr, NX_SMTP_RESULT *result_ptr);

/* Gives an added recipient a buffer for the text of its final reply: at most size - 1 octets and a NUL,
 * lines separated by '\n'. Borrowed as long as the mail is used. Allowed from initialisation and threads.
 * Returns NX_SUCCESS; NX_SIZE_ERROR: `size` is 0; NX_SMTP_RECIPIENT_IN_USE: the mail is submitted. */
UINT nx_smtp_recipient_reply_buffer_set(NX_SMTP_RECIPIENT *recipient_ptr, CHAR *text, UINT size);

/* Asks for delivery reports about an added recipient (RFC 3461), or for none with NULL. The mail must have
 * options too. Borrowed as long as the mail is used. Allowed from initialisation and threads. Returns
 * NX_SUCCESS; NX_SMTP_RECIPIENT_IN_USE: the mail is submitted. */
UINT nx_smtp_recipient_options_set(NX_SMTP_RECIPIENT *recipient_ptr,
                                   const struct postino_recipient_options *options_ptr);

/* Gets the result of a recipient of a mail that was collected, and ends its text buffer with a NUL. Allowed
 * from initialisation and threads. Returns NX_SUCCESS. */
UINT nx_smtp_recipient_result_get(NX_SMTP_RECIPIENT *recipient_ptr, NX_SMTP_RESULT *result_ptr);

#else /* NX_SMTP_SOURCE_CODE: the functions behind the names */

UINT _nxe_smtp_client_session_enable(NX_SMTP_CLIENT *client_ptr, NX_SMTP_SESSION *session_ptr);
UINT _nx_smtp_client_session_enable(NX_SMTP_CLIENT *client_ptr, NX_SMTP_SESSION *session_ptr);
UINT _nxe_smtp_client_extensions_set(NX_SMTP_CLIENT *client_ptr,
                                     const struct postino_extension *const *extensions);
UINT _nx_smtp_client_extensions_set(NX_SMTP_CLIENT *client_ptr,
                                    const struct postino_extension *const *extensions);
UINT _nxe_smtp_client_mails_in_flight_set(NX_SMTP_CLIENT *client_ptr, UINT mails);
UINT _nx_smtp_client_mails_in_flight_set(NX_SMTP_CLIENT *client_ptr, UINT mails);
UINT _nxe_smtp_client_connect(NX_SMTP_CLIENT *client_ptr, ULONG wait_option);
UINT _nx_smtp_client_connect(NX_SMTP_CLIENT *client_ptr, ULONG wait_option);
UINT _nxe_smtp_client_disconnect(NX_SMTP_CLIENT *client_ptr, ULONG wait_option);
UINT _nx_smtp_client_disconnect(NX_SMTP_CLIENT *client_ptr, ULONG wait_option);
UINT _nxe_smtp_client_mail_submit(NX_SMTP_CLIENT *client_ptr, NX_SMTP_MAIL *mail_ptr);
UINT _nx_smtp_client_mail_submit(NX_SMTP_CLIENT *client_ptr, NX_SMTP_MAIL *mail_ptr);
UINT _nxe_smtp_client_mail_collect(NX_SMTP_CLIENT *client_ptr, NX_SMTP_MAIL **mail_ptr_ptr,
                                   ULONG wait_option);
UINT _nx_smtp_client_mail_collect(NX_SMTP_CLIENT *client_ptr, NX_SMTP_MAIL **mail_ptr_ptr, ULONG wait_option);
UINT _nxe_smtp_client_reply_get(NX_SMTP_CLIENT *client_ptr, UINT *reply_code, CHAR *text, UINT text_size,
                                UINT *text_length);
UINT _nx_smtp_client_reply_get(NX_SMTP_CLIENT *client_ptr, UINT *reply_code, CHAR *text, UINT text_size,
                               UINT *text_length);
UINT _nxe_smtp_client_statistics_get(NX_SMTP_CLIENT *client_ptr, NX_SMTP_STATISTICS *statistics_ptr);
UINT _nx_smtp_client_statistics_get(NX_SMTP_CLIENT *client_ptr, NX_SMTP_STATISTICS *statistics_ptr);
UINT _nxe_smtp_mail_create(NX_SMTP_MAIL *mail_ptr, CHAR *subject, CHAR *body, UINT body_length,
                           UINT priority);
UINT _nx_smtp_mail_create(NX_SMTP_MAIL *mail_ptr, CHAR *subject, CHAR *body, UINT body_length, UINT priority);
UINT _nxe_smtp_mail_recipient_add(NX_SMTP_MAIL *mail_ptr, NX_SMTP_RECIPIENT *recipient_ptr, CHAR *address,
                                  UINT kind);
UINT _nx_smtp_mail_recipient_add(NX_SMTP_MAIL *mail_ptr, NX_SMTP_RECIPIENT *recipient_ptr, CHAR *address,
                                 UINT kind);
UINT _nxe_smtp_mail_body_callback_set(NX_SMTP_MAIL *mail_ptr, NX_SMTP_BODY_CALLBACK callback, VOID *context,
                                      ULONG size);
UINT _nx_smtp_mail_body_callback_set(NX_SMTP_MAIL *mail_ptr, NX_SMTP_BODY_CALLBACK callback, VOID *context,
                                     ULONG size);
UINT _nxe_smtp_mail_delivery_set(NX_SMTP_MAIL *mail_ptr, UINT delivery);
UINT _nx_smtp_mail_delivery_set(NX_SMTP_MAIL *mail_ptr, UINT delivery);
UINT _nxe_smtp_mail_options_set(NX_SMTP_MAIL *mail_ptr, struct postino_options *options_ptr);
UINT _nx_smtp_mail_options_set(NX_SMTP_MAIL *mail_ptr, struct postino_options *options_ptr);
UINT _nxe_smtp_mail_result_get(NX_SMTP_MAIL *mail_ptr, NX_SMTP_RESULT *result_ptr);
UINT _nx_smtp_mail_result_get(NX_SMTP_MAIL *mail_ptr, NX_SMTP_RESULT *result_ptr);
UINT _nxe_smtp_recipient_reply_buffer_set(NX_SMTP_RECIPIENT *recipient_ptr, CHAR *text, UINT size);
UINT _nx_smtp_recipient_reply_buffer_set(NX_SMTP_RECIPIENT *recipient_ptr, CHAR *text, UINT size);
UINT _nxe_smtp_recipient_options_set(NX_SMTP_RECIPIENT *recipient_ptr,
                                     const struct postino_recipient_options *options_ptr);
UINT _nx_smtp_recipient_options_set(NX_SMTP_RECIPIENT *recipient_ptr,
                                    const struct postino_recipient_options *options_ptr);
UINT _nxe_smtp_recipient_result_get(NX_SMTP_RECIPIENT *recipient_ptr, NX_SMTP_RESULT *result_ptr);
UINT _nx_smtp_recipient_result_get(NX_SMTP_RECIPIENT *recipient_ptr, NX_SMTP_RESULT *result_ptr);
/* Whether a mail has exactly the recipients that were added to it: NX_SUCCESS or
 * NX_SMTP_RECIPIENT_IN_USE. */
UINT _nx_smtp_mail_whole(const NX_SMTP_MAIL *mail_ptr);
/* nx_smtp_bounded.c: puts a transport that is bounded and counted over `methods`. */
VOID _nx_smtp_session_bound(NX_SMTP_SESSION *session_ptr, const struct postino_transport_class *methods);
#endif

#ifdef __cplusplus
}
#endif

#include "nx_smtp_message.h"

#endif
