/* SPDX-License-Identifier: MIT */
/* The exchange of a mechanism with challenges of its own (RFC 4954 section 4). Each challenge is decoded as
 * it arrives, into the caller's state. Invariant: session->text_sink takes the octets of a challenge during
 * the exchange, and the state is wiped at its end. */
#include "exchange.h"

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

void postino_sasl_emit_name(struct postino_emitter *emitter, const char *name)
{
    for (; *name != '\0'; name++) {
        if (*name == ',' || *name == '=')
            postino_emit_text(emitter, *name == ',' ? "=2C" : "=3D");
        else
            postino_emit(emitter, (uint8_t)*name);
    }
}

/* Makes the emitter count only. Each member is set alone, since a compiler may call memset() for a whole
 * struct. */
static void exchange_count(struct postino_emitter *emitter)
{
    emitter->out = NULL;
    emitter->place = 0;
    emitter->room = 0;
    emitter->group = 0;
}

/* Returns how many octets emit() puts out. */
static size_t exchange_octets(const struct postino_session *session,
                              void (*emit)(const struct postino_session *session,
                                           struct postino_emitter *emitter))
{
    struct postino_emitter emitter;

    exchange_count(&emitter);
    emit(session, &emitter);
    return emitter.place;
}

struct postino_span postino_sasl_password(const struct postino_session *session)
{
    const char *password = session->config->credentials->password;
    struct postino_emitter emitter;

    /* strlen() may be larger than this. */
    exchange_count(&emitter);
    postino_emit_text(&emitter, password);
    return (struct postino_span){password, emitter.place};
}

