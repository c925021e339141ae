/* SPDX-License-Identifier: MIT */
/* Invariant: a host_thread is listed from create until its pthread was joined; its owner is NULL once the
 * application deleted the TX_THREAD, whose memory is then not touched again. */
#define _POSIX_C_SOURCE 200809L

#include "host.h"
#include <pthread.h>
#include <sched.h>

#define THREAD_ID      ((ULONG)0x54485244UL)
#define THREAD_STOP_NS (5 * HOST_SECOND_NS)

static struct host_thread *thread_list;
static int thread_held; /* tx_application_define() runs: nobody starts yet */

static pthread_t *thread_pthread(struct host_thread *thread)
{

    return (pthread_t *)(void *)thread->pthread;
}

static void thread_unlink(struct host_thread *thread)
{
    struct host_thread **link = &thread_list;

    while (*link && *link != thread) {
        link = &(*link)->next;
    }
    if (*link) {
        *link = thread->next;
    }
}

static struct host_thread *thread_of(const TX_THREAD *thread_ptr)
{
    return host_object_is(HOST_THREAD, thread_ptr) ? thread_ptr->tx_thread_host : NULL;
}

static void *thread_main(void *argument)
{
    struct host_thread *thread = argument;
    struct host_self *self = host_self();
    int terminated;

    host_lock();
    self->caller = NX_HOST_CALLER_THREAD;
    self->thread = thread;
    while ((thread_held || thread->suspended) && !thread->terminated) {
        (void)host_wait(thread, HOST_NEVER);
    }
    terminated = thread->terminated;
    host_unlock();
    if (!terminated) {
        thread->entry(thread->input);
    }
    host_thread_finish(thread, terminated ? TX_TERMINATED : TX_COMPLETED);
    return NULL;
}

void host_threads_hold(int hold)
{
    struct host_thread *thread;

    thread_held = hold;
    for (thread = thread_list; thread; thread = thread->next) {
        host_wake(thread);
    }
}

static UINT thread_create_check(const TX_THREAD *thread_ptr, VOID (*entry)(ULONG), const VOID *stack,
                                ULONG stack_size, UINT priority, UINT threshold, UINT auto_start)
{
    if (!thread_ptr || host_object_is(HOST_THREAD, thread_ptr)) {
        return TX_THREAD_ERROR;
    }
    if (!entry || !stack) {
        return TX_PTR_ERROR;
    }
    if (stack_size < TX_MINIMUM_STACK) {
        return TX_SIZE_ERROR;
    }
    if (priority >= TX_MAX_PRIORITIES) {
        return TX_PRIORITY_ERROR;
    }
    if (threshold > priority) {
        return TX_THRESH_ERROR;
    }
    if (auto_start > TX_AUTO_START) {
        return TX_START_ERROR;
    }
    return host_self()->caller == NX_HOST_CALLER_TIMER ? TX_CALLER_ERROR : TX_SUCCESS;
}

static struct host_thread *thread_new(TX_THREAD *thread_ptr, CHAR *name_ptr, VOID (*entry)(ULONG),
                                      ULONG input)
{
    struct host_thread *thread = calloc(1, sizeof *thread);

    if (!thread) {
        return NULL;
    }
    memset(thread_ptr, 0, sizeof *thread_ptr);
    thread_ptr->tx_thread_id = THREAD_ID;
    thread_ptr->tx_thread_name = name_ptr;
    thread_ptr->tx_thread_entry = entry;
    thread_ptr->tx_thread_entry_parameter = input;
    thread_ptr->tx_thread_host = thread;
    thread->owner = thread_ptr;
    thread->entry = entry;
    thread->input = input;
    thread->next = thread_list;
    thread_list = thread;
    (void)host_object_add(HOST_THREAD, thread_ptr);
    return thread;
}

