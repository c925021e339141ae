/* SPDX-License-Identifier: MIT */
/* Tests the POSIX transport over a socket in the file system, in a folder of the test's own. */
#define _GNU_SOURCE

#include "scripted_server.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "postino/client.h"
#include "postino/posix.h"

static struct postino_posix test_posix;
static struct postino_transport *const test_transport = &test_posix.transport;
static char test_folder[] = "/tmp/postino-path-XXXXXX";
static char test_path[64];

static int set_up(void **state)
{
    (void)state;
    strcpy(test_folder + strlen(test_folder) - 6, "XXXXXX");
    assert_non_null(mkdtemp(test_folder));
    (void)snprintf(test_path, sizeof test_path, "%s/lmtp", test_folder);
    assert_int_equal(postino_posix_init_path(&test_posix, test_path), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_transport->methods->close(test_transport, 0);
    (void)unlink(test_path);
    return rmdir(test_folder);
}

/* Returns a socket bound to the path, which listens with a backlog unless this is negative. */
static int path_listen(int backlog)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int handle = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(handle >= 0);
    memcpy(name.sun_path, test_path, strlen(test_path) + 1);
    assert_int_equal(bind(handle, (struct sockaddr *)&name, sizeof name), 0);
    if (backlog >= 0)
        assert_int_equal(listen(handle, backlog), 0);
    return handle;
}

static void init_refuses_what_it_cannot_use(void **state)
{
    struct sockaddr_un name;
    char path[sizeof name.sun_path + 1];

    (void)state;
    memset(path, 'x', sizeof path);
    path[sizeof path - 1] = '\0';
    assert_int_equal(postino_posix_init_path(&test_posix, path), POSTINO_ERROR_ARGUMENT);
    path[sizeof path - 2] = '\0';
    assert_int_equal(postino_posix_init_path(&test_posix, path), 0);
    assert_int_equal(postino_posix_init_path(&test_posix, ""), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(postino_posix_init_path(&test_posix, NULL), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(postino_posix_init_path_sized(NULL, sizeof test_posix, "x"), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(postino_posix_init_path_sized(&test_posix, sizeof test_posix - 1, "x"),
                     POSTINO_ERROR_OBJECT_SIZE);
}

static void a_path_without_a_server_is_told(void **state)
{
    int handle;

    (void)state;
    assert_int_equal(test_transport->methods->connect(test_transport, LOOPBACK_PATIENCE_MS),
                     POSTINO_ERROR_CONNECT);
    assert_int_equal(postino_posix_system_error(&test_posix), ENOENT);
    handle = path_listen(-1);
    assert_int_equal(test_transport->methods->connect(test_transport, LOOPBACK_PATIENCE_MS),
                     POSTINO_ERROR_CONNECT);
    assert_int_equal(postino_posix_system_error(&test_posix), ECONNREFUSED);
    (void)close(handle);
}

static void octets_go_both_ways(void **state)
{
    int listener = path_listen(4);
    const uint8_t *data;
    uint8_t *buffer;
    size_t octets;
    char arrived[8] = "";
    int peer;

    (void)state;
    assert_int_equal(test_transport->methods->connect(test_transport, LOOPBACK_PATIENCE_MS), 0);
    assert_int_equal(test_transport->port, 0);
    assert_int_equal(test_transport->methods->connect(test_transport, 1), POSTINO_ERROR_STATE);
    peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    assert_true(peer >= 0);
    assert_int_equal(test_transport->methods->reserve(test_transport, &buffer, &octets), 0);
    memcpy(buffer, "LHLO", 4);
    assert_int_equal(test_transport->methods->send(test_transport, 4), 0);
    assert_int_equal(recv(peer, arrived, sizeof arrived, 0), 4);
    assert_string_equal(arrived, "LHLO");
    assert_int_equal(send(peer, "250", 3, MSG_NOSIGNAL), 3);
    assert_int_equal(test_transport->methods->wait(test_transport, POSTINO_EVENT_READ, LOOPBACK_PATIENCE_MS),
                     0);
    assert_int_equal(test_transport->methods->receive(test_transport, &data, &octets), 0);
    assert_int_equal(octets, 3);
    (void)close(peer);
    assert_int_equal(test_transport->methods->receive(test_transport, &data, &octets), POSTINO_ERROR_CLOSED);
    (void)close(listener);
}

struct late_accept {
    int listener;
    int connection;
};

/* Takes a connection after a pause, in which the client finds the queue full. */
static void *late_accept(void *argument)
{
    struct late_accept *late = argument;

    (void)poll(NULL, 0, 50);
    late->connection = accept4(late->listener, NULL, NULL, SOCK_CLOEXEC);
    return NULL;
}

static void a_full_queue_is_waited_for(void **state)
{
    static struct postino_posix first;
    struct late_accept late = {path_listen(0), -1};
    pthread_t thread;

    (void)state;
    assert_int_equal(postino_posix_init_path(&first, test_path), 0);
    assert_int_equal(first.transport.methods->connect(&first.transport, LOOPBACK_PATIENCE_MS), 0);
    assert_int_equal(test_transport->methods->connect(test_transport, 30), POSTINO_ERROR_CONNECT_TIMEOUT);
    assert_int_equal(postino_posix_system_error(&test_posix), EAGAIN);
    assert_int_equal(pthread_create(&thread, NULL, late_accept, &late), 0);
    assert_int_equal(test_transport->methods->connect(test_transport, LOOPBACK_PATIENCE_MS), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    first.transport.methods->close(&first.transport, 0);
    (void)close(late.connection);
    (void)close(late.listener);
}

/* LMTP over the path, by the client. */
static void a_mail_goes_to_an_lmtp_server(void **state)
{
    static const char *const script[] = {"accept",
                                         "S: 220 lmtp.test",
                                         "C: LHLO pump.test",
                                         "S: 250 lmtp.test",
                                         "C: MAIL FROM:<bob@mail.test>",
                                         "S: 250 OK",
                                         "C: RCPT TO:<ann@mail.test>",
                                         "S: 250 OK",
                                         "C: DATA",
                                         "S: 354 Go on",
                                         "message",
                                         "S: 250 OK",
                                         "C: QUIT",
                                         "S: 221 Bye",
                                         "close",
                                         NULL};
    static struct postino_client client;
    static struct scripted_server server;
    const struct postino_client_config config = {
        .ehlo_name = "pump.test", .tls = &postino_tls_none, .lmtp = 1};
    struct postino_memory_source body;
    struct postino_recipient recipient = {.address = "ann@mail.test"};
    struct postino_mail mail = {
        .reverse_path = "bob@mail.test", .recipients = &recipient, .source = &body.source};

    (void)state;
    server.script = script;
    server.listener = path_listen(4);
    server.connection = -1;
    assert_int_equal(pthread_create(&server.thread, NULL, scripted_server_run, &server), 0);
    postino_memory_source_init(&body, "Hello\r\n", 7);
    assert_int_equal(postino_client_init(&client, test_transport, &config), 0);
    assert_int_equal(postino_client_send(&client, &mail), 0);
    assert_int_equal(mail.result.outcome, POSTINO_OUTCOME_ACCEPTED);
    postino_client_quit(&client);
    scripted_server_join(&server);
    assert_string_equal(server.message, "Hello\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(init_refuses_what_it_cannot_use, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_path_without_a_server_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(octets_go_both_ways, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_queue_is_waited_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_mail_goes_to_an_lmtp_server, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
