/* SPDX-License-Identifier: MIT */
/* Tests that authentication leaves no secret behind, however and wherever it ends. Neither the client nor
 * the stack that it ran on may hold the password, the token, their base64, or a key that was made of them.
 * The trace may not have shown them. */
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

#include "fake_crypto.h"
#include "postino/client.h"
#include "secrets_server.h"

static struct postino_client client;
static char shown[8192];
static size_t shown_octets;
static unsigned masked;

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

static void no_secret_is_left(void **state)
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
        cmocka_unit_test(no_secret_is_left),
    };

    (void)count;
    /* A loader that looks a function up when it is first called saves the vector registers, which strlen()
     * had the password in, on the stack that is looked through here. */
    if (getenv("LD_BIND_NOW") == NULL && setenv("LD_BIND_NOW", "1", 1) == 0)
        (void)execv(arguments[0], arguments);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
