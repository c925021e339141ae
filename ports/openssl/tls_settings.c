/* SPDX-License-Identifier: MIT */
/* OpenSSL's settings from ours. Invariant: each setting that could not be made is an error, never a weaker
 * one. */
#include "tls_internal.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

static int settings_asked(SSL *connection, void *context)
{
    (void)connection;
    ((struct postino_tls_openssl *)context)->asked = 1;
    return 1;
}

/* A ticket: taken over, the one before it is of no more use (RFC 8446 appendix C.4). */
static int settings_ticket(SSL *connection, SSL_SESSION *session)
{
    struct postino_tls_openssl *tls = SSL_get_app_data(connection);

    SSL_SESSION_free(tls->session);
    tls->session = session;
    return 1;
}

static int settings_password(char *out, int capacity, int writing, void *context)
{
    const char *password = ((const struct postino_tls_openssl *)context)->config->key_password;
    size_t length = password != NULL ? strlen(password) : 0;

    (void)writing;
    if (capacity <= 0 || length > (size_t)capacity)
        return -1;
    memcpy(out, password != NULL ? password : "", length);
    return (int)length;
}

/* Of a setting that OpenSSL did not take. */
static int settings_fail(struct postino_tls_openssl *tls, const char *what)
{
    unsigned long code = ERR_peek_last_error();
    const char *words = ERR_reason_error_string(code);

    if (ERR_GET_REASON(ERR_peek_error()) == ERR_R_MALLOC_FAILURE ||
        ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE)
        return tls_openssl_reason(tls, POSTINO_ERROR_TLS_MEMORY);
    ERR_clear_error();
    (void)snprintf(tls->text, sizeof tls->text, "%.200s cannot be used: %s", what,
                   words != NULL ? words : "OpenSSL does not say why");
    return POSTINO_ERROR_TLS_CONFIG;
}

/* Returns OpenSSL's number, or -1. */
static int settings_version(unsigned version, int otherwise)
{
    switch (version) {
    case POSTINO_TLS_VERSION_DEFAULT:
        return otherwise;
    case POSTINO_TLS_VERSION_1_2:
        return TLS1_2_VERSION;
    case POSTINO_TLS_VERSION_1_3:
        return TLS1_3_VERSION;
    default:
        return -1;
    }
}

static int settings_versions(struct postino_tls_openssl *tls)
{
    int lowest = settings_version(tls->config->version_min, TLS1_2_VERSION);
    int highest = settings_version(tls->config->version_max, 0);

    if (lowest < 0 || highest < 0 || (highest != 0 && lowest > highest))
        return tls_openssl_fail(tls, POSTINO_ERROR_TLS_CONFIG,
                                "version_min and version_max leave no TLS version: 1.2 and 1.3 are there");
    if (SSL_CTX_set_min_proto_version(tls->context, lowest) != 1 ||
        SSL_CTX_set_max_proto_version(tls->context, highest) != 1)
        return settings_fail(tls, "the TLS version");
    return POSTINO_OK;
}

static int settings_host(struct postino_tls_openssl *tls)
{
    const char *host = tls->config->host_name;
    ASN1_OCTET_STRING *address;

    if (host == NULL)
        return POSTINO_OK;
    if (tls_openssl_is_address(host)) {
        address = a2i_IPADDRESS(host);
        ASN1_OCTET_STRING_free(address);
        if (address != NULL)
            return POSTINO_OK;
    } else if (tls_openssl_host_octets(host) != 0) {
        return POSTINO_OK;
    }
    ERR_clear_error();
    (void)snprintf(tls->text, sizeof tls->text,
                   "host_name is neither a DNS name in ASCII (xn--...) nor an address: %.100s", host);
    return POSTINO_ERROR_TLS_CONFIG;
}

/* OpenSSL takes a certificate whose key it cannot read, for the want of memory say, and then nothing that
 * it issued. */
