/* SPDX-License-Identifier: MIT */
/* Invariant: pieces are delivered in the order in which they were read, none before it is due, whole or
 * not; `last` points to the link that ends the list. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "common.h"
#include "relay.h"

#define RELAY_READ_OCTETS (256U * 1024U)

void relay_flow_init(struct relay_flow *flow, int from, int to)
{
    *flow = (struct relay_flow){.from = from, .to = to, .last = &flow->first};
}

static void relay_flow_drop(struct relay_flow *flow)
{
    struct relay_piece *piece = flow->first;

    flow->first = piece->next;
    if (flow->first == NULL)
        flow->last = &flow->first;
    free(piece);
}

void relay_flow_free(struct relay_flow *flow)
{
    while (flow->first != NULL)
        relay_flow_drop(flow);
}

static void relay_flow_append(struct relay_flow *flow, const char *data, size_t octets, uint64_t due_us)
{
    struct relay_piece *piece = bench_allocate(sizeof *piece + octets);

    *piece = (struct relay_piece){.due_us = due_us, .octets = octets};
    memcpy(piece->data, data, octets);
    *flow->last = piece;
    flow->last = &piece->next;
}

int relay_flow_read(struct relay_flow *flow, uint64_t due_us)
{
    static char buffer[RELAY_READ_OCTETS];
    ssize_t arrived;

    if (flow->from < 0 || flow->is_read_out)
        return 0;
    do {
        arrived = recv(flow->from, buffer, sizeof buffer, 0);
    } while (arrived < 0 && errno == EINTR);
    if (arrived < 0)
        return errno == EAGAIN ? 0 : -1;
    flow->is_read_out = arrived == 0;
    relay_flow_append(flow, buffer, (size_t)arrived, due_us);
    return 1;
}

int relay_flow_deliver(struct relay_flow *flow, uint64_t now_us)
{
    struct relay_piece *piece;
    ssize_t sent;

    while ((piece = flow->first) != NULL && piece->due_us <= now_us && !flow->is_full) {
        if (piece->octets == 0) {
            (void)shutdown(flow->to, SHUT_WR);
            flow->is_delivered = 1;
            relay_flow_drop(flow);
            continue;
        }
        sent = send(flow->to, piece->data + piece->offset_octets, piece->octets - piece->offset_octets,
                    MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN && errno != EINTR)
            return -1;
        if (sent < 0) {
            flow->is_full = errno == EAGAIN;
            continue;
        }
        flow->octets += (size_t)sent;
        piece->offset_octets += (size_t)sent;
        if (piece->offset_octets == piece->octets)
            relay_flow_drop(flow);
    }
    return 0;
}

uint64_t relay_flow_due_us(const struct relay_flow *flow)
{
    return flow->first == NULL || flow->is_full ? UINT64_MAX : flow->first->due_us;
}
