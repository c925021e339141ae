/* SPDX-License-Identifier: MIT */
/* Whom a certificate names (RFC 9525). Invariant: only subjectAltName counts, never the subject's common
 * name, and an address never matches a DNS name. Mbed TLS 2.28 keeps no addresses of it, so it is read
 * here. */
#include "tls_internal.h"

#include <string.h>

#include <mbedtls/asn1.h>
#include <mbedtls/oid.h>

#define NAME_DNS     (MBEDTLS_ASN1_CONTEXT_SPECIFIC | 2)
#define NAME_ADDRESS (MBEDTLS_ASN1_CONTEXT_SPECIFIC | 7)

void tls_mbedtls_text_set(struct postino_tls_mbedtls *tls, const char *text)
{
    tls->text[0] = '\0';
    tls_mbedtls_text_add(tls, text);
}

void tls_mbedtls_text_add(struct postino_tls_mbedtls *tls, const char *text)
{
    tls_mbedtls_text_add_octets(tls, (const uint8_t *)text, strlen(text));
}

void tls_mbedtls_text_add_octets(struct postino_tls_mbedtls *tls, const uint8_t *octets, size_t length_octets)
{
    size_t end = strlen(tls->text);

    for (; length_octets > 0 && end < sizeof tls->text - 1; length_octets--, octets++)
        tls->text[end++] = *octets >= ' ' && *octets < 127 ? (char)*octets : '?';
    tls->text[end] = '\0';
}

void tls_mbedtls_text_add_number(struct postino_tls_mbedtls *tls, unsigned number, unsigned digits_min)
{
    char digits[12];
    size_t start = sizeof digits;

    do {
        digits[--start] = (char)('0' + number % 10);
        number /= 10;
    } while (start > 0 && (number > 0 || sizeof digits - start < digits_min));
    tls_mbedtls_text_add_octets(tls, (const uint8_t *)digits + start, sizeof digits - start);
}

void tls_mbedtls_text_add_address(struct postino_tls_mbedtls *tls, const uint8_t *octets,
                                  size_t length_octets)
{
    static const char hex[] = "0123456789abcdef";
    size_t i;

    if (length_octets != 16) {
        for (i = 0; i < length_octets; i++) {
            tls_mbedtls_text_add(tls, i > 0 ? "." : "");
            tls_mbedtls_text_add_number(tls, octets[i], 1);
        }
        return;
    }
    for (i = 0; i < 16; i += 2) {
        char group[5];
        unsigned value = (unsigned)octets[i] << 8 | octets[i + 1];
        size_t at = 0;
        int shift;

        for (shift = 12; shift >= 0; shift -= 4)
            if (at > 0 || shift == 0 || value >> shift != 0)
                group[at++] = hex[value >> shift & 15U];
        tls_mbedtls_text_add(tls, i > 0 ? ":" : "");
        tls_mbedtls_text_add_octets(tls, (const uint8_t *)group, at);
    }
}

/* Returns what stands behind the address, or NULL. */
static const char *names_read_ipv4(uint8_t *octets, const char *text)
{
    int i;

    for (i = 0; i < 4; i++) {
        unsigned value = 0;
        int digits = 0;

        if (i > 0 && *text++ != '.')
            return NULL;
        for (; *text >= '0' && *text <= '9' && digits < 3; digits++)
            value = value * 10 + (unsigned)(*text++ - '0');
        /* Some readers take a leading zero for octal. */
        if (digits == 0 || value > 255 || (digits > 1 && text[-digits] == '0'))
            return NULL;
        octets[i] = (uint8_t)value;
    }
    return text;
}

static int names_hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* A group of an IPv6 address: one to four hexadecimal digits. Returns what stands behind it, or NULL. */
static const char *names_read_group(uint8_t *octets, const char *text)
{
    const char *group = text;
    unsigned value = 0;

    for (; names_hex_value(*text) >= 0 && text - group < 4; text++)
        value = value << 4 | (unsigned)names_hex_value(*text);
    octets[0] = (uint8_t)(value >> 8);
    octets[1] = (uint8_t)(value & 255U);
    return text != group && (*text == '\0' || *text == ':') ? text : NULL;
}

/* Puts zeros where "::" stood. */
static void names_fill_gap(uint8_t *octets, size_t gap, size_t length_octets)
{
    memmove(octets + 16 - (length_octets - gap), octets + gap, length_octets - gap);
    memset(octets + gap, 0, 16 - length_octets);
}

static int names_read_ipv6(uint8_t *octets, const char *text)
{
    size_t at = 0;
    size_t gap = 17; /* where "::" stood; 17: nowhere */

    if (*text == ':' && text[1] != ':')
        return 0;
    while (*text != '\0') {
        const char *end;

        if (text[0] == ':' && text[1] == ':') {
            if (gap != 17)
                return 0;
            gap = at;
            text += 2;
            continue;
        }
        if (*text == ':')
            text++;
        if (at > 14)
            return 0;
        /* An IPv4 address may stand for the last two groups (RFC 4291 section 2.2). */
        end = at <= 12 ? names_read_ipv4(octets + at, text) : NULL;
        if (end != NULL) {
            at += 4;
            if (*end != '\0')
                return 0;
            break;
        }
        text = names_read_group(octets + at, text);
        if (text == NULL)
            return 0;
        at += 2;
    }
    if (gap == 17)
        return at == 16;
    if (at > 14)
        return 0;
    names_fill_gap(octets, gap, at);
    return 1;
}

