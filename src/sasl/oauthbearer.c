/* SPDX-License-Identifier: MIT */
/* OAUTHBEARER (RFC 7628): a bearer token, which is borrowed however long it is. Invariant: what stands before
 * it is composed once, into the state, before anything goes out. */
#include "exchange.h"

static void oauthbearer_begin(const struct postino_session *session, struct postino_emitter *first)
{
    const struct postino_credentials *credentials = session->config->credentials;
    const char *authzid = credentials->authzid != NULL ? credentials->authzid : credentials->user;

    postino_emit_text(first, "n,");
    if (authzid != NULL) {
        postino_emit_text(first, "a=");
        postino_sasl_emit_name(first, authzid);
    }
    postino_emit_text(first, ",\001");
    if (credentials->host != NULL) {
        postino_emit_text(first, "host=");
        postino_emit_text(first, credentials->host);
        postino_emit(first, 1);
    }
    if (credentials->port != 0) {
        postino_emit_text(first, "port=");
        postino_emit_number(first, credentials->port);
        postino_emit(first, 1);
    }
    postino_emit_text(first, SASL_TOKEN_FRONT);
}

static void oauthbearer_respond(struct postino_emitter *emitter,
                                const struct postino_credentials *credentials, unsigned round)
{
    if (round == 0)
        postino_sasl_token_respond(emitter, credentials);
    else
        postino_emit(emitter, 1);
}

static const struct postino_sasl_exchange oauthbearer_exchange = {
    postino_sasl_start, postino_sasl_allowed, oauthbearer_begin, postino_sasl_token_challenge, 1};

const struct postino_mechanism postino_sasl_oauthbearer = {.name = POSTINO_TEXT("OAUTHBEARER"),
                                                           .respond = oauthbearer_respond,
                                                           .flags = POSTINO_MECHANISM_CLEAR_TEXT |
                                                                    POSTINO_MECHANISM_INITIAL_RESPONSE,
                                                           .needs = POSTINO_NEEDS_TOKEN,
                                                           .exchange = &oauthbearer_exchange};
