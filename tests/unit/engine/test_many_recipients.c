/* SPDX-License-Identifier: MIT */
/* Tests mails to very many recipients: domains, transactions, records, and an envelope from a header. Work
 * that grows faster than the number of recipients would exceed the runner's time limit; the test itself
 * judges no time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "postino/message.h"
#include "postino/session.h"

#define MANY           50000
#define ADDRESS_OCTETS 32

static char addresses[MANY][ADDRESS_OCTETS];
static struct postino_recipient recipients[MANY];
static struct postino_record records[MANY];
static char texts[MANY][8];
static struct postino_mailbox mailboxes[MANY];

/* A server that takes everything, and what it counted. */
struct server {
    const char *limits;
    size_t recipients;
    size_t transactions;
    size_t most_recipients; /* of one transaction */
    size_t in_transaction;
    size_t skip; /* octets of a chunk that are still to come */
    char line[600];
    size_t line_octets;
    char replies[2 * 65536];
    size_t replies_octets;
};

static void server_reply(struct server *server, const char *reply)
{
    size_t length = strlen(reply);

    assert_true(server->replies_octets + length <= sizeof server->replies);
    memcpy(server->replies + server->replies_octets, reply, length);
    server->replies_octets += length;
}

static void server_line(struct server *server)
{
    if (strncmp(server->line, "EHLO", 4) == 0) {
        server_reply(server, "250-mx.test\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 LIMITS ");
        server_reply(server, server->limits);
        server_reply(server, "\r\n");
        return;
    }
    if (strncmp(server->line, "MAIL", 4) == 0)
        server->in_transaction = 0;
    if (strncmp(server->line, "RCPT", 4) == 0) {
        server->recipients++;
        server->in_transaction++;
        if (server->in_transaction > server->most_recipients)
            server->most_recipients = server->in_transaction;
    }
    if (strncmp(server->line, "BDAT ", 5) == 0) {
        server->skip = strtoul(server->line + 5, NULL, 10);
        server->transactions++;
    }
    server_reply(server, strncmp(server->line, "QUIT", 4) == 0 ? "221 bye\r\n" : "250 ok\r\n");
}

static void server_take(struct server *server, const uint8_t *data, size_t length)
{
    for (; length != 0; data++, length--) {
        if (server->skip != 0) {
            server->skip--;
            continue;
        }
        assert_true(server->line_octets < sizeof server->line - 1);
        server->line[server->line_octets++] = (char)*data;
        if (*data == '\n') {
            server->line[server->line_octets] = '\0';
            server->line_octets = 0;
            server_line(server);
        }
    }
}

/* Sends one mail to all recipients, who have `domains` domains in turn. */
static void send_many(struct server *server, const char *limits, size_t domains,
                      const struct postino_delivery *delivery)
{
    static const struct postino_extension *const extensions[] = {
        &postino_extension_pipelining, &postino_extension_chunking, &postino_extension_limits, NULL};
    static uint8_t octets[65536];
    struct postino_session_config config = {.ehlo_name = "a.test",
                                            .time_limits = &postino_time_limits_rfc5321,
                                            .extensions = extensions,
                                            .records = &postino_records};
    struct postino_session session;
    struct postino_memory_source source;
    struct postino_mail mail = {
        .reverse_path = "a@b.test", .recipients = recipients, .source = &source.source, .delivery = delivery};
    unsigned want;
    size_t i;

    memset(server, 0, sizeof *server);
    server->limits = limits;
    memset(recipients, 0, sizeof recipients);
    memset(records, 0, sizeof records);
    for (i = 0; i < MANY; i++) {
        (void)snprintf(addresses[i], ADDRESS_OCTETS, "u%u@d%u.test", (unsigned)i, (unsigned)(i % domains));
        records[i] = (struct postino_record){.text = texts[i], .text_capacity_octets = sizeof texts[i]};
        recipients[i].address = addresses[i];
        recipients[i].record = &records[i];
        recipients[i].next = i + 1 < MANY ? &recipients[i + 1] : NULL;
    }
    postino_memory_source_init(&source, "Subject: x\n\ny\n", 14);
    assert_int_equal(postino_session_init(&session, &config, 0), 0);
    assert_int_equal(postino_session_submit(&session, &mail), 0);
    postino_session_quit(&session);
    server_reply(server, "220 mx.test\r\n");
    while (((want = postino_session_want(&session)) & POSTINO_WANT_CLOSED) == 0) {
        size_t length = postino_session_output(&session, octets, sizeof octets, 0);

        server_take(server, octets, length);
        length = server->replies_octets;
        server->replies_octets = 0;
        postino_session_input(&session, (const uint8_t *)server->replies, length, 0);
    }
    postino_session_lost(&session, 0, 0);
    assert_ptr_equal(postino_session_finished(&session), &mail);
    assert_int_equal(mail.result.outcome, POSTINO_OUTCOME_ACCEPTED);
    assert_int_equal(server->recipients, MANY);
    for (i = 0; i < MANY; i++) {
        assert_int_equal(recipients[i].outcome, POSTINO_OUTCOME_ACCEPTED);
        assert_memory_equal(texts[i], "ok", 2);
    }
}

