/* SPDX-License-Identifier: MIT */
/* Sends a mail through a proxy: in clear text, or with TLS above the proxy. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "postino/client.h"
#include "postino/posix.h"
#include "postino/proxy.h"
#include "postino/tls_openssl.h"

/* proxy_send_mail_tls socks5|http PROXY_HOST PROXY_PORT HOST PORT clear|implicit|starttls FROM TO [CA_FILE]
 * The login at the proxy is in PROXY_USER and PROXY_PASSWORD, that at the server in MAIL_USER and
 * MAIL_PASSWORD. */
int main(int argc, char **argv)
{
    static const char text[] = "Subject: Water\r\n\r\nThe water in the pit rises.\r\n";
    static struct postino_posix posix;
    static struct postino_proxy proxy;
    static struct postino_tls_openssl tls;
    static struct postino_client client;
    struct postino_proxy_config proxy_config = {.protocol = &postino_proxy_socks5};
    struct postino_tls_config tls_config = {.mode = POSTINO_TLS_MODE_STARTTLS};
    struct postino_client_config config = {.ehlo_name = "pump.example.org"};
    struct postino_transport *top = &tls.transport;
    struct postino_memory_source body;
    struct postino_recipient recipient = {0};
    struct postino_mail mail = {.recipients = &recipient, .source = &body.source};
    const char *reply;
    size_t length;
    int error;

    if (argc < 9)
        return 2;
    if (strcmp(argv[1], "http") == 0)
        proxy_config.protocol = &postino_proxy_http;
    proxy_config.host = argv[4];
    proxy_config.port = (uint16_t)strtoul(argv[5], NULL, 10);
    proxy_config.user = getenv("PROXY_USER");
    proxy_config.password = getenv("PROXY_PASSWORD");
    tls_config.host_name = argv[4];
    tls_config.ca_file = argv[9]; /* NULL: the authorities that the system trusts */
    if (strcmp(argv[6], "implicit") == 0)
        tls_config.mode = POSTINO_TLS_MODE_IMPLICIT;
    config.user = getenv("MAIL_USER");
    config.password = getenv("MAIL_PASSWORD");
    postino_memory_source_init(&body, text, sizeof text - 1);
    mail.reverse_path = argv[7];
    recipient.address = argv[8];

    /* The inner transport knows the proxy, the proxy transport the server. TLS stands above both. */
    error = postino_posix_init(&posix, argv[2], argv[3]);
    if (error == 0)
        error = postino_proxy_init(&proxy, &posix.transport, &proxy_config);
    if (error == 0 && strcmp(argv[6], "clear") == 0) {
        top = &proxy.transport;
        config.tls = &postino_tls_none;
    } else if (error == 0) {
        error = postino_tls_openssl_init(&tls, &proxy.transport, &tls_config);
    }
    if (error == 0)
        error = postino_client_init(&client, top, &config);
    if (error != 0) {
        (void)fprintf(stderr, "%s\n", postino_strerror(error));
        return 2;
    }
    error = postino_client_send(&client, &mail);
    reply = postino_session_text(postino_client_session(&client), &length);
    printf("%s: %s: %.*s%s\n", postino_outcome_name(mail.result.outcome), postino_strerror(error),
           (int)length, reply, proxy.text);
    postino_client_quit(&client);
    if (top == &tls.transport)
        postino_tls_openssl_end(&tls);
    return mail.result.outcome != POSTINO_OUTCOME_ACCEPTED;
}
