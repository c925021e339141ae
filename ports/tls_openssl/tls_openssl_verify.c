/* SPDX-License-Identifier: MIT */
/* Who the server is. Invariant: a connection counts as verified only where OpenSSL found nothing against the chain
 * and, unless told otherwise, the name, or where a pin was met; and the first thing that was found is what is told. */
#include "tls_openssl.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#define VERIFY_NAMES_MAX 3

/* An iPAddress (RFC 5280 section 4.2.1.6) in words. Returns as snprintf() does, 0 for one of a strange length. */
static int verify_address(const ASN1_STRING *value, char *text, size_t capacity)
{
    const uint8_t *octets = ASN1_STRING_get0_data(value);
    int written = 0;
    size_t i;

    if (ASN1_STRING_length(value) == 4)
        return snprintf(text, capacity, "%u.%u.%u.%u", octets[0], octets[1], octets[2], octets[3]);
    for (i = 0; ASN1_STRING_length(value) == 16 && i < 16 && (size_t)written < capacity; i += 2)
        written += snprintf(text + written, capacity - (size_t)written, "%s%x", i == 0 ? "" : ":",
                            (unsigned)octets[i] << 8 | octets[i + 1]);
    return written;
}

/* A name that may be shown: certificates may hold anything. */
static void verify_dns_name(const ASN1_STRING *value, char *text, size_t capacity)
{
    const uint8_t *octets = ASN1_STRING_get0_data(value);
    size_t length = (size_t)ASN1_STRING_length(value);
    size_t i;

    for (i = 0; i < length && i < capacity - 1; i++)
        text[i] = octets[i] > ' ' && octets[i] < 127 ? (char)octets[i] : '?';
    text[i] = '\0';
}

/* The first few: a session keeps little of the text, and whom it is not for stands behind them. */
static void verify_names(X509 *certificate, char *text, size_t capacity)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    size_t length = 0;
    int count = 0;
    int i;

    for (i = 0; i < sk_GENERAL_NAME_num(names) && count <= VERIFY_NAMES_MAX; i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        char one[64] = "...";
        int written;

        if (name->type != GEN_DNS && name->type != GEN_IPADD)
            continue;
        if (count < VERIFY_NAMES_MAX && name->type == GEN_DNS)
            verify_dns_name(name->d.dNSName, one, sizeof one);
        else if (count < VERIFY_NAMES_MAX && verify_address(name->d.iPAddress, one, sizeof one) == 0)
            continue;
        written = snprintf(text + length, capacity - length, "%s%s", count == 0 ? "" : ", ", one);
        if (written < 0 || (size_t)written >= capacity - length)
            break;
        length += (size_t)written;
        count++;
    }
    GENERAL_NAMES_free(names);
    if (count == 0)
        (void)snprintf(text, capacity, "no name");
}

