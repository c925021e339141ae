/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_CLIENT_H
#define POSTINO_CLIENT_H

#include "postino/pump.h"
#include "postino/trace.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The blocking client. It connects, sends mails over one connection, one by one or many at a time, and quits.
 * One thread at a time uses a client. */

/* Start from {0}; only ehlo_name is required. */
struct postino_client_config {
    const char *ehlo_name; /* as in struct postino_session_config */
    const char *user;      /* without user, token and mechanisms there is no authentication */
    const char *password;
    const char *token;   /* a bearer token, for XOAUTH2 and OAUTHBEARER */
    const char *authzid; /* the identity to act as; NULL: the user */
    const char *host;    /* the server's name and port, for OAUTHBEARER; NULL, 0: not said */
    uint16_t port;
    /* The allowed mechanisms, the preferred one first, ended by NULL. NULL: the strongest one of
     * postino_sasl_all that the server offers. EXTERNAL must be named. */
    const struct postino_mechanism *const *mechanisms;
    /* For SCRAM and CRAM-MD5: see postino/sasl_openssl.h and postino/sasl_mbedtls.h. NULL: they are passed
     * over. */
    const struct postino_sasl_crypto *crypto;
    void *crypto_context;
    /* Not 0: user and password went through SASLprep (postino/saslprep_idn.h), or go out unchanged: see
     * struct postino_credentials. */
    int prepared;
    /* NULL: &postino_tls_required. The other policies are chosen by name; no policy falls back after a failed
     * handshake. */
    const struct postino_tls_policy *tls;
    int allow_clear_text_auth; /* not 0: PLAIN and LOGIN on a connection that is not encrypted */
    /* Not 0: after refused credentials (534, 535, 538) the next offered mechanism is tried. Servers count
     * such attempts and may lock the account. */
    int try_every_mechanism;
    int lmtp;                                      /* not 0: LMTP (RFC 2033) in place of SMTP */
    uint32_t connect_timeout_ms;                   /* 0: 30 s */
    uint16_t mails_in_flight_max;                  /* as in struct postino_session_config, but 0: 32 */
    uint32_t group_octets_max;                     /* as in struct postino_session_config */
    const struct postino_time_limits *time_limits; /* NULL: those of RFC 5321 */
    /* NULL: all extensions; each is used where the server offers it. */
    const struct postino_extension *const *extensions;
    /* As in struct postino_session_config; NULL: none. The client fills in records besides. */
    void (*on_reply)(void *context, struct postino_mail *mail, struct postino_recipient *recipient,
                     const struct postino_reply *reply);
    void *on_reply_context;
    postino_trace_function trace; /* NULL: none; secrets are masked */
    void *trace_context;
};

struct postino_client {
    /* private */
    struct postino_transport *transport;
    struct postino_trace_transport trace;
    struct postino_session session;
    struct postino_session_config session_config;
    struct postino_credentials credentials;
    struct postino_sasl_state sasl;
    struct postino_mail *again;      /* to be sent over another connection */
    struct postino_mail *again_last; /* the last of these mails; valid while there is one */
    uint32_t connect_timeout_ms;
    uint32_t avoided; /* extensions that do not work with this server, of enum postino_capability */
    uint8_t helo;     /* the next connection begins with HELO */
    uint8_t settled;  /* a mail was finished over this connection */
    int connected;
    int progress; /* this connection decided one of the mails that were submitted together */
};

/* Prepares a client over a closed transport, and connects nothing yet. The transport, the strings and the
 * time limits are borrowed as long as the client is used. The client points into itself, so it must not be
 * copied. Returns 0, or:
 * - POSTINO_ERROR_ARGUMENT: a NULL pointer, or a user without password, token or mechanisms;
 * - POSTINO_ERROR_OBJECT_SIZE, POSTINO_ERROR_EHLO_NAME;
 * - POSTINO_ERROR_CREDENTIALS, POSTINO_ERROR_CREDENTIALS_SIZE or POSTINO_ERROR_PREPARED: see
 *   postino_session_init();
 * - POSTINO_ERROR_TLS_UNAVAILABLE: the policy is not postino_tls_none, and the transport has no TLS (see
 *   postino/tls_openssl.h). */
