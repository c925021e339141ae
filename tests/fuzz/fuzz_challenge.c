/* SPDX-License-Identifier: MIT */
/* A server that sends any challenges, in any pieces. The first octet of the input chooses the mechanism,
 * whether the input is sent as it is or in base64, and whether the crypto table has pbkdf2. The second
 * octet chooses the pieces. */
#include "fuzz.h"

#define REPLIES_MAX 40

static int fuzz_random(void *context, uint8_t *out, size_t octets)
{
    (void)context;
    memset(out, 0, octets);
    return 0;
}

static int fuzz_hash(void *context, unsigned hash, const struct postino_span *spans, size_t count,
                     uint8_t *out)
{
    static const size_t digest_octets[] = {16, 20, 32, 64};
    uint8_t sum = (uint8_t)hash;
    size_t i;
    size_t j;

    (void)context;
    /* So that each octet is read. */
    for (i = 0; i < count; i++) {
        for (j = 0; j < spans[i].length_octets; j++) {
            sum = (uint8_t)(sum * 5 + ((const uint8_t *)spans[i].data)[j]);
        }
    }
    memset(out, sum, digest_octets[hash]);
    return 0;
}

static int fuzz_hmac(void *context, unsigned hash, const struct postino_span *key,
                     const struct postino_span *spans, size_t count, uint8_t *out)
{
    (void)key;
    return fuzz_hash(context, hash, spans, count, out);
}

static int fuzz_pbkdf2(void *context, unsigned hash, const struct postino_span *password,
                       const struct postino_span *salt, uint32_t iterations, uint8_t *out)
{
    (void)password;
    FUZZ_CHECK(iterations >= 4096 && iterations <= 1000000);
    return fuzz_hash(context, hash, salt, 1, out);
}

static const struct postino_sasl_crypto fuzz_crypto = {15, fuzz_random, fuzz_hash, fuzz_hmac, fuzz_pbkdf2};
static const struct postino_sasl_crypto fuzz_crypto_slow = {15, fuzz_random, fuzz_hash, fuzz_hmac, NULL};

/* Of an exchange that is over nothing is left but why. */
static int is_wiped(const struct postino_sasl_state *state)
{
    struct postino_sasl_state rest;
    const uint8_t *octets = (const uint8_t *)&rest;
    size_t i;

    memcpy(&rest, state, sizeof rest);
    rest.error = 0;
    for (i = 0; i < sizeof rest && octets[i] == 0; i++) {
    }
    return i == sizeof rest;
}

static void drain(struct postino_session *session)
{
    while (postino_session_want(session) & POSTINO_WANT_SEND) {
        uint8_t out[64];

        FUZZ_CHECK(postino_session_output(session, out, sizeof out, 0) != 0);
    }
}

static void hear(struct postino_session *session, const uint8_t *data, size_t size, size_t piece)
{
    while (size != 0) {
        size_t length = size < piece ? size : piece;
        uint8_t *copy = fuzz_copy(data, length);

        postino_session_input(session, copy, length, 0);
        free(copy);
        drain(session);
        data += length;
        size -= length;
    }
}

/* "334 " and base64 of a line of the input; "235" for an empty one. SCRAM's own nonce is put behind a first
 * "r=". */
