/* SPDX-License-Identifier: MIT */
/* The reference. A mail is accepted when the final reply was read whole. Otherwise it is not accepted when
 * the end mark was not sent whole, and unknown when it was. It is not attempted when nothing of it was
 * sent. */
#include "dialogue.h"

#include "postino/pump.h"

#include <stdio.h>
#include <string.h>

void dialogue_add(struct dialogue *dialogue, enum peer_event_kind kind, const char *text)
{
    struct peer_event *event = &dialogue->events[dialogue->event_count++];

    event->kind = kind;
    event->data = (const uint8_t *)text;
    event->length_octets = strlen(text);
    *(kind == PEER_CLIENT ? &dialogue->client_octets : &dialogue->server_octets) += event->length_octets;
}

const struct dialogue_mail *dialogue_last(const struct dialogue *dialogue)
{
    return &dialogue->mails[dialogue->mail_count - 1];
}

static void dialogue_pair(struct dialogue *dialogue, const char *command, const char *reply)
{
    dialogue_add(dialogue, PEER_CLIENT, command);
    dialogue_add(dialogue, PEER_SERVER, reply);
}

static void dialogue_first_mail(struct dialogue *dialogue)
{
    struct dialogue_mail *mail = &dialogue->mails[0];

    mail->start_octets = dialogue->client_octets;
    dialogue_pair(dialogue, "MAIL FROM:<a@example.com>\r\n", "250 2.1.0 ok\r\n");
    dialogue_pair(dialogue, "RCPT TO:<b@example.org>\r\n", "250-2.1.5 ok\r\n250 2.1.5 ok\r\n");
    dialogue_pair(dialogue, "RCPT TO:<c@example.org>\r\n", "251 2.1.5 ok\r\n");
    dialogue_pair(dialogue, "RCPT TO:<d@example.org>\r\n", "250 2.1.5 ok\r\n");
    dialogue_pair(dialogue, "DATA\r\n", "354 go\r\n");
    dialogue_add(dialogue, PEER_CLIENT, "Subject: one\r\n\r\n..dot\r\nlast\r\n.\r\n");
    mail->end_octets = dialogue->client_octets;
    dialogue_add(dialogue, PEER_SERVER, "250-2.0.0 queued\r\n250 2.0.0 as 1\r\n");
    mail->final_octets = dialogue->server_octets;
    postino_memory_source_init(&mail->source, "Subject: one\n\n.dot\nlast", 23);
    mail->mail.reverse_path = "a@example.com";
    mail->recipients[0].address = "b@example.org";
    mail->recipients[1].address = "c@example.org";
    mail->recipients[2].address = "d@example.org";
    mail->recipients[0].next = &mail->recipients[1];
    mail->recipients[1].next = &mail->recipients[2];
}

static void dialogue_second_mail(struct dialogue *dialogue)
{
    struct dialogue_mail *mail = &dialogue->mails[1];

    mail->start_octets = dialogue->client_octets;
    dialogue_pair(dialogue, "MAIL FROM:<>\r\n", "250 2.1.0 ok\r\n");
    dialogue_pair(dialogue, "RCPT TO:<x@example.net>\r\n", "550-5.1.1 no\r\n550 5.1.1 such user\r\n");
    mail->refusal_octets[0] = dialogue->server_octets;
    dialogue_pair(dialogue, "RCPT TO:<y@example.net>\r\n", "250 2.1.5 ok\r\n");
    dialogue_pair(dialogue, "DATA\r\n", "354-go\r\n354 on\r\n");
    dialogue_add(dialogue, PEER_CLIENT, "two\r\n.\r\n");
    mail->end_octets = dialogue->client_octets;
    dialogue_add(dialogue, PEER_SERVER, "250 2.0.0 queued as 2\r\n");
    mail->final_octets = dialogue->server_octets;
    postino_memory_source_init(&mail->source, "two\r\n", 5);
    mail->mail.reverse_path = "";
    mail->mail.delivery = &postino_delivery_partial;
    mail->recipients[0].address = "x@example.net";
    mail->recipients[1].address = "<y@example.net>";
    mail->recipients[0].next = &mail->recipients[1];
}

void dialogue_init(struct dialogue *dialogue)
{
    static const struct postino_mechanism *const mechanisms[] = {&postino_sasl_login, NULL};
    size_t i;

    memset(dialogue, 0, sizeof *dialogue);
    dialogue_add(dialogue, PEER_SERVER, "220-mx.example.org\r\n220 ESMTP\r\n");
    dialogue_pair(dialogue, "EHLO client.example.com\r\n",
                  "250-mx.example.org\r\n250-DSN\r\n250 AUTH LOGIN\r\n");
    dialogue_pair(dialogue, "AUTH LOGIN\r\n", "334 VXNlcm5hbWU6\r\n");
    dialogue_pair(dialogue, "dGlt\r\n", "334 UGFzc3dvcmQ6\r\n");
    dialogue_pair(dialogue, "dGFuc3RhYWZ0YW5zdGFhZg==\r\n", "235 2.7.0 ok\r\n");
    dialogue_first_mail(dialogue);
    dialogue_second_mail(dialogue);
    dialogue_pair(dialogue, "QUIT\r\n", "221 2.0.0 bye\r\n");
    dialogue->mail_count = 2;
    for (i = 0; i < dialogue->mail_count; i++) {
        dialogue->mails[i].mail.recipients = dialogue->mails[i].recipients;
        dialogue->mails[i].mail.source = &dialogue->mails[i].source.source;
    }
    dialogue->credentials.user = "tim";
    dialogue->credentials.password = "tanstaaftanstaaf";
    dialogue->config.ehlo_name = "client.example.com";
    dialogue->config.faults = &postino_faults;
    dialogue->config.time_limits = &postino_time_limits_rfc5321;
    dialogue->config.extensions = postino_extensions_all;
    dialogue->config.credentials = &dialogue->credentials;
    dialogue->config.mechanisms = mechanisms;
    dialogue->config.flags = POSTINO_SESSION_CLEAR_TEXT_AUTH;
}

