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
struct postino_sasl_state;
struct postino_credentials;
struct postino_sasl_exchange;

/* Room for SCRAM's salt: the least that every build has. */
#define POSTINO_SASL_SALT_OCTETS 128

enum postino_mechanism_flag {
    POSTINO_MECHANISM_CLEAR_TEXT = 1, /* the password, or the token, goes out readable */
    /* The first response may travel with the AUTH command (RFC 4954 section 4). */
    POSTINO_MECHANISM_INITIAL_RESPONSE = 2,
    POSTINO_MECHANISM_PREPARED = 4 /* name and password need SASLprep (RFC 4013) */
};

/* The needs of a mechanism. A mechanism whose needs are not met is not chosen. */
enum postino_mechanism_need {
    POSTINO_NEEDS_PASSWORD = 1,
    POSTINO_NEEDS_TOKEN = 2,
    POSTINO_NEEDS_CRYPTO = 4,
    POSTINO_NEEDS_CHANNEL_BINDING = 8, /* of the TLS connection */
    POSTINO_NEEDS_CERTIFICATE = 16,    /* the client showed one */
    POSTINO_NEEDS_USER = 32
};

/* A SASL mechanism (RFC 4422). A build links the mechanisms that its configuration names. */
struct postino_mechanism {
    const char *name; /* as the EHLO reply lists it, in upper case */
    /* Emits the response of round `round`; the first round is 0. Emits the same octets each time that it is
     * called in one round. The emitter encodes them in base64. */
    void (*respond)(struct postino_emitter *emitter, const struct postino_credentials *credentials,
                    unsigned round);
    uint8_t flags;  /* of enum postino_mechanism_flag */
    uint8_t needs;  /* of enum postino_mechanism_need */
    uint8_t hash;   /* enum postino_hash, with POSTINO_NEEDS_CRYPTO */
    uint8_t rounds; /* without `exchange`: the number of responses; one more challenge cancels the exchange */
    /* NULL: the text of challenges does not matter, and 235 alone decides. */
    const struct postino_sasl_exchange *exchange;
};

/* The client's identity. Everything is borrowed as long as the session that uses it; no password and no token
 * is copied. Start from {0}; a mechanism needs only the members that it uses.
 *
 * A line of more than POSTINO_AUTH_LINE_OCTETS is not sent (RFC 4954 section 4). PLAIN and LOGIN then fail in
 * postino_session_init() with POSTINO_ERROR_CREDENTIALS_SIZE, other mechanisms fail in the session. */
struct postino_credentials {
    const char *user;
    const char *password;
    const char *authzid; /* the identity to act as (RFC 4422); NULL: the user. LOGIN and CRAM-MD5 ignore it */
    const char *token;   /* a bearer token (RFC 6750) for XOAUTH2 and OAUTHBEARER */
    const char *host;    /* the server's name and port, for OAUTHBEARER (RFC 7628); NULL, 0: not said */
    uint16_t port;
    /* Not 0: name and password went through SASLprep, or need no preparation. With 0, names and passwords
     * with octets above 127 are refused for mechanisms that need SASLprep. */
    uint8_t prepared;
    /* The channel binding to use, "tls-exporter" or another; NULL: the first one of the TLS connection. */
    const char *channel_binding;
    /* For SCRAM and CRAM-MD5; NULL: they are passed over. */
    const struct postino_sasl_crypto *crypto;
    void *crypto_context;
    /* Working memory for all mechanisms but PLAIN and LOGIN. */
    struct postino_sasl_state *state;
    /* Bounds of SCRAM's iteration count. Few iterations make a password cheap to guess, many keep the client
     * busy. 0: 4096 and 1000000. */
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
/* As Google and Microsoft document it. The server explains a refused token in JSON, which
 * postino_session_text() returns. */
extern const struct postino_mechanism postino_sasl_xoauth2;
/* RFC 7628; an error as with XOAUTH2. */
extern const struct postino_mechanism postino_sasl_oauthbearer;
/* RFC 4422 appendix A: the certificate that the client showed in TLS is its identity. */
extern const struct postino_mechanism postino_sasl_external;

/* All mechanisms but EXTERNAL, the strongest first, ended by NULL: tokens, SCRAM, CRAM-MD5, PLAIN, LOGIN.
 * Mechanisms whose needs are not met are passed over. */
extern const struct postino_mechanism *const postino_sasl_all[];

/* Working memory of a mechanism that reads challenges. The caller supplies one for each session. */
struct postino_sasl_state {
    /* private */
    uint8_t digits;            /* of the challenge's base64 */
    uint8_t padding;           /* '=' among them */
    uint8_t challenge_error;   /* it is no base64, or too long; or a hash failed */
    uint8_t initial;           /* the first response went with the command */
    uint8_t verified;          /* the server proved that it knows the password, or need not */
    uint8_t digest_octets;     /* of the mechanism's hash */
    uint16_t bits;             /* of the digits that came last */
    uint16_t challenge_octets; /* that are decoded */
    int16_t error;             /* that the exchange is cancelled for; 0: it goes on */
    uint16_t bare;             /* of `first`: where client-first-message-bare begins */
    uint16_t nonce;            /* where our nonce does */
    uint16_t first_octets;     /* up to its end */
    uint16_t binding;          /* where ",c=...," begins: SCRAM's channel binding, in base64 */
    uint16_t binding_octets;
    uint16_t server_nonce; /* octets of "r=" and the whole nonce, with which the challenge begins */
    uint8_t signature[POSTINO_HASH_OCTETS_MAX];
    char proof[92]; /* ",p=" and it in base64 */
    /* The first response; OAUTHBEARER's up to the token. */
    char first[POSTINO_SASL_FIRST_OCTETS];
    /* The arriving challenge, decoded, and behind it its parts, decoded. */
    uint8_t challenge[POSTINO_SASL_CHALLENGE_OCTETS + POSTINO_SASL_SALT_OCTETS];
};

/* Wipes the state. The session does so when the exchange ends. Call it after postino_session_lost() for an
 * exchange that was cut off. May be called at any time that no session uses the state. */
void postino_sasl_wipe(struct postino_sasl_state *state);

#ifdef __cplusplus
}
#endif

#endif
