/* SPDX-License-Identifier: MIT */
#ifndef BENCH_H
#define BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "postino/session.h"

/* A session on the bench, for unit tests: everything that one mail needs, and a clock that is set by hand. */
struct bench {
    struct postino_session session;
    struct postino_session_config config;
    struct postino_credentials credentials;
    struct postino_mail mail;
    struct postino_recipient recipient;
    struct postino_memory_source source;
    uint32_t now_ms;
    char sent[4096]; /* what bench_output() fetched last, terminated */
    size_t sent_octets;
};

static inline void bench_prepare(struct bench *bench)
{
    memset(bench, 0, sizeof *bench);
    memset(&bench->session, 0xA5, sizeof bench->session);
    bench->config.ehlo_name = "client.example.com";
    bench->config.faults = &postino_faults;
    bench->config.time_limits = &postino_time_limits_rfc5321;
    bench->config.extensions = postino_extensions_all;
    bench->mail.reverse_path = "a@example.com";
    bench->mail.recipients = &bench->recipient;
    bench->mail.source = &bench->source.source;
    bench->recipient.address = "b@example.org";
    postino_memory_source_init(&bench->source, "Hello\r\n", 7);
}

static inline unsigned bench_want(const struct bench *bench)
{
    return postino_session_want(&bench->session);
}

static inline void bench_start(struct bench *bench)
{
    assert_int_equal(postino_session_init(&bench->session, &bench->config, bench->now_ms), 0);
}

/* Fetches all that the session has to send. */
static inline const char *bench_output(struct bench *bench)
{
    bench->sent_octets = 0;
    while (bench_want(bench) & POSTINO_WANT_SEND) {
        size_t room = sizeof bench->sent - 1 - bench->sent_octets;
        size_t length = postino_session_output(&bench->session, (uint8_t *)bench->sent + bench->sent_octets,
                                               room, bench->now_ms);

        assert_true(length <= room);
        bench->sent_octets += length;
        if (length == 0) {
            break;
        }
    }
    bench->sent[bench->sent_octets] = '\0';
    return bench->sent;
}

static inline void bench_input_octets(struct bench *bench, const void *data, size_t length_octets)
{
    postino_session_input(&bench->session, data, length_octets, bench->now_ms);
}

static inline void bench_input(struct bench *bench, const char *reply)
{
    bench_input_octets(bench, reply, strlen(reply));
}

/* The server says something, and the client must answer exactly so. */
static inline void bench_exchange(struct bench *bench, const char *reply, const char *answer)
{
    bench_input(bench, reply);
    assert_string_equal(bench_output(bench), answer);
}

/* Up to the point where MAIL is wanted, or where the mail in hand begins. */
static inline void bench_greet(struct bench *bench)
{
    bench_exchange(bench, "220 mx\r\n", "EHLO client.example.com\r\n");
    bench_input(bench, "250 mx\r\n");
}

/* Makes the objects of an abandoned session ready for another one, as a caller does who starts again from
 * {0}. */
static inline void bench_forget(struct postino_mail *mail)
{
    struct postino_recipient *recipient;

    mail->marks = 0;
    mail->source->in_use = 0;
    if (mail->options != NULL)
        mail->options->in_use = 0;
    for (recipient = mail->recipients; recipient != NULL; recipient = recipient->next) {
        recipient->in_use = 0;
        if (recipient->record != NULL)
            recipient->record->in_use = 0;
    }
}

static inline void bench_submit(struct bench *bench)
{
    bench_forget(&bench->mail);
    assert_int_equal(postino_session_submit(&bench->session, &bench->mail), 0);
}

/* Up to the point where the message goes out. */
static inline void bench_envelope(struct bench *bench)
{
    assert_string_equal(bench_output(bench), "MAIL FROM:<a@example.com>\r\n");
    bench_exchange(bench, "250 ok\r\n", "RCPT TO:<b@example.org>\r\n");
    bench_exchange(bench, "250 ok\r\n", "DATA\r\n");
    bench_input(bench, "354 go\r\n");
}

#endif
