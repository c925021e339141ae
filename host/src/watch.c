/* SPDX-License-Identifier: MIT */
/* The set of kernel sockets that the network thread waits for, each known by a number. Invariant: a number
 * is given once, so an event that arrives late cannot meet another socket. */
#define _GNU_SOURCE 1

#include "net.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

static int watch_epoll = -1;
static int watch_wake = -1;
static uint64_t watch_last_id; /* 0 is the wake-up's */

uint64_t host_watch_id(void)
{
    return ++watch_last_id;
}

int host_watch_open(void)
{
    struct epoll_event wake;

    memset(&wake, 0, sizeof wake);
    wake.events = EPOLLIN;
    watch_epoll = epoll_create1(EPOLL_CLOEXEC);
    watch_wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (watch_epoll < 0 || watch_wake < 0 || epoll_ctl(watch_epoll, EPOLL_CTL_ADD, watch_wake, &wake) < 0) {
        host_watch_close();
        return 0;
    }
    return 1;
}

void host_watch_close(void)
{
    if (watch_epoll >= 0) {
        (void)close(watch_epoll);
    }
    if (watch_wake >= 0) {
        (void)close(watch_wake);
    }
    watch_epoll = -1;
    watch_wake = -1;
}

void host_watch_nudge(void)
{
    const uint64_t one = 1;

    if (watch_wake >= 0 && write(watch_wake, &one, sizeof one) < 0) {
        return; /* the counter is full: the thread is awake */
    }
}

int host_watch_wait(struct host_watch_event *events, int timeout_ms)
{
    struct epoll_event reported[HOST_WATCH_EVENTS];
    uint64_t count;
    int found = epoll_wait(watch_epoll, reported, HOST_WATCH_EVENTS, timeout_ms);
    int kept = 0;
    int i;

    for (i = 0; i < found; i++) {
        if (reported[i].data.u64 == 0) {
            while (read(watch_wake, &count, sizeof count) > 0) {
            }
        } else {
            events[kept].id = reported[i].data.u64;
            events[kept].events = reported[i].events;
            kept++;
        }
    }
    return kept;
}

void host_watch_fd(int fd, uint64_t id, unsigned int events, int *is_watched, unsigned int *watched)
{
    struct epoll_event event;

    if (watch_epoll < 0 || (*is_watched && *watched == events)) {
        return;
    }
    memset(&event, 0, sizeof event);
    event.events = events;
    event.data.u64 = id;
    (void)epoll_ctl(watch_epoll, *is_watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
    *is_watched = 1;
    *watched = events;
}

void host_unwatch_fd(int fd, int *is_watched)
{
    struct epoll_event unused;

    if (*is_watched) {
        memset(&unused, 0, sizeof unused);
        (void)epoll_ctl(watch_epoll, EPOLL_CTL_DEL, fd, &unused);
        *is_watched = 0;
    }
}
