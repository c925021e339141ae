/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_CLIENT_H
#define POSTINO_CLIENT_H

#include "postino/pump.h"
#include "postino/trace.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The blocking client: connects, sends mails over one connection, one by one or many at a time, quits. One
 * thread at a time. */

/* Start from {0}; only ehlo_name is required. */
struct postino_client_config {
    const char *ehlo_name; /* as in struct postino_session_config */
    const char *user;      /* without user, token and mechanisms: no authentication */
    const char *password;
    const char *token;   /* a bearer token, for XOAUTH2 and OAUTHBEARER */
    const char *authzid; /* as whom to act; NULL: as the user */
    const char *host;    /* the server's name and port, for OAUTHBEARER; NULL, 0: not said */
    uint16_t port;
    /* Those that may be used, the preferred one first, ended by NULL. NULL: the strongest that the server
     * offers of postino_sasl_all. EXTERNAL is to be named. */
    const struct postino_mechanism *const *mechanisms;
    /* For SCRAM and CRAM-MD5, which are passed over without it: see postino/sasl_openssl.h,
     * postino/sasl_mbedtls.h. */
    const struct postino_sasl_crypto *crypto;
    void *crypto_context;
    /* Not 0: user and password went through SASLprep (postino/saslprep_idn.h), or are to be sent as they are:
     * see struct postino_credentials. */
    int prepared;
    /* NULL: &postino_tls_required. The others are chosen by name, and nothing falls back in silence. */
    const struct postino_tls_policy *tls;
    int allow_clear_text_auth; /* not 0: PLAIN and LOGIN on a connection that is not encrypted */
    /* Not 0: where the server refuses the credentials (534, 535, 538) the next mechanism that it offers is
     * tried. Servers count such attempts, and may lock the account. */
    int try_every_mechanism;
    int lmtp;                                      /* not 0: LMTP (RFC 2033) in place of SMTP */
    uint32_t connect_timeout_ms;                   /* 0: 30 s */
    uint16_t mails_in_flight_max;                  /* as in struct postino_session_config, but 0: 32 */
    uint32_t group_octets_max;                     /* as in struct postino_session_config */
    const struct postino_time_limits *time_limits; /* NULL: those of RFC 5321 */
    /* NULL: all, each used where it is offered. */
    const struct postino_extension *const *extensions;
    /* As in struct postino_session_config; NULL: none. Records are filled in besides. */
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
    struct postino_mail *again_last; /* of them; not valid where there is none */
    uint32_t connect_timeout_ms;
    uint32_t avoided; /* extensions that do not work with this server, of enum postino_capability */
    uint8_t helo;     /* the next connection begins with HELO */
    uint8_t settled;  /* a mail was settled over this connection */
    int connected;
    int progress; /* this connection decided a mail of those that were handed in together */
};

/* Prepares a client over a closed transport; connects nothing yet. The transport, the strings and the time
 * limits are borrowed as long as the client is used; the client points into itself, so it must not be copied.
 * Returns 0; POSTINO_ERROR_ARGUMENT: a NULL pointer, or a user without password, token or mechanisms;
 * POSTINO_ERROR_OBJECT_SIZE; POSTINO_ERROR_EHLO_NAME; POSTINO_ERROR_CREDENTIALS: a user name or password
 * outside of ASCII that is not said to be prepared; or POSTINO_ERROR_TLS_UNAVAILABLE: the policy is not
 * postino_tls_none, and the transport has no TLS: see postino/tls_openssl.h. */
#define postino_client_init(client, transport, config) \
    postino_client_init_sized((client), sizeof *(client), (transport), (config))
int postino_client_init_sized(struct postino_client *client, size_t client_octets,
                              struct postino_transport *transport,
                              const struct postino_client_config *config);

/* Sends one mail, connecting first where no connection is open, and leaves the connection open for the next.
 * Blocks until the mail is settled. Mail, recipients and source are borrowed during the call. Returns 0 when
 * the server accepted the mail for every recipient, else the first error; mail->result and each recipient's
 * outcome have the particulars: POSTINO_OUTCOME_UNKNOWN there means that it may have been delivered all the
 * same. With postino_delivery_partial, 0 says that some recipient's mail was accepted. POSTINO_ERROR_STATE:
 * submitted mails are not collected yet. POSTINO_AGAIN, of a transport that has a patience of its own: the
 * mail is still under way and borrowed, and postino_client_collect() goes on with it. A mail that met a
 * connection which the server had closed, or one that was lost in the handshake behind STARTTLS, is sent over
 * a new one, once, if the server had not taken its MAIL command; of mails handed in together, also behind
 * each connection over which the server decided one of them: servers limit the mails of a connection.
 *
 * Some servers offer what does not work. Then the mail goes out once more, over a new connection and without
 * it, where the server cannot have accepted it; the client remembers, and sends later mails so too:
 * - BDAT is answered 500, 501, 502 or 503: DATA (if the source can be read again);
 * - commands of a group are never answered: each command waits for its reply;
 * - MAIL is answered 504 or 555: without SIZE, BODY=8BITMIME and the options that the mail names as optional.
 * Not remembered: MAIL answered 450, 451 or 452 over a connection that was used before, and a connection that
 * ends at EHLO: HELO, where no credentials, no required TLS and no options need EHLO. */
int postino_client_send(struct postino_client *client, struct postino_mail *mail);

/* Hands a mail in and returns at once; nothing is connected or sent before postino_client_collect(). Where
 * the server offers PIPELINING, the mails handed in travel behind each other without waiting. Mail,
 * recipients, options and source are borrowed until postino_client_collect() returns the mail. Returns 0, or
 * the error of a mail that is not taken, which its result has too. An object that is in use (see
 * postino/mail.h) is left as it is: for POSTINO_ERROR_MAIL_IN_USE nothing is written to the mail, otherwise
 * nothing to recipients that are in another mail. */
int postino_client_submit(struct postino_client *client, struct postino_mail *mail);

/* Sends what was handed in, until one mail is settled, and returns that mail; NULL when none is left. Blocks,
 * each wait bounded by the time limits. Mails come in the order of postino_session_finished(); one that goes
 * to another connection (see postino_client_send(); LIMITS, RFC 9422) comes later. */
struct postino_mail *postino_client_collect(struct postino_client *client);

/* Connects and authenticates, where no connection is open: a first mail finds it ready, and a failure is
 * known before there is one. A server that ends the connection at EHLO is asked by HELO, as
 * postino_client_send() says. Blocks. Returns 0: the server is ready for a mail; POSTINO_ERROR_STATE: there
 * is no connection, and mails of the one before are to be collected first; or the session's error. */
int postino_client_connect(struct postino_client *client);

/* Asks the server something (see postino_session_service()), connecting first where no connection is open.
 * Blocks until the reply came. Returns 0 when it did, whatever it says: see service->reply_code; or an error:
 * that of the session, POSTINO_ERROR_ARGUMENT, or POSTINO_ERROR_STATE while submitted mails are not
 * collected. */
int postino_client_service(struct postino_client *client, struct postino_service *service);

/* Ends the connection, with QUIT where it stands, once the mails handed in are settled: they are still to be
 * collected. Without a connection it does nothing. The client can send again afterwards. */
void postino_client_quit(struct postino_client *client);

/* The session, for postino_session_text(), _result(), _mechanism() and _capabilities(). Valid as long as the
 * client. */
const struct postino_session *postino_client_session(const struct postino_client *client);

#ifdef __cplusplus
}
#endif

#endif
