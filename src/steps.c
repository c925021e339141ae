/* SPDX-License-Identifier: MIT */
/* The steps of the dialogue (RFC 5321 sections 3.3 and 4.1.4): what each sends, and what follows its reply.
 * Invariant: a step is entered with its mail and recipient already in the sent cursor. */
#include "internal.h"

/* RFC 4954 section 4: an initial response travels with the command if the line keeps to RFC 5321's 512
 * octets. */
#define STEPS_COMMAND_MAX 512

void postino_steps_enter(struct postino_session *session, unsigned row)
{
    postino_session_enter(session, &postino_steps[row]);
}

static void steps_emit_path(const struct postino_session *session, struct postino_emitter *emitter)
{
    const struct postino_cursor *sent = &session->sent;
    const struct postino_span *path = sent->recipient != NULL ? &sent->recipient->path : &sent->mail->path;

    postino_emit(emitter, path->data, path->length_octets);
    postino_emit(emitter, ">", 1);
}

static void steps_emit_name(const struct postino_session *session, struct postino_emitter *emitter)
{
    postino_emit_text(emitter, session->config->ehlo_name);
}

/* session->round counts the responses that are given with the step in hand and before. */
static void steps_emit_response(const struct postino_session *session, struct postino_emitter *emitter)
{
    struct postino_span spans[POSTINO_SASL_SPANS];
    int count = session->mechanism->respond(session->config->credentials, session->round - 1u, spans);

    postino_emit_base64(emitter, spans, (unsigned)count);
}

static void steps_emit_auth(const struct postino_session *session, struct postino_emitter *emitter)
{
    postino_emit_text(emitter, session->mechanism->name);
    if (session->round != 0) {
        postino_emit(emitter, " ", 1);
        steps_emit_response(session, emitter);
    }
}

unsigned postino_steps_give_up(struct postino_session *session, int error)
{
    struct postino_mail *mail;

    postino_session_record(session, error);
    for (mail = session->mails; mail != NULL; mail = mail->next)
        postino_session_settle(mail, &session->result, POSTINO_OUTCOME_NOT_ATTEMPTED);
    session->flags |= SESSION_QUITTING;
    return STEP_QUIT;
}

static int steps_allowed(const struct postino_session *session, const struct postino_mechanism *mechanism)
{
    return (session->config->flags & POSTINO_SESSION_CLEAR_TEXT_AUTH) != 0 ||
           (mechanism->flags & POSTINO_MECHANISM_CLEAR_TEXT) == 0;
}

static unsigned steps_authenticate(struct postino_session *session)
{
    const struct postino_session_config *config = session->config;
    const struct postino_mechanism *const *listed = config->mechanisms;
    const struct postino_mechanism *mechanism = config->last_resort;
    struct postino_emitter emitter;
    uint8_t nowhere;
    unsigned offered;

    for (offered = session->mechanisms_offered; offered != 0; offered >>= 1, listed++) {
        if ((offered & 1) != 0 && steps_allowed(session, *listed)) {
            mechanism = *listed;
            break;
        }
    }
    if (mechanism == NULL || !steps_allowed(session, mechanism))
        return postino_steps_give_up(session, POSTINO_ERROR_NO_MECHANISM);
    session->mechanism = mechanism;
    session->round = (mechanism->flags & POSTINO_MECHANISM_INITIAL_RESPONSE) != 0;
    /* How long would the command be? */
    postino_steps_enter(session, STEP_AUTH);
    emitter.out = &nowhere;
    emitter.skip = 0;
    emitter.room = 0;
    postino_emit_command(session, &emitter);
    if (emitter.total > STEPS_COMMAND_MAX)
        session->round = 0;
    return STEP_AUTH;
}

/* Without authentication the dialogue is complete where none was asked for, or none is offered and none
 * insisted on. */
static int steps_unauthenticated(const struct postino_session *session)
{
    const struct postino_session_config *config = session->config;

    return config->credentials == NULL || ((config->flags & POSTINO_SESSION_AUTH_IF_OFFERED) != 0 &&
                                           (session->capabilities & POSTINO_CAPABILITY_AUTH) == 0);
}

static unsigned steps_ehlo(struct postino_session *session)
{
    return steps_unauthenticated(session) ? postino_steps_next(session) : steps_authenticate(session);
}

