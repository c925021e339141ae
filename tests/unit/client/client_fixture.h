/* SPDX-License-Identifier: MIT */
#ifndef CLIENT_FIXTURE_H
#define CLIENT_FIXTURE_H

/* A client, its transport, a mail and the server that they talk to. */

#include "scripted_server.h"

#include "postino/client.h"
#include "postino/posix.h"

/* The lines that most scripts share. The test adds the reply to the last RCPT, or the first line of DATA. */
#define HELLO  "accept", "S: 220 server.test", "C: EHLO client.test", "S: 250 server.test"
#define LETTER "C: MAIL FROM:<ann@client.test>", "S: 250 ok", "C: RCPT TO:<bob@server.test>"
#define DATA   "S: 250 ok", "C: DATA", "S: 354 go on", "message"
#define QUIT   "C: QUIT", "S: 221 bye", "close"

static struct scripted_server test_server;
static struct postino_posix test_posix;
static struct postino_client test_client;
static struct postino_memory_source test_source;
static struct postino_recipient test_recipients[2];
static struct postino_mail test_mail;
static char test_dialogue[4000];

static inline void test_trace(void *context, enum postino_direction direction, const uint8_t *data,
                              size_t length_octets)
{
    size_t used = strlen(test_dialogue);

    (void)context;
    (void)snprintf(test_dialogue + used, sizeof test_dialogue - used, "%c: %.*s", (int)direction,
                   data == NULL ? 4 : (int)length_octets, data == NULL ? "***\n" : (const char *)data);
}

/* A mail from Ann to Bob, and to Carol if there are two recipients. */
static inline void test_write_mail(size_t recipients)
{
    static const char text[] = "Subject: Hello\r\n\r\n.dot\nlast";

    postino_memory_source_init(&test_source, text, sizeof text - 1);
    memset(test_recipients, 0, sizeof test_recipients);
    test_recipients[0].address = "bob@server.test";
    test_recipients[0].next = recipients == 2 ? &test_recipients[1] : NULL;
    test_recipients[1].address = "carol@server.test";
    test_recipients[1].next = NULL;
    /* Of an earlier use of the same objects nothing may matter, but that they are in use no more. */
    memset(&test_recipients[0].state, 0xa5,
           sizeof test_recipients[0] - offsetof(struct postino_recipient, state));
    memset(&test_recipients[1].state, 0xa5,
           sizeof test_recipients[1] - offsetof(struct postino_recipient, state));
    test_recipients[0].in_use = 0;
    test_recipients[1].in_use = 0;
    memset(&test_mail, 0, sizeof test_mail);
    memset(&test_mail.state, 0xa5, sizeof test_mail - offsetof(struct postino_mail, state));
    test_mail.marks = 0;
    test_mail.reverse_path = "ann@client.test";
    test_mail.recipients = test_recipients;
    test_mail.source = &test_source.source;
}

static inline void test_begin_with(const char *const *script, const struct postino_client_config *config)
{
    static char port[6];

    (void)snprintf(port, sizeof port, "%s", scripted_server_start(&test_server, script));
    assert_int_equal(postino_posix_init(&test_posix, "127.0.0.1", port), 0);
    assert_int_equal(postino_client_init(&test_client, &test_posix.transport, config), 0);
    test_write_mail(1);
    test_dialogue[0] = '\0';
}

static inline void test_begin(const char *const *script)
{
    const struct postino_client_config config = {
        .ehlo_name = "client.test", .tls = &postino_tls_none, .trace = test_trace};

    test_begin_with(script, &config);
}

static inline void test_end(void)
{
    postino_client_quit(&test_client);
    assert_int_equal(test_posix.socket, -1);
    scripted_server_join(&test_server);
}

/* Sends, and expects the error in the return value and in the mail. */
static inline void test_fails(int error, enum postino_step_id step, unsigned reply_code,
                              enum postino_outcome outcome)
{
    assert_int_equal(postino_client_send(&test_client, &test_mail), error);
    assert_int_equal(test_mail.result.error, error);
    assert_int_equal(test_mail.result.step, step);
    assert_int_equal(test_mail.result.reply_code, reply_code);
    assert_int_equal(test_mail.result.outcome, outcome);
    assert_int_equal(test_recipients[0].outcome, outcome);
}

static inline void test_succeeds(void)
{
    assert_int_equal(postino_client_send(&test_client, &test_mail), 0);
    assert_int_equal(test_mail.result.error, 0);
    assert_int_equal(test_mail.result.outcome, POSTINO_OUTCOME_ACCEPTED);
    assert_int_equal(test_recipients[0].outcome, POSTINO_OUTCOME_ACCEPTED);
}

/* Returns when the server's farewell is here, or was heard with its last reply. */
static inline void test_await_farewell(void)
{
    if (test_posix.socket >= 0)
        loopback_await(test_posix.socket, POLLIN);
}

#endif
