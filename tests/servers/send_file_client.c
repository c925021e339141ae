/* SPDX-License-Identifier: MIT */

/* The half of send_file that uses postino_client. The message's headers are this program's own; the body goes
 * as it is. */

#include "send_file.h"

#include "postino/client.h"
#include "postino/posix.h"

#include <stdio.h>
#include <string.h>

int send_file_client(const struct send_file_options *options)
{
    if (options->priority != SEND_FILE_PRIORITY_NORMAL) {
        fprintf(stderr, "send_file: --high and --low are for --api netx\n");
        return 2;
    }
    struct postino_client_config config = {0};
    config.ehlo_name = options->domain;
    config.tls = &postino_tls_none;
    if (options->auth != SEND_FILE_AUTH_NONE) {
        config.user = options->user;
        config.password = options->password;
        config.allow_clear_text_auth = 1;
    }

    const struct postino_span spans[] = {
        {"To: ", 4},           {options->to, strlen(options->to)},
        {"\r\nFrom: ", 8},     {options->from, strlen(options->from)},
        {"\r\nSubject: ", 11}, {options->subject, strlen(options->subject)},
        {"\r\n\r\n", 4},       {options->body, options->body_octets},
    };
    struct postino_spans_source source;
    postino_spans_source_init(&source, spans, sizeof spans / sizeof spans[0]);
    struct postino_recipient recipient = {0};
    recipient.address = options->to;
    struct postino_mail mail = {0};
    mail.reverse_path = options->from;
    mail.recipients = &recipient;
    mail.source = &source.source;

    static struct postino_posix posix;
    struct postino_client client;
    int error = postino_posix_init(&posix, options->host, options->service);
    if (error == 0) {
        error = postino_client_init(&client, &posix.transport, &config);
    }
    if (error == 0) {
        error = postino_client_send(&client, &mail);
        postino_client_quit(&client);
    }
    if (error != 0) {
        printf("error %d step %s reply %u\n", error, postino_step_name(mail.result.step),
               mail.result.reply_code);
        return 1;
    }
    return 0;
}
