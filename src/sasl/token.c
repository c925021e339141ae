/* SPDX-License-Identifier: MIT */
/* What XOAUTH2 and OAUTHBEARER have in common: a server that refuses the token says why in a challenge, gets
 * an answer without meaning, and then refuses. Invariant: what it said is what the refusal is told with. */
#include "exchange.h"

void postino_sasl_token_respond(struct postino_emitter *emitter,
                                const struct postino_credentials *credentials)
{
    postino_emit_text(emitter, credentials->state->first);
    postino_emit_text(emitter, credentials->token);
    postino_emit_text(emitter, "\001\001");
}

int postino_sasl_token_challenge(struct postino_session *session, unsigned round)
{
    const struct postino_sasl_state *state = session->config->credentials->state;
    const size_t most =
        sizeof session->text < sizeof state->challenge ? sizeof session->text : sizeof state->challenge;
    size_t i;

    if (round == 0)
        return POSTINO_OK;
    if (round != 1)
        return POSTINO_ERROR_CHALLENGE;
    /* The text that the refusal is told with: what it says itself is poorer. */
    for (i = 0; i < state->challenge_octets && i < most; i++)
        session->text[i] = (char)postino_shown_octet(state->challenge[i]);
    session->reply.text_octets = i;
    session->text_is_error = 1;
    return POSTINO_OK;
}