static void verify_date(const ASN1_TIME *date, char *text, size_t capacity)
{
    struct tm tm;

    text[0] = '\0';
    if (ASN1_TIME_to_tm(date, &tm) == 1)
        (void)snprintf(text, capacity, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

static int verify_explain(struct postino_tls_openssl *tls, X509 *certificate, int reason)
{
    char detail[200] = "";

    switch (reason) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        verify_names(certificate, detail, sizeof detail);
        (void)snprintf(tls->text, sizeof tls->text, "the certificate is for %s, not for %.100s", detail,
                       tls->config->host_name);
        return POSTINO_ERROR_TLS_NAME;
    case X509_V_ERR_CERT_HAS_EXPIRED:
        verify_date(X509_get0_notAfter(certificate), detail, sizeof detail);
        (void)snprintf(tls->text, sizeof tls->text, "the certificate expired on %s", detail);
        return POSTINO_ERROR_TLS_EXPIRED;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        verify_date(X509_get0_notBefore(certificate), detail, sizeof detail);
        (void)snprintf(tls->text, sizeof tls->text, "the certificate is not valid before %s", detail);
        return POSTINO_ERROR_TLS_EXPIRED;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        (void)snprintf(tls->text, sizeof tls->text, "the certificate is self-signed, and not trusted");
        return POSTINO_ERROR_TLS_ISSUER;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        (void)X509_NAME_oneline(X509_get_issuer_name(certificate), detail, sizeof detail);
        (void)snprintf(tls->text, sizeof tls->text, "the certificate's issuer is not trusted: %s", detail);
        return POSTINO_ERROR_TLS_ISSUER;
    default:
        (void)snprintf(tls->text, sizeof tls->text, "the certificate is not accepted: %s",
                       X509_verify_cert_error_string(reason));
        return POSTINO_ERROR_TLS_CERTIFICATE;
    }
}

static int verify_step(int good, X509_STORE_CTX *store)
{
    SSL *connection = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct postino_tls_openssl *tls = SSL_get_app_data(connection);

    if (!good && tls->error == 0)
        tls->error =
            verify_explain(tls, X509_STORE_CTX_get_current_cert(store), X509_STORE_CTX_get_error(store));
    return good;
}

static int verify_asked(SSL *connection, void *context)
{
    (void)connection;
    ((struct postino_tls_openssl *)context)->asked = 1;
    return 1;
}

/* A ticket: taken over, the one before it is of no more use (RFC 8446 appendix C.4). */
static int verify_ticket(SSL *connection, SSL_SESSION *session)
{
    struct postino_tls_openssl *tls = SSL_get_app_data(connection);

    SSL_SESSION_free(tls->session);
    tls->session = session;
    return 1;
}

static int verify_password(char *out, int capacity, int writing, void *context)
{
    const char *password = ((const struct postino_tls_openssl *)context)->config->key_password;
    size_t length = password != NULL ? strlen(password) : 0;

    (void)writing;
    if (capacity <= 0 || length > (size_t)capacity)
        return -1;
    memcpy(out, password != NULL ? password : "", length);
    return (int)length;
}

int tls_openssl_reason(struct postino_tls_openssl *tls, int otherwise)
{
    unsigned long code = ERR_peek_error();
    int reason = ERR_GET_REASON(code);
    const char *words = ERR_reason_error_string(code);

    ERR_clear_error();
    if (code == 0) {
        if (otherwise == POSTINO_ERROR_TLS_HANDSHAKE)
            (void)snprintf(tls->text, sizeof tls->text, "the connection was lost in the TLS handshake");
        return POSTINO_ERROR_CLOSED;
    }
    if (words == NULL)
        words = "unknown error";
    if (reason == SSL_R_UNSUPPORTED_PROTOCOL || reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION ||
        reason == SSL_R_VERSION_TOO_LOW || reason == SSL_R_NO_PROTOCOLS_AVAILABLE) {
        (void)snprintf(tls->text, sizeof tls->text, "no TLS version in common with the server: %s", words);
        return POSTINO_ERROR_TLS_VERSION;
    }
    if (reason == SSL_R_WRONG_VERSION_NUMBER) {
        (void)snprintf(tls->text, sizeof tls->text, "the server does not speak TLS here");
        return otherwise;
    }
    if (reason >= SSL_AD_REASON_OFFSET) {
        (void)snprintf(tls->text, sizeof tls->text, "the server refused by an alert: %s", words);
        return POSTINO_ERROR_TLS_REFUSED;
    }
    (void)snprintf(tls->text, sizeof tls->text, "TLS failed: %s", words);
    return otherwise;
}

static int verify_config_fails(struct postino_tls_openssl *tls, const char *what)
{
    const char *words = ERR_reason_error_string(ERR_peek_last_error());

    (void)snprintf(tls->text, sizeof tls->text, "%.200s cannot be used: %s", what,
                   words != NULL ? words : "unknown error");
    ERR_clear_error();
    return POSTINO_ERROR_TLS_CONFIG;
}

static int verify_version(unsigned version)
{
    return version == POSTINO_TLS_VERSION_1_2   ? TLS1_2_VERSION
           : version == POSTINO_TLS_VERSION_1_3 ? TLS1_3_VERSION
                                                : 0;
}

int tls_openssl_context(struct postino_tls_openssl *tls)
{
    const struct postino_tls_config *config = tls->config;
    const char *key = config->key_file != NULL ? config->key_file : config->certificate_file;
    SSL_CTX *context;

    ERR_clear_error();
    context = SSL_CTX_new(TLS_client_method());
    if (context == NULL)
        return verify_config_fails(tls, "OpenSSL");
    tls->context = context;
    SSL_CTX_set_options(context,
                        SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_COMPRESSION);
    if (SSL_CTX_set_min_proto_version(context, config->version_min == POSTINO_TLS_VERSION_DEFAULT
                                                   ? TLS1_2_VERSION
                                                   : verify_version(config->version_min)) != 1 ||
        SSL_CTX_set_max_proto_version(context, verify_version(config->version_max)) != 1)
        return verify_config_fails(tls, "the TLS version");
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, verify_ticket);
    if (config->verify <= POSTINO_TLS_VERIFY_CHAIN) {
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, verify_step);
        if (config->ca_file == NULL) {
            if (SSL_CTX_set_default_verify_paths(context) != 1)
                return verify_config_fails(tls, "the system's trusted certificates");
        } else if (SSL_CTX_load_verify_file(context, config->ca_file) != 1) {
            return verify_config_fails(tls, config->ca_file);
        }
    }
    if (config->certificate_file != NULL) {
        SSL_CTX_set_default_passwd_cb(context, verify_password);
        SSL_CTX_set_default_passwd_cb_userdata(context, tls);
        if (SSL_CTX_use_certificate_chain_file(context, config->certificate_file) != 1)
            return verify_config_fails(tls, config->certificate_file);
        if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
            return verify_config_fails(tls, key);
    }
    SSL_CTX_set_cert_cb(context, verify_asked, tls);
    return POSTINO_OK;
}

