/* SPDX-License-Identifier: MIT */
/* The public functions of the session, on top of the engine. A mail goes from submit() by mail_check.c to
 * transaction.c, and octets out come from there. Octets in go to reply.c, and complete replies to steps.c. */
#include "postino/address.h"

#include "auth.h"
#include "mails.h"
#include "reply.h"

int postino_session_init_sized(struct postino_session *session, size_t session_octets,
                               const struct postino_session_config *config, uint32_t now_ms)
{
    int error = POSTINO_OK;

    if (session == NULL || config == NULL || config->ehlo_name == NULL || config->time_limits == NULL)
        return POSTINO_ERROR_ARGUMENT;
    if (session_octets != sizeof *session)
        return POSTINO_ERROR_OBJECT_SIZE;
    if (postino_address_domain(config->ehlo_name) != 0)
        return POSTINO_ERROR_EHLO_NAME;
    if (config->credentials != NULL)
        error = postino_auth_check(config);
    if (error != POSTINO_OK)
        return error;
    postino_session_start(session, config, &postino_transactions);
    session->since_ms = now_ms;
    session->now_ms = now_ms;
    session->size_limit_octets = POSTINO_SIZE_UNKNOWN;
    if (config->credentials != NULL) {
        const struct postino_mechanism *const *mechanism = config->mechanisms;

        session->response_long = postino_auth_response_is_long(config->credentials, config->last_resort) != 0;
        for (; mechanism != NULL && *mechanism != NULL; mechanism++)
            session->response_long |= postino_auth_response_is_long(config->credentials, *mechanism) != 0;
    }
    return POSTINO_OK;
}

void postino_session_connected(struct postino_session *session, uint32_t now_ms)
{
    session->since_ms = now_ms;
}

unsigned postino_session_want(const struct postino_session *session)
{
    return session->strategy->want(session);
}

int postino_session_submit_borrowed(struct postino_session *session, struct postino_mail *mail)
{
    int error = postino_mail_check(mail);

    return error == POSTINO_OK ? postino_transaction_line_up(session, mail) : error;
}

int postino_session_submit(struct postino_session *session, struct postino_mail *mail)
{
    int error = mail != NULL ? postino_mail_borrow(mail) : POSTINO_ERROR_ARGUMENT;

    if (error != POSTINO_OK)
        return error;
    error = postino_session_submit_borrowed(session, mail);
    if (error != POSTINO_OK)
        postino_mail_release(mail);
    return error;
}

struct postino_mail *postino_session_take_finished(struct postino_session *session)
{
    struct postino_mail *mail = session->mails;

    if (mail == NULL || mail->state != MAIL_FINISHED)
        return NULL;
    session->mails = mail->next;
    mail->next = NULL;
    return mail;
}

struct postino_mail *postino_session_finished(struct postino_session *session)
{
    struct postino_mail *mail = postino_session_take_finished(session);

    if (mail != NULL)
        postino_mail_release(mail);
    return mail;
}

size_t postino_session_output(struct postino_session *session, uint8_t *out, size_t capacity, uint32_t now_ms)
{
    session->now_ms = now_ms;
    if (session->over != 0 || session->complete)
        return 0;
    return session->strategy->output(session, out, capacity);
}

void postino_session_input(struct postino_session *session, const uint8_t *data, size_t length_octets,
                           uint32_t now_ms)
{
    session->now_ms = now_ms;
    while (length_octets != 0 && session->over == 0) {
        size_t taken = postino_reply_input(session, data, length_octets);

        data += taken;
        length_octets -= taken;
    }
}

uint32_t postino_session_wait_ms(const struct postino_session *session, uint32_t now_ms)
{
    const struct postino_time_limits *limits = session->config->time_limits;
    /* With nothing outstanding both cursors stand on the step that goes out. */
    const struct postino_step *step = session->replied.step;
    uint32_t limit_ms =
        *(const uint32_t *)((const char *)limits + (step->limit & ~(unsigned)(STEP_JOINS | STEP_LISTS)));
    uint32_t passed_ms = session->fresh ? 0 : now_ms - session->since_ms;

    if (step->id == POSTINO_STEP_IDLE)
        return UINT32_MAX;
    if (step->id == POSTINO_STEP_MESSAGE && session->outstanding == 0)
        limit_ms = limits->block_ms;
    limit_ms = passed_ms < limit_ms ? limit_ms - passed_ms : 0;
    return session->strategy->limit != NULL ? session->strategy->limit(session, now_ms, limit_ms) : limit_ms;
}

void postino_session_progress(struct postino_session *session, uint32_t now_ms)
{
    session->now_ms = now_ms;
    session->since_ms = now_ms;
}

void postino_session_tick(struct postino_session *session, uint32_t now_ms)
{
    session->now_ms = now_ms;
    /* A step that was entered without a clock begins its time limit here. */
    if (session->fresh) {
        session->fresh = 0;
        session->since_ms = now_ms;
    }
    if (postino_session_wait_ms(session, now_ms) == 0)
        postino_session_fail(session, postino_session_timeout(session));
}

void postino_session_lost(struct postino_session *session, int error, size_t unsent_octets)
{
    if (session->over == 0)
        postino_session_fail(session, error != 0 ? error : POSTINO_ERROR_CLOSED);
    session->strategy->finish(session, unsent_octets);
}

void postino_session_abort(struct postino_session *session)
{
    postino_session_fail(session, POSTINO_ERROR_ABORTED);
}

void postino_session_quit(struct postino_session *session)
{
    session->quitting = 1;
    postino_transaction_advance(session);
}

void postino_session_source_ready(struct postino_session *session)
{
    if (session->source_waits == SOURCE_WAITS)
        session->source_waits = SOURCE_READY;
}

const struct postino_result *postino_session_result(const struct postino_session *session)
{
    return &session->result;
}

const char *postino_session_text(const struct postino_session *session, size_t *length_octets)
{
    size_t length = session->reply.text_octets;

    *length_octets = length < sizeof session->text ? length : sizeof session->text;
    return session->text;
}

const char *postino_session_mechanism(const struct postino_session *session)
{
    return session->mechanism != NULL ? session->mechanism->name : NULL;
}

uint32_t postino_session_capabilities(const struct postino_session *session)
{
    return session->capabilities;
}

int postino_session_is_secret(const struct postino_session *session)
{
    /* Without groups the step that went out last is still in hand. */
    return session->pipelining != NULL ? session->secret : (int)postino_session_secret(session);
}
