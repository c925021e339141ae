/* SPDX-License-Identifier: MIT */
#ifndef BENCH_SINK_H
#define BENCH_SINK_H

#include <stddef.h>
#include <stdint.h>

/* The sink: an SMTP server that takes everything and keeps nothing. sink_dialogue.c is the protocol,
 * sink_scan.c finds the end of a message, sink.c moves the octets. */

#define SINK_READ_OCTETS    (256 * 1024)
#define SINK_COMMAND_OCTETS 1024
/* A reply is at most 16 times as long as the command that it answers: see sink_dialogue.c. */
#define SINK_REPLY_OCTETS   (16 * (SINK_READ_OCTETS + SINK_COMMAND_OCTETS))

enum sink_offer {
    SINK_PIPELINING = 1,
    SINK_CHUNKING = 2,
    SINK_8BITMIME = 4,
    SINK_SIZE = 8
};

/* Counts of what arrived, over all connections. */
struct sink_counts {
    uint64_t connections;
    uint64_t at_once; /* connections open at the same time, at most */
    uint64_t mails;
    uint64_t recipients; /* of the mails */
    uint64_t octets;     /* of the messages, transparency dots removed */
    uint64_t commands;
    uint64_t groups;     /* of commands: those that one write answered */
    uint64_t violations; /* commands out of order or unknown, and octets that came before they were allowed */
    uint64_t first_us;   /* when the first connection came */
    uint64_t last_us;    /* when the last mail was accepted */
};

/* How far the search for the end of a message has come: what stood right before. */
enum sink_scan {
    SINK_SCAN_TEXT,
    SINK_SCAN_CR,
    SINK_SCAN_LINE,   /* CRLF, or the message's begin */
    SINK_SCAN_DOT,    /* a dot that begins a line */
    SINK_SCAN_DOT_CR, /* that and a CR */
    SINK_SCAN_END     /* the end mark is complete */
};

/* Reads on from `data` to the end mark or the end of the octets, and returns how many it took. Adds those of
 * the message to *octets. */
size_t sink_scan(enum sink_scan *scan, const char *data, size_t length, uint64_t *octets);

struct sink_connection {
    int handle;
    int over; /* close it once its replies have left */
    /* The dialogue. */
    int has_sender;
    int in_data; /* the message after DATA arrives */
    int in_bdat; /* a chunk arrives */
    int bdat_last;
    enum sink_scan scan;
    uint64_t recipients;
    uint64_t octets;    /* of the message that arrives */
    uint64_t bdat_left; /* octets of the chunk still to come */
    size_t command_octets;
    char command[SINK_COMMAND_OCTETS]; /* the begin of a command whose end has not arrived */
    /* Replies that the socket did not take yet. */
    char *pending;
    size_t pending_octets;
    struct sink_connection *next_closed;
};

/* The replies of the sink to one read. */
struct sink_replies {
    size_t octets;
    size_t commands;
    char text[SINK_REPLY_OCTETS];
};

struct sink {
    unsigned offer;
    struct sink_counts counts;
    struct sink_replies replies;
};

void sink_greet(struct sink *sink);

/* Takes what arrived on the connection; what there is to answer stands in sink->replies. */
void sink_take(struct sink *sink, struct sink_connection *connection, const char *data, size_t length);

/* Takes `length` octets of a chunk that nobody has looked at; at most bdat_left. */
void sink_take_chunk(struct sink *sink, struct sink_connection *connection, size_t length);

#endif
