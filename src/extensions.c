/* SPDX-License-Identifier: MIT */
/* The EHLO reply (RFC 5321 section 4.1.1.1), word by word as its octets arrive. Invariant: word holds the
 * head of the word that is arriving, in upper case, and word_octets its whole length, so that only a whole
 * word can match. */
#include "internal.h"

/* In the order of the bits of enum postino_capability. */
static const char extensions_known[] =
    "AUTH\0SIZE\0"
    "8BITMIME\0ENHANCEDSTATUSCODES\0PIPELINING\0CHUNKING\0STARTTLS\0SMTPUTF8\0DSN\0";

/* struct postino_session.keyword: 0 when the line's keyword has not been read, else its place in the list
 * above, from 1. */
#define EXTENSIONS_AUTH    1
#define EXTENSIONS_SIZE    2
#define EXTENSIONS_UNKNOWN 255

static int extensions_is(const struct postino_session *session, const char *name)
{
    unsigned i;

    for (i = 0; i < session->word_octets && i < sizeof session->word; i++) {
        if (name[i] != session->word[i]) /* the end of the name too */
            return 0;
    }
    return name[i] == '\0' && i == session->word_octets;
}

static void extensions_keyword(struct postino_session *session)
{
    const char *name;
    unsigned index = 1;

    session->keyword = EXTENSIONS_UNKNOWN;
    for (name = extensions_known; *name != '\0'; name += strlen(name) + 1, index++) {
        if (extensions_is(session, name)) {
            session->keyword = (uint8_t)index;
            session->capabilities |= (uint16_t)(1u << (index - 1));
        }
    }
}

static void extensions_mechanism(struct postino_session *session)
{
    const struct postino_mechanism *const *mechanism = session->config->mechanisms;
    unsigned bit;

    if (mechanism == NULL)
        return;
    for (bit = 1; *mechanism != NULL; mechanism++, bit <<= 1) {
        if (extensions_is(session, (*mechanism)->name))
            session->mechanisms_offered |= (uint16_t)bit;
    }
}

/* No limit, 0, and one that does not fit are the same. */
static void extensions_size(struct postino_session *session)
{
    size_t limit = 0;
    unsigned i;

    for (i = 0; i < session->word_octets; i++) {
        unsigned digit = (unsigned)session->word[i] - '0';

        if (i == sizeof session->word || digit > 9 || limit > (SIZE_MAX - 9) / 10) {
            limit = 0;
            break;
        }
        limit = limit * 10 + digit;
    }
    session->size_limit_octets = limit != 0 ? limit : POSTINO_SIZE_UNKNOWN;
}

void postino_extensions_octet(struct postino_session *session, uint8_t octet)
{
    if (octet > ' ' && octet != '=') {
        if (octet >= 'a' && octet <= 'z')
            octet = (uint8_t)(octet - ('a' - 'A'));
        if (session->word_octets < sizeof session->word)
            session->word[session->word_octets] = (char)octet;
        if (session->word_octets < UINT8_MAX)
            session->word_octets++;
        return;
    }
    if (session->word_octets != 0) {
        if (session->keyword == 0)
            extensions_keyword(session);
        else if (session->keyword == EXTENSIONS_AUTH)
            extensions_mechanism(session);
        else if (session->keyword == EXTENSIONS_SIZE)
            extensions_size(session);
    }
    session->word_octets = 0;
    if (octet == '\n')
        session->keyword = 0;
}
