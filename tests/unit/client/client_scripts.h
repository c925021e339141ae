/* SPDX-License-Identifier: MIT */
#ifndef CLIENT_SCRIPTS_H
#define CLIENT_SCRIPTS_H

/* The blocking client over a fake transport, with a server for each connection. A script is a list of lines:
 * what begins with a reply code the server says, the rest the client; "<eof>" closes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fake_transport.h"
#include "postino/client.h"

#define MAILS       40
#define EVENTS      400
#define CONNECTIONS 4

#define HELLO(extensions) "220 mx\r\n", "EHLO c\r\n", "250-mx\r\n" extensions
#define BOTH              "250-PIPELINING\r\n250 CHUNKING\r\n"
#define MAIL(n)           "MAIL FROM:<a@b>\r\nRCPT TO:<" #n "@d>\r\nBDAT 3 LAST\r\n" #n "\r\n"
#define NEXT(n)           "RSET\r\n" MAIL(n)
#define THREE             "250 ok\r\n250 ok\r\n250 ok\r\n"
#define FOUR              "250 ok\r\n" THREE
#define QUIT              "QUIT\r\n", "221 bye\r\n"

static struct fake_transport fake;
static struct postino_client client;
static struct postino_mail mails[MAILS];
static struct postino_recipient recipients[MAILS];
static struct postino_memory_source sources[MAILS];
static char addresses[MAILS][16];
static char texts[MAILS][16];
static struct peer_event events[CONNECTIONS][EVENTS];
static size_t counts[CONNECTIONS];
static size_t scripts;

/* The connection before must have heard all, and nothing else; the next one has its own server. */
static inline void connected(struct fake_transport *transport, void *context)
{
    (void)context;
    assert_true(transport->connects <= scripts);
    if (transport->connects > 1) {
        assert_string_equal(transport->peer.departure, "");
        assert_true(scripted_peer_heard_all(&transport->peer));
    }
    scripted_peer_init(&transport->peer, events[transport->connects - 1], counts[transport->connects - 1],
                       transport->now_ms);
    transport->peer.interruptible = 1;
}

static inline void add_script(const char *const *lines, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        struct peer_event *event = &events[scripts][i];

        event->kind = lines[i][0] == '<'                    ? PEER_EOF
                      : strspn(lines[i], "0123456789") == 3 ? PEER_SERVER
                                                            : PEER_CLIENT;
        event->data = (const uint8_t *)lines[i];
        event->length_octets = event->kind == PEER_EOF ? 0 : strlen(lines[i]);
    }
    counts[scripts++] = count;
}

#define ADD(...)                                           \
    do {                                                   \
        static const char *const added[] = {__VA_ARGS__};  \
        add_script(added, sizeof added / sizeof added[0]); \
    } while (0)

/* Mail i goes to i@d and says i; two digits from 10 on. */
static inline void prepare_with(const struct postino_client_config *config)
{
    size_t i;

    scripts = 0;
    fake_transport_init(&fake, events[0], 0, 0);
    fake.connected = connected;
    assert_int_equal(postino_client_init(&client, &fake.transport, config), 0);
    memset(mails, 0, sizeof mails);
    memset(recipients, 0, sizeof recipients);
    for (i = 0; i < MAILS; i++) {
        (void)snprintf(addresses[i], sizeof addresses[i], "%u@d", (unsigned)i);
        (void)snprintf(texts[i], sizeof texts[i], "%u", (unsigned)i);
        postino_memory_source_init(&sources[i], texts[i], strlen(texts[i]));
        recipients[i].address = addresses[i];
        mails[i].reverse_path = "a@b";
        mails[i].recipients = &recipients[i];
        mails[i].source = &sources[i].source;
    }
}

static inline void prepare(void)
{
    const struct postino_client_config config = {.ehlo_name = "c", .tls = &postino_tls_none};

    prepare_with(&config);
}

static inline void submit(size_t first, size_t last)
{
    for (; first <= last; first++) {
        assert_int_equal(postino_client_submit(&client, &mails[first]), 0);
    }
}

static inline void collect(size_t number, enum postino_outcome outcome, int error)
{
    const struct postino_mail *mail = postino_client_collect(&client);

    assert_non_null(mail);
    assert_int_equal(mail - mails, number);
    assert_int_equal(mail->result.outcome, outcome);
    assert_int_equal(mail->result.error, error);
    assert_int_equal(recipients[number].outcome, outcome);
}

/* Everything was heard and said, over so many connections. */
static inline void end(void)
{
    assert_null(postino_client_collect(&client));
    postino_client_quit(&client);
    assert_string_equal(fake.peer.departure, "");
    assert_string_equal(fake.breach, "");
    assert_true(scripted_peer_heard_all(&fake.peer));
    assert_int_equal(fake.connects, scripts);
    assert_int_equal(fake.closes_graceful + fake.closes_abort, scripts);
    assert_int_equal(fake.live_buffers, 0);
    assert_false(fake.waited_for_ever);
    fake_transport_free(&fake);
}

#endif
