/* SPDX-License-Identifier: MIT */
/* The EHLO reply (RFC 5321 section 4.1.1.1), word by word as its octets arrive. Invariant: word holds the
 * word that is arriving, in upper case; of one that is too long to be known, its head fills all the room. */
#include "internal.h"

static int extensions_is(const struct postino_session *session, const char *name)
{
    const char *word = session->word;

    for (; *word == *name; word++, name++) {
        if (*word == '\0')
            return 1;
    }
    return 0;
}

/* A parameter that says nothing to us. */
static void extensions_ignore(struct postino_session *session)
{
    (void)session;
}

void postino_extensions_keyword(struct postino_session *session)
{
    const struct postino_extension *const *known = session->config->extensions;

    session->take_word = extensions_ignore;
    if (known == NULL)
        return;
    for (; *known != NULL; known++) {
        if (extensions_is(session, (*known)->keyword)) {
            session->take_word = (*known)->take_parameter;
            session->capabilities |= (*known)->capability;
        }
    }
}

/* Keeps the most preferred of those that may be used. */
static void extensions_mechanism(struct postino_session *session)
{
    const struct postino_mechanism *const *mechanism = session->config->mechanisms;

    if (mechanism == NULL)
        return;
    for (; *mechanism != NULL && mechanism != session->offered; mechanism++) {
        if (extensions_is(session, (*mechanism)->name) && postino_steps_allowed(session, *mechanism)) {
            session->offered = mechanism;
            break;
        }
    }
}

/* No limit, 0, and one that does not fit are the same. */
static void extensions_size(struct postino_session *session)
{
    const char *word = session->word;
    size_t limit = 0;

    for (; *word != '\0'; word++) {
        unsigned digit = (unsigned)*word - '0';

        if (digit > 9 || limit > (SIZE_MAX - 9) / 10) {
            limit = 0;
            break;
        }
        limit = limit * 10 + digit;
    }
    session->size_limit_octets = limit != 0 ? limit : POSTINO_SIZE_UNKNOWN;
}

void postino_extensions_octet(struct postino_session *session, uint8_t octet)
{
    unsigned length = session->word_octets;

    if (octet > ' ' && octet != '=') {
        if (octet >= 'a' && octet <= 'z')
            octet = (uint8_t)(octet - ('a' - 'A'));
        if (length < sizeof session->word - 1)
            session->word[length++] = (char)octet;
    } else {
        session->word[length] = '\0';
        if (length != 0)
            session->take_word(session);
        length = 0;
        if (octet == '\n')
            session->take_word = postino_extensions_keyword;
    }
    session->word_octets = (uint8_t)length;
}

const struct postino_extension postino_extension_auth = {"AUTH", extensions_mechanism,
                                                         POSTINO_CAPABILITY_AUTH};
const struct postino_extension postino_extension_size = {"SIZE", extensions_size, POSTINO_CAPABILITY_SIZE};
const struct postino_extension postino_extension_8bitmime = {"8BITMIME", extensions_ignore,
                                                             POSTINO_CAPABILITY_8BITMIME};
const struct postino_extension postino_extension_enhancedstatuscodes = {
    "ENHANCEDSTATUSCODES", extensions_ignore, POSTINO_CAPABILITY_ENHANCEDSTATUSCODES};
const struct postino_extension postino_extension_pipelining = {"PIPELINING", extensions_ignore,
                                                               POSTINO_CAPABILITY_PIPELINING};
const struct postino_extension postino_extension_chunking = {"CHUNKING", extensions_ignore,
                                                             POSTINO_CAPABILITY_CHUNKING};
const struct postino_extension postino_extension_starttls = {"STARTTLS", extensions_ignore,
                                                             POSTINO_CAPABILITY_STARTTLS};
const struct postino_extension postino_extension_smtputf8 = {"SMTPUTF8", extensions_ignore,
                                                             POSTINO_CAPABILITY_SMTPUTF8};
const struct postino_extension postino_extension_dsn = {"DSN", extensions_ignore, POSTINO_CAPABILITY_DSN};

const struct postino_extension *const postino_extensions_all[] = {
    &postino_extension_auth,       &postino_extension_size,
    &postino_extension_8bitmime,   &postino_extension_enhancedstatuscodes,
    &postino_extension_pipelining, &postino_extension_chunking,
    &postino_extension_starttls,   &postino_extension_smtputf8,
    &postino_extension_dsn,        NULL};
