/* SPDX-License-Identifier: MIT */
/* The bench's client of libESMTP: one session, which sends all messages over one connection and chooses
 * itself whether it uses PIPELINING and CHUNKING.
 *
 * usage: peer_esmtp --port N [--mails N] [--octets N] [--flat 1] [--limit-s N]
 *
 * The library makes a chunk of each span, and each chunk can cost a delayed acknowledgement. With --flat
 * the whole message is one span, which needs the message in memory. */

#define _GNU_SOURCE

#include <signal.h>
#include <stdio.h>

#include <libesmtp.h>

#include "common.h"

/* The library sends one message after the other, so they can share the place that says how far it is. */
struct esmtp_body {
    struct bench_message message;
    const char *flat; /* NULL: in the spans that the message has */
    size_t offset;
};

static const char *esmtp_read(void **buffer, int *length, void *context)
{
    struct esmtp_body *body = context;
    const char *span;
    size_t octets;

    (void)buffer;
    if (length == NULL) { /* from the begin, please */
        body->offset = 0;
        return NULL;
    }
    if (body->offset == body->message.octets) {
        *length = 0;
        return NULL;
    }
    if (body->flat != NULL) {
        span = body->flat + body->offset;
        octets = body->message.octets - body->offset;
    } else {
        span = bench_message_span(&body->message, body->offset, &octets);
    }
    body->offset += octets;
    *length = (int)octets;
    return span;
}

static void esmtp_die(const char *what)
{
    char text[128];

    bench_die("%s: %s", what, smtp_strerror(smtp_errno(), text, sizeof text));
}

static void esmtp_check(smtp_message_t message, void *context)
{
    const smtp_status_t *status = smtp_message_transfer_status(message);

    if (status == NULL || status->code / 100 != 2)
        bench_die("a message was not accepted");
    (*(size_t *)context)++;
}

int main(int argc, char **argv)
{
    struct esmtp_body body = {.offset = 0};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    char server[32];
    size_t port = 0;
    size_t mails = 1;
    size_t octets = 2048;
    size_t flat = 0;
    size_t limit_s = BENCH_LIMIT_S;
    const struct bench_option options[] = {{"port", &port, NULL},       {"mails", &mails, NULL},
                                           {"octets", &octets, NULL},   {"flat", &flat, NULL},
                                           {"limit-s", &limit_s, NULL}, {NULL, NULL, NULL}};
    smtp_session_t session;
    smtp_message_t message;
    size_t accepted = 0;
    size_t i;

    (void)bench_options(argc, argv, options);
    bench_limit_life(limit_s);
    (void)sigaction(SIGPIPE, &ignore, NULL);
    body.message = bench_message_make(octets);
    body.flat = flat != 0 ? bench_message_flat(&body.message) : NULL;
    (void)snprintf(server, sizeof server, "127.0.0.1:%zu", port);
    session = smtp_create_session();
    if (session == NULL || !smtp_set_server(session, server) || !smtp_set_hostname(session, BENCH_EHLO_NAME))
        esmtp_die("session");
    for (i = 0; i < mails; i++) {
        message = smtp_add_message(session);
        if (message == NULL || !smtp_set_reverse_path(message, BENCH_SENDER) ||
            smtp_add_recipient(message, BENCH_RECIPIENT) == NULL ||
            !smtp_set_messagecb(message, esmtp_read, &body))
            esmtp_die("message");
    }
    if (!smtp_start_session(session))
        esmtp_die("send");
    (void)smtp_enumerate_messages(session, esmtp_check, &accepted);
    if (accepted != mails)
        bench_die("%zu of %zu mails accepted", accepted, mails);
    (void)smtp_destroy_session(session);
    return 0;
}
