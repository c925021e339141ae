/* SPDX-License-Identifier: MIT */
/* Replaces calloc(), from which Mbed TLS takes its memory, in shared libraries too. Nothing else in these
 * programs calls it while it counts. Invariant: free() subtracts the octets that the allocation added. */
#define _GNU_SOURCE
#include "memory.h"

#include "fault.h"

#include <dlfcn.h>
#include <malloc.h>
#include <stdlib.h>

void *calloc(size_t count, size_t octets)
{
    static void *(*next)(size_t, size_t);
    static int looking;

    if (next == NULL) {
        /* dlsym() may ask, and does without. */
        if (looking)
            return NULL;
        looking = 1;
        *(void **)&next = dlsym(RTLD_NEXT, "calloc");
    }
    return fault_here() ? NULL : next(count, octets);
}

int memory_begin(void)
{
    return 0;
}
