/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_PUMP_H
#define POSTINO_PUMP_H

#include "postino/session.h"
#include "postino/transport.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Runs a session over an open transport until it wants one of the `until` bits (enum postino_want), or until
 * it is over. Then the connection is closed, every mail is finished, and POSTINO_WANT_CLOSED is wanted.
 * Blocks; the session's time limits bound each wait, except between mails. May be called after connect() and
 * postino_session_init(), by one thread at a time.
 *
 * Returns the session's error: 0, or one of enum postino_error_code. Returns POSTINO_AGAIN if the transport's
 * wait() did so: call again to continue. A mail's own failure is not the session's error: see the mail's
 * result. */
int postino_pump(struct postino_session *session, struct postino_transport *transport, unsigned until);

#ifdef __cplusplus
}
#endif

#endif
