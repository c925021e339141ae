/* SPDX-License-Identifier: MIT */
/* Invariant: a kernel socket is watched exactly for the events that its state can use, so the network thread
 * never spins; callbacks of the application run on this thread, without the lock, one at a time. */
#define _GNU_SOURCE 1

#include "host.h"
#include <errno.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define IO_EVENTS 16

static pthread_t io_thread;
static int io_running;
static int io_stop;
static int io_epoll = -1;
static int io_wake = -1;
static uint64_t io_last_id; /* 0 is the wake-up's */
static const NX_TCP_SOCKET *io_callback_socket;

uint64_t host_io_id(void)
{
    return ++io_last_id;
}

void host_io_nudge(void)
{
    const uint64_t one = 1;

    if (io_wake >= 0 && write(io_wake, &one, sizeof one) < 0) {
        return; /* the counter is full: it is awake */
    }
}

static int io_open_callback(NX_TCP_SOCKET *socket_ptr)
{
    io_callback_socket = socket_ptr;
    host_unlock();
    return 1;
}

static void io_close_callback(void)
{
    host_lock();
    io_callback_socket = NULL;
    host_wake(&io_callback_socket);
}

void host_io_callback_wait(const NX_TCP_SOCKET *socket_ptr)
{
    while (io_callback_socket == socket_ptr && host_self()->caller != NX_HOST_CALLER_TIMER) {
        if (host_wait(&io_callback_socket, HOST_NEVER) == HOST_WAIT_ABORTED) {
            break;
        }
    }
}

static void io_call(NX_TCP_SOCKET *socket_ptr, VOID (*callback)(NX_TCP_SOCKET *))
{
    if (callback && io_open_callback(socket_ptr)) {
        callback(socket_ptr);
        io_close_callback();
    }
}

static void io_connected(struct host_socket *s)
{
    int error = 0;
    socklen_t size = sizeof error;

    (void)getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) {
        host_socket_close(s, 0);
    } else {
        host_socket_state(s, NX_TCP_ESTABLISHED);
        host_io_update(s);
    }
}

/* Everything that arrived, then what ended it. The socket may be gone after a callback: nothing is read from
 * it then. */
static void io_receive(struct host_socket *s)
{
    NX_TCP_SOCKET *owner = s->owner;
    VOID (*on_receive)(NX_TCP_SOCKET *) = s->on_receive;
    VOID (*on_disconnect)(NX_TCP_SOCKET *) = s->on_disconnect;
    enum host_receive_result result = host_receive_segment(s);

    if (result == HOST_RECEIVE_QUEUED) {
        io_call(owner, on_receive);
    } else if (result == HOST_RECEIVE_FIN) {
        host_socket_state(s, NX_TCP_CLOSE_WAIT);
        host_io_update(s);
        io_call(owner, on_disconnect);
    } else if (result == HOST_RECEIVE_RESET) {
        host_socket_close(s, 0);
        io_call(owner, on_disconnect);
    }
}

static void io_closing(struct host_socket *s)
{
    enum host_receive_result result = host_receive_discard(s);

    if (result == HOST_RECEIVE_FIN) {
        host_socket_state(s, NX_TCP_TIMED_WAIT);
        host_io_update(s);
    } else if (result == HOST_RECEIVE_RESET) {
        host_socket_close(s, 0);
    }
}

static void io_socket(struct host_socket *s, unsigned int events)
{
    UINT state = s->owner->nx_tcp_socket_state;

    if (state == NX_TCP_SYN_SENT) {
        io_connected(s);
        return;
    }
    if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) && s->send_blocked) {
        s->send_blocked = 0;
        host_wake(s->owner);
        host_io_update(s);
    }
    if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR))) {
        return;
    }
    if (state == NX_TCP_ESTABLISHED) {
        io_receive(s);
    } else if (state == NX_TCP_FIN_WAIT_1 || state == NX_TCP_FIN_WAIT_2) {
        io_closing(s);
    } else if (state == NX_TCP_CLOSE_WAIT) {
        host_socket_close(s, 0);
    }
}

static void io_event(const struct epoll_event *event)
{
    uint64_t id = event->data.u64;
    struct host_socket *s = host_sockets;
    uint64_t count;

    if (id == 0) {
        if (read(io_wake, &count, sizeof count) < 0) {
            return;
        }
        return;
    }
    while (s && s->id != id) {
        s = s->next;
    }
    if (s) {
        if (s->is_watched) {
            io_socket(s, event->events);
        }
    } else {
        VOID (*callback)(NX_TCP_SOCKET *, UINT) = NULL;
        UINT port = 0;
        NX_TCP_SOCKET *socket_ptr = host_listener_ready(id, &callback, &port);

        if (socket_ptr && callback && io_open_callback(socket_ptr)) {
            callback(socket_ptr, port);
            io_close_callback();
        }
    }
}

