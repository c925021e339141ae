/* SPDX-License-Identifier: MIT */
/* Replaces send() by the linker's --wrap: the socket takes a few octets at a time and sometimes none. With
 * SHORT_SEND=cut in the environment it sends all but the last octet of a message's end mark; then the
 * connection breaks. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>

#define MARK "\r\n.\r\n"

ssize_t __real_send(int socket, const void *data, size_t length, int flags);
ssize_t __wrap_send(int socket, const void *data, size_t length, int flags);

static int is_end_mark(const char *data, size_t length)
{
    size_t mark = sizeof MARK - 1;

    return length >= mark && memcmp(data + length - mark, MARK, mark) == 0;
}

ssize_t __wrap_send(int socket, const void *data, size_t length, int flags)
{
    static unsigned calls;
    const char *mode = getenv("SHORT_SEND");

    if (mode != NULL && strcmp(mode, "cut") == 0) {
        if (is_end_mark(data, length))
            return __real_send(socket, data, length - 1, flags);
        if (length == 1) {
            (void)shutdown(socket, SHUT_RDWR);
            errno = EPIPE;
            return -1;
        }
        return __real_send(socket, data, length, flags);
    }
    if (++calls % 3 == 0) {
        errno = calls % 2 == 0 ? EAGAIN : EINTR;
        return -1;
    }
    return __real_send(socket, data, length < 23 ? length : 23, flags);
}