#define postino_client_init(client, transport, config) \
    postino_client_init_sized((client), sizeof *(client), (transport), (config))
int postino_client_init_sized(struct postino_client *client, size_t client_octets,
                              struct postino_transport *transport,
                              const struct postino_client_config *config);

/* Sends one mail, and blocks until the mail is finished. Connects first if no connection is open, and leaves
 * the connection open for the next mail. Mail, recipients and source are borrowed during the call.
 *
 * Returns 0 if the server accepted the mail for every recipient, else the first error. With
 * postino_delivery_partial it returns 0 if the server accepted the mail for some recipient. The mail's result
 * and the outcome of each recipient have the particulars. POSTINO_OUTCOME_UNKNOWN there means that the mail
 * may have been delivered. Special results:
 * - POSTINO_ERROR_STATE: submitted mails are not collected yet.
 * - POSTINO_AGAIN, of a transport with a time limit of its own: the mail is still under way and borrowed.
 *   postino_client_collect() continues with it.
 *
 * The client sends a mail once more, over a new connection, if the server had closed the connection and had
 * not accepted the mail's MAIL command. The same holds for a connection that is lost in the handshake after
 * STARTTLS. Mails that were submitted together get a new connection also after each connection that decided
 * one of them, because servers limit the mails of a connection.
 *
 * Some servers offer a feature that does not work. If the server cannot have accepted the mail, the client
 * sends it once more over a new connection and without this feature. It remembers the feature and sends later
 * mails without it too:
 * - BDAT is answered 500, 501, 502 or 503: DATA, if the source can be read again;
 * - the commands of a group are never answered: each command waits for its reply;
 * - MAIL is answered 504 or 555: no SIZE, no BODY=8BITMIME, and no options that the mail names as optional.
 *
 * It does not remember two cases. After 450, 451 or 452 to MAIL over a used connection, the mail goes out
 * over a new one. After a connection that ends at EHLO, HELO follows if no credentials, no required TLS and
 * no options need EHLO. */
int postino_client_send(struct postino_client *client, struct postino_mail *mail);

/* Submits a mail and returns at once. Nothing is connected or sent before postino_client_collect(). If the
 * server offers PIPELINING, submitted mails follow each other without waiting. Mail, recipients, options and
 * source are borrowed until postino_client_collect() returns the mail.
 *
 * Returns 0, or the error of a mail that is not accepted for sending; the mail's result has the error too. An
 * object that is in use (see postino/mail.h) stays unchanged. With POSTINO_ERROR_MAIL_IN_USE nothing is
 * written to the mail, with the other codes nothing to recipients that are in another mail. */
int postino_client_submit(struct postino_client *client, struct postino_mail *mail);

/* Sends the submitted mails until one is finished, and returns this mail; NULL: none is left. Blocks; the
 * time limits bound each wait. Mails come in the order of postino_session_finished(). A mail that needs
 * another connection comes later: see postino_client_send(), and LIMITS (RFC 9422). */
struct postino_mail *postino_client_collect(struct postino_client *client);

/* Connects and authenticates if no connection is open, so that the first mail finds it ready. If the server
 * ends the connection at EHLO, the client says HELO as in postino_client_send(). Blocks. Returns 0: the
 * server is ready for a mail; POSTINO_ERROR_STATE: there is no connection, and the mails of the last one must
 * be collected first; or the session's error. */
int postino_client_connect(struct postino_client *client);

/* Sends a service command (see postino_session_service()). Connects first if no connection is open. Blocks
 * until the reply came. Returns 0 if it came, whatever it says: see service->reply_code. Otherwise returns
 * the session's error, POSTINO_ERROR_ARGUMENT, or POSTINO_ERROR_STATE while submitted mails are not
 * collected. */
int postino_client_service(struct postino_client *client, struct postino_service *service);

/* Ends the connection once the submitted mails are finished, with QUIT where the connection stands. The mails
 * must still be collected. Without a connection the function does nothing. The client can send again
 * afterwards. */
void postino_client_quit(struct postino_client *client);

/* Returns the session, for postino_session_text(), _result(), _mechanism() and _capabilities(). Valid as long
 * as the client. */
const struct postino_session *postino_client_session(const struct postino_client *client);

#ifdef __cplusplus
}
#endif

#endif
