/* SPDX-License-Identifier: MIT */
/* PIPELINING (RFC 2920): what goes out before the replies to what went before it. Invariant: whatever may
 * have to be taken back by a reply that is awaited does not go out: see pipelining_joins(). */
#include "internal.h"

#define PIPELINING_GROUP_OCTETS 65536

static int pipelining_decided(const struct postino_mail *mail)
{
    return mail != NULL && mail->state < MAIL_FINISHED && (mail->marks & MAIL_DECIDED) != 0;
}

/* Whether the message may follow RCPT before that is answered. */
static int pipelining_joins(const struct postino_session *session)
{
    const struct postino_mail *mail = session->sent.mail;
    size_t limit = session->config->group_octets_max;

    if (limit == 0)
        limit = PIPELINING_GROUP_OCTETS;
    if ((mail->recipients->next != NULL && mail->delivery == NULL) || (mail->marks & MAIL_HAS_MORE) != 0)
        return 0;
    return (mail->marks & MAIL_CHUNKED) == 0 ||
           (session->message.size_octets <= limit && (session->message.flags & POSTINO_SOURCE_REWINDS) != 0);
}

#if !POSTINO_SMALL
/* The line of a command that has a path and no parameters (RFC 5321 section 4.5.3.1.4). */
#define PIPELINING_COMMAND_OCTETS   512
/* What is left of such a line beside "RSET" and its line end. */
#define PIPELINING_PARAMETER_OCTETS (PIPELINING_COMMAND_OCTETS - 6)

static uint8_t *pipelining_put(uint8_t *place, const void *data, size_t length)
{
    memcpy(place, data, length);
    return place + length;
}

/* Whether an envelope begins of which nothing has to be asked, and MAIL and RCPT have room. */
static int pipelining_is_plain(const struct postino_session *session, size_t capacity)
{
    const struct postino_step *step = session->sent.step;
    const struct postino_mail *mail = session->sent.mail;

    return (step == &postino_transaction_rset || step == &postino_steps[STEP_MAIL]) &&
           session->offset_octets == 0 && capacity >= 3 * PIPELINING_COMMAND_OCTETS &&
           postino_pipelining_room(session) >= 3 && session->dirty != DIRTY_OPEN && mail->options == NULL &&
           mail->delivery == NULL && mail->recipients->kind != POSTINO_RECIPIENT_BCC;
}

/* Puts down RCPT for the first recipient, and for those behind it that have room before `end`. Returns the
 * place behind the last, where the cursor stands then. */
static uint8_t *pipelining_recipients(struct postino_session *session, uint8_t *place, const uint8_t *end)
{
    static const char rcpt_to[] = "RCPT TO:<";
    static const char line_end[] = ">\r\n";
    struct postino_recipient *next = session->sent.mail->recipients;
    struct postino_recipient *recipient;

    do {
        recipient = next;
        place = pipelining_put(place, rcpt_to, sizeof rcpt_to - 1);
        place = pipelining_put(place, recipient->path.data, recipient->path.length_octets);
        place = pipelining_put(place, line_end, sizeof line_end - 1);
        recipient->state = RECIPIENT_ASKED;
        session->outstanding++;
        next = recipient->next;
    } while (next != NULL && next->kind != POSTINO_RECIPIENT_BCC && postino_pipelining_room(session) != 0 &&
             (size_t)(end - place) >= PIPELINING_COMMAND_OCTETS);
    session->sent.recipient = recipient;
    session->sent.step = &postino_steps[STEP_RCPT];
    session->complete = 1;
    return place;
}

/* The usual case: RSET where it is due, MAIL, and RCPT for all recipients or as many as have room, as their
 * rows say them, without asking behind each what follows it. The message is entered if it joins them. Returns
 * how many octets; 0: it is not the usual case. */
static size_t pipelining_envelope(struct postino_session *session, uint8_t *out, size_t capacity)
{
    static const char rset[] = "RSET\r\n";
    static const char mail_from[] = "MAIL FROM:<";
    static const char line_end[] = "\r\n";
    struct postino_mail *mail = session->sent.mail;
    uint8_t *begin = out;
    uint8_t *place;

    if (!pipelining_is_plain(session, capacity))
        return 0;
    postino_transaction_time(session);
    if (session->sent.step == &postino_transaction_rset)
        begin = pipelining_put(out, rset, sizeof rset - 1);
    place = pipelining_put(begin, mail_from, sizeof mail_from - 1);
    place = pipelining_put(place, mail->path.data, mail->path.length_octets);
    *place++ = '>';
    if (session->parameters != NULL) {
        struct postino_emitter emitter = {place, 0, PIPELINING_PARAMETER_OCTETS, 0};

        session->parameters(session, &emitter);
        if (emitter.place > emitter.room)
            return 0;
        place += emitter.place;
    }
    place = pipelining_put(place, line_end, sizeof line_end - 1);
    if (mail->state == MAIL_BEGUN) {
        mail->state = MAIL_STARTED;
        mail->start = session->output_octets + (size_t)(begin - out);
    }
    session->outstanding = (uint16_t)(session->outstanding + (begin == out ? 1 : 2));
    place = pipelining_recipients(session, place, out + capacity);
    session->since_ms = session->now_ms;
    session->output_octets += (size_t)(place - out);
    /* One of several recipients has something to say first. */
    if (postino_pipelining_room(session) != 0 && pipelining_joins(session)) {
        session->sent.recipient = NULL;
        postino_session_enter(session, postino_transaction_content(session, mail));
    }
    return (size_t)(place - out);
}
#endif

