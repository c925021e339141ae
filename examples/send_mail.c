/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include "postino/client.h"
#include "postino/posix.h"

int main(int argc, char **argv) /* send_mail HOST PORT */
{
    static const char text[] = "From: Sensor <sensor@example.org>\nTo: Ann <ann@example.org>\n"
                               "Subject: Water in the cellar\n\nThe pump is running.\n";
    struct postino_client_config config = {.ehlo_name = "sensor.example.org"};
    struct postino_recipient ann = {.address = "ann@example.org"};
    struct postino_mail mail = {.reverse_path = "sensor@example.org", .recipients = &ann};
    struct postino_memory_source message;
    static struct postino_posix posix;
    struct postino_client client;
    if (argc != 3 || postino_posix_init(&posix, argv[1], argv[2]) != 0 ||
        postino_client_init(&client, &posix.transport, &config) != 0)
        return 2;
    postino_memory_source_init(&message, text, sizeof text - 1);
    mail.source = &message.spans.source;
    int error = postino_client_send(&client, &mail);
    postino_client_quit(&client);
    printf("%s: %s\n", postino_outcome_name(mail.result.outcome), postino_strerror(error));
    return error != 0;
}
