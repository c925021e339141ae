/* SPDX-License-Identifier: MIT */
/* The services for many mails over one connection: postino_client over the client's transport. Invariant:
 * between two services the client's transport and trace are as nx_smtp_mail_send() needs them. During a
 * service the transport is bounded and counted: see nx_smtp_bounded.c. */
#define NX_SMTP_SOURCE_CODE
#include "nxd_smtp_client.h"
#include "postino/address.h"
#include "client/internal.h"
#include "engine/reply.h"
#include "engine/state.h"

#define SESSION_MAILS_IN_FLIGHT 32

static const struct postino_extension *const session_extensions[] = {
    &postino_extension_auth,
    &postino_extension_pipelining,
    &postino_extension_chunking,
    &postino_extension_size,
    &postino_extension_8bitmime,
    &nx_smtp_extension_priority,
    &postino_extension_starttls, /* acted on once nx_smtp_client_tls_set() has set a policy */
    NULL,
};

/* Begins a service that may send, with so many ticks for it. Returns NX_SUCCESS or NX_IN_PROGRESS. */
static UINT session_enter(NX_SMTP_CLIENT *client_ptr, ULONG wait_option)
{
    NX_SMTP_SESSION *session = client_ptr->nx_smtp_client_session_ptr;
    struct postino_transport *transport = &client_ptr->nx_smtp_client_transport.transport;

    if (tx_semaphore_get(&client_ptr->nx_smtp_client_idle, TX_NO_WAIT) != TX_SUCCESS)
        return NX_IN_PROGRESS;
    session->nx_smtp_session_start = tx_time_get();
    session->nx_smtp_session_wait_option = wait_option;
    client_ptr->nx_smtp_client_transport.shortage = 0;
    /* No more replies come for the last mail of nx_smtp_mail_send(). */
    client_ptr->nx_smtp_client_session.outstanding = 0;
    transport->methods = &session->nx_smtp_session_methods;
    session->nx_smtp_session_client.transport = client_ptr->nx_smtp_client_transport_ptr;
    /* The running session tells the trace which octets are secret. */
    if (client_ptr->nx_smtp_client_transport_ptr != transport)
        ((NX_SMTP_TRACE *)client_ptr->nx_smtp_client_transport_ptr)->session =
            &session->nx_smtp_session_client.session;
    return NX_SUCCESS;
}

static VOID session_leave(NX_SMTP_CLIENT *client_ptr)
{
    NX_SMTP_SESSION *session = client_ptr->nx_smtp_client_session_ptr;
    struct postino_transport *transport = &client_ptr->nx_smtp_client_transport.transport;

    transport->methods = session->nx_smtp_session_transport;
    if (client_ptr->nx_smtp_client_transport_ptr != transport)
        ((NX_SMTP_TRACE *)client_ptr->nx_smtp_client_transport_ptr)->session =
            &client_ptr->nx_smtp_client_session;
    tx_semaphore_put(&client_ptr->nx_smtp_client_idle);
}

/* The status, also for errors that no mail of nx_smtp_mail_send() meets. */
static UINT session_status(const NX_SMTP_CLIENT *client_ptr, const struct postino_result *result)
{
    if (result->outcome != POSTINO_OUTCOME_UNKNOWN) {
        switch (result->error) {
        case POSTINO_ERROR_MESSAGE_SIZE:
            return NX_SMTP_OVERSIZE_MAIL_DATA;
        case POSTINO_ERROR_SOURCE:
            return NX_SMTP_INTERNAL_ERROR;
        case POSTINO_ERROR_ABORTED:
            return NX_WAIT_ABORTED;
        case POSTINO_ERROR_NOT_OFFERED:
        case POSTINO_ERROR_UTF8_ADDRESS:
            return NX_NOT_SUPPORTED;
        case POSTINO_ERROR_CONNECT:
            return client_ptr->nx_smtp_client_transport.status;
        case POSTINO_ERROR_REFUSED:
            if (result->step == POSTINO_STEP_RSET)
                return NX_SMTP_MAIL_REPLY_ERROR;
            break;
        default:
            break;
        }
    }
    return client_ptr->nx_smtp_client_mode_ptr->nx_smtp_mode_status(client_ptr, result);
}

