/* SPDX-License-Identifier: MIT */
#ifndef NETX_SERVER_H
#define NETX_SERVER_H

#include "scripted_peer.h"

/* A server on a loopback port, in a thread of its own, that plays a scripted peer to one connection at a
 * time. */

enum netx_server_end {
    NETX_SERVER_END_NONE,     /* there was no connection, or it did not end in time */
    NETX_SERVER_END_CLOSED,   /* the client closed it in the orderly way */
    NETX_SERVER_END_RESET,    /* the client reset it */
    NETX_SERVER_END_BY_SERVER /* the script did */
};

/* Listens on a free port of 127.0.0.1. Returns the port, or 0. */
unsigned netx_server_open(void);
void netx_server_close(void);

/* Starts to play; the peer is the server's until netx_server_join(). Returns 0, or -1. */
int netx_server_start(struct scripted_peer *peer);

/* Waits until the connection is over, and says how it ended. */
enum netx_server_end netx_server_join(void);

#endif
