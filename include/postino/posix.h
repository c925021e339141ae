/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_POSIX_H
#define POSTINO_POSIX_H

#include "postino/config.h"
#include "postino/transport.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A transport over POSIX sockets: IPv4, IPv6 and sockets in the file system. Its two buffers of 16 KiB are
 * inside. By default the object has some 32.9 kB, so that it fits on the stack of a thread.
 * postino_posix_buffers() gives it larger buffers. */
struct postino_posix {
    struct postino_transport transport;
    /* private */
    int (*reach)(struct postino_posix *posix, uint32_t timeout_ms);
    const char *host; /* or the path */
    const char *service;
    int socket;
    int system_error;
    int asked; /* nothing was received or waited for since the last send: wait before the next look */
    size_t offset_octets; /* octets of the send buffer that were sent */
    uint8_t *send_buffer; /* the buffers below, or the caller's */
    uint8_t *receive_buffer;
    size_t send_capacity_octets;
    size_t receive_capacity_octets;
    uint8_t own_send_buffer[POSTINO_POSIX_SEND_OCTETS];
    uint8_t own_receive_buffer[POSTINO_POSIX_RECEIVE_OCTETS];
};

/* Prepares a closed transport. `host` is a name or an IPv4 or IPv6 address; `service` is a port number or a
 * name of the services database ("25", "submission"). Both strings are borrowed. connect() tries every
 * address of the name, in the resolver's order, within the one time limit; the time of the resolver itself
 * cannot be bounded. Never raises SIGPIPE, and handles EINTR. Returns 0, POSTINO_ERROR_ARGUMENT or
 * POSTINO_ERROR_OBJECT_SIZE. May be called at any time, from any thread, on an object that no client uses. */
#define postino_posix_init(posix, host, service) \
    postino_posix_init_sized((posix), sizeof *(posix), (host), (service))
int postino_posix_init_sized(struct postino_posix *posix, size_t posix_octets, const char *host,
                             const char *service);

/* Prepares a closed transport to a socket in the file system, as LMTP servers have: "/run/dovecot/lmtp". The
 * path is borrowed. connect() waits for a server whose queue is full, within its time limit. A path without a
 * server is POSTINO_ERROR_CONNECT; postino_posix_system_error() says why (ENOENT, EACCES, ECONNREFUSED).
 * Returns 0, POSTINO_ERROR_ARGUMENT (NULL, an empty path, or one too long for the system: on Linux 108 octets
 * with the zero) or POSTINO_ERROR_OBJECT_SIZE. May be called as postino_posix_init(). */
#define postino_posix_init_path(posix, path) postino_posix_init_path_sized((posix), sizeof *(posix), (path))
int postino_posix_init_path_sized(struct postino_posix *posix, size_t posix_octets, const char *path);

/* Makes the transport use the caller's buffers from now on. May be called after init, while the transport is
 * closed. A message of many megabytes is sent fastest from 256 KiB. Both buffers are borrowed and must
 * outlive the transport; NULL keeps the buffer inside. The transport wipes commands from the send buffer. The
 * send buffer needs at least 512 octets, the receive buffer 64. Returns 0, POSTINO_ERROR_ARGUMENT (a buffer
 * is too small) or POSTINO_ERROR_STATE (the transport is connected). After an error nothing has changed. */
int postino_posix_buffers(struct postino_posix *posix, void *send_buffer, size_t send_octets,
                          void *receive_buffer, size_t receive_octets);

/* Returns the errno value of the last failure, or 0. After POSTINO_ERROR_RESOLVE returns the code of
 * getaddrinfo(), which gai_strerror() explains. May be called at any time, by the thread that uses the
 * object. */
int postino_posix_system_error(const struct postino_posix *posix);

#ifdef __cplusplus
}
#endif

#endif
