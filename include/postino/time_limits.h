/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_TIME_LIMITS_H
#define POSTINO_TIME_LIMITS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The time limits of a session, in milliseconds, with the clauses of RFC 5321 section 4.5.3.2. */
struct postino_time_limits {
    uint32_t greeting_ms; /* the 220 greeting (.1) */
    uint32_t command_ms;  /* EHLO, AUTH, MAIL, RCPT, RSET (.2, .3) */
    uint32_t data_ms;     /* the 354 reply to DATA (.4) */
    uint32_t block_ms;    /* until an octet of the message leaves (.5) */
    uint32_t final_ms;    /* the reply to the end of the message (.6) */
    uint32_t quit_ms;     /* the 221 reply: no mail depends on it */
    /* A whole mail over one connection, from its first octet sent to its last reply; 0: no such limit. The
     * other limits bound each wait, so a peer that moves an octet now and then could take any time. */
    uint32_t mail_ms;
};

/* 5 min, 5 min, 2 min, 3 min, 10 min; 5 s for QUIT; none for a whole mail. */
extern const struct postino_time_limits postino_time_limits_rfc5321;

#ifdef __cplusplus
}
#endif

#endif
