/* SPDX-License-Identifier: MIT */
/* Sends mails as the test says, each over a connection of its own, and tells what became of them:
 * tls_client WORD=VALUE... */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "narrow_transport.h"
#include "postino/client.h"
#include "postino/posix.h"
#include "postino/tls_openssl.h"

static struct postino_posix posix;
static struct narrow_transport narrow;
static struct postino_tls_openssl tls;
static struct postino_client client;
static uint8_t pins[4 * POSTINO_TLS_PIN_OCTETS];

static unsigned take_number(const char *value)
{
    return (unsigned)strtoul(value, NULL, 10);
}

static void take_pin(struct postino_tls_config *config, const char *value)
{
    uint8_t *pin = pins + config->pin_count++ * POSTINO_TLS_PIN_OCTETS;
    size_t i;

    for (i = 0; i < POSTINO_TLS_PIN_OCTETS; i++) {
        unsigned octet;

        if (sscanf(value + 2 * i, "%2x", &octet) != 1)
            exit(2);
        pin[i] = (uint8_t)octet;
    }
    config->pins = pins;
}

static const struct postino_tls_policy *take_policy(const char *value)
{
    if (strcmp(value, "required") == 0)
        return &postino_tls_required;
    return strcmp(value, "opportunistic") == 0 ? &postino_tls_opportunistic : &postino_tls_none;
}

static void take_text(const struct postino_session *session)
{
    size_t length;
    const char *text = postino_session_text(session, &length);

    printf(" text=");
    for (; length != 0; length--, text++)
        putchar(*text == '\n' ? '|' : *text);
    putchar('\n');
}

int main(int argc, char **argv)
{
    static const struct postino_time_limits limits = {2000, 2000, 2000, 5000, 3000, 2000};
    static const struct postino_extension *const no_require_tls[] = {&postino_extension_starttls,
                                                                     &postino_extension_auth, NULL};
    struct postino_tls_config config = {.host_name = "localhost"};
    struct postino_client_config client_config = {
        .ehlo_name = "client.example", .time_limits = &limits, .connect_timeout_ms = 2000};
    const char *port = "0";
    size_t octets = 1000;
    size_t narrow_octets = 0;
    int impatient = 0;
    unsigned mails = 1;
    char *message;
    size_t i;
    int error;

    for (i = 1; i < (size_t)argc; i++) {
        char *value = strchr(argv[i], '=');

        if (value == NULL)
            return 2;
        *value++ = '\0';
        if (strcmp(argv[i], "port") == 0)
            port = value;
        else if (strcmp(argv[i], "host") == 0)
            config.host_name = value;
        else if (strcmp(argv[i], "mode") == 0)
            config.mode = strcmp(value, "starttls") == 0;
        else if (strcmp(argv[i], "verify") == 0)
            config.verify = (uint8_t)take_number(value);
        else if (strcmp(argv[i], "min") == 0)
            config.version_min = (uint8_t)take_number(value);
        else if (strcmp(argv[i], "max") == 0)
            config.version_max = (uint8_t)take_number(value);
        else if (strcmp(argv[i], "ca") == 0)
            config.ca_file = value;
        else if (strcmp(argv[i], "pin") == 0)
            take_pin(&config, value);
        else if (strcmp(argv[i], "certificate") == 0)
            config.certificate_file = value;
        else if (strcmp(argv[i], "key") == 0)
            config.key_file = value;
        else if (strcmp(argv[i], "policy") == 0)
            client_config.tls = take_policy(value);
        else if (strcmp(argv[i], "user") == 0)
            client_config.user = value;
        else if (strcmp(argv[i], "password") == 0)
            client_config.password = value;
        else if (strcmp(argv[i], "few") == 0)
            client_config.extensions = no_require_tls;
        else if (strcmp(argv[i], "narrow") == 0)
            narrow_octets = take_number(value);
        else if (strcmp(argv[i], "impatient") == 0)
            impatient = 1;
        else if (strcmp(argv[i], "octets") == 0)
            octets = take_number(value);
        else if (strcmp(argv[i], "mails") == 0)
            mails = take_number(value);
        else
            return 2;
    }
    message = malloc(octets + 1);
    if (message == NULL)
        return 2;
    for (i = 0; i < octets; i++)
        message[i] = i % 64 == 62 ? '\r' : i % 64 == 63 ? '\n' : 'x';
    if (postino_posix_init(&posix, "127.0.0.1", port) != 0)
        return 2;
    narrow_transport_init(&narrow, &posix.transport, narrow_octets);
    narrow.impatient = impatient;
    error = postino_tls_openssl_init(&tls, &narrow.transport, &config);
    if (error == 0)
        error = postino_client_init(&client, &tls.transport, &client_config);
    if (error != 0) {
        printf("init error=%d text=%s\n", error, tls.info.text);
        mails = 0;
    }
    for (; mails != 0; mails--) {
        struct postino_recipient recipient = {.address = "bob@mail.test"};
        struct postino_mail mail = {.reverse_path = "ann@mail.test", .recipients = &recipient};
        struct postino_memory_source source;

        postino_memory_source_init(&source, message, octets);
        mail.source = &source.source;
        (void)postino_client_send(&client, &mail);
        while (mail.result.outcome == POSTINO_OUTCOME_PENDING) {
            narrow.impatient = narrow.impatient && tls.info.version == NULL;
            (void)postino_client_collect(&client);
        }
        printf("outcome=%s error=%d code=%u step=%s version=%s verified=%d resumed=%d certified=%d "
               "bindings=%s,%s",
               postino_outcome_name(mail.result.outcome), mail.result.error, mail.result.reply_code,
               postino_step_name(mail.result.step), tls.info.version != NULL ? tls.info.version : "-",
               tls.info.verified, tls.info.resumed, tls.info.certified,
               tls.info.bindings[0].name != NULL ? tls.info.bindings[0].name : "-",
               tls.info.bindings[1].name != NULL ? tls.info.bindings[1].name : "-");
        take_text(postino_client_session(&client));
        postino_client_quit(&client);
    }
    postino_tls_openssl_end(&tls);
    free(message);
    return 0;
}
