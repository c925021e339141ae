/* SPDX-License-Identifier: MIT */
/* Sends mails by its arguments, each over a connection of its own, and prints the outcomes:
 * tls_client_BACKEND WORD=VALUE... Invariant: it prints the TLS information of the transport's tls(). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend.h"
#include "narrow_transport.h"
#include "postino/client.h"
#include "postino/posix.h"

static struct postino_posix posix;
static struct narrow_transport narrow;
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

static void print_text(const struct postino_session *session)
{
    size_t length;
    const char *text = postino_session_text(session, &length);

    printf(" text=");
    for (; length != 0; length--, text++)
        putchar(*text == '\n' ? '|' : *text);
    putchar('\n');
}

static void print_binding(const struct postino_channel_binding *binding)
{
    size_t i;

    if (binding->name == NULL)
        return;
    printf(" %s=", binding->name);
    for (i = 0; i < binding->length_octets; i++)
        printf("%02x", binding->data[i]);
}

static void print_result(const struct postino_mail *mail, const struct postino_tls_info *info)
{
    printf("outcome=%s error=%d code=%u step=%s version=%s verified=%d resumed=%d certified=%d",
           postino_outcome_name(mail->result.outcome), mail->result.error, mail->result.reply_code,
           postino_step_name(mail->result.step), info->version != NULL ? info->version : "-", info->verified,
           info->resumed, info->certified);
    print_binding(&info->bindings[0]);
    print_binding(&info->bindings[1]);
    printf(" info=%s", info->text);
}

/* The settings of the command line. */
static struct postino_tls_config tls_config = {.host_name = "localhost"};
static struct postino_client_config client_config = {.ehlo_name = "client.example",
                                                     .connect_timeout_ms = 2000};
static const char *port = "0";
static size_t octets = 1000;
static size_t narrow_octets;
static int impatient;
static int connects;
static unsigned mails = 1;

/* Returns 1 if the word is one for TLS. */
static int take_tls(const char *word, const char *value)
{
    if (strcmp(word, "host") == 0)
        tls_config.host_name = value;
    else if (strcmp(word, "mode") == 0)
        tls_config.mode = strcmp(value, "starttls") == 0;
    else if (strcmp(word, "verify") == 0)
        tls_config.verify = (uint8_t)take_number(value);
    else if (strcmp(word, "min") == 0)
        tls_config.version_min = (uint8_t)take_number(value);
    else if (strcmp(word, "max") == 0)
        tls_config.version_max = (uint8_t)take_number(value);
    else if (strcmp(word, "ca") == 0)
        tls_config.ca_file = value;
    else if (strcmp(word, "pin") == 0)
        take_pin(&tls_config, value);
    else if (strcmp(word, "certificate") == 0)
        tls_config.certificate_file = value;
    else if (strcmp(word, "key") == 0)
        tls_config.key_file = value;
    else if (strcmp(word, "key_password") == 0)
        tls_config.key_password = value;
    else
        return 0;
    return 1;
}

/* Returns 1 if the word is known. */
static int take_word(const char *word, const char *value)
{
    if (strcmp(word, "port") == 0)
        port = value;
    else if (strcmp(word, "policy") == 0)
        client_config.tls = take_policy(value);
    else if (strcmp(word, "user") == 0)
        client_config.user = value;
    else if (strcmp(word, "password") == 0)
        client_config.password = value;
    else if (strcmp(word, "narrow") == 0)
        narrow_octets = take_number(value);
    else if (strcmp(word, "impatient") == 0)
        impatient = 1;
    else if (strcmp(word, "connect") == 0)
        connects = 1;
    else if (strcmp(word, "octets") == 0)
        octets = take_number(value);
    else if (strcmp(word, "patience_ms") == 0)
        client_config.connect_timeout_ms = take_number(value);
    else if (strcmp(word, "mails") == 0)
        mails = take_number(value);
    else
        return take_tls(word, value);
    return 1;
}

/* Lines of 62 letters, which one changing from line to line, so that one that is lost is missed. */
static char *make_message(void)
{
    char *message = malloc(octets + 1);
    size_t i;

    for (i = 0; message != NULL && i < octets; i++)
        message[i] = i % 64 == 62 ? '\r' : i % 64 == 63 ? '\n' : (char)('a' + (int)(i / 64 % 26));
    return message;
}

static void send_mail(const char *message)
{
    const struct postino_tls_info *info = backend_transport()->methods->tls(backend_transport());
    struct postino_recipient recipient = {.address = "bob@mail.test"};
    struct postino_mail mail = {.reverse_path = "ann@mail.test", .recipients = &recipient};
    struct postino_memory_source source;

    postino_memory_source_init(&source, message, octets);
    mail.source = &source.source;
    /* Without it the mail calls, and calls again. */
    if (connects && postino_client_connect(&client) != 0) {
        print_result(&mail, info);
        return;
    }
    (void)postino_client_send(&client, &mail);
    while (mail.result.outcome == POSTINO_OUTCOME_PENDING) {
        narrow.impatient = narrow.impatient && info->version == NULL;
        (void)postino_client_collect(&client);
    }
    /* All may have been done before its patience ended again; QUIT is asked once. */
    narrow.impatient = 0;
    print_result(&mail, info);
    print_text(postino_client_session(&client));
    postino_client_quit(&client);
}

int main(int argc, char **argv)
{
    struct postino_time_limits limits;
    uint32_t patience_ms;
    struct postino_transport *transport = backend_transport();
    char *message;
    int error;

    for (int i = 1; i < argc; i++) {
        char *value = strchr(argv[i], '=');

        if (value == NULL)
            return 2;
        *value++ = '\0';
        if (!take_word(argv[i], value))
            return 2;
    }
    patience_ms = client_config.connect_timeout_ms;
    limits = (struct postino_time_limits){
        patience_ms, patience_ms, patience_ms, patience_ms, patience_ms, patience_ms, 0};
    client_config.time_limits = &limits;
    message = make_message();
    if (message == NULL || postino_posix_init(&posix, "127.0.0.1", port) != 0)
        return 2;
    narrow_transport_init(&narrow, &posix.transport, narrow_octets);
    narrow.impatient = impatient;
    error = backend_init(&narrow.transport, &tls_config);
    if (error == 0)
        error = postino_client_init(&client, transport, &client_config);
    if (error != 0) {
        printf("outcome=none error=%d info=%s\n", error, transport->methods->tls(transport)->text);
        mails = 0;
    }
    for (; mails != 0; mails--)
        send_mail(message);
    backend_end();
    free(message);
    return 0;
}
