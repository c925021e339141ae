/* SPDX-License-Identifier: MIT */
/* PLAIN, LOGIN, EXTERNAL and CRAM-MD5, and the order of the automatic choice. */
#include "exchange.h"

/* PLAIN (RFC 4616): [authzid] NUL user NUL password. The response is the same for every challenge: a server
 * that ignored the initial response asks for it again (RFC 4954 section 4). */
static void plain_respond(struct postino_emitter *emitter, const struct postino_credentials *credentials,
                          unsigned round)
{
    (void)round;
    if (credentials->authzid != NULL)
        postino_emit_text(emitter, credentials->authzid);
    postino_emit(emitter, '\0');
    postino_emit_text(emitter, credentials->user);
    postino_emit(emitter, '\0');
    postino_emit_text(emitter, credentials->password);
}

const struct postino_mechanism postino_sasl_plain = {
    POSTINO_TEXT("PLAIN"),
    plain_respond,
    POSTINO_MECHANISM_CLEAR_TEXT | POSTINO_MECHANISM_INITIAL_RESPONSE | POSTINO_MECHANISM_PREPARED,
    POSTINO_NEEDS_USER | POSTINO_NEEDS_PASSWORD,
    0,
    2,
    NULL};

/* LOGIN: the user name answers the first challenge, the password the second, and their texts do not matter.
 * Servers differ on an initial response, so there is none. */
static void login_respond(struct postino_emitter *emitter, const struct postino_credentials *credentials,
                          unsigned round)
{
    postino_emit_text(emitter, round == 0 ? credentials->user : credentials->password);
}

const struct postino_mechanism postino_sasl_login = {POSTINO_TEXT("LOGIN"),
                                                     login_respond,
                                                     POSTINO_MECHANISM_CLEAR_TEXT,
                                                     POSTINO_NEEDS_USER | POSTINO_NEEDS_PASSWORD,
                                                     0,
                                                     2,
                                                     NULL};

/* EXTERNAL (RFC 4422 appendix A): the response is the authzid, or empty. */
static int external_challenge(struct postino_session *session, unsigned round)
{
    (void)session;
    return round == 0 ? POSTINO_OK : POSTINO_ERROR_CHALLENGE;
}

static void external_respond(struct postino_emitter *emitter, const struct postino_credentials *credentials,
                             unsigned round)
{
    (void)round;
    if (credentials->authzid != NULL)
        postino_emit_text(emitter, credentials->authzid);
}

static const struct postino_sasl_exchange external_exchange = {postino_sasl_start, postino_sasl_allowed, NULL,
                                                               external_challenge, 1};

const struct postino_mechanism postino_sasl_external = {POSTINO_TEXT("EXTERNAL"),
                                                        external_respond,
                                                        POSTINO_MECHANISM_INITIAL_RESPONSE,
                                                        POSTINO_NEEDS_CERTIFICATE,
                                                        0,
                                                        0,
                                                        &external_exchange};

/* CRAM-MD5 (RFC 2195): the name, and the HMAC of the challenge with the password as its key, in
 * hexadecimal. */
#define CRAM_DIGEST_OCTETS 16

static int cram_challenge(struct postino_session *session, unsigned round)
{
    struct postino_sasl_state *state = session->config->credentials->state;
    struct postino_span key = postino_sasl_password(session);
    struct postino_span challenge = {state->challenge, state->challenge_octets};

    if (round != 0)
        return POSTINO_ERROR_CHALLENGE;
    /* The answer to an empty challenge would be a digest that anybody could use again. */
    if (challenge.length_octets == 0)
        return POSTINO_ERROR_CHALLENGE_SYNTAX;
    postino_sasl_hmac(session, &key, &challenge, 1, state->signature);
    state->digest_octets = CRAM_DIGEST_OCTETS;
    return POSTINO_OK;
}

static void cram_respond(struct postino_emitter *emitter, const struct postino_credentials *credentials,
                         unsigned round)
{
    const struct postino_sasl_state *state = credentials->state;
    unsigned i;

    (void)round;
    postino_emit_text(emitter, credentials->user);
    postino_emit(emitter, ' ');
    /* There is no digest before the challenge came. */
    for (i = 0; i < 2u * state->digest_octets; i++) {
        unsigned octet = state->signature[i / 2];
        unsigned digit = (i & 1) != 0 ? octet & 15 : octet >> 4;

        postino_emit(emitter, digit < 10 ? digit + '0' : digit - 10 + 'a');
    }
}

static const struct postino_sasl_exchange cram_exchange = {postino_sasl_start, postino_sasl_allowed, NULL,
                                                           cram_challenge, 1};

const struct postino_mechanism postino_sasl_cram_md5 = {POSTINO_TEXT("CRAM-MD5"),
                                                        cram_respond,
                                                        POSTINO_MECHANISM_PREPARED,
                                                        POSTINO_NEEDS_USER | POSTINO_NEEDS_PASSWORD |
                                                            POSTINO_NEEDS_CRYPTO,
                                                        POSTINO_HASH_MD5,
                                                        0,
                                                        &cram_exchange};

/* A caller that sets a token wants it used, so tokens come before passwords. */
const struct postino_mechanism *const postino_sasl_all[] = {
    &postino_sasl_oauthbearer,
    &postino_sasl_xoauth2,
    &postino_sasl_scram_sha_256_plus,
    &postino_sasl_scram_sha_1_plus,
    &postino_sasl_scram_sha_512,
    &postino_sasl_scram_sha_256,
    &postino_sasl_scram_sha_1,
    &postino_sasl_cram_md5,
    /* Equally strong, but PLAIN takes one round trip less. */
    &postino_sasl_plain,
    &postino_sasl_login,
    NULL,
};
