/* SPDX-License-Identifier: MIT */
/* The session: what the port sees of the protocol. Invariant: sent names the step whose octets go out,
 * replied the step whose reply comes next, and outstanding steps went out whole and were not answered. What
 * the port is to do follows from them and from the flags, and is stored nowhere. */
#include "internal.h"

void postino_session_enter(struct postino_session *session, const struct postino_step *step)
{
    session->sent.step = step;
    if (session->outstanding == 0) {
        session->replied = session->sent;
        session->reply.code = 0;
    }
    session->offset_octets = 0;
    session->since_ms = session->now_ms;
    session->complete = step->text == NULL;
}

/* Keeps the first error. What happens to QUIT concerns nobody. */
void postino_session_record(struct postino_session *session, int error)
{
    unsigned step = session->replied.step->id;

    if (session->result.error == POSTINO_OK && step != POSTINO_STEP_QUIT) {
        session->result.error = (int16_t)error;
        session->result.step = (uint8_t)step;
        /* Where the server is not at fault no reply decided it. */
        if (error <= POSTINO_ERROR_REFUSED && error > POSTINO_ERROR_RESOLVE) {
            session->result.reply_code = session->reply.code;
            session->text_is_error = 1;
        }
    }
}

unsigned postino_session_fail(struct postino_session *session, int error)
{
    postino_session_record(session, error);
    if (session->over == 0)
        session->over = POSTINO_WANT_CLOSED;
    return STEP_STAY;
}

unsigned postino_session_refusal(const struct postino_session *session)
{
    return session->reply.code >= 500 ? POSTINO_OUTCOME_PERMANENT : POSTINO_OUTCOME_TRANSIENT;
}

unsigned postino_session_outcome(const struct postino_session *session, const struct postino_mail *mail,
                                 size_t unsent_octets)
{
    if (mail->state < MAIL_STARTED || session->output_octets - mail->start <= unsent_octets)
        return POSTINO_OUTCOME_NOT_ATTEMPTED;
    if (mail->state == MAIL_ENDED && session->output_octets - mail->end >= unsent_octets &&
        session->result.error != POSTINO_ERROR_SERVICE_CLOSING)
        return POSTINO_OUTCOME_UNKNOWN;
    return POSTINO_OUTCOME_TRANSIENT;
}

void postino_session_stop(struct postino_session *session, enum postino_source_status status)
{
    session->source_waits = (uint8_t)status;
    if (status == POSTINO_SOURCE_FAIL && session->outstanding == 0)
        postino_session_fail(session, POSTINO_ERROR_SOURCE);
}

void postino_session_start(struct postino_session *session, const struct postino_session_config *config,
                           const struct postino_mail_strategy *strategy)
{
    /* The text is written before it is read. */
    postino_clear(session, offsetof(struct postino_session, text));
    session->config = config;
    session->strategy = strategy;
    postino_session_enter(session, strategy->greeting);
    session->outstanding = 1;
}

/* Octets of a response of a mechanism without an exchange. */
static size_t session_response_octets(const struct postino_credentials *credentials,
                                      const struct postino_mechanism *mechanism, unsigned round)
{
    struct postino_emitter emitter = {NULL, 0, 0, 0};

    postino_emit_base64(&emitter);
    mechanism->respond(&emitter, credentials, round);
    postino_emit_base64_end(&emitter);
    return emitter.place;
}

/* strlen() may be larger than all of this. */
static size_t session_name_octets(const char *name)
{
    size_t octets = 0;

    while (name[octets] != '\0')
        octets++;
    return octets;
}

int postino_session_response_long(const struct postino_credentials *credentials,
                                  const struct postino_mechanism *mechanism)
{
    /* A name or password that is missing is found out elsewhere. */
    return mechanism != NULL && mechanism->exchange == NULL &&
           (mechanism->flags & POSTINO_MECHANISM_INITIAL_RESPONSE) != 0 && credentials->user != NULL &&
           credentials->password != NULL &&
           session_name_octets(mechanism->name) + session_response_octets(credentials, mechanism, 0) + 2 >
               STEP_AUTH_OCTETS_MAX;
}

static int session_is_ascii(const char *text)
{
    for (; text != NULL && *text != '\0'; text++) {
        if ((uint8_t)*text > 127)
            return 0;
    }
    return 1;
}

