/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_AUTH_H
#define POSTINO_AUTH_H

/* The choice of a mechanism, and the dialogue of a mechanism that needs no challenge (RFC 4954). */

#include "postino/session.h"

/* RFC 4954 section 4: an initial response goes with the command if the line keeps to the 512 octets of RFC
 * 5321. This is the room between AUTH and the line's end. */
#define AUTH_ARGUMENT_OCTETS_MAX (512 - (sizeof "AUTH\r\n" - 1))

/* The dialogue of a mechanism that looks at challenges: src/sasl/exchange.c, where the configuration names
 * one. */
struct postino_sasl_exchange {
    unsigned (*start)(struct postino_session *session); /* returns the row that follows */
    int (*allowed)(const struct postino_session *session, const struct postino_mechanism *mechanism);
    /* Composes the first response, or the front of it, or sets challenge_error. NULL: nothing to do. */
    void (*begin)(const struct postino_session *session, struct postino_emitter *first);
    /* Takes the challenge that response `round` is to answer. Returns 0 or an error. Sets challenge_error
     * where the challenge is not at fault. */
    int (*challenge)(struct postino_session *session, unsigned round);
    uint8_t verified; /* 235 is believed; 0: only where the server proved that it knows the password */
};

/* Returns 1 where the configuration allows the mechanism on this connection, else 0. */
int postino_auth_allowed(const struct postino_session *session, const struct postino_mechanism *mechanism);
/* Returns 1 where mails may go out without authentication, else 0: none was asked for, or none is offered and
 * none is insisted on. */
int postino_auth_unneeded(const struct postino_session *session);
/* Begins the authentication, if one is due. Returns the row that follows. */
unsigned postino_auth_begin(struct postino_session *session);
/* Acts on a challenge. Returns the row that follows. */
unsigned postino_auth_challenge(struct postino_session *session);
/* Checks the credentials at init, not at the first mail. Returns 0 or an error. */
int postino_auth_check(const struct postino_session_config *config);
/* Returns 1 where the first response of a mechanism without an exchange does not fit the line of AUTH, else
 * 0. */
int postino_auth_response_is_long(const struct postino_credentials *credentials,
                                  const struct postino_mechanism *mechanism);

#endif
