/* SPDX-License-Identifier: MIT */
/* XOAUTH2, and OAUTHBEARER (RFC 7628): a bearer token, which is borrowed however long it is. A server that refuses it
 * says why in a challenge, gets an answer without meaning, and then refuses. */
#include "internal.h"

static int token_challenge(struct postino_session *session, unsigned round)
{
    const struct postino_sasl_state *state = session->config->credentials->state;
    struct postino_service *service = session->service;
    size_t i;

    if (round == 0)
        return POSTINO_OK;
    if (round != 1)
        return POSTINO_ERROR_CHALLENGE;
    /* The text that the refusal is told with: what it says itself is poorer. */
    session->service = NULL;
    session->text_kept = 0;
    session->reply.text_octets = 0;
    for (i = 0; i < state->challenge_octets; i++)
        postino_session_keep_text(session, state->challenge[i]);
    session->text_kept = 1;
    session->service = service;
    return POSTINO_OK;
}

static int xoauth2_respond(const struct postino_credentials *credentials, unsigned round,
                           struct postino_span *spans)
{
    if (round != 0)
        return 0;
    spans[0] = (struct postino_span){"user=", POSTINO_SASL_TEXT};
    spans[1] = (struct postino_span){credentials->user, POSTINO_SASL_TEXT};
    spans[2] = (struct postino_span){"\001auth=Bearer ", POSTINO_SASL_TEXT};
    spans[3] = (struct postino_span){credentials->token, POSTINO_SASL_TEXT};
    spans[4] = (struct postino_span){"\001\001", 2};
    return 5;
}

static int oauthbearer_begin(const struct postino_session *session)
{
    const struct postino_credentials *credentials = session->config->credentials;
    struct postino_span spans[POSTINO_SASL_EXCHANGE_SPANS];
    char *text = credentials->state->proof;
    unsigned port = credentials->port;
    unsigned divisor = 1;

    while (port / divisor >= 10)
        divisor *= 10;
    for (; divisor != 0; divisor /= 10)
        *text++ = (char)('0' + port / divisor % 10);
    *text = '\0';
    return session->mechanism->respond(credentials, 0, spans) < 0 ? POSTINO_ERROR_CREDENTIALS : POSTINO_OK;
}

static int oauthbearer_respond(const struct postino_credentials *credentials, unsigned round,
                               struct postino_span *spans)
{
    const char *authzid = credentials->authzid != NULL ? credentials->authzid : credentials->user;
    int count = 1;

    if (round != 0) {
        spans[0] = (struct postino_span){"\001", 1};
        return 1;
    }
    spans[0] = (struct postino_span){"n,", 2};
    if (authzid != NULL) {
        int more = postino_sasl_name(authzid, spans + 2, POSTINO_SASL_EXCHANGE_SPANS - 12);

        if (more < 0)
            return -1;
        spans[1] = (struct postino_span){"a=", 2};
        count = more + 2;
    }
    spans[count++] = (struct postino_span){",\001", 2};
    if (credentials->host != NULL) {
        spans[count++] = (struct postino_span){"host=", 5};
        spans[count++] = (struct postino_span){credentials->host, POSTINO_SASL_TEXT};
        spans[count++] = (struct postino_span){"\001", 1};
    }
    if (credentials->port != 0) {
        spans[count++] = (struct postino_span){"port=", 5};
        spans[count++] = (struct postino_span){credentials->state->proof, POSTINO_SASL_TEXT};
        spans[count++] = (struct postino_span){"\001", 1};
    }
    spans[count++] = (struct postino_span){"auth=Bearer ", POSTINO_SASL_TEXT};
    spans[count++] = (struct postino_span){credentials->token, POSTINO_SASL_TEXT};
    spans[count++] = (struct postino_span){"\001\001", 2};
    return count;
}

static const struct postino_sasl_exchange xoauth2_exchange = {postino_sasl_start, postino_sasl_allowed, NULL,
                                                              token_challenge, NULL};
static const struct postino_sasl_exchange oauthbearer_exchange = {postino_sasl_start, postino_sasl_allowed,
                                                                  oauthbearer_begin, token_challenge, NULL};

const struct postino_mechanism postino_sasl_xoauth2 = {.name = "XOAUTH2",
                                                       .respond = xoauth2_respond,
                                                       .flags = POSTINO_MECHANISM_CLEAR_TEXT |
                                                                POSTINO_MECHANISM_INITIAL_RESPONSE,
                                                       .needs = POSTINO_NEEDS_USER | POSTINO_NEEDS_TOKEN,
                                                       .exchange = &xoauth2_exchange};

const struct postino_mechanism postino_sasl_oauthbearer = {.name = "OAUTHBEARER",
                                                           .respond = oauthbearer_respond,
                                                           .flags = POSTINO_MECHANISM_CLEAR_TEXT |
                                                                    POSTINO_MECHANISM_INITIAL_RESPONSE,
                                                           .needs = POSTINO_NEEDS_TOKEN,
                                                           .exchange = &oauthbearer_exchange};
