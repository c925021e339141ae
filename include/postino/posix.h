/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_POSIX_H
#define POSTINO_POSIX_H

#include "postino/config.h"
#include "postino/transport.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A transport over POSIX sockets, IPv4 and IPv6. Its two buffers are inside: 2 x 16 KiB by default, some 32.9
 * kB in all, so that the object fits on the stack of a thread. postino_posix_buffers() gives it larger
 * ones. */
struct postino_posix {
    struct postino_transport transport;
    /* private */
    const char *host;
    const char *service;
    int socket;
    int system_error;
    int asked; /* since all was sent nothing was received or waited for: no need to look before waiting */
    size_t offset_octets; /* of the send buffer, sent already */
    uint8_t *send_buffer; /* the ones below, or the caller's */
    uint8_t *receive_buffer;
    size_t send_capacity_octets;
    size_t receive_capacity_octets;
    uint8_t own_send_buffer[POSTINO_POSIX_SEND_OCTETS];
    uint8_t own_receive_buffer[POSTINO_POSIX_RECEIVE_OCTETS];
};

/* Prepares a closed transport to `host`, a name or an IPv4 or IPv6 address, and `service`, a port number or a
 * name of the services database ("25", "submission"). Both strings are borrowed. connect() tries every
 * address that the name has, in the resolver's order, within the one time limit (the resolver's own time
 * cannot be bounded). Returns 0, POSTINO_ERROR_ARGUMENT or POSTINO_ERROR_OBJECT_SIZE. Signals: never raises
 * SIGPIPE; EINTR is handled. */
#define postino_posix_init(posix, host, service) \
    postino_posix_init_sized((posix), sizeof *(posix), (host), (service))
int postino_posix_init_sized(struct postino_posix *posix, size_t posix_octets, const char *host,
                             const char *service);

/* Has the transport use the caller's buffers from now on: after init, and only while it is closed. A message
 * of many megabytes is sent fastest from 256 KiB. Both buffers are borrowed and must outlive the transport; a
 * NULL keeps the one inside. The transport wipes commands from the send buffer, as it does inside. Sizes: at
 * least 512 octets to send from, 64 to receive into. Returns 0, POSTINO_ERROR_ARGUMENT (a buffer is too
 * small) or POSTINO_ERROR_STATE (the transport is connected); then nothing changed. */
int postino_posix_buffers(struct postino_posix *posix, void *send_buffer, size_t send_octets,
                          void *receive_buffer, size_t receive_octets);

/* Returns the errno value of the last failure, or 0; after POSTINO_ERROR_RESOLVE the code of getaddrinfo(),
 * which gai_strerror() knows. */
int postino_posix_system_error(const struct postino_posix *posix);

#ifdef __cplusplus
}
#endif

#endif
