/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_POSIX_H
#define POSTINO_POSIX_H

#include "postino/config.h"
#include "postino/transport.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A transport over POSIX sockets, IPv4 and IPv6. */
struct postino_posix {
    struct postino_transport transport;
    /* private */
    const char *host;
    const char *service;
    int socket;
    int system_error;
    int asked; /* since all was sent nothing was received or waited for: no need to look before waiting */
    size_t offset_octets; /* of the send buffer, sent already */
    uint8_t send_buffer[POSTINO_POSIX_SEND_OCTETS];
    uint8_t receive_buffer[POSTINO_POSIX_RECEIVE_OCTETS];
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

/* Returns the errno value of the last failure, or 0; after POSTINO_ERROR_RESOLVE the code of getaddrinfo(),
 * which gai_strerror() knows. */
int postino_posix_system_error(const struct postino_posix *posix);

#ifdef __cplusplus
}
#endif

#endif
