/* SPDX-License-Identifier: MIT */
/* Functions of this folder that its files and the NetX port call, and that are not public. */
#ifndef POSTINO_CLIENT_INTERNAL_H
#define POSTINO_CLIENT_INTERNAL_H

#include "postino/client.h"

/* pump.c: postino_pump() without STARTTLS. */
int postino_pump_until(struct postino_session *session, struct postino_transport *transport, unsigned until);

/* client.c: prepares a client that has its session_config and credentials already.
 * postino_client_init_sized() ends with it; the NetX services fill in these members themselves. Returns 0
 * or an error. */
int postino_client_start(struct postino_client *client, struct postino_transport *transport);

/* connection.c */
/* Prepares a session that takes mails: the present one, or one for a new connection. Returns 0 or an
 * error. */
int postino_client_prepare(struct postino_client *client);
/* Connects. A connection that could not be made is a session lost before its first octet: it settles the
 * mails. */
void postino_client_open(struct postino_client *client);
/* Runs the session until it is ready for a mail, or with `until` 0 until it is over. Returns the
 * connection's error, or POSTINO_AGAIN. A mail's error stands in its result. */
int postino_client_pump(struct postino_client *client, unsigned until);
/* Servers close idle connections, with a 421 or without a word. Finds out whether this one did, so that
 * the next mail goes over a new connection. Tells the session the time, too: the limits of the next
 * commands run from now. Does not block. */
void postino_client_check(struct postino_client *client);

/* fallback.c */
/* Configures the next connection's session by the faults that were found in the server. */
void postino_client_fallback_begin(struct postino_client *client);
/* Whether a settled mail goes out once more, over a new connection and without the extension that
 * failed. */
int postino_client_fallback(struct postino_client *client, const struct postino_mail *mail);
/* Whether a mail that goes out again does so for that reason. A mail does so only once. */
int postino_client_is_fallback(const struct postino_mail *mail);
/* Whether the server ended the connection at EHLO, and no setting needs EHLO. Then the next connection
 * begins with HELO. */
int postino_client_fallback_helo(struct postino_client *client);
/* Whether the connection broke, not the mail: the server gave the connection up, or had no more room on
 * it. Only a connection that had worked counts, or one that was lost in the TLS handshake. */
int postino_client_is_again(const struct postino_client *client, const struct postino_mail *mail);
/* Lets a mail wait for another connection. */
void postino_client_again(struct postino_client *client, struct postino_mail *mail);
int postino_client_is_lost(int error);

#endif
