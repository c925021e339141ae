/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_TRACE_H
#define POSTINO_TRACE_H

#include "postino/session.h"
#include "postino/transport.h"

#ifdef __cplusplus
extern "C" {
#endif

enum postino_direction {
    POSTINO_DIRECTION_CLIENT = 'C',
    POSTINO_DIRECTION_SERVER = 'S'
};

/* Takes octets of the dialogue as they are sent and received. If the client's octets hold a secret, `data` is
 * NULL and the length is 0: print a mask instead. A secret that leaves in several pieces causes several
 * calls. */
typedef void (*postino_trace_function)(void *context, enum postino_direction direction, const uint8_t *data,
                                       size_t length_octets);

/* A transport around another transport, which shows the dialogue. */
struct postino_trace_transport {
    struct postino_transport transport;
    /* private */
    struct postino_transport *inner;
    const struct postino_session *session;
    postino_trace_function function;
    void *context;
    const uint8_t *buffer;
};

/* Wraps `inner`: use &trace->transport in its place. `session` is the session that runs over it, and says
 * which octets are secret. Everything is borrowed as long as the wrapper is used. May be called while the
 * transport is closed. */
void postino_trace_transport_init(struct postino_trace_transport *trace, struct postino_transport *inner,
                                  const struct postino_session *session, postino_trace_function function,
                                  void *context);

#ifdef __cplusplus
}
#endif

#endif
