/* SPDX-License-Identifier: MIT */
/* The error-checking entries of the services that keep a connection, and of their mails: what a caller may
 * have got wrong is found out here, before the service is entered. */
#define NX_SMTP_SOURCE_CODE
#include "nxd_smtp_client.h"

NX_CALLER_CHECKING_EXTERNS

/* `pointer` is that of a further argument. */
static UINT checks_client(const NX_SMTP_CLIENT *client_ptr, const VOID *pointer)
{
    if (client_ptr == NX_NULL || pointer == NX_NULL)
        return NX_PTR_ERROR;
    return client_ptr->nx_smtp_client_id == NX_SMTP_CLIENT_ID ? NX_SUCCESS : NX_SMTP_CLIENT_NOT_INITIALIZED;
}

static UINT checks_session(const NX_SMTP_CLIENT *client_ptr, const VOID *pointer)
{
    UINT status = checks_client(client_ptr, pointer);

    if (status == NX_SUCCESS && client_ptr->nx_smtp_client_session_ptr == NX_NULL)
        status = NX_NOT_ENABLED;
    return status;
}

static UINT checks_mail(const NX_SMTP_MAIL *mail_ptr, const VOID *pointer)
{
    if (mail_ptr == NX_NULL || pointer == NX_NULL)
        return NX_PTR_ERROR;
    if (mail_ptr->nx_smtp_mail_id != NX_SMTP_MAIL_ID)
        return NX_SMTP_INVALID_PARAM;
    return mail_ptr->nx_smtp_mail_client_ptr == NX_NULL ? NX_SUCCESS : NX_SMTP_MAIL_IN_USE;
}

UINT _nxe_smtp_client_session_enable(NX_SMTP_CLIENT *client_ptr, NX_SMTP_SESSION *session_ptr)
{
    UINT status = checks_client(client_ptr, session_ptr);

    NX_INIT_AND_THREADS_CALLER_CHECKING
    return status == NX_SUCCESS ? _nx_smtp_client_session_enable(client_ptr, session_ptr) : status;
}

UINT _nxe_smtp_client_extensions_set(NX_SMTP_CLIENT *client_ptr,
                                     const struct postino_extension *const *extensions)
{
    UINT status = checks_session(client_ptr, client_ptr);

    NX_INIT_AND_THREADS_CALLER_CHECKING
    return status == NX_SUCCESS ? _nx_smtp_client_extensions_set(client_ptr, extensions) : status;
}

UINT _nxe_smtp_client_mails_in_flight_set(NX_SMTP_CLIENT *client_ptr, UINT mails)
{
    UINT status = checks_session(client_ptr, client_ptr);

    NX_INIT_AND_THREADS_CALLER_CHECKING
    return status == NX_SUCCESS ? _nx_smtp_client_mails_in_flight_set(client_ptr, mails) : status;
}

UINT _nxe_smtp_client_connect(NX_SMTP_CLIENT *client_ptr, ULONG wait_option)
{
    UINT status = checks_session(client_ptr, client_ptr);

    NX_THREADS_ONLY_CALLER_CHECKING
    return status == NX_SUCCESS ? _nx_smtp_client_connect(client_ptr, wait_option) : status;
}

UINT _nxe_smtp_client_disconnect(NX_SMTP_CLIENT *client_ptr, ULONG wait_option)
{
    UINT status = checks_session(client_ptr, client_ptr);

    NX_THREADS_ONLY_CALLER_CHECKING
    return status == NX_SUCCESS ? _nx_smtp_client_disconnect(client_ptr, wait_option) : status;
}

UINT _nxe_smtp_client_mail_submit(NX_SMTP_CLIENT *client_ptr, NX_SMTP_MAIL *mail_ptr)
{
    UINT status = checks_session(client_ptr, mail_ptr);

    NX_THREADS_ONLY_CALLER_CHECKING
    if (status == NX_SUCCESS)
        status = checks_mail(mail_ptr, mail_ptr);
    return status == NX_SUCCESS ? _nx_smtp_client_mail_submit(client_ptr, mail_ptr) : status;
}

UINT _nxe_smtp_client_mail_collect(NX_SMTP_CLIENT *client_ptr, NX_SMTP_MAIL **mail_ptr_ptr, ULONG wait_option)
{
    UINT status = checks_session(client_ptr, mail_ptr_ptr);

    NX_THREADS_ONLY_CALLER_CHECKING
    return status == NX_SUCCESS ? _nx_smtp_client_mail_collect(client_ptr, mail_ptr_ptr, wait_option)
                                : status;
}

UINT _nxe_smtp_client_reply_get(NX_SMTP_CLIENT *client_ptr, UINT *reply_code, CHAR *text, UINT text_size,
                                UINT *text_length)
{
    UINT status = checks_client(client_ptr, text);

    NX_INIT_AND_THREADS_CALLER_CHECKING
    if (reply_code == NX_NULL || text_length == NX_NULL)
        status = NX_PTR_ERROR;
    return status == NX_SUCCESS
               ? _nx_smtp_client_reply_get(client_ptr, reply_code, text, text_size, text_length)
               : status;
}

