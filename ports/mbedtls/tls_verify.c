/* SPDX-License-Identifier: MIT */
/* Whether the server is the one that was meant, and what failed in words. Invariant: Mbed TLS is always
 * told to require a good chain; what is not asked for is forgiven here, certificate by certificate, and
 * nowhere else. */
#include "tls_internal.h"

#include <string.h>

#include <mbedtls/error.h>
#include <mbedtls/md.h>
#include <mbedtls/oid.h>
#if MBEDTLS_VERSION_NUMBER < 0x03000000
#include <mbedtls/ssl_internal.h>
#endif

static int verify_digest(mbedtls_md_type_t type, const mbedtls_x509_buf *data, uint8_t *out)
{
    const mbedtls_md_info_t *info = mbedtls_md_info_from_type(type);

    return info != NULL && mbedtls_md_get_size(info) <= TLS_DIGEST_OCTETS_MAX &&
           mbedtls_md(info, data->p, data->len, out) == 0;
}

static int verify_is_pinned(const struct postino_tls_config *config, const mbedtls_x509_crt *certificate)
{
    uint8_t whole[TLS_DIGEST_OCTETS_MAX];
    uint8_t key[TLS_DIGEST_OCTETS_MAX];
    size_t i;

    if (!verify_digest(MBEDTLS_MD_SHA256, &certificate->raw, whole) ||
        !verify_digest(MBEDTLS_MD_SHA256, &certificate->pk_raw, key))
        return 0;
    for (i = 0; i < config->pin_count; i++) {
        const uint8_t *pin = config->pins + i * POSTINO_TLS_PIN_OCTETS;

        if (memcmp(pin, whole, POSTINO_TLS_PIN_OCTETS) == 0 || memcmp(pin, key, POSTINO_TLS_PIN_OCTETS) == 0)
            return 1;
    }
    return 0;
}

/* RFC 5929 section 4.1: the hash of the certificate's signature, but SHA-256 for MD5 and SHA-1; none where
 * the signature tells no hash (RSASSA-PSS, Ed25519). */
static void verify_keep_endpoint(struct tls_state *state, const mbedtls_x509_crt *certificate)
{
    mbedtls_md_type_t md = MBEDTLS_MD_NONE;
    mbedtls_pk_type_t pk;

    state->endpoint_octets = 0;
    if (mbedtls_oid_get_sig_alg(&certificate->sig_oid, &md, &pk) != 0 || md == MBEDTLS_MD_NONE)
        return;
    if (md == MBEDTLS_MD_MD5 || md == MBEDTLS_MD_SHA1)
        md = MBEDTLS_MD_SHA256;
    if (verify_digest(md, &certificate->raw, state->endpoint))
        state->endpoint_octets = mbedtls_md_get_size(mbedtls_md_info_from_type(md));
}

static void verify_add_name(struct postino_tls_mbedtls *tls, const mbedtls_x509_name *name)
{
    char text[160];
    int length = mbedtls_x509_dn_gets(text, sizeof text, name);

    tls_mbedtls_text_add(tls, length > 0 ? text : "(a name that is too long)");
}

static void verify_add_date(struct postino_tls_mbedtls *tls, const mbedtls_x509_time *date)
{
    tls_mbedtls_text_add_number(tls, (unsigned)date->year, 4);
    tls_mbedtls_text_add(tls, "-");
    tls_mbedtls_text_add_number(tls, (unsigned)date->mon, 2);
    tls_mbedtls_text_add(tls, "-");
    tls_mbedtls_text_add_number(tls, (unsigned)date->day, 2);
}

/* How much an error says: 0 is nothing. */
static int verify_weight(int error)
{
    switch (error) {
    case POSTINO_ERROR_TLS_ISSUER:
        return 4;
    case POSTINO_ERROR_TLS_CERTIFICATE:
        return 3;
    case POSTINO_ERROR_TLS_EXPIRED:
        return 2;
    default:
        return error != 0;
    }
}

