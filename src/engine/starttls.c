/* SPDX-License-Identifier: MIT */
/* STARTTLS (RFC 3207). Invariant: between the reply to it and the end of the handshake the session sends
 * nothing, and no octet may arrive. The session forgets all that it learnt before. */
#include "auth.h"
#include "reply.h"
#include "state.h"

static unsigned starttls_done(struct postino_session *session)
{
    unsigned code = session->reply.code;

    if (code == 220) {
        session->line = REPLY_TLS;
        session->outstanding = 1; /* the handshake */
        return STEP_STAY;
    }
    if (code < 400)
        return postino_session_fail(session, POSTINO_ERROR_REPLY_UNEXPECTED);
    return session->config->tls->required ? postino_session_give_up(session, POSTINO_ERROR_REFUSED)
                                          : postino_auth_begin(session);
}

static const struct postino_feature_step starttls_step = {{POSTINO_TEXT("STARTTLS"), POSTINO_STEP_STARTTLS, 0,
                                                           offsetof(struct postino_time_limits, command_ms),
                                                           STEP_DONE},
                                                          NULL,
                                                          starttls_done};

static unsigned starttls_next_row(struct postino_session *session)
{
    if ((session->capabilities & POSTINO_CAPABILITY_STARTTLS) != 0) {
        postino_session_enter(session, &starttls_step.step);
        return STEP_STAY;
    }
    return session->config->tls->required ? postino_session_give_up(session, POSTINO_ERROR_TLS_NOT_OFFERED)
                                          : STEP_NEXT;
}

static unsigned starttls_never(struct postino_session *session)
{
    (void)session;
    return STEP_NEXT;
}

void postino_session_tls_started(struct postino_session *session, const struct postino_tls_info *info,
                                 uint32_t now_ms)
{
    session->tls = info;
    session->now_ms = now_ms;
    if (session->line != REPLY_TLS)
        return;
    session->line = REPLY_CODE;
    session->outstanding = 0;
    /* PIPELINING and CHUNKING take effect with a mail, and none has begun. */
    session->capabilities = 0;
    session->offered = 0;
    session->size_limit_octets = POSTINO_SIZE_UNKNOWN;
    session->recipients_max = 0;
    session->domains_max = 0;
    session->mails_max = 0;
    postino_steps_enter(session, postino_hello(session));
}

void postino_session_tls_failed(struct postino_session *session, int error, const char *text)
{
    size_t length;

    postino_session_fail(session, error);
    if (session->result.error != error)
        return;
    /* Without a text from the transport there is none: the reply to STARTTLS does not say why. */
    for (length = 0; length < sizeof session->text && text[length] != '\0'; length++)
        session->text[length] = (char)postino_shown_octet((uint8_t)text[length]);
    session->reply.text_octets = length;
    session->text_is_error = 1;
}

const struct postino_tls_policy postino_tls_required = {starttls_next_row, 1};
const struct postino_tls_policy postino_tls_opportunistic = {starttls_next_row, 0};
const struct postino_tls_policy postino_tls_none = {starttls_never, 0};
