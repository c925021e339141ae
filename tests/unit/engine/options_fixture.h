/* SPDX-License-Identifier: MIT */
#ifndef OPTIONS_FIXTURE_H
#define OPTIONS_FIXTURE_H

/* A mail with options, and what goes out for them. */

#include "group.h"

#define ALL                                                                                                  \
    "250-SMTPUTF8\r\n250-DSN\r\n250-DELIVERBY\r\n250-FUTURERELEASE\r\n250-MT-PRIORITY\r\n250-REQUIRETLS\r\n" \
    "250-8BITMIME\r\n250 AUTH PLAIN\r\n"

static struct group group;
static struct postino_options options;
static struct postino_recipient_options recipient_options;

static inline void prepare(void)
{
    group_prepare(&group, 1);
    postino_options_init(&options);
    memset(&recipient_options, 0, sizeof recipient_options);
    group.mails[0].options = &options;
}

/* Checks the parameters behind the path of MAIL. */
static inline void check_mail(const char *expected)
{
    char line[1600];
    size_t capacity;

    (void)snprintf(line, sizeof line, "MAIL FROM:<0@a>%s\r\n", expected);
    /* Few octets at a time, and all in one call. */
    for (capacity = 1; capacity < 2000; capacity += capacity < 60 ? 7 : 449) {
        size_t length = 0;

        group_start(&group, ALL);
        group_submit(&group, 0, 0);
        while (bench_want(&group.bench) & POSTINO_WANT_SEND) {
            length += postino_session_output(&group.bench.session, (uint8_t *)group.bench.sent + length,
                                             capacity, 0);
        }
        group.bench.sent[length] = '\0';
        assert_string_equal(group.bench.sent, line);
    }
    assert_int_equal(options.missing, 0);
}

static inline void check_rcpt(const char *expected)
{
    char line[1600];

    (void)snprintf(line, sizeof line, "RCPT TO:<0.0@b>%s\r\n", expected);
    check_mail("");
    group_exchange(&group, "250 ok\r\n", line);
}

/* The mail fails with this, and nothing of it goes out. */
static inline void check_fails(const char *extensions, int error)
{
    group_start(&group, extensions);
    group_submit(&group, 0, 0);
    group_expect(&group, "");
    group_finished(&group, 0, POSTINO_OUTCOME_PERMANENT);
    assert_int_equal(group.mails[0].result.error, error);
    assert_true(bench_want(&group.bench) & POSTINO_WANT_MAIL);
}

#endif