UINT _nx_smtp_client_session_enable(NX_SMTP_CLIENT *client_ptr, NX_SMTP_SESSION *session_ptr)
{
    struct postino_client *client = &session_ptr->nx_smtp_session_client;
    const struct postino_transport_class *methods = client_ptr->nx_smtp_client_transport.transport.methods;
    UINT status;

    if (tx_semaphore_get(&client_ptr->nx_smtp_client_idle, TX_NO_WAIT) != TX_SUCCESS)
        return NX_IN_PROGRESS;
    status = NX_ALREADY_ENABLED;
    if (client_ptr->nx_smtp_client_session_ptr == NX_NULL) {
        memset(&client->session_config, 0, sizeof client->session_config);
        memset(&client->credentials, 0, sizeof client->credentials);
        /* Name and password are sent unchanged, as the original sends them. */
        client->credentials.prepared = 1;
        status = client_ptr->nx_smtp_client_mode_ptr->nx_smtp_mode_configure(
            client_ptr, &client->session_config, &client->credentials);
    }
    if (status == NX_SUCCESS) {
        client->session_config.extensions = session_extensions;
        client->session_config.mails_in_flight_max = SESSION_MAILS_IN_FLIGHT;
        client->session_config.records = &postino_records;
        if (client->session_config.credentials != NULL)
            client->session_config.credentials = &client->credentials;
        client->connect_timeout_ms = 0;
        /* Cannot fail: the client's domain was checked. */
        (VOID) postino_client_start(client, client_ptr->nx_smtp_client_transport_ptr);
        session_ptr->nx_smtp_session_client_ptr = client_ptr;
        _nx_smtp_session_bound(session_ptr, methods);
        memset(&session_ptr->nx_smtp_session_statistics, 0, sizeof session_ptr->nx_smtp_session_statistics);
        client_ptr->nx_smtp_client_session_ptr = session_ptr;
    }
    tx_semaphore_put(&client_ptr->nx_smtp_client_idle);
    return status;
}

UINT _nx_smtp_client_extensions_set(NX_SMTP_CLIENT *client_ptr,
                                    const struct postino_extension *const *extensions)
{
    struct postino_client *client = &client_ptr->nx_smtp_client_session_ptr->nx_smtp_session_client;
    UINT status = NX_SMTP_INVALID_PARAM;

    if (tx_semaphore_get(&client_ptr->nx_smtp_client_idle, TX_NO_WAIT) != TX_SUCCESS)
        return NX_IN_PROGRESS;
    if (!client->connected) {
        client->session_config.extensions = extensions != NULL ? extensions : session_extensions;
        status = NX_SUCCESS;
    }
    tx_semaphore_put(&client_ptr->nx_smtp_client_idle);
    return status;
}

UINT _nx_smtp_client_mails_in_flight_set(NX_SMTP_CLIENT *client_ptr, UINT mails)
{
    struct postino_client *client = &client_ptr->nx_smtp_client_session_ptr->nx_smtp_session_client;

    if (mails == 0 || mails > UINT16_MAX)
        return NX_SMTP_INVALID_PARAM;
    if (tx_semaphore_get(&client_ptr->nx_smtp_client_idle, TX_NO_WAIT) != TX_SUCCESS)
        return NX_IN_PROGRESS;
    client->session_config.mails_in_flight_max = (uint16_t)mails;
    tx_semaphore_put(&client_ptr->nx_smtp_client_idle);
    return NX_SUCCESS;
}

UINT _nx_smtp_client_connect(NX_SMTP_CLIENT *client_ptr, ULONG wait_option)
{
    struct postino_client *client = &client_ptr->nx_smtp_client_session_ptr->nx_smtp_session_client;
    ULONG limit = NX_SMTP_CLIENT_CONNECTION_TIMEOUT;
    UINT status = session_enter(client_ptr, wait_option);
    int error;

    if (status != NX_SUCCESS)
        return status;
    client_ptr->nx_smtp_client_transport.patience = wait_option < limit ? wait_option : limit;
    error = postino_client_connect(client);
    client_ptr->nx_smtp_client_transport.patience = limit;
    if (error > 0)
        status = NX_IN_PROGRESS;
    else if (error == POSTINO_ERROR_STATE)
        status = NX_NOT_CONNECTED;
    else if (error < 0)
        status = session_status(client_ptr, &client->session.result);
    session_leave(client_ptr);
    return status;
}

