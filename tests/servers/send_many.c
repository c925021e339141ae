/* SPDX-License-Identifier: MIT */

/* Does the job that its standard input describes, a line a word and its value, through the blocking client:
 *
 *     host 127.0.0.1 or a path | port N | user U | password P | in_flight N | group N | trace FILE | lmtp
 *     mechanism NAME          the one to authenticate with; else the strongest | token T
 *     without CHUNKING | without PIPELINING | authzid A
 *     tls implicit or starttls, by the backend that this program is linked with; without it in the clear
 *     name HOST | ca FILE | certificate FILE | key FILE | version 12 or 13    of TLS
 *     apart                   each mail over a connection of its own
 *     service VRFY bob        is asked before the mails are handed in
 *     mail                    a mail begins; what follows is of it:
 *     from A | body FILE      the file is the whole message
 *     pieces N                it is read once only, N octets at a time, and its size is not told
 *     partial | utf8 | envid ID | return FULL or HDRS
 *     to A | cc A | bcc A     a recipient; what follows is of it:
 *     notify BITS | orcpt A   the bits of enum postino_notify
 *
 * Without `apart` all mails are handed in at once. Each is told when it is collected, fields separated by
 * tabs, mails and recipients numbered from 0 in the order of the job, lines of a reply separated by "|":
 *
 *     service VERB STATUS CODE TEXT
 *     mail NUMBER OUTCOME ERROR STEP CODE
 *     recipient NUMBER ADDRESS OUTCOME CODE ENHANCED TEXT
 *     connection VERSION VERIFIED RESUMED CERTIFIED INFO TEXT    of TLS, and the session's text; before QUIT
 *
 * Exit status: 0 every mail was told, whatever became of it; 2 the job is unusable. */

#include "backend.h"
#include "postino/posix.h"
#include "postino/sasl_openssl.h"
#include "send_many.h"

#include <stdio.h>

enum {
    MANY_JOB_OCTETS = 200000,
    MANY_LIMIT_MS = 20000
};

static struct many_job job;
static struct postino_posix posix;
static struct postino_client client;

/* The callback source: pieces of one size. */
static enum postino_source_status many_piece(void *context, const uint8_t **data, size_t *length_octets)
{
    struct many_mail *mail = context;
    size_t left = mail->message_octets - mail->read_octets;

    if (left == 0) {
        return POSTINO_SOURCE_END;
    }
    *data = (const uint8_t *)mail->message + mail->read_octets;
    *length_octets = left < mail->piece_octets ? left : mail->piece_octets;
    mail->read_octets += *length_octets;
    return POSTINO_SOURCE_DATA;
}

static void many_print_text(const char *text, size_t length_octets, size_t capacity_octets)
{
    for (size_t i = 0; i < length_octets && i < capacity_octets; i++) {
        putchar(text[i] == '\n' ? '|' : text[i] == '\t' ? ' ' : text[i]);
    }
    putchar('\n');
}

static void many_print(const struct many_mail *mail)
{
    const struct postino_result *result = &mail->mail.result;

    printf("mail\t%u\t%s\t%d\t%s\t%u\n", (unsigned)(mail - job.mails), postino_outcome_name(result->outcome),
           result->error, postino_step_name(result->step), result->reply_code);
    for (const struct postino_recipient *recipient = mail->mail.recipients; recipient != NULL;
         recipient = recipient->next) {
        const struct postino_record *record = recipient->record;

        printf("recipient\t%u\t%s\t%s\t%u\t%u.%u.%u\t", (unsigned)(mail - job.mails), recipient->address,
               postino_outcome_name(recipient->outcome), recipient->reply_code,
               record->enhanced_code.status_class, record->enhanced_code.subject,
               record->enhanced_code.detail);
        many_print_text(record->text, record->text_octets, record->text_capacity_octets);
    }
}

/* The connection that is about to end, as far as it came. */
static void many_print_connection(void)
{
    static const struct postino_tls_info none = {.text = ""};
    const struct postino_tls_info *info =
        job.secure ? backend_transport()->methods->tls(backend_transport()) : &none;
    size_t length;
    const char *text = postino_session_text(postino_client_session(&client), &length);

    printf("connection\t%s\t%u\t%u\t%u\t%s\t", info->version != NULL ? info->version : "-", info->verified,
           info->resumed, info->certified, info->text);
    many_print_text(text, length, length);
}

static void many_submit(struct many_mail *mail)
{
    postino_memory_source_init(&mail->memory, mail->message, mail->message_octets);
    mail->mail.source = &mail->memory.source;
    if (mail->piece_octets != 0) {
        postino_callback_source_init(&mail->callback, NULL, many_piece, mail, POSTINO_SIZE_UNKNOWN, 0);
        mail->mail.source = &mail->callback.source;
    }
    if (postino_client_submit(&client, &mail->mail) != 0) {
        many_print(mail);
    }
}

static void many_collect(void)
{
    for (struct postino_mail *mail; (mail = postino_client_collect(&client)) != NULL;) {
        many_print((const struct many_mail *)(const void *)mail);
    }
    many_print_connection();
    postino_client_quit(&client);
}

static void many_run(void)
{
    for (size_t i = 0; i < job.service_count; i++) {
        struct postino_service *service = &job.services[i].service;
        int status = postino_client_service(&client, service);

        printf("service\t%s\t%d\t%u\t", job.services[i].verb, status, service->reply_code);
        many_print_text(service->text, service->text_octets, service->text_capacity_octets);
    }
    for (size_t i = 0; i < job.mail_count; i++) {
        many_submit(&job.mails[i]);
        if (job.apart) {
            many_collect();
        }
    }
    if (!job.apart) {
        many_collect();
    }
}

int main(void)
{
    static const struct postino_time_limits limits = {
        MANY_LIMIT_MS, MANY_LIMIT_MS, MANY_LIMIT_MS, MANY_LIMIT_MS, MANY_LIMIT_MS, MANY_LIMIT_MS, 0};
    static char text[MANY_JOB_OCTETS]; /* the strings that everything points to */
    struct postino_transport *transport = &posix.transport;

    job.config.ehlo_name = "client.mail.test";
    job.config.crypto = &postino_sasl_openssl;
    job.config.connect_timeout_ms = MANY_LIMIT_MS;
    job.config.time_limits = &limits;
    if (fread(text, 1, sizeof text, stdin) == sizeof text) {
        many_reject("too long", "the job");
    }
    many_take_job(&job, text);
    if (job.host == NULL || job.port == NULL ||
        (job.host[0] == '/' ? postino_posix_init_path(&posix, job.host)
                            : postino_posix_init(&posix, job.host, job.port)) != 0) {
        many_reject("no such server", job.host != NULL ? job.host : "no host");
    }
    if (job.secure) {
        transport = backend_transport();
        if (backend_init(&posix.transport, &job.tls) != 0) {
            many_reject("no TLS", transport->methods->tls(transport)->text);
        }
    } else {
        job.config.tls = &postino_tls_none;
        job.config.allow_clear_text_auth = 1;
    }
    if (postino_client_init(&client, transport, &job.config) != 0) {
        many_reject("no such client", job.host);
    }
    many_run();
    if (job.secure) {
        backend_end();
    }
    if (job.config.trace_context != NULL) {
        fclose(job.config.trace_context);
    }
    return 0;
}