unsigned postino_steps_challenge(struct postino_session *session)
{
    struct postino_span spans[POSTINO_SASL_SPANS];
    unsigned limit = session->config->challenge_octets_max;

    /* The count includes the line's end. */
    if ((limit != 0 && session->text_octets > limit + 1) ||
        session->mechanism->respond(session->config->credentials, session->round, spans) < 0)
        return STEP_AUTH_CANCEL;
    session->round++;
    return STEP_AUTH_RESPONSE;
}

/* Only a refusal answers "*". */
static unsigned steps_auth_cancel(struct postino_session *session)
{
    if (session->code < 400)
        return postino_session_fail(session, POSTINO_ERROR_REPLY_UNEXPECTED);
    return postino_steps_give_up(session, POSTINO_ERROR_CHALLENGE);
}

/* Begins the mail's transaction. Returns 0, or an error that settled the mail. */
static int steps_begin(struct postino_session *session, struct postino_mail *mail)
{
    unsigned outcome = POSTINO_OUTCOME_NOT_ATTEMPTED;
    size_t size_octets;
    int error = POSTINO_OK;

    session->sent.mail = mail;
    postino_steps_enter(session, STEP_MAIL);
    if (mail->source->methods->begin(mail->source, session->capabilities, &size_octets) != 0) {
        error = POSTINO_ERROR_SOURCE;
    } else if (size_octets != POSTINO_SIZE_UNKNOWN && size_octets > session->size_limit_octets) {
        /* RFC 1870 section 6.1: what is larger than the server's limit need not be tried. */
        error = POSTINO_ERROR_MESSAGE_SIZE;
        outcome = POSTINO_OUTCOME_PERMANENT;
    }
    if (error != POSTINO_OK)
        postino_steps_settle(session, error, outcome);
    return error;
}

unsigned postino_steps_next(struct postino_session *session)
{
    struct postino_mail *mail;

    session->sent.recipient = NULL;
    for (mail = session->mails; mail != NULL; mail = mail->next) {
        if ((mail->progress & MAIL_SETTLED) != 0)
            continue;
        if ((session->flags & SESSION_DIRTY) != 0)
            break;
        if (steps_begin(session, mail) == POSTINO_OK) {
            mail->progress = MAIL_STARTED;
            mail->start = session->output_octets;
            session->flags = (uint8_t)((session->flags | SESSION_DIRTY) & ~SESSION_TEXT_KEPT);
            return STEP_MAIL;
        }
    }
    session->sent.mail = NULL;
    if (mail != NULL)
        return STEP_RSET;
    return (session->flags & SESSION_QUITTING) != 0 ? STEP_QUIT : STEP_IDLE;
}

unsigned postino_steps_refusal(const struct postino_session *session)
{
    return session->code >= 500 ? POSTINO_OUTCOME_PERMANENT : POSTINO_OUTCOME_TRANSIENT;
}

void postino_steps_settle(struct postino_session *session, int error, unsigned outcome)
{
    struct postino_result result;

    result.error = (int16_t)error;
    result.reply_code = session->code;
    result.step = session->replied.step->id;
    if (error != POSTINO_OK)
        session->flags |= SESSION_TEXT_KEPT;
    postino_session_settle(session->replied.mail, &result, outcome);
}

/* The recipient in hand is decided, or waits for the message's reply. */
static unsigned steps_rcpt(struct postino_session *session)
{
    struct postino_recipient *recipient = session->replied.recipient;

    recipient->reply_code = session->code;
    session->sent.recipient = recipient->next;
    if (recipient->next != NULL)
        return STEP_RCPT;
    for (recipient = session->replied.mail->recipients; recipient != NULL; recipient = recipient->next) {
        if (recipient->outcome == POSTINO_OUTCOME_PENDING)
            return STEP_DATA;
    }
    postino_steps_settle(session, POSTINO_ERROR_REFUSED, POSTINO_OUTCOME_NOT_ATTEMPTED);
    return postino_steps_next(session);
}

