/* SPDX-License-Identifier: MIT */
/* SCRAM (RFC 5802, RFC 7677), all hashes, bound to the TLS connection or not. Invariant: from the server's first
 * message on what we say is composed of spans into the state, where the challenge buffer's place is taken by
 * nothing until the response that quotes it went out; the password and all keys stay on the stack, and are wiped
 * there. */
#include "internal.h"

#define SCRAM_NONCE_OCTETS   18 /* at random: 24 digits */
#define SCRAM_SALT_OCTETS    128
#define SCRAM_ITERATIONS_MIN 4096
#define SCRAM_ITERATIONS_MAX 1000000

static size_t scram_digest_octets(unsigned hash)
{
    static const uint8_t octets[] = {16, 20, 32, 64};

    return octets[hash];
}

#define SCRAM_NAME_SPANS    14
#define SCRAM_AUTHZID_SPANS 8

/* What stands before client-first-message-bare. Returns how many spans, or -1. */
static int scram_gs2_header(const struct postino_credentials *credentials, struct postino_span *spans)
{
    const struct postino_sasl_state *state = credentials->state;
    int count = 0;

    if (state->binding_name != 0) {
        spans[count++] = (struct postino_span){"p=", 2};
        spans[count++] =
            (struct postino_span){postino_sasl_binding(credentials, state->tls)->name, state->binding_name};
    } else {
        spans[count++] = (struct postino_span){state->could_bind ? "y" : "n", 1};
    }
    spans[count++] = (struct postino_span){",a=", credentials->authzid != NULL ? 3 : 1};
    if (credentials->authzid != NULL) {
        int more = postino_sasl_name(credentials->authzid, spans + count, SCRAM_AUTHZID_SPANS);

        if (more < 0)
            return -1;
        count += more;
    }
    spans[count++] = (struct postino_span){",", 1};
    return count;
}

static int scram_first_bare(const struct postino_credentials *credentials, struct postino_span *spans)
{
    int count = postino_sasl_name(credentials->user, spans + 1, SCRAM_NAME_SPANS);

    if (count < 0)
        return -1;
    spans[0] = (struct postino_span){"n=", 2};
    spans[++count] = (struct postino_span){",r=", 3};
    spans[++count] = (struct postino_span){credentials->state->nonce, strlen(credentials->state->nonce)};
    return count + 1;
}

static int scram_final_bare(const struct postino_credentials *credentials, struct postino_span *spans)
{
    const struct postino_sasl_state *state = credentials->state;

    spans[0] = (struct postino_span){"c=", 2};
    spans[1] = (struct postino_span){state->binding, strlen(state->binding)};
    spans[2] = (struct postino_span){",", 1};
    /* The server's "r=...", whole. */
    spans[3] = (struct postino_span){state->challenge, state->server_nonce};
    return 4;
}

static int scram_respond(const struct postino_credentials *credentials, unsigned round,
                         struct postino_span *spans)
{
    int count;
    int more;

    switch (round) {
    case 0:
        count = scram_gs2_header(credentials, spans);
        more = count < 0 ? -1 : scram_first_bare(credentials, spans + count);
        return more < 0 ? -1 : count + more;
    case 1:
        count = scram_final_bare(credentials, spans);
        spans[count++] = (struct postino_span){",p=", 3};
        spans[count++] = (struct postino_span){credentials->state->proof, POSTINO_SASL_TEXT};
        return count;
    default:
        return 0;
    }
}

/* A -PLUS that we prefer to what is chosen, and the server does not offer. */
static int scram_is_plus_missing(const struct postino_session *session)
{
    const struct postino_mechanism *const *mechanism = session->config->mechanisms;

    for (; mechanism != NULL && *mechanism != NULL && *mechanism != session->mechanism; mechanism++) {
        if (((*mechanism)->needs & POSTINO_NEEDS_CHANNEL_BINDING) != 0)
            return 1;
    }
    return 0;
}

