/* SPDX-License-Identifier: MIT */
#ifndef GUARD_H
#define GUARD_H

/* Memory that ends where an inaccessible page begins: who reads or writes one octet too far is killed at
 * once, with or without a checker. The including file defines _DEFAULT_SOURCE before its first header. */

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct guard {
    uint8_t *pages;
    size_t length_octets; /* in front of the inaccessible page */
    size_t page_octets;
};

/* Makes room for at least `length_octets`. Returns 0, or -1. */
static inline int guard_init(struct guard *guard, size_t length_octets)
{
    void *pages;

    guard->pages = NULL;
    guard->page_octets = (size_t)sysconf(_SC_PAGESIZE);
    guard->length_octets = (length_octets / guard->page_octets + 1) * guard->page_octets;
    pages = mmap(NULL, guard->length_octets + guard->page_octets, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) {
        return -1;
    }
    guard->pages = pages;
    return mprotect(guard->pages + guard->length_octets, guard->page_octets, PROT_NONE);
}

/* The last `length_octets` before the inaccessible page. */
static inline uint8_t *guard_end(const struct guard *guard, size_t length_octets)
{
    return guard->pages + guard->length_octets - length_octets;
}

static inline const uint8_t *guard_copy(const struct guard *guard, const void *data, size_t length_octets)
{
    return memcpy(guard_end(guard, length_octets), data, length_octets);
}

static inline void guard_free(struct guard *guard)
{
    (void)munmap(guard->pages, guard->length_octets + guard->page_octets);
}

#endif
