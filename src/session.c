/* SPDX-License-Identifier: MIT */
/* The session: what the port sees of the protocol. Invariant: sent names the step whose octets go out,
 * replied the step whose reply comes next; without pipelining both are the same step. What the port is to do
 * follows from them and from the flags, and is stored nowhere. */
#include "internal.h"

/* RFC 5321 section 4.5.2, held back line end included. */
static const char session_end_mark[5] = {'\r', '\n', '.', '\r', '\n'};

static uint32_t session_limit_ms(const struct postino_session *session)
{
    const struct postino_time_limits *limits = session->config->time_limits;

    if (session->sent.step->id == POSTINO_STEP_MESSAGE && (session->flags & SESSION_COMPLETE) == 0)
        return limits->block_ms;
    return *(const uint32_t *)((const char *)limits + session->sent.step->limit);
}

static void session_deadline(struct postino_session *session)
{
    session->deadline_ms = session->now_ms + session_limit_ms(session);
}

void postino_session_enter_step(struct postino_session *session, const struct postino_step *step)
{
    session->sent.step = step;
    session->replied = session->sent;
    session->offset_octets = 0;
    session->flags &= (uint16_t)~SESSION_COMPLETE;
    if (step->verb == NULL && step->id != POSTINO_STEP_MESSAGE)
        session->flags |= SESSION_COMPLETE;
    session_deadline(session);
}

void postino_session_enter(struct postino_session *session, unsigned row)
{
    postino_session_enter_step(session, &postino_steps[row]);
}

/* Keeps the first error. What happens to QUIT concerns nobody. */
void postino_session_record(struct postino_session *session, int error)
{
    if (session->result.error == POSTINO_OK && session->replied.step->id != POSTINO_STEP_QUIT) {
        session->result.error = (int16_t)error;
        session->result.step = session->replied.step->id;
        if (error == POSTINO_ERROR_REFUSED || error == POSTINO_ERROR_REPLY_UNEXPECTED ||
            error == POSTINO_ERROR_SERVICE_CLOSING)
            session->result.reply_code = session->code;
        session->flags |= SESSION_TEXT_KEPT;
    }
}

void postino_session_fail(struct postino_session *session, int error)
{
    postino_session_record(session, error);
    session->flags |= SESSION_CLOSED;
}

void postino_session_settle(struct postino_mail *mail, const struct postino_result *result)
{
    struct postino_recipient *recipient;

    mail->result = *result;
    mail->progress |= MAIL_SETTLED;
    for (recipient = mail->recipients; recipient != NULL; recipient = recipient->next) {
        if (recipient->outcome == POSTINO_OUTCOME_PENDING) {
            recipient->outcome = result->outcome;
            recipient->reply_code = result->reply_code;
        }
        if (recipient->outcome < mail->result.outcome)
            mail->result.outcome = recipient->outcome;
    }
}

int postino_session_init_sized(struct postino_session *session, size_t session_octets,
                               const struct postino_session_config *config, uint32_t now_ms)
{
    struct postino_span name;

    if (session == NULL || config == NULL || config->ehlo_name == NULL || config->time_limits == NULL)
        return POSTINO_ERROR_ARGUMENT;
    if (session_octets != sizeof *session)
        return POSTINO_ERROR_OBJECT_SIZE;
    /* What may stand in a path may stand in an EHLO command, brackets around it apart. */
    if (postino_address_path(config->ehlo_name, &name) != 0 || name.length_octets == 0 ||
        name.data != config->ehlo_name)
        return POSTINO_ERROR_EHLO_NAME;
    if (config->credentials != NULL &&
        (config->credentials->user == NULL || config->credentials->password == NULL))
        return POSTINO_ERROR_CREDENTIALS;
    memset(session, 0, sizeof *session);
    session->config = config;
    session->now_ms = now_ms;
    postino_session_enter(session, STEP_GREETING);
    return POSTINO_OK;
}

unsigned postino_session_want(const struct postino_session *session)
{
    unsigned want = POSTINO_WANT_RECEIVE;

    if ((session->flags & SESSION_CLOSED) != 0)
        return (session->flags & SESSION_GRACEFUL) != 0 ? POSTINO_WANT_CLOSED | POSTINO_WANT_GRACEFUL
                                                        : POSTINO_WANT_CLOSED;
    if ((session->flags & (SESSION_COMPLETE | SESSION_SOURCE_WAIT)) == 0)
        want |= POSTINO_WANT_SEND;
    if (session->sent.step->id == POSTINO_STEP_IDLE)
        want |= POSTINO_WANT_MAIL;
    return want;
}

/* Puts out the end mark, or nothing where the call's capacity would cut it and the next one's would not. Its
 * octets are counted by the step's offset, which the message itself leaves at 0. */
