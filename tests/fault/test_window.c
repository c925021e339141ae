/* SPDX-License-Identifier: MIT */
/* Tests a server that sends more than the client's receive buffer holds, and reads nothing while it cannot
 * send. The client has more to send than all buffers hold; a client that only sent would wait for ever. */
#define _POSIX_C_SOURCE 200809L

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "postino/client.h"
#include "postino/posix.h"

#define TEST_LIMIT_S   60 /* a hang is a failure */
#define MAILS          80
#define MESSAGE_OCTETS 60000
#define REPLY_LINES    60
#define BUFFER_OCTETS  2048

struct server {
    int listener;
    int connection;
    unsigned port;
    const char *offer;
    pthread_t thread;
    unsigned mails;
    size_t octets;
    char input[4096];
    size_t begin;
    size_t end;
};

static struct postino_posix posix;
static struct postino_client client;
static struct postino_mail mails[MAILS];
static struct postino_recipient recipients[MAILS];
static struct postino_memory_source sources[MAILS];
static char message[MESSAGE_OCTETS];

static int server_octet(struct server *server)
{
    if (server->begin == server->end) {
        ssize_t arrived = recv(server->connection, server->input, sizeof server->input, 0);

        if (arrived <= 0) {
            return -1;
        }
        server->begin = 0;
        server->end = (size_t)arrived;
    }
    return (unsigned char)server->input[server->begin++];
}

static int server_line(struct server *server, char *line, size_t size)
{
    size_t length = 0;
    int octet;

    while ((octet = server_octet(server)) >= 0 && octet != '\n') {
        if (octet != '\r' && length < size - 1) {
            line[length++] = (char)octet;
        }
    }
    line[length] = '\0';
    return octet;
}

static void server_say(struct server *server, const char *text)
{
    size_t length = strlen(text);

    while (length != 0) {
        ssize_t sent = send(server->connection, text, length, MSG_NOSIGNAL);

        if (sent <= 0) {
            return;
        }
        text += sent;
        length -= (size_t)sent;
    }
}

/* A reply of many lines, all of it written before anything else is read. */
static void server_reply(struct server *server, const char *code)
{
    char line[80];
    int i;

    for (i = 0; i < REPLY_LINES; i++) {
        (void)snprintf(line, sizeof line, "%s%clong, and not all of it is of interest to anybody\r\n", code,
                       i + 1 < REPLY_LINES ? '-' : ' ');
        server_say(server, line);
    }
}

static void server_message(struct server *server, char *line, size_t size)
{
    server_reply(server, "354");
    while (server_line(server, line, size) >= 0 && strcmp(line, ".") != 0) {
        server->octets += strlen(line) + 2;
    }
}

static void *server_run(void *argument)
{
    struct server *server = argument;
    char line[200];
    unsigned long chunk;

    server->connection = accept(server->listener, NULL, NULL);
    server_say(server, "220 mx\r\n");
    while (server_line(server, line, sizeof line) >= 0) {
        if (strncmp(line, "EHLO", 4) == 0) {
            server_say(server, server->offer);
        } else if (strcmp(line, "QUIT") == 0) {
            server_say(server, "221 bye\r\n");
            break;
        } else if (sscanf(line, "BDAT %lu LAST", &chunk) == 1) {
            server->octets += chunk;
            while (chunk != 0 && server_octet(server) >= 0) {
                chunk--;
            }
            server->mails++;
            server_reply(server, "250");
        } else if (strcmp(line, "DATA") == 0) {
            server_message(server, line, sizeof line);
            server->mails++;
            server_reply(server, "250");
        } else {
            server_reply(server, "250");
        }
    }
    (void)close(server->connection);
    return NULL;
}

static void server_start(struct server *server, const char *offer)
{
    const int octets = BUFFER_OCTETS;
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;

    memset(server, 0, sizeof *server);
    server->offer = offer;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    /* The connections inherit it. */
    assert_int_equal(setsockopt(server->listener, SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets), 0);
    assert_int_equal(setsockopt(server->listener, SOL_SOCKET, SO_SNDBUF, &octets, sizeof octets), 0);
    assert_int_equal(bind(server->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(server->listener, 1), 0);
    assert_int_equal(getsockname(server->listener, (struct sockaddr *)&address, &length), 0);
    server->port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&server->thread, NULL, server_run, server), 0);
}

static void send_all(const char *offer)
{
    struct postino_client_config config = {
        .ehlo_name = "client.example.com", .tls = &postino_tls_none, .mails_in_flight_max = MAILS};
    struct postino_mail *mail;
    struct server server;
    unsigned accepted = 0;
    char service[8];
    size_t i;

    for (i = 0; i < sizeof message; i += 2) {
        memcpy(message + i, i % 80 == 78 || i + 2 == sizeof message ? "\r\n" : "ab", 2);
    }
    server_start(&server, offer);
    (void)snprintf(service, sizeof service, "%u", server.port);
    assert_int_equal(postino_posix_init(&posix, "127.0.0.1", service), 0);
    assert_int_equal(postino_client_init(&client, &posix.transport, &config), 0);
    for (i = 0; i < MAILS; i++) {
        recipients[i] = (struct postino_recipient){.address = "b@example.org"};
        postino_memory_source_init(&sources[i], message, sizeof message);
        mails[i] = (struct postino_mail){
            .reverse_path = "a@example.com", .recipients = &recipients[i], .source = &sources[i].source};
        assert_int_equal(postino_client_submit(&client, &mails[i]), 0);
    }
    while ((mail = postino_client_collect(&client)) != NULL) {
        accepted += mail->result.outcome == POSTINO_OUTCOME_ACCEPTED;
    }
    postino_client_quit(&client);
    assert_int_equal(pthread_join(server.thread, NULL), 0);
    (void)close(server.listener);
    assert_int_equal(accepted, MAILS);
    assert_int_equal(server.mails, MAILS);
    assert_int_equal(server.octets, MAILS * sizeof message);
}

static void test_full_window_by_bdat(void **state)
{
    (void)state;
    send_all("250-mx\r\n250-PIPELINING\r\n250 CHUNKING\r\n");
}

static void test_full_window_by_data(void **state)
{
    (void)state;
    send_all("250-mx\r\n250 PIPELINING\r\n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_full_window_by_bdat),
        cmocka_unit_test(test_full_window_by_data),
    };

    (void)alarm(TEST_LIMIT_S);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
