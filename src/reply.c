/* SPDX-License-Identifier: MIT */
/* Replies (RFC 5321 section 4.2), octet by octet: nothing depends on how they were split on their way.
 * Invariant: line says what is known of the line that is arriving, line_code holds the digits of its code
 * that arrived; lines counts the complete lines of the reply that is arriving. */
#include "internal.h"

/* RFC 5321 section 4.2.1: the first digit decides, save for codes that belong to one step only. */
static unsigned reply_kind(unsigned code)
{
    return code == 220 || code == 221 || code == 235 || code == 334 ? code : code / 100;
}

/* Acts on a complete reply and returns the row that follows. */
static unsigned reply_next(struct postino_session *session)
{
    const struct postino_step *step = session->replied.step;
    unsigned code = session->reply.code;
    int error = POSTINO_ERROR_REPLY_UNEXPECTED;

    /* A greeting welcomes us, or whatever it says is a refusal. */
    if (step->id == POSTINO_STEP_GREETING)
        return code == 220 ? step->done(session) : postino_steps_refused(session);
    if (code == 421) {
        error = POSTINO_ERROR_SERVICE_CLOSING;
    } else if (!session->complete) {
        /* Answered before it was asked. A message may be refused before its end, and cannot be ended then. */
        if (step->id == POSTINO_STEP_MESSAGE && code >= 400)
            postino_steps_refused(session);
    } else if (code == 334 && step->accept == 235) {
        return postino_steps_challenge(session);
    } else if (step->accept == 0 || step->accept == reply_kind(code)) {
        return step->done(session);
    } else if (code >= 400) {
        return postino_steps_refused(session);
    }
    return postino_session_fail(session, error);
}

static void reply_line(struct postino_session *session)
{
    const struct postino_session_config *config = session->config;
    unsigned line = session->line;

    session->line = REPLY_CODE;
    session->line_code = 0;
    if (line == REPLY_MORE) {
        if (++session->lines >= POSTINO_REPLY_LINES_MAX)
            postino_session_fail(session, POSTINO_ERROR_REPLY_TOO_LONG);
        return;
    }
    session->lines = 0;
    if (config->on_reply != NULL && session->replied.mail != NULL) {
        if (session->reply.text_octets > sizeof session->text)
            session->reply.text_octets = sizeof session->text;
        config->on_reply(config->context, session->replied.mail, session->replied.recipient, &session->reply);
    }
    postino_steps_enter(session, reply_next(session));
}

/* Takes an octet of the code. Returns 0, or -1 when it cannot stand there. */
static int reply_digit(struct postino_session *session, uint8_t octet)
{
    unsigned digit = (unsigned)octet - '0';
    unsigned code = session->line_code;

    if (code == 0) {
        /* Some servers indent, some send NULs behind their replies. */
        if (octet == ' ' || octet == '\t' || octet == '\0')
            return 0;
        if (digit < 2 || digit > 5)
            return -1;
    }
    if (digit > 9)
        return -1;
    code = code * 10 + digit;
    session->line_code = (uint16_t)code;
    if (code < 200)
        return 0;
    if (session->lines != 0)
        return code == session->reply.code ? 0 : -1;
    session->reply.code = (uint16_t)code;
    if (!session->text_kept)
        session->reply.text_octets = 0;
    return 0;
}

/* Takes any octet. Returns 0, or -1 when it makes no sense. */
static int reply_octet(struct postino_session *session, uint8_t octet)
{
    if (session->line == REPLY_CODE && session->line_code < 200)
        return reply_digit(session, octet);
    if (octet == '\r') /* the LF ends the line, with or without it */
        return 0;
    if (session->line == REPLY_CODE) {
        session->line = octet == '-' ? REPLY_MORE : REPLY_LAST;
        if (octet != ' ' && octet != '-' && octet != '\n')
            return -1;
        if (octet != '\n') {
            if (session->lines != 0)
                postino_session_keep_text(session, '\n');
            return 0;
        }
    } else {
        /* The first line of the reply to EHLO greets; the others list extensions. */
        if (session->lines != 0 && session->reply.code < 300 &&
            session->replied.step == &postino_steps[STEP_EHLO])
            postino_extensions_octet(session, octet);
        if (octet != '\n') {
            postino_session_keep_text(session, octet);
            return 0;
        }
    }
    reply_line(session);
    return 0;
}

void postino_reply_octet(struct postino_session *session, uint8_t octet)
{
    if (session->line == REPLY_DEAF) {
        /* Whatever comes after our QUIT ends it. */
        if (session->complete)
            session->over = POSTINO_WANT_CLOSED | POSTINO_WANT_GRACEFUL;
        return;
    }
    if (reply_octet(session, octet) == 0)
        return;
    /* Where the greeting makes no sense there still may be an SMTP server, to be left politely; later the
     * dialogue is out of step. */
    if (session->replied.step->id == POSTINO_STEP_GREETING) {
        session->line = REPLY_DEAF;
        postino_steps_enter(session, postino_steps_give_up(session, POSTINO_ERROR_REPLY_SYNTAX));
    } else {
        postino_session_fail(session, POSTINO_ERROR_REPLY_SYNTAX);
    }
}
