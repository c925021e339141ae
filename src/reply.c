/* SPDX-License-Identifier: MIT */
/* Replies (RFC 5321 section 4.2), octet by octet: nothing depends on how they were split on their way.
 * Invariant: column counts the digits of the line that arrived; beyond them it says what kind of line it is.
 * lines counts the complete lines of the reply that is arriving. */
#include "internal.h"

#define REPLY_DIGITS    3
#define REPLY_LAST_LINE 4
#define REPLY_MORE      5 /* another line follows this one */

static void reply_text(struct postino_session *session, uint8_t octet)
{
    if ((session->flags & SESSION_TEXT_KEPT) == 0) {
        if (session->text_octets < sizeof session->text)
            session->text[session->text_octets] = (char)octet;
        session->text_octets++;
    }
    /* The first line of an EHLO reply greets; the others list extensions. */
    if (session->replied.step == &postino_steps[STEP_EHLO] && session->lines != 0)
        postino_extensions_octet(session, octet);
}

/* RFC 5321 section 4.2.1: the first digit decides, save for codes that belong to one step only. */
static int reply_accepted(unsigned code, unsigned accept)
{
    if (accept != 0 && code != 220 && code != 221 && code != 235 && code != 334)
        code /= 100;
    return accept == 0 || code == accept;
}

/* Acts on a complete reply and returns the row that follows. */
static unsigned reply_next(struct postino_session *session, const struct postino_step *step, unsigned code)
{
    int greeting = step->id == POSTINO_STEP_GREETING;

    if (code == 421 && !greeting)
        return postino_session_fail(session, POSTINO_ERROR_SERVICE_CLOSING);
    if ((session->flags & SESSION_COMPLETE) == 0) {
        /* Answered before it was asked. A message may be refused before its end, and cannot be ended then. */
        if (step->id == POSTINO_STEP_MESSAGE && code >= 400)
            postino_steps_settle(session, POSTINO_ERROR_REFUSED, postino_steps_refusal(session));
        return postino_session_fail(session, POSTINO_ERROR_REPLY_UNEXPECTED);
    }
    if (code == 334 && step->accept == 235)
        return postino_steps_challenge(session);
    if (reply_accepted(code, step->accept)) {
        if (step->done != NULL)
            return step->done(session);
        return step->next == STEP_NEXT ? postino_steps_next(session) : step->next;
    }
    if (code >= 400 || greeting)
        return postino_steps_refused(session);
    return postino_session_fail(session, POSTINO_ERROR_REPLY_UNEXPECTED);
}

static void reply_complete(struct postino_session *session)
{
    unsigned row;

    if (session->config->on_reply != NULL && session->replied.mail != NULL) {
        struct postino_reply reply;

        reply.code = session->code;
        reply.text = postino_session_text(session, &reply.text_octets);
        session->config->on_reply(session->config->context, session->replied.mail, session->replied.recipient,
                                  &reply);
    }
    row = reply_next(session, session->replied.step, session->code);
    if (row != STEP_STAY)
        postino_steps_enter(session, row);
}

static void reply_line(struct postino_session *session)
{
    int more = session->column == REPLY_MORE;

    session->column = 0;
    if (!more) {
        session->lines = 0;
        reply_complete(session);
    } else if (++session->lines >= POSTINO_REPLY_LINES_MAX) {
        postino_session_fail(session, POSTINO_ERROR_REPLY_TOO_LONG);
    }
}

/* Takes a digit of the code. Returns 0, or -1 when it cannot stand there. */
static int reply_digit(struct postino_session *session, unsigned digit)
{
    unsigned column = session->column++;
    unsigned code = session->line_code;

    if (column == 0) {
        if (digit < 2 || digit > 5)
            return -1;
        code = 0;
    }
    if (digit > 9)
        return -1;
    code = code * 10 + digit;
    session->line_code = (uint16_t)code;
    if (column == 2) {
        if (session->lines != 0)
            return code == session->code ? 0 : -1;
        session->code = (uint16_t)code;
        if ((session->flags & SESSION_TEXT_KEPT) == 0)
            session->text_octets = 0;
    }
    return 0;
}

void postino_reply_octet(struct postino_session *session, uint8_t octet)
{
    unsigned column = session->column;
    int status = 0;

    if ((session->flags & SESSION_DEAF) != 0) {
        /* Whatever comes after our QUIT ends it. */
        if ((session->flags & SESSION_COMPLETE) != 0)
            session->flags |= SESSION_GRACEFUL | SESSION_CLOSED;
        return;
    }
    if (column < REPLY_DIGITS) {
        /* Some servers indent, some send NULs behind their replies. */
        if (column != 0 || (octet != ' ' && octet != '\t' && octet != '\0'))
            status = reply_digit(session, (unsigned)octet - '0');
    } else if (octet != '\r') { /* the LF ends the line, with or without it */
        if (column == REPLY_DIGITS) {
            session->column = octet == '-' ? REPLY_MORE : REPLY_LAST_LINE;
            if (octet != ' ' && octet != '-' && octet != '\n')
                status = -1;
        } else {
            reply_text(session, octet);
        }
        if (octet == '\n')
            reply_line(session);
    }
    if (status == 0)
        return;
    /* Where the greeting makes no sense there still may be an SMTP server, to be left politely; later the
     * dialogue is out of step. */
    if (session->replied.step->id == POSTINO_STEP_GREETING) {
        postino_steps_enter(session, postino_steps_give_up(session, POSTINO_ERROR_REPLY_SYNTAX));
        session->flags |= SESSION_DEAF;
    } else {
        postino_session_fail(session, POSTINO_ERROR_REPLY_SYNTAX);
    }
}
