/* SPDX-License-Identifier: MIT */
/* The three calls of the NetX Duo SMTP Client. Invariant: between two calls the client's socket is unbound
 * and closed and no packet is the client's, so that every mail starts from the same state. */
#define NX_SMTP_SOURCE_CODE
#include "nxd_smtp_client.h"
#include "nx_ip.h"
#include "internal.h"

NX_CALLER_CHECKING_EXTERNS

/* RFC 5322 section 2.1.1, less "Subject: ". */
#define CLIENT_SUBJECT_MAX (998 - 9)

/* Ticks to milliseconds for constants; NX_WAIT_FOREVER becomes the longest that a session knows. */
#define CLIENT_MS(ticks) \
    ((ticks) > (ULONG)INT32_MAX / 1000 ? (uint32_t)INT32_MAX : (uint32_t)(ticks)*1000u / NX_IP_PERIODIC_RATE)

static const struct postino_time_limits client_limits = {
    CLIENT_MS(NX_SMTP_GREETING_TIMEOUT), CLIENT_MS(NX_SMTP_ENVELOPE_TIMEOUT),
    CLIENT_MS(NX_SMTP_ENVELOPE_TIMEOUT), CLIENT_MS(NX_SMTP_CLIENT_SEND_TIMEOUT),
    CLIENT_MS(NX_SMTP_MESSAGE_TIMEOUT),  CLIENT_MS(NX_SMTP_CLIENT_DISCONNECT_TIMEOUT)};

/* LOGIN first for a client that is configured so, else from the second on. */
static const struct postino_mechanism *const client_mechanisms[] = {&postino_sasl_login, &postino_sasl_plain,
                                                                    &postino_sasl_login, NULL};

static const struct postino_extension *const client_extensions[] = {&postino_extension_auth,
#ifndef NX_SMTP_CLIENT_LOCK_STEP
                                                                    &postino_extension_pipelining,
                                                                    &postino_extension_chunking,
#endif
                                                                    NULL};

/* The checked and the unchecked entry of a service share one body: a program calls one of them, and the
 * linker drops the other. */
#ifdef __GNUC__
#define CLIENT_BODY static inline __attribute__((always_inline))
#else
#define CLIENT_BODY static
#endif

static UINT client_copy(CHAR *destination, const CHAR *source, UINT limit)
{
    UINT length;

    for (length = 0; (destination[length] = source[length]) != '\0'; length++) {
        if (length == limit)
            return NX_SIZE_ERROR;
    }
    return NX_SUCCESS;
}

static UINT client_address_check(const NXD_ADDRESS *address)
{
#ifndef NX_DISABLE_IPV4
    if (address->nxd_ip_version == NX_IP_VERSION_V4)
        return NX_SUCCESS;
#endif
#ifdef FEATURE_NX_IPV6
    if (address->nxd_ip_version == NX_IP_VERSION_V6)
        return NX_SUCCESS;
#endif
    return NX_IP_ADDRESS_ERROR;
}

