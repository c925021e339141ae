/* SPDX-License-Identifier: MIT */
#ifndef DIALOGUE_H
#define DIALOGUE_H

#include "fake_transport.h"
#include "postino/session.h"

/* A full dialogue for fault tests: LOGIN, a mail to three recipients, a mail with one refused recipient
 * (partial delivery), QUIT. It knows the offset of each event in both streams, so it tells each mail's
 * outcome for a cut at any octet. This reference shares no code with the engine. */

#define DIALOGUE_MAILS      4 /* at most */
#define DIALOGUE_RECIPIENTS 3
#define DIALOGUE_EVENTS     40

struct dialogue_mail {
    struct postino_mail mail;
    struct postino_recipient recipients[DIALOGUE_RECIPIENTS];
    struct postino_memory_source source;
    /* Offsets in the stream of the client's octets, and in that of the server's. */
    size_t start_octets;                        /* client: where MAIL begins */
    size_t end_octets;                          /* client: behind the end mark */
    size_t final_octets;                        /* server: behind the reply to it */
    size_t refusal_octets[DIALOGUE_RECIPIENTS]; /* server: behind the refusal; 0: not refused */
};

struct dialogue {
    struct peer_event events[DIALOGUE_EVENTS];
    size_t event_count;
    size_t client_octets;
    size_t server_octets;
    struct dialogue_mail mails[DIALOGUE_MAILS];
    size_t mail_count;
    int interruptible; /* the client speaks while the server does: for the peer's field */
    struct postino_credentials credentials;
    struct postino_session_config config;
    struct postino_session session;
};

/* Writes the script and prepares mails and session configuration. */
void dialogue_init(struct dialogue *dialogue);

/* Another dialogue, with PIPELINING and CHUNKING: four mails, three of them in flight at a time. One mail
 * has two recipients, and one of these is refused. */
void dialogue_init_pipelined(struct dialogue *dialogue);

/* The last mail. */
const struct dialogue_mail *dialogue_last(const struct dialogue *dialogue);

/* Adds to the script. */
void dialogue_add(struct dialogue *dialogue, enum peer_event_kind kind, const char *text);

/* Connects and runs it over a fake transport that was set up with dialogue->events: everything is handed in
 * at once. Returns what the pump returns. */
int dialogue_run(struct dialogue *dialogue, struct fake_transport *fake);

/* The outcome of a recipient when the server took so many of the client's octets, and the client read so
 * many of the server's: enum postino_outcome. */
unsigned dialogue_outcome(const struct dialogue *dialogue, size_t mail, size_t recipient, size_t taken_octets,
                          size_t given_octets);

/* Compares every mail and recipient with the reference, and looks after what the transport counted. Returns
 * NULL, or what is wrong. */
const char *dialogue_judge(struct dialogue *dialogue, const struct fake_transport *fake, size_t taken_octets);

#endif
