/* SPDX-License-Identifier: MIT */
/* Replies (RFC 5321 section 4.2), octet by octet: nothing depends on how they were split on their way.
 * Invariant: line says what is known of the line that is arriving, line_code holds the digits of its code
 * that arrived, and is whole from 200 on; lines counts the complete lines of the reply that is arriving. */
#include "internal.h"

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

/* The code of a reply is known. */
static void reply_begin(struct postino_session *session, unsigned code)
{
    session->reply.code = (uint16_t)code;
    /* The first line of the reply to EHLO greets; the others list extensions. */
    session->take_word = NULL;
    if (!session->text_is_error) {
        session->reply.text_octets = 0;
        session->reply.text_code = (uint16_t)code;
    }
}

/* Takes an octet of the code. Returns 0, or -1 when it cannot stand there. */
static int reply_digit(struct postino_session *session, uint8_t octet)
{
    unsigned digit = (unsigned)octet - '0';
    unsigned code = session->line_code;

    if (code == 0) {
        /* Some servers indent, some send NULs or empty lines behind their replies. */
        if (octet <= ' ')
            return session->word_octets++ == REPLY_BLANKS_MAX ? -1 : 0;
        if (digit < 2 || digit > 5)
            return -1;
    }
    if (digit > 9)
        return -1;
    code = code * 10 + digit;
    session->line_code = (uint16_t)code;
    if (code < 200)
        return 0;
    session->word_octets = 0;
    if (session->lines != 0)
        return code == session->reply.code ? 0 : -1;
    reply_begin(session, code);
    return 0;
}

/* Counts an octet of the text and keeps it, if it is of the head. */
static void reply_keep(struct postino_session *session, uint8_t octet)
{
    if (session->text_sink != NULL)
        session->text_sink->take(session, octet);
    if (!session->text_is_error) {
        size_t length = session->reply.text_octets++;

        if (length < sizeof session->text)
            session->text[length] = (char)octet;
    }
}

/* Takes any octet. Returns 0, or -1 when it makes no sense. */
static int reply_octet(struct postino_session *session, uint8_t octet)
{
    int ends = octet == '\n';

    if (session->line_code < 200)
        return reply_digit(session, octet);
    if (octet == '\r') /* the LF ends the line, with or without it */
        return 0;
    if (session->line == REPLY_CODE) {
        /* No other octet gets there, where it could be taken for a state. */
        if (!ends && octet != REPLY_MORE && octet != REPLY_LAST && octet != '\t')
            return -1;
        session->line = octet;
        if (!ends) {
            if (session->lines == 0)
                return 0;
            session->take_word = postino_extensions_keyword;
            octet = '\n'; /* stands between the lines of the text */
        }
    } else if (session->reply.code < 300 && (session->replied.step->limit & STEP_LISTS) != 0) {
        postino_extensions_octet(session, octet);
    }
    if (ends)
        reply_line(session);
    else
        reply_keep(session, octet);
    return 0;
}

#if !POSTINO_SMALL
/* Whether one of eight octets is a control character. */
static int reply_has_control(const uint8_t *data)
{
    const uint64_t ones = UINT64_MAX / 255;
    uint64_t word;
    uint64_t rubout;

    memcpy(&word, data, sizeof word);
    /* A difference has an octet's highest bit where the octet is less, and where a neighbour that is less
     * borrows from it; those above 127, which have it anyway, do not count. DEL becomes 0, and nothing else
     * is less than 1. */
    rubout = word ^ ones * 127;
    return ((((word - ones * ' ') & ~word) | ((rubout - ones) & ~rubout)) & ones * 128) != 0;
}

size_t postino_reply_line(const uint8_t *data, size_t length, unsigned *code)
{
    size_t end = 4;

    if (length < 6 || (unsigned)data[0] - '2' > 3 || (unsigned)data[1] - '0' > 9 ||
        (unsigned)data[2] - '0' > 9 || data[3] != ' ')
        return 0;
    while (length - end >= 8 && !reply_has_control(data + end))
        end += 8;
    while (end < length && data[end] >= ' ' && data[end] != 127)
        end++;
    if (length - end < 2 || data[end] != '\r' || data[end + 1] != '\n')
        return 0;
    *code = data[0] * 100u + data[1] * 10u + data[2] - '0' * 111u;
    return end + 2;
}

int postino_reply_is_plain(const struct postino_session *session)
{
    return session->line == REPLY_CODE && session->line_code == 0 && session->lines == 0 &&
           session->text_sink == NULL;
}

void postino_reply_keep(struct postino_session *session, unsigned code, const uint8_t *text, size_t length)
{
    reply_begin(session, code);
    session->word_octets = 0;
    if (!session->text_is_error) {
        session->reply.text_octets = length;
        /* Not memcpy(), which gcc expands in line where it knows how few octets they are: ten times as
         * slow. */
        memmove(session->text, text, length < sizeof session->text ? length : sizeof session->text);
    }
}

/* A reply of one line that is there whole, where nobody looks at its octets one by one: the usual case.
 * Returns how many octets were taken. */
static size_t reply_whole(struct postino_session *session, const uint8_t *data, size_t length)
{
    unsigned code;
    size_t octets = postino_reply_is_plain(session) ? postino_reply_line(data, length, &code) : 0;

    if (octets != 0) {
        postino_reply_keep(session, code, data + 4, octets - 6);
        session->strategy->reply_complete(session);
    }
    return octets;
}
#endif

/* Where the greeting makes no sense there still may be an SMTP server, to be left politely; later the
 * dialogue is out of step. */
void postino_reply_nonsense(struct postino_session *session, uint8_t octet)
{
    (void)octet;
    if (session->replied.step->id == POSTINO_STEP_GREETING) {
        session->line = REPLY_DEAF;
        session->outstanding = 0;
        postino_steps_enter(session, postino_steps_give_up(session, POSTINO_ERROR_REPLY_SYNTAX));
    } else {
        postino_session_fail(session, POSTINO_ERROR_REPLY_SYNTAX);
    }
}

size_t postino_reply_input(struct postino_session *session, const uint8_t *data, size_t length_octets)
{
#if !POSTINO_SMALL
    size_t taken = 0;

    if (session->pipelining != NULL)
        taken = session->pipelining->taken(session, data, length_octets);
    if (taken == 0)
        taken = reply_whole(session, data, length_octets);
    if (taken != 0)
        return taken;
#else
    (void)length_octets;
#endif
    if (session->line >= REPLY_DEAF) {
        if (session->line == REPLY_TLS)
            postino_session_fail(session, POSTINO_ERROR_TLS_INJECTION);
        /* Whatever comes after our QUIT ends it. */
        else if (session->complete)
            session->over = POSTINO_WANT_CLOSED | POSTINO_WANT_GRACEFUL;
    } else if (session->line == REPLY_NONSENSE || reply_octet(session, *data) != 0) {
        session->strategy->nonsense(session, *data);
    }
    return 1;
}
