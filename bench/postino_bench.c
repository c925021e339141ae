/* SPDX-License-Identifier: MIT */
/* Invariant: success means that the server accepted every mail. Public headers only; which commands share a
 * packet is the client's own choice, after what the server offers.
 *
 * usage: postino_bench --port N [--mails N] [--octets N] [--window N] [--limit-s N]
 * --window: mails that may await their replies at the same time. Messages up to 1 MiB are in memory, larger
 * ones come from a source that makes them as they go. */

#include <stdio.h>
#include <stdlib.h>

#include "common.h"
#include "postino/client.h"
#include "postino/posix.h"
#include "postino_source.h"

#define POSTINO_BENCH_IN_MEMORY_OCTETS (1024U * 1024U)

/* A mail and what it borrows. */
struct job {
    struct postino_mail mail;
    struct postino_recipient recipient;
    struct postino_memory_source memory;
    struct postino_bench_source large;
};

static struct job *job_make_all(size_t window, const struct bench_message *message)
{
    const int is_large = message->octets > POSTINO_BENCH_IN_MEMORY_OCTETS;
    const char *flat = is_large ? NULL : bench_message_flat(message);
    struct job *jobs = bench_allocate_for_good(window * sizeof *jobs);
    size_t i;

    for (i = 0; i < window; i++) {
        jobs[i].recipient = (struct postino_recipient){.address = BENCH_RECIPIENT};
        jobs[i].mail = (struct postino_mail){.reverse_path = BENCH_SENDER, .recipients = &jobs[i].recipient};
        if (is_large) {
            postino_bench_source_init(&jobs[i].large, message);
            jobs[i].mail.source = &jobs[i].large.source;
        } else {
            postino_memory_source_init(&jobs[i].memory, flat, message->octets);
            jobs[i].mail.source = &jobs[i].memory.spans.source;
        }
    }
    return jobs;
}

static void job_check(const struct postino_mail *mail)
{
    if (mail->result.outcome != POSTINO_OUTCOME_ACCEPTED)
        bench_die("%s: %s, reply %u", postino_step_name(mail->result.step),
                  postino_strerror(mail->result.error), (unsigned)mail->result.reply_code);
}

/* A mail's place is free again when the mail is settled, so a window of mails is all that there is. */
static void job_send_all(struct postino_client *client, struct job *jobs, size_t window, size_t mails)
{
    size_t sent;

    for (sent = 0; sent < mails; sent++) {
        struct postino_mail *mail = &jobs[sent % window].mail;
        (void)postino_client_send(client, mail);
        job_check(mail);
    }
}

int main(int argc, char **argv)
{
    static struct postino_posix posix;
    struct postino_client client;
    const struct postino_client_config config = {.ehlo_name = BENCH_EHLO_NAME};
    struct bench_message message;
    char service[16];
    size_t port = 0;
    size_t mails = 1;
    size_t octets = 2048;
    size_t window = 1;
    size_t limit_s = BENCH_LIMIT_S;
    const struct bench_option options[] = {{"port", &port, NULL},       {"mails", &mails, NULL},
                                           {"octets", &octets, NULL},   {"window", &window, NULL},
                                           {"limit-s", &limit_s, NULL}, {NULL, NULL, NULL}};

    (void)bench_options(argc, argv, options);
    if (window == 0)
        bench_die("--window takes at least 1");
    bench_limit_life(limit_s);
    message = bench_message_make(octets);
    (void)snprintf(service, sizeof service, "%zu", port);
    if (postino_posix_init(&posix, "127.0.0.1", service) != 0 ||
        postino_client_init(&client, &posix.transport, &config) != 0)
        bench_die("cannot prepare the client");
    job_send_all(&client, job_make_all(window, &message), window, mails);
    postino_client_quit(&client);
    return 0;
}
