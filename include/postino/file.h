/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_FILE_H
#define POSTINO_FILE_H

#include "postino/letter.h"
#include "postino/source.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A source over a regular file of a POSIX system, through one buffer of the caller. */
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

/* Makes a source of the file that `descriptor` is open on. The source reads the file from its first octet,
 * wherever the descriptor stands, and leaves it open. The descriptor and the buffer, at least one octet, are
 * borrowed until the mail is finished. `flags` are those of postino_callback_source_init(). Use
 * POSTINO_SOURCE_BINARY for an attachment, so that its size is known. Octets that are added to the file while
 * it is sent are left out; a file that shrinks fails. May be called at any time that no session reads the
 * source, from any thread, one at a time. */
void postino_file_source_init(struct postino_file_source *source, int descriptor, void *buffer,
                              size_t buffer_octets, unsigned flags);

/* The port of letters on a POSIX system: its clock, the random octets of /dev/urandom, files by their path.
 * A file must be a regular one. It is open until postino_letter_close(). Several threads may use the port at
 * the same time. */
extern const struct postino_letter_port postino_posix_letter_port;

#ifdef __cplusplus
}
#endif

#endif
