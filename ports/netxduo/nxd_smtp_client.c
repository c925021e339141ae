/* SPDX-License-Identifier: MIT */
/* The three calls of the NetX Duo SMTP Client. Invariant: between two calls the client's socket is unbound
 * and closed and no packet is the client's, so that every mail starts from the same state. */
#define NX_SMTP_SOURCE_CODE
#include "nxd_smtp_client.h"
#include "postino/address.h"
#include "nx_ip.h"
#include "client/internal.h"
#include "engine/auth.h"
#include "engine/single.h"

NX_CALLER_CHECKING_EXTERNS

/* Ticks to milliseconds for constants; NX_WAIT_FOREVER becomes the longest that a session knows. */
#define DROP_IN_MS(ticks) \
    ((ticks) > (ULONG)INT32_MAX / 1000 ? (uint32_t)INT32_MAX : (uint32_t)(ticks)*1000u / NX_IP_PERIODIC_RATE)

static const struct postino_time_limits drop_in_limits = {DROP_IN_MS(NX_SMTP_GREETING_TIMEOUT),
                                                          DROP_IN_MS(NX_SMTP_ENVELOPE_TIMEOUT),
                                                          DROP_IN_MS(NX_SMTP_ENVELOPE_TIMEOUT),
                                                          DROP_IN_MS(NX_SMTP_CLIENT_SEND_TIMEOUT),
                                                          DROP_IN_MS(NX_SMTP_MESSAGE_TIMEOUT),
                                                          DROP_IN_MS(NX_SMTP_CLIENT_DISCONNECT_TIMEOUT),
                                                          0};

/* LOGIN first for a client that is configured so, else from the second on. */
static const struct postino_mechanism *const drop_in_mechanisms[] = {&postino_sasl_login, &postino_sasl_plain,
                                                                     &postino_sasl_login, NULL};

#ifdef NX_SMTP_CLIENT_LOCK_STEP
#define DROP_IN_STRATEGY postino_single
static const struct postino_extension *const drop_in_extensions[] = {&postino_extension_auth, NULL};
#else
#define DROP_IN_STRATEGY postino_single_group
static const struct postino_extension *const drop_in_extensions[] = {
    &postino_extension_auth, &postino_single_pipelining, &postino_single_chunking, &nx_smtp_message_offered,
    NULL};
#endif

/* The checked and the unchecked entry of a service share one body: a program calls one of them, and the
 * linker drops the other. */
#ifdef __GNUC__
#define DROP_IN_BODY static inline __attribute__((always_inline))
#else
#define DROP_IN_BODY static
#endif

static VOID drop_in_clear(NX_SMTP_CLIENT *client_ptr)
{
    postino_clear(client_ptr, sizeof *client_ptr);
}

/* Returns what is behind the copy's end; NULL: it has no room before `last`. */
static CHAR *drop_in_copy(CHAR *destination, const CHAR *source, const CHAR *last)
{
    while ((*destination = *source++) != '\0') {
        if (destination++ == last)
            return NX_NULL;
    }
    return destination + 1;
}

static UINT drop_in_strings(NX_SMTP_CLIENT *client_ptr, const CHAR *username, const CHAR *password,
                            const CHAR *client_domain)
{
    CHAR *user = client_ptr->nx_smtp_client_username;
    const CHAR *last = user + sizeof client_ptr->nx_smtp_client_username - 1;

    /* The password has a NUL at least behind the name's. */
    user = drop_in_copy(user, username, last - 1);
    if (user == NX_NULL)
        return NX_SIZE_ERROR;
    client_ptr->nx_smtp_client_password = user;
    if (drop_in_copy(user, password, last) == NX_NULL ||
        drop_in_copy(client_ptr->nx_smtp_client_domain, client_domain,
                     client_ptr->nx_smtp_client_domain + NX_SMTP_CLIENT_MAX_DOMAIN) == NX_NULL)
        return NX_SIZE_ERROR;
    return NX_SUCCESS;
}

static UINT drop_in_address_check(const NXD_ADDRESS *address)
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

