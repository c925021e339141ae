/* SPDX-License-Identifier: MIT */
/* Sends a composed mail to a submission server, over TLS, with login. Port 465: implicit; 587: starttls. */
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "postino/client.h"
#include "postino/message.h"
#include "postino/posix.h"
#include "postino/tls_openssl.h"

int main(int argc, char **argv) /* send_mail_tls HOST PORT implicit|starttls FROM TO [CA_FILE] */
{
    static const char text[] = "The water in the pit rises.\n";
    static struct postino_posix posix;
    static struct postino_tls_openssl tls;
    static struct postino_client client;
    struct postino_client_config config = {.ehlo_name = "pump.example.org"};
    struct postino_tls_config tls_config = {0};
    struct postino_memory_source body;
    struct postino_part part;
    struct postino_message message;
    struct postino_mailbox from = {.name = "Pump 7"}, to = {0};
    struct postino_recipient recipient = {0};
    struct postino_mail mail = {.recipients = &recipient, .source = &message.source};
    uint8_t buffer[POSTINO_MESSAGE_BUFFER_MIN], random[16];
    const char *reply;
    size_t length;
    int error;

    if (argc < 6 || RAND_bytes(random, sizeof random) != 1)
        return 2;
    tls_config.host_name = argv[1];
    tls_config.mode =
        strcmp(argv[3], "implicit") == 0 ? POSTINO_TLS_MODE_IMPLICIT : POSTINO_TLS_MODE_STARTTLS;
    tls_config.ca_file = argv[6]; /* NULL: the authorities that the system trusts */
    config.user = getenv("MAIL_USER");
    config.password = getenv("MAIL_PASSWORD");
    mail.reverse_path = from.address = argv[4];
    recipient.address = to.address = argv[5];

    postino_memory_source_init(&body, text, sizeof text - 1);
    postino_part_text_init(&part, &body.source, "text/plain; charset=utf-8");
    postino_message_init(&message, &part, buffer, sizeof buffer);
    message.from = &from;
    message.to = &to;
    message.subject = "Water";
    message.date_s = (uint32_t)time(NULL); /* gives Date */
    message.random = random;               /* gives Message-ID */

    error = postino_posix_init(&posix, argv[1], argv[2]);
    if (error == 0)
        error = postino_tls_openssl_init(&tls, &posix.transport, &tls_config);
    if (error == 0)
        error = postino_client_init(&client, &tls.transport, &config);
    if (error != 0) {
        (void)fprintf(stderr, "%s %s\n", postino_strerror(error), tls.info.text != NULL ? tls.info.text : "");
        return 2;
    }
    error = postino_client_send(&client, &mail);
    reply = postino_session_text(postino_client_session(&client), &length);
    printf("%s: %s: %.*s\n", postino_outcome_name(mail.result.outcome), postino_strerror(error), (int)length,
           reply);
    postino_client_quit(&client);
    postino_tls_openssl_end(&tls);
    return mail.result.outcome != POSTINO_OUTCOME_ACCEPTED;
}
