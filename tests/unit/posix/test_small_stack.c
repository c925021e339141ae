/* SPDX-License-Identifier: MIT */
/* Tests a client whose objects lie on the stack of a thread, as small as embedded systems and musl make
 * it. */
#define _GNU_SOURCE

#include "scripted_server.h"

#include "postino/client.h"
#include "postino/posix.h"

#define STACK_OCTETS (128 * 1024)

struct letter {
    char port[6];
    enum postino_outcome outcome;
};

static void *thread_send(void *argument)
{
    static const char text[] = "Subject: Hello\r\n\r\nfrom a small stack\r\n";
    const struct postino_client_config config = {.ehlo_name = "client.test", .tls = &postino_tls_none};
    struct letter *letter = argument;
    struct postino_posix posix;
    struct postino_client client;
    struct postino_memory_source source;
    struct postino_recipient recipient = {.address = "bob@server.test"};
    struct postino_mail mail = {
        .reverse_path = "ann@client.test", .recipients = &recipient, .source = &source.source};

    postino_memory_source_init(&source, text, sizeof text - 1);
    if (postino_posix_init(&posix, "127.0.0.1", letter->port) != 0 ||
        postino_client_init(&client, &posix.transport, &config) != 0)
        return NULL;
    (void)postino_client_send(&client, &mail);
    postino_client_quit(&client);
    letter->outcome = mail.result.outcome;
    return NULL;
}

static void client_in_a_thread_of_128_kib(void **state)
{
    static const char *const script[] = {"accept",
                                         "S: 220 server.test",
                                         "C: EHLO client.test",
                                         "S: 250 server.test",
                                         "C: MAIL FROM:<ann@client.test>",
                                         "S: 250 ok",
                                         "C: RCPT TO:<bob@server.test>",
                                         "S: 250 ok",
                                         "C: DATA",
                                         "S: 354 go on",
                                         "message",
                                         "S: 250 ok",
                                         "C: QUIT",
                                         "S: 221 bye",
                                         "close",
                                         NULL};
    static struct scripted_server server;
    struct letter letter = {.outcome = POSTINO_OUTCOME_NOT_ATTEMPTED};
    pthread_attr_t attributes;
    pthread_t thread;

    (void)state;
    (void)snprintf(letter.port, sizeof letter.port, "%s", scripted_server_start(&server, script));
    assert_int_equal(pthread_attr_init(&attributes), 0);
    assert_int_equal(pthread_attr_setstacksize(&attributes, STACK_OCTETS), 0);
    assert_int_equal(pthread_create(&thread, &attributes, thread_send, &letter), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    (void)pthread_attr_destroy(&attributes);
    scripted_server_join(&server);
    assert_int_equal(letter.outcome, POSTINO_OUTCOME_ACCEPTED);
}

/* The size that postino/posix.h promises. */
static void size_is_what_the_header_says(void **state)
{
    (void)state;
    assert_in_range(sizeof(struct postino_posix), 32768, 32900);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(client_in_a_thread_of_128_kib),
        cmocka_unit_test(size_is_what_the_header_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