CLIENT_BODY UINT client_create(NX_SMTP_CLIENT *client_ptr, NX_IP *ip_ptr,
                               NX_PACKET_POOL *client_packet_pool_ptr, CHAR *username, CHAR *password,
                               CHAR *from_address, CHAR *client_domain, UINT authentication_type,
                               NXD_ADDRESS *server_address, UINT port)
{
    ULONG actual;
    UINT status;

    if (client_address_check(server_address) != NX_SUCCESS)
        return NX_IP_ADDRESS_ERROR;
    if (port == 0 || port > NX_MAX_PORT)
        return NX_INVALID_PORT;
    if (nx_ip_status_check(ip_ptr, NX_IP_TCP_ENABLED, &actual, NX_NO_WAIT) != NX_SUCCESS)
        return NX_NOT_ENABLED;
    if (postino_address_domain(client_domain) != 0)
        return NX_SMTP_INVALID_PARAM;
    postino_clear(client_ptr, sizeof *client_ptr);
    if (client_copy(client_ptr->nx_smtp_client_username, username, NX_SMTP_CLIENT_MAX_USERNAME) !=
            NX_SUCCESS ||
        client_copy(client_ptr->nx_smtp_client_password, password, NX_SMTP_CLIENT_MAX_PASSWORD) !=
            NX_SUCCESS ||
        client_copy(client_ptr->nx_smtp_client_domain, client_domain, NX_SMTP_CLIENT_MAX_USERNAME) !=
            NX_SUCCESS)
        return NX_SIZE_ERROR;
    client_ptr->nx_smtp_client_packet_pool_ptr = client_packet_pool_ptr;
    client_ptr->nx_smtp_client_from_address = from_address;
    client_ptr->nx_smtp_client_authentication_type = authentication_type;
    client_ptr->nx_smtp_client_server_address = *server_address;
    client_ptr->nx_smtp_client_server_port = port;
    _nx_smtp_transport_create(client_ptr);
    status = nx_tcp_socket_create(ip_ptr, &client_ptr->nx_smtp_client_socket, "SMTP Client", NX_IP_NORMAL,
                                  NX_FRAGMENT_OKAY, NX_IP_TIME_TO_LIVE, NX_SMTP_CLIENT_TCP_WINDOW_SIZE,
                                  NX_NULL, NX_NULL);
    if (status != NX_SUCCESS)
        return status;
    /* Cannot fail: the memory is new and the initial count is not. */
    (VOID) tx_semaphore_create(&client_ptr->nx_smtp_client_idle, "SMTP Client", 1);
    client_ptr->nx_smtp_client_id = NX_SMTP_CLIENT_ID;
    return NX_SUCCESS;
}

UINT _nxde_smtp_client_create(NX_SMTP_CLIENT *client_ptr, NX_IP *ip_ptr,
                              NX_PACKET_POOL *client_packet_pool_ptr, CHAR *username, CHAR *password,
                              CHAR *from_address, CHAR *client_domain, UINT authentication_type,
                              NXD_ADDRESS *server_address, UINT port)
{
    if (client_ptr == NX_NULL || ip_ptr == NX_NULL || client_packet_pool_ptr == NX_NULL ||
        username == NX_NULL || password == NX_NULL || from_address == NX_NULL || client_domain == NX_NULL ||
        server_address == NX_NULL)
        return NX_PTR_ERROR;
    NX_INIT_AND_THREADS_CALLER_CHECKING
    if (ip_ptr->nx_ip_id != NX_IP_ID)
        return NX_SMTP_INVALID_PARAM;
    return client_create(client_ptr, ip_ptr, client_packet_pool_ptr, username, password, from_address,
                         client_domain, authentication_type, server_address, port);
}

UINT _nxd_smtp_client_create(NX_SMTP_CLIENT *client_ptr, NX_IP *ip_ptr,
                             NX_PACKET_POOL *client_packet_pool_ptr, CHAR *username, CHAR *password,
                             CHAR *from_address, CHAR *client_domain, UINT authentication_type,
                             NXD_ADDRESS *server_address, UINT port)
{
    return client_create(client_ptr, ip_ptr, client_packet_pool_ptr, username, password, from_address,
                         client_domain, authentication_type, server_address, port);
}

CLIENT_BODY UINT client_delete(NX_SMTP_CLIENT *client_ptr)
{
    UINT status;

    /* A mail in progress has its socket bound, or will in a moment. */
    if (tx_semaphore_get(&client_ptr->nx_smtp_client_idle, TX_NO_WAIT) != TX_SUCCESS)
        return NX_STILL_BOUND;
    status = nx_tcp_socket_delete(&client_ptr->nx_smtp_client_socket);
    if (status != NX_SUCCESS) {
        tx_semaphore_put(&client_ptr->nx_smtp_client_idle);
        return status;
    }
    client_ptr->nx_smtp_client_id = 0;
    tx_semaphore_delete(&client_ptr->nx_smtp_client_idle);
    return NX_SUCCESS;
}

