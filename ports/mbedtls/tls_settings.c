/* SPDX-License-Identifier: MIT */
/* Mbed TLS's settings from ours. Invariant: everything in the state is initialised before anything is read,
 * so that tls_mbedtls_settings_free() is right after any failure. */
#include "tls_internal.h"

#include <string.h>

#if MBEDTLS_VERSION_NUMBER >= 0x03000000 && defined(MBEDTLS_PSA_CRYPTO_C)
#include <psa/crypto.h>
#endif

#if TLS_HAS_1_3
#define TLS_VERSION_MAX POSTINO_TLS_VERSION_1_3
#else
#define TLS_VERSION_MAX POSTINO_TLS_VERSION_1_2
#endif

static int settings_refuse(struct tls_state *state, const char *text, const char *name)
{
    tls_mbedtls_text_set(state->tls, text);
    tls_mbedtls_text_add(state->tls, name);
    return POSTINO_ERROR_TLS_CONFIG;
}

static int settings_read_certificates(struct tls_state *state, mbedtls_x509_crt *chain, const char *file)
{
#if defined(MBEDTLS_FS_IO)
    /* Of many certificates some may be of a kind that Mbed TLS does not know: the others serve. */
    if (mbedtls_x509_crt_parse_file(chain, file) >= 0 && chain->raw.len > 0)
        return 0;
#endif
    (void)chain;
    return settings_refuse(state, "no certificate can be read from ", file);
}

static int settings_read_key(struct tls_state *state, const char *file, const char *password)
{
#if defined(MBEDTLS_FS_IO)
#if MBEDTLS_VERSION_NUMBER < 0x03000000
    if (mbedtls_pk_parse_keyfile(&state->key, file, password) == 0)
        return 0;
#else
    if (mbedtls_pk_parse_keyfile(&state->key, file, password, state->random, state->random_context) == 0)
        return 0;
#endif
#endif
    (void)password;
    return settings_refuse(state, "no key can be read from ", file);
}

static int settings_is_pair(struct tls_state *state, mbedtls_x509_crt *certificate, mbedtls_pk_context *key)
{
#if MBEDTLS_VERSION_NUMBER < 0x03000000
    (void)state;
    return mbedtls_pk_check_pair(&certificate->pk, key) == 0;
#else
    return mbedtls_pk_check_pair(&certificate->pk, key, state->random, state->random_context) == 0;
#endif
}

static int settings_set_random(struct tls_state *state, const struct postino_tls_mbedtls_objects *objects)
{
#if MBEDTLS_VERSION_NUMBER >= 0x03000000 && defined(MBEDTLS_PSA_CRYPTO_C)
    /* TLS 1.3 needs it, and some builds do for 1.2. */
    if (psa_crypto_init() != PSA_SUCCESS)
        return settings_refuse(state, "the random generator cannot be seeded", "");
#endif
    state->random = objects->random;
    state->random_context = objects->random_context;
#if TLS_HAS_RANDOM
    if (state->random == NULL) {
        if (mbedtls_ctr_drbg_seed(&state->drbg, mbedtls_entropy_func, &state->entropy, NULL, 0) != 0)
            return settings_refuse(state, "the random generator cannot be seeded", "");
        state->random = mbedtls_ctr_drbg_random;
        state->random_context = &state->drbg;
    }
#endif
    if (state->random == NULL)
        return settings_refuse(state, "this Mbed TLS has no random generator: give one", "");
    mbedtls_ssl_conf_rng(&state->settings, state->random, state->random_context);
    return 0;
}

