/* SPDX-License-Identifier: MIT */
#ifndef NETX_TEST_SERVER_H
#define NETX_TEST_SERVER_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

/* An SMTP server on a loopback port, in a thread of its own, that takes one connection after the other. A
 * test can replace each reply, delay it, cut it in pieces, or end the connection in its place. The server
 * keeps the client's octets, and how the client left. A recipient refused@... is refused for good,
 * later@... for now, and after five recipients many@... are too many. Every wait is bounded. */

enum server_step {
    SERVER_GREETING,
    SERVER_EHLO,
    SERVER_HELO,
    SERVER_AUTH,   /* the command, or an initial response */
    SERVER_ANSWER, /* the first line after it */
    SERVER_SECOND, /* the second */
    SERVER_MAIL,
    SERVER_RCPT,
    SERVER_DATA,
    SERVER_MESSAGE,
    SERVER_QUIT,
    SERVER_RSET,
    SERVER_OTHER,
    SERVER_STEPS
};

enum server_end {
    SERVER_END_NONE,
    SERVER_END_CLOSED,   /* the client closed the connection in the orderly way */
    SERVER_END_RESET,    /* the client reset it */
    SERVER_END_BY_SERVER /* the server did */
};

#define SERVER_RECORD 16384

/* An EHLO reply for what the client may use. */
#define SERVER_PIPELINING "250-mx.example.com\r\n250 PIPELINING\r\n"
#define SERVER_CHUNKING   "250-mx.example.com\r\n250 CHUNKING\r\n"
#define SERVER_BOTH       "250-mx.example.com\r\n250-PIPELINING\r\n250 CHUNKING\r\n"

/* In the place of a reply. */
extern const char server_silence[];
extern const char server_close[];
extern const char server_reset[];

struct server {
    /* To be set while no client is connected. */
    const char *replies[SERVER_STEPS]; /* as sent, line ends included; NULL: the usual one */
    size_t reply_octets[SERVER_STEPS]; /* 0: up to the reply's NUL */
    unsigned delays_ms[SERVER_STEPS];
    size_t piece_octets;  /* a pause after so many; 0: none */
    size_t cut_received;  /* the connection ends when so many octets came; SIZE_MAX: it does not */
    size_t cut_sent;      /* or went */
    int cut_reset;        /* how */
    int hold;             /* the client ends the connection after QUIT, not the server */
    unsigned linger_ms;   /* when the client has closed its side, the server takes so long to close its own */
    unsigned patience_ms; /* the server closes when nothing comes for so long */
    unsigned stall_ms;    /* reads nothing for so long, once, in mid message */
    unsigned round_ms;    /* as far away as this: waits so long before each read, then takes all there is */
    int tight; /* has hardly a buffer for sending, and acknowledges by the host layer what it reads */
    const char *farewell; /* said when its patience is at an end */

    /* Of the last connection; to be read after server_await(). */
    char received[SERVER_RECORD]; /* the first octets of it, terminated */
    size_t received_octets;
    size_t sent_octets;
    size_t message_start;  /* where the message stands in what was received; 0: none came */
    size_t message_end;    /* behind its end mark; 0: it did not come */
    uint64_t message_hash; /* FNV-1a of the message with its end mark */
    size_t first_mail;     /* where the first MAIL command began; SIZE_MAX: none came */
    size_t final_sent;     /* octets sent when the reply to the message was complete; 0: never */
    enum server_end end;
    uint64_t quit_ns;        /* when the reply to QUIT was sent */
    uint64_t end_ns;         /* when the connection ended */
    unsigned mails_accepted; /* in all connections */
    unsigned most_in_read;   /* octets that one read brought, at most */
    unsigned reads;          /* of the last connection */

    /* private */
    int ipv6;
    int listener;
    int wake[2];
    int connection;
    int running;
    unsigned port;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t ended_condition;
    unsigned ended;
    unsigned messages; /* that ended */
    char line[1024];
    size_t line_octets;
    int in_message;
    int auth_round;
    int auth_login;
    unsigned recipients; /* of the transaction */
    int over;
    size_t chunk_octets; /* of a BDAT, still to come */
    int chunk_last;
    unsigned tail; /* how much of the end mark stands at the end of the message */
};

/* Listens and starts. Returns the port, or 0. */
unsigned server_start(struct server *server, int ipv6);
/* Forgets the settings of the replies and of how to cut. */
void server_usual(struct server *server);
/* Waits until so many connections ended since the start. Returns 1, or 0 after some seconds. */
int server_await(struct server *server, unsigned connections);
unsigned server_connections(struct server *server);
/* How many messages ended since the start. */
unsigned server_messages(struct server *server);
/* Ends connection and thread; harmless when it does not run. */
void server_stop(struct server *server);

uint64_t server_now_ns(void);
uint64_t server_hash(uint64_t hash, const void *data, size_t octets);
#define SERVER_HASH_START 14695981039346656037u

#endif
