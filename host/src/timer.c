/* SPDX-License-Identifier: MIT */
/* Timers, and the clock that the application reads and sets. Invariant: tx_timer_host of an active timer
 * is the tick at which it expires; expiration functions run one after the other on the one timer thread,
 * without the lock. The application's clock wraps; no wait depends on it. */
#define _POSIX_C_SOURCE 200809L

#include "host.h"
#include <pthread.h>

#define TIMER_ID ((ULONG)0x4154494DUL)

static pthread_t timer_thread;
static int timer_running;
static int timer_stop;
static const char timer_changed; /* an address to wait for */
static uint64_t timer_clock_base_ticks;
static int timer_clock_started;

static TX_TIMER *timer_earliest(void)
{
    TX_TIMER *earliest = NULL;
    TX_TIMER *timer;
    size_t i;

    for (i = 0; (timer = host_object_at(HOST_TIMER, i)) != NULL; i++) {
        if (timer->tx_timer_active && (!earliest || timer->tx_timer_host < earliest->tx_timer_host)) {
            earliest = timer;
        }
    }
    return earliest;
}

static void timer_expire(TX_TIMER *timer)
{
    VOID (*expiration)(ULONG) = timer->tx_timer_expiration;
    ULONG input = timer->tx_timer_expiration_input;

    if (timer->tx_timer_reschedule_ticks) {
        timer->tx_timer_host += timer->tx_timer_reschedule_ticks;
    } else {
        timer->tx_timer_active = 0;
    }
    host_unlock();
    expiration(input);
    host_lock();
}

static void *timer_main(void *unused)
{
    TX_TIMER *timer;

    NX_PARAMETER_NOT_USED(unused);
    host_self()->caller = NX_HOST_CALLER_TIMER;
    host_lock();
    while (!timer_stop) {
        timer = timer_earliest();
        if (timer && timer->tx_timer_host <= host_ticks()) {
            timer_expire(timer);
        } else {
            (void)host_wait(&timer_changed, timer ? host_ticks_to_ns(timer->tx_timer_host) : HOST_NEVER);
        }
    }
    host_unlock();
    return NULL;
}

static void timer_start(TX_TIMER *timer, ULONG ticks)
{
    timer->tx_timer_active = 1;
    timer->tx_timer_host = host_ticks() + ticks;
    host_wake(&timer_changed);
}

UINT _tx_timer_create(TX_TIMER *timer_ptr, CHAR *name_ptr, VOID (*expiration_function)(ULONG),
                      ULONG expiration_input, ULONG initial_ticks, ULONG reschedule_ticks, UINT auto_activate)
{
    UINT status = TX_SUCCESS;

    host_enter();
    if (!timer_ptr || !expiration_function || host_object_is(HOST_TIMER, timer_ptr)) {
        status = TX_TIMER_ERROR;
    } else if (!initial_ticks) {
        status = TX_TICK_ERROR;
    } else if (auto_activate > TX_AUTO_ACTIVATE) {
        status = TX_ACTIVATE_ERROR;
    } else if (host_self()->caller == NX_HOST_CALLER_TIMER) {
        status = TX_CALLER_ERROR;
    } else if (!timer_running && pthread_create(&timer_thread, NULL, timer_main, NULL) != 0) {
        status = TX_TIMER_ERROR;
    } else {
        timer_running = 1;
        memset(timer_ptr, 0, sizeof *timer_ptr);
        timer_ptr->tx_timer_id = TIMER_ID;
        timer_ptr->tx_timer_name = name_ptr;
        timer_ptr->tx_timer_expiration = expiration_function;
        timer_ptr->tx_timer_expiration_input = expiration_input;
        timer_ptr->tx_timer_initial_ticks = initial_ticks;
        timer_ptr->tx_timer_reschedule_ticks = reschedule_ticks;
        (void)host_object_add(HOST_TIMER, timer_ptr);
        if (auto_activate == TX_AUTO_ACTIVATE) {
            timer_start(timer_ptr, initial_ticks);
        }
    }
    host_leave();
    return status;
}

UINT _txe_timer_create(TX_TIMER *timer_ptr, CHAR *name_ptr, VOID (*expiration_function)(ULONG),
                       ULONG expiration_input, ULONG initial_ticks, ULONG reschedule_ticks,
                       UINT auto_activate, UINT timer_control_block_size)
{
    return timer_control_block_size == sizeof *timer_ptr
               ? _tx_timer_create(timer_ptr, name_ptr, expiration_function, expiration_input, initial_ticks,
                                  reschedule_ticks, auto_activate)
               : TX_TIMER_ERROR;
}

UINT tx_timer_activate(TX_TIMER *timer_ptr)
{
    UINT status = TX_TIMER_ERROR;

    host_enter();
    if (host_object_is(HOST_TIMER, timer_ptr)) {
        status = TX_ACTIVATE_ERROR;
        if (!timer_ptr->tx_timer_active) {
            timer_start(timer_ptr, timer_ptr->tx_timer_initial_ticks);
            status = TX_SUCCESS;
        }
    }
    host_leave();
    return status;
}

UINT tx_timer_deactivate(TX_TIMER *timer_ptr)
{
    UINT status = TX_TIMER_ERROR;

    host_enter();
    if (host_object_is(HOST_TIMER, timer_ptr)) {
        timer_ptr->tx_timer_active = 0;
        status = TX_SUCCESS;
    }
    host_leave();
    return status;
}

UINT tx_timer_delete(TX_TIMER *timer_ptr)
{
    UINT status = TX_SUCCESS;

    host_enter();
    if (!host_object_is(HOST_TIMER, timer_ptr)) {
        status = TX_TIMER_ERROR;
    } else if (host_self()->caller != NX_HOST_CALLER_THREAD) {
        status = TX_CALLER_ERROR;
    } else {
        host_object_remove(HOST_TIMER, timer_ptr);
        timer_ptr->tx_timer_id = 0;
    }
    host_leave();
    return status;
}

static void timer_clock_start(void)
{
    if (!timer_clock_started) {
        timer_clock_started = 1;
        timer_clock_base_ticks = host_ticks();
    }
}

ULONG tx_time_get(VOID)
{
    ULONG now;

    host_lock();
    timer_clock_start();
    now = (ULONG)(host_ticks() - timer_clock_base_ticks);
    host_unlock();
    return now;
}

VOID tx_time_set(ULONG new_time)
{
    host_lock();
    timer_clock_started = 1;
    timer_clock_base_ticks = host_ticks() - new_time;
    host_unlock();
}

void host_timer_reset(void)
{
    int running;

    host_lock();
    running = timer_running;
    timer_stop = 1;
    host_wake(&timer_changed);
    host_unlock();
    if (running) {
        (void)pthread_join(timer_thread, NULL);
    }
    host_lock();
    timer_running = 0;
    timer_stop = 0;
    timer_clock_started = 0;
    host_unlock();
}
