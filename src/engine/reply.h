/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_REPLY_H
#define POSTINO_REPLY_H

/* Replies, and the extensions that the reply to EHLO lists. */

#include "state.h"

/* So many blanks, line ends and control characters may stand before the code of a line. */
#define REPLY_BLANKS_MAX 250

/* Parses received octets. Returns the number consumed, at least 1. */
size_t postino_reply_input(struct postino_session *session, const uint8_t *data, size_t length_octets);
/* As the strategy's nonsense(): ends the session at once. */
void postino_reply_nonsense(struct postino_session *session, uint8_t octet);

/* Returns how an octet of a reply's text is told to the caller, who may print it: '\n' stands between two
 * lines, and every other control character is replaced. */
static inline unsigned postino_shown_octet(unsigned octet)
{
    if (octet == 127 || (octet < ' ' && octet != '\n'))
        return octet == '\t' ? ' ' : '?';
    return octet;
}

/* Replaces octets of a text that must not be shown. */
void postino_reply_show(char *text, size_t length_octets);

/* Forgets an earlier reply. */
static inline void postino_record_clear(struct postino_record *record)
{
    if (record == NULL)
        return;
    record->text_octets = 0;
    record->enhanced_code = (struct postino_enhanced_code){0, 0, 0};
}

/* extensions.c */
/* Takes the keyword of a line of the EHLO reply. */
void postino_extensions_keyword(struct postino_session *session);
/* Takes an octet of such a line. */
void postino_extensions_octet(struct postino_session *session, uint8_t octet);
/* Returns 1 where session->word is `name`, else 0. */
int postino_extensions_is(const struct postino_session *session, const char *name);
/* Returns session->word as a number; SIZE_MAX: it is no number, or too large. */
size_t postino_extensions_number(const struct postino_session *session);

/* These extensions have a check() for each mail. */
#define EXTENSIONS_THAT_CHECK                                                                          \
    ((uint32_t)POSTINO_CAPABILITY_SIZE | POSTINO_CAPABILITY_PIPELINING | POSTINO_CAPABILITY_CHUNKING | \
     POSTINO_CAPABILITY_LIMITS)
/* These may put a parameter behind MAIL. A mail passes over the extensions as far as the last of these that
 * is offered. */
#define EXTENSIONS_WITH_PARAMETER                                                                      \
    ((uint32_t)POSTINO_CAPABILITY_SIZE | POSTINO_CAPABILITY_8BITMIME | POSTINO_CAPABILITY_BINARYMIME | \
     POSTINO_CAPABILITY_MT_PRIORITY)
/* A session can do without these: struct postino_session_config.avoided. */
#define EXTENSIONS_AVOIDED                                                                                   \
    ((uint32_t)POSTINO_CAPABILITY_PIPELINING | POSTINO_CAPABILITY_CHUNKING | POSTINO_CAPABILITY_BINARYMIME | \
     POSTINO_CAPABILITY_SIZE | POSTINO_CAPABILITY_8BITMIME)
/* Returns 1 where the configuration names the extension with that bit, else 0. */
int postino_extensions_is_named(const struct postino_session *session, uint32_t capability);
/* Has each extension that is offered check the mail that begins. Returns 0 or an error. */
int postino_extensions_check(struct postino_session *session, struct postino_mail *mail);
/* Emits the parameters of MAIL and RCPT; for session->parameters. */
void postino_extensions_parameters(const struct postino_session *session, struct postino_emitter *emitter);

#endif
