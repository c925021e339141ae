/* SPDX-License-Identifier: MIT */
/* Invariant: `offset` is how many octets of the message the session has taken. */

#include "postino_source.h"

static int bench_source_begin(struct postino_source *source, uint32_t capabilities,
                              struct postino_source_info *info)
{
    struct postino_bench_source *bench = (struct postino_bench_source *)source;

    (void)capabilities;
    bench->offset = 0;
    *info = (struct postino_source_info){.size_octets = bench->message.octets, .flags = bench->flags};
    return 0;
}

static enum postino_source_status bench_source_span(struct postino_source *source, const uint8_t **data,
                                                    size_t *length_octets)
{
    const struct postino_bench_source *bench = (const struct postino_bench_source *)source;

    if (bench->offset == bench->message.octets)
        return POSTINO_SOURCE_END;
    *data = (const uint8_t *)bench_message_span(&bench->message, bench->offset, length_octets);
    return POSTINO_SOURCE_DATA;
}

static void bench_source_consume(struct postino_source *source, size_t length_octets)
{
    struct postino_bench_source *bench = (struct postino_bench_source *)source;

    bench->offset += length_octets;
}

static const struct postino_source_class bench_source_class = {bench_source_begin, bench_source_span,
                                                               bench_source_consume, NULL, NULL};

void postino_bench_source_init(struct postino_bench_source *source, const struct bench_message *message,
                               int canonical)
{
    *source = (struct postino_bench_source){.source = {.methods = &bench_source_class}, .message = *message};
    source->flags = (uint8_t)(POSTINO_SOURCE_REWINDS | (canonical ? POSTINO_SOURCE_CANONICAL : 0));
}
