/* SPDX-License-Identifier: MIT */
#ifndef BENCH_POSTINO_SOURCE_H
#define BENCH_POSTINO_SOURCE_H

#include "common.h"
#include "postino/source.h"

/* A mail source over a message of the bench: any size in constant memory. `canonical` 0: it does not tell
 * that its lines end in CRLF, so that the session looks for itself. */
struct postino_bench_source {
    struct postino_source source;
    struct bench_message message;
    size_t offset;
    uint8_t flags;
};

void postino_bench_source_init(struct postino_bench_source *source, const struct bench_message *message,
                               int canonical);

#endif
