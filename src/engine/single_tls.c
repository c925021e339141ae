/* SPDX-License-Identifier: MIT */
/* The drivers of one mail where the connection may be encrypted (RFC 3207). Invariant: what follows EHLO is
 * the TLS policy's to say. */
#include "reply.h"
#include "single.h"

static unsigned single_want(const struct postino_session *session)
{
    unsigned want = postino_session_want_octets(session);

    return session->over == 0 && session->line == REPLY_TLS ? want | POSTINO_WANT_START_TLS : want;
}

const struct postino_mail_strategy postino_single_tls = {.greeting = &postino_hello_greeting.step,
                                                         .advance = postino_single_advance,
                                                         .want = single_want,
                                                         .after_ehlo = postino_hello_known,
                                                         .reply_complete = postino_steps_reply,
                                                         .reply = postino_single_reply,
                                                         .refuse = postino_single_refuse,
                                                         .refused = postino_steps_refused,
                                                         .nonsense = postino_reply_nonsense,
                                                         .output = postino_single_output,
                                                         .write_step = postino_single_write_step,
                                                         .finish = postino_single_finish};

const struct postino_mail_strategy postino_single_group_tls = {.greeting = &postino_hello_greeting.step,
                                                               .advance = postino_group_advance,
                                                               .want = single_want,
                                                               .after_ehlo = postino_hello_known,
                                                               .reply_complete = postino_steps_reply,
                                                               .reply = postino_group_reply,
                                                               .refuse = postino_single_refuse,
                                                               .refused = postino_steps_refused,
                                                               .nonsense = postino_reply_nonsense,
                                                               .output = postino_single_output,
                                                               .write_step = postino_group_write_step,
                                                               .finish = postino_single_finish};
