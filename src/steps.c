/* SPDX-License-Identifier: MIT */
/* The steps of the dialogue (RFC 5321 sections 3.3 and 4.1.4): what each sends, and what follows its reply.
 * Invariant: a step is entered with its mail and recipient already in the sent cursor. */
#include "internal.h"

/* RFC 4954 section 4: an initial response travels with the command if the line keeps to RFC 5321's 512
 * octets. */
#define STEPS_COMMAND_MAX 512

void postino_steps_enter(struct postino_session *session, unsigned row)
{
    if (row != STEP_STAY)
        postino_session_enter(session, &postino_steps[row]);
}

static void steps_emit_path(const struct postino_session *session, struct postino_emitter *emitter)
{
    const struct postino_span *path = &session->sent.mail->path;
    const char *text = " FROM:<";

    if (session->sent.recipient != NULL) {
        path = &session->sent.recipient->path;
        text = " TO:<";
    }
    postino_emit_text(emitter, text);
    postino_emit_span(emitter, path);
    postino_emit(emitter, '>');
}

static void steps_emit_name(const struct postino_session *session, struct postino_emitter *emitter)
{
    postino_emit(emitter, ' ');
    postino_emit_text(emitter, session->config->ehlo_name);
}

static void steps_emit_auth(const struct postino_session *session, struct postino_emitter *emitter)
{
    postino_emit(emitter, ' ');
    postino_emit_text(emitter, session->mechanism->name);
    if (session->round != 0) {
        postino_emit(emitter, ' ');
        postino_emit_response(session, emitter);
    }
}

unsigned postino_steps_give_up(struct postino_session *session, int error)
{
    postino_session_record(session, error);
    postino_session_settle_all(session, 0);
    session->quitting = 1;
    return STEP_QUIT;
}

int postino_steps_allowed(const struct postino_session *session, const struct postino_mechanism *mechanism)
{
    return (session->config->flags & POSTINO_SESSION_CLEAR_TEXT_AUTH) != 0 ||
           (mechanism->flags & POSTINO_MECHANISM_CLEAR_TEXT) == 0;
}

static unsigned steps_authenticate(struct postino_session *session)
{
    const struct postino_mechanism *mechanism = session->config->last_resort;
    struct postino_emitter emitter;

    if (session->offered != NULL)
        mechanism = *session->offered;
    else if (mechanism == NULL || !postino_steps_allowed(session, mechanism))
        return postino_steps_give_up(session, POSTINO_ERROR_NO_MECHANISM);
    session->mechanism = mechanism;
    session->round = (mechanism->flags & POSTINO_MECHANISM_INITIAL_RESPONSE) != 0;
    /* How long is what follows the verb? */
    emitter.room = 0;
    emitter.skip = 0;
    emitter.total = 0;
    steps_emit_auth(session, &emitter);
    if (emitter.total > STEPS_COMMAND_MAX - (sizeof "AUTH\r\n" - 1))
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

    if ((limit != 0 && session->reply.text_octets > limit) ||
        session->mechanism->respond(session->config->credentials, session->round, spans) < 0)
        return STEP_AUTH_CANCEL;
    session->round++;
    return STEP_AUTH_RESPONSE;
}

/* Only a refusal answers "*". */
static unsigned steps_auth_cancel(struct postino_session *session)
{
    if (session->reply.code < 400)
        return postino_session_fail(session, POSTINO_ERROR_REPLY_UNEXPECTED);
    return postino_steps_give_up(session, POSTINO_ERROR_CHALLENGE);
}

/* Settles the mail in hand by the reply in hand. */
static void steps_settle(struct postino_session *session, int error, unsigned outcome)
{
    struct postino_result result;

    result.error = (int16_t)error;
    result.reply_code = session->reply.code;
    result.step = session->replied.step->id;
    if (error != POSTINO_OK)
        session->text_kept = 1;
    postino_session_settle(session->replied.mail, &result, outcome);
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
        steps_settle(session, error, outcome);
    return error;
}

unsigned postino_steps_next(struct postino_session *session)
{
    struct postino_mail *mail;
    unsigned row = session->quitting ? STEP_QUIT : STEP_IDLE;

    session->sent.recipient = NULL;
    for (mail = session->mails; mail != NULL; mail = mail->next) {
        if (mail->progress == MAIL_SETTLED)
            continue;
        if (session->dirty) {
            row = STEP_RSET;
            break;
        }
        if (steps_begin(session, mail) == POSTINO_OK) {
            mail->progress = MAIL_STARTED;
            mail->start = session->output_octets;
            session->dirty = 1;
            session->text_kept = 0;
            return STEP_MAIL;
        }
    }
    session->sent.mail = NULL;
    return row;
}