UINT _nx_smtp_client_disconnect(NX_SMTP_CLIENT *client_ptr, ULONG wait_option)
{
    struct postino_client *client = &client_ptr->nx_smtp_client_session_ptr->nx_smtp_session_client;
    UINT status = session_enter(client_ptr, wait_option);

    if (status != NX_SUCCESS)
        return status;
    if (wait_option != NX_NO_WAIT)
        postino_client_quit(client);
    if (client->connected) {
        postino_session_abort(&client->session);
        postino_client_quit(client);
    }
    session_leave(client_ptr);
    return NX_SUCCESS;
}

/* The status for an error of postino_client_submit(). */
static UINT session_refusal(int error)
{
    switch (error) {
    case POSTINO_ERROR_MAIL_IN_USE:
        return NX_SMTP_MAIL_IN_USE;
    case POSTINO_ERROR_RECIPIENT_IN_USE:
    case POSTINO_ERROR_RECORD_IN_USE:
        return NX_SMTP_RECIPIENT_IN_USE;
    case POSTINO_ERROR_OPTIONS_IN_USE:
        return NX_SMTP_OPTIONS_IN_USE;
    case POSTINO_ERROR_SOURCE_IN_USE:
    case POSTINO_ERROR_PART_IN_USE:
        return NX_SMTP_PART_IN_USE;
    default:
        return NX_SMTP_INVALID_PARAM;
    }
}

UINT _nx_smtp_client_mail_submit(NX_SMTP_CLIENT *client_ptr, NX_SMTP_MAIL *mail_ptr)
{
    struct postino_client *client = &client_ptr->nx_smtp_client_session_ptr->nx_smtp_session_client;
    struct postino_mail *mail = &mail_ptr->nx_smtp_mail_message.single.mail;
    NX_SMTP_HEADERS *headers = client_ptr->nx_smtp_client_headers_ptr;
    UINT status;
    int error = POSTINO_ERROR_REVERSE_PATH;

    if (mail_ptr->nx_smtp_mail_client_ptr != NX_NULL)
        return NX_SMTP_MAIL_IN_USE;
    status = _nx_smtp_mail_whole(mail_ptr);
    if (status != NX_SUCCESS)
        return status;
    status = session_enter(client_ptr, NX_NO_WAIT);
    if (status != NX_SUCCESS)
        return status;
    mail->reverse_path = client_ptr->nx_smtp_client_from_address;
    if (headers != NX_NULL)
        headers->nx_smtp_headers_stamp(headers, &mail_ptr->nx_smtp_mail_stamp);
    mail_ptr->nx_smtp_mail_client_ptr = client_ptr;
    /* RFC 5322 section 3.6: the header needs a sender. */
    if (postino_address_path(mail->reverse_path, &mail->path) == 0 && mail->path.length_octets != 0)
        error = postino_client_submit(client, mail);
    if (error != POSTINO_OK) {
        mail_ptr->nx_smtp_mail_client_ptr = NX_NULL;
        mail->result.error = (int16_t)error;
        mail->result.outcome = POSTINO_OUTCOME_NOT_ATTEMPTED;
        status = session_refusal(error);
    }
    mail_ptr->nx_smtp_mail_status = status;
    session_leave(client_ptr);
    return status;
}

