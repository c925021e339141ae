/* SPDX-License-Identifier: MIT */
/* SCRAM (RFC 5802, RFC 7677) with all hashes, bound to the TLS connection or not. Invariant: the client's
 * first message is composed once, into the state, before anything goes out. The server's first message stays
 * there until the response that quotes it went out. The password and all keys stay on the stack and are wiped
 * there. */
#include "exchange.h"

#define SCRAM_NONCE_OCTETS   18 /* at random: 24 digits */
#define SCRAM_ITERATIONS_MIN 4096
#define SCRAM_ITERATIONS_MAX 1000000

/* Whether the server lacks a -PLUS mechanism that the client could use, and prefers. */
static int scram_is_plus_missing(const struct postino_session *session)
{
    const struct postino_mechanism *const *mechanism = session->config->mechanisms;

    for (; mechanism != NULL && *mechanism != NULL && *mechanism != session->mechanism; mechanism++) {
        if (((*mechanism)->needs & POSTINO_NEEDS_CHANNEL_BINDING) != 0 &&
            postino_sasl_allowed(session, *mechanism))
            return 1;
    }
    return 0;
}

/* Composes gs2-header and client-first-message-bare (RFC 5802 section 7), and ",c=...," of the second
 * message. */
static void scram_begin(const struct postino_session *session, struct postino_emitter *first)
{
    static const uint8_t digest_octets[] = {16, 20, 32, 64};
    const struct postino_credentials *credentials = session->config->credentials;
    struct postino_sasl_state *state = credentials->state;
    uint8_t noise[SCRAM_NONCE_OCTETS];
    const struct postino_channel_binding *binding = NULL;

    state->digest_octets = digest_octets[session->mechanism->hash];
    if (credentials->crypto->random(credentials->crypto_context, noise, sizeof noise) != 0) {
        state->challenge_error = 1;
        return;
    }
    if ((session->mechanism->needs & POSTINO_NEEDS_CHANNEL_BINDING) != 0) {
        binding = postino_sasl_binding(credentials, session->tls);
        postino_emit_text(first, "p=");
        postino_emit_text(first, binding->name);
    } else {
        postino_emit(first, scram_is_plus_missing(session) ? 'y' : 'n');
    }
    postino_emit(first, ',');
    if (credentials->authzid != NULL) {
        postino_emit_text(first, "a=");
        postino_sasl_emit_name(first, credentials->authzid);
    }
    postino_emit(first, ',');
    state->bare = (uint16_t)first->place;
    postino_emit_text(first, "n=");
    postino_sasl_emit_name(first, credentials->user);
    postino_emit_text(first, ",r=");
    state->nonce = (uint16_t)first->place;
    postino_emit_base64(first);
    postino_emit_octets(first, noise, sizeof noise);
    postino_emit_base64_end(first);
    state->first_octets = (uint16_t)first->place;
    postino_emit(first, '\0');
    /* The channel binding is computed from these octets, so they must be complete. */
    if (first->place > first->room)
        return;
    state->binding = (uint16_t)first->place;
    postino_emit_text(first, ",c=");
    postino_emit_base64(first);
    postino_emit_octets(first, state->first, state->bare);
    if (binding != NULL)
        postino_emit_octets(first, binding->data, binding->length_octets);
    postino_emit_base64_end(first);
    postino_emit(first, ',');
    state->binding_octets = (uint16_t)(first->place - state->binding);
}

static void scram_respond(struct postino_emitter *emitter, const struct postino_credentials *credentials,
                          unsigned round)
{
    const struct postino_sasl_state *state = credentials->state;

    if (round == 0)
        postino_emit_text(emitter, state->first);
    if (round == 1) {
        postino_emit_text(emitter, state->first + state->binding + 1);
        /* The "r=..." of the server. */
        postino_emit_octets(emitter, state->challenge, state->server_nonce);
        postino_emit_text(emitter, state->proof);
    }
}

/* Takes the attribute `name`, which begins at *at. Sets *at behind the comma that ends it. Any other text
 * sets challenge_error. */
static struct postino_span scram_attribute(struct postino_sasl_state *state, const uint8_t **at, char name)
{
    const uint8_t *end = state->challenge + state->challenge_octets;
    const uint8_t *octet = *at;
    struct postino_span value = {octet, 0};

