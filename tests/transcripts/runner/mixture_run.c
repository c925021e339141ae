/* SPDX-License-Identifier: MIT */
/* Runs one session against the mixture's server, and compares its outcomes with the oracle's. */
#include "mixture.h"
#include "postino/session.h"
#include "test_source.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MIXTURES_TURNS 20000

struct run {
    struct mixture mixture;
    struct postino_session session;
    struct postino_session_config config;
    struct postino_mail mails[MIXTURE_MAILS];
    struct postino_recipient recipients[MIXTURE_MAILS][MIXTURE_RECIPIENTS];
    struct test_source sources[MIXTURE_MAILS];
    char messages[MIXTURE_MAILS][64];
    unsigned submitted;
    int graceful;
    char finding[200];
};

static struct run run;

static void find(const char *format, ...)
{
    va_list arguments;

    if (run.finding[0] == '\0') {
        va_start(arguments, format);
        (void)vsnprintf(run.finding, sizeof run.finding, format, arguments);
        va_end(arguments);
    }
}

static void prepare(const struct mixture_plan *plan)
{
    static const char *const senders[] = {"m0@example.com", "m1@example.com", "m2@example.com"};
    static const char *const addresses[] = {"r0@example.org", "r1@example.org", "r2@example.org"};
    unsigned i;
    unsigned j;

    memset(&run, 0, sizeof run);
    memset(&run.session, 0xA5, sizeof run.session);
    run.config.ehlo_name = "client.example.com";
    run.config.faults = &postino_faults;
    run.config.time_limits = &postino_time_limits_rfc5321;
    run.config.extensions = postino_extensions_all;
    run.config.mails_in_flight_max = (uint16_t)plan->in_flight;
    mixture_init(&run.mixture, plan);
    for (i = 0; i < plan->mails; i++) {
        size_t length = mixture_message(i, run.messages[i], sizeof run.messages[i]);

        test_source_init(&run.sources[i], run.messages[i], length);
        run.sources[i].size_octets = length;
        run.sources[i].flags = plan->mail[i].rewinds ? POSTINO_SOURCE_REWINDS : 0;
        run.mails[i].reverse_path = senders[i];
        run.mails[i].source = &run.sources[i].source;
        run.mails[i].recipients = run.recipients[i];
        run.mails[i].delivery = plan->mail[i].partial ? &postino_delivery_partial : NULL;
        for (j = 0; j < plan->mail[i].recipients; j++) {
            run.recipients[i][j].address = addresses[j];
            run.recipients[i][j].next = j + 1 < plan->mail[i].recipients ? &run.recipients[i][j + 1] : NULL;
        }
    }
}

static void submit_next(const struct mixture_plan *plan)
{
    if (run.submitted < plan->mails) {
        if (postino_session_submit(&run.session, &run.mails[run.submitted]) != 0) {
            find("a mail was not taken");
        }
    } else {
        postino_session_quit(&run.session);
    }
    run.submitted++;
}

static void send(const struct mixture_plan *plan)
{
    static uint8_t out[MIXTURE_OCTETS];
    size_t length = postino_session_output(&run.session, out, plan->capacity_octets, 0);

    mixture_take(&run.mixture, out, length);
}

/* Gives replies. Returns 0 when there are none. */
static int receive(const struct mixture_plan *plan)
{
    struct mixture *mixture = &run.mixture;
    size_t limit = mixture->replies_octets;
    size_t length;

    if (plan->cut != 0 && plan->cut <= mixture->count) {
        limit = mixture->log[plan->cut - 1].reply_end_octets;
    }
    length = limit - mixture->given_octets;
    if (plan->cut != 0 && length == 0 && plan->cut <= mixture->count) {
        postino_session_lost(&run.session, POSTINO_ERROR_CLOSED, 0);
        return 1;
    }
    if (plan->piece_octets != 0 && length > plan->piece_octets) {
        length = plan->piece_octets;
    }
    if (length == 0) {
        return 0;
    }
    mixture->given_octets += length;
    postino_session_input(&run.session, (const uint8_t *)mixture->replies + mixture->given_octets - length,
                          length, 0);
    return 1;
}

static void converse(const struct mixture_plan *plan)
{
    unsigned turns;
    unsigned want;

    for (turns = 0; !((want = postino_session_want(&run.session)) & POSTINO_WANT_CLOSED); turns++) {
        if (turns == MIXTURES_TURNS) {
            find("it never ends");
            return;
        }
        if (want & POSTINO_WANT_MAIL) {
            submit_next(plan);
        } else if (want & POSTINO_WANT_SEND) {
            send(plan);
            if (plan->eager) {
                (void)receive(plan);
            }
        } else if (!receive(plan)) {
            find("both wait for each other");
            return;
        }
    }
    run.graceful = (want & POSTINO_WANT_GRACEFUL) != 0;
    postino_session_lost(&run.session, 0, 0);
}

