/* SPDX-License-Identifier: MIT */
/* Messages of NetX applications: postino_message over the mails of nx_smtp_session.h. Invariant: how the
 * parts stand in each other is settled anew whenever the message is handed in; until then they hang on
 * lists. */
#define NX_SMTP_SOURCE_CODE
#include "nxd_smtp_client.h"
#include "engine/state.h"

/* ---- Parts ---- */

static NX_SMTP_PART *composed_part_of(struct postino_source *source)
{
    return (NX_SMTP_PART *)(VOID *)((UCHAR *)source - offsetof(NX_SMTP_PART, nx_smtp_part_source));
}

static int composed_part_begin(struct postino_source *source, uint32_t capabilities,
                               struct postino_source_info *info)
{
    NX_SMTP_PART *part_ptr = composed_part_of(source);
    ULONG size = part_ptr->nx_smtp_part_size;

    (VOID) capabilities;
    part_ptr->nx_smtp_part_offset = 0;
    part_ptr->nx_smtp_part_span.length_octets = 0;
    info->size_octets = size == NX_SMTP_BODY_SIZE_UNKNOWN ? POSTINO_SIZE_UNKNOWN : (size_t)size;
    info->flags = POSTINO_SOURCE_REWINDS | POSTINO_SOURCE_BINARY;
    return POSTINO_OK;
}

static enum postino_source_status composed_part_span(struct postino_source *source, const uint8_t **data,
                                                     size_t *length_octets)
{
    NX_SMTP_PART *part_ptr = composed_part_of(source);
    struct postino_span *span = &part_ptr->nx_smtp_part_span;

    if (span->length_octets == 0) {
        CHAR *octets = NX_NULL;
        ULONG length = 0;

        if (part_ptr->nx_smtp_part_callback(part_ptr, part_ptr->nx_smtp_part_context,
                                            part_ptr->nx_smtp_part_offset, &octets, &length) != NX_SUCCESS)
            return POSTINO_SOURCE_FAIL;
        part_ptr->nx_smtp_part_offset += length;
        if (part_ptr->nx_smtp_part_size != NX_SMTP_BODY_SIZE_UNKNOWN &&
            (length == 0 ? part_ptr->nx_smtp_part_offset != part_ptr->nx_smtp_part_size
                         : part_ptr->nx_smtp_part_offset > part_ptr->nx_smtp_part_size))
            return POSTINO_SOURCE_FAIL;
        if (length == 0)
            return POSTINO_SOURCE_END;
        span->data = octets;
        span->length_octets = length;
    }
    *data = span->data;
    *length_octets = span->length_octets;
    return POSTINO_SOURCE_DATA;
}

static void composed_part_consume(struct postino_source *source, size_t length_octets)
{
    struct postino_span *span = &composed_part_of(source)->nx_smtp_part_span;

    span->data = (const UCHAR *)span->data + length_octets;
    span->length_octets -= length_octets;
}

UINT _nx_smtp_part_memory_create(NX_SMTP_PART *part_ptr, CHAR *type, CHAR *file_name, VOID *data,
                                 ULONG length)
{
    memset(part_ptr, 0, sizeof *part_ptr);
    postino_memory_source_init(&part_ptr->nx_smtp_part_source.memory, data, length);
    postino_part_attachment_init(&part_ptr->nx_smtp_part_part, &part_ptr->nx_smtp_part_source.source, type,
                                 file_name);
    return NX_SUCCESS;
}

UINT _nx_smtp_part_name_parameter(NX_SMTP_PART *part_ptr)
{
    postino_part_name_parameter(&part_ptr->nx_smtp_part_part);
    return NX_SUCCESS;
}

