/* SPDX-License-Identifier: MIT */
#ifndef SINGLE_RUN_H
#define SINGLE_RUN_H

/* A session of the drivers of one mail to one recipient. */

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <setjmp.h>

#include <cmocka.h>

#include "postino/address.h"

#include "engine/emitter.h"
#include "engine/single.h"

#define OCTETS 4096

#define MAIL    "MAIL FROM:<a@b.test>\r\n"
#define RCPT    "RCPT TO:<c@d.test>\r\n"
#define HEADER  "To: c@d.test\r\nFrom: a@b.test\r\nSubject: x\r\n\r\n"
#define MESSAGE HEADER "Hi\r\n..\r\n"
#define BDAT    "BDAT 51 LAST\r\n" HEADER "Hi\r\n.\r\n"

struct run {
    struct postino_session session;
    struct postino_session_config config;
    struct postino_single single;
    struct postino_recipient recipient;
};

/* Adds no parameter to MAIL and RCPT. */
static inline void run_subject(const struct postino_session *session, struct postino_emitter *emitter)
{
    if (session->sent.step->id == POSTINO_STEP_MESSAGE)
        postino_emit_text(emitter, "x\r\n");
}

static inline void run_start(struct run *run, const struct postino_mail_strategy *strategy,
                             const char *message)
{
    static const struct postino_extension *const extensions[] = {&postino_single_pipelining,
                                                                 &postino_single_chunking, NULL};

    memset(run, 0, sizeof *run);
    run->config.ehlo_name = "x.test";
    run->config.time_limits = &postino_time_limits_rfc5321;
    run->config.extensions = extensions;
    run->single.mail.recipients = &run->recipient;
    run->single.body.data = message;
    run->single.body.length_octets = strlen(message);
    assert_int_equal(postino_address_path("a@b.test", &run->single.mail.path), 0);
    assert_int_equal(postino_address_path("c@d.test", &run->recipient.path), 0);
    memset(&run->session, 0xA5, sizeof run->session);
    postino_single_start(&run->session, &run->config, strategy, &run->single);
    run->session.parameters = run_subject;
    if (strategy == &postino_single_group)
        postino_group_count(&run->session);
}

static inline void run_hear(struct run *run, const char *text, size_t piece)
{
    size_t length = strlen(text);
    size_t at;

    for (at = 0; at < length; at += piece) {
        size_t octets = length - at < piece ? length - at : piece;

        postino_session_input(&run->session, (const uint8_t *)text + at, octets, 0);
    }
}

/* Fetches what there is. Returns how many octets. */
static inline size_t run_say(struct run *run, uint8_t *out, size_t capacity)
{
    size_t octets = 0;

    while ((postino_session_want_octets(&run->session) & POSTINO_WANT_SEND) != 0) {
        size_t length = postino_session_output(&run->session, out + octets, capacity, 0);

        /* An end mark may wait for a call that has room for it. */
        octets += length;
        assert_true(octets < OCTETS);
        if (length == 0)
            break;
    }
    return octets;
}

static inline void run_expect(struct run *run, const char *what, const char *client, size_t capacity)
{
    uint8_t out[2 * OCTETS];
    size_t octets = run_say(run, out, capacity);

    out[octets] = '\0';
    if (strcmp((const char *)out, client) != 0)
        fail_msg("%s, capacity %lu: said \"%s\", expected \"%s\"", what, (unsigned long)capacity,
                 (const char *)out, client);
}

#endif
