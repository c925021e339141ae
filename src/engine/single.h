/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_SINGLE_H
#define POSTINO_SINGLE_H

/* The drivers of a session whose only mail goes to one recipient. */

#include "state.h"

/* single.c */
extern const struct postino_mail_strategy postino_single;
void postino_single_advance(struct postino_session *session);
/* Enters what goes out next. */
void postino_single_follow(struct postino_session *session);
unsigned postino_single_reply(struct postino_session *session, int refused);
void postino_single_refuse(struct postino_session *session);
size_t postino_single_output(struct postino_session *session, uint8_t *out, size_t capacity);
void postino_single_finish(struct postino_session *session, size_t unsent_octets);
/* single_group.c: the same where commands travel in groups and messages in a chunk. What of it the server
 * offers is known where the configuration names these two. */
extern const struct postino_mail_strategy postino_single_group;
void postino_group_advance(struct postino_session *session);
unsigned postino_group_reply(struct postino_session *session, int refused);
/* Has known how long the message will be as a chunk. To be called when the session has started. */
void postino_group_count(struct postino_session *session);
size_t postino_group_write_step(struct postino_session *session, uint8_t *out, size_t capacity);
/* single_tls.c: both where the connection may be encrypted. */
extern const struct postino_mail_strategy postino_single_tls;
extern const struct postino_mail_strategy postino_single_group_tls;
extern const struct postino_extension postino_single_pipelining;
extern const struct postino_extension postino_single_chunking;
/* Starts a session for its only mail, whose addresses were checked. QUIT follows it. */
void postino_single_start(struct postino_session *session, const struct postino_session_config *config,
                          const struct postino_mail_strategy *strategy, struct postino_single *single);
/* Puts out octets of the body. Returns how many. */
size_t postino_single_body(struct postino_session *session, uint8_t *out, size_t capacity);
size_t postino_single_write_step(struct postino_session *session, uint8_t *out, size_t capacity);

#endif