UINT _nx_smtp_part_callback_create(NX_SMTP_PART *part_ptr, CHAR *type, CHAR *file_name,
                                   NX_SMTP_PART_CALLBACK callback, VOID *context, ULONG size)
{
    static const struct postino_source_class composed_part_class = {composed_part_begin, composed_part_span,
                                                                    composed_part_consume, NULL, NULL};

    memset(part_ptr, 0, sizeof *part_ptr);
    part_ptr->nx_smtp_part_source.source.methods = &composed_part_class;
    part_ptr->nx_smtp_part_callback = callback;
    part_ptr->nx_smtp_part_context = context;
    part_ptr->nx_smtp_part_size = size;
    postino_part_attachment_init(&part_ptr->nx_smtp_part_part, &part_ptr->nx_smtp_part_source.source, type,
                                 file_name);
    return NX_SUCCESS;
}

/* ---- Messages ---- */

/* Whether the message has this header field. NX_NULL: whether it has exactly the fields that were added to
 * it; one of them may have been added to another message later. */
static UINT composed_has(const NX_SMTP_MESSAGE *message_ptr, const NX_SMTP_HEADER *wanted)
{
    const NX_SMTP_HEADER *header = message_ptr->nx_smtp_message_message.headers;
    const NX_SMTP_HEADER *last = NX_NULL;
    ULONG left = message_ptr->nx_smtp_message_headers;

    for (; header != NX_NULL && left != 0; header = header->next, left--) {
        if (header == wanted)
            return 1;
        last = header;
    }
    return wanted == NX_NULL && header == NX_NULL && left == 0 &&
           last == message_ptr->nx_smtp_message_last_header;
}

UINT _nx_smtp_message_create(NX_SMTP_MESSAGE *message_ptr, const struct postino_message_features *features,
                             CHAR *subject, UINT priority, VOID *buffer, ULONG buffer_size)
{
    struct postino_message *message = &message_ptr->nx_smtp_message_message;
    struct postino_mail *mail = &message_ptr->nx_smtp_message_mail.nx_smtp_mail_message.single.mail;
    const NX_SMTP_HEADER *header;

    if (buffer_size < NX_SMTP_MESSAGE_BUFFER_MIN)
        return NX_SIZE_ERROR;
    memset(message_ptr, 0, sizeof *message_ptr);
    /* The mail's own subject and body are not used. */
    (VOID) _nx_smtp_mail_create(&message_ptr->nx_smtp_message_mail, "", NX_NULL, 0, priority);
    postino_message_init_with(message, features, NULL, buffer, buffer_size);
    message->subject = subject;
    message->from = &message_ptr->nx_smtp_message_from;
    mail->source = &message->source;
    mail->flags = 0;
    if (priority == NX_SMTP_MAIL_PRIORITY_HIGH || priority == NX_SMTP_MAIL_PRIORITY_LOW) {
        postino_message_priority(message, message_ptr->nx_smtp_message_priority,
                                 priority == NX_SMTP_MAIL_PRIORITY_HIGH ? POSTINO_PRIORITY_HIGH
                                                                        : POSTINO_PRIORITY_LOW);
        message_ptr->nx_smtp_message_last_header = &message_ptr->nx_smtp_message_priority[0];
    }
    for (header = message->headers; header != NX_NULL; header = header->next)
        message_ptr->nx_smtp_message_headers++;
    message_ptr->nx_smtp_message_id = NX_SMTP_MESSAGE_ID;
    return NX_SUCCESS;
}

UINT _nx_smtp_message_from_set(NX_SMTP_MESSAGE *message_ptr, CHAR *name, CHAR *address)
{
    message_ptr->nx_smtp_message_from.name = name;
    message_ptr->nx_smtp_message_address = address;
    return NX_SUCCESS;
}

UINT _nx_smtp_message_recipient_add(NX_SMTP_MESSAGE *message_ptr, NX_SMTP_ADDRESSEE *addressee_ptr,
                                    CHAR *name, CHAR *address, UINT kind)
{
    struct postino_message *message = &message_ptr->nx_smtp_message_message;
    struct postino_mailbox *mailbox = &addressee_ptr->nx_smtp_addressee_mailbox;
    struct postino_mailbox **last = &message_ptr->nx_smtp_message_last[kind >> 1];
    UINT status = _nx_smtp_mail_recipient_add(&message_ptr->nx_smtp_message_mail,
                                              &addressee_ptr->nx_smtp_addressee_recipient, address, kind);

    if (status != NX_SUCCESS)
        return status;
    mailbox->name = name;
    mailbox->address = address;
    mailbox->next = NULL;
    if (*last != NULL)
        (*last)->next = mailbox;
    else if (kind == NX_SMTP_RECIPIENT_TO)
        message->to = mailbox;
    else if (kind == NX_SMTP_RECIPIENT_CC)
        message->cc = mailbox;
    *last = mailbox;
    return NX_SUCCESS;
}

