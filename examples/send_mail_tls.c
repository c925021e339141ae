/* SPDX-License-Identifier: MIT */
/* A mail over TLS, with login where the environment has MAIL_USER and MAIL_PASSWORD. Port 465 speaks TLS at
 * once (implicit), 587 and 25 by STARTTLS; without TLS nothing is sent. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "postino/client.h"
#include "postino/posix.h"
#include "postino/tls_openssl.h"

#define HEADERS "From: Pump <a@b.test>\nTo: ann@c.test\nSubject: Water\nDate: %a, %d %b %Y %T +0000\n"

int main(int argc, char **argv)
{
    char text[256];
    time_t now = time(NULL);
    static struct postino_posix posix;
    static struct postino_tls_openssl tls;
    static struct postino_client client;
    struct postino_tls_config tls_config = {0};
    struct postino_client_config config = {.ehlo_name = "pump.b.test"};
    struct postino_recipient to = {.address = "ann@c.test"};
    struct postino_memory_source body;
    struct postino_mail mail = {.reverse_path = "a@b.test", .recipients = &to, .source = &body.source};
    size_t length;
    const char *words;
    int error;

    if (argc < 4 || argc > 5) {
        (void)fprintf(stderr, "usage: send_mail_tls HOST PORT implicit|starttls [CA_FILE]\n");
        return 2;
    }
    tls_config.host_name = argv[1];
    tls_config.mode =
        strcmp(argv[3], "starttls") == 0 ? POSTINO_TLS_MODE_STARTTLS : POSTINO_TLS_MODE_IMPLICIT;
    tls_config.ca_file = argv[4];                       /* NULL: whom the system trusts */
    config.port = (uint16_t)strtoul(argv[2], NULL, 10); /* STARTTLS on port 465 is told at once */
    config.user = getenv("MAIL_USER");
    config.password = getenv("MAIL_PASSWORD");

    postino_memory_source_init(&body, text,
                               strftime(text, sizeof text, HEADERS "\nIt rises.\n", gmtime(&now)));
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
    words = postino_session_text(postino_client_session(&client), &length);
    printf("%s: %s: %.*s\n", postino_outcome_name(mail.result.outcome), postino_strerror(error), (int)length,
           words);
    postino_client_quit(&client);
    postino_tls_openssl_end(&tls);
    return mail.result.outcome != POSTINO_OUTCOME_ACCEPTED;
}
