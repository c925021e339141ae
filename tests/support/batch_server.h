/* SPDX-License-Identifier: MIT */
#ifndef BATCH_SERVER_H
#define BATCH_SERVER_H

#include <stddef.h>
#include <stdint.h>

/* A server that keeps the rules: it takes all octets that the client sent and answers every whole command.
 * A command that the server did not offer is a failure. Start from batch_server_init(). */

#define BATCH_LINE_OCTETS  1024
#define BATCH_REPLY_OCTETS 65536

struct batch_server {
    int pipelining; /* offered */
    int chunking;
    int starttls; /* in the clear it is offered, and AUTH is not; may be set after init */

    /* Counters and findings. */
    unsigned mails;        /* accepted */
    unsigned data;         /* of them by DATA */
    unsigned resets;       /* RSET commands */
    size_t message_octets; /* of all messages, end marks not counted */
    int closed;            /* QUIT was answered */
    char breach[160];      /* of the rules by the client, the first; "": none */

    /* The replies that the client has not received yet. */
    char replies[BATCH_REPLY_OCTETS];
    size_t replies_octets;

    /* private */
    int state;
    int encrypted;
    int open;            /* MAIL was taken */
    unsigned recipients; /* RCPT was, so often */
    int deaf;            /* a command that ends a group came: nothing may follow in this batch */
    size_t chunk_octets; /* still to come */
    int last;            /* it is the last chunk */
    unsigned mark;       /* octets of the end mark that came */
    char line[BATCH_LINE_OCTETS];
    size_t line_octets;
};

/* Starts the session; the greeting is ready. */
void batch_server_init(struct batch_server *server, int pipelining, int chunking);

/* The TLS handshake is made: what follows is encrypted. Returns 0, or -1 where it is not awaited. */
int batch_server_encrypt(struct batch_server *server);

/* Takes octets that the client sent. */
void batch_server_take(struct batch_server *server, const uint8_t *data, size_t length_octets);

/* The replies were given: the next batch begins. */
void batch_server_given(struct batch_server *server);

#endif
