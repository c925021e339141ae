/* SPDX-License-Identifier: MIT */
/* Replies (RFC 5321 section 4.2), octet by octet: nothing depends on how they were split on their way.
 * Invariant: column counts the octets of the line that is arriving, 4 meaning that its text has begun; lines
 * counts the complete lines of the reply that is arriving. */
#include "internal.h"

static void reply_text(struct postino_session *session, uint8_t octet)
{
    if (session->challenge_octets < UINT16_MAX)
        session->challenge_octets++;
    if ((session->flags & SESSION_TEXT_KEPT) == 0 && session->text_octets < sizeof session->text)
        session->text[session->text_octets++] = (char)octet;
    /* The first line of an EHLO reply greets; the others list extensions. */
    if (session->replied.step == &postino_steps[STEP_EHLO] && session->lines != 0 && session->code < 300)
        postino_extensions_octet(session, octet);
}

/* The three digits of a line have arrived. Returns 0, or -1 when they differ from those of the line before.
 */
static int reply_code(struct postino_session *session)
{
    if (session->lines != 0)
        return session->line_code == session->code ? 0 : -1;
    session->code = session->line_code;
    session->challenge_octets = 0;
    if ((session->flags & SESSION_TEXT_KEPT) == 0)
        session->text_octets = 0;
    return 0;
}

static void reply_line(struct postino_session *session)
{
    reply_text(session, '\n');
    session->column = 0;
    session->lines++;
    if ((session->flags & SESSION_REPLY_MORE) == 0) {
        session->lines = 0;
        postino_session_reply(session);
    } else if (session->lines >= POSTINO_REPLY_LINES_MAX) {
        postino_session_fail(session, POSTINO_ERROR_REPLY_TOO_LONG);
    }
}

/* Takes an octet of the code or the separator behind it. Returns 0, or -1 when it cannot stand there. */
static int reply_head(struct postino_session *session, uint8_t octet)
{
    unsigned column = session->column++;
    unsigned digit = (unsigned)octet - '0';

    if (column == 3) {
        if (octet == '-')
            session->flags |= SESSION_REPLY_MORE;
        return octet == '-' || octet == ' ' ? 0 : -1;
    }
    if (column == 0) {
        if (digit < 2 || digit > 5)
            return -1;
        session->line_code = 0;
        session->flags &= (uint16_t)~SESSION_REPLY_MORE;
    }
    if (digit > 9)
        return -1;
    session->line_code = (uint16_t)(session->line_code * 10 + digit);
    return column == 2 ? reply_code(session) : 0;
}

void postino_reply_octet(struct postino_session *session, uint8_t octet)
{
    unsigned column = session->column;

    if (column == 0 && (octet == ' ' || octet == '\t' || octet == '\0'))
        return; /* some servers indent, some send NULs behind their replies */
    if (column >= 3 && octet == '\n') {
        reply_line(session);
    } else if (column >= 3 && octet == '\r') {
        return; /* the LF ends the line, with or without it */
    } else if (column > 3) {
        reply_text(session, octet);
    } else if (reply_head(session, octet) != 0) {
        /* Where the greeting makes no sense there still may be an SMTP server, to be left politely; later the
         * dialogue is out of step. */
        if (session->replied.step->id == POSTINO_STEP_GREETING) {
            postino_steps_give_up(session, POSTINO_ERROR_REPLY_SYNTAX);
            session->flags |= SESSION_DEAF;
        } else {
            postino_session_fail(session, POSTINO_ERROR_REPLY_SYNTAX);
        }
    }
}