static size_t session_end_message(struct postino_session *session, uint8_t *out, size_t room, size_t capacity)
{
    size_t length;

    /* An empty message has no line to end. */
    if (session->offset_octets == 0 && session->filter == 0)
        session->offset_octets = 2;
    length = sizeof session_end_mark - session->offset_octets;
    if (length > room) {
        if (capacity >= sizeof session_end_mark)
            return 0;
        length = room;
    }
    memcpy(out, session_end_mark + session->offset_octets, length);
    session->offset_octets += length;
    if (session->offset_octets == sizeof session_end_mark)
        session->flags |= SESSION_COMPLETE;
    return length;
}

static size_t session_message(struct postino_session *session, uint8_t *out, size_t capacity)
{
    struct postino_source *source = session->sent.mail->source;
    size_t written = 0;

    while (written < capacity) {
        const uint8_t *data;
        size_t length;
        size_t taken;

        switch (source->methods->span(source, &data, &length)) {
        case POSTINO_SOURCE_DATA:
            written += postino_data_filter(&session->filter, data, length, &taken, out + written,
                                           capacity - written);
            source->methods->consume(source, taken);
            break;
        case POSTINO_SOURCE_END:
            return written + session_end_message(session, out + written, capacity - written, capacity);
        case POSTINO_SOURCE_WAIT:
            session->flags |= SESSION_SOURCE_WAIT;
            return written;
        default:
            postino_session_fail(session, POSTINO_ERROR_SOURCE);
            return written;
        }
    }
    return written;
}

static size_t session_command(struct postino_session *session, uint8_t *out, size_t capacity)
{
    struct postino_command command;
    size_t written;

    postino_command_build(session, &command);
    written = postino_command_copy(&command, session->offset_octets, out, capacity);
    session->offset_octets += written;
    if (session->offset_octets == postino_command_octets(&command))
        session->flags |= SESSION_COMPLETE;
    return written;
}

size_t postino_session_output(struct postino_session *session, uint8_t *out, size_t capacity, uint32_t now_ms)
{
    struct postino_mail *mail = session->sent.mail;
    size_t written;

    session->now_ms = now_ms;
    if ((postino_session_want(session) & POSTINO_WANT_SEND) == 0)
        return 0;
    written = session->sent.step->verb != NULL ? session_command(session, out, capacity)
                                               : session_message(session, out, capacity);
    session->output_octets += written;
    if (written != 0)
        session_deadline(session);
    if ((session->flags & SESSION_COMPLETE) != 0) {
        if (session->sent.step->id == POSTINO_STEP_MESSAGE) {
            mail->end = session->output_octets;
            mail->progress |= MAIL_ENDED;
        }
        if ((session->flags & SESSION_DEAF) != 0)
            session->flags |= SESSION_GRACEFUL | SESSION_CLOSED;
    }
    return written;
}

void postino_session_input(struct postino_session *session, const uint8_t *data, size_t length_octets,
                           uint32_t now_ms)
{
    session->now_ms = now_ms;
    for (; length_octets != 0 && (session->flags & (SESSION_CLOSED | SESSION_DEAF)) == 0; length_octets--)
        postino_reply_octet(session, *data++);
}

/* RFC 5321 section 4.2.1: the first digit decides, save for codes that belong to one step only. */
static unsigned session_reply_kind(unsigned code)
{
    return code == 220 || code == 221 || code == 235 ? code : code / 100;
}

void postino_session_reply(struct postino_session *session)
{
    const struct postino_session_config *config = session->config;
    const struct postino_step *step = session->replied.step;
    unsigned code = session->code;

    if (config->on_reply != NULL && session->replied.mail != NULL) {
        struct postino_reply reply;

        reply.code = session->code;
        reply.text = postino_session_text(session, &reply.text_octets);
        config->on_reply(config->context, session->replied.mail, session->replied.recipient, &reply);
    }
    if (code == 421) {
        postino_session_fail(session, POSTINO_ERROR_SERVICE_CLOSING);
    } else if ((session->flags & SESSION_COMPLETE) == 0) {
        /* Answered before it was asked. A message may be refused before its end, and cannot be ended then. */
        if (step->id == POSTINO_STEP_MESSAGE && code >= 400)
            postino_steps_refuse_mail(session);
        postino_session_fail(session, POSTINO_ERROR_REPLY_UNEXPECTED);
    } else if (code == 334 && step->id == POSTINO_STEP_AUTH) {
        postino_steps_challenge(session);
    } else if (code != 334 && session_reply_kind(code) == step->accept) {
        step->accepted(session);
    } else if (code >= 400) {
        step->refused(session);
    } else if (step->id == POSTINO_STEP_GREETING) {
        postino_steps_give_up(session, POSTINO_ERROR_REPLY_UNEXPECTED);
    } else {
        postino_session_fail(session, POSTINO_ERROR_REPLY_UNEXPECTED);
    }
}

