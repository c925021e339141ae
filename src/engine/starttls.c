/* SPDX-License-Identifier: MIT */
/* STARTTLS (RFC 3207). Invariant: from the reply to it until TLS stands nothing is said and nothing may be
 * heard, and of what was heard before nothing is known afterwards. */
#include "internal.h"

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
    return session->config->tls->required ? postino_steps_give_up(session, POSTINO_ERROR_REFUSED)
                                          : postino_steps_mails(session);
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
    return session->config->tls->required ? postino_steps_give_up(session, POSTINO_ERROR_TLS_NOT_OFFERED)
                                          : STEP_NEXT;
}

static unsigned starttls_never(struct postino_session *session)
{
    (void)session;
    return STEP_NEXT;
}

static int starttls_start(struct postino_session *session, struct postino_transport *transport,
                          uint32_t now_ms)
{
    const struct postino_transport_class *methods = transport->methods;
    const struct postino_tls_info *info = methods->tls != NULL ? methods->tls(transport) : NULL;
    const uint8_t *data;
    size_t length;
    int status;

    if (info == NULL || methods->start_tls == NULL)
        return POSTINO_ERROR_TLS_UNAVAILABLE;
    /* What is there already was not sent by whom the handshake will speak to. */
    status = methods->receive(transport, &data, &length);
    if (status <= 0) {
        if (status == 0)
            postino_session_input(session, data, length, now_ms);
        return status;
    }
    status = methods->start_tls(transport, postino_session_wait_ms(session, now_ms));
    if (status == 0)
        postino_session_tls_started(session, info, methods->now_ms(transport));
    else if (status < 0)
        postino_session_tls_failed(session, status, info->text);
    return status;
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
    /* Where there is none, the reply to STARTTLS shall not stand for it either. */
    for (length = 0; length < sizeof session->text && text[length] != '\0'; length++)
        session->text[length] = (char)postino_shown_octet((uint8_t)text[length]);
    session->reply.text_octets = length;
    session->text_is_error = 1;
}

const struct postino_tls_policy postino_tls_required = {starttls_next_row, starttls_start, 1};
const struct postino_tls_policy postino_tls_opportunistic = {starttls_next_row, starttls_start, 0};
const struct postino_tls_policy postino_tls_none = {starttls_never, starttls_start, 0};
