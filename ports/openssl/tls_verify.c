/* SPDX-License-Identifier: MIT */
/* The server's identity. Invariants: a connection counts as verified where OpenSSL accepted the chain and
 * the name, as far as the configuration asks for them, or where a pin matched. The first fault that was
 * found is the one that is reported. */
#include "tls_internal.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <string.h>

int tls_openssl_is_address(const char *host)
{
    return strchr(host, ':') != NULL || host[strspn(host, "0123456789.")] == '\0';
}

size_t tls_openssl_host_octets(const char *host)
{
    size_t octets = strlen(host);
    size_t i;

    for (i = 0; i < octets; i++) {
        if (host[i] <= ' ' || host[i] > '~')
            return 0;
    }
    if (octets != 0 && host[octets - 1] == '.')
        octets--;
    return octets <= TLS_OPENSSL_HOST_OCTETS ? octets : 0;
}

/* Whether a certificate names the host. Returns 1, 0, or a negative number: it cannot be told. */
static int verify_names_host(const struct postino_tls_openssl *tls, X509 *certificate)
{
    const char *host = tls->config->host_name;

    return tls_openssl_is_address(host) ? X509_check_ip_asc(certificate, host, 0)
                                        : X509_check_host(certificate, host, tls_openssl_host_octets(host),
                                                          TLS_OPENSSL_HOST_FLAGS, NULL);
}

int tls_openssl_verify_step(int good, X509_STORE_CTX *store)
{
    SSL *connection = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct postino_tls_openssl *tls = SSL_get_app_data(connection);

    if (!good && tls->error == 0)
        tls->error =
            tls_openssl_explain(tls, X509_STORE_CTX_get_current_cert(store), X509_STORE_CTX_get_error(store));
    return good;
}

/* Whether the octets' SHA-256 is pinned; -1: it cannot be told. Frees them. */
static int verify_is_pinned(const struct postino_tls_config *config, uint8_t *data, int length)
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    int pinned = -1;
    size_t i;

    if (length > 0 && EVP_Digest(data, (size_t)length, hash, NULL, EVP_sha256(), NULL) == 1) {
        pinned = 0;
        for (i = 0; i < config->pin_count; i++)
            pinned |= memcmp(config->pins + i * POSTINO_TLS_PIN_OCTETS, hash, POSTINO_TLS_PIN_OCTETS) == 0;
    }
    OPENSSL_free(data);
    return pinned;
}

/* Returns 0, or an error with its text. */
static int verify_pins(struct postino_tls_openssl *tls, X509 *certificate)
{
    uint8_t *whole = NULL;
    uint8_t *key = NULL;
    /* In calls of their own: which argument is looked at first is the compiler's choice. */
    int whole_octets = i2d_X509(certificate, &whole);
    int key_octets = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &key);
    int by_whole = verify_is_pinned(tls->config, whole, whole_octets);
    int by_key = verify_is_pinned(tls->config, key, key_octets);

    if (by_whole > 0 || by_key > 0)
        return POSTINO_OK;
    if (by_whole < 0 || by_key < 0)
        return tls_openssl_reason(tls, POSTINO_ERROR_TLS_PIN);
    return tls_openssl_fail(tls, POSTINO_ERROR_TLS_PIN,
                            "neither the certificate nor its public key is pinned");
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
    if (X509_get_signature_info(certificate, &nid, NULL, NULL, NULL) != 1)
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

    int error = POSTINO_OK;

    if (certificate == NULL)
        return tls_openssl_fail(tls, POSTINO_ERROR_TLS_HANDSHAKE, "the server has no certificate");
    if (config->pin_count != 0)
        error = verify_pins(tls, certificate);
    /* Of a session that goes on: what was found when it began. */
    if (error == 0 && config->verify <= POSTINO_TLS_VERIFY_CHAIN &&
        SSL_get_verify_result(connection) != X509_V_OK)
        error = tls_openssl_explain(tls, certificate, (int)SSL_get_verify_result(connection));
    /* Again: short of memory OpenSSL 3.0 verifies without the name, and does not say so. */
    if (error == 0 && config->verify == POSTINO_TLS_VERIFY_FULL) {
        int named = verify_names_host(tls, certificate);

        if (named < 0)
            error = tls_openssl_reason(tls, POSTINO_ERROR_TLS_NAME);
        else if (named == 0)
            error = tls_openssl_explain(tls, certificate, X509_V_ERR_HOSTNAME_MISMATCH);
    }
    if (error != 0)
        return error;
    tls->info.version = SSL_get_version(connection);
    tls->info.cipher = SSL_get_cipher_name(connection);
    tls->info.verified = config->verify == POSTINO_TLS_VERIFY_FULL || config->pin_count != 0;
    tls->info.resumed = SSL_session_reused(connection) != 0;
    tls->info.certified = tls->asked && SSL_get_certificate(connection) != NULL;
    verify_bind(tls, connection, certificate);
    return POSTINO_OK;
}
