/* SPDX-License-Identifier: MIT */
/* The session: what the port sees of the protocol. Invariant: sent names the step whose octets go out,
 * replied the step whose reply comes next; without pipelining both are the same step. What the port is to do
 * follows from them and from the flags, and is stored nowhere. */
#include "internal.h"

void postino_session_enter(struct postino_session *session, const struct postino_step *step)
{
    session->sent.step = step;
    session->replied = session->sent;
    session->offset_octets = 0;
    session->filter = 0;
    session->mark_octets = 0;
    session->code = 0;
    session->since_ms = session->now_ms;
    session->flags &= (uint8_t)~SESSION_COMPLETE;
    if (step->verb == NULL && step->id != POSTINO_STEP_MESSAGE)
        session->flags |= SESSION_COMPLETE;
}

/* Keeps the first error. What happens to QUIT concerns nobody. */
void postino_session_record(struct postino_session *session, int error)
{
    unsigned step = session->replied.step->id;

    if (session->result.error == POSTINO_OK && step != POSTINO_STEP_QUIT) {
        session->result.error = (int16_t)error;
        session->result.step = (uint8_t)step;
        /* Where the server is not at fault no reply decided it. */
        if (error > POSTINO_ERROR_RESOLVE)
            session->result.reply_code = session->code;
        session->flags |= SESSION_TEXT_KEPT;
    }
}

unsigned postino_session_fail(struct postino_session *session, int error)
{
    postino_session_record(session, error);
    session->flags |= SESSION_CLOSED;
    return STEP_STAY;
}

/* Settles a mail that is not settled. Recipients that were decided before keep their own outcome. */
void postino_session_settle(struct postino_mail *mail, const struct postino_result *result, unsigned outcome)
{
    struct postino_recipient *recipient;

    if ((mail->progress & MAIL_SETTLED) != 0)
        return;
    mail->progress |= MAIL_SETTLED;
    mail->result = *result;
    for (recipient = mail->recipients; recipient != NULL; recipient = recipient->next) {
        unsigned decided = recipient->outcome;

        if (decided == POSTINO_OUTCOME_PENDING) {
            decided = outcome;
            recipient->reply_code = result->reply_code;
            recipient->outcome = (uint8_t)decided;
        }
        if (decided < outcome)
            outcome = decided;
    }
    mail->result.outcome = (uint8_t)outcome;
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
        config->ehlo_name[0] == '<')
        return POSTINO_ERROR_EHLO_NAME;
    if (config->credentials != NULL &&
        (config->credentials->user == NULL || config->credentials->password == NULL))
        return POSTINO_ERROR_CREDENTIALS;
    memset(session, 0, sizeof *session);
    session->config = config;
    session->size_limit_octets = POSTINO_SIZE_UNKNOWN;
    session->now_ms = now_ms;
    postino_session_enter(session, &postino_steps[STEP_GREETING]);
    return POSTINO_OK;
}

void postino_session_connected(struct postino_session *session, uint32_t now_ms)
{
    session->since_ms = now_ms;
}

unsigned postino_session_want(const struct postino_session *session)
{
    unsigned flags = session->flags;
    unsigned want = POSTINO_WANT_RECEIVE;

    if ((flags & SESSION_CLOSED) != 0) {
        want = POSTINO_WANT_CLOSED;
        if ((flags & SESSION_GRACEFUL) != 0)
            want |= POSTINO_WANT_GRACEFUL;
        return want;
    }
    if ((flags & (SESSION_COMPLETE | SESSION_SOURCE_WAIT)) == 0)
        want |= POSTINO_WANT_SEND;
    if (session->sent.step->id == POSTINO_STEP_IDLE)
        want |= POSTINO_WANT_MAIL;
    return want;
}

/* Puts out the end mark (RFC 5321 section 4.5.2), held back line end included, or nothing where the call's
 * capacity would cut it and the next one's would not. */
static size_t session_end_message(struct postino_session *session, uint8_t *out, size_t room, size_t capacity)
{
    static const char mark[] = "\r\n.\r\n";
    size_t handed = session->mark_octets;
    size_t length;

    /* An empty message has no line to end. */
    if (session->filter == 0 && handed < 2)
        handed = 2;
    length = sizeof mark - 1 - handed;
    if (length > room) {
        if (capacity >= sizeof mark - 1)
            return 0;
        length = room;
    }
    memcpy(out, mark + handed, length);
    handed += length;
    session->mark_octets = (uint8_t)handed;
    if (handed == sizeof mark - 1)
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
        enum postino_source_status status = source->methods->span(source, &data, &length);

        if (status != POSTINO_SOURCE_DATA) {
            if (status == POSTINO_SOURCE_END)
                written += session_end_message(session, out + written, capacity - written, capacity);
            else if (status == POSTINO_SOURCE_WAIT)
                session->flags |= SESSION_SOURCE_WAIT;
            else
                postino_session_fail(session, POSTINO_ERROR_SOURCE);
            break;
        }
        written += postino_data_filter(&session->filter, data, &length, out + written, capacity - written);
        source->methods->consume(source, length);
    }
    return written;
}

