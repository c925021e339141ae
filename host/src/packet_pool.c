/* SPDX-License-Identifier: MIT */
/* Packet pools. Invariants: each packet of a pool is in its free list and counted available, or it is out
 * and marked so. Every packet lies in the memory that the application gave. */
#include "net.h"

#define POOL_ID        ((ULONG)0x5041434BUL)
#define POOL_ALIGNMENT ((ULONG)sizeof(ALIGN_TYPE))
#define POOL_TYPE_UNIT 4 /* a ULONG of the boards: NX_TCP_PACKET is no multiple of a 64-bit one */

static ULONG pool_round_up(ULONG size)
{
    return (size + POOL_ALIGNMENT - 1) / POOL_ALIGNMENT * POOL_ALIGNMENT;
}

VOID _nx_system_initialize(VOID)
{
    /* Nothing to do: pools may exist before it, and every table starts empty. */
}

static void pool_put(NX_PACKET_POOL *pool_ptr, NX_PACKET *packet)
{
    packet->nx_packet_host_state = HOST_PACKET_FREE;
    packet->nx_packet_queue_next = pool_ptr->nx_packet_pool_available_list;
    pool_ptr->nx_packet_pool_available_list = packet;
    pool_ptr->nx_packet_pool_available++;
}

static void pool_carve(NX_PACKET_POOL *pool_ptr, CHAR *start, ULONG size)
{
    ULONG header = pool_round_up((ULONG)sizeof(NX_PACKET));
    ULONG each = header + pool_ptr->nx_packet_pool_payload_size;
    ULONG count = size / each;
    ULONG i;

    pool_ptr->nx_packet_pool_total = count;
    for (i = count; i-- > 0;) {
        NX_PACKET *packet = (NX_PACKET *)(void *)(start + (size_t)i * each);

        memset(packet, 0, sizeof *packet);
        packet->nx_packet_pool_owner = pool_ptr;
        packet->nx_packet_data_start = (UCHAR *)packet + header;
        packet->nx_packet_data_end = packet->nx_packet_data_start + pool_ptr->nx_packet_pool_payload_size;
        pool_put(pool_ptr, packet);
    }
}

UINT _nx_packet_pool_create(NX_PACKET_POOL *pool_ptr, CHAR *name_ptr, ULONG payload_size, VOID *memory_ptr,
                            ULONG memory_size)
{
    ULONG skipped;
    UINT status = NX_SUCCESS;

    NX_INIT_AND_THREADS_CALLER_CHECKING
    if (!pool_ptr || !memory_ptr) {
        return NX_PTR_ERROR;
    }
    skipped = (ULONG)((POOL_ALIGNMENT - (uintptr_t)memory_ptr % POOL_ALIGNMENT) % POOL_ALIGNMENT);
    if (payload_size == 0 || memory_size < skipped || payload_size > memory_size ||
        memory_size - skipped < pool_round_up((ULONG)sizeof(NX_PACKET)) + pool_round_up(payload_size)) {
        return NX_SIZE_ERROR;
    }
    host_enter();
    if (host_object_is(HOST_POOL, pool_ptr)) {
        status = NX_PTR_ERROR;
    } else {
        memset(pool_ptr, 0, sizeof *pool_ptr);
        pool_ptr->nx_packet_pool_id = POOL_ID;
        pool_ptr->nx_packet_pool_name = name_ptr;
        pool_ptr->nx_packet_pool_start = (CHAR *)memory_ptr + skipped;
        pool_ptr->nx_packet_pool_size = memory_size - skipped;
        pool_ptr->nx_packet_pool_payload_size = pool_round_up(payload_size);
        pool_carve(pool_ptr, pool_ptr->nx_packet_pool_start, pool_ptr->nx_packet_pool_size);
        (void)host_object_add(HOST_POOL, pool_ptr);
    }
    host_leave();
    return status;
}

UINT _nxe_packet_pool_create(NX_PACKET_POOL *pool_ptr, CHAR *name_ptr, ULONG payload_size, VOID *memory_ptr,
                             ULONG memory_size, UINT pool_control_block_size)
{
    if (pool_control_block_size != sizeof *pool_ptr) {
        return NX_PTR_ERROR;
    }
    return _nx_packet_pool_create(pool_ptr, name_ptr, payload_size, memory_ptr, memory_size);
}

UINT _nx_packet_pool_delete(NX_PACKET_POOL *pool_ptr)
{
    UINT status = NX_PTR_ERROR;

    NX_THREADS_ONLY_CALLER_CHECKING
    host_enter();
    if (host_object_is(HOST_POOL, pool_ptr)) {
        host_object_remove(HOST_POOL, pool_ptr);
        pool_ptr->nx_packet_pool_id = 0;
        host_wake(pool_ptr);
        status = NX_SUCCESS;
    }
    host_leave();
    return status;
}

UINT _nx_packet_pool_info_get(NX_PACKET_POOL *pool_ptr, ULONG *total_packets, ULONG *free_packets,
                              ULONG *empty_pool_requests, ULONG *empty_pool_suspensions,
                              ULONG *invalid_packet_releases)
{
    UINT status = NX_PTR_ERROR;

    host_enter();
    if (host_object_is(HOST_POOL, pool_ptr)) {
        const struct {
            ULONG *to;
            ULONG value;
        } info[] = {{total_packets, pool_ptr->nx_packet_pool_total},
                    {free_packets, pool_ptr->nx_packet_pool_available},
                    {empty_pool_requests, pool_ptr->nx_packet_pool_empty_requests},
                    {empty_pool_suspensions, pool_ptr->nx_packet_pool_empty_suspensions},
                    {invalid_packet_releases, pool_ptr->nx_packet_pool_invalid_releases}};
        size_t i;

        for (i = 0; i < sizeof info / sizeof info[0]; i++) {
            if (info[i].to) {
                *info[i].to = info[i].value;
            }
        }
        status = NX_SUCCESS;
    }
    host_leave();
    return status;
}