/* As many domains as recipients, and all of them in one transaction. */
static void test_all_domains(void **state)
{
    static struct server server;

    (void)state;
    send_many(&server, "RCPTMAX=60000 RCPTDOMAINMAX=60000", MANY, &postino_delivery_partial);
    assert_int_equal(server.transactions, 1);
    send_many(&server, "RCPTMAX=60000 RCPTDOMAINMAX=60000", MANY, NULL);
    assert_int_equal(server.transactions, 1);
}

/* Transactions of a hundred recipients each. */
static void test_transactions(void **state)
{
    static struct server server;

    (void)state;
    send_many(&server, "RCPTMAX=100", MANY, &postino_delivery_partial);
    assert_int_equal(server.transactions, MANY / 100);
    assert_int_equal(server.most_recipients, 100);
}

/* Each transaction has ten of the domains, whose recipients lie far apart. */
static void test_few_domains(void **state)
{
    static struct server server;

    (void)state;
    send_many(&server, "RCPTMAX=60000 RCPTDOMAINMAX=10", 500, &postino_delivery_partial);
    assert_int_equal(server.transactions, 50);
    assert_int_equal(server.most_recipients, MANY / 50);
}

/* Every address stands in To and once more in Cc. */
static void test_envelope(void **state)
{
    struct postino_message message;
    size_t i;

    (void)state;
    memset(&message, 0, sizeof message);
    for (i = 0; i < MANY; i++) {
        (void)snprintf(addresses[i], ADDRESS_OCTETS, "u%u@d.test", (unsigned)i);
        mailboxes[i] = (struct postino_mailbox){NULL, addresses[i], i + 1 < MANY ? &mailboxes[i + 1] : NULL};
    }
    message.to = mailboxes;
    message.cc = mailboxes;
    memset(recipients, 0xA5, sizeof recipients);
    assert_int_equal(postino_message_recipients(&message, recipients, MANY), MANY);
    for (i = 0; i < MANY; i++) {
        assert_ptr_equal(recipients[i].address, addresses[i]);
        assert_int_equal(recipients[i].kind, POSTINO_RECIPIENT_TO);
        assert_ptr_equal(recipients[i].next, i + 1 < MANY ? &recipients[i + 1] : NULL);
    }
    /* It says when they do not fit. */
    assert_true(postino_message_recipients(&message, recipients, MANY / 2) > MANY / 2);
    assert_true(postino_message_recipients(&message, NULL, 0) > 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_domains),
        cmocka_unit_test(test_transactions),
        cmocka_unit_test(test_few_domains),
        cmocka_unit_test(test_envelope),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
