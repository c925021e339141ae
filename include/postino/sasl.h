/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_SASL_H
#define POSTINO_SASL_H

#include "postino/config.h"
#include "postino/crypto.h"
#include "postino/source.h"

#ifdef __cplusplus
extern "C" {
#endif

struct postino_session;
struct postino_emitter;
struct postino_sasl_state; /* postino/session.h */
struct postino_credentials;
struct postino_sasl_exchange;

/* Room for SCRAM's salt, at least. */
#define POSTINO_SASL_SALT_OCTETS 128

enum postino_mechanism_flag {
    POSTINO_MECHANISM_CLEAR_TEXT = 1, /* whoever reads the connection learns the password, or the token */
    POSTINO_MECHANISM_INITIAL_RESPONSE =
        2, /* the first response may travel with the AUTH command (RFC 4954 section 4) */
    POSTINO_MECHANISM_PREPARED = 4 /* name and password are to be prepared (RFC 4013) */
};

/* What a mechanism needs; one whose needs are not met is not chosen. */
enum postino_mechanism_need {
    POSTINO_NEEDS_PASSWORD = 1,
    POSTINO_NEEDS_TOKEN = 2,
    POSTINO_NEEDS_CRYPTO = 4,
    POSTINO_NEEDS_CHANNEL_BINDING = 8, /* of the TLS connection */
    POSTINO_NEEDS_CERTIFICATE = 16,    /* the client showed one */
    POSTINO_NEEDS_USER = 32
};

/* A SASL mechanism (RFC 4422). A build carries those that its configuration names. */
struct postino_mechanism {
    const char *name; /* as the EHLO reply lists it, in upper case */
    /* Puts out the response of round `round`, the first being 0: the same each time that it is called in that
     * round. It goes out in base64. */
    void (*respond)(struct postino_emitter *emitter, const struct postino_credentials *credentials,
                    unsigned round);
    uint8_t flags;  /* of enum postino_mechanism_flag */
    uint8_t needs;  /* of enum postino_mechanism_need */
    uint8_t hash;   /* enum postino_hash, with POSTINO_NEEDS_CRYPTO */
    uint8_t rounds; /* without `exchange`: as many responses it has; a challenge more cancels it */
    /* NULL: what the server's challenges say does not matter, and 235 alone decides. */
    const struct postino_sasl_exchange *exchange;
};

/* Who we are. Everything is borrowed for as long as the session that uses it; no password and no token is
 * copied. Start from {0}: only what a mechanism needs must be there. What would take a line of more than
 * POSTINO_AUTH_LINE_OCTETS is not sent (RFC 4954 section 4): POSTINO_ERROR_CREDENTIALS, of
 * postino_session_init() where PLAIN or LOGIN would say it, of the session where another mechanism would. */
struct postino_credentials {
    const char *user;
    const char *password;
    const char *authzid; /* as whom to act (RFC 4422); NULL: as the user. Of no use to LOGIN and CRAM-MD5 */
    const char *token;   /* a bearer token (RFC 6750) for XOAUTH2 and OAUTHBEARER */
    const char *host;    /* the server's name and port, for OAUTHBEARER (RFC 7628); NULL, 0: not said */
    uint16_t port;
    /* Not 0: name and password went through SASLprep, or need not. Without it those that hold octets above
     * 127 are refused for mechanisms that want them prepared. */
    uint8_t prepared;
    /* The channel binding to use: "tls-exporter" and the like; NULL: the first that the TLS connection
     * has. */
    const char *channel_binding;
    /* For SCRAM and CRAM-MD5. */
    const struct postino_sasl_crypto *crypto;
    void *crypto_context;
    /* For all mechanisms but PLAIN and LOGIN. */
    struct postino_sasl_state *state;
    /* SCRAM's iteration count: fewer help whoever guesses, more keep us busy. 0: 4096 and 1000000. */
    uint32_t iterations_min;
    uint32_t iterations_max;
};

/* RFC 4616. */
extern const struct postino_mechanism postino_sasl_plain;
/* draft-murchison-sasl-login-00: the name answers the first challenge, the password the second. */
extern const struct postino_mechanism postino_sasl_login;
/* RFC 2195. */
extern const struct postino_mechanism postino_sasl_cram_md5;
/* RFC 5802, RFC 7677; with -PLUS bound to the TLS connection (RFC 5929, RFC 9266). */
extern const struct postino_mechanism postino_sasl_scram_sha_1;
extern const struct postino_mechanism postino_sasl_scram_sha_256;
extern const struct postino_mechanism postino_sasl_scram_sha_512;
extern const struct postino_mechanism postino_sasl_scram_sha_1_plus;
extern const struct postino_mechanism postino_sasl_scram_sha_256_plus;
/* As Google and Microsoft document it: what the server says of a token that it refuses (JSON) is to be had
 * from postino_session_text(). */
extern const struct postino_mechanism postino_sasl_xoauth2;
/* RFC 7628; an error as with XOAUTH2. */
extern const struct postino_mechanism postino_sasl_oauthbearer;
/* RFC 4422 appendix A: the certificate that TLS showed says who we are. */
extern const struct postino_mechanism postino_sasl_external;

/* All of them, the strongest first, ended by NULL: tokens, SCRAM, CRAM-MD5, PLAIN, LOGIN. Those whose needs
 * are not met are passed over; EXTERNAL is not among them. */
extern const struct postino_mechanism *const postino_sasl_all[];

/* Forgets what the state holds. The session does so when the exchange ends; to be called after
 * postino_session_lost() for one that was cut off in it. */
void postino_sasl_wipe(struct postino_sasl_state *state);

#ifdef __cplusplus
}
#endif

#endif
