/* SPDX-License-Identifier: MIT */
/* The lock, and waiting. Invariants: every object of the host layer is read and written under the one
 * lock, and no call under it can block. A waiter stands in the list exactly while it sleeps. */
#define _POSIX_C_SOURCE 200809L

#include "host.h"
#include <pthread.h>
#include <time.h>

struct lock_waiter {
    struct lock_waiter *next;
    const void *object;
    pthread_cond_t condition;
    int woken;
};

static pthread_mutex_t lock_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct lock_waiter *lock_waiters;
static __thread struct host_self lock_self;

struct host_self *host_self(void)
{
    return &lock_self;
}

UINT _nx_host_caller(VOID)
{
    return lock_self.caller;
}

void host_lock(void)
{
    (void)pthread_mutex_lock(&lock_mutex);
}

void host_unlock(void)
{
    (void)pthread_mutex_unlock(&lock_mutex);
}

static void lock_sleep(struct lock_waiter *waiter, uint64_t deadline_ns)
{
    struct timespec until;

    if (deadline_ns == HOST_NEVER) {
        (void)pthread_cond_wait(&waiter->condition, &lock_mutex);
        return;
    }
    until.tv_sec = (time_t)(deadline_ns / HOST_SECOND_NS);
    until.tv_nsec = (long)(deadline_ns % HOST_SECOND_NS);
    (void)pthread_cond_timedwait(&waiter->condition, &lock_mutex, &until);
}

enum host_wait_result host_wait(const void *object, uint64_t deadline_ns)
{
    struct lock_waiter waiter;
    struct lock_waiter **link;
    pthread_condattr_t attributes;
    int aborted;

    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&waiter.condition, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    waiter.object = object;
    waiter.woken = 0;
    waiter.next = lock_waiters;
    lock_waiters = &waiter;
    do {
        aborted = lock_self.thread && lock_self.thread->terminated;
        if (aborted || waiter.woken || host_now_ns() >= deadline_ns) {
            break;
        }
        lock_sleep(&waiter, deadline_ns);
    } while (1);
    for (link = &lock_waiters; *link != &waiter; link = &(*link)->next) {
    }
    *link = waiter.next;
    (void)pthread_cond_destroy(&waiter.condition);
    if (aborted) {
        return HOST_WAIT_ABORTED;
    }
    return waiter.woken ? HOST_WAIT_WOKEN : HOST_WAIT_TIMEOUT;
}

/* NULL wakes all: then each looks whether it was terminated. */
void host_wake(const void *object)
{
    struct lock_waiter *waiter;

    for (waiter = lock_waiters; waiter; waiter = waiter->next) {
        if (!object || waiter->object == object) {
            waiter->woken = 1;
            (void)pthread_cond_signal(&waiter->condition);
        }
    }
}

int host_wait_forbidden(ULONG wait_option)
{
    return wait_option != NX_NO_WAIT && lock_self.caller != NX_HOST_CALLER_THREAD;
}
