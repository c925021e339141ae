/* SPDX-License-Identifier: MIT */
/* The EHLO reply (RFC 5321 section 4.1.1.1), word by word as its octets arrive. Invariant: `word` holds
 * the word that is arriving, in upper case. A word that is too long to be known fills all the room with
 * its head. */
#include "auth.h"
#include "emitter.h"
#include "reply.h"

int postino_extensions_is(const struct postino_session *session, const char *name)
{
    const char *word = session->word;
    char c;

    do {
        c = *word++;
        if (c != *name++)
            return 0;
    } while (c != '\0');
    return 1;
}

void postino_extensions_keyword(struct postino_session *session)
{
    const struct postino_extension *const *known = session->config->extensions;
    const struct postino_extension *extension;

    session->take_word = NULL;
    if (known == NULL)
        return;
    while ((extension = *known++) != NULL) {
        if (postino_extensions_is(session, extension->keyword)) {
            session->take_word = extension->take_parameter;
            session->capabilities |= extension->capability;
        }
    }
}

/* Marks the mechanism, if it may be used. */
static void extensions_mechanism(struct postino_session *session)
{
    const struct postino_mechanism *const *mechanism = session->config->mechanisms;
    uint32_t bit = 1;

    if (mechanism == NULL)
        return;
    for (; *mechanism != NULL; mechanism++, bit <<= 1) {
        if (postino_extensions_is(session, (*mechanism)->name) && postino_auth_allowed(session, *mechanism))
            session->offered |= bit;
    }
}

size_t postino_extensions_number(const struct postino_session *session)
{
    const char *word = session->word;
    size_t number = 0;

    for (; *word != '\0'; word++) {
        unsigned digit = (unsigned)*word - '0';

        if (digit > 9 || number > (SIZE_MAX - 9) / 10)
            return SIZE_MAX;
        number = number * 10 + digit;
    }
    return number;
}

void postino_extensions_octet(struct postino_session *session, uint8_t octet)
{
    unsigned length = session->word_octets;

    /* Some servers write "AUTH=", "AUTH:", or commas between mechanisms. */
    if (octet > ' ' && octet != '=' && octet != ':' && octet != ',') {
        /* This changes other characters too; no name that is known has any of them. */
        if (octet >= '@')
            octet &= 0xDF;
        if (length < sizeof session->word - 1)
            session->word[length++] = (char)octet;
    } else {
        session->word[length] = '\0';
        if (length != 0 && session->take_word != NULL)
            session->take_word(session);
        length = 0;
    }
    session->word_octets = (uint8_t)length;
}

const struct postino_extension postino_extension_auth = {"AUTH", extensions_mechanism, NULL, NULL,
                                                         POSTINO_CAPABILITY_AUTH};

int postino_extensions_is_named(const struct postino_session *session, uint32_t capability)
{
    const struct postino_extension *const *extension = session->config->extensions;

    while (extension != NULL && *extension != NULL && (*extension)->capability != capability)
        extension++;
    return extension != NULL && *extension != NULL;
}

int postino_extensions_check(struct postino_session *session, struct postino_mail *mail)
{
    const struct postino_extension *const *extension = session->config->extensions;
    /* Every extension that is offered is in the list, because the configuration names it. */
    uint32_t left = session->capabilities & EXTENSIONS_THAT_CHECK;
    int error = POSTINO_OK;

    for (; left != 0 && error == POSTINO_OK; extension++) {
        if ((left & (*extension)->capability) != 0) {
            left &= ~(*extension)->capability;
            error = (*extension)->check(session, mail);
        }
    }
    return error;
}

void postino_extensions_parameters(const struct postino_session *session, struct postino_emitter *emitter)
{
    const struct postino_extension *const *extension = session->config->extensions;
    const struct postino_mail *mail = session->sent.mail;
    uint32_t left = session->sent.recipient == NULL ? session->capabilities & EXTENSIONS_WITH_PARAMETER : 0;

    for (; left != 0; extension++) {
        if ((left & (*extension)->capability) != 0) {
            left &= ~(*extension)->capability;
            if ((*extension)->parameter != NULL)
                (*extension)->parameter(session, emitter);
        }
    }
    if (mail->options != NULL)
        mail->options->methods->parameter(session, emitter);
}
