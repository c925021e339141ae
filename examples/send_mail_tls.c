/* SPDX-License-Identifier: MIT */
/* Sends a letter to a submission server, over TLS, with login. Port 465: implicit; 587: starttls. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "postino/client.h"
#include "postino/file.h"
#include "postino/posix.h"
#include "postino/tls_openssl.h"

int main(int argc, char **argv) /* send_mail_tls HOST PORT implicit|starttls FROM TO [CA_FILE] */
{
    static struct postino_posix posix;
    static struct postino_tls_openssl tls;
    static struct postino_client client;
    static char workspace[POSTINO_LETTER_OCTETS(10, 0)];
    struct postino_client_config config = {.ehlo_name = "pump.example.org"};
    struct postino_tls_config tls_config = {0};
    struct postino_letter letter = {.subject = "Water", .text = "The water in the pit rises.\n"};
    struct postino_mail *mail;
    const char *reply;
    size_t length;
    int error;

    if (argc < 6)
        return 2;
    tls_config.host_name = argv[1];
    tls_config.mode =
        strcmp(argv[3], "implicit") == 0 ? POSTINO_TLS_MODE_IMPLICIT : POSTINO_TLS_MODE_STARTTLS;
    tls_config.ca_file = argv[6]; /* NULL: the authorities that the system trusts */
    config.user = getenv("MAIL_USER");
    config.password = getenv("MAIL_PASSWORD");
    letter.from = argv[4];
    letter.to = argv[5];                      /* "Ann <ann@example.org>, bob@example.org" */
    letter.port = &postino_posix_letter_port; /* for Date and Message-ID */

    error = postino_letter_prepare(&letter, workspace, sizeof workspace, &mail);
    if (error == 0)
        error = postino_posix_init(&posix, argv[1], argv[2]);
    if (error == 0)
        error = postino_tls_openssl_init(&tls, &posix.transport, &tls_config);
    if (error == 0)
        error = postino_client_init(&client, &tls.transport, &config);
    if (error != 0) {
        (void)fprintf(stderr, "%s %s %s\n", postino_strerror(error),
                      letter.error_field != NULL ? letter.error_field : "",
                      tls.info.text != NULL ? tls.info.text : "");
        return 2;
    }
    error = postino_client_send(&client, mail);
    reply = postino_session_text(postino_client_session(&client), &length);
    printf("%s: %s: %.*s\n", postino_outcome_name(mail->result.outcome), postino_strerror(error), (int)length,
           reply);
    postino_client_quit(&client);
    postino_tls_openssl_end(&tls);
    return mail->result.outcome != POSTINO_OUTCOME_ACCEPTED;
}
