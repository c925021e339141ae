/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_PUMP_H
#define POSTINO_PUMP_H

#include "postino/session.h"
#include "postino/transport.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Runs a session over an open transport until one of the `until` bits (enum postino_want) is wanted, or until
 * the session is over: then the connection is closed, every mail settled, and POSTINO_WANT_CLOSED wanted.
 * Blocks; each wait is bounded by the session's time limits, except between mails. May be called after
 * connect() and postino_session_init(). Returns the session's error: 0, or one of enum postino_error_code; or
 * POSTINO_AGAIN where the transport's wait() said so: call again to go on. A
 * mail's own failure is not the session's: see the mail's result. One thread at a time. */
int postino_pump(struct postino_session *session, struct postino_transport *transport, unsigned until);

#ifdef __cplusplus
}
#endif

#endif
