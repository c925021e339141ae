/* SPDX-License-Identifier: MIT */
/* Texts for failures: the fault, then what to do about it. Invariant: octets of a certificate are shown as
 * printable characters. */
#include "tls_internal.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#define WORDS_NAMES_MAX 3
#define WORDS_MEMORY    "there is not enough memory for TLS"

/* An iPAddress (RFC 5280 section 4.2.1.6) in words. Returns as snprintf() does, 0 for one of a strange
 * length. */
static int words_address(const ASN1_STRING *value, char *text, size_t capacity)
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
static void words_dns_name(const ASN1_STRING *value, char *text, size_t capacity)
{
    const uint8_t *octets = ASN1_STRING_get0_data(value);
    size_t length = (size_t)ASN1_STRING_length(value);
    size_t i;

    for (i = 0; i < length && i < capacity - 1; i++)
        text[i] = octets[i] > ' ' && octets[i] < 127 ? (char)octets[i] : '?';
    text[i] = '\0';
}

/* Whether the name is the host's as a DNS name. */
static int words_name_is_host(const GENERAL_NAME *name, const char *host)
{
    return name->type == GEN_DNS && (size_t)ASN1_STRING_length(name->d.dNSName) == strlen(host) &&
           memcmp(ASN1_STRING_get0_data(name->d.dNSName), host, strlen(host)) == 0;
}

/* The first few: a session keeps little of the text, and whom it is not for stands behind them. Returns how
 * many; -1: they cannot be read. `*named`: the host is among them, which is an address, as a DNS name. */
static int words_names(X509 *certificate, const char *host, char *text, size_t capacity, int *named)
{
    int critical = -1;
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, &critical, NULL);
    size_t length = 0;
    int count = names == NULL && critical != -1 ? -1 : 0;
    int i;

    for (i = 0; i < sk_GENERAL_NAME_num(names) && count <= WORDS_NAMES_MAX; i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        char one[64] = "...";
        int written;

        if (name->type != GEN_DNS && name->type != GEN_IPADD)
            continue;
        *named |= words_name_is_host(name, host);
        if (count < WORDS_NAMES_MAX && name->type == GEN_DNS)
            words_dns_name(name->d.dNSName, one, sizeof one);
        else if (count < WORDS_NAMES_MAX && words_address(name->d.iPAddress, one, sizeof one) == 0)
            continue;
        written = snprintf(text + length, capacity - length, "%s%s", count == 0 ? "" : ", ", one);
        if (written < 0 || (size_t)written >= capacity - length)
            break;
        length += (size_t)written;
        count++;
    }
    GENERAL_NAMES_free(names);
    return count;
}

static int words_wrong_name(struct postino_tls_openssl *tls, X509 *certificate)
{
    const char *host = tls->config->host_name;
    char names[200] = "";
    int named = 0;
    int count = words_names(certificate, host, names, sizeof names, &named);

    if (named)
        (void)snprintf(tls->text, sizeof tls->text,
                       "the certificate names %.60s as a DNS name, not as an IP address", host);
    else if (count > 0)
        (void)snprintf(tls->text, sizeof tls->text, "the certificate is for %s, not for %.100s", names, host);
    else
        (void)snprintf(tls->text, sizeof tls->text, "the certificate is for %s, not for %.100s",
                       count == 0 ? "no host (its subjectAltName names none)" : "names that cannot be read",
                       host);
    return POSTINO_ERROR_TLS_NAME;
}

static void words_date(const ASN1_TIME *date, char *text, size_t capacity)
{
    struct tm tm;

    text[0] = '\0';
    if (ASN1_TIME_to_tm(date, &tm) == 1)
        (void)snprintf(text, capacity, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

int tls_openssl_explain(struct postino_tls_openssl *tls, X509 *certificate, int reason)
{
    char detail[200] = "";

    switch (certificate != NULL ? reason : X509_V_ERR_UNSPECIFIED) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return words_wrong_name(tls, certificate);
    case X509_V_ERR_CERT_HAS_EXPIRED:
        words_date(X509_get0_notAfter(certificate), detail, sizeof detail);
        (void)snprintf(tls->text, sizeof tls->text, "the certificate expired on %s", detail);
        return POSTINO_ERROR_TLS_EXPIRED;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        words_date(X509_get0_notBefore(certificate), detail, sizeof detail);
        (void)snprintf(tls->text, sizeof tls->text,
                       "the certificate is not valid before %s: look whether the clock is right", detail);
        return POSTINO_ERROR_TLS_EXPIRED;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return tls_openssl_fail(
            tls, POSTINO_ERROR_TLS_ISSUER,
            "the certificate is self-signed, and not trusted: name it as ca_file, or pin it");
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        (void)X509_NAME_oneline(X509_get_issuer_name(certificate), detail, sizeof detail);
        (void)snprintf(tls->text, sizeof tls->text, "the certificate's issuer is not trusted: %s", detail);
        return POSTINO_ERROR_TLS_ISSUER;
    case X509_V_ERR_OUT_OF_MEM:
        return tls_openssl_fail(tls, POSTINO_ERROR_TLS_MEMORY, WORDS_MEMORY);
    default:
        (void)snprintf(tls->text, sizeof tls->text, "the certificate is not accepted: %s",
                       X509_verify_cert_error_string(reason));
        return POSTINO_ERROR_TLS_CERTIFICATE;
    }
}

int tls_openssl_reason(struct postino_tls_openssl *tls, int otherwise)
{
    unsigned long code = ERR_peek_error();
    int reason = ERR_GET_REASON(code);
    const char *words = ERR_reason_error_string(code);

    ERR_clear_error();
    if (code == 0 && tls->ended)
        return otherwise != POSTINO_ERROR_TLS_HANDSHAKE
                   ? POSTINO_ERROR_CLOSED
                   : tls_openssl_fail(tls, POSTINO_ERROR_CLOSED,
                                      "the connection was lost in the TLS handshake");
    /* OpenSSL is silent where it has no memory even for its queue of errors. */
    if (code == 0 || reason == ERR_R_MALLOC_FAILURE)
        return tls_openssl_fail(tls, POSTINO_ERROR_TLS_MEMORY, WORDS_MEMORY);
    if (words == NULL)
        words = "unknown error";
    if (reason == SSL_R_UNSUPPORTED_PROTOCOL || reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION ||
        reason == SSL_R_VERSION_TOO_LOW || reason == SSL_R_NO_PROTOCOLS_AVAILABLE) {
        (void)snprintf(tls->text, sizeof tls->text, "no TLS version in common with the server: %s", words);
        return POSTINO_ERROR_TLS_VERSION;
    }
    if (reason == SSL_R_WRONG_VERSION_NUMBER)
        return tls_openssl_fail(tls, otherwise,
                                "the server seems to speak no TLS here: use STARTTLS, or another port");
    if (reason >= SSL_AD_REASON_OFFSET) {
        (void)snprintf(tls->text, sizeof tls->text, "the server refused by an alert: %s", words);
        return POSTINO_ERROR_TLS_REFUSED;
    }
    (void)snprintf(tls->text, sizeof tls->text, "TLS failed: %s", words);
    return otherwise;
}

int tls_openssl_fail(struct postino_tls_openssl *tls, int error, const char *text)
{
    (void)snprintf(tls->text, sizeof tls->text, "%s", text);
    return error;
}
