/* SPDX-License-Identifier: MIT */
/* The error-checking entries of the services that compose messages. */
#define NX_SMTP_SOURCE_CODE
#include "nxd_smtp_client.h"

NX_CALLER_CHECKING_EXTERNS

/* `pointer` is that of a further argument. */
static UINT composed_checks(const NX_SMTP_MESSAGE *message_ptr, const VOID *pointer)
{
    if (message_ptr == NX_NULL || pointer == NX_NULL)
        return NX_PTR_ERROR;
    if (message_ptr->nx_smtp_message_id != NX_SMTP_MESSAGE_ID)
        return NX_SMTP_INVALID_PARAM;
    return message_ptr->nx_smtp_message_mail.nx_smtp_mail_client_ptr == NX_NULL ? NX_SUCCESS
                                                                                : NX_SMTP_MAIL_IN_USE;
}

UINT _nxe_smtp_message_create(NX_SMTP_MESSAGE *message_ptr, const struct postino_message_features *features,
                              CHAR *subject, UINT priority, VOID *buffer, ULONG buffer_size)
{
    if (message_ptr == NX_NULL || features == NX_NULL || subject == NX_NULL || buffer == NX_NULL)
        return NX_PTR_ERROR;
    NX_INIT_AND_THREADS_CALLER_CHECKING
    return _nx_smtp_message_create(message_ptr, features, subject, priority, buffer, buffer_size);
}

UINT _nxe_smtp_message_from_set(NX_SMTP_MESSAGE *message_ptr, CHAR *name, CHAR *address)
{
    UINT status = composed_checks(message_ptr, message_ptr);

    NX_INIT_AND_THREADS_CALLER_CHECKING
    return status == NX_SUCCESS ? _nx_smtp_message_from_set(message_ptr, name, address) : status;
}

UINT _nxe_smtp_message_recipient_add(NX_SMTP_MESSAGE *message_ptr, NX_SMTP_ADDRESSEE *addressee_ptr,
                                     CHAR *name, CHAR *address, UINT kind)
{
    UINT status = composed_checks(message_ptr, addressee_ptr);

    if (status == NX_SUCCESS && address == NX_NULL)
        status = NX_PTR_ERROR;
    if (status == NX_SUCCESS && kind != NX_SMTP_RECIPIENT_TO && kind != NX_SMTP_RECIPIENT_CC &&
        kind != NX_SMTP_RECIPIENT_BCC)
        status = NX_SMTP_INVALID_PARAM;
    NX_INIT_AND_THREADS_CALLER_CHECKING
    return status == NX_SUCCESS
               ? _nx_smtp_message_recipient_add(message_ptr, addressee_ptr, name, address, kind)
               : status;
}

UINT _nxe_smtp_message_header_add(NX_SMTP_MESSAGE *message_ptr, NX_SMTP_HEADER *header_ptr, CHAR *name,
                                  CHAR *value)
{
    UINT status = composed_checks(message_ptr, header_ptr);

    if (status == NX_SUCCESS && (name == NX_NULL || value == NX_NULL))
        status = NX_PTR_ERROR;
    NX_INIT_AND_THREADS_CALLER_CHECKING
    return status == NX_SUCCESS ? _nx_smtp_message_header_add(message_ptr, header_ptr, name, value) : status;
}

UINT _nxe_smtp_message_text_set(NX_SMTP_MESSAGE *message_ptr, CHAR *text, ULONG length)
{
    UINT status = composed_checks(message_ptr, message_ptr);

    if (status == NX_SUCCESS && text == NX_NULL && length != 0)
        status = NX_PTR_ERROR;
    NX_INIT_AND_THREADS_CALLER_CHECKING
    return status == NX_SUCCESS ? _nx_smtp_message_text_set(message_ptr, text, length) : status;
}

