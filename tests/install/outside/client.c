/* SPDX-License-Identifier: MIT */
/* A user's program: it sends a mail to a port where no server listens, and must get this error. */

#include <stdio.h>

#include "postino/client.h"
#include "postino/posix.h"

static struct postino_posix transport;

int main(void)
{
    struct postino_client_config config = {.ehlo_name = "outside.example", .tls = &postino_tls_none};
    struct postino_recipient recipient = {.address = "to@example.com"};
    struct postino_mail mail = {.reverse_path = "from@example.com", .recipients = &recipient};
    struct postino_memory_source message;
    struct postino_client client;

    postino_memory_source_init(&message, "Subject: x\r\n\r\ny\r\n", 17);
    mail.source = &message.source;
    if (postino_posix_init(&transport, "127.0.0.1", "1") != 0 ||
        postino_client_init(&client, &transport.transport, &config) != 0) {
        return 1;
    }
    int error = postino_client_send(&client, &mail);
    postino_client_quit(&client);
    printf("%s\n", postino_strerror(error));
    return error == POSTINO_ERROR_CONNECT ? 0 : 1;
}