    if (end - octet < 2 || octet[0] != (uint8_t)name || octet[1] != '=') {
        state->challenge_error = 1;
        return value;
    }
    octet += 2;
    value.data = octet;
    while (octet != end && *octet != ',')
        octet++;
    value.length_octets = (size_t)(octet - (const uint8_t *)value.data);
    *at = octet != end ? octet + 1 : end;
    return value;
}

/* Compares in constant time. */
static unsigned scram_differ(const void *one, const void *other, size_t octets)
{
    const uint8_t *a = one;
    const uint8_t *b = other;
    unsigned differ = 0;

    while (octets-- != 0)
        differ |= (unsigned)(*a++ ^ *b++);
    return differ;
}

static void scram_xor(uint8_t *out, const uint8_t *octets, size_t length)
{
    while (length-- != 0)
        out[length] ^= octets[length];
}

/* Hi(): PBKDF2's first block. `out` holds zeros. */
static void scram_salted(const struct postino_session *session, const struct postino_span *salt,
                         uint32_t iterations, uint8_t *out)
{
    static const uint8_t one[] = {0, 0, 0, 1};
    const struct postino_credentials *credentials = session->config->credentials;
    const struct postino_sasl_crypto *crypto = credentials->crypto;
    struct postino_span password = postino_sasl_password(session);
    uint8_t block[POSTINO_HASH_OCTETS_MAX];
    struct postino_span spans[2] = {*salt, {one, sizeof one}};
    size_t octets = credentials->state->digest_octets;
    size_t count = 2;

    if (crypto->pbkdf2 != NULL) {
        if (crypto->pbkdf2(credentials->crypto_context, session->mechanism->hash, &password, salt, iterations,
                           out) != 0)
            credentials->state->challenge_error = 1;
        return;
    }
    for (; iterations != 0 && !credentials->state->challenge_error; iterations--) {
        postino_sasl_hmac(session, &password, spans, count, block);
        spans[0] = (struct postino_span){block, octets};
        count = 1;
        scram_xor(out, block, octets);
    }
    postino_wipe(block, sizeof block);
}

/* Computes the client's proof, and the signature that the server must send (RFC 5802 section 3). */
static void scram_prove(const struct postino_session *session, const struct postino_span *salt,
                        uint32_t iterations)
{
    const struct postino_credentials *credentials = session->config->credentials;
    struct postino_sasl_state *state = credentials->state;
    size_t octets = state->digest_octets;
    struct {
        uint8_t salted[POSTINO_HASH_OCTETS_MAX];
        uint8_t client[POSTINO_HASH_OCTETS_MAX]; /* ClientKey, then the proof */
        uint8_t stored[POSTINO_HASH_OCTETS_MAX]; /* StoredKey, ClientSignature, ServerKey */
    } keys;
    struct postino_span salted = {keys.salted, octets};
    struct postino_span client = {keys.client, octets};
    struct postino_span stored = {keys.stored, octets};
    struct postino_span label = {"Client Key", 10};
    struct postino_span message[] = {
        {state->first + state->bare, (size_t)(state->first_octets - state->bare)},
        {",", 1},
        {state->challenge, state->challenge_octets},
        {state->first + state->binding, state->binding_octets},
        {state->challenge, state->server_nonce}};
    struct postino_emitter proof = {(uint8_t *)state->proof, 0, sizeof state->proof - 1, 0};

    postino_wipe(&keys, sizeof keys);
    scram_salted(session, salt, iterations, keys.salted);
    postino_sasl_hmac(session, &salted, &label, 1, keys.client);
    if (credentials->crypto->hash(credentials->crypto_context, session->mechanism->hash, &client, 1,
                                  keys.stored) != 0)
        state->challenge_error = 1;
    postino_sasl_hmac(session, &stored, message, 5, keys.stored);
    scram_xor(keys.client, keys.stored, octets);
    postino_emit_text(&proof, ",p=");
    postino_emit_base64(&proof);
    postino_emit_octets(&proof, keys.client, octets);
    postino_emit_base64_end(&proof);
    label.data = "Server Key";
    postino_sasl_hmac(session, &salted, &label, 1, keys.stored);
    postino_sasl_hmac(session, &stored, message, 5, state->signature);
    postino_wipe(&keys, sizeof keys);
}

/* Returns a number of at most nine digits; 0: the text is none. */
static uint32_t scram_number(const struct postino_span *span)
{
    const uint8_t *digits = span->data;
    uint32_t number = 0;
    size_t i;

    if (span->length_octets > 9)
        return 0;
    for (i = 0; i < span->length_octets; i++) {
        unsigned digit = (unsigned)digits[i] - '0';

        if (digit > 9)
            return 0;
        number = number * 10 + digit;
    }
    return number;
}

