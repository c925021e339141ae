/* SPDX-License-Identifier: MIT */
/* A thousand SMTP sessions in one thread: epoll, sockets that never block, and the bare session API.
 *
 *     epoll_sessions [-t MILLISECONDS] HOST PORT [SESSIONS [MAILS]]
 *
 * Opens SESSIONS connections (1000) to one server, sends MAILS mails (1) over each, and prints the results.
 * Option -t is the longest wait for a reply, instead of the minutes of RFC 5321. The exit status is 0 when
 * every mail was accepted, 1 when not, 2 when it could not begin.
 *
 * Most of it is connection_step() in epoll_connection.c. It is called after each event of a connection:
 * octets arrived, there is room to send, or a deadline passed. It does all that the session wants without
 * waiting. Then it derives the next wait from the session: events for epoll, and a deadline. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "epoll_connection.h"

/* Connections being made at the same time: more than a server's backlog would only be dropped and
 * repeated. */
#define CONNECTING_MAX    100
#define EVENTS_A_TURN     256
/* Descriptors besides the connections: the standard ones, epoll, and some to spare. */
#define OTHER_DESCRIPTORS 16

static struct loop loop;

/* 64 bits, so that the deadlines never wrap. The sessions take the low 32, and do not mind. */
static uint64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Opens as many connections as may be open, and may be being made, at the same time. */
static int loop_open(uint64_t now)
{
    while (loop.opened < loop.sessions && loop.open < loop.open_max && loop.connecting < CONNECTING_MAX) {
        if (connection_open(&loop.connections[loop.opened], &loop, now) == 0)
            continue;
        if (loop.open == 0)
            return -1;
        loop.open_max = loop.open; /* The system has no more to give: the rest waits for its turn. */
    }
    return 0;
}

/* Lets every deadline pass that is due. Each moves away, or is cleared, as its connection is dealt with. */
static void loop_deadlines(uint64_t now)
{
    struct deadline *first;

    while ((first = deadline_first(&loop.deadlines)) != NULL && first->due_ms <= now)
        connection_step((struct connection *)first, 0, now);
}

static int loop_timeout_ms(uint64_t now)
{
    const struct deadline *first = deadline_first(&loop.deadlines);

    if (first == NULL)
        return -1;
    if (first->due_ms <= now)
        return 0;
    return first->due_ms - now < 60000 ? (int)(first->due_ms - now) : 60000;
}

/* Runs until all sessions are over. Returns 0, or -1 with errno set. */
static int loop_run(void)
{
    static struct epoll_event events[EVENTS_A_TURN];

    while (loop_open(now_ms()) == 0) {
        uint64_t now;
        int ready;
        int i;

        if (loop.open == 0)
            return 0;
        ready = epoll_wait(loop.epoll, events, EVENTS_A_TURN, loop_timeout_ms(now_ms()));
        if (ready < 0 && errno != EINTR)
            return -1;
        now = now_ms();
        for (i = 0; i < ready; i++)
            connection_step(events[i].data.ptr, events[i].events, now);
        loop_deadlines(now);
    }
    return -1;
}

/* A connection is a descriptor: asks for as many as are needed, and makes do with what is allowed. */
static void loop_descriptors(void)
{
    struct rlimit limit = {0, 0};
    rlim_t needed = (rlim_t)loop.sessions + OTHER_DESCRIPTORS;

    (void)getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < needed) {
        limit.rlim_cur = limit.rlim_max < needed ? limit.rlim_max : needed;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
        (void)getrlimit(RLIMIT_NOFILE, &limit);
    }
    loop.open_max = loop.sessions;
    if (limit.rlim_cur < needed)
        loop.open_max =
            limit.rlim_cur > OTHER_DESCRIPTORS ? (unsigned)(limit.rlim_cur - OTHER_DESCRIPTORS) : 1;
}

static unsigned number(const char *text, unsigned max)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    return *end == '\0' && value >= 1 && value <= max ? (unsigned)value : 0;
}

