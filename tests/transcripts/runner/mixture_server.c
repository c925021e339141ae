/* SPDX-License-Identifier: MIT */
/* Judges when the client may say what, by the replies that it could know when it began to say it. */
#include "mixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void mixture_breach(struct mixture *mixture, const char *what)
{
    if (mixture->breach[0] == '\0') {
        (void)snprintf(mixture->breach, sizeof mixture->breach, "%s: %.60s", what, mixture->line);
    }
}

static struct mixture_entry *mixture_log(struct mixture *mixture, enum mixture_verb verb, unsigned code)
{
    struct mixture_entry *entry = &mixture->log[mixture->count];
    char reply[32];
    int length = snprintf(reply, sizeof reply, "%u Said\r\n", code);

    if (mixture->count == MIXTURE_LOG || (size_t)length > sizeof mixture->replies - mixture->replies_octets) {
        abort();
    }
    mixture->count++;
    memcpy(mixture->replies + mixture->replies_octets, reply, (size_t)length);
    mixture->replies_octets += (size_t)length;
    entry->verb = verb;
    entry->mail = mixture->mail;
    entry->code = code;
    entry->reply_end_octets = mixture->replies_octets;
    return entry;
}

void mixture_init(struct mixture *mixture, const struct mixture_plan *plan)
{
    memset(mixture, 0, sizeof *mixture);
    mixture->plan = plan;
    (void)mixture_log(mixture, MIXTURE_HELLO, 220);
}

unsigned mixture_answered(const struct mixture *mixture)
{
    unsigned i = 0;

    while (i < mixture->count && mixture->log[i].reply_end_octets <= mixture->given_octets) {
        i++;
    }
    return i;
}

size_t mixture_message(unsigned mail, char *text, size_t capacity)
{
    return (size_t)snprintf(text, capacity, "Hello %u\r\n", mail);
}

static const struct mixture_codes *mixture_codes(const struct mixture *mixture)
{
    unsigned transaction = mixture->transactions[mixture->mail];

    if (transaction == 0 || transaction > MIXTURE_TRANSACTIONS) {
        return NULL;
    }
    return &mixture->plan->mail[mixture->mail].codes[transaction - 1];
}

/* RFC 3030 section 2, RFC 5321 section 3.3: nothing of a transaction before may be left over. */
static void mixture_watch_mail(struct mixture *mixture)
{
    unsigned known = mixture->log_at_line;
    unsigned unsettled = 0;
    unsigned last = mixture->count;
    unsigned i;

    for (i = 0; i < mixture->count; i++) {
        unsettled += mixture->log[i].verb == MIXTURE_MESSAGE && i >= known;
    }
    if (unsettled >= (mixture->plan->in_flight > 1 ? mixture->plan->in_flight : 1)) {
        mixture_breach(mixture, "more mails under way than allowed");
    }
    if (last == 0 || mixture->log[last - 1].verb == MIXTURE_HELLO ||
        mixture->log[last - 1].verb == MIXTURE_RSET) {
        return;
    }
    if (mixture->log[last - 1].verb != MIXTURE_MESSAGE || last - 1 >= known ||
        mixture->log[last - 1].code != 250 || mixture->log[last - 1].lone) {
        mixture_breach(mixture, "no RSET before MAIL");
    }
}

/* DATA and BDAT. */
static void mixture_watch_message(struct mixture *mixture, const struct mixture_standing *standing)
{
    const struct mixture_mail *mail = &mixture->plan->mail[mixture->mail];

    if (!mail->partial && mail->recipients > 1 && standing->taken != mail->recipients) {
        mixture_breach(mixture, "all or nothing, and not all are known to be taken");
    }
    if (standing->answered == standing->asked && standing->taken == 0) {
        mixture_breach(mixture, "nobody is there to take it");
    }
    if (mixture->plan->chunking && !mail->rewinds && standing->taken == 0) {
        mixture_breach(mixture, "a source that cannot rewind did not wait");
    }
}

static void mixture_watch(struct mixture *mixture, enum mixture_verb verb)
{
    struct mixture_standing standing;
    unsigned known = mixture->log_at_line;
    unsigned i;

    mixture_stand(mixture, known, mixture->mail, &standing);
    if (!mixture->plan->pipelining && known != mixture->count) {
        mixture_breach(mixture, "no PIPELINING, and it did not wait");
    }
    for (i = known; i < mixture->count; i++) {
        if (mixture->log[i].verb == MIXTURE_DATA || mixture->log[i].verb == MIXTURE_QUIT ||
            mixture->log[i].verb == MIXTURE_HELLO) {
            mixture_breach(mixture, "sent behind what ends a group");
        }
    }
    if (verb == MIXTURE_MAIL) {
        mixture_watch_mail(mixture);
    }
    if (verb == MIXTURE_RCPT || verb == MIXTURE_DATA || verb == MIXTURE_MESSAGE) {
        if (standing.decided) {
            mixture_breach(mixture, "the mail is refused, and it goes on");
        }
    }
    if (verb == MIXTURE_DATA || verb == MIXTURE_MESSAGE) {
        mixture_watch_message(mixture, &standing);
    }
    if (verb == MIXTURE_QUIT && known != mixture->count &&
        mixture->plan->mail[mixture->mail].recipients != 1) {
        mixture_breach(mixture, "QUIT while a further transaction may be needed");
    }
}

