/* SPDX-License-Identifier: MIT */
#ifndef GROUP_H
#define GROUP_H

/* Several mails over one session on the bench, and the octets of single calls: a group of commands is what
 * one call hands out. Mail i goes from i@a to recipients i.0@b, i.1@b, ... */

#include "bench.h"
#include "test_source.h"

#define GROUP_MAILS      5
#define GROUP_RECIPIENTS 4

struct group {
    struct bench bench;
    struct postino_mail mails[GROUP_MAILS];
    struct postino_recipient recipients[GROUP_MAILS][GROUP_RECIPIENTS];
    struct postino_memory_source sources[GROUP_MAILS];
    char names[GROUP_MAILS][GROUP_RECIPIENTS + 1][32];
    char texts[GROUP_MAILS][32];
    char log[2000]; /* of on_reply: "mail.recipient code text;" */
};

static inline void group_on_reply(void *context, struct postino_mail *mail,
                                  struct postino_recipient *recipient, const struct postino_reply *reply)
{
    struct group *group = context;
    size_t used = strlen(group->log);
    int number = (int)(mail - group->mails);

    if (recipient != NULL) {
        (void)snprintf(group->log + used, sizeof group->log - used, "%d.%d %d %.*s;", number,
                       (int)(recipient - group->recipients[number]), reply->code, (int)reply->text_octets,
                       reply->text);
    } else {
        (void)snprintf(group->log + used, sizeof group->log - used, "%d %d %.*s;", number, reply->code,
                       (int)reply->text_octets, reply->text);
    }
}

/* Mail `number` gets so many recipients. Its message is "m<number>". */
static inline void group_mail(struct group *group, int number, int recipients)
{
    struct postino_mail *mail = &group->mails[number];
    int i;

    memset(mail, 0, sizeof *mail);
    memset(group->recipients[number], 0, sizeof group->recipients[number]);
    (void)snprintf(group->names[number][GROUP_RECIPIENTS], 32, "%d@a", number);
    (void)snprintf(group->texts[number], 32, "m%d\r\n", number);
    for (i = 0; i < recipients; i++) {
        (void)snprintf(group->names[number][i], 32, "%d.%d@b", number, i);
        group->recipients[number][i].address = group->names[number][i];
        group->recipients[number][i].next = i + 1 < recipients ? &group->recipients[number][i + 1] : NULL;
    }
    postino_memory_source_init(&group->sources[number], group->texts[number], 4);
    mail->reverse_path = group->names[number][GROUP_RECIPIENTS];
    mail->recipients = group->recipients[number];
    mail->source = &group->sources[number].source;
}

static inline void group_prepare(struct group *group, unsigned in_flight)
{
    int i;

    memset(group, 0, sizeof *group);
    bench_prepare(&group->bench);
    group->bench.config.ehlo_name = "c";
    group->bench.config.mails_in_flight_max = (uint16_t)in_flight;
    group->bench.config.on_reply = group_on_reply;
    group->bench.config.context = group;
    for (i = 0; i < GROUP_MAILS; i++) {
        group_mail(group, i, 1);
    }
}

static inline void group_submit(struct group *group, int first, int last)
{
    for (; first <= last; first++) {
        bench_forget(&group->mails[first]);
        assert_int_equal(postino_session_submit(&group->bench.session, &group->mails[first]), 0);
    }
}

/* The octets of one call of postino_session_output(). */
static inline const char *group_call(struct group *group)
{
    size_t length = postino_session_output(&group->bench.session, (uint8_t *)group->bench.sent,
                                           sizeof group->bench.sent - 1, group->bench.now_ms);

    group->bench.sent[length] = '\0';
    return group->bench.sent;
}

/* Exactly this goes out, in one call, and nothing behind it. */
static inline void group_expect(struct group *group, const char *expected)
{
    if (expected[0] == '\0') {
        assert_false(bench_want(&group->bench) & POSTINO_WANT_SEND);
    }
    assert_string_equal(group_call(group), expected);
    assert_false(bench_want(&group->bench) & POSTINO_WANT_SEND);
}

static inline void group_input(struct group *group, const char *reply)
{
    bench_input(&group->bench, reply);
}

/* The server says something, and exactly this goes out in one call. */
static inline void group_exchange(struct group *group, const char *reply, const char *expected)
{
    group_input(group, reply);
    group_expect(group, expected);
}

/* Greets; `extensions` is the reply to EHLO behind its first line. */
static inline void group_greet(struct group *group, const char *extensions)
{
    group_exchange(group, "220 mx\r\n", "EHLO c\r\n");
    group_input(group, "250-mx\r\n");
    group_input(group, extensions);
}

static inline void group_start(struct group *group, const char *extensions)
{
    bench_start(&group->bench);
    group_greet(group, extensions);
}

/* The next mail that is handed back is this one, with this outcome. */
static inline void group_finished(struct group *group, int number, unsigned outcome)
{
    assert_true(bench_want(&group->bench) & POSTINO_WANT_COLLECT);
    assert_ptr_equal(postino_session_finished(&group->bench.session), &group->mails[number]);
    assert_int_equal(group->mails[number].result.outcome, outcome);
    assert_int_equal(group->mails[number].result.error == 0, outcome == POSTINO_OUTCOME_ACCEPTED);
}

static inline void group_none_finished(struct group *group)
{
    assert_false(bench_want(&group->bench) & POSTINO_WANT_COLLECT);
    assert_null(postino_session_finished(&group->bench.session));
}

/* Recipient's outcome and reply code. */
static inline void group_recipient(const struct group *group, int mail, int recipient, unsigned outcome,
                                   unsigned code)
{
    assert_int_equal(group->recipients[mail][recipient].outcome, outcome);
    assert_int_equal(group->recipients[mail][recipient].reply_code, code);
}

#define PIPELINING "250 PIPELINING\r\n"
#define BOTH       "250-PIPELINING\r\n250 CHUNKING\r\n"
#define CHUNKING   "250 CHUNKING\r\n"

#endif