/* Certificates come from the top of the chain to the server's own: the weightiest fault is told. */
static void verify_judge_chain(struct tls_state *state, const mbedtls_x509_crt *certificate, int depth,
                               uint32_t flags)
{
    struct postino_tls_mbedtls *tls = state->tls;
    const char *which = depth == 0 ? "the certificate" : "a certificate of the chain";
    int error = 0;

    if ((flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) != 0)
        error = POSTINO_ERROR_TLS_ISSUER;
    else if ((flags & ~(uint32_t)(MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE)) != 0)
        error = POSTINO_ERROR_TLS_CERTIFICATE;
    else if (flags != 0)
        error = POSTINO_ERROR_TLS_EXPIRED;
    if (verify_weight(error) <= verify_weight(state->verify_error))
        return;
    state->verify_error = error;
    tls_mbedtls_text_set(tls, which);
    if (error == POSTINO_ERROR_TLS_ISSUER) {
        int self_signed =
            certificate->issuer_raw.len == certificate->subject_raw.len &&
            memcmp(certificate->issuer_raw.p, certificate->subject_raw.p, certificate->issuer_raw.len) == 0;

        tls_mbedtls_text_add(tls, self_signed
                                      ? " is self-signed and not trusted (name it as ca_file, or pin it): "
                                      : " has an unknown issuer: ");
        verify_add_name(tls, &certificate->issuer);
    } else if (error == POSTINO_ERROR_TLS_CERTIFICATE) {
        tls_mbedtls_text_add(tls, (flags & (MBEDTLS_X509_BADCERT_BAD_MD | MBEDTLS_X509_BADCERT_BAD_PK |
                                            MBEDTLS_X509_BADCERT_BAD_KEY)) != 0
                                      ? " has a signature or a key that is too weak"
                                      : " cannot be accepted");
    } else if ((flags & MBEDTLS_X509_BADCERT_EXPIRED) != 0) {
        tls_mbedtls_text_add(tls, " expired on ");
        verify_add_date(tls, &certificate->valid_to);
    } else {
        tls_mbedtls_text_add(tls, " is not valid before ");
        verify_add_date(tls, &certificate->valid_from);
        tls_mbedtls_text_add(tls, ": look whether the clock is right");
    }
}

/* Of the handshake that runs: later nobody can tell. */
static uint8_t verify_is_extended(const mbedtls_ssl_context *ssl)
{
#if MBEDTLS_VERSION_NUMBER < 0x03000000 && defined(MBEDTLS_SSL_EXTENDED_MASTER_SECRET)
    return ssl->handshake->extended_ms == MBEDTLS_SSL_EXTENDED_MS_ENABLED;
#else
    (void)ssl;
    return 0;
#endif
}

int tls_mbedtls_verify(void *context, mbedtls_x509_crt *certificate, int depth, uint32_t *flags)
{
    struct tls_state *state = context;
    const struct postino_tls_config *config = state->config;
    int chain = config->verify == POSTINO_TLS_VERIFY_FULL || config->verify == POSTINO_TLS_VERIFY_CHAIN;
    /* Mbed TLS's view of the name counts besides ours: the stricter one wins. */
    uint32_t name = *flags & MBEDTLS_X509_BADCERT_CN_MISMATCH;

    *flags &= ~(uint32_t)MBEDTLS_X509_BADCERT_CN_MISMATCH;
    if (chain)
        verify_judge_chain(state, certificate, depth, *flags);
    else
        *flags = 0;
    if (depth > 0)
        return 0;
    state->seen = 1;
    state->extended = verify_is_extended(&state->ssl);
    verify_keep_endpoint(state, certificate);
    if (config->verify == POSTINO_TLS_VERIFY_FULL && state->verify_error == 0 &&
        (!tls_mbedtls_names_host(state, certificate) || name != 0)) {
        if (state->tls->text[0] == '\0')
            tls_mbedtls_text_set(state->tls, "the certificate is not for this host");
        state->verify_error = POSTINO_ERROR_TLS_NAME;
        *flags |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
    }
    if (config->pin_count > 0 && state->verify_error == 0 && !verify_is_pinned(config, certificate)) {
        state->verify_error = POSTINO_ERROR_TLS_PIN;
        tls_mbedtls_text_set(state->tls, "the certificate is none of those that were pinned");
    }
    /* The handshake fails with either finding. */
    if (state->verify_error != 0 && *flags == 0)
        *flags = MBEDTLS_X509_BADCERT_OTHER;
    return 0;
}

