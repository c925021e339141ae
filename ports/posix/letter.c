/* SPDX-License-Identifier: MIT */
/* Clock, random octets and files for letters. Invariant: a descriptor is open only for a file that open()
 * reported as open. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "postino/file.h"

/* A file's source fits the room that a letter has for it: otherwise a division by zero. */
enum {
    LETTER_FILE_FITS = 1 / (sizeof(struct postino_file_source) <= sizeof(union postino_letter_source))
};

static uint32_t letter_now_s(void *context)
{
    (void)context;
    return (uint32_t)time(NULL);
}

static int letter_random(void *context, uint8_t *out, size_t octets)
{
    int descriptor = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    ssize_t got = 1;

    (void)context;
    if (descriptor < 0)
        return -1;
    while (octets != 0 && got > 0) {
        got = read(descriptor, out, octets);
        if (got > 0) {
            out += got;
            octets -= (size_t)got;
        } else if (got < 0 && errno == EINTR) {
            got = 1;
        }
    }
    (void)close(descriptor);
    return octets == 0 ? 0 : -1;
}

static int letter_open(void *context, const char *path, union postino_letter_source *file, void *buffer,
                       size_t buffer_octets)
{
    /* Without O_NONBLOCK open() waits for the other end of a FIFO. */
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;

    (void)context;
    if (descriptor < 0)
        return POSTINO_ERROR_FILE;
    if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        (void)close(descriptor);
        return POSTINO_ERROR_FILE;
    }
    postino_file_source_init((struct postino_file_source *)(void *)file, descriptor, buffer, buffer_octets,
                             POSTINO_SOURCE_BINARY);
    return POSTINO_OK;
}

static void letter_close(void *context, union postino_letter_source *file)
{
    (void)context;
    (void)close(((struct postino_file_source *)(void *)file)->descriptor);
}

const struct postino_letter_port postino_posix_letter_port = {NULL, letter_now_s, letter_random, letter_open,
                                                              letter_close};