static size_t session_command(struct postino_session *session, uint8_t *out, size_t capacity)
{
    struct postino_emitter emitter;

    emitter.out = out;
    emitter.skip = session->offset_octets;
    emitter.room = capacity;
    postino_emit_command(session, &emitter);
    capacity -= emitter.room;
    session->offset_octets += capacity;
    if (session->offset_octets == emitter.total)
        session->flags |= SESSION_COMPLETE;
    return capacity;
}

size_t postino_session_output(struct postino_session *session, uint8_t *out, size_t capacity, uint32_t now_ms)
{
    struct postino_mail *mail = session->sent.mail;

    session->now_ms = now_ms;
    if ((postino_session_want(session) & POSTINO_WANT_SEND) == 0)
        return 0;
    if (session->sent.step->verb != NULL)
        capacity = session_command(session, out, capacity);
    else
        capacity = session_message(session, out, capacity);
    session->output_octets += capacity;
    if (capacity != 0)
        session->since_ms = now_ms;
    if ((session->flags & SESSION_COMPLETE) != 0 && session->sent.step->id == POSTINO_STEP_MESSAGE) {
        mail->end = session->output_octets;
        mail->progress |= MAIL_ENDED;
    }
    return capacity;
}

void postino_session_input(struct postino_session *session, const uint8_t *data, size_t length_octets,
                           uint32_t now_ms)
{
    session->now_ms = now_ms;
    for (; length_octets != 0 && (session->flags & SESSION_CLOSED) == 0; length_octets--)
        postino_reply_octet(session, *data++);
}

uint32_t postino_session_wait_ms(const struct postino_session *session, uint32_t now_ms)
{
    const struct postino_time_limits *limits = session->config->time_limits;
    const struct postino_step *step = session->sent.step;
    uint32_t limit_ms = *(const uint32_t *)((const char *)limits + step->limit);
    uint32_t passed_ms = now_ms - session->since_ms;

    if (step->id == POSTINO_STEP_IDLE)
        return UINT32_MAX;
    if (step->id == POSTINO_STEP_MESSAGE && (session->flags & SESSION_COMPLETE) == 0)
        limit_ms = limits->block_ms;
    return passed_ms < limit_ms ? limit_ms - passed_ms : 0;
}

void postino_session_tick(struct postino_session *session, uint32_t now_ms)
{
    if (postino_session_wait_ms(session, now_ms) == 0)
        postino_session_fail(session, POSTINO_ERROR_TIMEOUT);
}

void postino_session_lost(struct postino_session *session, int error, size_t unsent_octets)
{
    struct postino_mail *mail;

    if ((session->flags & SESSION_CLOSED) == 0)
        postino_session_fail(session, error != 0 ? error : POSTINO_ERROR_CLOSED);
    for (mail = session->mails; mail != NULL; mail = mail->next) {
        unsigned outcome = POSTINO_OUTCOME_TRANSIENT;

        if ((mail->progress & MAIL_STARTED) == 0 || session->output_octets - mail->start <= unsent_octets)
            outcome = POSTINO_OUTCOME_NOT_ATTEMPTED;
        else if ((mail->progress & MAIL_ENDED) != 0 && session->output_octets - mail->end >= unsent_octets &&
                 session->result.error != POSTINO_ERROR_SERVICE_CLOSING)
            outcome = POSTINO_OUTCOME_UNKNOWN;
        postino_session_settle(mail, &session->result, outcome);
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

    if (mail == NULL || mail->reverse_path == NULL || mail->source == NULL)
        return POSTINO_ERROR_ARGUMENT;
    if (postino_address_path(mail->reverse_path, &mail->path) != 0)
        return POSTINO_ERROR_REVERSE_PATH;
    recipient = mail->recipients;
    do {
        if (recipient == NULL || recipient->address == NULL ||
            postino_address_path(recipient->address, &recipient->path) != 0 ||
            recipient->path.length_octets == 0)
            return POSTINO_ERROR_FORWARD_PATH;
        recipient->outcome = POSTINO_OUTCOME_PENDING;
        recipient->reply_code = 0;
        recipient = recipient->next;
    } while (recipient != NULL);
    if (session->result.error != POSTINO_OK)
        return session->result.error;
    if ((session->flags & (SESSION_QUITTING | SESSION_CLOSED)) != 0)
        return POSTINO_ERROR_STATE;
    mail->result.error = POSTINO_OK;
    mail->result.reply_code = 0;
    mail->result.step = POSTINO_STEP_IDLE;
    mail->result.outcome = POSTINO_OUTCOME_PENDING;
    mail->progress = 0;
    mail->next = NULL;
    while (*link != NULL)
        link = &(*link)->next;
    *link = mail;
    if (session->sent.step->id == POSTINO_STEP_IDLE)
        postino_steps_enter(session, postino_steps_next(session));
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
        postino_steps_enter(session, postino_steps_next(session));
}

void postino_session_source_ready(struct postino_session *session)
{
    session->flags &= (uint8_t)~SESSION_SOURCE_WAIT;
}

const struct postino_result *postino_session_result(const struct postino_session *session)
{
    return &session->result;
}

const char *postino_session_text(const struct postino_session *session, size_t *length_octets)
{
    size_t length = session->text_octets;

    /* The last line's end separates nothing. */
    if (length > sizeof session->text)
        length = sizeof session->text;
    else if (length != 0 && session->text[length - 1] == '\n')
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