UINT _nxe_smtp_message_html_set(NX_SMTP_MESSAGE *message_ptr, CHAR *html, ULONG length)
{
    UINT status = composed_checks(message_ptr, message_ptr);

    if (status == NX_SUCCESS && html == NX_NULL && length != 0)
        status = NX_PTR_ERROR;
    NX_INIT_AND_THREADS_CALLER_CHECKING
    return status == NX_SUCCESS ? _nx_smtp_message_html_set(message_ptr, html, length) : status;
}

UINT _nxe_smtp_message_image_add(NX_SMTP_MESSAGE *message_ptr, NX_SMTP_PART *part_ptr, CHAR *content_id)
{
    UINT status = composed_checks(message_ptr, part_ptr);

    if (status == NX_SUCCESS && content_id == NX_NULL)
        status = NX_PTR_ERROR;
    NX_INIT_AND_THREADS_CALLER_CHECKING
    return status == NX_SUCCESS ? _nx_smtp_message_image_add(message_ptr, part_ptr, content_id) : status;
}

UINT _nxe_smtp_message_attachment_add(NX_SMTP_MESSAGE *message_ptr, NX_SMTP_PART *part_ptr)
{
    UINT status = composed_checks(message_ptr, part_ptr);

    NX_INIT_AND_THREADS_CALLER_CHECKING
    return status == NX_SUCCESS ? _nx_smtp_message_attachment_add(message_ptr, part_ptr) : status;
}

UINT _nxe_smtp_message_field_get(NX_SMTP_MESSAGE *message_ptr, INT *error_ptr, const CHAR **field_ptr)
{
    UINT status = composed_checks(message_ptr, error_ptr);

    if (status == NX_SUCCESS && field_ptr == NX_NULL)
        status = NX_PTR_ERROR;
    NX_INIT_AND_THREADS_CALLER_CHECKING
    return status == NX_SUCCESS ? _nx_smtp_message_field_get(message_ptr, error_ptr, field_ptr) : status;
}

UINT _nxe_smtp_client_message_submit(NX_SMTP_CLIENT *client_ptr, NX_SMTP_MESSAGE *message_ptr)
{
    UINT status = client_ptr != NX_NULL ? composed_checks(message_ptr, client_ptr) : NX_PTR_ERROR;

    if (status == NX_SUCCESS && client_ptr->nx_smtp_client_id != NX_SMTP_CLIENT_ID)
        status = NX_SMTP_CLIENT_NOT_INITIALIZED;
    if (status == NX_SUCCESS && client_ptr->nx_smtp_client_session_ptr == NX_NULL)
        status = NX_NOT_ENABLED;
    NX_THREADS_ONLY_CALLER_CHECKING
    return status == NX_SUCCESS ? _nx_smtp_client_message_submit(client_ptr, message_ptr) : status;
}

UINT _nxe_smtp_part_memory_create(NX_SMTP_PART *part_ptr, CHAR *type, CHAR *file_name, VOID *data,
                                  ULONG length)
{
    if (part_ptr == NX_NULL || (data == NX_NULL && length != 0))
        return NX_PTR_ERROR;
    NX_INIT_AND_THREADS_CALLER_CHECKING
    return _nx_smtp_part_memory_create(part_ptr, type, file_name, data, length);
}

UINT _nxe_smtp_part_callback_create(NX_SMTP_PART *part_ptr, CHAR *type, CHAR *file_name,
                                    NX_SMTP_PART_CALLBACK callback, VOID *context, ULONG size)
{
    if (part_ptr == NX_NULL || callback == NX_NULL)
        return NX_PTR_ERROR;
    NX_INIT_AND_THREADS_CALLER_CHECKING
    return _nx_smtp_part_callback_create(part_ptr, type, file_name, callback, context, size);
}

UINT _nxe_smtp_part_name_parameter(NX_SMTP_PART *part_ptr)
{
    if (part_ptr == NX_NULL)
        return NX_PTR_ERROR;
    NX_INIT_AND_THREADS_CALLER_CHECKING
    return _nx_smtp_part_name_parameter(part_ptr);
}
