/* SPDX-License-Identifier: MIT */
/* Beyond the original: messages composed while they are sent, with text, HTML, images in it and attachments,
 * from memory or from a callback, in constant memory. They go out by the services of nx_smtp_session.h.
 * Included by nxd_smtp_client.h. */
#ifndef NX_SMTP_MESSAGE_H
#define NX_SMTP_MESSAGE_H

#include "nxd_smtp_client.h"
#include "postino/message.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NX_SMTP_MESSAGE_ID 0x4D455347UL

/* Octets of a message's buffer at least. */
#define NX_SMTP_MESSAGE_BUFFER_MIN POSTINO_MESSAGE_BUFFER_MIN

/* An attachment or an image. Everything in it is private. */
typedef struct NX_SMTP_PART_STRUCT {
    struct postino_part nx_smtp_part_part;
    union {
        struct postino_source source;
        struct postino_memory_source memory;
    } nx_smtp_part_source;
    UINT(*nx_smtp_part_callback)
    (struct NX_SMTP_PART_STRUCT *part_ptr, VOID *context, ULONG offset, CHAR **data_ptr, ULONG *length_ptr);
    VOID *nx_smtp_part_context;
    ULONG nx_smtp_part_size;
    ULONG nx_smtp_part_offset;             /* of what it gives next */
    struct postino_span nx_smtp_part_span; /* what it gave and was not taken */
    struct NX_SMTP_PART_STRUCT *nx_smtp_part_next;
    UINT nx_smtp_part_added;
} NX_SMTP_PART;

/* A function that gives a part's octets: see nx_smtp_part_callback_create(). */
typedef UINT (*NX_SMTP_PART_CALLBACK)(NX_SMTP_PART *part_ptr, VOID *context, ULONG offset, CHAR **data_ptr,
                                      ULONG *length_ptr);

/* One who gets the message. Everything in it is private, but a pointer to it is one to its NX_SMTP_RECIPIENT:
 * nx_smtp_recipient_result_get() and its like take &addressee.nx_smtp_addressee_recipient. */
typedef struct NX_SMTP_ADDRESSEE_STRUCT {
    NX_SMTP_RECIPIENT nx_smtp_addressee_recipient;
    struct postino_mailbox nx_smtp_addressee_mailbox;
} NX_SMTP_ADDRESSEE;

/* A further line of a message's header. Private. */
typedef struct postino_header NX_SMTP_HEADER;

/* A message. Everything in it is private but its mail, which stands first: nx_smtp_client_mail_collect()
 * gives that back, and nx_smtp_mail_result_get(), nx_smtp_mail_delivery_set() and nx_smtp_mail_options_set()
 * take &message.nx_smtp_message_mail. */
typedef struct NX_SMTP_MESSAGE_STRUCT {
    NX_SMTP_MAIL nx_smtp_message_mail;
    ULONG nx_smtp_message_id;
    struct postino_message nx_smtp_message_message;
    struct postino_mailbox nx_smtp_message_from;
    const CHAR *nx_smtp_message_address;             /* for it; NULL: the client's */
    struct postino_mailbox *nx_smtp_message_last[3]; /* of To, Cc and Bcc */
    NX_SMTP_HEADER *nx_smtp_message_last_header;
    ULONG nx_smtp_message_headers; /* how many were added */
    NX_SMTP_HEADER nx_smtp_message_priority[3];
    struct postino_part nx_smtp_message_text;
    struct postino_part nx_smtp_message_html;
    struct postino_part nx_smtp_message_alternative;
    struct postino_part nx_smtp_message_related;
    struct postino_part nx_smtp_message_mixed;
    struct postino_memory_source nx_smtp_message_text_source;
    struct postino_memory_source nx_smtp_message_html_source;
    NX_SMTP_PART *nx_smtp_message_images;
    NX_SMTP_PART *nx_smtp_message_attachments;
    UCHAR nx_smtp_message_random[16];
} NX_SMTP_MESSAGE;