UINT _nxe_smtp_client_delete(NX_SMTP_CLIENT *client_ptr)
{
    if (client_ptr == NX_NULL || client_ptr->nx_smtp_client_id != NX_SMTP_CLIENT_ID)
        return NX_PTR_ERROR;
    NX_THREADS_ONLY_CALLER_CHECKING
    return client_delete(client_ptr);
}

UINT _nx_smtp_client_delete(NX_SMTP_CLIENT *client_ptr)
{
    return client_delete(client_ptr);
}

/* The statuses of what the server may do wrong, up to POSTINO_ERROR_REPLY_SYNTAX, and of what the connection
 * may do, up to POSTINO_ERROR_SEND. */
static const UCHAR client_server_statuses[] = {
    NX_SMTP_SERVER_ERROR_CODE_RECEIVED, NX_SMTP_AUTHENTICATION_ERROR, NX_SMTP_INVALID_SERVER_CHALLENGE,
    NX_SMTP_OVERSIZE_SERVER_REPLY,      NX_SMTP_INVALID_SERVER_REPLY, NX_SMTP_SERVER_ERROR_REPLY};
static const UCHAR client_connection_statuses[] = {NX_SMTP_PACKET_ALLOCATE_ERROR, NX_NOT_CONNECTED,
                                                   NX_NOT_CONNECTED, NX_SMTP_TRANSMIT_ERROR};

static UINT client_status(const NX_SMTP_CLIENT *client_ptr, int error)
{
    const struct postino_result *result = &client_ptr->nx_smtp_client_mail.result;

    if (result->outcome == POSTINO_OUTCOME_UNKNOWN)
        return NX_SMTP_MESSAGE_REPLY_ERROR;
    if (error == POSTINO_OK)
        return NX_SUCCESS;
    if (error > POSTINO_ERROR_REFUSED)
        return NX_SMTP_INVALID_PARAM;
    /* The statuses of refused steps stand in the order of the steps; RSET is not among the steps of one mail.
     */
    if (error == POSTINO_ERROR_REFUSED)
        return NX_SMTP_GREET_REPLY_ERROR + result->step;
    if (error >= POSTINO_ERROR_SERVICE_CLOSING)
        return client_server_statuses[error - POSTINO_ERROR_SERVICE_CLOSING];
    if (error >= POSTINO_ERROR_BUFFER)
        /* cppcheck-suppress arrayIndexOutOfBoundsCond ; it forgets the comparison above, which ends at -207 */
        return client_connection_statuses[error - POSTINO_ERROR_BUFFER];
    /* A time-out: what could not be sent in time is not a reply that did not come in time. */
    return client_ptr->nx_smtp_client_transport_ptr->unsent_octets != 0 ? NX_SMTP_TRANSMIT_ERROR
                                                                        : NX_NO_PACKET;
}

#define CLIENT_PRIORITY(number, name) "X-Priority: " number "\r\nImportance: " name "\r\n\r\n"

static struct postino_span *client_add(struct postino_span *span, const CHAR *text, size_t length)
{
    *span = (struct postino_span){text, length};
    return span + 1;
}

/* A string constant. */
#define CLIENT_ADD(span, text) client_add((span), (text), sizeof(text) - 1)

/* Where the addresses stand in the message. */
#define CLIENT_SPAN_TO   1
#define CLIENT_SPAN_FROM 3

/* The message as the original writes it, then what it lacks; the addresses follow when they have been
 * checked.
 */
