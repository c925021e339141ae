/* SPDX-License-Identifier: MIT */
/* Beyond the original: one connection for many mails, many mails on their way at the same time, many
 * recipients a mail, bodies of any size. Included by nxd_smtp_client.h. */
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
#define NX_SMTP_DELIVERY_PARTIAL 1 /* to those that the server takes */

/* For nx_smtp_mail_body_callback_set(). */
#define NX_SMTP_BODY_SIZE_UNKNOWN 0xFFFFFFFFUL

/* What became of a mail, or of one recipient of it. */
typedef struct NX_SMTP_RESULT_STRUCT {
    UINT nx_smtp_result_outcome;    /* NX_SMTP_OUTCOME_...; NONE: nothing yet */
    UINT nx_smtp_result_status;     /* as nx_smtp_mail_send() returns it; of a recipient 0 */
    UINT nx_smtp_result_reply_code; /* of the reply that decided it; 0: none did */
    /* The reply's enhanced code (RFC 3463), as 5.1.1; 0.0.0: it had none. Of a recipient only. */
    UINT nx_smtp_result_class;
    UINT nx_smtp_result_subject;
    UINT nx_smtp_result_detail;
} NX_SMTP_RESULT;

/* What nx_smtp_client_statistics_get() tells, since nx_smtp_client_session_enable(). Each counter wraps. */
typedef struct NX_SMTP_STATISTICS_STRUCT {
    ULONG nx_smtp_statistics_connections;         /* that were made */
    ULONG nx_smtp_statistics_connection_failures; /* that were not */
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

/* What nx_smtp_client_session_enable() needs besides the client. Everything in it is private. */
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

/* One recipient of a mail. Everything in it is private. */
typedef struct NX_SMTP_RECIPIENT_STRUCT {
    struct postino_recipient nx_smtp_recipient_recipient; /* first: a recipient is known by its address */
    struct postino_record nx_smtp_recipient_record;
    ULONG nx_smtp_recipient_id;
    struct NX_SMTP_MAIL_STRUCT *nx_smtp_recipient_mail_ptr; /* that it was added to */
    ULONG nx_smtp_recipient_created;                        /* when that was created, in ticks */
} NX_SMTP_RECIPIENT;

/* A mail. Everything in it is private. */
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

/* Every service below returns NX_PTR_ERROR for a NULL pointer where none is allowed; those with a client
 * NX_SMTP_CLIENT_NOT_INITIALIZED for one that was not created, NX_NOT_ENABLED before
 * nx_smtp_client_session_enable(), and NX_IN_PROGRESS while another thread is in one of them or in
 * nx_smtp_mail_send(). Services "of threads" return NX_CALLER_ERROR elsewhere; the others that from timers
 * and interrupts. With NX_SMTP_DISABLE_ERROR_CHECKING only NX_IN_PROGRESS is left of these. */

/* Gives the client the memory for what follows. `session_ptr` is the caller's memory as long as the client.
 * Allowed from initialisation and threads, once. nx_smtp_mail_send() stays as it is: a connection of its own
 * for each mail; while nx_smtp_client_connect()'s is open it returns NX_ALREADY_BOUND, and
 * nx_smtp_client_delete() NX_STILL_BOUND. Returns NX_SUCCESS; NX_ALREADY_ENABLED;
 * NX_SMTP_AUTHENTICATION_ERROR: the client cannot authenticate as it was created to. */
UINT nx_smtp_client_session_enable(NX_SMTP_CLIENT *client_ptr, NX_SMTP_SESSION *session_ptr);

/* Chooses what is understood of the server's EHLO reply, from the next connection on: an array of the
 * extensions of postino/extension.h, ended by NULL and borrowed as long as the client. postino_extension_auth
 * must be among them for a client that authenticates, postino_extension_starttls for one that is to use
 * STARTTLS, nx_smtp_extension_priority for MT-PRIORITY by the mails' priorities. A build carries those that
 * it names, and those of the default: AUTH, PIPELINING, CHUNKING, SIZE, 8BITMIME and MT-PRIORITY; NULL goes
 * back to it. Allowed from initialisation and threads. Returns NX_SUCCESS; NX_SMTP_INVALID_PARAM: a
 * connection is open. */
UINT nx_smtp_client_extensions_set(NX_SMTP_CLIENT *client_ptr,
                                   const struct postino_extension *const *extensions);

/* How many mails may be on their way at the same time, to a server that offers PIPELINING; as many may become
 * UNKNOWN when the connection is lost. 1 to 65535; 32 before the call; towards other servers it is 1 always.
 * Allowed from initialisation and threads. Returns NX_SUCCESS; NX_SMTP_INVALID_PARAM: 0, or more. (RFC 2920)
 */
UINT nx_smtp_client_mails_in_flight_set(NX_SMTP_CLIENT *client_ptr, UINT mails);

/* Connects and authenticates, so that the first mail finds the server ready and a failure is known before
 * there is one; nx_smtp_client_mail_collect() connects too where no connection is open. A connection that the
 * server has closed in a pause is noticed, and made anew. Of threads. `wait_option` is in ticks and bounds
 * the whole; the options at the head of nxd_smtp_client.h bound each step besides, so that NX_WAIT_FOREVER
 * is not for ever. With NX_NO_WAIT no connection is made: it tells whether there is one. Returns NX_SUCCESS:
 * the server is ready for a mail; NX_IN_PROGRESS: the wait is over and the dialogue goes on with the next
 * call of this service or of nx_smtp_client_mail_collect(); NX_NOT_CONNECTED: there is no connection, and
 * mails of the one before are to be collected first; or a status as of nx_smtp_mail_send(). (RFC 5321 section
 * 3.1) */
UINT nx_smtp_client_connect(NX_SMTP_CLIENT *client_ptr, ULONG wait_option);

/* Ends the connection with QUIT, once the mails that travel are settled; they are still to be collected, and
 * those that wait for a further connection get it there. Of threads. `wait_option` is in ticks: when they
 * have passed the connection is reset, and what becomes of mails that were not settled is UNKNOWN or
 * TRANSIENT; with NX_NO_WAIT at once. The options bound each step besides. Returns NX_SUCCESS: there is no
 * connection any more. (RFC 5321 section 3.8) */
UINT nx_smtp_client_disconnect(NX_SMTP_CLIENT *client_ptr, ULONG wait_option);

/* Hands a mail in and returns at once; nx_smtp_client_mail_collect() sends it. The mail, its recipients and
 * everything they point to are borrowed until it is collected. Of threads. Returns NX_SUCCESS;
 * NX_SMTP_MAIL_IN_USE: the mail is handed in already; NX_SMTP_RECIPIENT_IN_USE, NX_SMTP_OPTIONS_IN_USE: so is
 * another one with one of its recipients, or they were added to another mail since, or with its options;
 * NX_SMTP_INVALID_PARAM: an address is malformed, or there is no recipient; then nothing is borrowed. (RFC
 * 5321 section 4.1.2) */
UINT nx_smtp_client_mail_submit(NX_SMTP_CLIENT *client_ptr, NX_SMTP_MAIL *mail_ptr);

/* Sends what was handed in until one mail is settled: *mail_ptr_ptr is that mail, the caller's again. Mails
 * follow each other without waiting where the server offers PIPELINING. They come in the order of their
 * submission, save that one which needs more than one transaction or connection comes later: a mail that met
 * a connection which the server had given up (421, or closed in a pause) goes out over a new one, once, if it
 * cannot have been delivered. Of threads. `wait_option` is in ticks; with NX_NO_WAIT it sends and receives
 * what can be at once. Three things may take longer: a connection that is to be made, with TLS its handshake
 * too (NX_SMTP_CLIENT_CONNECTION_TIMEOUT; nx_smtp_client_connect() makes it before), the orderly end of one
 * (NX_SMTP_CLIENT_DISCONNECT_TIMEOUT), and with TLS a server's window that stays shut
 * (NX_SMTP_CLIENT_SEND_TIMEOUT). Returns NX_SUCCESS: a mail is settled, see nx_smtp_mail_result_get();
 * NX_NO_MORE_ENTRIES: every mail was collected; NX_IN_PROGRESS: none was settled in time, call again. What
 * fails, be it the connection, is told of each mail by its result. (RFC 5321 section 3.3, RFC 2920) */
UINT nx_smtp_client_mail_collect(NX_SMTP_CLIENT *client_ptr, NX_SMTP_MAIL **mail_ptr_ptr, ULONG wait_option);

/* Tells the server's last reply, or, after a failure, the reply that was its reason, until a further mail is
 * answered. After nx_smtp_client_session_enable() it is about these services, without it about
 * nx_smtp_mail_send(), whose last reply in a good end is that to QUIT. `text` takes at most text_size - 1
 * octets of the reply's text and a NUL; lines are separated by '\n'. POSTINO_REPLY_TEXT_OCTETS are kept of a
 * text. *reply_code is 0 without a reply, *text_length the length in `text`. Allowed from initialisation and
 * threads, before nx_smtp_client_session_enable() too. Returns NX_SUCCESS; NX_SIZE_ERROR: text_size is 0.
 * (RFC 5321 section 4.2) */
UINT nx_smtp_client_reply_get(NX_SMTP_CLIENT *client_ptr, UINT *reply_code, CHAR *text, UINT text_size,
                              UINT *text_length);

/* Copies the counters. Mails and recipients count when their mail is collected. Allowed from initialisation
 * and threads. Returns NX_SUCCESS. */
UINT nx_smtp_client_statistics_get(NX_SMTP_CLIENT *client_ptr, NX_SMTP_STATISTICS *statistics_ptr);

/* Prepares a mail without recipients, in the caller's memory. `subject` and `body` are borrowed as long as
 * the mail is used, the subject as nx_smtp_mail_send() takes it; the body has `body_length` octets, may be
 * empty, and NULL then; lines and dots are no matter. `priority` is one of NX_SMTP_MAIL_PRIORITY_..., any
 * other value counts as NORMAL; it goes into the header, and to a server that offers it as MT-PRIORITY: see
 * nx_smtp_extension_priority. A mail can be sent any number of times, one after the other. Allowed from
 * initialisation and threads, of a mail that is not handed in. Returns NX_SUCCESS; NX_SMTP_INVALID_PARAM: a
 * control character in the subject, or a subject line over 998 octets. (RFC 5322 section 2.1.1, RFC 6710) */
UINT nx_smtp_mail_create(NX_SMTP_MAIL *mail_ptr, CHAR *subject, CHAR *body, UINT body_length, UINT priority);

/* Adds a recipient, in the caller's memory; it and the string `address`, with or without its brackets, are
 * borrowed as long as the mail is used. `kind` is NX_SMTP_RECIPIENT_TO, _CC or _BCC: where it stands in the
 * header. Those of kind BCC stand nowhere; a mail to such alone says To: undisclosed-recipients:;. Allowed
 * from initialisation and threads. Returns NX_SUCCESS; NX_SMTP_INVALID_PARAM: another kind, or no
 * mail; NX_SMTP_MAIL_IN_USE: the mail is handed in; NX_SMTP_RECIPIENT_IN_USE: the recipient is in this mail,
 * or in one that is handed in. From a mail that is not it is taken away, and that one cannot be handed in any
 * more. (RFC 5322 section 3.6.3) */
UINT nx_smtp_mail_recipient_add(NX_SMTP_MAIL *mail_ptr, NX_SMTP_RECIPIENT *recipient_ptr, CHAR *address,
                                UINT kind);

/* Has `callback` give the mail's body, of any size and without a buffer for it, in place of the one in
 * memory. It sets *data_ptr and *length_ptr to the octets from `offset` on, as many as are at hand, which
 * stay valid until it is called again; a length of 0 is the end. It is called by the collecting thread;
 * offsets follow each other from 0 on, and begin at 0 again when the mail needs another transaction. It
 * returns NX_SUCCESS; any other value gives the mail up: the connection ends without the end of the message,
 * and the status is NX_SMTP_INTERNAL_ERROR. `size` is the body's in octets where that is known before and
 * every line of it, the last one too, ends in CRLF; else NX_SMTP_BODY_SIZE_UNKNOWN. A body that differs from
 * its size is given up like that. `context` is the callback's, NULL too, and borrowed as long as the mail is
 * used. Allowed from initialisation and threads. Returns NX_SUCCESS; NX_SMTP_INVALID_PARAM: no mail;
 * NX_SMTP_MAIL_IN_USE: the mail is handed in. (RFC 1870, RFC 3030) */
UINT nx_smtp_mail_body_callback_set(NX_SMTP_MAIL *mail_ptr, NX_SMTP_BODY_CALLBACK callback, VOID *context,
                                    ULONG size);

/* Chooses between NX_SMTP_DELIVERY_ALL, the default, and NX_SMTP_DELIVERY_PARTIAL: what the server does not
 * take of the recipients at once because they are too many goes out in further transactions. Allowed from
 * initialisation and threads. Returns NX_SUCCESS; NX_SMTP_INVALID_PARAM: another value, or no mail;
 * NX_SMTP_MAIL_IN_USE: the mail is handed in. (RFC 5321 sections 3.3 and 4.5.3.1.10) */
UINT nx_smtp_mail_delivery_set(NX_SMTP_MAIL *mail_ptr, UINT delivery);

/* Asks for more than delivery (DSN, DELIVERBY, SMTPUTF8 and more: postino/mail.h); NULL: for nothing. The
 * extensions must be among the client's. `options_ptr` is borrowed as long as the mail is used. What the
 * server lacks fails the mail with NX_NOT_SUPPORTED. Allowed from initialisation and threads. Returns
 * NX_SUCCESS; NX_SMTP_INVALID_PARAM: no mail; NX_SMTP_MAIL_IN_USE: the mail is handed in. */
UINT nx_smtp_mail_options_set(NX_SMTP_MAIL *mail_ptr, struct postino_options *options_ptr);

/* Tells what became of a mail that was collected. Of its recipients' outcomes the mail's is the first in the
 * order of NX_SMTP_OUTCOME_ACCEPTED, _UNKNOWN, _TRANSIENT, _PERMANENT, _NOT_ATTEMPTED. The status is
 * NX_SUCCESS for an accepted mail. Allowed from initialisation and threads. Returns NX_SUCCESS;
 * NX_SMTP_INVALID_PARAM: no mail; NX_SMTP_MAIL_IN_USE: not collected yet. */
UINT nx_smtp_mail_result_get(NX_SMTP_MAIL *mail_ptr, NX_SMTP_RESULT *result_ptr);

/* Gives a recipient that was added a buffer for the text of the reply that decides it: at most size - 1
 * octets and a NUL, lines separated by '\n'. Borrowed as long as the mail is used. Allowed from
 * initialisation and threads. Returns NX_SUCCESS; NX_SIZE_ERROR: `size` is 0; NX_SMTP_RECIPIENT_IN_USE: the
 * mail is handed in. */
UINT nx_smtp_recipient_reply_buffer_set(NX_SMTP_RECIPIENT *recipient_ptr, CHAR *text, UINT size);

/* Asks for delivery reports about a recipient that was added (RFC 3461); the mail must have options too.
 * NULL: for none. Borrowed as long as the mail is used. Allowed from initialisation and threads. Returns
 * NX_SUCCESS; NX_SMTP_RECIPIENT_IN_USE: the mail is handed in. */
UINT nx_smtp_recipient_options_set(NX_SMTP_RECIPIENT *recipient_ptr,
                                   const struct postino_recipient_options *options_ptr);

/* Tells what became of a recipient of a mail that was collected, and has the text buffer end in a NUL.
 * Allowed from initialisation and threads. Returns NX_SUCCESS. */
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
/* Whether a mail has the recipients that were added to it, and no other: NX_SUCCESS or
 * NX_SMTP_RECIPIENT_IN_USE. */
UINT _nx_smtp_mail_whole(const NX_SMTP_MAIL *mail_ptr);
/* The status of an error of submission. */
UINT _nx_smtp_client_in_use(INT error);
#endif

#ifdef __cplusplus
}
#endif

#include "nx_smtp_message.h"

#endif
