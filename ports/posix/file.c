/* SPDX-License-Identifier: MIT */
/* A file as a source. Invariant: the buffer holds what stands in the file from offset_octets - lent_octets
 * on, of which taken_octets were taken; the file ends where it ended when the transaction began. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "postino/file.h"

static int file_begin(struct postino_source *source, uint32_t capabilities, struct postino_source_info *info)
{
    struct postino_file_source *self = (struct postino_file_source *)source;
    struct stat status;

    (void)capabilities;
    if (self->buffer_octets == 0 || fstat(self->descriptor, &status) != 0 || !S_ISREG(status.st_mode) ||
        (uintmax_t)status.st_size >= SIZE_MAX)
        return -1;
    self->size_octets = (size_t)status.st_size;
    self->offset_octets = 0;
    self->lent_octets = 0;
    self->taken_octets = 0;
    info->flags = (uint8_t)(self->flags | POSTINO_SOURCE_REWINDS);
    info->size_octets = (self->flags & (POSTINO_SOURCE_CANONICAL | POSTINO_SOURCE_BINARY)) != 0
                            ? self->size_octets
                            : POSTINO_SIZE_UNKNOWN;
    return 0;
}

static enum postino_source_status file_span(struct postino_source *source, const uint8_t **data,
                                            size_t *length_octets)
{
    struct postino_file_source *self = (struct postino_file_source *)source;

    if (self->taken_octets == self->lent_octets) {
        size_t length = self->size_octets - self->offset_octets;
        ssize_t got;

        if (length == 0)
            return POSTINO_SOURCE_END;
        if (length > self->buffer_octets)
            length = self->buffer_octets;
        do {
            got = pread(self->descriptor, self->buffer, length, (off_t)self->offset_octets);
        } while (got < 0 && errno == EINTR);
        if (got <= 0)
            return POSTINO_SOURCE_FAIL;
        self->lent_octets = (size_t)got;
        self->taken_octets = 0;
        self->offset_octets += self->lent_octets;
    }
    *data = self->buffer + self->taken_octets;
    *length_octets = self->lent_octets - self->taken_octets;
    return POSTINO_SOURCE_DATA;
}

static void file_consume(struct postino_source *source, size_t length_octets)
{
    ((struct postino_file_source *)source)->taken_octets += length_octets;
}

void postino_file_source_init(struct postino_file_source *source, int descriptor, void *buffer,
                              size_t buffer_octets, unsigned flags)
{
    static const struct postino_source_class file_class = {file_begin, file_span, file_consume, NULL, NULL};

    source->source.methods = &file_class;
    source->source.in_use = 0;
    source->descriptor = descriptor;
    source->flags = (uint8_t)flags;
    source->buffer = buffer;
    source->buffer_octets = buffer_octets;
    source->size_octets = 0;
    source->offset_octets = 0;
    source->lent_octets = 0;
    source->taken_octets = 0;
}
