/* SPDX-License-Identifier: MIT */
#ifndef NETX_TEST_SERVER_DIALOGUE_H
#define NETX_TEST_SERVER_DIALOGUE_H

#include "server.h"

/* Between the server's two files. */

/* Takes one octet of the client's. */
void server_octet(struct server *server, char octet);
/* Gives the reply to a step, or what stands in its place. */
void server_say(struct server *server, enum server_step step, const char *usual);
void server_send(struct server *server, const char *data, size_t octets);

#endif
