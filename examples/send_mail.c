/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <time.h>
#include "postino/client.h"
#include "postino/posix.h"
#define HEADERS "From: Pump <a@b.test>\nTo: ann@c.test\nSubject: Water\nDate: %a, %d %b %Y %T +0000\n"

int main(int argc, char **argv) /* send_mail HOST PORT */
{
    char text[256];
    time_t now = time(NULL);
    static struct postino_posix posix;
    struct postino_client client;
    struct postino_client_config config = {.ehlo_name = "pump.b.test", .tls = &postino_tls_none};
    struct postino_recipient to = {.address = "ann@c.test"};
    struct postino_memory_source body;
    struct postino_mail mail = {.reverse_path = "a@b.test", .recipients = &to, .source = &body.source};
    postino_memory_source_init(&body, text, strftime(text, 256, HEADERS "\nIt rises.\n", gmtime(&now)));
    if (argc != 3 || postino_posix_init(&posix, argv[1], argv[2]) != 0 ||
        postino_client_init(&client, &posix.transport, &config) != 0)
        return 2;
    printf("%s\n", postino_strerror(postino_client_send(&client, &mail)));
    postino_client_quit(&client);
    return mail.result.outcome != POSTINO_OUTCOME_ACCEPTED;
}