#ifndef NX_SMTP_SOURCE_CODE
#ifdef NX_SMTP_DISABLE_ERROR_CHECKING
#define nx_smtp_message_create         _nx_smtp_message_create
#define nx_smtp_message_from_set       _nx_smtp_message_from_set
#define nx_smtp_message_recipient_add  _nx_smtp_message_recipient_add
#define nx_smtp_message_header_add     _nx_smtp_message_header_add
#define nx_smtp_message_text_set       _nx_smtp_message_text_set
#define nx_smtp_message_html_set       _nx_smtp_message_html_set
#define nx_smtp_message_image_add      _nx_smtp_message_image_add
#define nx_smtp_message_attachment_add _nx_smtp_message_attachment_add
#define nx_smtp_message_field_get      _nx_smtp_message_field_get
#define nx_smtp_client_message_submit  _nx_smtp_client_message_submit
#define nx_smtp_part_memory_create     _nx_smtp_part_memory_create
#define nx_smtp_part_callback_create   _nx_smtp_part_callback_create
#define nx_smtp_part_name_parameter    _nx_smtp_part_name_parameter
#else
#define nx_smtp_message_create         _nxe_smtp_message_create
#define nx_smtp_message_from_set       _nxe_smtp_message_from_set
#define nx_smtp_message_recipient_add  _nxe_smtp_message_recipient_add
#define nx_smtp_message_header_add     _nxe_smtp_message_header_add
#define nx_smtp_message_text_set       _nxe_smtp_message_text_set
#define nx_smtp_message_html_set       _nxe_smtp_message_html_set
#define nx_smtp_message_image_add      _nxe_smtp_message_image_add
#define nx_smtp_message_attachment_add _nxe_smtp_message_attachment_add
#define nx_smtp_message_field_get      _nxe_smtp_message_field_get
#define nx_smtp_client_message_submit  _nxe_smtp_client_message_submit
#define nx_smtp_part_memory_create     _nxe_smtp_part_memory_create
#define nx_smtp_part_callback_create   _nxe_smtp_part_callback_create
#define nx_smtp_part_name_parameter    _nxe_smtp_part_name_parameter
#endif

/* Every service below returns NX_PTR_ERROR for a NULL pointer where none is allowed, NX_SMTP_INVALID_PARAM
 * for a message that was not created, NX_SMTP_MAIL_IN_USE for one that is handed in, and NX_CALLER_ERROR from
 * timers and interrupts. With NX_SMTP_DISABLE_ERROR_CHECKING only NX_SMTP_MAIL_IN_USE of
 * nx_smtp_client_message_submit() is left of these. All are allowed from initialisation and threads unless it
 * says "of threads". Memory and strings, UTF-8 with a NUL, are the caller's as long as the message is
 * used. */

/* Prepares a message without recipients and without text. `features` is what it may need beside plain ASCII
 * lines, &postino_message_features_all for everything: see postino/message.h, a program carries what it
 * names. `priority` is one of NX_SMTP_MAIL_PRIORITY_..., any other value counts as NORMAL; LOW and HIGH need
 * the feature `field`. `buffer` is where the message is composed, piece by piece. A message can be sent any
 * number of times, one after the other. Returns NX_SUCCESS; NX_SIZE_ERROR: a buffer of less than
 * NX_SMTP_MESSAGE_BUFFER_MIN octets. */
UINT nx_smtp_message_create(NX_SMTP_MESSAGE *message_ptr, const struct postino_message_features *features,
                            CHAR *subject, UINT priority, VOID *buffer, ULONG buffer_size);

/* Says whom the message is from, for the reader; the envelope's sender is the client's as always. NULL for
 * `name`: none; for `address`: the client's address, which must then be one without brackets. Returns
 * NX_SUCCESS. */
UINT nx_smtp_message_from_set(NX_SMTP_MESSAGE *message_ptr, CHAR *name, CHAR *address);

/* Adds a recipient, of the message's envelope and, unless it is a BCC, of its header. `name` is what readers
 * see and may be NULL; `address` stands without brackets. `kind` is NX_SMTP_RECIPIENT_TO, _CC or _BCC.
 * Returns NX_SUCCESS; NX_SMTP_INVALID_PARAM: another kind; NX_SMTP_RECIPIENT_IN_USE: as of
 * nx_smtp_mail_recipient_add(). */
UINT nx_smtp_message_recipient_add(NX_SMTP_MESSAGE *message_ptr, NX_SMTP_ADDRESSEE *addressee_ptr, CHAR *name,
                                   CHAR *address, UINT kind);

/* Adds a line to the header: "Auto-Submitted" with "auto-generated" for a mail that no machine is to answer,
 * a name of the application's own, or another that the message does not write itself. Needs the feature
 * `field`. Returns NX_SUCCESS; NX_SMTP_HEADER_IN_USE: the line is in this message. Added to another one
 * since, it spoils this. */