UINT _tx_thread_create(TX_THREAD *thread_ptr, CHAR *name_ptr, VOID (*entry_function)(ULONG),
                       ULONG entry_input, VOID *stack_start, ULONG stack_size, UINT priority,
                       UINT preempt_threshold, ULONG time_slice, UINT auto_start)
{
    struct host_thread *thread;
    UINT status;

    NX_PARAMETER_NOT_USED(time_slice);
    host_enter();
    status = thread_create_check(thread_ptr, entry_function, stack_start, stack_size, priority,
                                 preempt_threshold, auto_start);
    if (status == TX_SUCCESS) {
        thread = thread_new(thread_ptr, name_ptr, entry_function, entry_input);
        status = thread ? TX_SUCCESS : TX_THREAD_ERROR;
        if (thread) {
            thread_ptr->tx_thread_priority = priority;
            thread_ptr->tx_thread_stack_start = stack_start;
            thread_ptr->tx_thread_stack_size = stack_size;
            thread->suspended = auto_start == TX_DONT_START;
            thread_ptr->tx_thread_state = thread->suspended ? TX_SUSPENDED : TX_READY;
            if (pthread_create(thread_pthread(thread), NULL, thread_main, thread) != 0) {
                host_object_remove(HOST_THREAD, thread_ptr);
                thread_unlink(thread);
                free(thread);
                status = TX_THREAD_ERROR;
            }
        }
    }
    host_leave();
    return status;
}

UINT _txe_thread_create(TX_THREAD *thread_ptr, CHAR *name_ptr, VOID (*entry_function)(ULONG),
                        ULONG entry_input, VOID *stack_start, ULONG stack_size, UINT priority,
                        UINT preempt_threshold, ULONG time_slice, UINT auto_start,
                        UINT thread_control_block_size)
{
    return thread_control_block_size == sizeof *thread_ptr
               ? _tx_thread_create(thread_ptr, name_ptr, entry_function, entry_input, stack_start, stack_size,
                                   priority, preempt_threshold, time_slice, auto_start)
               : TX_THREAD_ERROR;
}

UINT tx_thread_resume(TX_THREAD *thread_ptr)
{
    struct host_thread *thread;
    UINT status = TX_THREAD_ERROR;

    host_enter();
    thread = thread_of(thread_ptr);
    if (thread) {
        status = TX_RESUME_ERROR;
        if (thread->suspended && !thread->terminated) {
            thread->suspended = 0;
            thread_ptr->tx_thread_state = TX_READY;
            host_wake(thread);
            status = TX_SUCCESS;
        }
    }
    host_leave();
    return status;
}

UINT tx_thread_suspend(TX_THREAD *thread_ptr)
{
    struct host_thread *thread;
    UINT status = TX_THREAD_ERROR;

    host_enter();
    thread = thread_of(thread_ptr);
    if (thread) {
        status = TX_SUSPEND_ERROR;
        if (!thread->finished && !thread->terminated) {
            thread->suspended = 1;
            thread_ptr->tx_thread_state = TX_SUSPENDED;
            status = TX_SUCCESS;
        }
    }
    host_leave();
    return status;
}

UINT tx_thread_terminate(TX_THREAD *thread_ptr)
{
    struct host_thread *thread;
    UINT status = TX_SUCCESS;

    host_enter();
    thread = thread_of(thread_ptr);
    if (!thread) {
        status = TX_THREAD_ERROR;
    } else if (host_self()->caller == NX_HOST_CALLER_INITIALIZATION) {
        status = TX_CALLER_ERROR;
    } else if (!thread->finished) {
        thread->terminated = 1;
        thread_ptr->tx_thread_state = TX_TERMINATED;
        host_wake(NULL);
    }
    host_leave();
    return status;
}

