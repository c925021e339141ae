/* SPDX-License-Identifier: MIT */
/* Invariant: a connection whose replies have not all left is not read from, so that no client can make the
 * sink keep more than the replies to one read. Prints its port at once, its counts at SIGTERM as one line of
 * JSON.
 *
 * usage: sink [--offer WORD,...] [--read-octets N] [--limit-s N]
 * The words: PIPELINING CHUNKING 8BITMIME SIZE none. --read-octets bounds one read, to try splits. */

#define _GNU_SOURCE

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common.h"
#include "sink.h"

#define SINK_EVENTS      256
#define SINK_HANDLES_MAX 16384
/* Octets of a chunk that one call drops in the kernel. */
#define SINK_DROP_OCTETS (16U * 1024U * 1024U)

static volatile sig_atomic_t sink_is_told_to_end;

static struct sink sink;
static char sink_buffer[SINK_READ_OCTETS];
static size_t sink_read_octets = SINK_READ_OCTETS;
static int sink_poll;
static uint64_t sink_open_connections;
/* Those that are open, by their handle: what is open at the end is given back too. */
static struct sink_connection *sink_connections[SINK_HANDLES_MAX];
/* Closed during a round of events, of which later ones may still name them. */
static struct sink_connection *sink_closed;

static void sink_on_sigterm(int number)
{
    (void)number;
    sink_is_told_to_end = 1;
}

static void sink_close(struct sink_connection *connection)
{
    if (connection->handle < 0)
        return;
    sink_connections[connection->handle] = NULL;
    (void)close(connection->handle);
    connection->handle = -1;
    connection->next_closed = sink_closed;
    sink_closed = connection;
    sink_open_connections--;
}

static void sink_bury(void)
{
    while (sink_closed != NULL) {
        struct sink_connection *connection = sink_closed;
        sink_closed = connection->next_closed;
        free(connection->pending);
        free(connection);
    }
}

static void sink_watch(struct sink_connection *connection, int operation, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = connection};

    if (epoll_ctl(sink_poll, operation, connection->handle, &event) != 0)
        bench_die("epoll_ctl: %s", strerror(errno));
}

/* Sends what is there; keeps what the socket does not take. */
static void sink_send(struct sink_connection *connection, const char *text, size_t octets)
{
    ssize_t sent = send(connection->handle, text, octets, MSG_NOSIGNAL);
    char *kept;

    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        sink_close(connection);
        return;
    }
    if (sent < 0)
        sent = 0;
    octets -= (size_t)sent;
    if (octets > 0) {
        kept = bench_allocate(octets);
        memcpy(kept, text + sent, octets);
        free(connection->pending);
        connection->pending = kept;
        if (connection->pending_octets == 0)
            sink_watch(connection, EPOLL_CTL_MOD, EPOLLOUT);
        connection->pending_octets = octets;
        return;
    }
    if (connection->pending_octets > 0) {
        connection->pending_octets = 0;
        sink_watch(connection, EPOLL_CTL_MOD, EPOLLIN);
    }
    if (connection->over)
        sink_close(connection);
}

/* The replies to what one read brought leave in one write. */
static void sink_answer(struct sink_connection *connection, uint64_t mails_before)
{
    size_t octets = sink.replies.octets;

    if (sink.replies.commands > 0)
        sink.counts.groups++;
    sink.replies.commands = 0;
    sink.replies.octets = 0;
    if (octets > 0)
        sink_send(connection, sink.replies.text, octets);
    if (sink.counts.mails > mails_before)
        sink.counts.last_us = bench_now_us();
}

