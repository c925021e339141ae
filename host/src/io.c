/* SPDX-License-Identifier: MIT */
/* The network thread: it takes the kernel's events to the sockets. Invariant: callbacks of the application
 * run on this thread, without the lock, one at a time. */
#define _GNU_SOURCE 1

#include "net.h"
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>

static pthread_t io_thread;
static int io_running;
static int io_stop;
static const NX_TCP_SOCKET *io_callback_socket;

static void io_open_callback(NX_TCP_SOCKET *socket_ptr)
{
    io_callback_socket = socket_ptr;
    host_unlock();
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
    if (callback) {
        io_open_callback(socket_ptr);
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
        host_socket_watch(s);
    }
}

/* Everything that arrived, then what ended it. The socket may be gone after a callback: nothing is read
 * from it then. */
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
        host_socket_watch(s);
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
        host_socket_watch(s);
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
        host_socket_watch(s);
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

static void io_listener(uint64_t id)
{
    VOID (*callback)(NX_TCP_SOCKET *, UINT) = NULL;
    UINT port = 0;
    NX_TCP_SOCKET *socket_ptr = host_listener_ready(id, &callback, &port);

    if (socket_ptr && callback) {
        io_open_callback(socket_ptr);
        callback(socket_ptr, port);
        io_close_callback();
    }
}

static void io_event(const struct host_watch_event *event)
{
    struct host_socket *s = host_sockets;

    while (s && s->id != event->id) {
        s = s->next;
    }
    if (!s) {
        io_listener(event->id);
    } else if (s->is_watched) {
        io_socket(s, event->events);
    }
}

/* Milliseconds until the next acknowledgement, or until something comes again, for host_watch_wait(). */
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
    struct host_watch_event events[HOST_WATCH_EVENTS];
    int count;
    int i;

    NX_PARAMETER_NOT_USED(unused);
    host_self()->caller = NX_HOST_CALLER_TIMER;
    host_lock();
    while (!io_stop) {
        int timeout_ms = io_timeout();

        host_unlock();
        count = host_watch_wait(events, timeout_ms);
        host_lock();
        for (i = 0; i < count; i++) {
            io_event(&events[i]);
        }
    }
    host_unlock();
    return NULL;
}

int host_io_start(void)
{
    if (!io_running && host_watch_open()) {
        io_running = pthread_create(&io_thread, NULL, io_main, NULL) == 0;
        if (!io_running) {
            host_watch_close();
        }
    }
    return io_running;
}

void host_io_reset(void)
{
    int running;

    host_lock();
    running = io_running;
    io_stop = 1;
    host_watch_nudge();
    host_unlock();
    if (running) {
        (void)pthread_join(io_thread, NULL);
    }
    host_lock();
    io_running = 0;
    io_stop = 0;
    host_watch_close();
    host_unlock();
}