uint32_t postino_session_wait_ms(const struct postino_session *session, uint32_t now_ms)
{
    uint32_t left = session->deadline_ms - now_ms;

    if (session->sent.step->id == POSTINO_STEP_IDLE)
        return UINT32_MAX;
    return left <= INT32_MAX ? left : 0;
}

void postino_session_tick(struct postino_session *session, uint32_t now_ms)
{
    if ((session->flags & SESSION_CLOSED) == 0 && postino_session_wait_ms(session, now_ms) == 0)
        postino_session_fail(session, POSTINO_ERROR_TIMEOUT);
}

void postino_session_lost(struct postino_session *session, int error, size_t unsent_octets)
{
    struct postino_mail *mail;

    if ((session->flags & SESSION_CLOSED) == 0)
        postino_session_fail(session, error != 0 ? error : POSTINO_ERROR_CLOSED);
    for (mail = session->mails; mail != NULL; mail = mail->next) {
        if ((mail->progress & MAIL_SETTLED) != 0)
            continue;
        session->result.outcome = POSTINO_OUTCOME_TRANSIENT;
        if ((mail->progress & MAIL_STARTED) == 0 || session->output_octets - mail->start <= unsent_octets)
            session->result.outcome = POSTINO_OUTCOME_NOT_ATTEMPTED;
        else if ((mail->progress & MAIL_ENDED) != 0 && session->output_octets - mail->end >= unsent_octets &&
                 session->result.error != POSTINO_ERROR_SERVICE_CLOSING)
            session->result.outcome = POSTINO_OUTCOME_UNKNOWN;
        postino_session_settle(mail, &session->result);
    }
}

void postino_session_abort(struct postino_session *session)
{
    postino_session_fail(session, POSTINO_ERROR_ABORTED);
}

int postino_session_submit(struct postino_session *session, struct postino_mail *mail)
{
    struct postino_mail **link = &session->mails;
    struct postino_recipient *recipient;
    struct postino_span path;

    if (mail == NULL || mail->reverse_path == NULL || mail->source == NULL)
        return POSTINO_ERROR_ARGUMENT;
    if (postino_address_path(mail->reverse_path, &path) != 0)
        return POSTINO_ERROR_REVERSE_PATH;
    recipient = mail->recipients;
    do {
        if (recipient == NULL || recipient->address == NULL ||
            postino_address_path(recipient->address, &path) != 0 || path.length_octets == 0)
            return POSTINO_ERROR_FORWARD_PATH;
        recipient->outcome = POSTINO_OUTCOME_PENDING;
        recipient->reply_code = 0;
        recipient = recipient->next;
    } while (recipient != NULL);
    if (session->result.error != POSTINO_OK)
        return session->result.error;
    if ((session->flags & (SESSION_QUITTING | SESSION_CLOSED)) != 0)
        return POSTINO_ERROR_STATE;
    memset(&mail->result, 0, sizeof mail->result);
    mail->progress = 0;
    mail->next = NULL;
    while (*link != NULL)
        link = &(*link)->next;
    *link = mail;
    if (session->sent.step->id == POSTINO_STEP_IDLE)
        postino_steps_next(session);
    return POSTINO_OK;
}

struct postino_mail *postino_session_finished(struct postino_session *session)
{
    struct postino_mail *mail = session->mails;

    if (mail == NULL || (mail->progress & MAIL_SETTLED) == 0)
        return NULL;
    session->mails = mail->next;
    mail->next = NULL;
    return mail;
}

void postino_session_quit(struct postino_session *session)
{
    session->flags |= SESSION_QUITTING;
    if (session->sent.step->id == POSTINO_STEP_IDLE)
        postino_steps_next(session);
}

void postino_session_source_ready(struct postino_session *session)
{
    session->flags &= (uint16_t)~SESSION_SOURCE_WAIT;
}

const struct postino_result *postino_session_result(const struct postino_session *session)
{
    return &session->result;
}

const char *postino_session_text(const struct postino_session *session, size_t *length_octets)
{
    size_t length = session->text_octets;

    /* The last line's end separates nothing. */
    if (length != 0 && session->text[length - 1] == '\n')
        length--;
    *length_octets = length;
    return session->text;
}

uint32_t postino_session_capabilities(const struct postino_session *session)
{
    return session->capabilities;
}

int postino_session_is_secret(const struct postino_session *session)
{
    return session->sent.step->id == POSTINO_STEP_AUTH && session->round != 0 &&
           session->sent.step != &postino_steps[STEP_AUTH_CANCEL];
}
