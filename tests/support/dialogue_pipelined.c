/* SPDX-License-Identifier: MIT */
/* The server replies only after it has the first three mails. So the client's octets are the same in every
 * run, whatever the capacity, and all precede the first reply. The reference is that of every dialogue. */
#include "dialogue.h"

#include <string.h>

#define PIPELINED_MAILS 4

static void pipelined_refused(struct dialogue *dialogue, size_t mail, size_t recipient)
{
    dialogue_add(dialogue, PEER_SERVER, "550-5.1.1 no\r\n550 5.1.1 such user\r\n");
    dialogue->mails[mail].refusal_octets[recipient] = dialogue->server_octets;
}

static void pipelined_final(struct dialogue *dialogue, size_t mail, const char *reply)
{
    dialogue_add(dialogue, PEER_SERVER, reply);
    dialogue->mails[mail].final_octets = dialogue->server_octets;
}

static void pipelined_client(struct dialogue *dialogue, size_t mail, const char *envelope,
                             const char *message)
{
    if (mail != 0) {
        dialogue_add(dialogue, PEER_CLIENT, "RSET\r\n");
    }
    dialogue->mails[mail].start_octets = dialogue->client_octets;
    dialogue_add(dialogue, PEER_CLIENT, envelope);
    dialogue_add(dialogue, PEER_CLIENT, message);
    dialogue->mails[mail].end_octets = dialogue->client_octets;
}

static void pipelined_mail(struct dialogue *dialogue, size_t mail, const char *first, const char *second,
                           const char *message)
{
    struct dialogue_mail *known = &dialogue->mails[mail];

    postino_memory_source_init(&known->source, message, strlen(message));
    known->mail.source = &known->source.source;
    known->mail.reverse_path = "a@example.com";
    known->mail.recipients = known->recipients;
    known->recipients[0].address = first;
    if (second != NULL) {
        known->recipients[0].next = &known->recipients[1];
        known->recipients[1].address = second;
        known->mail.delivery = &postino_delivery_partial;
    }
}

void dialogue_init_pipelined(struct dialogue *dialogue)
{
    memset(dialogue, 0, sizeof *dialogue);
    dialogue->mail_count = PIPELINED_MAILS;
    dialogue->interruptible = 1;
    pipelined_mail(dialogue, 0, "b@example.org", NULL, "one\n");
    pipelined_mail(dialogue, 1, "c@example.org", "d@example.org", "two\r\n.dot");
    pipelined_mail(dialogue, 2, "e@example.org", NULL, "");
    pipelined_mail(dialogue, 3, "f@example.org", NULL, "four\r\n");
    dialogue_add(dialogue, PEER_SERVER, "220 mx.example.org\r\n");
    dialogue_add(dialogue, PEER_CLIENT, "EHLO client.example.com\r\n");
    dialogue_add(dialogue, PEER_SERVER, "250-mx.example.org\r\n250-PIPELINING\r\n250 CHUNKING\r\n");
    pipelined_client(dialogue, 0, "MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.org>\r\n",
                     "BDAT 5 LAST\r\none\r\n");
    pipelined_client(dialogue, 1,
                     "MAIL FROM:<a@example.com>\r\nRCPT TO:<c@example.org>\r\nRCPT TO:<d@example.org>\r\n",
                     "BDAT 11 LAST\r\ntwo\r\n.dot\r\n");
    pipelined_client(dialogue, 2, "MAIL FROM:<a@example.com>\r\nRCPT TO:<e@example.org>\r\n",
                     "BDAT 0 LAST\r\n");
    dialogue_add(dialogue, PEER_SERVER, "250 2.1.0 ok\r\n250-2.1.5 ok\r\n250 2.1.5 ok\r\n");
    pipelined_final(dialogue, 0, "250 2.0.0 queued as 1\r\n");
    /* Of the fourth mail nothing can leave before the first one is settled. */
    dialogue_add(dialogue, PEER_SERVER, "250 2.0.0 reset\r\n250 2.1.0 ok\r\n");
    pipelined_refused(dialogue, 1, 0);
    dialogue_add(dialogue, PEER_SERVER, "251 2.1.5 ok\r\n");
    pipelined_final(dialogue, 1, "250-2.0.0 queued\r\n250 2.0.0 as 2\r\n");
    dialogue_add(dialogue, PEER_SERVER, "250 2.0.0 reset\r\n250 2.1.0 ok\r\n250 2.1.5 ok\r\n");
    pipelined_final(dialogue, 2, "250 2.0.0 queued as 3\r\n");
    pipelined_client(dialogue, 3, "MAIL FROM:<a@example.com>\r\nRCPT TO:<f@example.org>\r\n",
                     "BDAT 6 LAST\r\nfour\r\n");
    dialogue_add(dialogue, PEER_SERVER, "250 2.0.0 reset\r\n250 2.1.0 ok\r\n250 2.1.5 ok\r\n");
    pipelined_final(dialogue, 3, "250 2.0.0 queued as 4\r\n");
    dialogue_add(dialogue, PEER_CLIENT, "QUIT\r\n");
    dialogue_add(dialogue, PEER_SERVER, "221 2.0.0 bye\r\n");
    dialogue->config.ehlo_name = "client.example.com";
    dialogue->config.faults = &postino_faults;
    dialogue->config.time_limits = &postino_time_limits_rfc5321;
    dialogue->config.extensions = postino_extensions_all;
    dialogue->config.mails_in_flight_max = 3;
}
