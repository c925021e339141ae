/* SPDX-License-Identifier: MIT */
/* The transport to a socket in the file system. A file of its own: stacks such as lwIP have none. */
#define _POSIX_C_SOURCE 200809L

#include "internal.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

/* Between two attempts while the server's queue is full. */
#define PATH_PAUSE_MS 10

/* A full queue refuses with EAGAIN, and nothing says when it has room: connect() is tried again. */
static int path_reach(struct postino_posix *posix, uint32_t timeout_ms)
{
    struct postino_transport *transport = &posix->transport;
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    const struct addrinfo address = {.ai_family = AF_UNIX,
                                     .ai_socktype = SOCK_STREAM,
                                     .ai_addr = (struct sockaddr *)&name,
                                     .ai_addrlen = sizeof name};
    uint32_t began_ms = transport->methods->now_ms(transport);

    memcpy(name.sun_path, posix->host, strlen(posix->host) + 1);
    for (;;) {
        int error = postino_posix_open(posix, &address, timeout_ms);

        if (error == 0 || (posix->system_error != EAGAIN && posix->system_error != EWOULDBLOCK))
            return error;
        if (transport->methods->now_ms(transport) - began_ms >= timeout_ms)
            return POSTINO_ERROR_CONNECT_TIMEOUT;
        (void)poll(NULL, 0, PATH_PAUSE_MS);
    }
}

int postino_posix_init_path_sized(struct postino_posix *posix, size_t posix_octets, const char *path)
{
    int error = postino_posix_init_sized(posix, posix_octets, path, "");

    if (error != 0)
        return error;
    if (path[0] == '\0' || strlen(path) >= sizeof((struct sockaddr_un *)NULL)->sun_path)
        return POSTINO_ERROR_ARGUMENT;
    posix->reach = path_reach;
    return POSTINO_OK;
}