unsigned postino_steps_refused(struct postino_session *session)
{
    struct postino_mail *mail = session->replied.mail;
    struct postino_recipient *recipient = session->replied.recipient;
    unsigned outcome = postino_steps_refusal(session);

    if (mail == NULL) {
        /* RFC 5321 section 4.1.4: a server that does not know EHLO gets HELO; but without EHLO there is no
         * authentication. */
        session->capabilities = 0;
        if (session->replied.step == &postino_steps[STEP_EHLO] && outcome == POSTINO_OUTCOME_PERMANENT &&
            steps_unauthenticated(session))
            return STEP_HELO;
        return postino_steps_give_up(session, POSTINO_ERROR_REFUSED);
    }
    if (recipient != NULL) {
        recipient->outcome = (uint8_t)outcome;
        if ((mail->flags & POSTINO_MAIL_PARTIAL) != 0)
            return steps_rcpt(session);
        recipient->reply_code = session->code;
        outcome = POSTINO_OUTCOME_NOT_ATTEMPTED;
    }
    postino_steps_settle(session, POSTINO_ERROR_REFUSED, outcome);
    return postino_steps_next(session);
}

static unsigned steps_mail(struct postino_session *session)
{
    session->sent.recipient = session->sent.mail->recipients;
    return STEP_RCPT;
}

static unsigned steps_rset(struct postino_session *session)
{
    session->flags &= (uint8_t)~SESSION_DIRTY;
    return postino_steps_next(session);
}

static unsigned steps_message(struct postino_session *session)
{
    postino_steps_settle(session, POSTINO_OK, POSTINO_OUTCOME_ACCEPTED);
    return steps_rset(session);
}

/* Nothing was asked: the dialogue is out of step. */
static unsigned steps_idle(struct postino_session *session)
{
    return postino_session_fail(session, POSTINO_ERROR_REPLY_UNEXPECTED);
}

static unsigned steps_quit(struct postino_session *session)
{
    session->flags |= SESSION_GRACEFUL | SESSION_CLOSED;
    return STEP_STAY;
}

#define LIMIT(name) offsetof(struct postino_time_limits, name)

const struct postino_step postino_steps[STEP_ROWS] = {
    [STEP_GREETING] = {NULL, NULL, NULL, POSTINO_STEP_GREETING, 220, LIMIT(greeting_ms), STEP_EHLO},
    [STEP_EHLO] = {"EHLO ", steps_emit_name, steps_ehlo, POSTINO_STEP_EHLO, 2, LIMIT(command_ms), STEP_NEXT},
    [STEP_HELO] = {"HELO ", steps_emit_name, NULL, POSTINO_STEP_EHLO, 2, LIMIT(command_ms), STEP_NEXT},
    [STEP_AUTH] = {"AUTH ", steps_emit_auth, NULL, POSTINO_STEP_AUTH, 235, LIMIT(command_ms), STEP_NEXT},
    [STEP_AUTH_RESPONSE] = {"", steps_emit_response, NULL, POSTINO_STEP_AUTH, 235, LIMIT(command_ms),
                            STEP_NEXT},
    [STEP_AUTH_CANCEL] = {"*", NULL, steps_auth_cancel, POSTINO_STEP_AUTH, 0, LIMIT(command_ms), STEP_QUIT},
    [STEP_IDLE] = {NULL, NULL, steps_idle, POSTINO_STEP_IDLE, 0, LIMIT(command_ms), STEP_STAY},
    [STEP_MAIL] = {"MAIL FROM:<", steps_emit_path, steps_mail, POSTINO_STEP_MAIL, 2, LIMIT(command_ms),
                   STEP_RCPT},
    [STEP_RCPT] = {"RCPT TO:<", steps_emit_path, steps_rcpt, POSTINO_STEP_RCPT, 2, LIMIT(command_ms),
                   STEP_DATA},
    [STEP_DATA] = {"DATA", NULL, NULL, POSTINO_STEP_DATA, 3, LIMIT(data_ms), STEP_MESSAGE},
    [STEP_MESSAGE] = {NULL, NULL, steps_message, POSTINO_STEP_MESSAGE, 2, LIMIT(final_ms), STEP_NEXT},
    [STEP_RSET] = {"RSET", NULL, steps_rset, POSTINO_STEP_RSET, 2, LIMIT(command_ms), STEP_NEXT},
    [STEP_QUIT] = {"QUIT", NULL, steps_quit, POSTINO_STEP_QUIT, 0, LIMIT(quit_ms), STEP_STAY},
};