int tls_mbedtls_read_address(struct tls_address *address, const char *text)
{
    const char *end;

    memset(address, 0, sizeof *address);
    if (strchr(text, ':') != NULL) {
        address->length_octets = 16;
        return names_read_ipv6(address->octets, text) ? 1 : -1;
    }
    end = names_read_ipv4(address->octets, text);
    if (end != NULL && *end == '\0') {
        address->length_octets = 4;
        return 1;
    }
    /* No DNS name ends in a label of digits alone: what looks like a broken address is one. */
    return text[strspn(text, "0123456789.")] == '\0' ? -1 : 0;
}

static uint8_t names_lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

/* A wildcard is the whole first label, stands for exactly one, and not above a single one ("*.com"). */
static int names_dns_matches(const uint8_t *pattern, size_t length_octets, const char *host)
{
    size_t i;

    if (length_octets > 2 && pattern[0] == '*' && pattern[1] == '.') {
        const char *dot = strchr(host, '.');

        if (dot == NULL || dot == host || memchr(pattern + 2, '.', length_octets - 2) == NULL)
            return 0;
        pattern++;
        length_octets--;
        host = dot;
    }
    if (strlen(host) != length_octets)
        return 0;
    for (i = 0; i < length_octets; i++)
        if (names_lower(pattern[i]) != names_lower((uint8_t)host[i]))
            return 0;
    return 1;
}

/* Finds the extension's value. Returns 0 when there is none, or it is malformed. */
static int names_find_names(const mbedtls_x509_crt *certificate, unsigned char **value, unsigned char **end)
{
    unsigned char *at = certificate->v3_ext.p;
    size_t length;

    if (at == NULL)
        return 0;
    *end = at + certificate->v3_ext.len;
    if (mbedtls_asn1_get_tag(&at, *end, &length, MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE) != 0)
        return 0;
    *end = at + length;
    while (at < *end) {
        unsigned char *oid;
        unsigned char *next;
        size_t oid_length;
        int critical;

        if (mbedtls_asn1_get_tag(&at, *end, &length, MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE) != 0)
            return 0;
        next = at + length;
        if (mbedtls_asn1_get_tag(&at, next, &oid_length, MBEDTLS_ASN1_OID) != 0)
            return 0;
        oid = at;
        at += oid_length;
        if (oid_length == MBEDTLS_OID_SIZE(MBEDTLS_OID_SUBJECT_ALT_NAME) &&
            memcmp(oid, MBEDTLS_OID_SUBJECT_ALT_NAME, oid_length) == 0) {
            (void)mbedtls_asn1_get_bool(&at, next, &critical);
            if (mbedtls_asn1_get_tag(&at, next, &length, MBEDTLS_ASN1_OCTET_STRING) != 0 ||
                mbedtls_asn1_get_tag(&at, next, &length, MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE) !=
                    0)
                return 0;
            *value = at;
            *end = at + length;
            return 1;
        }
        at = next;
    }
    return 0;
}

/* One name of the certificate's, behind `names` others. */
static void names_tell_name(struct postino_tls_mbedtls *tls, int tag, const uint8_t *value,
                            size_t length_octets, int names)
{
    if (names > 3)
        return;
    tls_mbedtls_text_add(tls, names > 0 ? ", " : "");
    if (names == 3)
        tls_mbedtls_text_add(tls, "...");
    else if (tag == NAME_DNS)
        tls_mbedtls_text_add_octets(tls, value, length_octets > 60 ? 60 : length_octets);
    else if (length_octets == 4 || length_octets == 16)
        tls_mbedtls_text_add_address(tls, value, length_octets);
}

static int names_is_host(const struct tls_state *state, int tag, const uint8_t *value, size_t length_octets)
{
    const struct tls_address *address = &state->address;

    return tag == NAME_DNS
               ? address->length_octets == 0 && names_dns_matches(value, length_octets, state->host)
               : address->length_octets != 0 && address->length_octets == length_octets &&
                     memcmp(value, address->octets, length_octets) == 0;
}

int tls_mbedtls_names_host(struct tls_state *state, const mbedtls_x509_crt *certificate)
{
    struct postino_tls_mbedtls *tls = state->tls;
    const char *host = state->config->host_name;
    unsigned char *at = NULL;
    unsigned char *end = NULL;
    int as_name = 0; /* the host, which is an address, stands there as a DNS name */
    int names = 0;

    tls_mbedtls_text_set(tls, "the certificate is for ");
    if (!names_find_names(certificate, &at, &end))
        end = at;
    while (at < end) {
        int tag = *at;
        size_t length;

        at++;
        if (mbedtls_asn1_get_len(&at, end, &length) != 0)
            break;
        if (tag == NAME_DNS || tag == NAME_ADDRESS) {
            if (names_is_host(state, tag, at, length)) {
                tls_mbedtls_text_set(tls, "");
                return 1;
            }
            as_name |= tag == NAME_DNS && strlen(host) == length && memcmp(at, host, length) == 0;
            names_tell_name(tls, tag, at, length, names);
            names = names < 4 ? names + 1 : 4;
        }
        at += length;
    }
    if (as_name) {
        tls_mbedtls_text_set(tls, "the certificate names ");
        tls_mbedtls_text_add(tls, host);
        tls_mbedtls_text_add(tls, " as a DNS name, not as an IP address");
        return 0;
    }
    tls_mbedtls_text_add(tls, names > 0 ? ", not for " : "no host (its subjectAltName names none), not for ");
    tls_mbedtls_text_add(tls, host);
    return 0;
}
