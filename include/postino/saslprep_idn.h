/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_SASLPREP_IDN_H
#define POSTINO_SASLPREP_IDN_H

#include "postino/client.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Names and passwords outside ASCII in the form that servers compare: SASLprep (RFC 4013) by GNU Libidn. Link
 * postino::saslprep-idn. ASCII needs no preparation. */

enum postino_saslprep_fault {
    POSTINO_SASLPREP_NO_FAULT = 0,
    POSTINO_SASLPREP_UTF8 = 1,       /* not UTF-8 (RFC 3629) */
    POSTINO_SASLPREP_PROHIBITED = 2, /* a character that is not allowed (RFC 4013 section 2.3) */
    /* In a password, a character that Unicode 3.2 does not have (section 2.5). */
    POSTINO_SASLPREP_UNASSIGNED = 3,
    POSTINO_SASLPREP_BIDI = 4,     /* text of both directions mixed (section 2.4, RFC 3454 section 6) */
    POSTINO_SASLPREP_EMPTY = 5,    /* nothing is left of the string (RFC 4616 section 2) */
    POSTINO_SASLPREP_CAPACITY = 6, /* the buffer has no room for it */
    POSTINO_SASLPREP_MEMORY = 7    /* Libidn has no memory */
};

/* The string that could not be prepared. */
struct postino_saslprep_report {
    const char *string; /* "user", "password" or "authzid"; NULL: nothing failed */
    /* The start of the character in the caller's string, from 0 on; 0 if no character is at fault. */
    size_t octet;
    uint8_t fault; /* enum postino_saslprep_fault */
    char text[96]; /* all of this in words, without any part of the string. Empty: nothing failed */
};

/* Prepares user, password and authzid of a client's configuration. Writes the members that are not NULL into
 * `buffer`, points `config` there, and sets `prepared`. Call it before postino_client_init(), from any
 * thread. Name and authzid may hold characters that Unicode 3.2 does not have, the password may not (RFC 5802
 * sections 2.2 and 5.1).
 *
 * The buffer is the caller's, and borrowed as long as the client is used; then call
 * postino_saslprep_idn_wipe(). The original strings are not needed any more, and the caller wipes them.
 * `capacity_octets` must hold each string with its zero, behind each other, in both forms. The prepared form
 * has at most 11 times the octets of the original (U+FDFA).
 *
 * Returns 0, or:
 * - POSTINO_ERROR_ARGUMENT: a NULL pointer other than `report`;
 * - POSTINO_ERROR_CREDENTIALS: a string cannot be prepared;
 * - POSTINO_ERROR_CAPACITY: no room, or no memory.
 * After an error `config` is unchanged, the buffer is wiped, and *report says what failed and where. Libidn
 * does not wipe the memory that it frees: the prepared form of a string outside ASCII may stay in the
 * heap. */
int postino_saslprep_idn_client(struct postino_client_config *config, char *buffer, size_t capacity_octets,
                                struct postino_saslprep_report *report);

/* Prepares the credentials of a session; otherwise as postino_saslprep_idn_client(). Call it before
 * postino_session_init(). */
int postino_saslprep_idn_credentials(struct postino_credentials *credentials, char *buffer,
                                     size_t capacity_octets, struct postino_saslprep_report *report);

/* Wipes the prepared strings. Call it when the client, or the session, is not used any more, from any
 * thread. */
void postino_saslprep_idn_wipe(char *buffer, size_t capacity_octets);

#ifdef __cplusplus
}
#endif

#endif
