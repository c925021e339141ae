/* SPDX-License-Identifier: MIT */
/* CRAM-MD5 (RFC 2195): the name, and the challenge's HMAC with the password as its key, in hexadecimal. */
#include "internal.h"

#define CRAM_DIGEST_OCTETS 16

static int cram_challenge(struct postino_session *session, unsigned round)
{
    static const char digits[] = "0123456789abcdef";
    const struct postino_credentials *credentials = session->config->credentials;
    struct postino_sasl_state *state = credentials->state;
    struct postino_span key = {credentials->password, strlen(credentials->password)};
    struct postino_span challenge = {state->challenge, state->challenge_octets};
    unsigned i;

    /* One that is empty would have us answer a digest that anybody can use again. */
    if (round != 0 || challenge.length_octets == 0)
        return POSTINO_ERROR_CHALLENGE;
    if (credentials->crypto->hmac(credentials->crypto_context, POSTINO_HASH_MD5, &key, &challenge, 1,
                                  state->signature) != 0)
        return POSTINO_ERROR_CREDENTIALS;
    for (i = 0; i < CRAM_DIGEST_OCTETS; i++) {
        state->proof[2 * i] = digits[state->signature[i] >> 4];
        state->proof[2 * i + 1] = digits[state->signature[i] & 15];
    }
    return POSTINO_OK;
}

static int cram_respond(const struct postino_credentials *credentials, unsigned round,
                        struct postino_span *spans)
{
    (void)round;
    spans[0] = (struct postino_span){credentials->user, POSTINO_SASL_TEXT};
    spans[1] = (struct postino_span){" ", 1};
    spans[2] = (struct postino_span){credentials->state->proof, POSTINO_SASL_TEXT};
    return 3;
}

static const struct postino_sasl_exchange cram_exchange = {postino_sasl_start, postino_sasl_allowed, NULL,
                                                           cram_challenge, NULL};

const struct postino_mechanism postino_sasl_cram_md5 = {.name = "CRAM-MD5",
                                                        .respond = cram_respond,
                                                        .flags = POSTINO_MECHANISM_PREPARED,
                                                        .needs = POSTINO_NEEDS_USER | POSTINO_NEEDS_PASSWORD |
                                                                 POSTINO_NEEDS_CRYPTO,
                                                        .hash = POSTINO_HASH_MD5,
                                                        .exchange = &cram_exchange};
