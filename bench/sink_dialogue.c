/* SPDX-License-Identifier: MIT */
/* Invariant: every complete command and every complete message has been answered, in order, in
 * sink->replies; what is incomplete is kept in the connection. */

#define _GNU_SOURCE

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common.h"
#include "sink.h"

static void dialogue_reply(struct sink *sink, const char *text)
{
    struct sink_replies *replies = &sink->replies;
    size_t length = strlen(text);

    if (length > sizeof replies->text - replies->octets)
        bench_die("more replies than there can be");
    memcpy(replies->text + replies->octets, text, length);
    replies->octets += length;
}

static void dialogue_violation(struct sink *sink, const char *text)
{
    sink->counts.violations++;
    dialogue_reply(sink, text);
}

void sink_greet(struct sink *sink)
{
    dialogue_reply(sink, "220 sink.bench.test ESMTP\r\n");
}

/* The first line names the server and nothing else (RFC 5321 section 4.1.1.1). */
static void dialogue_ehlo(struct sink *sink)
{
    static const struct {
        unsigned offer;
        const char *line;
    } lines[] = {{SINK_PIPELINING, "250-PIPELINING\r\n"},
                 {SINK_CHUNKING, "250-CHUNKING\r\n"},
                 {SINK_8BITMIME, "250-8BITMIME\r\n"},
                 {SINK_SIZE, "250-SIZE 0\r\n"}};
    size_t last_line = sink->replies.octets;
    size_t i;

    dialogue_reply(sink, "250-sink.bench.test\r\n");
    for (i = 0; i < sizeof lines / sizeof *lines; i++) {
        if ((sink->offer & lines[i].offer) != 0) {
            last_line = sink->replies.octets;
            dialogue_reply(sink, lines[i].line);
        }
    }
    sink->replies.text[last_line + 3] = ' ';
}

static void dialogue_reset(struct sink_connection *connection)
{
    connection->has_sender = 0;
    connection->recipients = 0;
    connection->octets = 0;
}

/* A message, or the last chunk of one, is complete. */
static void dialogue_accept(struct sink *sink, struct sink_connection *connection)
{
    sink->counts.mails++;
    sink->counts.recipients += connection->recipients;
    sink->counts.octets += connection->octets;
    dialogue_reset(connection);
    dialogue_reply(sink, "250 2.0.0 Ok\r\n");
}

static void dialogue_chunk_end(struct sink *sink, struct sink_connection *connection)
{
    connection->in_bdat = 0;
    if (connection->bdat_last)
        dialogue_accept(sink, connection);
    else
        dialogue_reply(sink, "250 2.0.0 Ok\r\n");
}

static void dialogue_bdat(struct sink *sink, struct sink_connection *connection, const char *parameters)
{
    char *end = NULL;

    if ((sink->offer & SINK_CHUNKING) == 0 || *parameters < '0' || *parameters > '9') {
        dialogue_violation(sink, "502 no\r\n");
        connection->over = 1;
        return;
    }
    connection->bdat_left = strtoull(parameters, &end, 10);
    connection->bdat_last = strncasecmp(end, " LAST", 5) == 0;
    if (connection->recipients == 0) {
        /* The chunk's octets cannot be told from commands any more. */
        dialogue_violation(sink, "503 no\r\n");
        connection->over = 1;
        return;
    }
    connection->in_bdat = 1;
    if (connection->bdat_left == 0)
        dialogue_chunk_end(sink, connection);
}

/* Returns what stands behind the verb, or NULL. */
static const char *dialogue_after(const char *command, const char *verb)
{
    size_t length = strlen(verb);

    return strncasecmp(command, verb, length) == 0 ? command + length : NULL;
}

static void dialogue_envelope(struct sink *sink, struct sink_connection *connection, const char *command)
{
    if (dialogue_after(command, "MAIL FROM:") != NULL) {
        if (connection->has_sender) {
            dialogue_violation(sink, "503 no\r\n");
            return;
        }
        connection->has_sender = 1;
        dialogue_reply(sink, "250 2.1.0 Ok\r\n");
    } else if (dialogue_after(command, "RCPT TO:") != NULL) {
        if (!connection->has_sender) {
            dialogue_violation(sink, "503 no\r\n");
            return;
        }
        connection->recipients++;
        dialogue_reply(sink, "250 2.1.5 Ok\r\n");
    } else {
        dialogue_violation(sink, "500 what\r\n");
    }
}