static void mixture_complete(struct mixture *mixture)
{
    const struct mixture_codes *codes = mixture_codes(mixture);
    char expected[64];
    size_t length = mixture_message(mixture->mail, expected, sizeof expected);
    struct mixture_standing standing;
    struct mixture_entry *entry;
    int lone = mixture->message_octets == 0;

    mixture_stand(mixture, mixture_answered(mixture), mixture->mail, &standing);
    if (lone && (mixture->in_chunk || !standing.decided || standing.taken != 0)) {
        mixture_breach(mixture, "a lone dot out of place");
    }
    if (!lone && (length != mixture->message_octets || memcmp(expected, mixture->message, length) != 0)) {
        mixture_breach(mixture, "another message");
    }
    if (!lone && mixture->in_message && standing.decided) {
        mixture_breach(mixture, "a message for nobody");
    }
    entry = mixture_log(mixture, MIXTURE_MESSAGE, codes != NULL ? codes->message : 503);
    entry->lone = lone;
    mixture->in_message = 0;
    mixture->in_chunk = 0;
}

static void mixture_envelope(struct mixture *mixture, unsigned number)
{
    const struct mixture_codes *codes;
    struct mixture_entry *entry;

    if (mixture->line[0] == 'M') {
        if (number >= mixture->plan->mails || ++mixture->transactions[number] > MIXTURE_TRANSACTIONS) {
            mixture_breach(mixture, "one transaction too many");
            number = 0;
        }
        mixture->mail = number;
        mixture_watch(mixture, MIXTURE_MAIL);
        codes = mixture_codes(mixture);
        (void)mixture_log(mixture, MIXTURE_MAIL, codes != NULL ? codes->mail : 503);
        return;
    }
    mixture_watch(mixture, MIXTURE_RCPT);
    codes = mixture_codes(mixture);
    if (codes == NULL || number >= mixture->plan->mail[mixture->mail].recipients) {
        mixture_breach(mixture, "RCPT out of place");
        return;
    }
    entry = mixture_log(mixture, MIXTURE_RCPT, codes->rcpt[number]);
    entry->recipient = number;
}

static void mixture_hello(struct mixture *mixture)
{
    char reply[80];
    int length =
        snprintf(reply, sizeof reply, "250-x\r\n%s%s", mixture->plan->pipelining ? "250-PIPELINING\r\n" : "",
                 mixture->plan->chunking ? "250-CHUNKING\r\n" : "");

    memcpy(mixture->replies + mixture->replies_octets, reply, (size_t)length);
    mixture->replies_octets += (size_t)length;
    (void)mixture_log(mixture, MIXTURE_HELLO, 250);
}

static void mixture_line(struct mixture *mixture)
{
    const char *line = mixture->line;
    const struct mixture_codes *codes = mixture_codes(mixture);

    if (strncmp(line, "EHLO ", 5) == 0) {
        mixture_hello(mixture);
    } else if (strncmp(line, "MAIL FROM:<m", 12) == 0) {
        mixture_envelope(mixture, (unsigned)atoi(line + 12));
    } else if (strncmp(line, "RCPT TO:<r", 10) == 0) {
        mixture_envelope(mixture, (unsigned)atoi(line + 10));
    } else if (strcmp(line, "RSET") == 0) {
        mixture_watch(mixture, MIXTURE_RSET);
        (void)mixture_log(mixture, MIXTURE_RSET, 250);
    } else if (strcmp(line, "DATA") == 0 && !mixture->plan->chunking && codes != NULL) {
        mixture_watch(mixture, MIXTURE_DATA);
        (void)mixture_log(mixture, MIXTURE_DATA, codes->data);
        mixture->in_message = codes->data == 354;
        mixture->message_octets = 0;
    } else if (strcmp(line, "BDAT 9 LAST") == 0 && mixture->plan->chunking) {
        mixture_watch(mixture, MIXTURE_MESSAGE);
        mixture->in_chunk = 1;
        mixture->chunk_octets = 9;
        mixture->message_octets = 0;
    } else if (strcmp(line, "QUIT") == 0) {
        mixture_watch(mixture, MIXTURE_QUIT);
        (void)mixture_log(mixture, MIXTURE_QUIT, 221);
    } else {
        mixture_breach(mixture, "not expected");
    }
}

static void mixture_message_octet(struct mixture *mixture, char octet)
{
    size_t length = mixture->message_octets;

    if (mixture->message_octets == sizeof mixture->message) {
        mixture_breach(mixture, "too long a message");
        return;
    }
    if (mixture->in_message && length == 0 && mixture_answered(mixture) != mixture->count) {
        mixture_breach(mixture, "a message before its 354");
    }
    mixture->message[mixture->message_octets++] = octet;
    length++;
    if (mixture->in_chunk) {
        if (--mixture->chunk_octets == 0) {
            mixture_complete(mixture);
        }
    } else if (length >= 3 && memcmp(mixture->message + length - 3, ".\r\n", 3) == 0 &&
               (length == 3 || mixture->message[length - 4] == '\n')) {
        mixture->message_octets -= 3;
        mixture_complete(mixture);
    }
}

void mixture_take(struct mixture *mixture, const uint8_t *data, size_t length_octets)
{
    size_t i;

    for (i = 0; i < length_octets; i++) {
        if (mixture->in_message || mixture->in_chunk) {
            mixture_message_octet(mixture, (char)data[i]);
            continue;
        }
        if (mixture->line_octets == 0) {
            mixture->log_at_line = mixture_answered(mixture);
        }
        if (mixture->line_octets == sizeof mixture->line - 1) {
            mixture_breach(mixture, "too long a line");
            return;
        }
        mixture->line[mixture->line_octets++] = (char)data[i];
        mixture->line[mixture->line_octets] = '\0';
        if (data[i] == '\n') {
            mixture->line[mixture->line_octets >= 2 ? mixture->line_octets - 2 : 0] = '\0';
            mixture_line(mixture);
            mixture->line_octets = 0;
        }
    }
}
