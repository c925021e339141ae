/* SPDX-License-Identifier: MIT */
/* Invariant: nx_packet_length is the sum of the octets in the chain; an append that fails leaves the packet
 * as it was. */
#include "net.h"

static size_t packet_octets(const NX_PACKET *packet)
{
    return (size_t)(packet->nx_packet_append_ptr - packet->nx_packet_prepend_ptr);
}

static ULONG packet_fill(NX_PACKET *packet, const UCHAR *data, ULONG size)
{
    ULONG room = (ULONG)(packet->nx_packet_data_end - packet->nx_packet_append_ptr);
    ULONG octets = size < room ? size : room;

    memcpy(packet->nx_packet_append_ptr, data, octets);
    packet->nx_packet_append_ptr += octets;
    return octets;
}

#ifndef NX_DISABLE_PACKET_CHAIN
/* All packets that `size` octets more need, or none. */
static UINT packet_extend(NX_PACKET_POOL *pool, ULONG size, uint64_t deadline_ns, NX_PACKET **first)
{
    NX_PACKET *last = NULL;
    NX_PACKET *packet;
    ULONG room;
    UINT status;

    *first = NULL;
    while (size) {
        status = host_packet_allocate(pool, &packet, NX_RECEIVE_PACKET, deadline_ns);
        if (status != NX_SUCCESS) {
            host_packet_free(*first);
            *first = NULL;
            return status;
        }
        if (last) {
            last->nx_packet_next = packet;
        } else {
            *first = packet;
        }
        last = packet;
        room = pool->nx_packet_pool_payload_size;
        size -= size < room ? size : room;
    }
    return NX_SUCCESS;
}

static UINT packet_append(NX_PACKET *packet, const UCHAR *data, ULONG size, NX_PACKET_POOL *pool,
                          uint64_t deadline_ns)
{
    NX_PACKET *last = packet->nx_packet_last ? packet->nx_packet_last : packet;
    ULONG room = (ULONG)(last->nx_packet_data_end - last->nx_packet_append_ptr);
    NX_PACKET *more;
    UINT status;

    status = packet_extend(pool, size > room ? size - room : 0, deadline_ns, &more);
    if (status != NX_SUCCESS) {
        return status;
    }
    packet->nx_packet_length += size;
    for (;;) {
        ULONG octets = packet_fill(last, data, size);

        data += octets;
        size -= octets;
        if (!more) {
            return NX_SUCCESS;
        }
        last->nx_packet_next = more;
        packet->nx_packet_last = more;
        last = more;
        more = more->nx_packet_next;
    }
}
#else
static UINT packet_append(NX_PACKET *packet, const UCHAR *data, ULONG size, NX_PACKET_POOL *pool,
                          uint64_t deadline_ns)
{
    NX_PARAMETER_NOT_USED(pool);
    NX_PARAMETER_NOT_USED(deadline_ns);
    if (size > (ULONG)(packet->nx_packet_data_end - packet->nx_packet_append_ptr)) {
        return NX_SIZE_ERROR;
    }
    packet->nx_packet_length += packet_fill(packet, data, size);
    return NX_SUCCESS;
}
#endif

UINT _nx_packet_data_append(NX_PACKET *packet_ptr, VOID *data_start, ULONG data_size,
                            NX_PACKET_POOL *pool_ptr, ULONG wait_option)
{
    UINT status;

    host_enter();
    status = host_packet_check(packet_ptr);
    if (!data_start || !host_object_is(HOST_POOL, pool_ptr)) {
        status = NX_PTR_ERROR;
    } else if (status == NX_SUCCESS && data_size == 0) {
        status = NX_SIZE_ERROR;
    } else if (status == NX_SUCCESS && host_wait_forbidden(wait_option)) {
        status = NX_CALLER_ERROR;
    }
    if (status == NX_SUCCESS) {
        status = packet_append(packet_ptr, data_start, data_size, pool_ptr, host_deadline(wait_option));
    }
    host_leave();
    return status;
}

static ULONG packet_copy(const NX_PACKET *packet, ULONG offset, UCHAR *buffer, ULONG length)
{
    ULONG copied = 0;

    for (; packet && copied < length; packet = host_packet_next(packet)) {
        ULONG octets = (ULONG)packet_octets(packet);
        ULONG part;

        if (offset >= octets) {
            offset -= octets;
            continue;
        }
        part = octets - offset < length - copied ? octets - offset : length - copied;
        memcpy(buffer + copied, packet->nx_packet_prepend_ptr + offset, part);
        copied += part;
        offset = 0;
    }
    return copied;
}

UINT _nx_packet_data_retrieve(NX_PACKET *packet_ptr, VOID *buffer_start, ULONG *bytes_copied)
{
    if (!packet_ptr || !buffer_start || !bytes_copied) {
        return NX_PTR_ERROR;
    }
    *bytes_copied = packet_copy(packet_ptr, 0, buffer_start, packet_ptr->nx_packet_length);
    return *bytes_copied == packet_ptr->nx_packet_length ? NX_SUCCESS : NX_INVALID_PACKET;
}

UINT _nx_packet_data_extract_offset(NX_PACKET *packet_ptr, ULONG offset, VOID *buffer_start,
                                    ULONG buffer_length, ULONG *bytes_copied)
{
    if (!packet_ptr || !buffer_start || !bytes_copied) {
        return NX_PTR_ERROR;
    }
    *bytes_copied = 0;
    if (offset && offset >= packet_ptr->nx_packet_length) {
        return NX_PACKET_OFFSET_ERROR;
    }
    *bytes_copied = packet_copy(packet_ptr, offset, buffer_start, buffer_length);
    return NX_SUCCESS;
}

UINT _nx_packet_length_get(NX_PACKET *packet_ptr, ULONG *length)
{
    if (!packet_ptr || !length) {
        return NX_PTR_ERROR;
    }
    *length = packet_ptr->nx_packet_length;
    return NX_SUCCESS;
}
