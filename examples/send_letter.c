/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include "postino/client.h"
#include "postino/file.h"
#include "postino/posix.h"

int main(int argc, char **argv) /* send_letter HOST PORT FROM TO [FILE] */
{
    static struct postino_posix posix;
    static char workspace[POSTINO_LETTER_OCTETS(10, 1)];
    struct postino_client client;
    struct postino_client_config config = {.ehlo_name = "pump.example.org", .tls = &postino_tls_none};
    struct postino_attachment file = {.path = argc > 5 ? argv[5] : NULL};
    struct postino_letter letter = {.subject = "Water",
                                    .text = "The water in the pit rises.\n",
                                    .attachments = &file,
                                    .attachment_count = argc > 5,
                                    .port = &postino_posix_letter_port};
    struct postino_mail *mail;
    int error;

    if (argc < 5 || postino_posix_init(&posix, argv[1], argv[2]) != 0 ||
        postino_client_init(&client, &posix.transport, &config) != 0)
        return 2;
    letter.from = argv[3];
    letter.to = argv[4];
    error = postino_letter_prepare(&letter, workspace, sizeof workspace, &mail);
    if (error == 0)
        error = postino_client_send(&client, mail);
    printf("%s %s %u\n", postino_strerror(error), letter.error_field ? letter.error_field : "",
           (unsigned)letter.error_column);
    postino_client_quit(&client);
    postino_letter_close(&letter);
    return error != 0;
}
