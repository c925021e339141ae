/* SPDX-License-Identifier: MIT */
/* A line that is no reply: the session ends with it, and its text says what the server is ("HTTP/1.1 400 Bad
 * Request"). Invariant: from its first wrong octet to its end, which is not awaited for longer than the reply
 * to QUIT, nothing is sent and no octet is read as a reply. */
#include "reply.h"
#include "state.h"

static const struct postino_step nonsense_step = {NULL, POSTINO_STEP_QUIT, 0,
                                                  offsetof(struct postino_time_limits, quit_ms), STEP_STAY};

/* Keeps an octet of the line. */
static void nonsense_keep(struct postino_session *session, unsigned octet)
{
    if (session->reply.text_octets < sizeof session->text)
        session->text[session->reply.text_octets++] = (char)postino_shown_octet(octet);
}

/* The octet is the first wrong one, behind as many digits as line_code has. */
static void nonsense_begin(struct postino_session *session, uint8_t octet)
{
    unsigned code = session->line_code;
    unsigned divisor = code >= 200 ? 100 : code >= 20 ? 10 : 1;
    int differs = code >= 200 && session->lines != 0 && code != session->reply.code;

    postino_session_no_text(session);
    for (; code != 0 && divisor != 0; divisor /= 10)
        nonsense_keep(session, '0' + code / divisor % 10);
    /* Of a code that differs it is the last digit. */
    if (!differs)
        nonsense_keep(session, octet);
    postino_session_record(session, differs ? POSTINO_ERROR_REPLY_CODES : POSTINO_ERROR_REPLY_SYNTAX);
    session->line = REPLY_NONSENSE;
    session->source_waits = SOURCE_FAILED;
    session->since_ms = session->now_ms;
    session->replied.step = &nonsense_step;
}

void postino_nonsense(struct postino_session *session, uint8_t octet)
{
    unsigned step = session->replied.step->id;

    if (session->line != REPLY_NONSENSE) {
        /* Between mails a server that makes no sense is as good as gone. An earlier failure's text stays. */
        if (step == POSTINO_STEP_IDLE || step == POSTINO_STEP_QUIT || session->text_is_error) {
            postino_reply_nonsense(session, octet);
            return;
        }
        nonsense_begin(session, octet);
    } else if (octet != '\r' && octet != '\n') {
        nonsense_keep(session, octet);
    }
    if (octet != '\n' && session->reply.text_octets < sizeof session->text)
        return;
    if (session->result.step != POSTINO_STEP_GREETING) {
        postino_session_fail(session, session->result.error);
        return;
    }
    /* There still may be an SMTP server, to be left politely. */
    session->source_waits = SOURCE_READY;
    session->line = REPLY_DEAF;
    session->outstanding = 0;
    postino_steps_enter(session, postino_session_give_up(session, session->result.error));
}