static int settings_set_versions(struct tls_state *state)
{
    const struct postino_tls_config *config = state->config;
    int lowest =
        config->version_min == POSTINO_TLS_VERSION_DEFAULT ? POSTINO_TLS_VERSION_1_2 : config->version_min;
    int highest = config->version_max == POSTINO_TLS_VERSION_DEFAULT ? TLS_VERSION_MAX : config->version_max;

    if (highest > TLS_VERSION_MAX)
        highest = TLS_VERSION_MAX;
    if (lowest < POSTINO_TLS_VERSION_1_2 || highest < POSTINO_TLS_VERSION_1_2 || lowest > highest)
        return settings_refuse(state, "this Mbed TLS has no TLS version of those that are allowed", "");
#if MBEDTLS_VERSION_NUMBER >= 0x03020000
    mbedtls_ssl_conf_min_tls_version(&state->settings, lowest == POSTINO_TLS_VERSION_1_3
                                                           ? MBEDTLS_SSL_VERSION_TLS1_3
                                                           : MBEDTLS_SSL_VERSION_TLS1_2);
    mbedtls_ssl_conf_max_tls_version(&state->settings, highest == POSTINO_TLS_VERSION_1_3
                                                           ? MBEDTLS_SSL_VERSION_TLS1_3
                                                           : MBEDTLS_SSL_VERSION_TLS1_2);
#else
    mbedtls_ssl_conf_min_version(&state->settings, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
    mbedtls_ssl_conf_max_version(&state->settings, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
#endif
    return 0;
}

/* Without certificates an empty chain is given: Mbed TLS wants one, and finds no issuer in it. */
static int settings_set_trust(struct tls_state *state, const struct postino_tls_mbedtls_objects *objects)
{
    const struct postino_tls_config *config = state->config;
    int chain = config->verify == POSTINO_TLS_VERIFY_FULL || config->verify == POSTINO_TLS_VERIFY_CHAIN;
    mbedtls_x509_crt *trusted = objects->trusted != NULL ? objects->trusted : &state->trusted;

    if (config->verify > POSTINO_TLS_VERIFY_NONE)
        return settings_refuse(state, "no such way to verify", "");
    if (config->verify == POSTINO_TLS_VERIFY_PIN && config->pin_count == 0)
        return settings_refuse(state, "there is no pin to verify by", "");
    if (config->pin_count > 0 && config->pins == NULL)
        return settings_refuse(state, "the pins are missing", "");
    if (objects->trusted == NULL && config->ca_file != NULL &&
        settings_read_certificates(state, trusted, config->ca_file) != 0)
        return POSTINO_ERROR_TLS_CONFIG;
    if (chain && objects->trusted == NULL && config->ca_file == NULL)
        return settings_refuse(
            state, "Mbed TLS knows no certificates of the system: name a file of trusted ones", "");
    mbedtls_ssl_conf_ca_chain(&state->settings, trusted, NULL);
    mbedtls_ssl_conf_authmode(&state->settings, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_verify(&state->settings, tls_mbedtls_verify, state);
    return 0;
}

static int settings_is_not_ascii(const char *text)
{
    while (*text > ' ' && *text <= '~')
        text++;
    return *text != '\0';
}

static int settings_set_host(struct tls_state *state)
{
    const char *host = state->config->host_name;
    size_t octets;

    if (host == NULL || host[0] == '\0')
        return state->config->verify == POSTINO_TLS_VERIFY_FULL
                   ? settings_refuse(state, "there is no host name to verify by", "")
                   : 0;
    octets = strlen(host);
    /* The dot that makes a name absolute stands in no SNI and no certificate (RFC 6066 section 3, RFC 9525
     * section 2). */
    if (octets > 1 && host[octets - 1] == '.')
        octets--;
    if (octets > TLS_HOST_OCTETS_MAX || settings_is_not_ascii(host) || strcmp(host, ".") == 0 ||
        tls_mbedtls_read_address(&state->address, host) < 0)
        return settings_refuse(state,
                               "host_name is neither a DNS name in ASCII (xn--...) nor an address: ", host);
    memcpy(state->host, host, octets);
    return 0;
}

static int settings_set_own(struct tls_state *state, const struct postino_tls_mbedtls_objects *objects)
{
    const struct postino_tls_config *config = state->config;
    mbedtls_x509_crt *certificate = objects->certificate;
    mbedtls_pk_context *key = objects->key;

    if (certificate == NULL && key == NULL) {
        if (config->certificate_file == NULL && config->key_file == NULL)
            return 0;
        if (config->certificate_file == NULL || config->key_file == NULL)
            return settings_refuse(state, "a certificate and its key belong together", "");
        if (settings_read_certificates(state, &state->certificate, config->certificate_file) != 0 ||
            settings_read_key(state, config->key_file, config->key_password) != 0)
            return POSTINO_ERROR_TLS_CONFIG;
        certificate = &state->certificate;
        key = &state->key;
    }
    if (certificate == NULL || key == NULL)
        return settings_refuse(state, "a certificate and its key belong together", "");
    if (!settings_is_pair(state, certificate, key))
        return settings_refuse(state, "the key does not belong to the certificate", "");
    if (mbedtls_ssl_conf_own_cert(&state->settings, certificate, key) != 0)
        return tls_mbedtls_no_memory(state);
    state->has_own = 1;
    return 0;
}

int tls_mbedtls_settings_init(struct tls_state *state, const struct postino_tls_mbedtls_objects *objects)
{
    static const struct postino_tls_mbedtls_objects none;
    int error;

    if (objects == NULL)
        objects = &none;
    mbedtls_ssl_config_init(&state->settings);
    mbedtls_ssl_session_init(&state->session);
    mbedtls_x509_crt_init(&state->trusted);
    mbedtls_x509_crt_init(&state->certificate);
    mbedtls_pk_init(&state->key);
#if TLS_HAS_RANDOM
    mbedtls_entropy_init(&state->entropy);
    mbedtls_ctr_drbg_init(&state->drbg);
#endif
    if (mbedtls_ssl_config_defaults(&state->settings, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                    MBEDTLS_SSL_PRESET_DEFAULT) != 0)
        return tls_mbedtls_no_memory(state);
#if defined(MBEDTLS_SSL_RENEGOTIATION)
    mbedtls_ssl_conf_renegotiation(&state->settings, MBEDTLS_SSL_RENEGOTIATION_DISABLED);
#endif
#if TLS_HAS_1_3 && defined(MBEDTLS_SSL_SESSION_TICKETS) && \
    defined(MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_ENABLED)
    /* Since 3.6.1 a ticket is dropped where nobody asked to be told of it. */
    mbedtls_ssl_conf_tls13_enable_signal_new_session_tickets(
        &state->settings, MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_ENABLED);
#endif
#if defined(MBEDTLS_DHM_C)
    mbedtls_ssl_conf_dhm_min_bitlen(&state->settings, 2048); /* RFC 9325 section 4.1 */
#endif
    error = settings_set_random(state, objects);
    if (error == 0)
        error = settings_set_versions(state);
    if (error == 0)
        error = settings_set_host(state);
    if (error == 0)
        error = settings_set_trust(state, objects);
    return error == 0 ? settings_set_own(state, objects) : error;
}

void tls_mbedtls_settings_free(struct tls_state *state)
{
    mbedtls_ssl_config_free(&state->settings);
    mbedtls_ssl_session_free(&state->session);
    mbedtls_x509_crt_free(&state->trusted);
    mbedtls_x509_crt_free(&state->certificate);
    mbedtls_pk_free(&state->key);
#if TLS_HAS_RANDOM
    mbedtls_ctr_drbg_free(&state->drbg);
    mbedtls_entropy_free(&state->entropy);
#endif
}
