/* SPDX-License-Identifier: MIT */
/* Functions of this folder that its files and the NetX port call, and that are not public. */
#ifndef POSTINO_CLIENT_INTERNAL_H
#define POSTINO_CLIENT_INTERNAL_H

#include "postino/client.h"

/* pump.c: postino_pump() without STARTTLS. */
int postino_pump_until(struct postino_session *session, struct postino_transport *transport, unsigned until);

/* client.c: prepares a client that has its session_config and credentials already.
 * postino_client_init_sized() ends with it; the NetX services fill in these members themselves. Returns 0 or
 * an error. */
int postino_client_start(struct postino_client *client, struct postino_transport *transport);

/* client_fallback.c */
/* Configures the next connection's session by what was found out. */
void postino_client_fallback_begin(struct postino_client *client);
/* Whether a settled mail goes out once more, over a new connection and without what does not work there. */
int postino_client_fallback(struct postino_client *client, const struct postino_mail *mail);
/* Of a mail that goes out again: whether that is the reason. It is one only once. */
int postino_client_is_fallback(const struct postino_mail *mail);
/* Whether the server ended the connection at EHLO and nothing needs that: the next connection begins with
 * HELO. */
int postino_client_fallback_helo(struct postino_client *client);

#endif