static int scram_begin(const struct postino_session *session)
{
    const struct postino_credentials *credentials = session->config->credentials;
    struct postino_sasl_state *state = credentials->state;
    const struct postino_channel_binding *binding = postino_sasl_binding(credentials, state->tls);
    struct postino_span spans[POSTINO_SASL_EXCHANGE_SPANS];
    uint8_t noise[SCRAM_NONCE_OCTETS];
    int count;

    if (credentials->crypto->random(credentials->crypto_context, noise, sizeof noise) != 0)
        return POSTINO_ERROR_CREDENTIALS;
    spans[0] = (struct postino_span){noise, sizeof noise};
    (void)postino_sasl_encode(state->nonce, sizeof state->nonce, spans, 1);
    if ((session->mechanism->needs & POSTINO_NEEDS_CHANNEL_BINDING) != 0)
        state->binding_name = (uint8_t)strlen(binding->name);
    else
        state->could_bind = binding != NULL && scram_is_plus_missing(session);
    if (scram_respond(credentials, 0, spans) < 0)
        return POSTINO_ERROR_CREDENTIALS;
    count = scram_gs2_header(credentials, spans);
    if (state->binding_name != 0)
        spans[count++] = (struct postino_span){binding->data, binding->length_octets};
    return postino_sasl_encode(state->binding, sizeof state->binding, spans, (unsigned)count) == 0
               ? POSTINO_OK
               : POSTINO_ERROR_CREDENTIALS;
}

/* Where the attribute `name` begins, *at being at its name; sets *at behind the comma that ends it. NULL: something
 * else stands there. */
static const uint8_t *scram_attribute(const uint8_t **at, const uint8_t *end, char name, size_t *length)
{
    const uint8_t *value = *at + 2;
    const uint8_t *octet;

    if (end - *at < 2 || (*at)[0] != (uint8_t)name || (*at)[1] != '=')
        return NULL;
    for (octet = value; octet != end && *octet != ','; octet++)
        ;
    *length = (size_t)(octet - value);
    *at = octet != end ? octet + 1 : end;
    return value;
}

/* Decodes base64. Returns how many octets, or -1. */
static int scram_decode(const uint8_t *text, size_t length, uint8_t *out, size_t capacity)
{
    uint32_t bits = 0;
    size_t written = 0;
    size_t i;

    if (length == 0 || length % 4 != 0)
        return -1;
    for (i = 0; i < length; i++) {
        unsigned digit = postino_sasl_digit(text[i]);

        if (digit > 63) {
            /* One "=" or two at the end. */
            if (text[i] != '=' || i + 2 < length || (i + 1 < length && text[i + 1] != '='))
                return -1;
            break;
        }
        bits = bits << 6 | digit;
        if (i % 4 != 0) {
            if (written == capacity)
                return -1;
            out[written++] = (uint8_t)(bits >> (6 - 2 * (i % 4)));
        }
    }
    return (int)written;
}

/* Hi(): PBKDF2's first block. */
static int scram_salted(const struct postino_credentials *credentials, unsigned hash,
                        const struct postino_span *salt, uint32_t iterations, uint8_t *out)
{
    static const uint8_t one[] = {0, 0, 0, 1};
    const struct postino_sasl_crypto *crypto = credentials->crypto;
    struct postino_span password = {credentials->password, strlen(credentials->password)};
    uint8_t block[POSTINO_HASH_OCTETS_MAX];
    struct postino_span spans[2] = {*salt, {one, sizeof one}};
    size_t count = 2;
    size_t i;
    int error = 0;

    if (crypto->pbkdf2 != NULL)
        return crypto->pbkdf2(credentials->crypto_context, hash, &password, salt, iterations, out);
    memset(out, 0, POSTINO_HASH_OCTETS_MAX);
    for (; iterations != 0 && error == 0; iterations--) {
        error = crypto->hmac(credentials->crypto_context, hash, &password, spans, count, block);
        spans[0] = (struct postino_span){block, scram_digest_octets(hash)};
        count = 1;
        for (i = 0; i < sizeof block && i < scram_digest_octets(hash); i++)
            out[i] ^= block[i];
    }
    postino_wipe(block, sizeof block);
    return error;
}

