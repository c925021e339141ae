/* SPDX-License-Identifier: MIT */
/* Messages that are composed while they are sent, in constant memory: text, HTML with images, and
 * attachments, from memory or from a callback. The services of nx_smtp_session.h send them. Included by
 * nxd_smtp_client.h. */
#ifndef NX_SMTP_MESSAGE_H
#define NX_SMTP_MESSAGE_H

#include "nxd_smtp_client.h"
#include "postino/message.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NX_SMTP_MESSAGE_ID 0x4D455347UL

/* The smallest buffer of a message, in octets. */
#define NX_SMTP_MESSAGE_BUFFER_MIN POSTINO_MESSAGE_BUFFER_MIN

/* An attachment or an image. Every member is private. */
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
    ULONG nx_smtp_part_offset;             /* of the next octet that the callback gives */
    struct postino_span nx_smtp_part_span; /* octets that the callback gave and nobody took yet */
    struct NX_SMTP_PART_STRUCT *nx_smtp_part_next;
    UINT nx_smtp_part_added;
} NX_SMTP_PART;

/* A function that gives a part's octets: see nx_smtp_part_callback_create(). */
typedef UINT (*NX_SMTP_PART_CALLBACK)(NX_SMTP_PART *part_ptr, VOID *context, ULONG offset, CHAR **data_ptr,
                                      ULONG *length_ptr);

/* A recipient of a message. Every member is private, but &addressee.nx_smtp_addressee_recipient is its
 * NX_SMTP_RECIPIENT, for nx_smtp_recipient_result_get() and the like. */
typedef struct NX_SMTP_ADDRESSEE_STRUCT {
    NX_SMTP_RECIPIENT nx_smtp_addressee_recipient;
    struct postino_mailbox nx_smtp_addressee_mailbox;
} NX_SMTP_ADDRESSEE;

/* A further field of a message's header. Private. */
typedef struct postino_header NX_SMTP_HEADER;

/* A message. Every member is private, but the first one is its mail. nx_smtp_client_mail_collect() gives
 * that mail back. nx_smtp_mail_result_get(), nx_smtp_mail_delivery_set() and nx_smtp_mail_options_set()
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

/* Common errors of the services below:
 * - NX_PTR_ERROR: a NULL pointer where none is allowed;
 * - NX_SMTP_INVALID_PARAM: the message was not created;
 * - NX_SMTP_MAIL_IN_USE: the message is submitted;
 * - NX_CALLER_ERROR: called from a timer or an interrupt.
 * With NX_SMTP_DISABLE_ERROR_CHECKING only nx_smtp_client_message_submit() returns one of these,
 * NX_SMTP_MAIL_IN_USE.
 *
 * Services are allowed from initialisation and threads, but services "of threads" only from threads. Memory
 * and strings (UTF-8 with a NUL) are borrowed as long as the message is used. */

/* Prepares a message without recipients and without text. `features` are the features that it may need
 * beside plain ASCII lines, &postino_message_features_all for all of them. A program links the features
 * that it names: see postino/message.h. `priority` is one of NX_SMTP_MAIL_PRIORITY_...; any other value
 * counts as NORMAL. LOW and HIGH need the feature `field`. The message is composed in `buffer`, piece by
 * piece. A message can be sent any number of times, one after the other. Returns NX_SUCCESS;
 * NX_SIZE_ERROR: a buffer of less than NX_SMTP_MESSAGE_BUFFER_MIN octets. */
UINT nx_smtp_message_create(NX_SMTP_MESSAGE *message_ptr, const struct postino_message_features *features,
                            CHAR *subject, UINT priority, VOID *buffer, ULONG buffer_size);

/* Sets the author that the reader sees. The envelope's sender is still the client's. `name` may be NULL.
 * `address` NULL is the client's address, which must have no angle brackets then. Returns NX_SUCCESS. */
UINT nx_smtp_message_from_set(NX_SMTP_MESSAGE *message_ptr, CHAR *name, CHAR *address);

/* Adds a recipient to the message's envelope, and to its header unless it is a BCC. `name` is the name
 * that readers see, or NULL. `address` has no angle brackets. `kind` is NX_SMTP_RECIPIENT_TO, _CC or _BCC.
 * Returns NX_SUCCESS; NX_SMTP_INVALID_PARAM: another kind; NX_SMTP_RECIPIENT_IN_USE: as of
 * nx_smtp_mail_recipient_add(). */
