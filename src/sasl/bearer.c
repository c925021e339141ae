/* SPDX-License-Identifier: MIT */
/* XOAUTH2 (Google and Microsoft) and OAUTHBEARER (RFC 7628) send a bearer token. The token is borrowed, so
 * its length has no limit. Invariant: the front of the response, up to the token, is composed once, into the
 * state, before anything goes out. */
#include "exchange.h"

#define BEARER_FRONT "auth=Bearer "
#define BEARER_FLAGS (POSTINO_MECHANISM_CLEAR_TEXT | POSTINO_MECHANISM_INITIAL_RESPONSE)

/* Emits the response that holds the token. */
static void bearer_respond(struct postino_emitter *emitter, const struct postino_credentials *credentials)
{
    postino_emit_text(emitter, credentials->state->first);
    postino_emit_text(emitter, credentials->token);
    postino_emit_text(emitter, "\001\001");
}

/* A server that refuses the token sends its reason as a challenge. The client answers it, and the server
 * refuses then. */
static int bearer_challenge(struct postino_session *session, unsigned round)
{
    const struct postino_sasl_state *state = session->config->credentials->state;
    const size_t most =
        sizeof session->text < sizeof state->challenge ? sizeof session->text : sizeof state->challenge;
    size_t i;

    if (round == 0)
        return POSTINO_OK;
    if (round != 1)
        return POSTINO_ERROR_CHALLENGE;
    /* The refusal is reported with this text: it says more than the text of the reply. */
    for (i = 0; i < state->challenge_octets && i < most; i++)
        session->text[i] = (char)postino_shown_octet(state->challenge[i]);
    session->reply.text_octets = i;
    session->text_is_error = 1;
    return POSTINO_OK;
}

static void xoauth2_begin(const struct postino_session *session, struct postino_emitter *first)
{
    postino_emit_text(first, "user=");
    postino_emit_text(first, session->config->credentials->user);
    postino_emit_text(first, "\001" BEARER_FRONT);
}

static void xoauth2_respond(struct postino_emitter *emitter, const struct postino_credentials *credentials,
                            unsigned round)
{
    if (round == 0)
        bearer_respond(emitter, credentials);
}

static const struct postino_sasl_exchange xoauth2_exchange = {postino_sasl_start, postino_sasl_allowed,
                                                              xoauth2_begin, bearer_challenge, 1};

const struct postino_mechanism postino_sasl_xoauth2 = {
    POSTINO_TEXT("XOAUTH2"), xoauth2_respond, BEARER_FLAGS, POSTINO_NEEDS_USER | POSTINO_NEEDS_TOKEN, 0, 0,
    &xoauth2_exchange};

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
    postino_emit_text(first, BEARER_FRONT);
}

static void oauthbearer_respond(struct postino_emitter *emitter,
                                const struct postino_credentials *credentials, unsigned round)
{
    if (round == 0)
        bearer_respond(emitter, credentials);
    else
        postino_emit(emitter, 1);
}

static const struct postino_sasl_exchange oauthbearer_exchange = {postino_sasl_start, postino_sasl_allowed,
                                                                  oauthbearer_begin, bearer_challenge, 1};

const struct postino_mechanism postino_sasl_oauthbearer = {
    POSTINO_TEXT("OAUTHBEARER"), oauthbearer_respond, BEARER_FLAGS, POSTINO_NEEDS_TOKEN, 0, 0,
    &oauthbearer_exchange};
