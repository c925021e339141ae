/* SPDX-License-Identifier: MIT */
#ifndef SECRETS_SERVER_H
#define SECRETS_SERVER_H

/* A transport with an SMTP server behind it that ends the AUTH exchange where the case says. It answers
 * each line by its verb and keeps no other octet of it. In each call it has the client's stack searched
 * for secrets. */
#include <sched.h>

#include "postino/transport.h"
#include "secret.h"

#define STACK_OCTETS 262144
#define STACK_SPARE  64 /* of the frame that asks for a look, for a sanitizer */

enum ending {
    ENDING_DECIDED,   /* 235 where the mechanism is done, or 535 */
    ENDING_REFUSED,   /* 535 */
    ENDING_CLOSING,   /* 421 */
    ENDING_LOST,      /* the end of the stream */
    ENDING_SILENCE,   /* until the time limit */
    ENDING_CONFUSED,  /* challenges that make no sense, until the client cancels */
    ENDING_IMPATIENCE /* the caller's patience is at an end */
};

/* The thread that may run: the one that sends the mail, or the one that searches its stack. */
enum turn {
    TURN_SENDS,
    TURN_LOOKS,
    TURN_OVER
};

struct server {
    struct postino_transport transport;
    const char *const *challenges; /* those of the mechanism, ended by NULL */
    const char *offer;
    unsigned cut; /* so many lines of the exchange are heard */
    enum ending ending;
    uint8_t out[64];
    char head[6]; /* of the line that arrives */
    size_t line_octets;
    int message;
    unsigned heard; /* lines of the exchange; 0: it has not begun */
    int ended;
    int lost;
    uint32_t now_ms;
    char reply[400];
    size_t reply_octets;
    size_t below_octets;
    const char *left_below; /* a secret on the stack that was left */
    int turn;               /* enum turn */
};

static struct server server;
static char *stack;

/* Returns the secret that is there, or NULL. */
static const char *find_secret(const void *memory, size_t octets)
{
    static const char *const secrets[] = {PASSWORD,   TOKEN,       SALTED,    CLIENT_KEY,
                                          STORED_KEY, CLIENT_SIGN, SERVER_KEY};
    size_t i;

    for (i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        if (secret_is_in(memory, octets, secrets[i], strlen(secrets[i])))
            return secrets[i];
    }
    return NULL;
}

static enum turn turn(void)
{
    return (enum turn)__atomic_load_n(&server.turn, __ATOMIC_SEQ_CST);
}

static void set_turn(enum turn next)
{
    __atomic_store_n(&server.turn, (int)next, __ATOMIC_SEQ_CST);
}

/* Has the stack looked at below this frame, where the calls before left what they left. The other thread does
 * it, and this one waits without a call that has a frame: whoever looks or waits here would overwrite it. */
static void look_below(void)
{
    char here;

    server.below_octets = (size_t)(&here - stack) - STACK_SPARE;
    __atomic_store_n(&server.turn, (int)TURN_LOOKS, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&server.turn, __ATOMIC_SEQ_CST) == (int)TURN_LOOKS)
        (void)sched_yield();
}

/* Answers until the mail is sent. */
static void look(void)
{
    for (; turn() != TURN_OVER; (void)sched_yield()) {
        if (turn() == TURN_LOOKS) {
            const char *found = find_secret(stack, server.below_octets);

            if (server.left_below == NULL)
                server.left_below = found;
            set_turn(TURN_SENDS);
        }
    }
}

static void say(const char *text)
{
    server.reply_octets += (size_t)snprintf(server.reply + server.reply_octets,
                                            sizeof server.reply - server.reply_octets, "%s\r\n", text);
    assert_true(server.reply_octets < sizeof server.reply);
}

/* The exchange is where the case wants it. */
static void end_exchange(void)
{
    switch (server.ending) {
    case ENDING_DECIDED:
        server.ended = 1;
        say("235 welcome");
        break;
    case ENDING_REFUSED:
        server.ended = 1;
        say("535 no");
        break;
    case ENDING_CLOSING:
        say("421 closing");
        break;
    case ENDING_LOST:
        server.lost = 1;
        break;
    case ENDING_CONFUSED:
        say("334 !!!");
        break;
    default:
        break;
    }
}

static void hear_exchange(void)
{
    if (server.head[0] == '*') {
        server.ended = 1;
        say("501 cancelled");
    } else if (++server.heard >= server.cut) {
        end_exchange();
    } else {
        say(server.challenges[server.heard - 1]);
    }
}

static void hear_line(void)
{
    char line[100];

    if (server.message) {
        server.message = server.head[0] != '.';
        if (!server.message)
            say("250 queued");
    } else if (server.heard != 0 && !server.ended) {
        hear_exchange();
    } else if (memcmp(server.head, "EHLO", 4) == 0) {
        say("250-server.test");
        (void)snprintf(line, sizeof line, "250 AUTH %s", server.offer);
        say(line);
    } else if (memcmp(server.head, "AUTH", 4) == 0) {
        hear_exchange();
    } else if (memcmp(server.head, "DATA", 4) == 0) {
        server.message = 1;
        say("354 go on");
    } else {
        say(memcmp(server.head, "QUIT", 4) == 0 ? "221 bye" : "250 ok");
    }
}

static int server_connect(struct postino_transport *transport, uint32_t timeout_ms)
{
    (void)timeout_ms;
    transport->unsent_octets = 0;
    say("220 server.test");
    return 0;
}

static int server_reserve(struct postino_transport *transport, uint8_t **buffer, size_t *capacity_octets)
{
    (void)transport;
    look_below();
    *buffer = server.out;
    *capacity_octets = sizeof server.out;
    return 0;
}

/* Keeps nothing but the line's verb. */
static int server_send(struct postino_transport *transport, size_t length_octets)
{
    size_t i;

    (void)transport;
    for (i = 0; i < length_octets; i++) {
        if (server.line_octets < 4)
            server.head[server.line_octets] = (char)server.out[i];
        server.line_octets++;
        if (server.out[i] == '\n') {
            hear_line();
            server.line_octets = 0;
        }
    }
    memset(server.out, 0, sizeof server.out);
    return 0;
}

static int server_receive(struct postino_transport *transport, const uint8_t **data, size_t *length_octets)
{
    (void)transport;
    if (server.reply_octets == 0)
        return server.lost ? POSTINO_ERROR_CLOSED : POSTINO_AGAIN;
    *data = (const uint8_t *)server.reply;
    *length_octets = server.reply_octets;
    server.reply_octets = 0;
    return 0;
}

static int server_wait(struct postino_transport *transport, unsigned events, uint32_t timeout_ms)
{
    (void)transport;
    look_below();
    if (server.reply_octets != 0 || server.lost || (events & POSTINO_EVENT_WRITE) != 0)
        return 0;
    if (server.ending == ENDING_IMPATIENCE)
        return POSTINO_AGAIN;
    assert_true(timeout_ms != UINT32_MAX);
    server.now_ms += timeout_ms;
    return 0;
}

static void server_close(struct postino_transport *transport, int graceful)
{
    (void)transport;
    look_below();
    (void)graceful;
}

static uint32_t server_now_ms(struct postino_transport *transport)
{
    (void)transport;
    return server.now_ms;
}

static const struct postino_transport_class server_methods = {.connect = server_connect,
                                                              .reserve = server_reserve,
                                                              .send = server_send,
                                                              .receive = server_receive,
                                                              .wait = server_wait,
                                                              .close = server_close,
                                                              .now_ms = server_now_ms};

#endif