static size_t reply(const uint8_t *data, size_t size, char *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t text[256] = "r=AAAAAAAAAAAAAAAAAAAAAAAA";
    size_t length = 0;
    size_t i;
    char *start = out;

    if (size == 0) {
        memcpy(out, "235\r\n", 5);
        return 5;
    }
    if (size > 2 && data[0] == 'r' && data[1] == '=') {
        length = 26;
        data += 2;
        size -= 2;
    }
    if (size > sizeof text - 3 - length) {
        size = sizeof text - 3 - length;
    }
    memcpy(text + length, data, size);
    length += size;
    memcpy(out, "334 ", 4);
    out += 4;
    for (i = 0; i < length; i += 3) {
        uint32_t bits = (uint32_t)text[i] << 16 | (i + 1 < length ? (uint32_t)text[i + 1] << 8 : 0) |
                        (i + 2 < length ? text[i + 2] : 0);

        *out++ = digits[bits >> 18];
        *out++ = digits[bits >> 12 & 63];
        *out++ = i + 1 < length ? digits[bits >> 6 & 63] : '=';
        *out++ = i + 2 < length ? digits[bits & 63] : '=';
    }
    memcpy(out, "\r\n", 2);
    return (size_t)(out + 2 - start);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct postino_mechanism *const mechanisms[] = {&postino_sasl_scram_sha_256,
                                                                 NULL,
                                                                 &postino_sasl_scram_sha_1,
                                                                 NULL,
                                                                 &postino_sasl_cram_md5,
                                                                 NULL,
                                                                 &postino_sasl_xoauth2,
                                                                 NULL,
                                                                 &postino_sasl_oauthbearer,
                                                                 NULL,
                                                                 &postino_sasl_scram_sha_256_plus,
                                                                 NULL,
                                                                 &postino_sasl_scram_sha_512,
                                                                 NULL,
                                                                 &postino_sasl_external,
                                                                 NULL};
    static const struct postino_tls_info tls = {
        .version = "TLSv1.3",
        .verified = 1,
        .certified = 1,
        .bindings = {{"tls-exporter", (const uint8_t *)"0123456789abcdef", 16}},
        .text = ""};
    static const char ehlo[] =
        "220 mx\r\n250-mx\r\n250 AUTH SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 XOAUTH2 OAUTHBEARER"
        " SCRAM-SHA-256-PLUS SCRAM-SHA-512 EXTERNAL\r\n";
    struct postino_sasl_state *state = malloc(sizeof *state);
    struct postino_credentials credentials = {
        .user = "u=,", .password = "secret", .token = "token", .crypto = &fuzz_crypto, .state = state};
    struct postino_session_config config = {.ehlo_name = "client.example.com",
                                            .faults = &postino_faults,
                                            .time_limits = &postino_time_limits_rfc5321,
                                            .extensions = postino_extensions_all,
                                            .credentials = &credentials,
                                            .flags = POSTINO_SESSION_CLEAR_TEXT_AUTH};
    struct postino_session session;
    size_t piece;
    unsigned replies;

    FUZZ_CHECK(state != NULL);
    if (size < 2) {
        free(state);
        return 0;
    }
    memset(state, 0xA5, sizeof *state);
    config.mechanisms = mechanisms + 2 * (data[0] % 8);
    if (data[0] & 64) {
        credentials.crypto = &fuzz_crypto_slow;
        credentials.iterations_min = 1;
        credentials.iterations_max = 99;
    }
    piece = 1 + data[1] % 80u;
    FUZZ_CHECK(postino_session_init(&session, &config, 0) == 0);
    if (data[0] & 32) {
        postino_session_tls_started(&session, &tls, 0);
    }
    hear(&session, (const uint8_t *)ehlo, 8, 8);
    hear(&session, (const uint8_t *)ehlo + 8, sizeof ehlo - 9, piece);
    if (data[0] & 128) {
        hear(&session, data + 2, size - 2, piece);
    } else {
        data += 2;
        size -= 2;
        for (replies = 0; replies < REPLIES_MAX && size != 0; replies++) {
            const uint8_t *end = memchr(data, '\n', size);
            size_t length = end != NULL ? (size_t)(end - data) : size;
            char out[400];
            size_t octets = reply(data, length, out);

            hear(&session, (const uint8_t *)out, octets, piece);
            data += length;
            size -= length;
            if (size != 0) {
                data++;
                size--;
            }
        }
    }
    /* Without a mechanism that may be used nobody touches it. */
    if (session.mechanism != NULL) {
        FUZZ_CHECK(state->challenge_octets <= sizeof state->challenge);
        FUZZ_CHECK(session.text_sink != NULL || is_wiped(state));
    }
    postino_session_lost(&session, 0, 0);
    postino_sasl_wipe(state);
    free(state);
    return 0;
}