UINT _nxe_smtp_client_statistics_get(NX_SMTP_CLIENT *client_ptr, NX_SMTP_STATISTICS *statistics_ptr)
{
    UINT status = checks_session(client_ptr, statistics_ptr);

    NX_INIT_AND_THREADS_CALLER_CHECKING
    return status == NX_SUCCESS ? _nx_smtp_client_statistics_get(client_ptr, statistics_ptr) : status;
}

UINT _nxe_smtp_mail_create(NX_SMTP_MAIL *mail_ptr, CHAR *subject, CHAR *body, UINT body_length, UINT priority)
{
    if (mail_ptr == NX_NULL || subject == NX_NULL || (body == NX_NULL && body_length != 0))
        return NX_PTR_ERROR;
    NX_INIT_AND_THREADS_CALLER_CHECKING
    return _nx_smtp_mail_create(mail_ptr, subject, body, body_length, priority);
}

UINT _nxe_smtp_mail_recipient_add(NX_SMTP_MAIL *mail_ptr, NX_SMTP_RECIPIENT *recipient_ptr, CHAR *address,
                                  UINT kind)
{
    UINT status = checks_mail(mail_ptr, recipient_ptr);

    NX_INIT_AND_THREADS_CALLER_CHECKING
    if (address == NX_NULL)
        return NX_PTR_ERROR;
    if (kind != NX_SMTP_RECIPIENT_TO && kind != NX_SMTP_RECIPIENT_CC && kind != NX_SMTP_RECIPIENT_BCC)
        return status == NX_PTR_ERROR ? status : NX_SMTP_INVALID_PARAM;
    return status == NX_SUCCESS ? _nx_smtp_mail_recipient_add(mail_ptr, recipient_ptr, address, kind)
                                : status;
}

UINT _nxe_smtp_mail_body_callback_set(NX_SMTP_MAIL *mail_ptr, NX_SMTP_BODY_CALLBACK callback, VOID *context,
                                      ULONG size)
{
    UINT status = checks_mail(mail_ptr, mail_ptr);

    NX_INIT_AND_THREADS_CALLER_CHECKING
    if (callback == NULL)
        return NX_PTR_ERROR;
    return status == NX_SUCCESS ? _nx_smtp_mail_body_callback_set(mail_ptr, callback, context, size) : status;
}

UINT _nxe_smtp_mail_delivery_set(NX_SMTP_MAIL *mail_ptr, UINT delivery)
{
    UINT status = checks_mail(mail_ptr, mail_ptr);

    NX_INIT_AND_THREADS_CALLER_CHECKING
    if (status == NX_SUCCESS && delivery > NX_SMTP_DELIVERY_PARTIAL)
        status = NX_SMTP_INVALID_PARAM;
    return status == NX_SUCCESS ? _nx_smtp_mail_delivery_set(mail_ptr, delivery) : status;
}

UINT _nxe_smtp_mail_options_set(NX_SMTP_MAIL *mail_ptr, struct postino_options *options_ptr)
{
    UINT status = checks_mail(mail_ptr, mail_ptr);

    NX_INIT_AND_THREADS_CALLER_CHECKING
    return status == NX_SUCCESS ? _nx_smtp_mail_options_set(mail_ptr, options_ptr) : status;
}

UINT _nxe_smtp_mail_result_get(NX_SMTP_MAIL *mail_ptr, NX_SMTP_RESULT *result_ptr)
{
    UINT status = checks_mail(mail_ptr, result_ptr);

    NX_INIT_AND_THREADS_CALLER_CHECKING
    return status == NX_SUCCESS ? _nx_smtp_mail_result_get(mail_ptr, result_ptr) : status;
}

UINT _nxe_smtp_recipient_reply_buffer_set(NX_SMTP_RECIPIENT *recipient_ptr, CHAR *text, UINT size)
{
    if (recipient_ptr == NX_NULL || text == NX_NULL)
        return NX_PTR_ERROR;
    NX_INIT_AND_THREADS_CALLER_CHECKING
    return _nx_smtp_recipient_reply_buffer_set(recipient_ptr, text, size);
}

UINT _nxe_smtp_recipient_options_set(NX_SMTP_RECIPIENT *recipient_ptr,
                                     const struct postino_recipient_options *options_ptr)
{
    if (recipient_ptr == NX_NULL)
        return NX_PTR_ERROR;
    NX_INIT_AND_THREADS_CALLER_CHECKING
    return _nx_smtp_recipient_options_set(recipient_ptr, options_ptr);
}

UINT _nxe_smtp_recipient_result_get(NX_SMTP_RECIPIENT *recipient_ptr, NX_SMTP_RESULT *result_ptr)
{
    if (recipient_ptr == NX_NULL || result_ptr == NX_NULL)
        return NX_PTR_ERROR;
    NX_INIT_AND_THREADS_CALLER_CHECKING
    return _nx_smtp_recipient_result_get(recipient_ptr, result_ptr);
}
