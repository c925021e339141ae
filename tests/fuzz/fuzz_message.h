/* SPDX-License-Identifier: MIT */
#ifndef FUZZ_MESSAGE_H
#define FUZZ_MESSAGE_H

#include "fuzz.h"

#include "postino/message.h"

/* Composes a message into `out`, at most `most` octets at a time. Returns how many it has, or 0 if it
 * cannot be composed. The size that begin() said is right; only with `unsized` it may be unknown. */
static inline size_t fuzz_compose(struct postino_message *message, uint32_t capabilities, size_t most,
                                  uint8_t *out, size_t room, int unsized)
{
    struct postino_source *source = &message->source;
    struct postino_source_info info;
    size_t total;

    if (source->methods->begin(source, capabilities, &info) != 0)
        return 0;
    total = fuzz_read(source, most, out, room);
    FUZZ_CHECK(info.size_octets == total || (unsized && info.size_octets == POSTINO_SIZE_UNKNOWN));
    return total;
}

#endif