static VOID session_count(NX_SMTP_STATISTICS *statistics, const struct postino_mail *mail)
{
    /* In the order of the outcomes, from ACCEPTED on. */
    ULONG *mails = &statistics->nx_smtp_statistics_mails_accepted;
    const struct postino_recipient *recipient;

    switch (mail->result.outcome) {
    case POSTINO_OUTCOME_ACCEPTED:
        break;
    case POSTINO_OUTCOME_UNKNOWN:
        mails = &statistics->nx_smtp_statistics_mails_unknown;
        break;
    case POSTINO_OUTCOME_TRANSIENT:
        mails = &statistics->nx_smtp_statistics_mails_transient;
        break;
    case POSTINO_OUTCOME_PERMANENT:
        mails = &statistics->nx_smtp_statistics_mails_permanent;
        break;
    default:
        mails = &statistics->nx_smtp_statistics_mails_not_attempted;
        break;
    }
    ++*mails;
    for (recipient = mail->recipients; recipient != NULL; recipient = recipient->next) {
        if (recipient->outcome == POSTINO_OUTCOME_ACCEPTED)
            statistics->nx_smtp_statistics_recipients_accepted++;
        else if (recipient->outcome == POSTINO_OUTCOME_TRANSIENT ||
                 recipient->outcome == POSTINO_OUTCOME_PERMANENT)
            statistics->nx_smtp_statistics_recipients_refused++;
    }
}

UINT _nx_smtp_client_mail_collect(NX_SMTP_CLIENT *client_ptr, NX_SMTP_MAIL **mail_ptr_ptr, ULONG wait_option)
{
    NX_SMTP_SESSION *session = client_ptr->nx_smtp_client_session_ptr;
    struct postino_client *client = &session->nx_smtp_session_client;
    UINT status = session_enter(client_ptr, wait_option);
    NX_SMTP_MAIL *mail_ptr;

    if (status != NX_SUCCESS)
        return status;
    mail_ptr = (NX_SMTP_MAIL *)postino_client_collect(client);
    if (mail_ptr != NX_NULL) {
        const struct postino_mail *mail = &mail_ptr->nx_smtp_mail_message.single.mail;

        mail_ptr->nx_smtp_mail_client_ptr = NX_NULL;
        /* A mail that was accepted for one recipient is no failure. */
        mail_ptr->nx_smtp_mail_status = mail->result.outcome == POSTINO_OUTCOME_ACCEPTED
                                            ? NX_SUCCESS
                                            : session_status(client_ptr, &mail->result);
        session_count(&session->nx_smtp_session_statistics, mail);
        *mail_ptr_ptr = mail_ptr;
    } else {
        status = client->session.mails != NULL || client->again != NULL ? NX_IN_PROGRESS : NX_NO_MORE_ENTRIES;
    }
    session_leave(client_ptr);
    return status;
}

UINT _nx_smtp_client_reply_get(NX_SMTP_CLIENT *client_ptr, UINT *reply_code, CHAR *text, UINT text_size,
                               UINT *text_length)
{
    const NX_SMTP_SESSION *session_ptr = client_ptr->nx_smtp_client_session_ptr;
    const struct postino_session *session = session_ptr != NX_NULL
                                                ? &session_ptr->nx_smtp_session_client.session
                                                : &client_ptr->nx_smtp_client_session;
    size_t length;

    if (text_size == 0)
        return NX_SIZE_ERROR;
    if (tx_semaphore_get(&client_ptr->nx_smtp_client_idle, TX_NO_WAIT) != TX_SUCCESS)
        return NX_IN_PROGRESS;
    /* Under the semaphore: another thread's reply would change it. */
    length = session->reply.text_octets;
    if (length > sizeof session->text)
        length = sizeof session->text;
    if (length > text_size - 1)
        length = text_size - 1;
    *text_length = (UINT)length;
    text[length] = '\0';
    while (length-- != 0)
        text[length] = (CHAR)postino_shown_octet((UCHAR)session->text[length]);
    *reply_code = session->reply.text_code;
    tx_semaphore_put(&client_ptr->nx_smtp_client_idle);
    return NX_SUCCESS;
}

UINT _nx_smtp_client_statistics_get(NX_SMTP_CLIENT *client_ptr, NX_SMTP_STATISTICS *statistics_ptr)
{
    if (tx_semaphore_get(&client_ptr->nx_smtp_client_idle, TX_NO_WAIT) != TX_SUCCESS)
        return NX_IN_PROGRESS;
    *statistics_ptr = client_ptr->nx_smtp_client_session_ptr->nx_smtp_session_statistics;
    tx_semaphore_put(&client_ptr->nx_smtp_client_idle);
    return NX_SUCCESS;
}