/* Puts out step after step, as far as they follow each other. */
static size_t pipelining_group(struct postino_session *session, uint8_t *out, size_t capacity)
{
    unsigned secret = postino_session_secret(session);
    size_t written = 0;

    session->secret = (uint8_t)secret;
    do {
#if !POSTINO_SMALL
        written += pipelining_envelope(session, out + written, capacity - written);
        if (!session->complete)
#endif
            written += postino_transaction_write_step(session, out + written, capacity - written);
        if (!session->complete)
            break;
        postino_transaction_advance(session);
        /* Secrets go out by themselves, and the end mark in one piece. */
    } while (!session->complete && session->over == 0 && capacity - written >= MESSAGE_MARK_OCTETS &&
             postino_session_secret(session) == secret);
    return written;
}

/* Whether another step may be entered now. */
static int pipelining_follows(struct postino_session *session)
{
    const struct postino_mail *mail = session->sent.mail;
    const struct postino_step *step = session->sent.step;
    int decided;

    /* The cursors may stand on mails that are the caller's again. */
    if (session->over != 0)
        return 0;
    decided = pipelining_decided(mail);
    /* Nothing of the step left yet, and nobody needs it any more. After 354 the end mark must come. */
    if (decided && session->offset_octets == 0 && step != &postino_steps[STEP_MESSAGE]) {
        session->complete = 1;
        postino_session_source_ready(session);
    }
    if (!session->complete)
        return 0;
    if (session->outstanding == 0)
        return 1;
    if ((step->limit & STEP_JOINS) == 0 || decided || session->dirty == DIRTY_OPEN ||
        postino_pipelining_room(session) == 0)
        return 0;
    if (mail->state == MAIL_BEGUN || mail->state == MAIL_STARTED)
        return 1;
    if (session->next != NULL)
        return session->in_flight < session->config->mails_in_flight_max;
    /* Nothing may follow QUIT; a mail to several recipients may need another transaction. */
    return session->quitting && session->in_flight == 1 && mail->recipients->next == NULL;
}

/* Moves the reply cursor on to the step that is answered next. `next` stood behind its mail. */
static void pipelining_answered(struct postino_session *session, struct postino_mail *next)
{
    struct postino_cursor *replied = &session->replied;
    struct postino_mail *mail = replied->mail;

    if (session->outstanding == 0) {
        *replied = session->sent;
    } else if (mail->state == MAIL_FINISHED || mail->state == MAIL_WAITING) {
        while (next != NULL && next->state == MAIL_FINISHED)
            next = next->next;
        replied->mail = next;
        /* What is outstanding went out while this mail was not settled: the next mail's RSET and what follows
         * it (RFC 3030 section 3), or behind the last mail QUIT. */
        if (next == NULL)
            *replied = session->sent;
        else
            replied->step = &postino_transaction_rset;
    } else {
        replied->step = postino_transaction_follow(session, replied, RECIPIENT_ASKED);
    }
}

#if !POSTINO_SMALL
/* Acts on a reply that takes what was asked for a mail, when what follows it is outstanding too. Returns 1,
 * or 0 where that is not all there is to it. */
static int pipelining_take(struct postino_session *session, unsigned code)
{
    struct postino_cursor *replied = &session->replied;
    struct postino_mail *mail = replied->mail;
    struct postino_mail *next = mail->next;

    switch (replied->step->id) {
    case POSTINO_STEP_RCPT:
        session->reply.code = (uint16_t)code;
        postino_submit_rcpt(session, 0);
        break;
    case POSTINO_STEP_MAIL:
        mail->marks |= MAIL_ACCEPTED;
        break;
    case POSTINO_STEP_RSET:
        /* What waits for it may go out now. */
        if (session->dirty == DIRTY_OPEN)
            return 0;
        session->dirty = 0;
        break;
    case POSTINO_STEP_MESSAGE:
        /* All of a message; of chunks only the last one's reply says so, and it is the only one outstanding
         * then. */
        if ((mail->marks & MAIL_CHUNKED) != 0 && mail->chunks != 1)
            return 0;
        session->reply.code = (uint16_t)code;
        session->outstanding--;
        mail->chunks = 0;
        postino_transaction_end(session, POSTINO_OK, POSTINO_OUTCOME_ACCEPTED);
        pipelining_answered(session, next);
        /* Mostly everything was said, and replies come in. */
        if (!session->complete || session->next != NULL || session->quitting ||
            session->sent.mail->state != MAIL_ENDED)
            postino_transaction_advance(session);
        return 1;
    default:
        return 0;
    }
    /* Nothing else may go out now than before. */
    session->outstanding--;
    replied->step = postino_transaction_follow(session, replied, RECIPIENT_ASKED);
    return 1;
}