static int settings_has_key(X509_STORE *store)
{
    const STACK_OF(X509_OBJECT) *objects = X509_STORE_get0_objects(store);
    int i;

    for (i = 0; i < sk_X509_OBJECT_num(objects); i++) {
        const X509 *certificate = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));

        if (certificate != NULL && X509_get0_pubkey(certificate) != NULL)
            return 1;
    }
    return 0;
}

static int settings_trust(struct postino_tls_openssl *tls)
{
    const char *file = tls->config->ca_file;

    if (tls->config->verify > POSTINO_TLS_VERIFY_CHAIN)
        return POSTINO_OK;
    SSL_CTX_set_verify(tls->context, SSL_VERIFY_PEER, tls_openssl_verify_step);
    if (file == NULL)
        return SSL_CTX_set_default_verify_paths(tls->context) == 1
                   ? POSTINO_OK
                   : settings_fail(tls, "the system's trusted certificates");
    /* OpenSSL trusts every certificate of the file, an authority below a root too, as Mbed TLS does. */
    if (SSL_CTX_load_verify_file(tls->context, file) != 1 ||
        X509_STORE_set_flags(SSL_CTX_get_cert_store(tls->context), X509_V_FLAG_PARTIAL_CHAIN) != 1 ||
        !settings_has_key(SSL_CTX_get_cert_store(tls->context)))
        return settings_fail(tls, file);
    return POSTINO_OK;
}

static int settings_own(struct postino_tls_openssl *tls)
{
    const struct postino_tls_config *config = tls->config;
    const char *key = config->key_file != NULL ? config->key_file : config->certificate_file;

    if (config->certificate_file == NULL)
        return POSTINO_OK;
    SSL_CTX_set_default_passwd_cb(tls->context, settings_password);
    SSL_CTX_set_default_passwd_cb_userdata(tls->context, tls);
    if (SSL_CTX_use_certificate_chain_file(tls->context, config->certificate_file) != 1)
        return settings_fail(tls, config->certificate_file);
    if (SSL_CTX_use_PrivateKey_file(tls->context, key, SSL_FILETYPE_PEM) != 1)
        return settings_fail(tls, key);
    return POSTINO_OK;
}

int tls_openssl_context(struct postino_tls_openssl *tls)
{
    SSL_CTX *context;
    int error = settings_host(tls);

    if (error != 0)
        return error;
    ERR_clear_error();
    context = SSL_CTX_new(TLS_client_method());
    if (context == NULL)
        return settings_fail(tls, "OpenSSL");
    tls->context = context;
    SSL_CTX_set_options(context,
                        SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, settings_ticket);
    SSL_CTX_set_cert_cb(context, settings_asked, tls);
    error = settings_versions(tls);
    if (error == 0)
        error = settings_trust(tls);
    return error == 0 ? settings_own(tls) : error;
}

int tls_openssl_expect(struct postino_tls_openssl *tls, SSL *connection)
{
    const char *host = tls->config->host_name;
    X509_VERIFY_PARAM *param = SSL_get0_param(connection);
    int full = tls->config->verify == POSTINO_TLS_VERIFY_FULL;
    char name[TLS_OPENSSL_HOST_OCTETS + 1] = "";

    if (tls->session != NULL && !tls->unresumable && SSL_SESSION_is_resumable(tls->session))
        tls->offered = SSL_set_session(connection, tls->session) == 1;
    if (host == NULL)
        return POSTINO_OK;
    if (tls_openssl_is_address(host))
        return !full || X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1 ? POSTINO_OK
                                                                        : settings_fail(tls, host);
    memcpy(name, host, tls_openssl_host_octets(host));
    X509_VERIFY_PARAM_set_hostflags(param, TLS_OPENSSL_HOST_FLAGS);
    /* An empty name would check none; SNI refuses it. */
    if (SSL_set_tlsext_host_name(connection, name) != 1 ||
        (full && X509_VERIFY_PARAM_set1_host(param, name, 0) != 1))
        return settings_fail(tls, host);
    return POSTINO_OK;
}