UINT _nx_smtp_message_header_add(NX_SMTP_MESSAGE *message_ptr, NX_SMTP_HEADER *header_ptr, CHAR *name,
                                 CHAR *value)
{
    if (composed_has(message_ptr, header_ptr))
        return NX_SMTP_HEADER_IN_USE;
    message_ptr->nx_smtp_message_headers++;
    header_ptr->name = name;
    header_ptr->value = value;
    header_ptr->next = NULL;
    header_ptr->kind = POSTINO_HEADER_TEXT;
    if (message_ptr->nx_smtp_message_last_header != NX_NULL)
        message_ptr->nx_smtp_message_last_header->next = header_ptr;
    else
        message_ptr->nx_smtp_message_message.headers = header_ptr;
    message_ptr->nx_smtp_message_last_header = header_ptr;
    return NX_SUCCESS;
}

static UINT composed_text(struct postino_part *part, struct postino_memory_source *source, const CHAR *type,
                          const CHAR *text, ULONG length)
{
    postino_memory_source_init(source, text, length);
    postino_part_text_init(part, &source->source, type);
    if (text == NX_NULL)
        part->source = NULL;
    return NX_SUCCESS;
}

UINT _nx_smtp_message_text_set(NX_SMTP_MESSAGE *message_ptr, CHAR *text, ULONG length)
{
    return composed_text(&message_ptr->nx_smtp_message_text, &message_ptr->nx_smtp_message_text_source,
                         "text/plain; charset=utf-8", text, length);
}

UINT _nx_smtp_message_html_set(NX_SMTP_MESSAGE *message_ptr, CHAR *html, ULONG length)
{
    return composed_text(&message_ptr->nx_smtp_message_html, &message_ptr->nx_smtp_message_html_source,
                         "text/html; charset=utf-8", html, length);
}

static UINT composed_add(NX_SMTP_PART **list, NX_SMTP_PART *part_ptr)
{
    if (part_ptr->nx_smtp_part_added)
        return NX_SMTP_PART_IN_USE;
    while (*list != NX_NULL)
        list = &(*list)->nx_smtp_part_next;
    *list = part_ptr;
    part_ptr->nx_smtp_part_added = 1;
    return NX_SUCCESS;
}

UINT _nx_smtp_message_image_add(NX_SMTP_MESSAGE *message_ptr, NX_SMTP_PART *part_ptr, CHAR *content_id)
{
    UINT status = composed_add(&message_ptr->nx_smtp_message_images, part_ptr);

    if (status == NX_SUCCESS) {
        part_ptr->nx_smtp_part_part.disposition = "inline";
        part_ptr->nx_smtp_part_part.content_id = content_id;
    }
    return status;
}

UINT _nx_smtp_message_attachment_add(NX_SMTP_MESSAGE *message_ptr, NX_SMTP_PART *part_ptr)
{
    return composed_add(&message_ptr->nx_smtp_message_attachments, part_ptr);
}

UINT _nx_smtp_message_field_get(NX_SMTP_MESSAGE *message_ptr, INT *error_ptr, const CHAR **field_ptr)
{
    *error_ptr = message_ptr->nx_smtp_message_mail.nx_smtp_mail_message.single.mail.result.error;
    *field_ptr = message_ptr->nx_smtp_message_message.error_field;
    return NX_SUCCESS;
}

/* ---- How the parts stand in each other ---- */

