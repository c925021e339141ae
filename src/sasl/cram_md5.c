/* SPDX-License-Identifier: MIT */
/* CRAM-MD5 (RFC 2195): the name, and the challenge's HMAC with the password as its key, in hexadecimal. */
#include "exchange.h"

#define CRAM_DIGEST_OCTETS 16

static int cram_challenge(struct postino_session *session, unsigned round)
{
    struct postino_sasl_state *state = session->config->credentials->state;
    struct postino_span key = postino_sasl_password(session);
    struct postino_span challenge = {state->challenge, state->challenge_octets};

    if (round != 0)
        return POSTINO_ERROR_CHALLENGE;
    /* The answer to an empty challenge would be a digest that anybody could use again. */
    if (challenge.length_octets == 0)
        return POSTINO_ERROR_CHALLENGE_SYNTAX;
    postino_sasl_hmac(session, &key, &challenge, 1, state->signature);
    state->digest_octets = CRAM_DIGEST_OCTETS;
    return POSTINO_OK;
}

static void cram_respond(struct postino_emitter *emitter, const struct postino_credentials *credentials,
                         unsigned round)
{
    const struct postino_sasl_state *state = credentials->state;
    unsigned i;

    (void)round;
    postino_emit_text(emitter, credentials->user);
    postino_emit(emitter, ' ');
    /* There is no digest before the challenge came. */
    for (i = 0; i < 2u * state->digest_octets; i++) {
        unsigned octet = state->signature[i / 2];
        unsigned digit = (i & 1) != 0 ? octet & 15 : octet >> 4;

        postino_emit(emitter, digit < 10 ? digit + '0' : digit - 10 + 'a');
    }
}

static const struct postino_sasl_exchange cram_exchange = {postino_sasl_start, postino_sasl_allowed, NULL,
                                                           cram_challenge, 1};

const struct postino_mechanism postino_sasl_cram_md5 = {.name = POSTINO_TEXT("CRAM-MD5"),
                                                        .respond = cram_respond,
                                                        .flags = POSTINO_MECHANISM_PREPARED,
                                                        .needs = POSTINO_NEEDS_USER | POSTINO_NEEDS_PASSWORD |
                                                                 POSTINO_NEEDS_CRYPTO,
                                                        .hash = POSTINO_HASH_MD5,
                                                        .exchange = &cram_exchange};
