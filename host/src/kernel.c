/* SPDX-License-Identifier: MIT */
/* Invariant: no thread runs before tx_application_define() has returned, and after netx_host_reset()
 * nothing of the kernel is left. */
#define _POSIX_C_SOURCE 200809L

#include "host.h"
#include <unistd.h>

#define KERNEL_UNUSED_MEMORY 262144

VOID tx_kernel_enter(VOID)
{
    static ULONG64 unused_memory[KERNEL_UNUSED_MEMORY / sizeof(ULONG64)];

    host_lock();
    host_threads_hold(1);
    host_unlock();
    tx_application_define(unused_memory);
    host_lock();
    host_threads_hold(0);
    host_unlock();
    for (;;) {
        (void)pause();
    }
}