/* The proof, and what the server's will be, of the salted password (RFC 5802 section 3). */
static int scram_prove(const struct postino_credentials *credentials, unsigned hash, const uint8_t *salted)
{
    const struct postino_sasl_crypto *crypto = credentials->crypto;
    void *context = credentials->crypto_context;
    struct postino_sasl_state *state = credentials->state;
    size_t octets = scram_digest_octets(hash);
    struct postino_span message[SCRAM_NAME_SPANS + 12];
    struct postino_span label;
    struct postino_span key = {salted, octets};
    uint8_t client[POSTINO_HASH_OCTETS_MAX]; /* ClientKey, then the proof */
    uint8_t stored[POSTINO_HASH_OCTETS_MAX]; /* StoredKey, ClientSignature, ServerKey */
    struct postino_span client_span = {client, octets};
    struct postino_span stored_span = {stored, octets};
    int count = scram_first_bare(credentials, message);
    size_t i;
    int error;

    message[count++] = (struct postino_span){",", 1};
    message[count++] = (struct postino_span){state->challenge, state->challenge_octets};
    message[count++] = (struct postino_span){",", 1};
    count += scram_final_bare(credentials, message + count);
    label = (struct postino_span){"Client Key", 10};
    error = crypto->hmac(context, hash, &key, &label, 1, client);
    error |= crypto->hash(context, hash, &client_span, 1, stored);
    error |= crypto->hmac(context, hash, &stored_span, message, (size_t)count, stored);
    for (i = 0; i < octets; i++)
        client[i] ^= stored[i];
    error |= postino_sasl_encode(state->proof, sizeof state->proof, &client_span, 1);
    label = (struct postino_span){"Server Key", 10};
    error |= crypto->hmac(context, hash, &key, &label, 1, stored);
    error |= crypto->hmac(context, hash, &stored_span, message, (size_t)count, state->signature);
    postino_wipe(client, sizeof client);
    postino_wipe(stored, sizeof stored);
    return error;
}

/* server-first-message: r=nonce,s=salt,i=count, and extensions that are not mandatory. */
static int scram_server_first(const struct postino_session *session)
{
    const struct postino_credentials *credentials = session->config->credentials;
    struct postino_sasl_state *state = credentials->state;
    const uint8_t *at = state->challenge;
    const uint8_t *end = at + state->challenge_octets;
    uint32_t least = credentials->iterations_min != 0 ? credentials->iterations_min : SCRAM_ITERATIONS_MIN;
    uint32_t most = credentials->iterations_max != 0 ? credentials->iterations_max : SCRAM_ITERATIONS_MAX;
    uint32_t iterations = 0;
    size_t own = strlen(state->nonce);
    uint8_t salted[POSTINO_HASH_OCTETS_MAX];
    uint8_t salt_octets[SCRAM_SALT_OCTETS];
    struct postino_span salt = {salt_octets, 0};
    const uint8_t *value;
    size_t length;
    int error;

    value = scram_attribute(&at, end, 'r', &length);
    /* The server adds to our nonce, or it is somebody's old dialogue. */
    if (value == NULL || length <= own || length > 250 || memcmp(value, state->nonce, own) != 0)
        return POSTINO_ERROR_CHALLENGE;
    state->server_nonce = (uint8_t)(length + 2);
    value = scram_attribute(&at, end, 's', &length);
    if (value == NULL)
        return POSTINO_ERROR_CHALLENGE;
    error = scram_decode(value, length, salt_octets, sizeof salt_octets);
    if (error < 0)
        return POSTINO_ERROR_CHALLENGE;
    salt.length_octets = (size_t)error;
    value = scram_attribute(&at, end, 'i', &length);
    if (value == NULL || length == 0 || length > 9)
        return POSTINO_ERROR_CHALLENGE;
    for (; length != 0; length--, value++) {
        unsigned digit = (unsigned)*value - '0';

        if (digit > 9)
            return POSTINO_ERROR_CHALLENGE;
        iterations = iterations * 10 + digit;
    }
    if (iterations == 0 || iterations < least || iterations > most)
        return POSTINO_ERROR_CHALLENGE;
    error = scram_salted(credentials, session->mechanism->hash, &salt, iterations, salted);
    if (error == 0)
        error = scram_prove(credentials, session->mechanism->hash, salted);
    postino_wipe(salted, sizeof salted);
    return error == 0 ? POSTINO_OK : POSTINO_ERROR_CREDENTIALS;
}