DROP_IN_BODY UINT drop_in_create(NX_SMTP_CLIENT *client_ptr, NX_IP *ip_ptr,
                                 NX_PACKET_POOL *client_packet_pool_ptr, CHAR *username, CHAR *password,
                                 CHAR *from_address, CHAR *client_domain, UINT authentication_type,
                                 NXD_ADDRESS *server_address, UINT port)
{
    UINT status;

    if (drop_in_address_check(server_address) != NX_SUCCESS)
        return NX_IP_ADDRESS_ERROR;
    if (port == 0 || port > NX_MAX_PORT)
        return NX_INVALID_PORT;
    if (postino_address_domain(client_domain) != 0)
        return NX_SMTP_INVALID_PARAM;
    drop_in_clear(client_ptr);
    status = drop_in_strings(client_ptr, username, password, client_domain);
    client_ptr->nx_smtp_client_packet_pool_ptr = client_packet_pool_ptr;
    client_ptr->nx_smtp_client_from_address = from_address;
    client_ptr->nx_smtp_client_authentication_type =
        (USHORT)(authentication_type <= 0xFFFF ? authentication_type : NX_SMTP_CLIENT_AUTH_PLAIN);
    client_ptr->nx_smtp_client_server_address = *server_address;
    client_ptr->nx_smtp_client_server_port = (USHORT)port;
    client_ptr->nx_smtp_client_mode_ptr = &_nx_smtp_client_mode;
    client_ptr->nx_smtp_client_transport.transport.methods = &_nx_smtp_transport;
    client_ptr->nx_smtp_client_transport.patience = NX_SMTP_CLIENT_CONNECTION_TIMEOUT;
    client_ptr->nx_smtp_client_transport_ptr = &client_ptr->nx_smtp_client_transport.transport;
    if (status == NX_SUCCESS)
        status = nx_tcp_socket_create(ip_ptr, &client_ptr->nx_smtp_client_socket, "SMTP Client", NX_IP_NORMAL,
                                      NX_FRAGMENT_OKAY, NX_IP_TIME_TO_LIVE, NX_SMTP_CLIENT_TCP_WINDOW_SIZE,
                                      NX_NULL, NX_NULL);
    if (status != NX_SUCCESS) {
        /* The caller's memory keeps no password. */
        drop_in_clear(client_ptr);
        return status;
    }
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
    return drop_in_create(client_ptr, ip_ptr, client_packet_pool_ptr, username, password, from_address,
                          client_domain, authentication_type, server_address, port);
}

UINT _nxd_smtp_client_create(NX_SMTP_CLIENT *client_ptr, NX_IP *ip_ptr,
                             NX_PACKET_POOL *client_packet_pool_ptr, CHAR *username, CHAR *password,
                             CHAR *from_address, CHAR *client_domain, UINT authentication_type,
                             NXD_ADDRESS *server_address, UINT port)
{
    return drop_in_create(client_ptr, ip_ptr, client_packet_pool_ptr, username, password, from_address,
                          client_domain, authentication_type, server_address, port);
}

DROP_IN_BODY UINT drop_in_delete(NX_SMTP_CLIENT *client_ptr)
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
    tx_semaphore_delete(&client_ptr->nx_smtp_client_idle);
    drop_in_clear(client_ptr);
    return NX_SUCCESS;
}

UINT _nxe_smtp_client_delete(NX_SMTP_CLIENT *client_ptr)
{
    if (client_ptr == NX_NULL || client_ptr->nx_smtp_client_id != NX_SMTP_CLIENT_ID)
        return NX_PTR_ERROR;
    NX_THREADS_ONLY_CALLER_CHECKING
    return drop_in_delete(client_ptr);
}

UINT _nx_smtp_client_delete(NX_SMTP_CLIENT *client_ptr)
{
    return drop_in_delete(client_ptr);
}

/* The row of drop_in_statuses for an error: first the server's errors, then the connection's, without the
 * gap between the two. Errors below those have a negative row. */
#define DROP_IN_GAP (POSTINO_ERROR_REPLY_SYNTAX + 1 - POSTINO_ERROR_BUFFER)
#define DROP_IN_ROW(error) \
    ((error) + ((error) < POSTINO_ERROR_ITERATIONS ? DROP_IN_GAP : 0) - POSTINO_ERROR_ITERATIONS)
static const UCHAR drop_in_statuses[] = {
    [DROP_IN_ROW(POSTINO_ERROR_REPLY_SYNTAX)] = NX_SMTP_SERVER_ERROR_REPLY,
    [DROP_IN_ROW(POSTINO_ERROR_REPLY_UNEXPECTED)] = NX_SMTP_INVALID_SERVER_REPLY,
    [DROP_IN_ROW(POSTINO_ERROR_REPLY_TOO_LONG)] = NX_SMTP_OVERSIZE_SERVER_REPLY,
    [DROP_IN_ROW(POSTINO_ERROR_CHALLENGE)] = NX_SMTP_INVALID_SERVER_CHALLENGE,
    [DROP_IN_ROW(POSTINO_ERROR_NO_MECHANISM)] = NX_SMTP_AUTHENTICATION_ERROR,
    [DROP_IN_ROW(POSTINO_ERROR_SERVICE_CLOSING)] = NX_SMTP_SERVER_ERROR_CODE_RECEIVED,
    [DROP_IN_ROW(POSTINO_ERROR_AUTH_SERVER)] = NX_SMTP_AUTHENTICATION_ERROR,
    [DROP_IN_ROW(POSTINO_ERROR_REPLY_CODES)] = NX_SMTP_SERVER_ERROR_REPLY,
    [DROP_IN_ROW(POSTINO_ERROR_CHALLENGE_SYNTAX)] = NX_SMTP_INVALID_SERVER_CHALLENGE,
    [DROP_IN_ROW(POSTINO_ERROR_ITERATIONS)] = NX_SMTP_INVALID_SERVER_CHALLENGE,
    [DROP_IN_ROW(POSTINO_ERROR_SEND)] = NX_SMTP_TRANSMIT_ERROR,
    [DROP_IN_ROW(POSTINO_ERROR_RECEIVE)] = NX_NOT_CONNECTED,
    [DROP_IN_ROW(POSTINO_ERROR_CLOSED)] = NX_NOT_CONNECTED,
    [DROP_IN_ROW(POSTINO_ERROR_BUFFER)] = NX_SMTP_PACKET_ALLOCATE_ERROR,
};