/* The usual case: replies that take what was asked, each a line, and nobody is to be told of them one by one.
 * What one says is kept of the last. Returns how many octets they have. */
static size_t pipelining_taken(struct postino_session *session, const uint8_t *data, size_t length)
{
    const uint8_t *last = data;
    size_t octets = 0;
    size_t left = length;
    unsigned last_code = 0;

    if (!postino_reply_is_plain(session) || session->config->on_reply != NULL ||
        session->config->lmtp != NULL)
        return 0;
    while (session->outstanding >= 2 && session->replied.mail != NULL &&
           (session->replied.mail->marks & MAIL_DECIDED) == 0) {
        unsigned code;
        size_t line = postino_reply_line(data, left, &code);

        if (line == 0 || code - 250 >= 50 || !pipelining_take(session, code))
            break;
        last = data;
        last_code = code;
        octets = line;
        data += line;
        left -= line;
    }
    if (octets != 0) {
        session->since_ms = session->now_ms;
        postino_reply_keep(session, last_code, last + 4, octets - 6);
    }
    return length - left;
}
#endif

static unsigned pipelining_answer(struct postino_session *session, int refused)
{
    struct postino_cursor *replied = &session->replied;
    struct postino_mail *mail = replied->mail;
    struct postino_mail *next = mail->next;
    unsigned id = replied->step->id;

    if (id == POSTINO_STEP_RSET && refused &&
        (session->outstanding != 0 || (!session->complete && session->offset_octets != 0)))
        return postino_session_fail(session, POSTINO_ERROR_REFUSED);
    if (id == POSTINO_STEP_RCPT && !refused)
        mail->marks |= MAIL_HAS_RECIPIENT;
    if ((mail->marks & MAIL_DECIDED) == 0 || id == POSTINO_STEP_MESSAGE || id == POSTINO_STEP_RSET) {
        unsigned row = postino_transaction_reply(session, refused);

        if (row != STEP_NEXT)
            return row;
    } else if (id == POSTINO_STEP_RCPT) {
        /* One recipient gave the mail up; another one that is refused too has a reply of its own. */
        if (refused && mail->result.step == POSTINO_STEP_RCPT)
            replied->recipient->reply_code = session->reply.code;
    } else if (id == POSTINO_STEP_DATA && !refused) {
        /* Taken all the same: a lone dot ends it, unless the server has a recipient to give that to. */
        return (mail->marks & MAIL_HAS_RECIPIENT) != 0
                   ? postino_session_fail(session, POSTINO_ERROR_REPLY_UNEXPECTED)
                   : STEP_MESSAGE;
    }
    pipelining_answered(session, next);
    /* The message is under way, and nobody is there to take it. */
    if (id == POSTINO_STEP_RCPT && replied->mail == mail &&
        (replied->step->id == POSTINO_STEP_DATA || replied->step->id == POSTINO_STEP_MESSAGE) &&
        (mail->marks & (MAIL_HAS_RECIPIENT | MAIL_DECIDED)) == 0) {
        postino_transaction_decide(session, POSTINO_ERROR_REFUSED, POSTINO_OUTCOME_NOT_ATTEMPTED);
        mail->result.step = POSTINO_STEP_RCPT;
    }
    if (session->source_waits == SOURCE_FAILED && session->outstanding == 0)
        return postino_session_fail(session, POSTINO_ERROR_SOURCE);
    return STEP_NEXT;
}

static int pipelining_wanted(const struct postino_session *session)
{
    const struct postino_mail *mail = session->sent.mail;

    return mail != NULL && mail->state == MAIL_ENDED && (mail->marks & MAIL_DECIDED) == 0 &&
           session->in_flight < session->config->mails_in_flight_max;
}

/* Before the first mail nothing travels in groups. */
static int pipelining_check(struct postino_session *session, struct postino_mail *mail)
{
    static const struct postino_pipelining pipelining = {
        .group = pipelining_group,
        .follows = pipelining_follows,
        .joins = pipelining_joins,
        .answer = pipelining_answer,
        .wanted = pipelining_wanted,
#if !POSTINO_SMALL
        .taken = pipelining_taken
#endif
    };

    (void)mail;
    session->pipelining = &pipelining;
    return POSTINO_OK;
}

const struct postino_extension postino_extension_pipelining = {
    POSTINO_TEXT("PIPELINING"), NULL, pipelining_check, NULL, POSTINO_CAPABILITY_PIPELINING};
