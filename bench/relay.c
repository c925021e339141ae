/* SPDX-License-Identifier: MIT */
/* A relay that adds a delay. Invariants: an octet leaves `delay` after it arrived, and no sooner. The octets
 * of one direction keep their order. Any number may be under way.
 *
 * Over a real path a connection takes a round trip before its client may send, and the server sees it half a
 * round trip later. Here the kernel connects the client to the relay at once. So the relay connects to the
 * server three delays after the client came. The greeting reaches the client one delay after that: two round
 * trips after it began to connect, as over the path. Octets that a client sends before then wait for the
 * server's connection.
 *
 * usage: relay --to PORT [--delay-us N] [--limit-s N]
 * Prints its port at once. At SIGTERM it prints one line of JSON: its counts, and the time from the first
 * connection to the last client's end. */

#define _GNU_SOURCE

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "common.h"
#include "relay.h"

#define RELAY_EVENTS        64
/* Delays from a client's connecting to the server's noticing: there, back, there. */
#define RELAY_SET_UP_DELAYS 3

struct relay_link;

/* One end of a link: the data of an event. */
struct relay_end {
    struct relay_link *link;
    struct relay_flow *in;  /* what is read here */
    struct relay_flow *out; /* what is delivered here */
};

struct relay_link {
    struct relay_link *next;
    int is_dead;
    uint64_t call_us; /* when to call the server; 0: done */
    struct relay_flow up;
    struct relay_flow down;
    struct relay_end client;
    struct relay_end server;
};

static volatile sig_atomic_t relay_is_told_to_end;

static struct relay_link *relay_links;
static size_t relay_server_port;
static size_t relay_delay_us = 10000;
static int relay_poll;
static int relay_timer;
static uint64_t relay_connections;
static uint64_t relay_octets_up;
static uint64_t relay_octets_down;
static uint64_t relay_first_us;
static uint64_t relay_last_us;

static void relay_on_sigterm(int number)
{
    (void)number;
    relay_is_told_to_end = 1;
}

static void relay_watch(int handle, void *pointer)
{
    /* Edges: a full receiver or one that waits for its time makes no noise. */
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = pointer};

    if (epoll_ctl(relay_poll, EPOLL_CTL_ADD, handle, &event) != 0)
        bench_die("epoll_ctl: %s", strerror(errno));
}

