/* SPDX-License-Identifier: MIT */
/* Inside the host layer, ThreadX's part. One lock guards every object. A thread waits for the address of an
 * object; a wake names the address. */
#ifndef HOST_H
#define HOST_H

#include "netx_host.h"
#include <setjmp.h>
#include <stdint.h>

/* ---- lock.c ---- */
enum host_wait_result {
    HOST_WAIT_WOKEN,
    HOST_WAIT_TIMEOUT,
    HOST_WAIT_ABORTED
};
#define HOST_NEVER UINT64_MAX

struct host_thread;
struct host_self {
    UINT caller; /* NX_HOST_CALLER_... */
    struct host_thread *thread;
};
struct host_self *host_self(void);
void host_lock(void);
void host_unlock(void);
/* Releases the lock while waiting. Always check the condition again, whatever the result. */
enum host_wait_result host_wait(const void *object, uint64_t deadline_ns);
void host_wake(const void *object);
/* Whether the caller may not wait so: only a thread may wait. */
int host_wait_forbidden(ULONG wait_option);

/* ---- clock.c ---- */
#define HOST_SECOND_NS UINT64_C(1000000000)
uint64_t host_now_ns(void);
uint64_t host_ticks(void);
uint64_t host_ticks_to_ns(uint64_t ticks);
/* 0 for NX_NO_WAIT, HOST_NEVER for NX_WAIT_FOREVER. */
uint64_t host_deadline(ULONG wait_option);

/* ---- objects.c ---- */
enum host_kind {
    HOST_THREAD,
    HOST_MUTEX,
    HOST_SEMAPHORE,
    HOST_EVENT_FLAGS,
    HOST_TIMER,
    HOST_POOL,
    HOST_IP,
    HOST_SOCKET
};
/* 0 when it is there already. */
int host_object_add(enum host_kind kind, void *object);
int host_object_is(enum host_kind kind, const void *object);
void host_object_remove(enum host_kind kind, const void *object);
/* The index-th object of a kind, or NULL. */
void *host_object_at(enum host_kind kind, size_t index);
void host_objects_reset(void);

/* ---- thread.c ---- */
struct host_thread {
    struct host_thread *next;
    TX_THREAD *owner;
    ULONG64 pthread[2]; /* a pthread_t */
    int attached;       /* by netx_host_run(): `escape` is how it ends */
    jmp_buf escape;
    VOID (*entry)(ULONG);
    ULONG input;
    int suspended;
    int terminated;
    int finished;
};
void host_threads_hold(int hold);
UINT host_threads_reset(void);

/* ---- service.c ---- */
/* A service that may stop the calling thread runs between these two, with the lock held. Suspend and
 * terminate take effect in host_leave(). */
void host_enter(void);
void host_leave(void);
/* Without the lock, by the thread itself: frees its mutexes and marks it finished. */
void host_thread_finish(struct host_thread *thread, UINT state);
/* With the lock held. */
void host_mutex_free(TX_MUTEX *mutex_ptr);

/* ---- timer.c ---- */
void host_timer_reset(void);

/* ---- control.c ---- */
struct host_controls {
    ULONG mss;
    ULONG send_limit;
    ULONG window;
    ULONG shut;       /* ticks from the first probe of a shut window to its answer; 0: it is not shut */
    uint64_t shut_ns; /* when the answer comes; 0: nothing asked for it yet */
    ULONG acknowledge_delay;
    ULONG receive_size;
    ULONG receive_piece;
    ULONG receive_lines;
    ULONG drop_delay;
    ULONG dropped; /* counts */
};
extern struct host_controls host_controls;
/* Counts a call of the service; 1 when it must fail with *status. */
int host_fault(UINT service, UINT *status);
void host_controls_reset(void);

#endif
