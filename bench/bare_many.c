/* SPDX-License-Identifier: MIT */
/* Invariant: each connection has at most one mail unanswered, so what it is sent fits into its socket's
 * buffer and no write waits. The limit for a client of many connections: prepared octets, one write a mail.
 *
 * usage: bare_many --port N [--connections N] [--mails N] [--octets N] [--limit-s N]
 * The server must offer PIPELINING and CHUNKING; `octets` is at most 16 KiB. */

#define _GNU_SOURCE

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "bare.h"

#define MANY_EVENTS     256
#define MANY_OCTETS_MAX 16384

/* The last command sent, whose reply is to come. */
enum many_stage {
    MANY_GREETING,
    MANY_EHLO,
    MANY_MAIL,
    MANY_QUIT
};

struct many_connection {
    struct bare bare;
    enum many_stage stage;
    size_t mails_left;
    size_t awaited; /* replies */
};

static int many_poll;
static size_t many_open;

static void many_connect(struct many_connection *connection, size_t port)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};

    connection->bare.handle = bench_connect(port);
    if (epoll_ctl(many_poll, EPOLL_CTL_ADD, connection->bare.handle, &event) != 0)
        bench_die("epoll_ctl: %s", strerror(errno));
    connection->awaited = 1;
    many_open++;
}

static void many_say(struct many_connection *connection, enum many_stage stage, const char *data,
                     size_t octets, size_t awaited)
{
    connection->stage = stage;
    connection->awaited = awaited;
    bare_write(&connection->bare, data, octets);
}

/* Everything was answered: what comes next goes out. */
static void many_next(struct many_connection *connection, const struct bare_text *mail)
{
    if (connection->stage == MANY_GREETING) {
        many_say(connection, MANY_EHLO, BARE_EHLO, strlen(BARE_EHLO), 1);
    } else if (connection->stage == MANY_QUIT) {
        (void)close(connection->bare.handle);
        many_open--;
    } else if (connection->mails_left > 0) {
        connection->mails_left--;
        many_say(connection, MANY_MAIL, mail->data, mail->octets, 3);
    } else {
        many_say(connection, MANY_QUIT, BARE_QUIT, strlen(BARE_QUIT), 1);
    }
}

static void many_run(const struct bare_text *mail)
{
    struct epoll_event events[MANY_EVENTS];
    int ready;
    int i;

    while (many_open > 0) {
        ready = epoll_wait(many_poll, events, MANY_EVENTS, -1);
        for (i = 0; i < ready; i++) {
            struct many_connection *connection = events[i].data.ptr;
            size_t replies = bare_poll(&connection->bare, 0);
            if (replies > connection->awaited)
                bench_die("more replies than commands");
            connection->awaited -= replies;
            if (connection->awaited == 0)
                many_next(connection, mail);
        }
    }
}

int main(int argc, char **argv)
{
    struct many_connection *connections;
    struct bench_message message;
    struct bare_text mail;
    size_t port = 0;
    size_t count = 1000;
    size_t mails = 1000;
    size_t octets = 2048;
    size_t limit_s = BENCH_LIMIT_S;
    const struct bench_option options[] = {{"port", &port, NULL},       {"connections", &count, NULL},
                                           {"mails", &mails, NULL},     {"octets", &octets, NULL},
                                           {"limit-s", &limit_s, NULL}, {NULL, NULL, NULL}};
    size_t i;

    (void)bench_options(argc, argv, options);
    if (count == 0 || octets > MANY_OCTETS_MAX)
        bench_die("--connections takes at least 1, --octets at most %d", MANY_OCTETS_MAX);
    bench_limit_life(limit_s);
    message = bench_message_make(octets);
    mail = bare_text_make(message.octets + BARE_WORD_OCTETS);
    bare_add_bdat(&mail, &message);
    many_poll = epoll_create1(EPOLL_CLOEXEC);
    connections = bench_allocate_for_good(count * sizeof *connections);
    for (i = 0; i < count; i++) {
        connections[i].mails_left = mails / count + (i < mails % count);
        many_connect(&connections[i], port);
    }
    many_run(&mail);
    return 0;
}