static const struct {
    uint8_t alert;
    const char *text;
} verify_alerts[] = {
    {MBEDTLS_SSL_ALERT_MSG_HANDSHAKE_FAILURE, "handshake failure"},
    {MBEDTLS_SSL_ALERT_MSG_BAD_CERT, "bad certificate"},
    {MBEDTLS_SSL_ALERT_MSG_UNSUPPORTED_CERT, "unsupported certificate"},
    {MBEDTLS_SSL_ALERT_MSG_CERT_REVOKED, "certificate revoked"},
    {MBEDTLS_SSL_ALERT_MSG_CERT_EXPIRED, "certificate expired"},
    {MBEDTLS_SSL_ALERT_MSG_CERT_UNKNOWN, "certificate unknown"},
    {MBEDTLS_SSL_ALERT_MSG_UNKNOWN_CA, "unknown issuer of our certificate"},
    {MBEDTLS_SSL_ALERT_MSG_ACCESS_DENIED, "access denied"},
    {116, "certificate required"},
    {MBEDTLS_SSL_ALERT_MSG_PROTOCOL_VERSION, "protocol version"},
    {MBEDTLS_SSL_ALERT_MSG_INSUFFICIENT_SECURITY, "insufficient security"},
    {MBEDTLS_SSL_ALERT_MSG_INTERNAL_ERROR, "internal error"},
    {MBEDTLS_SSL_ALERT_MSG_UNRECOGNIZED_NAME, "unrecognised name"},
};

static int verify_alert_failure(struct tls_state *state, int in_handshake)
{
    struct postino_tls_mbedtls *tls = state->tls;
    const uint8_t *message = state->ssl.TLS_PRIVATE(in_msg);
    uint8_t alert = message != NULL ? message[1] : 0;
    size_t i;

    tls_mbedtls_text_set(tls, alert == MBEDTLS_SSL_ALERT_MSG_PROTOCOL_VERSION
                                  ? "no protocol version in common: the server refused, by an alert: "
                                  : "the server refused, by an alert: ");
    tls_mbedtls_text_add_number(tls, alert, 1);
    for (i = 0; i < sizeof verify_alerts / sizeof verify_alerts[0]; i++)
        if (verify_alerts[i].alert == alert) {
            tls_mbedtls_text_add(tls, ", ");
            tls_mbedtls_text_add(tls, verify_alerts[i].text);
        }
    if (alert == MBEDTLS_SSL_ALERT_MSG_PROTOCOL_VERSION)
        return POSTINO_ERROR_TLS_VERSION;
    if ((alert >= MBEDTLS_SSL_ALERT_MSG_NO_CERT && alert <= MBEDTLS_SSL_ALERT_MSG_CERT_UNKNOWN) ||
        alert == MBEDTLS_SSL_ALERT_MSG_UNKNOWN_CA || alert == MBEDTLS_SSL_ALERT_MSG_ACCESS_DENIED ||
        alert == 116)
        return POSTINO_ERROR_TLS_REFUSED;
    if (!in_handshake)
        return POSTINO_ERROR_TLS_RECORD;
    /* A lack of our certificate has no alert of its own before TLS 1.3; but then all that the server sends
     * had been taken by the time. */
    return state->ssl.TLS_PRIVATE(state) > MBEDTLS_SSL_SERVER_HELLO_DONE ? POSTINO_ERROR_TLS_REFUSED
                                                                         : POSTINO_ERROR_TLS_HANDSHAKE;
}

