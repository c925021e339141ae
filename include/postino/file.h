/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_FILE_H
#define POSTINO_FILE_H

#include "postino/source.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A source over a regular file of a POSIX system, through one buffer of the caller's. */
struct postino_file_source {
    struct postino_source source;
    /* private */
    int descriptor;
    uint8_t flags;
    uint8_t *buffer;
    size_t buffer_octets;
    size_t size_octets;
    size_t offset_octets;
    size_t lent_octets;
    size_t taken_octets;
};

/* Makes a source of the file that `descriptor` is open on. It is read from its first octet, wherever the
 * descriptor stands, and stays open; it and the buffer, at least one octet, are borrowed until the mail is
 * finished. `flags` are those of postino_callback_source_init(); POSTINO_SOURCE_BINARY for an attachment, so
 * that its size is known. What is added to the file while it is sent is left out; a file that shrinks fails.
 * May be called at any time that no session reads the source. Any thread, one at a time. */
void postino_file_source_init(struct postino_file_source *source, int descriptor, void *buffer,
                              size_t buffer_octets, unsigned flags);

#ifdef __cplusplus
}
#endif

#endif
