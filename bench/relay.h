/* SPDX-License-Identifier: MIT */
#ifndef BENCH_RELAY_H
#define BENCH_RELAY_H

#include <stddef.h>
#include <stdint.h>

/* The octets under way in one direction: relay_flow.c keeps them, relay.c moves them. */

struct relay_piece {
    struct relay_piece *next;
    uint64_t due_us;
    size_t offset_octets; /* delivered already */
    size_t octets;        /* 0: the end of the stream */
    char data[];
};

struct relay_flow {
    int from; /* -1: not open yet */
    int to;
    int is_read_out;  /* the end of the stream was read */
    int is_delivered; /* and passed on */
    int is_full;      /* the receiver takes no more for now */
    struct relay_piece *first;
    struct relay_piece **last;
    uint64_t octets; /* delivered in all */
};

void relay_flow_init(struct relay_flow *flow, int from, int to);
void relay_flow_free(struct relay_flow *flow);

/* Takes some of what there is to read, to be delivered at `due_us`. Returns 1; 0 when there is nothing; -1
 * when the connection is lost. */
int relay_flow_read(struct relay_flow *flow, uint64_t due_us);

/* Delivers what is due. Returns 0, or -1 when the connection is lost. */
int relay_flow_deliver(struct relay_flow *flow, uint64_t now_us);

/* Returns when the next piece is due; UINT64_MAX: nothing is under way, or the receiver must take some
 * first. */
uint64_t relay_flow_due_us(const struct relay_flow *flow);

#endif
