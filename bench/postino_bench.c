/* SPDX-License-Identifier: MIT */
/* The bench's client of Postino's blocking API, with public headers only. Success means that the server
 * accepted every mail. The client itself chooses which commands share a packet.
 *
 * usage: postino_bench --port N [--mails N] [--octets N] [--window N] [--canonical 0] [--message FILE]
 *                      [--limit-s N]
 * --window: mails that may wait for their replies at the same time. With 1 each call sends one mail and
 * waits. With --canonical 0 the client does not know that the lines end in CRLF. With --message the octets of
 * the file, in memory, replace the bench's message. Otherwise messages up to 1 MiB are in memory, and a
 * source makes larger ones while they are sent. */

#include <stdio.h>

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

/* Returns the file's octets, and how many they are; they live as long as the process. */
static const char *job_read(const char *path, size_t *octets)
{
    FILE *file = fopen(path, "rb");
    long end = -1;
    char *text;

    if (file != NULL && fseek(file, 0, SEEK_END) == 0)
        end = ftell(file);
    if (end <= 0 || fseek(file, 0, SEEK_SET) != 0)
        bench_die("cannot read %s", path);
    *octets = (size_t)end;
    text = bench_allocate_for_good(*octets);
    if (fread(text, 1, *octets, file) != *octets)
        bench_die("cannot read %s", path);
    (void)fclose(file);
    return text;
}

/* `flat`: the message in memory, NULL where `message` makes it. */
static struct job *job_make_all(size_t window, const struct bench_message *message, const char *flat,
                                int canonical)
{
    struct job *jobs = bench_allocate_for_good(window * sizeof *jobs);
    size_t i;

    for (i = 0; i < window; i++) {
        jobs[i].recipient = (struct postino_recipient){.address = BENCH_RECIPIENT};
        jobs[i].mail = (struct postino_mail){.reverse_path = BENCH_SENDER, .recipients = &jobs[i].recipient};
        if (flat == NULL) {
            postino_bench_source_init(&jobs[i].large, message, canonical);
            jobs[i].mail.source = &jobs[i].large.source;
        } else {
            if (canonical)
                postino_memory_source_init_canonical(&jobs[i].memory, flat, message->octets);
            else
                postino_memory_source_init(&jobs[i].memory, flat, message->octets);
            jobs[i].mail.source = &jobs[i].memory.source;
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

static void job_send_each(struct postino_client *client, struct job *job, size_t mails)
{
    size_t i;

    for (i = 0; i < mails; i++) {
        (void)postino_client_send(client, &job->mail);
        job_check(&job->mail);
    }
    postino_client_quit(client);
}

/* A mail's place is free again when the mail is settled, so a window of mails is all that there is. Mails
 * come back in the order in which they went. QUIT is asked for as soon as no mail follows, so that it need
 * not wait for the last reply. */
static void job_send_ahead(struct postino_client *client, struct job *jobs, size_t window, size_t mails)
{
    const struct job *end = jobs + window;
    struct job *free_job = jobs;
    const struct job *first = jobs; /* of those under way */
    size_t settled = 0;
    size_t sent = 0;

    while (settled < mails) {
        if (sent < mails && sent - settled < window) {
            if (postino_client_submit(client, &free_job->mail) != 0)
                job_check(&free_job->mail);
            free_job = free_job + 1 == end ? jobs : free_job + 1;
            sent++;
            if (sent == mails)
                postino_client_quit(client);
            continue;
        }
        if (postino_client_collect(client) != &first->mail)
            bench_die("not the mail that was to come");
        job_check(&first->mail);
        first = first + 1 == end ? jobs : first + 1;
        settled++;
    }
}

int main(int argc, char **argv)
{
    static uint8_t send_buffer[256 * 1024];
    static struct postino_posix posix;
    struct postino_client client;
    struct postino_client_config config = {.ehlo_name = BENCH_EHLO_NAME, .tls = &postino_tls_none};
    struct job *jobs;
    struct bench_message message = {0};
    const char *path = NULL;
    const char *flat = NULL;
    char service[16];
    size_t port = 0;
    size_t mails = 1;
    size_t octets = 2048;
    size_t window = 1;
    size_t canonical = 1;
    size_t limit_s = BENCH_LIMIT_S;
    const struct bench_option options[] = {{"port", &port, NULL},           {"mails", &mails, NULL},
                                           {"octets", &octets, NULL},       {"window", &window, NULL},
                                           {"canonical", &canonical, NULL}, {"message", NULL, &path},
                                           {"limit-s", &limit_s, NULL},     {NULL, NULL, NULL}};

    (void)bench_options(argc, argv, options);
    if (window == 0 || window > UINT16_MAX)
        bench_die("--window takes 1 to %d", UINT16_MAX);
    bench_limit_life(limit_s);
    if (path != NULL) {
        flat = job_read(path, &message.octets);
        canonical = 0;
    } else {
        message = bench_message_make(octets);
        if (octets <= POSTINO_BENCH_IN_MEMORY_OCTETS)
            flat = bench_message_flat(&message);
    }
    config.mails_in_flight_max = (uint16_t)window;
    (void)snprintf(service, sizeof service, "%zu", port);
    if (postino_posix_init(&posix, "127.0.0.1", service) != 0 ||
        postino_posix_buffers(&posix, send_buffer, sizeof send_buffer, NULL, 0) != 0 ||
        postino_client_init(&client, &posix.transport, &config) != 0)
        bench_die("cannot prepare the client");
    jobs = job_make_all(window, &message, flat, canonical != 0);
    if (window == 1)
        job_send_each(&client, jobs, mails);
    else
        job_send_ahead(&client, jobs, window, mails);
    return 0;
}
