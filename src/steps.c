/* SPDX-License-Identifier: MIT */
/* The steps of the dialogue (RFC 5321 sections 3.1 and 4.1.4): what each sends, which replies let it succeed,
 * and what follows outside of the mails. Invariant: of the steps outside of a mail only one is under way. */
#include "internal.h"

void postino_steps_enter(struct postino_session *session, unsigned row)
{
    if (row == STEP_NEXT)
        postino_transaction_advance(session);
    else if (row != STEP_STAY)
        postino_session_enter(session, &postino_steps[row]);
}

void postino_steps_emit_name(const struct postino_session *session, struct postino_emitter *emitter)
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
    session->sent.mail = NULL;
    session->next = NULL;
    session->quitting = 1;
    return STEP_QUIT;
}

int postino_steps_allowed(const struct postino_session *session, const struct postino_mechanism *mechanism)
{
    if (mechanism->exchange != NULL && !mechanism->exchange->allowed(session, mechanism))
        return 0;
    return session->tls != NULL || (session->config->flags & POSTINO_SESSION_CLEAR_TEXT_AUTH) != 0 ||
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
    if (mechanism->exchange != NULL)
        return mechanism->exchange->start(session);
    session->round = (mechanism->flags & POSTINO_MECHANISM_INITIAL_RESPONSE) != 0;
    /* How long is what follows the verb? */
    emitter.room = 0;
    emitter.skip = 0;
    emitter.total = 0;
    steps_emit_auth(session, &emitter);
    if (emitter.total > STEP_AUTH_OCTETS_MAX)
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

unsigned postino_steps_mails(struct postino_session *session)
{
    return steps_unauthenticated(session) ? STEP_NEXT : steps_authenticate(session);
}

unsigned postino_steps_ehlo(struct postino_session *session)
{
    if (session->config->tls != NULL && session->tls == NULL) {
        unsigned row = session->config->tls->after_ehlo(session);

        if (row != STEP_NEXT)
            return row;
    }
    return postino_steps_mails(session);
}

static unsigned steps_challenge(struct postino_session *session)
{
    unsigned limit = session->config->challenge_octets_max;

    if ((limit != 0 && session->reply.text_octets > limit) ||
        postino_response(session, session->round, NULL) < 0)
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

unsigned postino_steps_hello(struct postino_session *session)
{
    if (session->config->lmtp == NULL)
        return STEP_EHLO;
    postino_session_enter(session, session->config->lmtp->hello);
    return STEP_STAY;
}

static unsigned steps_ready(struct postino_session *session)
{
    (void)session;
    return STEP_NEXT;
}

static unsigned steps_quit(struct postino_session *session)
{
    session->over = POSTINO_WANT_CLOSED | POSTINO_WANT_GRACEFUL;
    return STEP_STAY;
}

static unsigned steps_refused(struct postino_session *session)
{
    const struct postino_tls_policy *tls = session->config->tls;

    /* RFC 5321 section 4.1.4: a server that does not know EHLO gets HELO; but without EHLO there is neither
     * authentication nor TLS. */
    if (session->replied.step == &postino_steps[STEP_EHLO] && session->reply.code >= 500 &&
        steps_unauthenticated(session) && (tls == NULL || !tls->required || session->tls != NULL))
        return STEP_HELO;
    return postino_steps_give_up(session, POSTINO_ERROR_REFUSED);
}

/* Of what is no refusal. RFC 5321 section 4.2.1: the first digit decides, save for codes that belong to one step only. */
static unsigned steps_kind(unsigned code)
{
    if (code == 220 || code == 221 || code == 235 || code == 334)
        return code;
    return code < 300 ? 2 : 3;
}

/* Acts on a reply to a step that went out whole and returns the row that follows. */
static unsigned steps_answered(struct postino_session *session, const struct postino_step *step)
{
    unsigned code = session->reply.code;
    /* A greeting welcomes us, or whatever it says is a refusal. */
    int refused = step->id == POSTINO_STEP_GREETING ? code != 220 : code >= 400;

    if (code == 334 && step->accept == 235)
        return steps_challenge(session);
    if (step->accept != 0 && !refused && step->accept != steps_kind(code))
        return postino_session_fail(session, POSTINO_ERROR_REPLY_UNEXPECTED);
    if (session->replied.mail != NULL)
        return session->pipelining != NULL ? session->pipelining->answer(session, refused)
                                           : postino_transaction_reply(session, refused);
    return step->accept != 0 && refused ? steps_refused(session) : step->done(session);
}

void postino_steps_reply(struct postino_session *session)
{
    const struct postino_step *step = session->replied.step;
    unsigned code = session->reply.code;

    session->since_ms = session->now_ms;
    if (code == 421 && step->id != POSTINO_STEP_GREETING) {
        postino_session_fail(session, POSTINO_ERROR_SERVICE_CLOSING);
    } else if (session->outstanding == 0) {
        /* Answered before it was asked. A message may be refused before its end, and cannot be ended then. */
        if (step->id == POSTINO_STEP_MESSAGE && code >= 400)
            postino_transaction_refuse(session);
        postino_session_fail(session, POSTINO_ERROR_REPLY_UNEXPECTED);
    } else {
        session->outstanding--;
        postino_steps_enter(session, steps_answered(session, step));
    }
}

#define LIMIT(name) offsetof(struct postino_time_limits, name)

const struct postino_step postino_steps[STEP_ROWS] = {
    [STEP_GREETING] = {"", POSTINO_STEP_GREETING, 220, LIMIT(greeting_ms), NULL, postino_steps_hello},
    [STEP_EHLO] = {"EHLO", POSTINO_STEP_EHLO, 2, LIMIT(command_ms), postino_steps_emit_name,
                   postino_steps_ehlo},
    [STEP_HELO] = {"HELO", POSTINO_STEP_EHLO, 2, LIMIT(command_ms), postino_steps_emit_name, steps_ready},
    [STEP_AUTH] = {"AUTH", POSTINO_STEP_AUTH, 235, LIMIT(command_ms), steps_emit_auth, steps_ready},
    [STEP_AUTH_RESPONSE] = {"", POSTINO_STEP_AUTH, 235, LIMIT(command_ms), postino_emit_response,
                            steps_ready},
    [STEP_AUTH_CANCEL] = {"*", POSTINO_STEP_AUTH, 0, LIMIT(command_ms), postino_emit_nothing,
                          steps_auth_cancel},
    [STEP_IDLE] = {"", POSTINO_STEP_IDLE, 0, LIMIT(command_ms), NULL, NULL},
    [STEP_RSET] = {"RSET", POSTINO_STEP_RSET, 2, LIMIT(command_ms) | STEP_JOINS, postino_emit_nothing, NULL},
    [STEP_MAIL] = {"MAIL", POSTINO_STEP_MAIL, 2, LIMIT(command_ms) | STEP_JOINS, postino_emit_path, NULL},
    [STEP_RCPT] = {"RCPT", POSTINO_STEP_RCPT, 2, LIMIT(command_ms) | STEP_JOINS, postino_emit_path, NULL},
    [STEP_DATA] = {"DATA", POSTINO_STEP_DATA, 3, LIMIT(data_ms), postino_emit_nothing, NULL},
    [STEP_MESSAGE] = {"", POSTINO_STEP_MESSAGE, 2, LIMIT(final_ms) | STEP_JOINS, postino_emit_nothing, NULL},
    [STEP_QUIT] = {"QUIT", POSTINO_STEP_QUIT, 0, LIMIT(quit_ms), postino_emit_nothing, steps_quit},
};