int tls_openssl_expect(struct postino_tls_openssl *tls, SSL *connection)
{
    const char *name = tls->config->host_name;
    X509_VERIFY_PARAM *param = SSL_get0_param(connection);
    int full = tls->config->verify == POSTINO_TLS_VERIFY_FULL;

    if (tls->session != NULL && !tls->unresumable && SSL_SESSION_is_resumable(tls->session))
        tls->offered = SSL_set_session(connection, tls->session) == 1;
    if (name == NULL)
        return POSTINO_OK;
    if (X509_VERIFY_PARAM_set1_ip_asc(param, name) == 1) {
        if (!full)
            (void)X509_VERIFY_PARAM_set1_ip(param, NULL, 0);
        return POSTINO_OK;
    }
    ERR_clear_error();
    /* RFC 9525 section 6.3: no common names, and a wildcard is a whole label. */
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
                                               X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (SSL_set_tlsext_host_name(connection, name) != 1 ||
        (full && X509_VERIFY_PARAM_set1_host(param, name, 0) != 1))
        return verify_config_fails(tls, name);
    return POSTINO_OK;
}

/* Whether the octets' SHA-256 is pinned. */
static int verify_is_pinned(const struct postino_tls_config *config, const uint8_t *data, int length)
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    size_t i;

    if (length <= 0 || EVP_Digest(data, (size_t)length, hash, NULL, EVP_sha256(), NULL) != 1)
        return 0;
    for (i = 0; i < config->pin_count; i++) {
        if (memcmp(config->pins + i * POSTINO_TLS_PIN_OCTETS, hash, POSTINO_TLS_PIN_OCTETS) == 0)
            return 1;
    }
    return 0;
}

static int verify_pins(const struct postino_tls_config *config, X509 *certificate)
{
    uint8_t *der = NULL;
    int length;
    int pinned;

    if (certificate == NULL)
        return 0;
    /* A call of its own: which argument is looked at first is the compiler's choice. */
    length = i2d_X509(certificate, &der);
    pinned = verify_is_pinned(config, der, length);
    OPENSSL_free(der);
    if (pinned)
        return 1;
    der = NULL;
    length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    pinned = verify_is_pinned(config, der, length);
    OPENSSL_free(der);
    return pinned;
}

static void verify_bind(struct postino_tls_openssl *tls, SSL *connection, X509 *certificate)
{
    static const char label[] = "EXPORTER-Channel-Binding";
    struct postino_channel_binding *binding = tls->info.bindings;
    const EVP_MD *digest;
    unsigned length = 0;
    int nid = NID_undef;

    binding->data = tls->bindings[0];
    if (SSL_version(connection) == TLS1_3_VERSION) {
        if (SSL_export_keying_material(connection, tls->bindings[0], 32, label, sizeof label - 1, NULL, 0,
                                       0) == 1) {
            binding->name = "tls-exporter";
            binding->length_octets = 32;
        }
    } else if (SSL_get_extms_support(connection) == 1) {
        /* RFC 5929 section 3: the first Finished message, and after RFC 7627 only with its extension. */
        binding->length_octets =
            SSL_session_reused(connection)
                ? SSL_get_peer_finished(connection, tls->bindings[0], sizeof tls->bindings[0])
                : SSL_get_finished(connection, tls->bindings[0], sizeof tls->bindings[0]);
        binding->name = binding->length_octets != 0 ? "tls-unique" : NULL;
    }
    binding++;
    /* RFC 5929 section 4.1. */
    if (certificate == NULL || X509_get_signature_info(certificate, &nid, NULL, NULL, NULL) != 1)
        return;
    digest = nid == NID_md5 || nid == NID_sha1 ? EVP_sha256() : EVP_get_digestbynid(nid);
    if (digest != NULL && X509_digest(certificate, digest, tls->bindings[1], &length) == 1) {
        binding->name = "tls-server-end-point";
        binding->data = tls->bindings[1];
        binding->length_octets = length;
    }
}

int tls_openssl_inspect(struct postino_tls_openssl *tls)
{
    const struct postino_tls_config *config = tls->config;
    SSL *connection = tls->connection;
    X509 *certificate = SSL_get0_peer_certificate(connection);

    if (config->pin_count != 0 && !verify_pins(config, certificate)) {
        (void)snprintf(tls->text, sizeof tls->text, "neither the certificate nor its public key is pinned");
        return POSTINO_ERROR_TLS_PIN;
    }
    /* Of a session that goes on: what was found when it began. */
    if (config->verify <= POSTINO_TLS_VERIFY_CHAIN && SSL_get_verify_result(connection) != X509_V_OK)
        return verify_explain(tls, certificate, (int)SSL_get_verify_result(connection));
    tls->info.version = SSL_get_version(connection);
    tls->info.cipher = SSL_get_cipher_name(connection);
    tls->info.verified = config->verify == POSTINO_TLS_VERIFY_FULL || config->pin_count != 0;
    tls->info.resumed = SSL_session_reused(connection) != 0;
    tls->info.certified = tls->asked && SSL_get_certificate(connection) != NULL;
    verify_bind(tls, connection, certificate);
    return POSTINO_OK;
}
