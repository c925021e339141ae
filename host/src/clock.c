/* SPDX-License-Identifier: MIT */
/* Invariant: waiting uses 64-bit nanoseconds of CLOCK_MONOTONIC only; the application's clock, which wraps
 * and can be set, is a difference to it and decides nothing. */
#define _POSIX_C_SOURCE 200809L

#include "host.h"
#include <time.h>

static uint64_t clock_base_ticks;
static int clock_started;

uint64_t host_now_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * HOST_SECOND_NS + (uint64_t)now.tv_nsec;
}

uint64_t host_ticks(void)
{
    uint64_t now_ns = host_now_ns();
    uint64_t rate = (uint64_t)TX_TIMER_TICKS_PER_SECOND;

    return now_ns / HOST_SECOND_NS * rate + now_ns % HOST_SECOND_NS * rate / HOST_SECOND_NS;
}

uint64_t host_ticks_to_ns(uint64_t ticks)
{
    uint64_t rate = (uint64_t)TX_TIMER_TICKS_PER_SECOND;

    return ticks / rate * HOST_SECOND_NS + (ticks % rate * HOST_SECOND_NS + rate - 1) / rate;
}

/* At a tick, as on a board: a wait of n ticks takes between n - 1 and n periods, and the clock has moved by
 * n. */
uint64_t host_deadline(ULONG wait_option)
{
    if (wait_option == NX_NO_WAIT) {
        return 0;
    }
    if (wait_option == NX_WAIT_FOREVER) {
        return HOST_NEVER;
    }
    return host_ticks_to_ns(host_ticks() + wait_option);
}

static void clock_start(void)
{
    if (!clock_started) {
        clock_started = 1;
        clock_base_ticks = host_ticks();
    }
}

ULONG tx_time_get(VOID)
{
    ULONG now;

    host_lock();
    clock_start();
    now = (ULONG)(host_ticks() - clock_base_ticks);
    host_unlock();
    return now;
}

VOID tx_time_set(ULONG new_time)
{
    host_lock();
    clock_started = 1;
    clock_base_ticks = host_ticks() - new_time;
    host_unlock();
}

void host_clock_reset(void)
{
    clock_started = 0;
}