static UINT client_compose(NX_SMTP_CLIENT *client_ptr, UINT priority, const CHAR *subject,
                           const CHAR *mail_body, UINT mail_body_length)
{
    NX_SMTP_HEADERS *headers = client_ptr->nx_smtp_client_headers_ptr;
    struct postino_span *span = client_ptr->nx_smtp_client_spans;
    UINT length;

    for (length = 0; subject[length] != '\0'; length++) {
        UCHAR octet = (UCHAR)subject[length];

        if (length == CLIENT_SUBJECT_MAX || octet < ' ' || octet == 127)
            return NX_SMTP_INVALID_PARAM;
    }
    span = CLIENT_ADD(span, "To: ") + 1;
    span = CLIENT_ADD(span, "\r\nFrom: ") + 1;
    span = CLIENT_ADD(span, "\r\nSubject: ");
    span = client_add(span, subject, length);
    span = CLIENT_ADD(span, "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain;\r\n charset=\"utf-8\"\r\n"
                            "Content-Transfer-Encoding: 8bit\r\n");
    if (headers != NX_NULL)
        span += headers->nx_smtp_headers_add(headers, client_ptr->nx_smtp_client_domain, span);
    if (priority == NX_SMTP_MAIL_PRIORITY_LOW)
        span = CLIENT_ADD(span, CLIENT_PRIORITY("5", "low"));
    else if (priority == NX_SMTP_MAIL_PRIORITY_HIGH)
        span = CLIENT_ADD(span, CLIENT_PRIORITY("1", "high"));
    else
        span = CLIENT_ADD(span, "\r\n");
    span = client_add(span, mail_body, mail_body_length);
    postino_spans_source_init(&client_ptr->nx_smtp_client_source, client_ptr->nx_smtp_client_spans,
                              (size_t)(span - client_ptr->nx_smtp_client_spans));
    return NX_SUCCESS;
}

/* Says how the session is to run. Returns NX_SMTP_AUTHENTICATION_ERROR where it cannot authenticate as it is
 * told to. */
static UINT client_configure(const NX_SMTP_CLIENT *client_ptr, struct postino_session_config *config,
                             struct postino_credentials *credentials)
{
    UINT type = client_ptr->nx_smtp_client_authentication_type;

    config->ehlo_name = client_ptr->nx_smtp_client_domain;
    config->time_limits = &client_limits;
    config->credentials = credentials;
    config->mechanisms = type == NX_SMTP_CLIENT_AUTH_LOGIN ? client_mechanisms : client_mechanisms + 1;
    config->extensions = client_extensions;
    config->last_resort = &postino_sasl_plain;
    config->challenge_octets_max = NX_SMTP_SERVER_CHALLENGE_MAX_STRING;
    config->flags = POSTINO_SESSION_CLEAR_TEXT_AUTH;
    config->mails_in_flight_max = 0;
    config->group_octets_max = 0;
    config->lmtp = NULL;
    config->on_reply = NULL;
    credentials->user = client_ptr->nx_smtp_client_username;
    credentials->password = client_ptr->nx_smtp_client_password;
    if (type == NX_SMTP_CLIENT_AUTH_NONE) {
#ifdef NX_SMTP_CLIENT_AUTH_NONE_STRICT
        config->credentials = NULL;
#else
        /* With a server that lists AUTH, NONE becomes PLAIN, if there is anything to say. */
        config->flags = POSTINO_SESSION_CLEAR_TEXT_AUTH | POSTINO_SESSION_AUTH_IF_OFFERED;
        if (credentials->user[0] == '\0')
            config->credentials = NULL;
#endif
    } else if (type == NX_SMTP_CLIENT_AUTH_CRAM_MD5 || credentials->user[0] == '\0') {
        return NX_SMTP_AUTHENTICATION_ERROR;
    }
    return NX_SUCCESS;
}

/* Hands in the one mail of a session: postino_session_submit() is made for more. */
static int client_line_up(struct postino_session *session, struct postino_mail *mail)
{
    struct postino_recipient *recipient = mail->recipients;

    if (postino_address_path(mail->reverse_path, &mail->path) != 0 || mail->path.length_octets == 0 ||
        postino_address_path(recipient->address, &recipient->path) != 0 || recipient->path.length_octets == 0)
        return POSTINO_ERROR_FORWARD_PATH;
    recipient->outcome = POSTINO_OUTCOME_PENDING;
    recipient->state = 0;
    return postino_session_line_up(session, mail);
}

