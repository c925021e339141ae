/* SPDX-License-Identifier: MIT */
/* The steps of the dialogue (RFC 5321 sections 3.1 and 4.1.4): the command of each, the replies that let it
 * succeed, and the step that follows. Invariant: at most one step outside of the mails is under way. */
#include "auth.h"
#include "state.h"

void postino_steps_enter(struct postino_session *session, unsigned row)
{
    if (row == STEP_NEXT)
        session->strategy->advance(session);
    else if (row != STEP_STAY)
        postino_session_enter(session, &postino_steps[row]);
}

/* RFC 5321 section 4.1.4: a server that does not know EHLO gets HELO; but without EHLO there is no
 * authentication. */
unsigned postino_steps_refused(struct postino_session *session, const struct postino_step *step)
{
    if (step == &postino_steps[STEP_EHLO] && session->reply.code >= 500 && postino_auth_unneeded(session))
        return STEP_HELO;
    return postino_session_give_up(session, POSTINO_ERROR_REFUSED);
}

/* Returns the class of a code. RFC 5321 section 4.2.1: the first digit decides, save for codes that belong
 * to one step only. */
static unsigned steps_kind(unsigned code)
{
    if (code == 220 || code == 221 || code == 235 || code == 334)
        return code;
    return code / 100;
}

/* Acts on a reply to a step that went out whole and returns the row that follows. */
static unsigned steps_answered(struct postino_session *session, const struct postino_step *step)
{
    unsigned code = session->reply.code;
    /* A greeting welcomes us, or whatever it says is a refusal. */
    int refused = step->id == POSTINO_STEP_GREETING ? code != 220 : code >= 400;
    unsigned row = step->next;

    if (code == 334 && step->accept == 235)
        return postino_auth_challenge(session);
    if (step->accept != 0) {
        if (!refused && step->accept != steps_kind(code))
            row = STEP_UNEXPECTED;
        else if (row == STEP_MAILS)
            return session->strategy->reply(session, refused);
        else if (refused)
            return session->strategy->refused(session, step);
    }
    if (row == STEP_CANCELLED && refused)
        return postino_session_give_up(session, POSTINO_ERROR_CHALLENGE);
    if (row >= STEP_CANCELLED)
        return postino_session_fail(session, POSTINO_ERROR_REPLY_UNEXPECTED);
    if (row == STEP_DONE)
        return ((const struct postino_feature_step *)step)->done(session);
    if (row == STEP_KNOWN)
        return session->strategy->after_ehlo(session);
    if (row == STEP_OVER) {
        session->over = POSTINO_WANT_CLOSED | POSTINO_WANT_GRACEFUL;
        row = STEP_STAY;
    }
    return row;
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
            session->strategy->refuse(session);
        postino_session_fail(session, POSTINO_ERROR_REPLY_UNEXPECTED);
    } else {
        session->outstanding--;
        postino_steps_enter(session, steps_answered(session, step));
    }
}

#define LIMIT(name) offsetof(struct postino_time_limits, name)

const struct postino_step postino_steps[STEP_ROWS] = {
    [STEP_GREETING] = {NULL, POSTINO_STEP_GREETING, 220, LIMIT(greeting_ms), STEP_EHLO},
    [STEP_EHLO] = {"EHLO \001", POSTINO_STEP_EHLO, 2, LIMIT(command_ms) | STEP_LISTS, STEP_KNOWN},
    [STEP_HELO] = {"HELO \001", POSTINO_STEP_EHLO, 2, LIMIT(command_ms), STEP_NEXT},
    [STEP_AUTH] = {"AUTH \005", POSTINO_STEP_AUTH, 235, LIMIT(command_ms), STEP_NEXT},
    [STEP_AUTH_INITIAL] = {"AUTH \005 \006", POSTINO_STEP_AUTH, 235, LIMIT(command_ms), STEP_NEXT},
    [STEP_AUTH_RESPONSE] = {"\006", POSTINO_STEP_AUTH, 235, LIMIT(command_ms), STEP_NEXT},
    [STEP_AUTH_CANCEL] = {"*", POSTINO_STEP_AUTH, 0, LIMIT(command_ms), STEP_CANCELLED},
    [STEP_MAIL] = {"MAIL FROM:<\002>\004", POSTINO_STEP_MAIL, 2, LIMIT(command_ms) | STEP_JOINS, STEP_MAILS},
    [STEP_RCPT] = {"RCPT TO:<\003>\004", POSTINO_STEP_RCPT, 2, LIMIT(command_ms) | STEP_JOINS, STEP_MAILS},
    [STEP_DATA] = {"DATA", POSTINO_STEP_DATA, 3, LIMIT(data_ms), STEP_MAILS},
    [STEP_HEADER] = {STEP_HEADER_TEXT, POSTINO_STEP_MESSAGE, 0, LIMIT(final_ms), STEP_PART},
    [STEP_BODY] = {POSTINO_TEXT(""), POSTINO_STEP_MESSAGE, 0, LIMIT(final_ms), STEP_PART},
    [STEP_MESSAGE] = {"\r\n.", POSTINO_STEP_MESSAGE, 2, LIMIT(final_ms) | STEP_JOINS, STEP_MAILS},
    [STEP_QUIT] = {"QUIT", POSTINO_STEP_QUIT, 0, LIMIT(quit_ms), STEP_OVER},
};

#define MINUTES_MS(minutes) ((minutes)*60000u)

const struct postino_time_limits postino_time_limits_rfc5321 = {
    MINUTES_MS(5), MINUTES_MS(5), MINUTES_MS(2), MINUTES_MS(3), MINUTES_MS(10), 5000u, 0};