/* Milliseconds until the next acknowledgement, or until something comes again, for epoll_wait(). */
static int io_timeout(void)
{
    uint64_t due = HOST_NEVER;
    uint64_t now = host_now_ns();
    struct host_socket *s;

    for (s = host_sockets; s; s = s->next) {
        uint64_t next = host_send_acknowledge(s, 0);
        uint64_t again = host_receive_again(s);

        due = next < due ? next : due;
        due = again < due ? again : due;
    }
    if (due == HOST_NEVER) {
        return -1;
    }
    return due <= now ? 1 : (int)((due - now) / 1000000 % 1000000) + 1;
}

static void *io_main(void *unused)
{
    struct epoll_event events[IO_EVENTS];
    int count;
    int i;

    NX_PARAMETER_NOT_USED(unused);
    host_self()->caller = NX_HOST_CALLER_TIMER;
    host_lock();
    while (!io_stop) {
        int timeout = io_timeout();

        host_unlock();
        count = epoll_wait(io_epoll, events, IO_EVENTS, timeout);
        host_lock();
        for (i = 0; i < count; i++) {
            io_event(&events[i]);
        }
    }
    host_unlock();
    return NULL;
}

static void io_close_all(void)
{
    if (io_epoll >= 0) {
        (void)close(io_epoll);
    }
    if (io_wake >= 0) {
        (void)close(io_wake);
    }
    io_epoll = -1;
    io_wake = -1;
}

static int io_start(void)
{
    struct epoll_event wake;

    if (io_running) {
        return 1;
    }
    memset(&wake, 0, sizeof wake);
    wake.events = EPOLLIN;
    io_epoll = epoll_create1(EPOLL_CLOEXEC);
    io_wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (io_epoll < 0 || io_wake < 0 || epoll_ctl(io_epoll, EPOLL_CTL_ADD, io_wake, &wake) < 0 ||
        pthread_create(&io_thread, NULL, io_main, NULL) != 0) {
        io_close_all();
        return 0;
    }
    io_running = 1;
    return 1;
}

void host_io_watch_fd(int fd, uint64_t id, unsigned int events, int *is_watched, unsigned int *watched)
{
    struct epoll_event event;

    if ((*is_watched && *watched == events) || !io_start()) {
        return;
    }
    memset(&event, 0, sizeof event);
    event.events = events;
    event.data.u64 = id;
    (void)epoll_ctl(io_epoll, *is_watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
    *is_watched = 1;
    *watched = events;
}

void host_io_unwatch_fd(int fd, int *is_watched)
{
    struct epoll_event unused;

    if (*is_watched) {
        memset(&unused, 0, sizeof unused);
        (void)epoll_ctl(io_epoll, EPOLL_CTL_DEL, fd, &unused);
        *is_watched = 0;
    }
}

void host_io_update(struct host_socket *s)
{
    unsigned int send = s->send_blocked ? EPOLLOUT : 0;
    int wanted = s->fd >= 0;
    unsigned int events = 0;

    switch (s->owner->nx_tcp_socket_state) {
    case NX_TCP_SYN_SENT:
        events = EPOLLOUT;
        break;
    case NX_TCP_ESTABLISHED:
        /* The end of the connection is always reported: look away while there is nowhere to put what came
         * before. */
        events = send | (s->receive_stalled ? 0 : EPOLLIN);
        wanted = wanted && events;
        break;
    case NX_TCP_CLOSE_WAIT:
        events = send;
        break;
    case NX_TCP_FIN_WAIT_1:
    case NX_TCP_FIN_WAIT_2:
        events = EPOLLIN;
        break;
    default:
        wanted = 0;
        break;
    }
    if (wanted) {
        host_io_watch_fd(s->fd, s->id, events, &s->is_watched, &s->watched);
    } else {
        host_io_unwatch_fd(s->fd, &s->is_watched);
    }
}

void host_io_reset(void)
{
    int running;

    host_lock();
    running = io_running;
    io_stop = 1;
    host_io_nudge();
    host_unlock();
    if (running) {
        (void)pthread_join(io_thread, NULL);
    }
    host_lock();
    io_running = 0;
    io_stop = 0;
    io_close_all();
    host_unlock();
}