int dialogue_run(struct dialogue *dialogue, struct fake_transport *fake)
{
    struct postino_transport *transport = &fake->transport;
    int error = transport->methods->connect(transport, 1000);
    size_t i;

    if (error != 0) {
        return error;
    }
    error = postino_session_init(&dialogue->session, &dialogue->config, fake->now_ms);
    for (i = 0; i < dialogue->mail_count && error == 0; i++) {
        error = postino_session_submit(&dialogue->session, &dialogue->mails[i].mail);
    }
    postino_session_quit(&dialogue->session);
    return error != 0 ? error : postino_pump(&dialogue->session, transport, 0);
}

unsigned dialogue_outcome(const struct dialogue *dialogue, size_t mail, size_t recipient, size_t taken_octets,
                          size_t given_octets)
{
    const struct dialogue_mail *known = &dialogue->mails[mail];
    size_t refusal_octets = known->refusal_octets[recipient];

    if (refusal_octets != 0 && given_octets >= refusal_octets) {
        return POSTINO_OUTCOME_PERMANENT;
    }
    if (given_octets >= known->final_octets) {
        return POSTINO_OUTCOME_ACCEPTED;
    }
    if (taken_octets <= known->start_octets) {
        return POSTINO_OUTCOME_NOT_ATTEMPTED;
    }
    return taken_octets < known->end_octets ? POSTINO_OUTCOME_TRANSIENT : POSTINO_OUTCOME_UNKNOWN;
}

/* The best that became of a recipient, except that what may have been delivered is not called refused. */
static unsigned dialogue_summary(const struct dialogue *dialogue, size_t mail, size_t taken_octets,
                                 size_t given_octets)
{
    static const uint8_t order[] = {POSTINO_OUTCOME_ACCEPTED, POSTINO_OUTCOME_UNKNOWN,
                                    POSTINO_OUTCOME_TRANSIENT, POSTINO_OUTCOME_PERMANENT,
                                    POSTINO_OUTCOME_NOT_ATTEMPTED};
    const struct postino_recipient *recipient = dialogue->mails[mail].mail.recipients;
    size_t best = sizeof order - 1;
    size_t i;

    for (i = 0; recipient != NULL; recipient = recipient->next, i++) {
        unsigned outcome = dialogue_outcome(dialogue, mail, i, taken_octets, given_octets);

        while (memchr(order, (int)outcome, best) != NULL) {
            best--;
        }
    }
    return order[best];
}

static const char *dialogue_judge_mail(struct dialogue *dialogue, size_t mail, size_t taken_octets,
                                       size_t given_octets)
{
    static char finding[160];
    const struct dialogue_mail *known = &dialogue->mails[mail];
    const struct postino_recipient *recipient = known->mail.recipients;
    unsigned summary = dialogue_summary(dialogue, mail, taken_octets, given_octets);
    size_t i;

    if (postino_session_finished(&dialogue->session) != &known->mail) {
        return "a mail was not handed back in its turn";
    }
    for (i = 0; recipient != NULL; recipient = recipient->next, i++) {
        unsigned outcome = dialogue_outcome(dialogue, mail, i, taken_octets, given_octets);

        if (recipient->outcome != outcome) {
            (void)snprintf(finding, sizeof finding, "mail %d recipient %d: %s, expected %s", (int)mail + 1,
                           (int)i + 1, postino_outcome_name(recipient->outcome),
                           postino_outcome_name(outcome));
            return finding;
        }
    }
    if (known->mail.result.outcome != summary ||
        (summary == POSTINO_OUTCOME_ACCEPTED) != (known->mail.result.error == 0)) {
        (void)snprintf(finding, sizeof finding, "mail %d: %s, error %d, expected %s", (int)mail + 1,
                       postino_outcome_name(known->mail.result.outcome), known->mail.result.error,
                       postino_outcome_name(summary));
        return finding;
    }
    return NULL;
}

const char *dialogue_judge(struct dialogue *dialogue, const struct fake_transport *fake, size_t taken_octets)
{
    const char *finding = NULL;
    size_t i;

    if (fake->breach[0] != '\0') {
        return fake->breach;
    }
    if (fake->peer.departure[0] != '\0') {
        return fake->peer.departure;
    }
    if (fake->waited_for_ever) {
        return "it waited for ever";
    }
    if (fake->live_buffers != 0) {
        return "a buffer was not given back";
    }
    if (fake->closes_graceful + fake->closes_abort != 1) {
        return "the connection was not closed once";
    }
    for (i = 0; i < dialogue->mail_count && finding == NULL; i++) {
        finding = dialogue_judge_mail(dialogue, i, taken_octets, fake->peer.given_octets);
    }
    return finding;
}
