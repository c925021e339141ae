/* SPDX-License-Identifier: MIT */
/* The answer to faults of the server, where the configuration names it. The session tries another
 * mechanism. It reads a line that is no reply to its end, since the line tells the server's kind
 * ("HTTP/1.1 400 Bad Request"). Invariant: each mechanism is tried once, so an authentication has an end.
 * From the first wrong octet of a line to its end nothing is sent, and no octet is read as a reply. The
 * end is awaited no longer than the reply to QUIT. */
#include "auth.h"
#include "reply.h"
#include "state.h"

/* Returns 1 where another mechanism may do, else 0. */
static int faults_next_mechanism_helps(const struct postino_session *session)
{
    switch (session->reply.code) {
    case 500:
    case 501:
    case 502:
    case 504:
        /* The server lists the mechanism, and yet it does not work. */
        return 1;
    case 534:
    case 535:
    case 538:
        return (session->config->flags & POSTINO_SESSION_AUTH_NEXT) != 0;
    default:
        return 0;
    }
}

/* RFC 4954 section 6: tries the next mechanism where the server refuses one. */
static unsigned faults_refused(struct postino_session *session, const struct postino_step *step)
{
    /* The lowest bit is that of the mechanism that was tried. With no bit it was the last resort. */
    uint32_t left = session->offered & (session->offered - 1);

    if (step->id != POSTINO_STEP_AUTH || left == 0 || !faults_next_mechanism_helps(session))
        return postino_steps_refused(session, step);
    session->offered = left;
    /* A token's error belongs to the mechanism that was refused. */
    session->text_is_error = 0;
    return postino_auth_begin(session);
}

static const struct postino_step faults_line_step = {
    NULL, POSTINO_STEP_QUIT, 0, offsetof(struct postino_time_limits, quit_ms), STEP_STAY};

/* Keeps an octet of the line as the text. */
static void faults_keep(struct postino_session *session, unsigned octet)
{
    if (session->reply.text_octets < sizeof session->text)
        session->text[session->reply.text_octets++] = (char)postino_shown_octet(octet);
}

/* Begins the line with the digits that line_code holds, and the octet, which is the first wrong one. */
static void faults_line_begin(struct postino_session *session, uint8_t octet)
{
    unsigned code = session->line_code;
    unsigned divisor = code >= 200 ? 100 : code >= 20 ? 10 : 1;
    int differs = code >= 200 && session->lines != 0 && code != session->reply.code;

    postino_session_no_text(session);
    for (; code != 0 && divisor != 0; divisor /= 10)
        faults_keep(session, '0' + code / divisor % 10);
    /* In a code that differs from that of the line before the octet is the last digit, and kept already. */
    if (!differs)
        faults_keep(session, octet);
    postino_session_record(session, differs ? POSTINO_ERROR_REPLY_CODES : POSTINO_ERROR_REPLY_SYNTAX);
    session->line = REPLY_NONSENSE;
    session->source_waits = SOURCE_FAILED;
    session->since_ms = session->now_ms;
    session->replied.step = &faults_line_step;
}

static void faults_nonsense(struct postino_session *session, uint8_t octet)
{
    unsigned step = session->replied.step->id;

    if (session->line != REPLY_NONSENSE) {
        /* Between mails the line does not matter. The text of an earlier failure stays. */
        if (step == POSTINO_STEP_IDLE || step == POSTINO_STEP_QUIT || session->text_is_error) {
            postino_reply_nonsense(session, octet);
            return;
        }
        faults_line_begin(session, octet);
    } else if (octet != '\r' && octet != '\n') {
        faults_keep(session, octet);
    }
    if (octet != '\n' && session->reply.text_octets < sizeof session->text)
        return;
    if (session->result.step != POSTINO_STEP_GREETING) {
        postino_session_fail(session, session->result.error);
        return;
    }
    /* There may be an SMTP server all the same, so the session says QUIT. */
    session->source_waits = SOURCE_READY;
    session->line = REPLY_DEAF;
    session->outstanding = 0;
    postino_steps_enter(session, postino_session_give_up(session, session->result.error));
}

const struct postino_faults postino_faults = {faults_refused, faults_nonsense};
