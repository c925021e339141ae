/* SPDX-License-Identifier: MIT */
/* The exchange of a mechanism that looks at the server's challenges (RFC 4954 section 4), with steps of its own. A
 * challenge is decoded octet by octet as it arrives, into the caller's state. Invariant: as long as the exchange
 * lasts session->service is the state's, by which those octets come; when it ends the state is wiped. */
#include "internal.h"

/* No mechanism has more than four. */
#define EXCHANGE_ROUNDS_MAX 8

static const struct postino_feature_step exchange_command_step;
static const struct postino_feature_step exchange_response_step;
static const struct postino_feature_step exchange_cancel_step;

void postino_wipe(void *memory, size_t octets)
{
    volatile uint8_t *octet = memory;

    while (octets != 0)
        octet[--octets] = 0;
}

void postino_sasl_wipe(struct postino_sasl_state *state)
{
    if (state != NULL)
        postino_wipe(state, sizeof *state);
}

unsigned postino_sasl_digit(unsigned octet)
{
    unsigned digit = octet - 'A';

    if (digit < 26)
        return digit;
    digit = octet - 'a';
    if (digit < 26)
        return digit + 26;
    digit = octet - '0';
    if (digit < 10)
        return digit + 52;
    if (octet == '+')
        return 62;
    return octet == '/' ? 63 : 64;
}

int postino_sasl_encode(char *out, size_t capacity, const struct postino_span *spans, unsigned count)
{
    struct postino_emitter emitter = {(uint8_t *)out, 0, capacity, 0};

    postino_emit_base64(&emitter, spans, count);
    if (emitter.total >= capacity)
        return -1;
    out[emitter.total] = '\0';
    return 0;
}

int postino_sasl_name(const char *name, struct postino_span *spans, int room)
{
    int count = 0;

    for (;;) {
        size_t length = 0;

        while (name[length] != '\0' && name[length] != ',' && name[length] != '=')
            length++;
        if (room - count < 2)
            return -1;
        spans[count++] = (struct postino_span){name, length};
        name += length;
        if (*name == '\0')
            return count;
        spans[count++] = (struct postino_span){*name == ',' ? "=2C" : "=3D", 3};
        name++;
    }
}

static int exchange_is(const char *a, const char *b)
{
    for (; *a == *b; a++, b++) {
        if (*a == '\0')
            return 1;
    }
    return 0;
}

const struct postino_channel_binding *postino_sasl_binding(const struct postino_credentials *credentials,
                                                           const struct postino_tls_info *tls)
{
    unsigned i;

    for (i = 0; tls != NULL && i < 2; i++) {
        const struct postino_channel_binding *binding = &tls->bindings[i];

        if (binding->name != NULL && (credentials->channel_binding == NULL ||
                                      exchange_is(binding->name, credentials->channel_binding)))
            return binding;
    }
    return NULL;
}

int postino_sasl_allowed(const struct postino_session *session, const struct postino_mechanism *mechanism)
{
    const struct postino_credentials *credentials = session->config->credentials;
    unsigned needs = mechanism->needs;
    unsigned met = 0;

    if (credentials == NULL || credentials->state == NULL)
        return 0;
    if (credentials->user != NULL)
        met |= POSTINO_NEEDS_USER;
    if (credentials->password != NULL)
        met |= POSTINO_NEEDS_PASSWORD;
    if (credentials->token != NULL)
        met |= POSTINO_NEEDS_TOKEN;
    if (credentials->crypto != NULL && (credentials->crypto->hashes >> mechanism->hash & 1) != 0)
        met |= POSTINO_NEEDS_CRYPTO;
    if (postino_sasl_binding(credentials, session->tls) != NULL)
        met |= POSTINO_NEEDS_CHANNEL_BINDING;
    if (session->tls != NULL && session->tls->certified)
        met |= POSTINO_NEEDS_CERTIFICATE;
    return (needs & ~met) == 0;
}

/* Takes an octet of a reply's text. Those of a challenge come in groups of four digits. */
static void exchange_take(struct postino_session *session, uint8_t octet)
{
    struct postino_sasl_state *state = session->config->credentials->state;
    unsigned digit = postino_sasl_digit(octet);

    if (session->reply.code != 334)
        return;
    if (octet == '=' && ++state->padding <= 2) {
        digit = 0;
    } else if (state->padding != 0 || digit > 63) {
        state->challenge_error = 1;
        return;
    }
    state->bits = state->bits << 6 | digit;
    state->digits = (uint8_t)((state->digits + 1) & 3);
    if (state->digits != 0)
        return;
    for (digit = 3; digit-- > state->padding;) {
        if (state->challenge_octets == sizeof state->challenge) {
            state->challenge_error = 1;
            return;
        }
        state->challenge[state->challenge_octets++] = (uint8_t)(state->bits >> 16);
        state->bits <<= 8;
    }
}

/* The next challenge starts with nothing. */
static void exchange_listen(struct postino_sasl_state *state)
{
    state->challenge_octets = 0;
    state->challenge_error = 0;
    state->digits = 0;
    state->padding = 0;
    state->bits = 0;
}