/* Takes server-first-message: r=nonce,s=salt,i=count, and extensions that are not mandatory. */
static int scram_server_first(const struct postino_session *session)
{
    const struct postino_credentials *credentials = session->config->credentials;
    struct postino_sasl_state *state = credentials->state;
    const uint8_t *at = state->challenge;
    uint32_t least = credentials->iterations_min != 0 ? credentials->iterations_min : SCRAM_ITERATIONS_MIN;
    uint32_t most = credentials->iterations_max != 0 ? credentials->iterations_max : SCRAM_ITERATIONS_MAX;
    size_t own = (size_t)(state->first_octets - state->nonce);
    struct postino_span nonce = scram_attribute(state, &at, 'r');
    struct postino_span salt = scram_attribute(state, &at, 's');
    struct postino_span count = scram_attribute(state, &at, 'i');
    uint32_t iterations = scram_number(&count);

    postino_sasl_decode(state, &salt);
    /* A nonce that does not begin with the client's belongs to an old dialogue. */
    if (state->challenge_error || nonce.length_octets <= own ||
        scram_differ(nonce.data, state->first + state->nonce, own) != 0 || salt.length_octets == 0 ||
        iterations == 0)
        return POSTINO_ERROR_CHALLENGE_SYNTAX;
    if (iterations < least || iterations > most)
        return POSTINO_ERROR_ITERATIONS;
    state->server_nonce = (uint16_t)(nonce.length_octets + 2);
    scram_prove(session, &salt, iterations);
    return POSTINO_OK;
}

/* Takes server-final-message: v=signature; or e=error. */
static int scram_server_final(const struct postino_session *session)
{
    struct postino_sasl_state *state = session->config->credentials->state;
    const uint8_t *at = state->challenge;
    struct postino_span signature = scram_attribute(state, &at, 'v');
    size_t octets = state->digest_octets;

    postino_sasl_decode(state, &signature);
    if (state->challenge_error || signature.length_octets != octets ||
        scram_differ(signature.data, state->signature, octets) != 0)
        return POSTINO_ERROR_AUTH_SERVER;
    state->verified = 1;
    return POSTINO_OK;
}

static int scram_challenge(struct postino_session *session, unsigned round)
{
    if (round == 1)
        return scram_server_first(session);
    if (round == 2)
        return scram_server_final(session);
    return round == 0 && session->config->credentials->state->challenge_octets == 0 ? POSTINO_OK
                                                                                    : POSTINO_ERROR_CHALLENGE;
}

static const struct postino_sasl_exchange scram_exchange = {postino_sasl_start, postino_sasl_allowed,
                                                            scram_begin, scram_challenge, 0};

#define SCRAM_FLAGS (POSTINO_MECHANISM_INITIAL_RESPONSE | POSTINO_MECHANISM_PREPARED)
#define SCRAM_NEEDS (POSTINO_NEEDS_USER | POSTINO_NEEDS_PASSWORD | POSTINO_NEEDS_CRYPTO)
#define SCRAM(name, needs, hash)                                                                        \
    {                                                                                                   \
        POSTINO_TEXT(name), scram_respond, SCRAM_FLAGS, SCRAM_NEEDS | (needs), hash, 0, &scram_exchange \
    }

const struct postino_mechanism postino_sasl_scram_sha_1 = SCRAM("SCRAM-SHA-1", 0, POSTINO_HASH_SHA1);
const struct postino_mechanism postino_sasl_scram_sha_256 = SCRAM("SCRAM-SHA-256", 0, POSTINO_HASH_SHA256);
const struct postino_mechanism postino_sasl_scram_sha_512 = SCRAM("SCRAM-SHA-512", 0, POSTINO_HASH_SHA512);
const struct postino_mechanism postino_sasl_scram_sha_1_plus =
    SCRAM("SCRAM-SHA-1-PLUS", POSTINO_NEEDS_CHANNEL_BINDING, POSTINO_HASH_SHA1);
const struct postino_mechanism postino_sasl_scram_sha_256_plus =
    SCRAM("SCRAM-SHA-256-PLUS", POSTINO_NEEDS_CHANNEL_BINDING, POSTINO_HASH_SHA256);
