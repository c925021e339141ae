/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_SERVICE_H
#define POSTINO_SERVICE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct postino_session;

/* The commands that ask the server something outside of a mail. */
enum postino_service_command {
    POSTINO_SERVICE_NOOP = 0, /* RFC 5321 section 4.1.1.9 */
    POSTINO_SERVICE_RSET = 1, /* section 4.1.1.5 */
    POSTINO_SERVICE_VRFY = 2, /* section 4.1.1.6 */
    POSTINO_SERVICE_EXPN = 3, /* section 4.1.1.7 */
    POSTINO_SERVICE_HELP = 4, /* section 4.1.1.8 */
    POSTINO_SERVICE_ETRN = 5  /* RFC 1985 */
};

/* Private: takes all of the text of replies, of which the session keeps the head. */
struct postino_text_sink {
    void (*take)(struct postino_session *session, uint8_t octet);
    /* The session is over, and no more text comes. NULL: not needed. */
    void (*lost)(struct postino_session *session);
};

/* A service command and its reply, in the caller's memory. The session borrows it until `done` is set, or
 * until postino_session_lost() ends the session. It is in one session at a time. Start from {0}. */
struct postino_service {
    uint8_t command;      /* enum postino_service_command */
    const char *argument; /* NULL: none. VRFY needs a user, EXPN a list, ETRN a domain */
    char *text;           /* the caller's buffer for the reply's text; NULL: none */
    size_t text_capacity_octets;
    /* Result. */
    uint8_t done;        /* the reply is there */
    uint16_t reply_code; /* 0: no reply came */
    size_t text_octets;  /* of the whole text, lines separated by '\n'; the buffer holds its head */
    /* private */
    uint8_t in_use;
    struct postino_text_sink sink;
};

/* Sends a service command when no mail is under way; MAIL is wanted again when the reply came. The session
 * goes on, whatever the reply says. Returns 0, or:
 * - POSTINO_ERROR_STATE: a mail or another command is under way, or the session is not up;
 * - POSTINO_ERROR_ARGUMENT: the argument is missing, has over 500 octets, or cannot be sent;
 * - POSTINO_ERROR_SERVICE_IN_USE: `service` is under way, here or in another session. */
int postino_session_service(struct postino_session *session, struct postino_service *service);

#ifdef __cplusplus
}
#endif

#endif
