/* SPDX-License-Identifier: MIT */
/* Mends and signs ready messages: header_tool <IN >OUT. Input for a message: its length (32 bits, the
 * lowest octet first), how many octets the source lends at a time, and its octets. Output: the error of
 * begin() and the faults (16 bits each), then length and octets of the mended message. The same follows
 * for the message mended and signed, with length 0 where it cannot be signed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_dkim.h"
#include "test_source.h"

#define OCTETS (1 << 20)

static uint8_t message[OCTETS];
static uint8_t out[2 * OCTETS];

static void put(unsigned long number, unsigned octets)
{
    for (; octets != 0; octets--, number >>= 8)
        (void)putchar((int)(number & 255));
}

/* Returns how many octets of the message went into `out`. */
static size_t read_all(struct postino_source *source)
{
    enum postino_source_status status;
    const uint8_t *data;
    size_t length;
    size_t total = 0;

    while ((status = source->methods->span(source, &data, &length)) == POSTINO_SOURCE_DATA) {
        if (length == 0 || total + length > sizeof out)
            exit(3);
        memcpy(out + total, data, length);
        total += length;
        source->methods->consume(source, length);
    }
    if (status != POSTINO_SOURCE_END)
        exit(3);
    return total;
}

int main(void)
{
    size_t signature_octets = 64;
    uint8_t head[5];

    while (fread(head, 1, sizeof head, stdin) == sizeof head) {
        size_t octets =
            (size_t)head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
        struct postino_raw_message raw;
        struct postino_dkim dkim;
        struct postino_source_info info;
        struct test_source inner;
        size_t length;
        int error;

        if (octets > sizeof message || fread(message, 1, octets, stdin) != octets)
            return 2;
        test_source_init(&inner, message, octets);
        inner.piece_octets = head[4];
        postino_raw_message_init(&raw, &inner.source);
        /* So that it is looked through. */
        raw.refuse = 1u << 15;
        error = raw.source.methods->begin(&raw.source, 0, &info);
        length = error == 0 ? read_all(&raw.source) : 0;
        put((unsigned)-error, 2);
        put(raw.faults, 2);
        put(length, 4);
        (void)fwrite(out, 1, length, stdout);
        postino_dkim_init(&dkim, &raw.source, &fake_dkim, &signature_octets, "b.test", "s");
        length = dkim.source.methods->begin(&dkim.source, 0, &info) == 0 ? read_all(&dkim.source) : 0;
        put(length, 4);
        (void)fwrite(out, 1, length, stdout);
        if (inner.breach != NULL)
            return 3;
    }
    return 0;
}
