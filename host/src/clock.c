/* SPDX-License-Identifier: MIT */
/* Time as the host layer measures it: 64-bit nanoseconds of CLOCK_MONOTONIC, which never go back and never
 * wrap. Every wait and every deadline uses it. */
#define _POSIX_C_SOURCE 200809L

#include "host.h"
#include <time.h>

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