UINT tx_thread_delete(TX_THREAD *thread_ptr)
{
    struct host_thread *thread;
    struct host_thread *finished = NULL;
    UINT status = TX_THREAD_ERROR;

    if (host_self()->caller == NX_HOST_CALLER_INITIALIZATION) {
        return TX_CALLER_ERROR;
    }
    host_enter();
    thread = thread_of(thread_ptr);
    if (thread) {
        status = TX_DELETE_ERROR;
        if (thread->finished || thread->terminated) {
            host_object_remove(HOST_THREAD, thread_ptr);
            thread_ptr->tx_thread_id = 0;
            thread->owner = NULL;
            status = TX_SUCCESS;
            if (thread->finished) {
                thread_unlink(thread);
                finished = thread;
            }
        }
    }
    host_leave();
    if (finished) {
        (void)pthread_join(*thread_pthread(finished), NULL);
        free(finished);
    }
    return status;
}

UINT tx_thread_sleep(ULONG timer_ticks)
{
    UINT status = TX_SUCCESS;
    uint64_t deadline;
    const struct host_self *self = host_self();

    if (self->caller != NX_HOST_CALLER_THREAD) {
        return TX_CALLER_ERROR;
    }
    host_enter();
    deadline = host_deadline(timer_ticks);
    while (timer_ticks && host_now_ns() < deadline) {
        if (host_wait(&deadline, deadline) == HOST_WAIT_ABORTED) {
            status = TX_WAIT_ABORTED;
            break;
        }
    }
    host_leave();
    return status;
}

TX_THREAD *tx_thread_identify(VOID)
{
    const struct host_self *self = host_self();

    return self->thread ? self->thread->owner : NULL;
}

VOID tx_thread_relinquish(VOID)
{
    host_enter();
    host_leave();
    (void)sched_yield();
}

UINT netx_host_run(VOID (*entry)(ULONG), ULONG input)
{
    static CHAR name[] = "netx_host_run";
    TX_THREAD object;
    struct host_thread *thread;
    struct host_self *self = host_self();

    if (self->caller == NX_HOST_CALLER_TIMER) {
        return TX_CALLER_ERROR;
    }
    if (self->thread) {
        entry(input);
        return TX_SUCCESS;
    }
    host_lock();
    thread = thread_new(&object, name, entry, input);
    host_unlock();
    if (!thread) {
        return TX_THREAD_ERROR;
    }
    thread->attached = 1;
    self->thread = thread;
    self->caller = NX_HOST_CALLER_THREAD;
    if (setjmp(thread->escape) == 0) {
        entry(input);
    }
    thread = host_self()->thread;
    host_thread_finish(thread, TX_COMPLETED);
    host_lock();
    host_object_remove(HOST_THREAD, thread->owner);
    thread_unlink(thread);
    host_unlock();
    free(thread);
    return TX_SUCCESS;
}

/* With the lock held, which it releases while waiting. */
static UINT thread_stop_all(uint64_t deadline)
{
    struct host_thread *thread;
    UINT running;

    do {
        running = 0;
        for (thread = thread_list; thread; thread = thread->next) {
            if (!thread->finished && !thread->attached) {
                thread->terminated = 1;
                running++;
            }
        }
        if (running) {
            host_wake(NULL);
            (void)host_wait(thread_list, host_now_ns() + HOST_SECOND_NS / 200);
        }
    } while (running && host_now_ns() < deadline);
    return running;
}

UINT host_threads_reset(void)
{
    struct host_self *self = host_self();
    struct host_thread *thread;
    struct host_thread *kept = NULL;
    UINT running;

    self->thread = NULL; /* a failed assertion jumped out of netx_host_run() */
    self->caller = NX_HOST_CALLER_INITIALIZATION;
    host_lock();
    host_threads_hold(0);
    running = thread_stop_all(host_now_ns() + THREAD_STOP_NS);
    while ((thread = thread_list) != NULL) {
        thread_list = thread->next;
        thread->owner = NULL;
        if (thread->finished && !thread->attached) {
            host_unlock();
            (void)pthread_join(*thread_pthread(thread), NULL);
            host_lock();
        }
        if (thread->finished || thread->attached) {
            free(thread);
        } else {
            thread->next = kept;
            kept = thread;
        }
    }
    thread_list = kept;
    host_unlock();
    return running;
}
