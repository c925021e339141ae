/* SPDX-License-Identifier: MIT */
/* The next mechanism, where the server refuses one (RFC 4954 section 6). Invariant: each mechanism is tried
 * once, so an authentication has an end. */
#include "auth.h"
#include "state.h"

/* Whether another mechanism may do. */
static int auth_next_helps(const struct postino_session *session)
{
    switch (session->reply.code) {
    case 500:
    case 501:
    case 502:
    case 504:
        /* The mechanism does not work there, though it is listed. */
        return 1;
    case 534:
    case 535:
    case 538:
        return (session->config->flags & POSTINO_SESSION_AUTH_NEXT) != 0;
    default:
        return 0;
    }
}

unsigned postino_auth_next_refused(struct postino_session *session, const struct postino_step *step)
{
    /* The one that was tried is the lowest bit; without any it was the last resort. */
    uint32_t left = session->offered & (session->offered - 1);

    if (step->id != POSTINO_STEP_AUTH || left == 0 || !auth_next_helps(session))
        return postino_steps_refused(session, step);
    session->offered = left;
    /* A token's error belongs to the mechanism that was refused. */
    session->text_is_error = 0;
    return postino_auth_begin(session);
}