/* Sends the mail that is in the client. Everything about it that can be wrong is found out before the
 * connection. */
static UINT client_session(NX_SMTP_CLIENT *client_ptr)
{
    struct postino_mail *mail = &client_ptr->nx_smtp_client_mail;
    struct postino_session *session = &client_ptr->nx_smtp_client_session;
    struct postino_transport *transport = client_ptr->nx_smtp_client_transport_ptr;
    struct postino_session_config config;
    struct postino_credentials credentials;
    int error;

    if (client_configure(client_ptr, &config, &credentials) != NX_SUCCESS)
        return NX_SMTP_AUTHENTICATION_ERROR;
    /* The domain was checked when the client was created. */
    postino_session_start(session, &config, 0);
    error = client_line_up(session, mail);
    if (error == POSTINO_OK) {
        client_ptr->nx_smtp_client_spans[CLIENT_SPAN_TO] = client_ptr->nx_smtp_client_recipient.path;
        client_ptr->nx_smtp_client_spans[CLIENT_SPAN_FROM] = mail->path;
        if (transport->methods->connect(transport, 0) != POSTINO_OK) {
            mail->result.outcome = POSTINO_OUTCOME_NOT_ATTEMPTED;
            return client_ptr->nx_smtp_client_transport.status;
        }
        postino_session_connected(session, transport->methods->now_ms(transport));
        postino_session_quit(session);
        (VOID) postino_pump_until(session, transport, postino_session_want_octets, 0);
        error = mail->result.error;
    }
    return client_status(client_ptr, error);
}

CLIENT_BODY UINT client_send(NX_SMTP_CLIENT *client_ptr, CHAR *recipient_address, UINT priority,
                             CHAR *subject, CHAR *mail_body, UINT mail_body_length)
{
    struct postino_mail *mail = &client_ptr->nx_smtp_client_mail;
    UINT status;

    if (tx_semaphore_get(&client_ptr->nx_smtp_client_idle, TX_NO_WAIT) != TX_SUCCESS)
        return NX_IN_PROGRESS;
    client_ptr->nx_smtp_client_recipient.address = recipient_address;
    mail->reverse_path = client_ptr->nx_smtp_client_from_address;
    mail->recipients = &client_ptr->nx_smtp_client_recipient;
    mail->source = &client_ptr->nx_smtp_client_source.source;
    mail->result.outcome = POSTINO_OUTCOME_NOT_ATTEMPTED;
    status = client_compose(client_ptr, priority, subject, mail_body, mail_body_length);
    if (status == NX_SUCCESS)
        status = client_session(client_ptr);
    tx_semaphore_put(&client_ptr->nx_smtp_client_idle);
    return status;
}

UINT _nxe_smtp_mail_send(NX_SMTP_CLIENT *client_ptr, CHAR *recipient_address, UINT priority, CHAR *subject,
                         CHAR *mail_body, UINT mail_body_length)
{
    if (client_ptr == NX_NULL || recipient_address == NX_NULL || subject == NX_NULL || mail_body == NX_NULL)
        return NX_PTR_ERROR;
    if (mail_body_length == 0)
        return NX_SMTP_INVALID_PARAM;
    NX_THREADS_ONLY_CALLER_CHECKING
    if (client_ptr->nx_smtp_client_id != NX_SMTP_CLIENT_ID)
        return NX_SMTP_CLIENT_NOT_INITIALIZED;
    return client_send(client_ptr, recipient_address, priority, subject, mail_body, mail_body_length);
}

UINT _nx_smtp_mail_send(NX_SMTP_CLIENT *client_ptr, CHAR *recipient_address, UINT priority, CHAR *subject,
                        CHAR *mail_body, UINT mail_body_length)
{
    return client_send(client_ptr, recipient_address, priority, subject, mail_body, mail_body_length);
}
