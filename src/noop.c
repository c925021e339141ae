/* SPDX-License-Identifier: MIT */
/* NOOP (RFC 5321 section 4.1.1.9), in a file of its own so that only a build that asks for it carries it.
 * Whatever the reply says, the connection lives. */
#include "internal.h"

static const struct postino_step noop_step = {"NOOP",
                                              POSTINO_STEP_NOOP,
                                              0,
                                              offsetof(struct postino_time_limits, command_ms),
                                              postino_emit_nothing,
                                              postino_steps_next};

int postino_session_noop(struct postino_session *session)
{
    if ((postino_session_want(session) & POSTINO_WANT_MAIL) == 0)
        return POSTINO_ERROR_STATE;
    postino_session_enter(session, &noop_step);
    return POSTINO_OK;
}
