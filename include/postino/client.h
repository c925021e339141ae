/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_CLIENT_H
#define POSTINO_CLIENT_H

#include "postino/pump.h"
#include "postino/trace.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The blocking client: connects, sends mails over one connection, quits. One thread at a time. */

/* Start from {0}; only ehlo_name is required. */
struct postino_client_config {
    const char *ehlo_name;       /* as in struct postino_session_config */
    const char *user;            /* NULL: no authentication */
    const char *password;        /* with user */
    int allow_clear_text_auth;   /* not 0: PLAIN and LOGIN on a connection that is not encrypted */
    uint32_t connect_timeout_ms; /* 0: 30 s */
    const struct postino_time_limits *time_limits; /* NULL: those of RFC 5321 */
    postino_trace_function trace;                  /* NULL: none; secrets are masked */
    void *trace_context;
};

struct postino_client {
    /* private */
    struct postino_transport *transport;
    struct postino_trace_transport trace;
    struct postino_session session;
    struct postino_session_config session_config;
    struct postino_credentials credentials;
    uint32_t connect_timeout_ms;
    int connected;
};

/* Prepares a client over a closed transport; connects nothing yet. The transport, the strings and the time
 * limits are borrowed as long as the client is used; the client points into itself, so it must not be copied.
 * Returns 0; POSTINO_ERROR_ARGUMENT: a NULL pointer, or a user without a password; POSTINO_ERROR_OBJECT_SIZE;
 * or POSTINO_ERROR_EHLO_NAME. */
#define postino_client_init(client, transport, config) \
    postino_client_init_sized((client), sizeof *(client), (transport), (config))
int postino_client_init_sized(struct postino_client *client, size_t client_octets,
                              struct postino_transport *transport,
                              const struct postino_client_config *config);

/* Sends one mail, connecting first where no connection is open, and leaves the connection open for the next.
 * Blocks until the mail is settled. Mail, recipients and source are borrowed during the call. Returns 0 when
 * the server accepted the mail for every recipient, else the first error; mail->result and each recipient's
 * outcome have the particulars: POSTINO_OUTCOME_UNKNOWN there means that it may have been delivered all the
 * same. With POSTINO_MAIL_PARTIAL, 0 says that some recipient's mail was accepted. */
int postino_client_send(struct postino_client *client, struct postino_mail *mail);

/* Ends the connection, with QUIT where it stands; without one it does nothing. The client can send again
 * afterwards. */
void postino_client_quit(struct postino_client *client);

/* The session, for postino_session_text(), _result() and _capabilities(). Valid as long as the client. */
const struct postino_session *postino_client_session(const struct postino_client *client);

#ifdef __cplusplus
}
#endif

#endif