/* The recipient in hand is decided, or waits for the message's reply. */
static unsigned steps_rcpt(struct postino_session *session)
{
    struct postino_recipient *recipient = session->replied.recipient;

    recipient->reply_code = session->reply.code;
    session->sent.recipient = recipient->next;
    if (recipient->next != NULL)
        return STEP_RCPT;
    for (recipient = session->replied.mail->recipients; recipient != NULL; recipient = recipient->next) {
        if (recipient->outcome == POSTINO_OUTCOME_PENDING)
            return STEP_DATA;
    }
    steps_settle(session, POSTINO_ERROR_REFUSED, POSTINO_OUTCOME_NOT_ATTEMPTED);
    return postino_steps_next(session);
}

unsigned postino_steps_refused(struct postino_session *session)
{
    struct postino_mail *mail = session->replied.mail;
    struct postino_recipient *recipient = session->replied.recipient;
    unsigned outcome = session->reply.code >= 500 ? POSTINO_OUTCOME_PERMANENT : POSTINO_OUTCOME_TRANSIENT;

    if (mail == NULL) {
        /* RFC 5321 section 4.1.4: a server that does not know EHLO gets HELO; but without EHLO there is no
         * authentication. */
        if (session->replied.step == &postino_steps[STEP_EHLO] && outcome == POSTINO_OUTCOME_PERMANENT &&
            steps_unauthenticated(session))
            return STEP_HELO;
        return postino_steps_give_up(session, POSTINO_ERROR_REFUSED);
    }
    if (recipient != NULL) {
        recipient->outcome = (uint8_t)outcome;
        if ((mail->flags & POSTINO_MAIL_PARTIAL) != 0)
            return steps_rcpt(session);
        recipient->reply_code = session->reply.code;
        outcome = POSTINO_OUTCOME_NOT_ATTEMPTED;
    }
    steps_settle(session, POSTINO_ERROR_REFUSED, outcome);
    return postino_steps_next(session);
}

static unsigned steps_greeting(struct postino_session *session)
{
    (void)session;
    return STEP_EHLO;
}

static unsigned steps_data(struct postino_session *session)
{
    (void)session;
    return STEP_MESSAGE;
}

static unsigned steps_mail(struct postino_session *session)
{
    session->sent.recipient = session->sent.mail->recipients;
    return STEP_RCPT;
}

static unsigned steps_rset(struct postino_session *session)
{
    session->dirty = 0;
    return postino_steps_next(session);
}

static unsigned steps_message(struct postino_session *session)
{
    steps_settle(session, POSTINO_OK, POSTINO_OUTCOME_ACCEPTED);
    return steps_rset(session);
}

/* Nothing was asked: the dialogue is out of step. */
static unsigned steps_idle(struct postino_session *session)
{
    return postino_session_fail(session, POSTINO_ERROR_REPLY_UNEXPECTED);
}

static unsigned steps_quit(struct postino_session *session)
{
    session->over = POSTINO_WANT_CLOSED | POSTINO_WANT_GRACEFUL;
    return STEP_STAY;
}

#define LIMIT(name) offsetof(struct postino_time_limits, name)

const struct postino_step postino_steps[STEP_ROWS] = {
    [STEP_GREETING] = {"", POSTINO_STEP_GREETING, 0, LIMIT(greeting_ms), NULL, steps_greeting},
    [STEP_EHLO] = {"EHLO", POSTINO_STEP_EHLO, 2, LIMIT(command_ms), steps_emit_name, steps_ehlo},
    [STEP_HELO] = {"HELO", POSTINO_STEP_EHLO, 2, LIMIT(command_ms), steps_emit_name, postino_steps_next},
    [STEP_AUTH] = {"AUTH", POSTINO_STEP_AUTH, 235, LIMIT(command_ms), steps_emit_auth, postino_steps_next},
    [STEP_AUTH_RESPONSE] = {"", POSTINO_STEP_AUTH, 235, LIMIT(command_ms), postino_emit_response,
                            postino_steps_next},
    [STEP_AUTH_CANCEL] = {"*", POSTINO_STEP_AUTH, 0, LIMIT(command_ms), postino_emit_nothing,
                          steps_auth_cancel},
    [STEP_IDLE] = {"", POSTINO_STEP_IDLE, 0, LIMIT(command_ms), NULL, steps_idle},
    [STEP_MAIL] = {"MAIL", POSTINO_STEP_MAIL, 2, LIMIT(command_ms), steps_emit_path, steps_mail},
    [STEP_RCPT] = {"RCPT", POSTINO_STEP_RCPT, 2, LIMIT(command_ms), steps_emit_path, steps_rcpt},
    [STEP_DATA] = {"DATA", POSTINO_STEP_DATA, 3, LIMIT(data_ms), postino_emit_nothing, steps_data},
    [STEP_MESSAGE] = {"", POSTINO_STEP_MESSAGE, 2, LIMIT(final_ms), postino_emit_nothing, steps_message},
    [STEP_RSET] = {"RSET", POSTINO_STEP_RSET, 2, LIMIT(command_ms), postino_emit_nothing, steps_rset},
    [STEP_QUIT] = {"QUIT", POSTINO_STEP_QUIT, 0, LIMIT(quit_ms), postino_emit_nothing, steps_quit},
};
