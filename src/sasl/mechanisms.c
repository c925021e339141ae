/* SPDX-License-Identifier: MIT */
/* The mechanisms without a computation (PLAIN, LOGIN, EXTERNAL) and the order of the automatic choice. */
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
    .name = POSTINO_TEXT("PLAIN"),
    .respond = plain_respond,
    .flags = POSTINO_MECHANISM_CLEAR_TEXT | POSTINO_MECHANISM_INITIAL_RESPONSE | POSTINO_MECHANISM_PREPARED,
    .needs = POSTINO_NEEDS_USER | POSTINO_NEEDS_PASSWORD,
    .rounds = 2};

/* LOGIN: the user name answers the first challenge, the password the second, and their texts do not matter.
 * Servers differ on an initial response, so there is none. */
static void login_respond(struct postino_emitter *emitter, const struct postino_credentials *credentials,
                          unsigned round)
{
    postino_emit_text(emitter, round == 0 ? credentials->user : credentials->password);
}

const struct postino_mechanism postino_sasl_login = {.name = POSTINO_TEXT("LOGIN"),
                                                     .respond = login_respond,
                                                     .flags = POSTINO_MECHANISM_CLEAR_TEXT,
                                                     .needs = POSTINO_NEEDS_USER | POSTINO_NEEDS_PASSWORD,
                                                     .rounds = 2};

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

const struct postino_mechanism postino_sasl_external = {.name = POSTINO_TEXT("EXTERNAL"),
                                                        .respond = external_respond,
                                                        .flags = POSTINO_MECHANISM_INITIAL_RESPONSE,
                                                        .needs = POSTINO_NEEDS_CERTIFICATE,
                                                        .exchange = &external_exchange};

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
