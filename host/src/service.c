/* SPDX-License-Identifier: MIT */
/* The border between the application and the host layer: entering and leaving a service, and the end of a
 * thread. Invariant: suspend and terminate stop a thread only here, when it leaves a service; a thread that
 * ends leaves no mutex behind. */
#define _POSIX_C_SOURCE 200809L

#include "host.h"
#include <pthread.h>

void host_mutex_free(TX_MUTEX *mutex_ptr)
{
    mutex_ptr->tx_mutex_ownership_count = 0;
    mutex_ptr->tx_mutex_owner = TX_NULL;
    mutex_ptr->tx_mutex_host = TX_NULL;
    host_wake(mutex_ptr);
}

static void service_free_mutexes(const struct host_self *self)
{
    TX_MUTEX *mutex_ptr;
    size_t i;

    for (i = 0; (mutex_ptr = host_object_at(HOST_MUTEX, i)) != NULL; i++) {
        if (mutex_ptr->tx_mutex_host == self) {
            host_mutex_free(mutex_ptr);
        }
    }
}

void host_thread_finish(struct host_thread *thread, UINT state)
{
    struct host_self *self = host_self();

    host_lock();
    service_free_mutexes(self);
    if (thread->owner) {
        thread->owner->tx_thread_state = state;
    }
    thread->finished = 1;
    self->thread = NULL;
    self->caller = NX_HOST_CALLER_INITIALIZATION;
    host_wake(thread);
    host_unlock();
}

static void service_end_thread(struct host_thread *thread)
{
    if (thread->attached) {
        longjmp(thread->escape, 1); /* netx_host_run() finishes it */
    }
    host_thread_finish(thread, TX_TERMINATED);
    pthread_exit(NULL);
}

void host_enter(void)
{
    host_lock();
}

void host_leave(void)
{
    struct host_thread *thread = host_self()->thread;
    int terminated = 0;

    if (thread) {
        while (thread->suspended && !thread->terminated) {
            (void)host_wait(thread, HOST_NEVER);
        }
        terminated = thread->terminated;
    }
    host_unlock();
    if (terminated) {
        service_end_thread(thread);
    }
}