/* Returns 0, or -1: the reason was printed. */
static int loop_begin(int argc, char **argv)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *addresses = NULL;
    unsigned limit_ms = 0;
    int option;
    int reason;

    while ((option = getopt(argc, argv, "t:")) == 't' && (limit_ms = number(optarg, 600000)) != 0)
        continue;
    argv += optind;
    argc -= optind;
    loop.sessions = argc > 2 ? number(argv[2], 1000000) : 1000;
    loop.mails = argc > 3 ? number(argv[3], 1000000) : 1;
    if (option != -1 || argc < 2 || argc > 4 || loop.sessions == 0 || loop.mails == 0) {
        (void)fprintf(stderr, "usage: epoll_sessions [-t MILLISECONDS] HOST PORT [SESSIONS [MAILS]]\n");
        return -1;
    }
    /* The one call that waits, so it comes before the loop. */
    reason = getaddrinfo(argv[0], argv[1], &hints, &addresses);
    if (reason != 0) {
        (void)fprintf(stderr, "epoll_sessions: %s: %s\n", argv[0], gai_strerror(reason));
        return -1;
    }
    loop.address = addresses;
    loop.limits = postino_time_limits_rfc5321;
    if (limit_ms != 0)
        loop.limits =
            (struct postino_time_limits){limit_ms, limit_ms, limit_ms, limit_ms, limit_ms, limit_ms, 0};
    loop.config = (struct postino_session_config){.ehlo_name = "station.a.test",
                                                  .faults = &postino_faults,
                                                  .time_limits = &loop.limits,
                                                  .extensions = postino_extensions_all,
                                                  .mails_in_flight_max = IN_FLIGHT};
    loop_descriptors();
    loop.epoll = epoll_create1(EPOLL_CLOEXEC);
    loop.connections = calloc(loop.sessions, sizeof *loop.connections);
    loop.deadlines.heap = calloc((size_t)loop.sessions + 1, sizeof(struct deadline *));
    if (loop.epoll < 0 || loop.connections == NULL || loop.deadlines.heap == NULL) {
        perror("epoll_sessions");
        return -1;
    }
    /* The configuration is the same for all connections, so the first error is printed alone. */
    reason = postino_session_init(&loop.connections[0].session, &loop.config, 0);
    if (reason != 0)
        (void)fprintf(stderr, "epoll_sessions: %s\n", postino_strerror(reason));
    return reason;
}

static void loop_report(uint64_t passed_ms)
{
    const unsigned long *outcomes = loop.outcomes;
    struct rusage usage = {0};
    int error;

    /* The kernel counts the largest that this process ever was: before exec() it was who started it. */
    (void)getrusage(RUSAGE_SELF, &usage);
    printf("%lu accepted, %lu refused, %lu unknown, %lu not attempted\n", outcomes[POSTINO_OUTCOME_ACCEPTED],
           outcomes[POSTINO_OUTCOME_TRANSIENT] + outcomes[POSTINO_OUTCOME_PERMANENT],
           outcomes[POSTINO_OUTCOME_UNKNOWN], outcomes[POSTINO_OUTCOME_NOT_ATTEMPTED]);
    for (error = 1; error < ERRORS; error++)
        if (loop.errors[error] != 0)
            printf("  %lu: %s\n", loop.errors[error], postino_strerror(-error));
    printf("%u sessions in %lu.%03lu s, %zu octets each, %ld KiB in all\n", loop.opened,
           (unsigned long)(passed_ms / 1000), (unsigned long)(passed_ms % 1000), sizeof(struct connection),
           usage.ru_maxrss);
}

int main(int argc, char **argv)
{
    uint64_t begin_ms = now_ms();

    if (loop_begin(argc, argv) != 0)
        return 2;
    if (loop_run() != 0)
        perror("epoll_sessions");
    loop_report(now_ms() - begin_ms);
    return loop.outcomes[POSTINO_OUTCOME_ACCEPTED] != (unsigned long)loop.sessions * loop.mails;
}
