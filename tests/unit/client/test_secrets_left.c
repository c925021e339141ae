/* SPDX-License-Identifier: MIT */
/* After authentication, however it ends and wherever, neither the client nor the stack that it ran on holds
 * the password, the token, base64 of them, or a key that was made of them; and the trace never showed them.
 * The server answers lines by their verbs, and ends the exchange behind as many of the client's lines as the
 * case says. */
#define _POSIX_C_SOURCE 200809L

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <pthread.h>
#include <sched.h>

#include "fake_crypto.h"
#include "postino/client.h"
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

/* Whose turn it is: the thread's that sends the mail, or the one's that looks at its stack. */
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
static struct postino_client client;
static char shown[8192];
static size_t shown_octets;
static unsigned masked;

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

static void trace(void *context, enum postino_direction direction, const uint8_t *data, size_t length_octets)
{
    (void)context;
    if (direction != POSTINO_DIRECTION_CLIENT)
        return;
    if (data == NULL) {
        masked++;
        return;
    }
    assert_true(shown_octets + length_octets <= sizeof shown);
    memcpy(shown + shown_octets, data, length_octets);
    shown_octets += length_octets;
}

/* Sends a mail, in a thread whose stack is looked at afterwards. */
static void *send_mail(void *argument)
{
    struct postino_memory_source source;
    struct postino_recipient recipient = {.address = "bob@server.test"};
    struct postino_mail mail = {
        .reverse_path = "ann@client.test", .recipients = &recipient, .source = &source.source};
    int *status = argument;

    postino_memory_source_init(&source, "Hello\r\n", 7);
    *status = postino_client_send(&client, &mail);
    if (server.ending != ENDING_IMPATIENCE)
        postino_client_quit(&client);
    set_turn(TURN_OVER);
    return NULL;
}

static void assert_clean(const char *what, const char *secret)
{
    if (secret != NULL)
        fail_msg("%s: %s, cut %u, ending %d", what, secret, server.cut, (int)server.ending);
}

struct mechanism_case {
    const struct postino_mechanism *mechanism;
    const char *challenges[3];
    const struct postino_sasl_crypto *crypto;
    int refuses; /* its challenge is why it will refuse */
};

static void run(const struct mechanism_case *test, unsigned cut, enum ending ending)
{
    const struct postino_mechanism *const mechanisms[] = {test->mechanism, NULL};
    const struct postino_client_config config = {.ehlo_name = "client.test",
                                                 .user = "tim",
                                                 .password = PASSWORD,
                                                 .token = TOKEN,
                                                 .mechanisms = mechanisms,
                                                 .crypto = test->crypto,
                                                 .allow_clear_text_auth = 1,
                                                 .tls = &postino_tls_none,
                                                 .trace = trace};
    void *memory = NULL;
    pthread_attr_t attributes;
    pthread_t thread;
    int status = 1;

    memset(&server, 0, sizeof server);
    memset(&client, 0, sizeof client);
    server.transport.methods = &server_methods;
    server.challenges = test->challenges;
    server.offer = test->mechanism->name;
    server.cut = cut;
    server.ending = ending;
    shown_octets = 0;
    masked = 0;
    assert_int_equal(posix_memalign(&memory, 4096, STACK_OCTETS), 0);
    stack = memory;
    memset(stack, 0, STACK_OCTETS);
    assert_int_equal(postino_client_init(&client, &server.transport, &config), 0);
    assert_int_equal(pthread_attr_init(&attributes), 0);
    assert_int_equal(pthread_attr_setstack(&attributes, stack, STACK_OCTETS), 0);
    assert_int_equal(pthread_create(&thread, &attributes, send_mail, &status), 0);
    look();
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(pthread_attr_destroy(&attributes), 0);
    if ((status == 0) != (ending == ENDING_DECIDED))
        fail_msg("%s, cut %u, ending %d: %d", test->mechanism->name, cut, (int)ending, status);
    assert_true(server.heard >= cut);
    /* LOGIN's and CRAM-MD5's command says nothing. */
    assert_true(masked != 0 ||
                (cut == 1 && (test->mechanism->flags & POSTINO_MECHANISM_INITIAL_RESPONSE) == 0));
    assert_clean("client", find_secret(&client, sizeof client));
    assert_clean("stack", server.left_below);
    assert_clean("stack afterwards", find_secret(stack, STACK_OCTETS));
    assert_clean("trace", find_secret(shown, shown_octets));
    if (ending != ENDING_IMPATIENCE)
        assert_true(secret_is_wiped(&client.sasl, sizeof client.sasl));
    free(stack);
}

static void nothing_is_left(void **state)
{
    static const char first[] = "334 cj1BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUF4eXoscz1BQUVDQXdRRkJnYz0saT00MDk3";
    static const char final[] = "334 dj1jMlZ5ZG1WeUxYTnBaMjVoZEhWeVpTMHdNVEl6TkRVMk56ZzVZV0pqWkNzPQ==";
    static const struct mechanism_case cases[] = {
        {&postino_sasl_plain, {NULL}, NULL, 0},
        {&postino_sasl_login, {"334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"}, NULL, 0},
        {&postino_sasl_cram_md5, {"334 PGE+"}, &quick, 0},
        {&postino_sasl_scram_sha_256, {first, final}, &quick, 0},
        {&postino_sasl_scram_sha_256, {first, final}, &slow, 0},
        {&postino_sasl_xoauth2, {"334 eyJzdGF0dXMiOiI0MDEifQ=="}, NULL, 1},
        {&postino_sasl_oauthbearer, {"334 eyJzdGF0dXMiOiI0MDEifQ=="}, NULL, 1}};
    unsigned i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        unsigned lines = 1;
        unsigned cut;
        unsigned ending;

        while (lines <= 2 && cases[i].challenges[lines - 1] != NULL)
            lines++;
        run(&cases[i], cases[i].refuses ? 1 : lines, ENDING_DECIDED);
        for (cut = 1; cut <= lines; cut++) {
            for (ending = ENDING_REFUSED; ending <= ENDING_IMPATIENCE; ending++)
                run(&cases[i], cut, (enum ending)ending);
        }
    }
}

int main(int count, char **arguments)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_left),
    };

    (void)count;
    /* A loader that looks a function up when it is first called saves the vector registers, which strlen()
     * had the password in, on the stack that is looked through here. */
    if (getenv("LD_BIND_NOW") == NULL && setenv("LD_BIND_NOW", "1", 1) == 0)
        (void)execv(arguments[0], arguments);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
