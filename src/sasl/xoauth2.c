/* SPDX-License-Identifier: MIT */
/* XOAUTH2, as Google and Microsoft document it: the name and a bearer token, which is borrowed however long
 * it is. */
#include "exchange.h"

static void xoauth2_begin(const struct postino_session *session, struct postino_emitter *first)
{
    postino_emit_text(first, "user=");
    postino_emit_text(first, session->config->credentials->user);
    postino_emit_text(first, "\001" SASL_TOKEN_FRONT);
}

static void xoauth2_respond(struct postino_emitter *emitter, const struct postino_credentials *credentials,
                            unsigned round)
{
    if (round == 0)
        postino_sasl_token_respond(emitter, credentials);
}

static const struct postino_sasl_exchange xoauth2_exchange = {postino_sasl_start, postino_sasl_allowed,
                                                              xoauth2_begin, postino_sasl_token_challenge, 1};

const struct postino_mechanism postino_sasl_xoauth2 = {.name = POSTINO_TEXT("XOAUTH2"),
                                                       .respond = xoauth2_respond,
                                                       .flags = POSTINO_MECHANISM_CLEAR_TEXT |
                                                                POSTINO_MECHANISM_INITIAL_RESPONSE,
                                                       .needs = POSTINO_NEEDS_USER | POSTINO_NEEDS_TOKEN,
                                                       .exchange = &xoauth2_exchange};