/* The statuses of refused steps stand in the order of enum postino_step_id. RSET is no step of one mail. */
#define DROP_IN_REFUSED(step)            ((UINT)(NX_SMTP_GREET_REPLY_ERROR + (step)))
#define DROP_IN_IS_REFUSED(step, status) (DROP_IN_REFUSED(POSTINO_STEP_##step) == (status))
typedef char drop_in_order_of_refusals[DROP_IN_IS_REFUSED(EHLO, NX_SMTP_HELLO_REPLY_ERROR) &&
                                               DROP_IN_IS_REFUSED(MAIL, NX_SMTP_MAIL_REPLY_ERROR) &&
                                               DROP_IN_IS_REFUSED(RCPT, NX_SMTP_RCPT_REPLY_ERROR) &&
                                               DROP_IN_IS_REFUSED(MESSAGE, NX_SMTP_MESSAGE_REPLY_ERROR) &&
                                               DROP_IN_IS_REFUSED(DATA, NX_SMTP_DATA_REPLY_ERROR) &&
                                               DROP_IN_IS_REFUSED(AUTH, NX_SMTP_AUTH_REPLY_ERROR)
                                           ? 1
                                           : -1];

UINT _nx_smtp_client_status(const NX_SMTP_CLIENT *client_ptr, const struct postino_result *result)
{
    int error = result->error;
    int row;

    if (result->outcome == POSTINO_OUTCOME_UNKNOWN)
        return NX_SMTP_MESSAGE_REPLY_ERROR;
    if (error == POSTINO_OK)
        return NX_SUCCESS;
    if (error == POSTINO_ERROR_REFUSED)
        return DROP_IN_REFUSED(result->step);
    if (error > POSTINO_ERROR_REFUSED)
        return NX_SMTP_INVALID_PARAM; /* the caller's error */
    row = DROP_IN_ROW(error);
    if (row >= 0)
        return drop_in_statuses[row];
    /* A time limit passed. Data that could not be sent in time is another matter than a late reply. */
    return client_ptr->nx_smtp_client_transport_ptr->unsent_octets != 0 ? NX_SMTP_TRANSMIT_ERROR
                                                                        : NX_NO_PACKET;
}

UINT _nx_smtp_client_configure(const NX_SMTP_CLIENT *client_ptr, struct postino_session_config *config,
                               struct postino_credentials *credentials)
{
    UINT type = client_ptr->nx_smtp_client_authentication_type;

    config->ehlo_name = client_ptr->nx_smtp_client_domain;
    config->time_limits = &drop_in_limits;
    config->credentials = credentials;
    config->mechanisms = type == NX_SMTP_CLIENT_AUTH_LOGIN ? drop_in_mechanisms : drop_in_mechanisms + 1;
    config->extensions = drop_in_extensions;
    config->last_resort = &postino_sasl_plain;
    config->challenge_octets_max = NX_SMTP_SERVER_CHALLENGE_MAX_STRING;
    config->flags = POSTINO_SESSION_CLEAR_TEXT_AUTH;
    credentials->user = client_ptr->nx_smtp_client_username;
    credentials->password = client_ptr->nx_smtp_client_password;
    credentials->authzid = NULL;
    if (type == NX_SMTP_CLIENT_AUTH_CRAM_MD5 || type - NX_SMTP_CLIENT_AUTH_SCRAM_SHA_256 < 6) {
        struct nx_smtp_mechanism *mechanism = client_ptr->nx_smtp_client_mechanism_ptr;

        if (mechanism == NX_NULL)
            return NX_SMTP_AUTHENTICATION_ERROR;
        return mechanism->nx_smtp_mechanism_apply(mechanism, type, config, credentials);
    }
    if (type == NX_SMTP_CLIENT_AUTH_NONE) {
#ifdef NX_SMTP_CLIENT_AUTH_NONE_STRICT
        config->credentials = NULL;
#else
        /* With a server that lists AUTH, NONE becomes PLAIN, if there is anything to say. */
        config->flags |= POSTINO_SESSION_AUTH_IF_OFFERED;
        if (credentials->user[0] == '\0')
            config->credentials = NULL;
#endif
    } else if (credentials->user[0] == '\0') {
        return NX_SMTP_AUTHENTICATION_ERROR;
    }
    return NX_SUCCESS;
}

