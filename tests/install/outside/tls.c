/* SPDX-License-Identifier: MIT */
/* A user's program with TLS and SCRAM: a port where no server listens is an error of its own. */
#include "postino/client.h"
#include "postino/posix.h"
#include "postino/sasl_openssl.h"
#include "postino/tls_openssl.h"

static struct postino_posix posix;
static struct postino_tls_openssl tls;
static struct postino_client client;

int main(void)
{
    struct postino_tls_config tls_config = {.host_name = "127.0.0.1"};
    struct postino_client_config config = {
        .ehlo_name = "outside.example", .user = "ann", .password = "secret", .crypto = &postino_sasl_openssl};
    int error;

    if (postino_posix_init(&posix, "127.0.0.1", "1") != 0 ||
        postino_tls_openssl_init(&tls, &posix.transport, &tls_config) != 0 ||
        postino_client_init(&client, &tls.transport, &config) != 0)
        return 2;
    error = postino_client_connect(&client);
    postino_tls_openssl_end(&tls);
    return error != POSTINO_ERROR_CONNECT;
}