/* server-final-message: v=signature; or e=error. */
static int scram_server_final(const struct postino_session *session)
{
    struct postino_sasl_state *state = session->config->credentials->state;
    const uint8_t *at = state->challenge;
    const uint8_t *end = at + state->challenge_octets;
    uint8_t signature[POSTINO_HASH_OCTETS_MAX];
    size_t octets = scram_digest_octets(session->mechanism->hash);
    size_t length;
    const uint8_t *value = scram_attribute(&at, end, 'v', &length);
    unsigned differ = 0;
    size_t i;

    if (value == NULL || scram_decode(value, length, signature, sizeof signature) != (int)octets)
        return POSTINO_ERROR_AUTH_SERVER;
    for (i = 0; i < octets; i++)
        differ |= (unsigned)(signature[i] ^ state->signature[i]);
    if (differ != 0)
        return POSTINO_ERROR_AUTH_SERVER;
    state->verified = 1;
    return POSTINO_OK;
}

static int scram_challenge(struct postino_session *session, unsigned round)
{
    switch (round) {
    case 0:
        return session->config->credentials->state->challenge_octets == 0 ? POSTINO_OK
                                                                          : POSTINO_ERROR_CHALLENGE;
    case 1:
        return scram_server_first(session);
    case 2:
        return scram_server_final(session);
    default:
        return POSTINO_ERROR_CHALLENGE;
    }
}

static int scram_success(const struct postino_credentials *credentials)
{
    return credentials->state->verified ? POSTINO_OK : POSTINO_ERROR_AUTH_SERVER;
}

static const struct postino_sasl_exchange scram_exchange = {postino_sasl_start, postino_sasl_allowed,
                                                            scram_begin, scram_challenge, scram_success};

#define SCRAM_FLAGS (POSTINO_MECHANISM_INITIAL_RESPONSE | POSTINO_MECHANISM_PREPARED)
#define SCRAM_NEEDS (POSTINO_NEEDS_USER | POSTINO_NEEDS_PASSWORD | POSTINO_NEEDS_CRYPTO)
#define SCRAM(name, needs, hash)                                                       \
    {                                                                                  \
        name, scram_respond, SCRAM_FLAGS, SCRAM_NEEDS | (needs), hash, &scram_exchange \
    }

const struct postino_mechanism postino_sasl_scram_sha_1 = SCRAM("SCRAM-SHA-1", 0, POSTINO_HASH_SHA1);
const struct postino_mechanism postino_sasl_scram_sha_256 = SCRAM("SCRAM-SHA-256", 0, POSTINO_HASH_SHA256);
const struct postino_mechanism postino_sasl_scram_sha_512 = SCRAM("SCRAM-SHA-512", 0, POSTINO_HASH_SHA512);
const struct postino_mechanism postino_sasl_scram_sha_1_plus =
    SCRAM("SCRAM-SHA-1-PLUS", POSTINO_NEEDS_CHANNEL_BINDING, POSTINO_HASH_SHA1);
const struct postino_mechanism postino_sasl_scram_sha_256_plus =
    SCRAM("SCRAM-SHA-256-PLUS", POSTINO_NEEDS_CHANNEL_BINDING, POSTINO_HASH_SHA256);