static void judge_mail(const struct mixture_plan *plan, const struct mixture_fates *fates, unsigned i)
{
    const struct postino_result *result = &run.mails[i].result;
    unsigned outcome = POSTINO_OUTCOME_NOT_ATTEMPTED;
    unsigned j;

    for (j = 0; j < plan->mail[i].recipients; j++) {
        const struct postino_recipient *recipient = &run.recipients[i][j];
        const struct mixture_fate *fate = &fates->recipients[i][j];

        if (recipient->outcome != fate->outcome && (fate->other == 0 || recipient->outcome != fate->other)) {
            find("mail %u recipient %u is %s, expected %s", i, j, postino_outcome_name(recipient->outcome),
                 postino_outcome_name(fate->outcome));
        }
        if (fate->code != 0 && fate->code != recipient->reply_code) {
            find("mail %u recipient %u: code %u, expected %u", i, j, recipient->reply_code, fate->code);
        }
        if (recipient->outcome < outcome) {
            outcome = recipient->outcome;
        }
    }
    if (result->outcome != outcome) {
        find("mail %u is %s, and the first of its recipients %s", i, postino_outcome_name(result->outcome),
             postino_outcome_name(outcome));
    }
    if ((result->error == 0) != (outcome == POSTINO_OUTCOME_ACCEPTED)) {
        find("mail %u: error %d", i, result->error);
    }
    if (run.sources[i].breach != NULL) {
        find("mail %u: %s", i, run.sources[i].breach);
    }
}

static void judge(const struct mixture_plan *plan)
{
    struct mixture_fates fates;
    struct postino_mail *mail;
    unsigned back = 0;
    unsigned i;

    mixture_judge(&run.mixture, &fates);
    if (run.mixture.breach[0] != '\0') {
        find("%s", run.mixture.breach);
    }
    while ((mail = postino_session_finished(&run.session)) != NULL) {
        back++;
    }
    if (back != (run.submitted < plan->mails ? run.submitted : plan->mails)) {
        find("%u mails were handed back", back);
    }
    if (fates.desynchronised) {
        if (run.graceful || postino_session_result(&run.session)->error != POSTINO_ERROR_REPLY_UNEXPECTED) {
            find("354 with a recipient, and the connection goes on");
        }
    } else if (plan->cut == 0 && (!run.graceful || postino_session_result(&run.session)->error != 0)) {
        find("the session ended with %d", postino_session_result(&run.session)->error);
    }
    if (run.graceful && fates.left != 0) {
        find("%d recipients were left over", fates.left);
    }
    for (i = 0; i < plan->mails && i < run.submitted; i++) {
        judge_mail(plan, &fates, i);
    }
}

void mixture_print(const struct mixture_plan *plan)
{
    static const char *const verbs[] = {"(hello)", "RSET", "MAIL", "RCPT", "DATA", "(message)", "QUIT"};
    unsigned answered = mixture_answered(&run.mixture);
    unsigned i;

    (void)printf("%s\n  in flight %u, cut %u, capacity %lu, pieces %lu%s%s\n", run.finding, plan->in_flight,
                 plan->cut, (unsigned long)plan->capacity_octets, (unsigned long)plan->piece_octets,
                 plan->eager ? ", eager" : "", plan->singly ? ", singly" : "");
    for (i = 0; i < plan->mails; i++) {
        (void)printf("  mail %u: %u recipients%s%s\n", i, plan->mail[i].recipients,
                     plan->mail[i].partial ? ", partial" : "", plan->mail[i].rewinds ? "" : ", no rewind");
    }
    for (i = 0; i < run.mixture.count; i++) {
        const struct mixture_entry *entry = &run.mixture.log[i];

        (void)printf("  C: %-9s mail %u recipient %u%s   S: %u%s\n", verbs[entry->verb], entry->mail,
                     entry->recipient, entry->lone ? " (a lone dot)" : "", entry->code,
                     i < answered ? "" : " (not given)");
    }
}

int mixture_run(const struct mixture_plan *plan)
{
    prepare(plan);
    if (postino_session_init(&run.session, &run.config, 0) != 0) {
        find("init refused the configuration");
    }
    if (!plan->singly) {
        while (run.submitted <= plan->mails) {
            submit_next(plan);
        }
    }
    converse(plan);
    judge(plan);
    return run.finding[0] == '\0' ? 0 : -1;
}