void postino_sasl_hmac(const struct postino_session *session, const struct postino_span *key,
                       const struct postino_span *spans, size_t count, uint8_t *out)
{
    const struct postino_credentials *credentials = session->config->credentials;

    if (credentials->crypto->hmac(credentials->crypto_context, session->mechanism->hash, key, spans, count,
                                  out) != 0)
        credentials->state->challenge_error = 1;
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
    const struct postino_channel_binding *binding;

    if (tls == NULL)
        return NULL;
    for (binding = tls->bindings; binding != tls->bindings + 2; binding++) {
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

/* Decodes an octet behind those that are decoded. Each digit of a group of four but the first completes an
 * octet. */
static void exchange_decode(struct postino_sasl_state *state, uint8_t octet)
{
    unsigned sextet = postino_base64_bits(octet);
    unsigned bits = (unsigned)state->bits << 6 | sextet;

    /* No digits follow padding. */
    if (octet == '=' && state->padding < 2)
        state->padding++;
    else if (sextet > 63 || state->padding != 0)
        state->challenge_error = 1;
    state->bits = (uint16_t)bits;
    if (state->digits != 0 && state->padding == 0) {
        if (state->challenge_octets < sizeof state->challenge)
            state->challenge[state->challenge_octets++] = (uint8_t)(bits >> (6 - 2 * state->digits));
        else
            state->challenge_error = 1;
    }
    state->digits = (state->digits + 1) & 3;
}

void postino_sasl_decode(struct postino_sasl_state *state, struct postino_span *span)
{
    const uint8_t *text = span->data;
    uint16_t before = state->challenge_octets;
    size_t i;

    state->padding = 0;
    for (i = 0; i < span->length_octets; i++)
        exchange_decode(state, text[i]);
    if (state->digits != 0)
        state->challenge_error = 1;
    span->data = state->challenge + before;
    span->length_octets = (size_t)(state->challenge_octets - before);
    state->challenge_octets = before;
}

/* Decodes the text of a reply that holds a challenge. */
static void exchange_take(struct postino_session *session, uint8_t octet)
{
    if (session->reply.code == 334)
        exchange_decode(session->config->credentials->state, octet);
}

static const struct postino_text_sink exchange_sink = {exchange_take, NULL};

/* Makes room for the next challenge. */
static void exchange_listen(struct postino_sasl_state *state)
{
    state->challenge_octets = 0;
    state->padding = 0;
}

static void exchange_emit_response(const struct postino_session *session, struct postino_emitter *emitter)
{
    postino_emit_response(session, emitter);
    postino_emit_base64_end(emitter);
}

static void exchange_emit_command(const struct postino_session *session, struct postino_emitter *emitter)
{
    size_t before;

    postino_emit_text(emitter, session->mechanism->name);
    if (session->round == 0)
        return;
    postino_emit(emitter, ' ');
    before = emitter->place;
    exchange_emit_response(session, emitter);
    /* RFC 4954 section 4: an empty response in the command is "=". */
    if (emitter->place == before)
        postino_emit(emitter, '=');
}

static void exchange_end(struct postino_session *session)
{
    session->text_sink = NULL;
    postino_sasl_wipe(session->config->credentials->state);
}

/* Checks that there is a response, and that it fits in a line. Returns 0 or an error. */
static int exchange_check(const struct postino_session *session)
{
    if (session->config->credentials->state->challenge_error)
        return POSTINO_ERROR_CRYPTO;
    return exchange_octets(session, exchange_emit_response) > POSTINO_AUTH_LINE_OCTETS
               ? POSTINO_ERROR_CREDENTIALS_SIZE
               : POSTINO_OK;
}

unsigned postino_sasl_start(struct postino_session *session)
{
    struct postino_sasl_state *state = session->config->credentials->state;
    const struct postino_mechanism *mechanism = session->mechanism;
    struct postino_emitter first = {(uint8_t *)state->first, 0, sizeof state->first - 1, 0};
    int error;

    postino_sasl_wipe(state);
    state->verified = mechanism->exchange->verified;
    session->text_sink = &exchange_sink;
    session->round = 1;
    if (mechanism->exchange->begin != NULL)
        mechanism->exchange->begin(session, &first);
    error = first.place > first.room ? POSTINO_ERROR_CREDENTIALS_SIZE : exchange_check(session);
    if (error != POSTINO_OK) {
        exchange_end(session);
        return postino_session_give_up(session, error);
    }
    if ((mechanism->flags & POSTINO_MECHANISM_INITIAL_RESPONSE) == 0 ||
        exchange_octets(session, exchange_emit_command) >= AUTH_ARGUMENT_OCTETS_MAX) /* and a blank */
        session->round = 0;
    state->initial = session->round;
    postino_session_enter(session, &exchange_command_step.step);
    return STEP_STAY;
}

static unsigned exchange_challenge(struct postino_session *session)
{
    struct postino_sasl_state *state = session->config->credentials->state;
    unsigned limit = session->config->challenge_octets_max;
    int error = POSTINO_OK;

    if (state->challenge_octets > POSTINO_SASL_CHALLENGE_OCTETS ||
        (limit != 0 && session->reply.text_octets > limit))
        error = POSTINO_ERROR_CHALLENGE;
    else if (state->challenge_error || state->digits != 0)
        error = POSTINO_ERROR_CHALLENGE_SYNTAX;
    else if (state->initial && state->challenge_octets == 0)
        session->round = 0; /* the server ignored the initial response, so the response is sent again */
    else
        error = session->mechanism->exchange->challenge(session, session->round);
    state->initial = 0;
    if (error == POSTINO_OK) {
        session->round++;
        error = exchange_check(session);
    }
    if (error != POSTINO_OK) {
        exchange_end(session);
        state->error = (int16_t)error;
        session->round = 0; /* "*" is no secret */
        postino_session_enter(session, &exchange_cancel_step.step);
        return STEP_STAY;
    }
    /* SCRAM quotes the server's first message until the second one comes. */
    exchange_listen(state);
    postino_session_enter(session, &exchange_response_step.step);
    return STEP_STAY;
}

static unsigned exchange_answered(struct postino_session *session)
{
    const struct postino_sasl_state *state = session->config->credentials->state;
    unsigned code = session->reply.code;
    int verified = state->verified;
    int error = state->error;

    /* The server may only refuse after "*". */
    if (error == POSTINO_OK) {
        if (code == 334)
            return exchange_challenge(session);
        error = POSTINO_ERROR_REFUSED;
        if (code == 235) {
            exchange_end(session);
            /* The server told an error, but accepted all the same. */
            session->text_is_error = 0;
            if (!verified)
                postino_session_no_text(session);
            return verified ? (unsigned)STEP_NEXT
                            : postino_session_give_up(session, POSTINO_ERROR_AUTH_SERVER);
        }
    }
    exchange_end(session);
    if (code < 400)
        return postino_session_fail(session, POSTINO_ERROR_REPLY_UNEXPECTED);
    return error == POSTINO_ERROR_REFUSED ? session->strategy->refused(session, session->replied.step)
                                          : postino_session_give_up(session, error);
}

#define EXCHANGE_LIMIT offsetof(struct postino_time_limits, command_ms)

static const struct postino_feature_step exchange_command_step = {
    {POSTINO_TEXT("AUTH \007"), POSTINO_STEP_AUTH, 0, EXCHANGE_LIMIT, STEP_DONE},
    exchange_emit_command,
    exchange_answered};
static const struct postino_feature_step exchange_response_step = {
    {POSTINO_TEXT("\006"), POSTINO_STEP_AUTH, 0, EXCHANGE_LIMIT, STEP_DONE}, NULL, exchange_answered};
static const struct postino_feature_step exchange_cancel_step = {
    {POSTINO_TEXT("*"), POSTINO_STEP_AUTH, 0, EXCHANGE_LIMIT, STEP_DONE}, NULL, exchange_answered};