static void relay_accept(int listener)
{
    struct relay_link *link;
    int handle;

    while ((handle = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        const uint64_t now_us = bench_now_us();
        if (relay_connections++ == 0)
            relay_first_us = now_us;
        bench_set_nodelay(handle);
        link = bench_allocate(sizeof *link);
        memset(link, 0, sizeof *link);
        relay_flow_init(&link->up, handle, -1);
        relay_flow_init(&link->down, -1, handle);
        link->client = (struct relay_end){link, &link->up, &link->down};
        link->server = (struct relay_end){link, &link->down, &link->up};
        link->call_us = now_us + RELAY_SET_UP_DELAYS * relay_delay_us;
        link->next = relay_links;
        relay_links = link;
        relay_watch(handle, &link->client);
    }
    if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
        bench_die("accept: %s", strerror(errno));
}

/* Calls the server; on loopback that is done at once. */
static void relay_call(struct relay_link *link)
{
    int handle = bench_connect(relay_server_port);

    bench_set_nonblocking(handle);
    link->call_us = 0;
    link->up.to = handle;
    link->down.from = handle;
    relay_watch(handle, &link->server);
}

/* Reads until there is no more, for edges are told once. */
static void relay_read(struct relay_flow *flow, struct relay_link *link)
{
    int status;

    do {
        status = relay_flow_read(flow, bench_now_us() + relay_delay_us);
    } while (status > 0);
    link->is_dead = link->is_dead || status < 0;
    if (flow == &link->up && (flow->is_read_out || link->is_dead))
        relay_last_us = bench_now_us();
}

/* Does what is due on a link and returns when to look at it again. */
static uint64_t relay_serve_link(struct relay_link *link)
{
    const uint64_t now_us = bench_now_us();
    uint64_t up_us;
    uint64_t down_us;

    if (link->is_dead)
        return UINT64_MAX;
    if (link->call_us != 0 && link->call_us > now_us)
        return link->call_us;
    if (link->call_us != 0)
        relay_call(link);
    if (relay_flow_deliver(&link->up, now_us) != 0 || relay_flow_deliver(&link->down, now_us) != 0 ||
        (link->up.is_delivered && link->down.is_delivered)) {
        link->is_dead = 1;
        return UINT64_MAX;
    }
    up_us = relay_flow_due_us(&link->up);
    down_us = relay_flow_due_us(&link->down);
    return up_us < down_us ? up_us : down_us;
}

static void relay_bury(void)
{
    struct relay_link **at = &relay_links;

    while (*at != NULL) {
        struct relay_link *link = *at;
        if (!link->is_dead) {
            at = &link->next;
            continue;
        }
        *at = link->next;
        relay_octets_up += link->up.octets;
        relay_octets_down += link->down.octets;
        (void)close(link->up.from);
        if (link->down.from >= 0)
            (void)close(link->down.from);
        relay_flow_free(&link->up);
        relay_flow_free(&link->down);
        free(link);
    }
}

/* Serves every link, and sets the timer to the earliest time that one of them named. */
static void relay_serve_links(void)
{
    uint64_t next_us = UINT64_MAX;
    struct itimerspec timer = {.it_value.tv_sec = 0};
    struct relay_link *link;

    for (link = relay_links; link != NULL; link = link->next) {
        uint64_t due_us = relay_serve_link(link);
        if (due_us < next_us)
            next_us = due_us;
    }
    relay_bury();
    if (next_us != UINT64_MAX) {
        timer.it_value.tv_sec = (time_t)(next_us / 1000000U);
        timer.it_value.tv_nsec = (long)(next_us % 1000000U) * 1000L;
    }
    if (timerfd_settime(relay_timer, TFD_TIMER_ABSTIME, &timer, NULL) != 0)
        bench_die("timerfd_settime: %s", strerror(errno));
}

static void relay_run(int listener, const sigset_t *mask)
{
    struct epoll_event events[RELAY_EVENTS];
    int count;
    int i;

    while (!relay_is_told_to_end) {
        count = epoll_pwait(relay_poll, events, RELAY_EVENTS, -1, mask);
        for (i = 0; i < count; i++) {
            struct relay_end *end = events[i].data.ptr;
            if (end == NULL) {
                relay_accept(listener);
            } else if (end->link != NULL) {
                end->out->is_full = end->out->is_full && (events[i].events & EPOLLOUT) == 0;
                relay_read(end->in, end->link);
            }
        }
        relay_serve_links();
    }
}

int main(int argc, char **argv)
{
    size_t limit_s = BENCH_LIMIT_S;
    const struct bench_option options[] = {{"to", &relay_server_port, NULL},
                                           {"delay-us", &relay_delay_us, NULL},
                                           {"limit-s", &limit_s, NULL},
                                           {NULL, NULL, NULL}};
    static struct relay_end timer_end;
    struct sigaction action = {.sa_handler = relay_on_sigterm};
    sigset_t sigterm;
    sigset_t mask;
    uint16_t port = 0;
    int listener;

    (void)bench_options(argc, argv, options);
    bench_limit_life(limit_s);
    (void)sigemptyset(&sigterm);
    (void)sigaddset(&sigterm, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &sigterm, &mask);
    (void)sigaction(SIGTERM, &action, NULL);
    listener = bench_listen(&port);
    relay_poll = epoll_create1(EPOLL_CLOEXEC);
    relay_timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (relay_poll < 0 || relay_timer < 0)
        bench_die("epoll or timerfd: %s", strerror(errno));
    relay_watch(listener, NULL);
    relay_watch(relay_timer, &timer_end);
    printf("%u\n", (unsigned)port);
    (void)fflush(stdout);
    relay_run(listener, &mask);
    while (relay_links != NULL) {
        relay_links->is_dead = 1;
        relay_bury();
    }
    printf("{\"connections\": %" PRIu64 ", \"octets_up\": %" PRIu64 ", \"octets_down\": %" PRIu64
           ", \"wall_us\": %" PRIu64 "}\n",
           relay_connections, relay_octets_up, relay_octets_down,
           relay_last_us > relay_first_us ? relay_last_us - relay_first_us : 0);
    return 0;
}