/* Puts a part, which may have stood elsewhere before, into a multipart. */
static VOID composed_put(struct postino_part *multipart, struct postino_part *part)
{
    part->parent = NULL;
    part->next = NULL;
    (VOID) postino_part_add(multipart, part);
}

/* `body` with the parts of the list behind it; without any, `body` itself. */
static struct postino_part *composed_with(struct postino_part *multipart, struct postino_part *body,
                                          NX_SMTP_PART *list)
{
    if (list == NX_NULL)
        return body;
    composed_put(multipart, body);
    for (; list != NX_NULL; list = list->nx_smtp_part_next)
        composed_put(multipart, &list->nx_smtp_part_part);
    return multipart;
}

static VOID composed_body(NX_SMTP_MESSAGE *message_ptr)
{
    struct postino_part *text = &message_ptr->nx_smtp_message_text;
    struct postino_part *html = &message_ptr->nx_smtp_message_html;
    struct postino_part *both = &message_ptr->nx_smtp_message_alternative;
    struct postino_part *body;
    UINT with_html = html->source != NULL;

    if (text->source == NULL && !with_html)
        (VOID) _nx_smtp_message_text_set(message_ptr, "", 0);
    postino_part_related_init(&message_ptr->nx_smtp_message_related);
    body = composed_with(&message_ptr->nx_smtp_message_related, with_html ? html : text,
                         message_ptr->nx_smtp_message_images);
    if (with_html && text->source != NULL) {
        postino_part_multipart_init(both, "multipart/alternative");
        composed_put(both, text);
        composed_put(both, body);
        body = both;
    }
    postino_part_multipart_init(&message_ptr->nx_smtp_message_mixed, "multipart/mixed");
    body = composed_with(&message_ptr->nx_smtp_message_mixed, body, message_ptr->nx_smtp_message_attachments);
    body->parent = NULL;
    body->next = NULL;
    message_ptr->nx_smtp_message_message.body = body;
}

/* Date and Message-ID. */
static VOID composed_stamp(NX_SMTP_MESSAGE *message_ptr, const NX_SMTP_HEADERS *headers)
{
    struct postino_message *message = &message_ptr->nx_smtp_message_message;
    UINT i;

    message->date_s = 0;
    message->random = NULL;
    if (headers == NX_NULL)
        return;
    if (headers->nx_smtp_headers_clock != NULL)
        message->date_s = (uint32_t)headers->nx_smtp_headers_clock();
    if (headers->nx_smtp_headers_random == NULL)
        return;
    for (i = 0; i < sizeof message_ptr->nx_smtp_message_random; i += 4) {
        ULONG bits = headers->nx_smtp_headers_random();

        message_ptr->nx_smtp_message_random[i] = (UCHAR)bits;
        message_ptr->nx_smtp_message_random[i + 1] = (UCHAR)(bits >> 8);
        message_ptr->nx_smtp_message_random[i + 2] = (UCHAR)(bits >> 16);
        message_ptr->nx_smtp_message_random[i + 3] = (UCHAR)(bits >> 24);
    }
    message->random = message_ptr->nx_smtp_message_random;
}

UINT _nx_smtp_client_message_submit(NX_SMTP_CLIENT *client_ptr, NX_SMTP_MESSAGE *message_ptr)
{
    const CHAR *address = message_ptr->nx_smtp_message_address;

    if (message_ptr->nx_smtp_message_mail.nx_smtp_mail_client_ptr != NX_NULL)
        return NX_SMTP_MAIL_IN_USE;
    if (!composed_has(message_ptr, NX_NULL))
        return NX_SMTP_HEADER_IN_USE;
    message_ptr->nx_smtp_message_from.address =
        address != NULL ? address : client_ptr->nx_smtp_client_from_address;
    composed_body(message_ptr);
    composed_stamp(message_ptr, client_ptr->nx_smtp_client_headers_ptr);
    message_ptr->nx_smtp_message_message.error_field = NULL;
    return _nx_smtp_client_mail_submit(client_ptr, &message_ptr->nx_smtp_message_mail);
}
