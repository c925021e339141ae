/* SPDX-License-Identifier: MIT */
/* Paths of the envelope. Invariant: no path that passes can end its command, or begin a parameter of its own.
 * It has no control character, and outside of a quoted string no blank and no bracket. */
#include "postino/address.h"

#include "text.h"

/* RFC 5321 section 4.5.3.1.2. */
#define ADDRESS_DOMAIN_MAX 255

int postino_address_domain(const char *domain)
{
    size_t i = 0;

    /* The zero that ends an empty domain is refused as a control character. */
    do {
        char c = domain[i];

        if (c <= ' ' || c > '~' || c == '<' || c == '>' || i == ADDRESS_DOMAIN_MAX)
            return -1;
    } while (domain[++i] != '\0');
    return 0;
}

#if !POSTINO_SMALL
/* 1 for letters, digits, and the three other octets that are special nowhere; 32 octets of ASCII in each
 * line. */
static const uint8_t address_plain[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0,
    0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0,
    0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0,
};

/* Returns how many octets at the front of the text pass wherever they stand; 0 is always right. Four a turn
 * are faster than one. */
static size_t address_run(const char *text)
{
    const uint8_t *octet = (const uint8_t *)text;

    while (address_plain[octet[0]] != 0 && address_plain[octet[1]] != 0 && address_plain[octet[2]] != 0 &&
           address_plain[octet[3]] != 0)
        octet += 4;
    while (address_plain[*octet] != 0)
        octet++;
    return (size_t)((const char *)octet - text);
}
#else
static size_t address_run(const char *text)
{
    (void)text;
    return 0;
}
#endif

/* Takes an octet outside of a quoted string. Returns 0, or -1 where it could end the path or the command. */
static int address_unquoted(uint8_t c, size_t i, size_t *at_sign)
{
    if (c == ' ' || c == '<' || c == '\\')
        return -1;
    if (c == '@') {
        if (*at_sign != 0 || i == 0)
            return -1;
        *at_sign = i;
    }
    return 0;
}

int postino_address_path(const char *address, struct postino_span *path)
{
    uint8_t end = '\0';
    int quoted = 0;
    int utf8 = 0;
    size_t at_sign = 0;
    size_t i;
    uint8_t c;

    if (*address == '<') {
        address++;
        end = '>';
    }
    for (i = address_run(address); (c = (uint8_t)address[i]) != '\0'; i += address_run(address + i)) {
        if (c == '"') {
            quoted = !quoted;
        } else if (quoted) {
            if (c == '\\')
                c = (uint8_t)address[++i];
        } else if (c == '>') {
            break;
        } else if (address_unquoted(c, i, &at_sign) != 0) {
            return -1;
        }
        if (c < ' ' || c == 127)
            return -1;
        utf8 |= c > 127;
        i++;
    }
    path->data = address;
    path->length_octets = i;
    /* A bracket ends the path if, and only if, one began it. Nothing may follow it. */
    if (quoted || c != end || (c != '\0' && address[i + 1] != '\0'))
        return -1;
    /* A domain is not empty; without an at-sign everything is the local part ("Postmaster"). */
    if (at_sign != 0 && at_sign + 1 == i)
        return -1;
    return i > POSTINO_PATH_MAX ? -1 : utf8;
}