UINT nx_smtp_message_header_add(NX_SMTP_MESSAGE *message_ptr, NX_SMTP_HEADER *header_ptr, CHAR *name,
                                CHAR *value);

/* Sets the text, `length` octets; lines may end in CRLF, LF or CR. With nx_smtp_message_html_set() as well a
 * reader shows the one that it can. NULL and 0: none. Returns NX_SUCCESS. */
UINT nx_smtp_message_text_set(NX_SMTP_MESSAGE *message_ptr, CHAR *text, ULONG length);

/* The same in HTML. Images that were added by nx_smtp_message_image_add() are shown by <img src="cid:ID">. */
UINT nx_smtp_message_html_set(NX_SMTP_MESSAGE *message_ptr, CHAR *html, ULONG length);

/* Makes a part of `length` octets. `type` is their media type, NULL for "application/octet-stream";
 * `file_name` is what readers are offered, NULL for none. The part is to be added to one message. Returns
 * NX_SUCCESS. */
UINT nx_smtp_part_memory_create(NX_SMTP_PART *part_ptr, CHAR *type, CHAR *file_name, VOID *data,
                                ULONG length);

/* Makes a part whose octets `callback` gives, of any size and without a buffer for it. It sets *data_ptr and
 * *length_ptr to the octets from `offset` on, as many as are at hand, which stay valid until it is called
 * again; a length of 0 is the end. It is called by the collecting thread; offsets follow each other from 0
 * on, and begin at 0 again when the mail needs another transaction. It returns NX_SUCCESS; any other value
 * gives the mail up, with NX_SMTP_INTERNAL_ERROR. `size` is in octets, where it is known before, so that the
 * server can be asked whether it takes so much; else NX_SMTP_BODY_SIZE_UNKNOWN. A part that differs from its
 * size gives the mail up too. Returns NX_SUCCESS. */
UINT nx_smtp_part_callback_create(NX_SMTP_PART *part_ptr, CHAR *type, CHAR *file_name,
                                  NX_SMTP_PART_CALLBACK callback, VOID *context, ULONG size);

/* Has the part's file name stand in its type too, in encoded words where it is not plain ASCII, for readers
 * that know no RFC 2231: Outlook up to 2007, QQ. Call it behind the function that makes the part. Returns
 * NX_SUCCESS. */
UINT nx_smtp_part_name_parameter(NX_SMTP_PART *part_ptr);

/* Adds an image that the HTML, or a text without one, shows. `content_id` is "id@domain"; it needs the
 * feature `identifiers`. Returns NX_SUCCESS; NX_SMTP_PART_IN_USE: the part is in a message already. */
UINT nx_smtp_message_image_add(NX_SMTP_MESSAGE *message_ptr, NX_SMTP_PART *part_ptr, CHAR *content_id);

/* Adds an attachment behind those that the message has. Returns NX_SUCCESS; NX_SMTP_PART_IN_USE: the part is
 * in a message already. */
UINT nx_smtp_message_attachment_add(NX_SMTP_MESSAGE *message_ptr, NX_SMTP_PART *part_ptr);

/* Hands a message in as nx_smtp_client_mail_submit() does a mail; nx_smtp_client_mail_collect() sends it and
 * gives its mail back. Date and Message-ID come from the clock and the randomness of
 * nx_smtp_client_headers_set(); a Date needs the feature of its name, a Message-ID the feature `identifiers`.
 * Of threads. Returns as nx_smtp_client_mail_submit(), NX_SMTP_PART_IN_USE and NX_SMTP_HEADER_IN_USE, and
 * NX_SMTP_INVALID_PARAM also where the message cannot be composed: see nx_smtp_message_field_get(). */
UINT nx_smtp_client_message_submit(NX_SMTP_CLIENT *client_ptr, NX_SMTP_MESSAGE *message_ptr);

/* Tells why nx_smtp_client_message_submit() took no message, or why the mail failed: *error_ptr is 0 or one
 * of enum postino_error_code, *field_ptr the header line that it is about, NULL: about none. Returns
 * NX_SUCCESS. */
UINT nx_smtp_message_field_get(NX_SMTP_MESSAGE *message_ptr, INT *error_ptr, const CHAR **field_ptr);

#else /* NX_SMTP_SOURCE_CODE: the functions behind the names */

