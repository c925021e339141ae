/* SPDX-License-Identifier: MIT */
/* The table of objects. Invariants: an object is listed from its create to its delete. The table holds
 * addresses and never reads through them, so memory that the application freed without delete does no
 * harm. */
#include "host.h"

struct objects_entry {
    enum host_kind kind;
    void *object;
};

static struct objects_entry *objects_table;
static size_t objects_count;
static size_t objects_capacity;

static size_t objects_find(enum host_kind kind, const void *object)
{
    size_t i;

    for (i = 0; i < objects_count; i++) {
        if (objects_table[i].object == object && objects_table[i].kind == kind) {
            break;
        }
    }
    return i;
}

int host_object_add(enum host_kind kind, void *object)
{
    if (objects_find(kind, object) < objects_count) {
        return 0;
    }
    if (objects_count == objects_capacity) {
        size_t capacity = objects_capacity ? objects_capacity * 2 : 32;
        struct objects_entry *table = realloc(objects_table, capacity * sizeof *table);

        if (!table) {
            return 0;
        }
        objects_table = table;
        objects_capacity = capacity;
    }
    objects_table[objects_count].kind = kind;
    objects_table[objects_count].object = object;
    objects_count++;
    return 1;
}

int host_object_is(enum host_kind kind, const void *object)
{
    return object && objects_find(kind, object) < objects_count;
}

void host_object_remove(enum host_kind kind, const void *object)
{
    size_t i = objects_find(kind, object);

    if (i < objects_count) {
        objects_count--;
        memmove(&objects_table[i], &objects_table[i + 1], (objects_count - i) * sizeof *objects_table);
    }
}

void *host_object_at(enum host_kind kind, size_t index)
{
    size_t i;

    for (i = 0; i < objects_count; i++) {
        if (objects_table[i].kind == kind && index-- == 0) {
            return objects_table[i].object;
        }
    }
    return NULL;
}

void host_objects_reset(void)
{
    free(objects_table);
    objects_table = NULL;
    objects_count = 0;
    objects_capacity = 0;
}
