/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_SASLPREP_IDN_H
#define POSTINO_SASLPREP_IDN_H

#include "postino/client.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Names and passwords outside of ASCII, as servers compare them: SASLprep (RFC 4013) by GNU Libidn. Link
 * postino::saslprep-idn. ASCII needs none of it. */

enum postino_saslprep_fault {
    POSTINO_SASLPREP_NO_FAULT = 0,
    POSTINO_SASLPREP_UTF8 = 1,       /* no UTF-8 (RFC 3629) */
    POSTINO_SASLPREP_PROHIBITED = 2, /* a character that is not allowed (RFC 4013 section 2.3) */
    POSTINO_SASLPREP_UNASSIGNED =
        3,                      /* of a password: a character that Unicode 3.2 does not have (section 2.5) */
    POSTINO_SASLPREP_BIDI = 4,  /* text of both directions mixed (section 2.4, RFC 3454 section 6) */
    POSTINO_SASLPREP_EMPTY = 5, /* nothing is left of it (RFC 4616 section 2) */
    POSTINO_SASLPREP_CAPACITY = 6, /* the buffer has no room for it */
    POSTINO_SASLPREP_MEMORY = 7    /* Libidn has no memory */
};

/* What could not be prepared. */
struct postino_saslprep_report {
    const char *string; /* "user", "password" or "authzid"; NULL: nothing failed */
    /* Where the character begins in the caller's string, from 0 on; 0 where it is not one's fault. */
    size_t octet;
    uint8_t fault; /* enum postino_saslprep_fault */
    char text[96]; /* all of that in words; holds nothing of the string. Empty: nothing failed */
};

/* Prepares user, password and authzid of a client's configuration, those that are not NULL: writes them into
 * `buffer`, has `config` point there, and sets `prepared`. To be called before postino_client_init(), from
 * any thread. Name and authzid may hold characters that Unicode 3.2 does not have, the password may not (RFC
 * 5802 sections 2.2 and 5.1). The buffer is the caller's, and borrowed as long as the client is used; then
 * postino_saslprep_idn_wipe() is to be called. The strings from before are not needed any more: theirs is the
 * caller's to wipe. `capacity_octets` is to hold each string with its zero, behind each other, as it is and
 * as it becomes; of one string that is at most 11 times as long (U+FDFA).
 *
 * Returns 0; POSTINO_ERROR_ARGUMENT: a NULL pointer but for `report`; POSTINO_ERROR_CREDENTIALS: a string
 * cannot be prepared; POSTINO_ERROR_CAPACITY: no room, or no memory. After an error `config` is as it was,
 * the buffer is wiped, and *report says what failed where. Libidn does not wipe the memory that it frees:
 * what it made of a string outside of ASCII may stay in the heap. */
int postino_saslprep_idn_client(struct postino_client_config *config, char *buffer, size_t capacity_octets,
                                struct postino_saslprep_report *report);

/* The same for those who run a session themselves: before postino_session_init(). */
int postino_saslprep_idn_credentials(struct postino_credentials *credentials, char *buffer,
                                     size_t capacity_octets, struct postino_saslprep_report *report);

/* Forgets what was prepared: when the client, or the session, is not used any more. Any thread. */
void postino_saslprep_idn_wipe(char *buffer, size_t capacity_octets);

#ifdef __cplusplus
}
#endif

#endif
