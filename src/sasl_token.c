/* SPDX-License-Identifier: MIT */
/* What XOAUTH2 and OAUTHBEARER have in common: a server that refuses the token says why in a challenge, gets an answer
 * without meaning, and then refuses. Invariant: what it said is what the refusal is told with. */
#include "internal.h"

int postino_sasl_token_challenge(struct postino_session *session, unsigned round)
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
