/* SPDX-License-Identifier: MIT */
#ifndef SCRIPTED_SERVER_H
#define SCRIPTED_SERVER_H

/* An SMTP server in a thread of its own that plays a script: its replies, the lines that it expects, and its
 * failures. The server keeps the first departure in `fault` and ends the script. Every wait is bounded. The
 * script is a list of lines, ended by NULL:
 *
 * - accept takes the next connection;
 * - S: text says a line;
 * - C: text expects a line;
 * - message takes the lines up to the lone dot, into `message`;
 * - close, reset end the connection;
 * - silence says nothing until the client ends the connection.
 */

#include "loopback.h"

#include <pthread.h>
#include <sys/time.h>

struct scripted_server {
    const char *const *script;
    int listener;
    int connection;
    pthread_t thread;
    char fault[200];
    char message[2000];
};

static inline void scripted_server_fault(struct scripted_server *server, const char *line, const char *what)
{
    (void)snprintf(server->fault, sizeof server->fault, "at \"%.90s\": %.90s", line, what);
}

/* Reads up to a line feed, which it takes and does not keep. Returns 0, or -1 when none came. */
static inline int scripted_server_read(struct scripted_server *server, char *line, size_t size)
{
    size_t length = 0;

    while (length < size - 1 && recv(server->connection, line + length, 1, 0) == 1) {
        if (line[length] == '\n') {
            line[length > 0 && line[length - 1] == '\r' ? length - 1 : length] = '\0';
            return 0;
        }
        length++;
    }
    line[length] = '\0';
    return -1;
}

static inline void scripted_server_accept(struct scripted_server *server, const char *line)
{
    const struct timeval patience = {.tv_sec = LOOPBACK_PATIENCE_MS / 1000};
    struct pollfd entry = {.fd = server->listener, .events = POLLIN};

    if (poll(&entry, 1, LOOPBACK_PATIENCE_MS) == 1)
        server->connection = accept(server->listener, NULL, NULL);
    if (server->connection < 0)
        scripted_server_fault(server, line, "nobody connected");
    else
        (void)setsockopt(server->connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

static inline void scripted_server_close(struct scripted_server *server, int onoff)
{
    const struct linger reset = {.l_onoff = onoff, .l_linger = 0};

    (void)setsockopt(server->connection, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    (void)close(server->connection);
    server->connection = -1;
}

static inline void scripted_server_message(struct scripted_server *server, const char *line)
{
    char text[1000];

    server->message[0] = '\0';
    while (scripted_server_read(server, text, sizeof text) == 0) {
        if (strcmp(text, ".") == 0)
            return;
        (void)strncat(server->message, text, sizeof server->message - strlen(server->message) - 1);
        (void)strncat(server->message, "\n", sizeof server->message - strlen(server->message) - 1);
    }
    scripted_server_fault(server, line, "no end mark");
}

static inline void scripted_server_line(struct scripted_server *server, const char *line)
{
    char text[1000];

    if (strcmp(line, "accept") == 0) {
        scripted_server_accept(server, line);
    } else if (strcmp(line, "close") == 0) {
        scripted_server_close(server, 0);
    } else if (strcmp(line, "reset") == 0) {
        scripted_server_close(server, 1);
    } else if (strcmp(line, "message") == 0) {
        scripted_server_message(server, line);
    } else if (strncmp(line, "S: ", 3) == 0) {
        int length = snprintf(text, sizeof text, "%s\r\n", line + 3);
        if (send(server->connection, text, (size_t)length, MSG_NOSIGNAL) != length)
            scripted_server_fault(server, line, "could not be sent");
    } else if (strncmp(line, "C: ", 3) == 0) {
        if (scripted_server_read(server, text, sizeof text) != 0 || strcmp(text, line + 3) != 0)
            scripted_server_fault(server, line, text);
    } else if (scripted_server_read(server, text, sizeof text) == 0) {
        scripted_server_fault(server, line, text);
    }
}

static inline void *scripted_server_run(void *argument)
{
    struct scripted_server *server = argument;

    for (const char *const *line = server->script; *line != NULL && server->fault[0] == '\0'; line++)
        scripted_server_line(server, *line);
    if (server->connection >= 0)
        scripted_server_close(server, 0);
    (void)close(server->listener);
    return NULL;
}

/* Starts to play. Returns the port, valid until the next call. */
static inline const char *scripted_server_start(struct scripted_server *server, const char *const *script)
{
    const char *port;

    server->script = script;
    server->listener = loopback_listen(AF_INET);
    server->connection = -1;
    server->fault[0] = '\0';
    server->message[0] = '\0';
    port = loopback_port(server->listener);
    assert_int_equal(pthread_create(&server->thread, NULL, scripted_server_run, server), 0);
    return port;
}

/* Waits for the end of the script: it must have been played whole. */
static inline void scripted_server_join(struct scripted_server *server)
{
    assert_int_equal(pthread_join(server->thread, NULL), 0);
    assert_string_equal(server->fault, "");
}

#endif