/* Whether a mechanism without an exchange says no line that is too long. */
static int session_lines_fit(const struct postino_credentials *credentials,
                             const struct postino_mechanism *mechanism)
{
    unsigned round;

    for (round = 0; round < mechanism->rounds; round++) {
        if (session_response_octets(credentials, mechanism, round) > POSTINO_AUTH_LINE_OCTETS)
            return 0;
    }
    return 1;
}

/* Checks the credentials now, not at the first mail. A mechanism with an exchange that lacks what it needs is
 * passed over instead. Returns 0 or an error. */
static int session_credentials(const struct postino_session_config *config)
{
    const struct postino_credentials *credentials = config->credentials;
    const struct postino_mechanism *const *mechanism = config->mechanisms;
    int ascii = credentials->prepared ||
                (session_is_ascii(credentials->user) && session_is_ascii(credentials->password) &&
                 session_is_ascii(credentials->authzid));

    int missing = credentials->user == NULL || credentials->password == NULL;

    if (mechanism == NULL)
        return missing ? POSTINO_ERROR_CREDENTIALS : POSTINO_OK;
    for (; *mechanism != NULL; mechanism++) {
        if ((*mechanism)->exchange == NULL && missing)
            return POSTINO_ERROR_CREDENTIALS;
        if ((*mechanism)->exchange == NULL && !session_lines_fit(credentials, *mechanism))
            return POSTINO_ERROR_CREDENTIALS_SIZE;
        if (((*mechanism)->flags & POSTINO_MECHANISM_PREPARED) != 0 && !ascii)
            return POSTINO_ERROR_PREPARED;
    }
    return POSTINO_OK;
}

int postino_session_init_sized(struct postino_session *session, size_t session_octets,
                               const struct postino_session_config *config, uint32_t now_ms)
{
    int error = POSTINO_OK;

    if (session == NULL || config == NULL || config->ehlo_name == NULL || config->time_limits == NULL)
        return POSTINO_ERROR_ARGUMENT;
    if (session_octets != sizeof *session)
        return POSTINO_ERROR_OBJECT_SIZE;
    if (postino_address_domain(config->ehlo_name) != 0)
        return POSTINO_ERROR_EHLO_NAME;
    if (config->credentials != NULL)
        error = session_credentials(config);
    if (error != POSTINO_OK)
        return error;
    postino_session_start(session, config, &postino_transactions);
    session->since_ms = now_ms;
    session->now_ms = now_ms;
    session->size_limit_octets = POSTINO_SIZE_UNKNOWN;
    if (config->credentials != NULL) {
        const struct postino_mechanism *const *mechanism = config->mechanisms;

        session->response_long = postino_session_response_long(config->credentials, config->last_resort) != 0;
        for (; mechanism != NULL && *mechanism != NULL; mechanism++)
            session->response_long |= postino_session_response_long(config->credentials, *mechanism) != 0;
    }
    return POSTINO_OK;
}

void postino_session_connected(struct postino_session *session, uint32_t now_ms)
{
    session->since_ms = now_ms;
}

unsigned postino_session_want_octets(const struct postino_session *session)
{
    if (session->over != 0)
        return session->over;
    return session->complete ? POSTINO_WANT_RECEIVE : POSTINO_WANT_RECEIVE | POSTINO_WANT_SEND;
}

unsigned postino_session_want(const struct postino_session *session)
{
    unsigned want = postino_session_want_octets(session);

    if (session->over == 0 && (session->source_waits != SOURCE_READY || postino_transaction_held(session)))
        want = POSTINO_WANT_RECEIVE;
    if (session->mails != NULL && session->mails->state == MAIL_FINISHED)
        want |= POSTINO_WANT_COLLECT;
    if (session->over == 0 && postino_transaction_wanted(session))
        want |= POSTINO_WANT_MAIL;
    if (session->over == 0 && session->line == REPLY_TLS)
        want |= POSTINO_WANT_START_TLS;
    return want;
}

size_t postino_session_write_step(struct postino_session *session, uint8_t *out, size_t capacity)
{
    return session->sent.step->id != POSTINO_STEP_MESSAGE ? postino_command(session, out, capacity)
                                                          : postino_message(session, out, capacity);
}