static void sink_read(struct sink_connection *connection)
{
    const uint64_t mails_before = sink.counts.mails;
    const int in_bdat = connection->in_bdat && connection->bdat_left > sizeof sink_buffer;
    ssize_t arrived;

    /* The kernel drops the octets of a large chunk without copying them, and none beyond the chunk. */
    if (in_bdat)
        arrived =
            recv(connection->handle, NULL,
                 connection->bdat_left < SINK_DROP_OCTETS ? (size_t)connection->bdat_left : SINK_DROP_OCTETS,
                 MSG_TRUNC);
    else
        arrived = recv(connection->handle, sink_buffer, sink_read_octets, 0);
    if (arrived < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (arrived <= 0) {
        sink_close(connection);
        return;
    }
    if (in_bdat)
        sink_take_chunk(&sink, connection, (size_t)arrived);
    else
        sink_take(&sink, connection, sink_buffer, (size_t)arrived);
    sink_answer(connection, mails_before);
}

static void sink_accept(int listener)
{
    struct sink_connection *connection;
    int handle;

    while ((handle = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        if (sink.counts.connections++ == 0)
            sink.counts.first_us = bench_now_us();
        if (++sink_open_connections > sink.counts.at_once)
            sink.counts.at_once = sink_open_connections;
        if (handle >= SINK_HANDLES_MAX)
            bench_die("more than %d connections", SINK_HANDLES_MAX);
        bench_set_nodelay(handle);
        connection = bench_allocate(sizeof *connection);
        memset(connection, 0, sizeof *connection);
        connection->handle = handle;
        sink_connections[handle] = connection;
        sink_watch(connection, EPOLL_CTL_ADD, EPOLLIN);
        sink_greet(&sink);
        sink_answer(connection, sink.counts.mails);
    }
    if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
        bench_die("accept: %s", strerror(errno));
}

static void sink_report(void)
{
    const struct sink_counts *counts = &sink.counts;
    const uint64_t wall_us = counts->mails > 0 ? counts->last_us - counts->first_us : 0;
    struct rusage usage;

    (void)getrusage(RUSAGE_SELF, &usage);
    printf("{\"connections\": %" PRIu64 ", \"at_once\": %" PRIu64 ", \"mails\": %" PRIu64
           ", \"recipients\": %" PRIu64 ", \"octets\": %" PRIu64 ", \"commands\": %" PRIu64
           ", \"groups\": %" PRIu64 ", \"violations\": %" PRIu64 ", \"wall_us\": %" PRIu64
           ", \"cpu_us\": %" PRIu64 "}\n",
           counts->connections, counts->at_once, counts->mails, counts->recipients, counts->octets,
           counts->commands, counts->groups, counts->violations, wall_us,
           (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000U +
               (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec));
}

static void sink_serve(int listener, const sigset_t *mask)
{
    struct epoll_event events[SINK_EVENTS];
    int count;
    int i;

    while (!sink_is_told_to_end) {
        count = epoll_pwait(sink_poll, events, SINK_EVENTS, -1, mask);
        for (i = 0; i < count; i++) {
            struct sink_connection *connection = events[i].data.ptr;
            if (connection == NULL)
                sink_accept(listener);
            else if (connection->handle >= 0 && connection->pending_octets > 0)
                sink_send(connection, connection->pending, connection->pending_octets);
            else if (connection->handle >= 0)
                sink_read(connection);
        }
        sink_bury();
    }
    for (i = 0; i < SINK_HANDLES_MAX; i++)
        if (sink_connections[i] != NULL)
            sink_close(sink_connections[i]);
    sink_bury();
}

static unsigned sink_offer_read(const char *words)
{
    static const struct {
        const char *word;
        unsigned offer;
    } known[] = {{"PIPELINING", SINK_PIPELINING},
                 {"CHUNKING", SINK_CHUNKING},
                 {"8BITMIME", SINK_8BITMIME},
                 {"SIZE", SINK_SIZE},
                 {"none", 0}};
    unsigned offer = 0;
    size_t i;

    while (*words != '\0') {
        size_t length = strcspn(words, ",");
        for (i = 0; i < sizeof known / sizeof *known; i++)
            if (strlen(known[i].word) == length && strncmp(known[i].word, words, length) == 0)
                break;
        if (i == sizeof known / sizeof *known)
            bench_die("cannot offer %s", words);
        offer |= known[i].offer;
        words += length;
        words += *words == ',';
    }
    return offer;
}

int main(int argc, char **argv)
{
    const char *offer = "PIPELINING,CHUNKING,8BITMIME,SIZE";
    size_t limit_s = BENCH_LIMIT_S;
    const struct bench_option options[] = {{"offer", NULL, &offer},
                                           {"read-octets", &sink_read_octets, NULL},
                                           {"limit-s", &limit_s, NULL},
                                           {NULL, NULL, NULL}};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    struct sigaction action = {.sa_handler = sink_on_sigterm};
    sigset_t sigterm;
    sigset_t mask;
    uint16_t port = 0;
    int listener;

    (void)bench_options(argc, argv, options);
    if (sink_read_octets < 1 || sink_read_octets > sizeof sink_buffer)
        bench_die("--read-octets takes 1 to %zu", sizeof sink_buffer);
    sink.offer = sink_offer_read(offer);
    bench_limit_life(limit_s);
    /* SIGTERM arrives only while epoll_pwait() waits, so none is missed. */
    (void)sigemptyset(&sigterm);
    (void)sigaddset(&sigterm, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &sigterm, &mask);
    (void)sigaction(SIGTERM, &action, NULL);
    listener = bench_listen(&port);
    sink_poll = epoll_create1(EPOLL_CLOEXEC);
    if (sink_poll < 0 || epoll_ctl(sink_poll, EPOLL_CTL_ADD, listener, &event) != 0)
        bench_die("epoll: %s", strerror(errno));
    printf("%u\n", (unsigned)port);
    (void)fflush(stdout);
    sink_serve(listener, &mask);
    sink_report();
    return 0;
}