static void exchange_emit_response(const struct postino_session *session, struct postino_emitter *emitter)
{
    struct postino_span spans[POSTINO_SASL_EXCHANGE_SPANS];
    int count = session->mechanism->respond(session->config->credentials, session->round - 1u, spans);
    size_t before = emitter->total;

    postino_emit_base64(emitter, spans, (unsigned)count);
    /* RFC 4954 section 4: with the command, nothing is said as "=". */
    if (emitter->total == before && session->sent.step == &exchange_command_step.step)
        postino_emit(emitter, '=');
}

static void exchange_emit_command(const struct postino_session *session, struct postino_emitter *emitter)
{
    postino_emit_text(emitter, session->mechanism->name);
    if (session->round != 0) {
        postino_emit(emitter, ' ');
        exchange_emit_response(session, emitter);
    }
}

static void exchange_end(struct postino_session *session)
{
    session->service = NULL;
    postino_sasl_wipe(session->config->credentials->state);
}

unsigned postino_sasl_start(struct postino_session *session)
{
    struct postino_sasl_state *state = session->config->credentials->state;
    const struct postino_mechanism *mechanism = session->mechanism;
    struct postino_emitter emitter = {NULL, 0, 0, 0};
    int error = POSTINO_OK;

    postino_sasl_wipe(state);
    state->tls = session->tls;
    if (mechanism->exchange->begin != NULL)
        error = mechanism->exchange->begin(session);
    if (error != POSTINO_OK) {
        exchange_end(session);
        return postino_steps_give_up(session, error);
    }
    session->service = &state->service;
    session->service->take = exchange_take;
    session->round = (mechanism->flags & POSTINO_MECHANISM_INITIAL_RESPONSE) != 0;
    exchange_emit_command(session, &emitter);
    if (emitter.total > STEP_AUTH_OCTETS_MAX)
        session->round = 0;
    state->initial = session->round;
    postino_session_enter(session, &exchange_command_step.step);
    return STEP_STAY;
}

static unsigned exchange_challenge(struct postino_session *session)
{
    const struct postino_credentials *credentials = session->config->credentials;
    struct postino_sasl_state *state = credentials->state;
    struct postino_span spans[POSTINO_SASL_EXCHANGE_SPANS];
    unsigned limit = session->config->challenge_octets_max;
    int error = POSTINO_OK;

    if (state->challenge_error || state->digits != 0 || session->round >= EXCHANGE_ROUNDS_MAX ||
        (limit != 0 && session->reply.text_octets > limit))
        error = POSTINO_ERROR_CHALLENGE;
    else if (state->initial && session->round == 1 && state->challenge_octets == 0)
        session->round = 0; /* the server ignored the initial response, and gets it again */
    else
        error = session->mechanism->exchange->challenge(session, session->round);
    state->initial = 0;
    if (error == POSTINO_OK && session->mechanism->respond(credentials, session->round, spans) < 0)
        error = POSTINO_ERROR_CHALLENGE;
    if (error != POSTINO_OK) {
        exchange_end(session);
        state->error = (int16_t)error;
        session->round = 0; /* what goes out is no secret */
        postino_session_enter(session, &exchange_cancel_step.step);
        return STEP_STAY;
    }
    session->round++;
    /* SCRAM keeps the server's first message until the second has come. */
    exchange_listen(state);
    postino_session_enter(session, &exchange_response_step.step);
    return STEP_STAY;
}

static unsigned exchange_answered(struct postino_session *session)
{
    const struct postino_credentials *credentials = session->config->credentials;
    unsigned code = session->reply.code;
    int error = POSTINO_OK;

    if (code == 334)
        return exchange_challenge(session);
    if (code == 235 && session->mechanism->exchange->success != NULL)
        error = session->mechanism->exchange->success(credentials);
    exchange_end(session);
    /* An error that the server told, and thought better of. */
    if (code == 235)
        session->text_kept = 0;
    if (code >= 400)
        error = POSTINO_ERROR_REFUSED;
    else if (code != 235)
        return postino_session_fail(session, POSTINO_ERROR_REPLY_UNEXPECTED);
    return error == POSTINO_OK ? (unsigned)STEP_NEXT : postino_steps_give_up(session, error);
}

/* Only a refusal answers "*". */
static unsigned exchange_cancelled(struct postino_session *session)
{
    int error = session->config->credentials->state->error;

    exchange_end(session);
    if (session->reply.code < 400)
        return postino_session_fail(session, POSTINO_ERROR_REPLY_UNEXPECTED);
    return postino_steps_give_up(session, error);
}

#define EXCHANGE_LIMIT offsetof(struct postino_time_limits, command_ms)

static const struct postino_feature_step exchange_command_step = {
    {"AUTH \007", POSTINO_STEP_AUTH, 0, EXCHANGE_LIMIT, STEP_DONE}, exchange_emit_command, exchange_answered};
static const struct postino_feature_step exchange_response_step = {
    {"\007", POSTINO_STEP_AUTH, 0, EXCHANGE_LIMIT, STEP_DONE}, exchange_emit_response, exchange_answered};
static const struct postino_feature_step exchange_cancel_step = {
    {"*", POSTINO_STEP_AUTH, 0, EXCHANGE_LIMIT, STEP_DONE}, NULL, exchange_cancelled};