static void verify_add_cause(struct postino_tls_mbedtls *tls, int error)
{
#if defined(MBEDTLS_ERROR_C)
    char text[120];

    mbedtls_strerror(error, text, sizeof text);
    tls_mbedtls_text_add(tls, text);
#else
    tls_mbedtls_text_add(tls, "Mbed TLS's error -");
    tls_mbedtls_text_add_number(tls, (unsigned)-error, 1);
#endif
}

static int verify_is_version_error(int error)
{
#if MBEDTLS_VERSION_NUMBER < 0x03000000
    return error == MBEDTLS_ERR_SSL_BAD_HS_PROTOCOL_VERSION;
#else
    return error == MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION;
#endif
}

/* An error of Mbed TLS's holds that of a module and, below, that of one it called. */
static int verify_is_memory_error(int error)
{
    const int module = -(int)((unsigned)-error & 0xFF80U);
    const int below = -(int)((unsigned)-error & 0x7FU);

    return module == MBEDTLS_ERR_SSL_ALLOC_FAILED || module == MBEDTLS_ERR_X509_ALLOC_FAILED ||
           module == MBEDTLS_ERR_PK_ALLOC_FAILED || module == MBEDTLS_ERR_MD_ALLOC_FAILED ||
           module == MBEDTLS_ERR_CIPHER_ALLOC_FAILED || module == MBEDTLS_ERR_ECP_ALLOC_FAILED ||
           below == MBEDTLS_ERR_ASN1_ALLOC_FAILED || below == MBEDTLS_ERR_MPI_ALLOC_FAILED;
}

int tls_mbedtls_no_memory(struct tls_state *state)
{
    tls_mbedtls_text_set(state->tls, postino_strerror(POSTINO_ERROR_TLS_MEMORY));
    return POSTINO_ERROR_TLS_MEMORY;
}

int tls_mbedtls_failure(struct tls_state *state, int error, int in_handshake)
{
    struct postino_tls_mbedtls *tls = state->tls;

    if (state->verify_error != 0)
        return state->verify_error;
    if (verify_is_memory_error(error))
        return tls_mbedtls_no_memory(state);
    if (state->inner_error == POSTINO_ERROR_TLS_MEMORY)
        return state->inner_error;
    if (state->inner_error != 0 || state->ended) {
        tls_mbedtls_text_set(tls, in_handshake ? "the connection was lost in the TLS handshake" : "");
        return state->inner_error != 0 ? state->inner_error : POSTINO_ERROR_CLOSED;
    }
    if (error == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) {
        state->ended = 1; /* for whoever asks again */
        tls_mbedtls_text_set(tls, in_handshake ? "the server ended the TLS handshake" : "");
        return POSTINO_ERROR_CLOSED;
    }
    if (error == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE)
        return verify_alert_failure(state, in_handshake);
    if (verify_is_version_error(error)) {
        tls_mbedtls_text_set(tls, "the server's TLS version is too old, or none that Mbed TLS has");
        return POSTINO_ERROR_TLS_VERSION;
    }
    /* "220 mail.example ready", say: no server that speaks TLS begins so. */
    if (error == MBEDTLS_ERR_SSL_INVALID_RECORD && in_handshake &&
        state->ssl.TLS_PRIVATE(state) <= MBEDTLS_SSL_SERVER_HELLO) {
        tls_mbedtls_text_set(tls, "the server seems to speak no TLS here: use STARTTLS, or another port");
        return POSTINO_ERROR_TLS_HANDSHAKE;
    }
    tls_mbedtls_text_set(tls, in_handshake ? "the TLS handshake failed: " : "what arrived is no sound TLS: ");
    verify_add_cause(tls, error);
    return in_handshake ? POSTINO_ERROR_TLS_HANDSHAKE : POSTINO_ERROR_TLS_RECORD;
}