size_t postino_session_output(struct postino_session *session, uint8_t *out, size_t capacity, uint32_t now_ms)
{
    session->now_ms = now_ms;
    if (session->over != 0 || session->complete)
        return 0;
    return session->strategy->output(session, out, capacity);
}

void postino_session_input(struct postino_session *session, const uint8_t *data, size_t length_octets,
                           uint32_t now_ms)
{
    session->now_ms = now_ms;
    while (length_octets != 0 && session->over == 0) {
        size_t taken = postino_reply_input(session, data, length_octets);

        data += taken;
        length_octets -= taken;
    }
}

uint32_t postino_session_wait_ms(const struct postino_session *session, uint32_t now_ms)
{
    const struct postino_time_limits *limits = session->config->time_limits;
    /* With nothing outstanding both cursors stand on the step that goes out. */
    const struct postino_step *step = session->replied.step;
    uint32_t limit_ms =
        *(const uint32_t *)((const char *)limits + (step->limit & ~(unsigned)(STEP_JOINS | STEP_LISTS)));
    uint32_t passed_ms = session->fresh ? 0 : now_ms - session->since_ms;

    if (step->id == POSTINO_STEP_IDLE)
        return UINT32_MAX;
    if (step->id == POSTINO_STEP_MESSAGE && session->outstanding == 0)
        limit_ms = limits->block_ms;
    limit_ms = passed_ms < limit_ms ? limit_ms - passed_ms : 0;
    return session->strategy->limit != NULL ? session->strategy->limit(session, now_ms, limit_ms) : limit_ms;
}

void postino_session_progress(struct postino_session *session, uint32_t now_ms)
{
    session->now_ms = now_ms;
    session->since_ms = now_ms;
}

void postino_session_refresh(struct postino_session *session)
{
    if (session->fresh) {
        session->fresh = 0;
        session->since_ms = session->now_ms;
    }
}

int postino_session_timeout(const struct postino_session *session)
{
    /* A server that awaits the TLS handshake says nothing, and nobody can tell it from one that is slow. */
    return session->replied.step->id == POSTINO_STEP_GREETING && session->tls == NULL &&
                   session->line_code == 0 && session->lines == 0
               ? POSTINO_ERROR_GREETING_TIMEOUT
               : POSTINO_ERROR_TIMEOUT;
}

void postino_session_tick(struct postino_session *session, uint32_t now_ms)
{
    session->now_ms = now_ms;
    postino_session_refresh(session);
    if (postino_session_wait_ms(session, now_ms) == 0)
        postino_session_fail(session, postino_session_timeout(session));
}

void postino_session_lost(struct postino_session *session, int error, size_t unsent_octets)
{
    if (session->over == 0)
        postino_session_fail(session, error != 0 ? error : POSTINO_ERROR_CLOSED);
    session->strategy->finish(session, unsent_octets);
}

void postino_session_abort(struct postino_session *session)
{
    postino_session_fail(session, POSTINO_ERROR_ABORTED);
}

void postino_session_quit(struct postino_session *session)
{
    session->quitting = 1;
    postino_transaction_advance(session);
}

void postino_session_source_ready(struct postino_session *session)
{
    if (session->source_waits == SOURCE_WAITS)
        session->source_waits = SOURCE_READY;
}

const struct postino_result *postino_session_result(const struct postino_session *session)
{
    return &session->result;
}

const char *postino_session_text(const struct postino_session *session, size_t *length_octets)
{
    size_t length = session->reply.text_octets;

    *length_octets = length < sizeof session->text ? length : sizeof session->text;
    return session->text;
}

const char *postino_session_mechanism(const struct postino_session *session)
{
    return session->mechanism != NULL ? session->mechanism->name : NULL;
}

uint32_t postino_session_capabilities(const struct postino_session *session)
{
    return session->capabilities;
}

unsigned postino_session_secret(const struct postino_session *session)
{
    const struct postino_recipient *recipient = session->sent.recipient;

    if (session->sent.step->id == POSTINO_STEP_AUTH)
        return session->round != 0 && session->sent.step != &postino_steps[STEP_AUTH_CANCEL];
    return recipient != NULL && recipient->kind == POSTINO_RECIPIENT_BCC;
}

int postino_session_is_secret(const struct postino_session *session)
{
    /* Without groups the step that went out last is still in hand. */
    return session->pipelining != NULL ? session->secret : (int)postino_session_secret(session);
}
