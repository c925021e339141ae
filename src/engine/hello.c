/* SPDX-License-Identifier: MIT */
/* The first command of a session that may speak LMTP or have TLS, and the step behind its reply.
 * Invariant: where TLS is required, STARTTLS alone follows EHLO in clear text. */
#include "auth.h"
#include "state.h"

/* HELO does not follow a refusal here: without EHLO there is no TLS. */
static const struct postino_step hello_tls = {POSTINO_TEXT("EHLO \001"), POSTINO_STEP_EHLO, 2,
                                              offsetof(struct postino_time_limits, command_ms) | STEP_LISTS,
                                              STEP_KNOWN};

unsigned postino_hello(struct postino_session *session)
{
    const struct postino_session_config *config = session->config;

    if ((config->flags & POSTINO_SESSION_HELO) != 0)
        return STEP_HELO;
    if (config->lmtp != NULL)
        postino_session_enter(session, config->lmtp->hello);
    else if (config->tls != NULL && config->tls->required && session->tls == NULL)
        postino_session_enter(session, &hello_tls);
    else
        return STEP_EHLO;
    return STEP_STAY;
}

unsigned postino_hello_known(struct postino_session *session)
{
    if (session->config->tls != NULL && session->tls == NULL) {
        unsigned row = session->config->tls->next_row(session);

        if (row != STEP_NEXT)
            return row;
    }
    return postino_auth_begin(session);
}

const struct postino_feature_step postino_hello_greeting = {
    {NULL, POSTINO_STEP_GREETING, 220, offsetof(struct postino_time_limits, greeting_ms), STEP_DONE},
    NULL,
    postino_hello};