UINT _nxe_smtp_message_create(NX_SMTP_MESSAGE *message_ptr, const struct postino_message_features *features,
                              CHAR *subject, UINT priority, VOID *buffer, ULONG buffer_size);
UINT _nx_smtp_message_create(NX_SMTP_MESSAGE *message_ptr, const struct postino_message_features *features,
                             CHAR *subject, UINT priority, VOID *buffer, ULONG buffer_size);
UINT _nxe_smtp_message_from_set(NX_SMTP_MESSAGE *message_ptr, CHAR *name, CHAR *address);
UINT _nx_smtp_message_from_set(NX_SMTP_MESSAGE *message_ptr, CHAR *name, CHAR *address);
UINT _nxe_smtp_message_recipient_add(NX_SMTP_MESSAGE *message_ptr, NX_SMTP_ADDRESSEE *addressee_ptr,
                                     CHAR *name, CHAR *address, UINT kind);
UINT _nx_smtp_message_recipient_add(NX_SMTP_MESSAGE *message_ptr, NX_SMTP_ADDRESSEE *addressee_ptr,
                                    CHAR *name, CHAR *address, UINT kind);
UINT _nxe_smtp_message_header_add(NX_SMTP_MESSAGE *message_ptr, NX_SMTP_HEADER *header_ptr, CHAR *name,
                                  CHAR *value);
UINT _nx_smtp_message_header_add(NX_SMTP_MESSAGE *message_ptr, NX_SMTP_HEADER *header_ptr, CHAR *name,
                                 CHAR *value);
UINT _nxe_smtp_message_text_set(NX_SMTP_MESSAGE *message_ptr, CHAR *text, ULONG length);
UINT _nx_smtp_message_text_set(NX_SMTP_MESSAGE *message_ptr, CHAR *text, ULONG length);
UINT _nxe_smtp_message_html_set(NX_SMTP_MESSAGE *message_ptr, CHAR *html, ULONG length);
UINT _nx_smtp_message_html_set(NX_SMTP_MESSAGE *message_ptr, CHAR *html, ULONG length);
UINT _nxe_smtp_message_image_add(NX_SMTP_MESSAGE *message_ptr, NX_SMTP_PART *part_ptr, CHAR *content_id);
UINT _nx_smtp_message_image_add(NX_SMTP_MESSAGE *message_ptr, NX_SMTP_PART *part_ptr, CHAR *content_id);
UINT _nxe_smtp_message_attachment_add(NX_SMTP_MESSAGE *message_ptr, NX_SMTP_PART *part_ptr);
UINT _nx_smtp_message_attachment_add(NX_SMTP_MESSAGE *message_ptr, NX_SMTP_PART *part_ptr);
UINT _nxe_smtp_message_field_get(NX_SMTP_MESSAGE *message_ptr, INT *error_ptr, const CHAR **field_ptr);
UINT _nx_smtp_message_field_get(NX_SMTP_MESSAGE *message_ptr, INT *error_ptr, const CHAR **field_ptr);
UINT _nxe_smtp_client_message_submit(NX_SMTP_CLIENT *client_ptr, NX_SMTP_MESSAGE *message_ptr);
UINT _nx_smtp_client_message_submit(NX_SMTP_CLIENT *client_ptr, NX_SMTP_MESSAGE *message_ptr);
UINT _nxe_smtp_part_memory_create(NX_SMTP_PART *part_ptr, CHAR *type, CHAR *file_name, VOID *data,
                                  ULONG length);
UINT _nx_smtp_part_memory_create(NX_SMTP_PART *part_ptr, CHAR *type, CHAR *file_name, VOID *data,
                                 ULONG length);
UINT _nxe_smtp_part_callback_create(NX_SMTP_PART *part_ptr, CHAR *type, CHAR *file_name,
                                    NX_SMTP_PART_CALLBACK callback, VOID *context, ULONG size);
UINT _nx_smtp_part_callback_create(NX_SMTP_PART *part_ptr, CHAR *type, CHAR *file_name,
                                   NX_SMTP_PART_CALLBACK callback, VOID *context, ULONG size);
UINT _nxe_smtp_part_name_parameter(NX_SMTP_PART *part_ptr);
UINT _nx_smtp_part_name_parameter(NX_SMTP_PART *part_ptr);
#endif

#ifdef __cplusplus
}
#endif

#endif
