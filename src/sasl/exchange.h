/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_EXCHANGE_H
#define POSTINO_EXCHANGE_H

/* The exchange that mechanisms with challenges of their own share. */

#include "../engine/auth.h"
#include "../engine/emitter.h"
#include "../engine/reply.h"
#include "../engine/state.h"

unsigned postino_sasl_start(struct postino_session *session);
int postino_sasl_allowed(const struct postino_session *session, const struct postino_mechanism *mechanism);
/* Returns the channel binding that the credentials choose; NULL: there is none. */
const struct postino_channel_binding *postino_sasl_binding(const struct postino_credentials *credentials,
                                                           const struct postino_tls_info *tls);
/* Emits a name with "," and "=" as "=2C" and "=3D" (RFC 5801 section 4). */
void postino_sasl_emit_name(struct postino_emitter *emitter, const char *name);
/* Decodes base64 that is part of the challenge. Sets the span to the octets, which stay in the state until
 * the next call. Octets that are no base64 set challenge_error. */
void postino_sasl_decode(struct postino_sasl_state *state, struct postino_span *span);
/* Returns the password, as a key. */
struct postino_span postino_sasl_password(const struct postino_session *session);
/* Computes the HMAC with the mechanism's hash; a failure sets challenge_error. */
void postino_sasl_hmac(const struct postino_session *session, const struct postino_span *key,
                       const struct postino_span *spans, size_t count, uint8_t *out);
/* Clears memory in a way that the compiler cannot leave out. */
void postino_wipe(void *memory, size_t octets);

#endif
