/* SPDX-License-Identifier: MIT */
#ifndef EPOLL_CONNECTION_H
#define EPOLL_CONNECTION_H

#include <netdb.h>

#include "epoll_deadlines.h"
#include "postino/session.h"

#define SEND_OCTETS    2048
#define RECEIVE_OCTETS 4096
/* With PIPELINING, mails under way on one connection at the same time. */
#define IN_FLIGHT      4
/* More than the largest error code, without its sign. */
#define ERRORS         600

/* A mail with all that the session borrows for it. */
struct slot {
    struct postino_mail mail;
    struct postino_recipient recipient;
    struct postino_spans_source message;
    struct postino_span spans[2];
    char id[64];
};

struct connection {
    struct deadline deadline; /* first: so the deadline that is due leads to its connection */
    struct postino_session session;
    struct loop *loop;
    struct slot slots[IN_FLIGHT];
    int socket;
    int connecting;
    int send_error;       /* nothing is sent any more, but the server's reason may still come */
    uint32_t events;      /* what epoll waits for */
    unsigned begun;       /* mails handed in */
    unsigned settled;     /* of them, those that came back */
    size_t unsent_octets; /* handed out by the session and not taken by the kernel: */
    size_t unsent_offset; /* they stand from here in send_buffer */
    uint8_t send_buffer[SEND_OCTETS];
};

/* The connections of one thread share this. */
struct loop {
    int epoll;
    const struct addrinfo *address; /* of the server */
    struct postino_session_config config;
    struct postino_time_limits limits;
    struct deadlines deadlines;
    struct connection *connections;
    unsigned sessions;
    unsigned mails;  /* over each connection */
    unsigned opened; /* connections begun so far */
    unsigned open;   /* of them, open now */
    unsigned open_max;
    unsigned connecting; /* of those, not yet connected */
    unsigned long outcomes[POSTINO_OUTCOME_NOT_ATTEMPTED + 1];
    unsigned long errors[ERRORS]; /* by error code */
    /* One for all connections: a session keeps nothing of what it is given. */
    uint8_t receive_buffer[RECEIVE_OCTETS];
};

/* Begins to connect, at `now`. Returns 0, or -1 with errno set: no socket is to be had. */
int connection_open(struct connection *connection, struct loop *loop, uint64_t now);

/* Does what can be done at `now` without waiting; `events` are epoll's, 0 when the deadline is due. Then sets
 * what to wait for next, or ends the connection. */
void connection_step(struct connection *connection, uint32_t events, uint64_t now);

#endif
