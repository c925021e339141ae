/* SPDX-License-Identifier: MIT */
/* Invariant: free() subtracts the octets that the allocation added. */
#include "memory.h"

#include "fault.h"

#include <malloc.h>
#include <openssl/crypto.h>
#include <stdlib.h>

static size_t live_octets;
static size_t most_octets;

static void *memory_counted(void *block)
{
    live_octets += malloc_usable_size(block);
    if (live_octets > most_octets)
        most_octets = live_octets;
    return block;
}

static void memory_free(void *block, const char *file, int line)
{
    (void)file;
    (void)line;
    live_octets -= malloc_usable_size(block);
    free(block);
}

static void *memory_malloc(size_t octets, const char *file, int line)
{
    (void)file;
    (void)line;
    return octets == 0 || fault_here() ? NULL : memory_counted(malloc(octets));
}

static void *memory_realloc(void *block, size_t octets, const char *file, int line)
{
    size_t before = malloc_usable_size(block);
    void *after;

    if (octets == 0) {
        memory_free(block, file, line);
        return NULL;
    }
    after = fault_here() ? NULL : realloc(block, octets);
    if (after == NULL)
        return NULL;
    live_octets -= before;
    return memory_counted(after);
}

int memory_begin(void)
{
    return CRYPTO_set_mem_functions(memory_malloc, memory_realloc, memory_free) == 1 ? 0 : -1;
}

size_t memory_octets(void)
{
    return live_octets;
}

size_t memory_most_octets(void)
{
    return most_octets;
}

void memory_reset(void)
{
    most_octets = live_octets;
}
