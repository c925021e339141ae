/* SPDX-License-Identifier: MIT */
/* Replies (RFC 5321 section 4.2). The code of a line is read octet by octet and its text in blocks.
 * Nothing depends on how the octets were split on their way. Invariant: `line` is the state of the line
 * that is arriving. `line_code` holds the digits of its code that arrived, and is complete from 200 on.
 * `lines` counts the complete lines of the reply that is arriving. */
#include "reply.h"

/* Ends the line. */
static void reply_line(struct postino_session *session)
{
    unsigned line = session->line;

    session->line = REPLY_CODE;
    session->line_code = 0;
    if (line == REPLY_MORE) {
        unsigned lines = session->lines + 1u;

        session->lines = (uint16_t)lines;
        if (lines >= POSTINO_REPLY_LINES_MAX)
            postino_session_fail(session, POSTINO_ERROR_REPLY_TOO_LONG);
        return;
    }
    session->lines = 0;
    session->strategy->reply_complete(session);
}

/* Takes an octet of the code. Returns 1, or 0 when the octet cannot stand there. */
static size_t reply_digit(struct postino_session *session, uint8_t octet)
{
    unsigned digit = (unsigned)octet - '0';
    unsigned code = session->line_code;

    if (code == 0) {
        /* Some servers indent, some send NULs or empty lines behind their replies. */
        if (octet <= ' ')
            return session->word_octets++ != REPLY_BLANKS_MAX;
        if (digit < 2 || digit > 5)
            return 0;
    }
    if (digit > 9)
        return 0;
    code = code * 10 + digit;
    session->line_code = (uint16_t)code;
    if (code < 200)
        return 1;
    session->word_octets = 0;
    if (session->lines != 0)
        return code == session->reply.code;
    session->reply.code = (uint16_t)code;
    /* The first line of the EHLO reply greets; the others list extensions. */
    session->take_word = NULL;
    if (!session->text_is_error) {
        session->reply.text_octets = 0;
        session->reply.text_code = (uint16_t)code;
    }
    return 1;
}

/* Takes octets of the text. The session keeps its head and counts all of it. */
static void reply_keep(struct postino_session *session, const uint8_t *data, size_t length)
{
    size_t kept = session->reply.text_octets;
    size_t i;

    for (i = 0; session->text_sink != NULL && i < length; i++)
        session->text_sink->take(session, data[i]);
    if (session->text_is_error)
        return;
    session->reply.text_octets = kept + length;
    if (kept >= sizeof session->text)
        return;
#if POSTINO_SMALL
    /* reply_run() takes one octet at a time. */
    session->text[kept] = (char)*data;
#else
    if (length > sizeof session->text - kept)
        length = sizeof session->text - kept;
    memcpy(session->text + kept, data, length);
#endif
}

/* Returns how many octets at the front of the data are taken together: an LF by itself, or text up to CR or
 * LF. */
static size_t reply_run(const uint8_t *data, size_t length)
{
#if POSTINO_SMALL
    (void)data;
    (void)length;
    return 1;
#else
    const uint8_t *end = memchr(data, '\n', length);

    if (end == data)
        return 1;
    if (end != NULL)
        length = (size_t)(end - data);
    end = memchr(data, '\r', length);
    return end != NULL ? (size_t)(end - data) : length;
#endif
}

/* Takes an octet behind the code of a line, or several octets of its text. Returns how many; 0: the first
 * cannot stand there. */
static size_t reply_behind_code(struct postino_session *session, const uint8_t *data, size_t length)
{
    size_t run = 1;
    size_t i;

    /* LF ends a line, with CR before it or without. */
    if (*data == '\r')
        return 1;
    if (session->line == REPLY_CODE && *data != '\n') {
        /* Any other octet would be taken for a state. */
        if (*data != REPLY_MORE && *data != REPLY_LAST && *data != '\t')
            return 0;
        session->line = *data;
        if (session->lines == 0)
            return 1;
        session->take_word = postino_extensions_keyword;
        data = (const uint8_t *)"\n"; /* stands between two lines */
    } else {
        run = reply_run(data, length);
        if (session->reply.code < 300 && (session->replied.step->limit & STEP_LISTS) != 0) {
            for (i = 0; i < run; i++)
                postino_extensions_octet(session, data[i]);
        }
        if (*data == '\n') {
            reply_line(session);
            return 1;
        }
    }
    reply_keep(session, data, run);
    return run;
}

/* Behind a greeting that makes no sense there may be an SMTP server all the same, so the session says QUIT.
 * Later the dialogue is out of step, and the session ends. */
void postino_reply_nonsense(struct postino_session *session, uint8_t octet)
{
    (void)octet;
    if (session->replied.step->id == POSTINO_STEP_GREETING) {
        session->line = REPLY_DEAF;
        session->outstanding = 0;
        postino_steps_enter(session, postino_session_give_up(session, POSTINO_ERROR_REPLY_SYNTAX));
    } else {
        postino_session_fail(session, POSTINO_ERROR_REPLY_SYNTAX);
    }
}

size_t postino_reply_input(struct postino_session *session, const uint8_t *data, size_t length_octets)
{
    unsigned line = session->line;
    size_t taken = 0;

    if (line >= REPLY_DEAF) {
        if (line == REPLY_TLS)
            postino_session_fail(session, POSTINO_ERROR_TLS_INJECTION);
        /* Any octet behind our QUIT ends the session. */
        else if (session->complete)
            session->over = POSTINO_WANT_CLOSED | POSTINO_WANT_GRACEFUL;
        return 1;
    }
    if (line != REPLY_NONSENSE && session->line_code < 200)
        taken = reply_digit(session, *data);
    else if (line != REPLY_NONSENSE)
        taken = reply_behind_code(session, data, length_octets);
    if (taken != 0)
        return taken;
    session->strategy->nonsense(session, *data);
    return 1;
}

#if !POSTINO_SMALL
/* Returns not 0 where one of eight octets is a control character. */
static int reply_has_control(const uint8_t *data)
{
    const uint64_t ones = UINT64_MAX / 255;
    uint64_t word;
    uint64_t rubout;

    memcpy(&word, data, sizeof word);
    /* A difference has the highest bit of an octet set where the octet is less, or where a lesser
     * neighbour borrows from it. Octets above 127 have that bit anyway and do not count. DEL becomes 0,
     * and no other octet is less than 1. */
    rubout = word ^ ones * 127;
    return ((((word - ones * ' ') & ~word) | ((rubout - ones) & ~rubout)) & ones * 128) != 0;
}

#endif

void postino_reply_show(char *text, size_t length_octets)
{
    size_t i = 0;

#if !POSTINO_SMALL
    while (length_octets - i >= 8 && !reply_has_control((const uint8_t *)text + i))
        i += 8;
#endif
    for (; i < length_octets; i++)
        text[i] = (char)postino_shown_octet((uint8_t)text[i]);
}
