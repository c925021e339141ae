/* SPDX-License-Identifier: MIT */
/* The objects of the NetX Duo SMTP Client. Every member is private. Included by nxd_smtp_client.h. */
#ifndef NX_SMTP_OBJECTS_H
#define NX_SMTP_OBJECTS_H

#include "nx_api.h"
#include "nx_smtp_options.h"
#include "postino/session.h"
#include "postino/trace.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Octets for the text of a Date and a Message-ID. */
#define NX_SMTP_HEADERS_OCTETS (37 + 2 + 30 + NX_SMTP_CLIENT_MAX_DOMAIN + 3)

struct NX_SMTP_CLIENT_STRUCT;
struct NX_SMTP_HEADERS_STRUCT;
struct NX_SMTP_SESSION_STRUCT;

/* How the client sends its mails: in clear text (nxd_smtp_client.c), or with TLS. */
struct nx_smtp_mode {
    /* Configures a session. Returns NX_SMTP_AUTHENTICATION_ERROR where the client's authentication type
     * cannot be used. */
    UINT(*nx_smtp_mode_configure)
    (const struct NX_SMTP_CLIENT_STRUCT *client_ptr, struct postino_session_config *config,
     struct postino_credentials *credentials);
    /* Returns the status for a result. */
    UINT(*nx_smtp_mode_status)
    (const struct NX_SMTP_CLIENT_STRUCT *client_ptr, const struct postino_result *result);
    /* The strategy and the pump for the one mail of nx_smtp_mail_send(). */
    const struct postino_mail_strategy *nx_smtp_mode_strategy;
    int (*nx_smtp_mode_pump)(struct postino_session *session, struct postino_transport *transport,
                             unsigned until);
};

/* The transport over a NetX Duo TCP socket. */
struct nx_smtp_transport {
    struct postino_transport transport;
    NX_PACKET *out;   /* being filled, or not sent yet */
    NX_PACKET *in;    /* received; the whole chain */
    NX_PACKET *piece; /* of the chain, lent next */
    ULONG mss;        /* of the connection, in octets */
    USHORT status;    /* of the NetX Duo service that failed to connect */
    USHORT remainder; /* of the division of the ticks below by the ticks a second */
    ULONG patience;   /* for the connection, in ticks */
    ULONG shortage;   /* how often the pool had no packet since the last packet */
    /* Where a tick is no whole number of milliseconds: */
    ULONG ticks; /* the clock when milliseconds were counted last */
    uint32_t milliseconds;
};

/* The length of a subject that is not ASCII. It goes out in encoded words, up to its NUL. */
#define NX_SMTP_SUBJECT_ENCODED SIZE_MAX

/* A message of which only the body is in memory: the header is composed while it is sent. The mail is the
 * first member, so its address is the message's. */
struct nx_smtp_message {
    struct postino_single single;
    struct postino_span subject;
    struct postino_span headers; /* Date and Message-ID */
    UCHAR priority;
};

/* The time and the random octets of a mail's Date and Message-ID. */
struct nx_smtp_stamp {
    ULONG seconds; /* since 1970; 0: not known */
    ULONG random[2];
};

/* A client. The transport is the first member, so its address is the client's. Members that are used often
 * stand first, large members last. */
typedef struct NX_SMTP_CLIENT_STRUCT {
    struct nx_smtp_transport nx_smtp_client_transport;
    ULONG nx_smtp_client_id;
    NX_PACKET_POOL *nx_smtp_client_packet_pool_ptr;
    CHAR *nx_smtp_client_from_address;
    USHORT nx_smtp_client_server_port;
    USHORT nx_smtp_client_authentication_type;
    struct postino_transport *nx_smtp_client_transport_ptr;
    struct NX_SMTP_HEADERS_STRUCT *nx_smtp_client_headers_ptr;
    struct NX_SMTP_SESSION_STRUCT *nx_smtp_client_session_ptr;
    struct nx_smtp_mechanism *nx_smtp_client_mechanism_ptr;
    const struct nx_smtp_mode *nx_smtp_client_mode_ptr;
    struct nx_smtp_message nx_smtp_client_message;
    struct postino_recipient nx_smtp_client_recipient;
    NXD_ADDRESS nx_smtp_client_server_address;
    struct postino_session nx_smtp_client_session;
    TX_SEMAPHORE nx_smtp_client_idle;
    NX_TCP_SOCKET nx_smtp_client_socket;
    CHAR *nx_smtp_client_password; /* behind the user name's NUL */
    CHAR nx_smtp_client_username[NX_SMTP_CLIENT_MAX_USERNAME + 1 + NX_SMTP_CLIENT_MAX_PASSWORD + 1];
    CHAR nx_smtp_client_domain[NX_SMTP_CLIENT_MAX_DOMAIN + 1];
} NX_SMTP_CLIENT;

/* The memory of nx_smtp_client_headers_set(). */
typedef struct NX_SMTP_HEADERS_STRUCT {
    VOID(*nx_smtp_headers_add)
    (struct NX_SMTP_HEADERS_STRUCT *headers_ptr, const CHAR *client_domain, struct postino_span *span);
    VOID (*nx_smtp_headers_stamp)(struct NX_SMTP_HEADERS_STRUCT *headers_ptr, struct nx_smtp_stamp *stamp);
    UINT(*nx_smtp_headers_write)
    (struct NX_SMTP_HEADERS_STRUCT *headers_ptr, const struct nx_smtp_stamp *stamp, const CHAR *client_domain,
     CHAR *text);
    ULONG (*nx_smtp_headers_clock)(VOID);
    ULONG (*nx_smtp_headers_random)(VOID);
    CHAR nx_smtp_headers_text[NX_SMTP_HEADERS_OCTETS];
} NX_SMTP_HEADERS;

/* The state of a client that authenticates by another mechanism than PLAIN or LOGIN. */
struct nx_smtp_mechanism {
    /* Configures a session. Returns NX_SMTP_AUTHENTICATION_ERROR where the mechanism cannot be used, or is
     * not one of its own. */
    UINT(*nx_smtp_mechanism_apply)
    (struct nx_smtp_mechanism *mechanism_ptr, UINT type, struct postino_session_config *config,
     struct postino_credentials *credentials);
    struct postino_sasl_state nx_smtp_mechanism_state;
};

/* The memory of nx_smtp_client_crypto_set(). */
typedef struct NX_SMTP_CRYPTO_STRUCT {
    struct nx_smtp_mechanism nx_smtp_crypto_mechanism; /* first: it is known by its address */
    const struct postino_sasl_crypto *nx_smtp_crypto_table;
    VOID *nx_smtp_crypto_context;
} NX_SMTP_CRYPTO;

/* The memory of nx_smtp_client_token_set(). */
typedef struct NX_SMTP_TOKEN_STRUCT {
    struct nx_smtp_mechanism nx_smtp_token_mechanism; /* first: it is known by its address */
    CHAR *nx_smtp_token_token;
} NX_SMTP_TOKEN;

/* The memory of nx_smtp_client_external_set(). */
typedef struct NX_SMTP_EXTERNAL_STRUCT {
    struct nx_smtp_mechanism nx_smtp_external_mechanism; /* first: it is known by its address */
    CHAR *nx_smtp_external_identity;
} NX_SMTP_EXTERNAL;

/* The memory of nx_smtp_client_trace_set(). */
typedef struct postino_trace_transport NX_SMTP_TRACE;

#ifdef __cplusplus
}
#endif

#endif