NX_PACKET *host_packet_take(NX_PACKET_POOL *pool)
{
    NX_PACKET *packet = pool->nx_packet_pool_available_list;

    if (packet) {
        pool->nx_packet_pool_available_list = packet->nx_packet_queue_next;
        pool->nx_packet_pool_available--;
        packet->nx_packet_queue_next = NULL;
        packet->nx_packet_host_state = HOST_PACKET_ALLOCATED;
#ifndef NX_DISABLE_PACKET_CHAIN
        packet->nx_packet_next = NULL;
        packet->nx_packet_last = NULL;
#endif
        packet->nx_packet_length = 0;
        packet->nx_packet_prepend_ptr = packet->nx_packet_data_start;
        packet->nx_packet_append_ptr = packet->nx_packet_data_start;
    }
    return packet;
}

/* deadline_ns 0: no wait. */
UINT host_packet_allocate(NX_PACKET_POOL *pool, NX_PACKET **packet, ULONG type, uint64_t deadline_ns)
{
    enum host_wait_result result = HOST_WAIT_WOKEN;
    UINT status;

    *packet = NULL;
    if (host_fault(NETX_HOST_ALLOCATE, &status)) {
        return status;
    }
    *packet = host_packet_take(pool);
    if (!*packet) {
        pool->nx_packet_pool_empty_requests++;
        pool->nx_packet_pool_empty_suspensions += deadline_ns != 0;
    }
    while (!*packet) {
        if (!deadline_ns || result == HOST_WAIT_TIMEOUT) {
            return NX_NO_PACKET;
        }
        result = host_wait(pool, deadline_ns);
        if (result == HOST_WAIT_ABORTED) {
            return NX_WAIT_ABORTED;
        }
        if (!host_object_is(HOST_POOL, pool)) {
            return NX_POOL_DELETED;
        }
        *packet = host_packet_take(pool);
    }
    (*packet)->nx_packet_prepend_ptr += type;
    (*packet)->nx_packet_append_ptr += type;
    return NX_SUCCESS;
}

UINT _nx_packet_allocate(NX_PACKET_POOL *pool_ptr, NX_PACKET **packet_ptr, ULONG packet_type,
                         ULONG wait_option)
{
    UINT status;

    if (!packet_ptr) {
        return NX_PTR_ERROR;
    }
    host_enter();
    if (!host_object_is(HOST_POOL, pool_ptr)) {
        status = NX_PTR_ERROR;
    } else if (packet_type % POOL_TYPE_UNIT) {
        status = NX_OPTION_ERROR;
    } else if (host_wait_forbidden(wait_option)) {
        status = NX_CALLER_ERROR;
    } else if (packet_type > pool_ptr->nx_packet_pool_payload_size) {
        status = NX_INVALID_PARAMETERS;
    } else {
        status = host_packet_allocate(pool_ptr, packet_ptr, packet_type, host_deadline(wait_option));
    }
    host_leave();
    return status;
}

NX_PACKET *host_packet_next(const NX_PACKET *packet)
{
#ifndef NX_DISABLE_PACKET_CHAIN
    return packet->nx_packet_next;
#else
    NX_PARAMETER_NOT_USED(packet);
    return NULL;
#endif
}

void host_packet_free(NX_PACKET *packet)
{
    NX_PACKET_POOL *pool;
    NX_PACKET *next;

    for (; packet; packet = next) {
        next = host_packet_next(packet);
        pool = packet->nx_packet_pool_owner;
        pool_put(pool, packet);
        host_wake(pool);
        host_sockets_unstall(pool);
    }
}

UINT host_packet_check(const NX_PACKET *packet)
{
    if (!packet || packet->nx_packet_host_state != HOST_PACKET_ALLOCATED) {
        return NX_PTR_ERROR;
    }
    if (packet->nx_packet_prepend_ptr < packet->nx_packet_data_start) {
        return NX_UNDERFLOW;
    }
    if (packet->nx_packet_append_ptr > packet->nx_packet_data_end) {
        return NX_OVERFLOW;
    }
    return NX_SUCCESS;
}

UINT _nx_packet_release(NX_PACKET *packet_ptr)
{
    UINT status;

    host_enter();
    status = host_packet_check(packet_ptr);
    if (status == NX_SUCCESS) {
        host_packet_free(packet_ptr);
    } else if (status == NX_PTR_ERROR && packet_ptr &&
               host_object_is(HOST_POOL, packet_ptr->nx_packet_pool_owner)) {
        packet_ptr->nx_packet_pool_owner->nx_packet_pool_invalid_releases++;
    }
    host_leave();
    return status;
}

UINT _nxe_packet_release(NX_PACKET **packet_ptr_ptr)
{
    UINT status = packet_ptr_ptr ? _nx_packet_release(*packet_ptr_ptr) : NX_PTR_ERROR;

    if (status == NX_SUCCESS) {
        *packet_ptr_ptr = NX_NULL;
    }
    return status;
}