const struct nx_smtp_mode _nx_smtp_client_mode = {_nx_smtp_client_configure, _nx_smtp_client_status,
                                                  &DROP_IN_STRATEGY, postino_pump_until};

/* The longest that can stand behind AUTH. */
#define DROP_IN_AUTH_OCTETS \
    (sizeof " PLAIN " - 1 + (NX_SMTP_CLIENT_MAX_USERNAME + NX_SMTP_CLIENT_MAX_PASSWORD + 2 + 2) / 3 * 4)

/* Whether there is an address that can be sent. */
static int drop_in_path(const CHAR *address, struct postino_span *path)
{
    return postino_address_path(address, path) == 0 && path->length_octets != 0;
}

/* Sends the mail that is in the client. Everything about it that can be wrong is found out before the
 * connection. */
DROP_IN_BODY UINT drop_in_session(NX_SMTP_CLIENT *client_ptr, const CHAR *recipient_address)
{
    struct postino_mail *mail = &client_ptr->nx_smtp_client_message.single.mail;
    struct postino_session *session = &client_ptr->nx_smtp_client_session;
    struct postino_transport *transport = client_ptr->nx_smtp_client_transport_ptr;
    /* Of both, what the one mail's session looks at is set. */
    struct postino_session_config config;
    struct postino_credentials credentials;
    const struct nx_smtp_mode *mode = client_ptr->nx_smtp_client_mode_ptr;

    if (mode->nx_smtp_mode_configure(client_ptr, &config, &credentials) != NX_SUCCESS)
        return NX_SMTP_AUTHENTICATION_ERROR;
    mail->recipients = &client_ptr->nx_smtp_client_recipient;
    /* The domain was checked when the client was created. */
    postino_single_start(session, &config, mode->nx_smtp_mode_strategy,
                         &client_ptr->nx_smtp_client_message.single);
    session->parameters = _nx_smtp_message_parameters;
    /* With the options as they are PLAIN's response always fits the line of AUTH. */
    if (DROP_IN_AUTH_OCTETS > AUTH_ARGUMENT_OCTETS_MAX && config.credentials != NULL)
        session->response_long = postino_auth_response_is_long(&credentials, &postino_sasl_plain) != 0;
    if (!drop_in_path(client_ptr->nx_smtp_client_from_address, &mail->path) ||
        !drop_in_path(recipient_address, &client_ptr->nx_smtp_client_recipient.path))
        return NX_SMTP_INVALID_PARAM;
#ifndef NX_SMTP_CLIENT_LOCK_STEP
    postino_group_count(session);
#endif
    if (transport->methods->connect(transport, 0) != POSTINO_OK)
        return client_ptr->nx_smtp_client_transport.status;
    session->since_ms = transport->methods->now_ms(transport);
    (VOID) mode->nx_smtp_mode_pump(session, transport, 0);
    return mode->nx_smtp_mode_status(client_ptr, &mail->result);
}

DROP_IN_BODY UINT drop_in_send(NX_SMTP_CLIENT *client_ptr, CHAR *recipient_address, UINT priority,
                               CHAR *subject, CHAR *mail_body, UINT mail_body_length)
{
    struct nx_smtp_message *message = &client_ptr->nx_smtp_client_message;
    NX_SMTP_HEADERS *headers = client_ptr->nx_smtp_client_headers_ptr;
    UINT status;

    if (tx_semaphore_get(&client_ptr->nx_smtp_client_idle, TX_NO_WAIT) != TX_SUCCESS)
        return NX_IN_PROGRESS;
    message->single.body.data = mail_body;
    message->single.body.length_octets = mail_body_length;
    status = _nx_smtp_message_compose(message, priority, subject);
    if (status == NX_SUCCESS) {
        if (headers != NX_NULL)
            headers->nx_smtp_headers_add(headers, client_ptr->nx_smtp_client_domain, &message->headers);
        status = drop_in_session(client_ptr, recipient_address);
    }
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
    return drop_in_send(client_ptr, recipient_address, priority, subject, mail_body, mail_body_length);
}

UINT _nx_smtp_mail_send(NX_SMTP_CLIENT *client_ptr, CHAR *recipient_address, UINT priority, CHAR *subject,
                        CHAR *mail_body, UINT mail_body_length)
{
    return drop_in_send(client_ptr, recipient_address, priority, subject, mail_body, mail_body_length);
}
