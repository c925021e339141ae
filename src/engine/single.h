/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_SINGLE_H
#define POSTINO_SINGLE_H

/* The strategies of a session that sends one mail to one recipient. */

#include "state.h"

/* single.c: in lock-step. */
extern const struct postino_mail_strategy postino_single;
/* The same where the connection may be encrypted. */
extern const struct postino_mail_strategy postino_single_tls;
/* Starts a session with its only mail, whose addresses were checked. QUIT follows the mail. */
void postino_single_start(struct postino_session *session, const struct postino_session_config *config,
                          const struct postino_mail_strategy *strategy, struct postino_single *single);
/* Enters the step behind the one in hand. */
void postino_single_follow(struct postino_session *session);
/* Writes octets of the body. Returns how many. */
size_t postino_single_body(struct postino_session *session, uint8_t *out, size_t capacity);
/* As the members of a strategy: */
unsigned postino_single_want_tls(const struct postino_session *session);
unsigned postino_single_reply(struct postino_session *session, int refused);
void postino_single_refuse(struct postino_session *session);
size_t postino_single_output(struct postino_session *session, uint8_t *out, size_t capacity);
void postino_single_finish(struct postino_session *session, size_t unsent_octets);

/* single_group.c: commands travel in groups and messages in one chunk, where the configuration names the two
 * extensions below and the server offers them. */
extern const struct postino_mail_strategy postino_single_group;
extern const struct postino_mail_strategy postino_single_group_tls;
extern const struct postino_extension postino_single_pipelining;
extern const struct postino_extension postino_single_chunking;
/* Counts the message as a chunk. To be called when the session has started. */
void postino_group_count(struct postino_session *session);

#endif