/* `command` is terminated, without its line end. */
static void dialogue_command(struct sink *sink, struct sink_connection *connection, const char *command)
{
    const char *parameters;

    sink->counts.commands++;
    sink->replies.commands++;
    /* The client cannot have read the reply to the command before: both commands are in one read. */
    if ((sink->offer & SINK_PIPELINING) == 0 && sink->replies.commands > 1)
        sink->counts.violations++;
    if ((parameters = dialogue_after(command, "BDAT ")) != NULL) {
        dialogue_bdat(sink, connection, parameters);
    } else if (strcasecmp(command, "DATA") == 0) {
        if (connection->recipients == 0) {
            dialogue_violation(sink, "503 no\r\n");
            return;
        }
        connection->in_data = 1;
        connection->scan = SINK_SCAN_LINE;
        dialogue_reply(sink, "354 go ahead\r\n");
    } else if (strcasecmp(command, "RSET") == 0) {
        dialogue_reset(connection);
        dialogue_reply(sink, "250 2.0.0 Ok\r\n");
    } else if (strcasecmp(command, "NOOP") == 0) {
        dialogue_reply(sink, "250 2.0.0 Ok\r\n");
    } else if (strcasecmp(command, "QUIT") == 0) {
        connection->over = 1;
        dialogue_reply(sink, "221 2.0.0 Bye\r\n");
    } else if (dialogue_after(command, "EHLO ") != NULL) {
        dialogue_reset(connection);
        dialogue_ehlo(sink);
    } else if (dialogue_after(command, "HELO ") != NULL) {
        dialogue_reset(connection);
        dialogue_reply(sink, "250 sink\r\n");
    } else {
        dialogue_envelope(sink, connection, command);
    }
}

/* Puts the command together from as many reads as it took. Returns how many octets it took. */
static size_t dialogue_line(struct sink *sink, struct sink_connection *connection, const char *data,
                            size_t length)
{
    const char *end = memchr(data, '\n', length);
    size_t taken = end != NULL ? (size_t)(end - data) + 1 : length;
    char *command = connection->command;
    size_t octets;

    if (taken >= sizeof connection->command - connection->command_octets) {
        dialogue_violation(sink, "500 long\r\n");
        connection->over = 1;
        return length;
    }
    memcpy(command + connection->command_octets, data, taken);
    connection->command_octets += taken;
    if (end == NULL)
        return taken;
    octets = connection->command_octets - 1;
    if (octets > 0 && command[octets - 1] == '\r')
        octets--;
    else
        sink->counts.violations++; /* a bare LF */
    command[octets] = '\0';
    connection->command_octets = 0;
    dialogue_command(sink, connection, command);
    return taken;
}

void sink_take_chunk(struct sink *sink, struct sink_connection *connection, size_t length)
{
    connection->octets += length;
    connection->bdat_left -= length;
    if (connection->bdat_left == 0)
        dialogue_chunk_end(sink, connection);
}

void sink_take(struct sink *sink, struct sink_connection *connection, const char *data, size_t length)
{
    size_t taken;

    for (; length > 0 && !connection->over; data += taken, length -= taken) {
        if (connection->in_bdat) {
            taken = connection->bdat_left < length ? (size_t)connection->bdat_left : length;
            sink_take_chunk(sink, connection, taken);
        } else if (connection->in_data) {
            taken = sink_scan(&connection->scan, data, length, &connection->octets);
            if (connection->scan == SINK_SCAN_END) {
                connection->in_data = 0;
                dialogue_accept(sink, connection);
            }
        } else {
            taken = dialogue_line(sink, connection, data, length);
            /* Octets of the message before 354 gave leave to send them. */
            if (connection->in_data && taken < length)
                sink->counts.violations++;
        }
    }
}
