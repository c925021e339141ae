/* SPDX-License-Identifier: MIT */
/* EXTERNAL (RFC 4422 appendix A): nothing but who to act as, if that is to be said. */
#include "exchange.h"

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