UINT nx_smtp_message_recipient_add(NX_SMTP_MESSAGE *message_ptr, NX_SMTP_ADDRESSEE *addressee_ptr, CHAR *name,
                                   CHAR *address, UINT kind);

/* Adds a field to the header. "Auto-Submitted" with "auto-generated" asks machines not to answer. The name
 * may be the application's own, or any that the message does not write itself. Needs the feature `field`. A
 * field that is added to another message later spoils this message. Returns NX_SUCCESS;
 * NX_SMTP_HEADER_IN_USE: the field is in this message. */
UINT nx_smtp_message_header_add(NX_SMTP_MESSAGE *message_ptr, NX_SMTP_HEADER *header_ptr, CHAR *name,
                                CHAR *value);

/* Sets the text, `length` octets. Lines may end in CRLF, LF or CR. With nx_smtp_message_html_set() a reader
 * shows the form that it can. NULL and 0: no text. Returns NX_SUCCESS. */
UINT nx_smtp_message_text_set(NX_SMTP_MESSAGE *message_ptr, CHAR *text, ULONG length);

/* The same in HTML. <img src="cid:ID"> shows an image of nx_smtp_message_image_add(). */
UINT nx_smtp_message_html_set(NX_SMTP_MESSAGE *message_ptr, CHAR *html, ULONG length);

/* Makes a part of `length` octets. `type` is its media type, or NULL for "application/octet-stream".
 * `file_name` is the name that readers offer, or NULL. Add the part to one message. Returns NX_SUCCESS. */
UINT nx_smtp_part_memory_create(NX_SMTP_PART *part_ptr, CHAR *type, CHAR *file_name, VOID *data,
                                ULONG length);

/* Makes a part of any size whose octets `callback` gives. The callback sets *data_ptr and *length_ptr to
 * the octets from `offset` on, as many as are ready. They must stay valid until the next call. A length of
 * 0 is the end. The collecting thread calls it. Offsets follow each other from 0 on, and begin at 0 again
 * when the mail needs another transaction. The callback returns NX_SUCCESS; any other value fails the mail
 * with NX_SMTP_INTERNAL_ERROR. `size` is in octets, or NX_SMTP_BODY_SIZE_UNKNOWN. A known size is told to
 * the server before the message. A part of another size fails the mail too. Returns NX_SUCCESS. */
UINT nx_smtp_part_callback_create(NX_SMTP_PART *part_ptr, CHAR *type, CHAR *file_name,
                                  NX_SMTP_PART_CALLBACK callback, VOID *context, ULONG size);

/* Repeats the part's file name as a parameter of its type, in encoded words where it is not plain ASCII.
 * Readers without RFC 2231 need it: Outlook up to 2007, QQ. Call it after the function that makes the part.
 * Returns NX_SUCCESS. */
UINT nx_smtp_part_name_parameter(NX_SMTP_PART *part_ptr);

/* Adds an image that the HTML shows, or the text without HTML. `content_id` is "id@domain"; it needs the
 * feature `identifiers`. Returns NX_SUCCESS; NX_SMTP_PART_IN_USE: the part is in a message already. */
UINT nx_smtp_message_image_add(NX_SMTP_MESSAGE *message_ptr, NX_SMTP_PART *part_ptr, CHAR *content_id);

/* Adds an attachment after those of the message. Returns NX_SUCCESS; NX_SMTP_PART_IN_USE: the part is in a
 * message already. */
UINT nx_smtp_message_attachment_add(NX_SMTP_MESSAGE *message_ptr, NX_SMTP_PART *part_ptr);

/* Submits a message as nx_smtp_client_mail_submit() does a mail. nx_smtp_client_mail_collect() sends it and
 * gives its mail back. Date and Message-ID come from the clock and the random function of
 * nx_smtp_client_headers_set(). A Date needs the feature `date`, a Message-ID the feature `identifiers`. Of
 * threads. Returns as nx_smtp_client_mail_submit(), and also NX_SMTP_PART_IN_USE and NX_SMTP_HEADER_IN_USE.
 * NX_SMTP_INVALID_PARAM also means that the message cannot be composed: see nx_smtp_message_field_get(). */
UINT nx_smtp_client_message_submit(NX_SMTP_CLIENT *client_ptr, NX_SMTP_MESSAGE *message_ptr);

/* Gets the reason why nx_smtp_client_message_submit() refused a message, or why the mail failed. *error_ptr
 * is 0 or one of enum postino_error_code. *field_ptr is the header field with the error, or NULL. Returns
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
