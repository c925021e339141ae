/* SPDX-License-Identifier: MIT */
/* Sends mails by the client over the Mbed TLS backend, and tells what came of them, a line for each connection.
 * Between backend and sockets stands a transport that can be made to lend, take and give little. */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "postino/client.h"
#include "postino/posix.h"
#include "postino/tls_mbedtls.h"

#define FROM "a@b.test"

/* Lends little, takes a part of it at a time, gives little, and what it lent is spoilt by the next call. */
struct narrow {
    struct postino_transport transport;
    struct postino_transport *inner;
    size_t octets; /* 0: passes everything */
    uint8_t send_buffer[4096];
    size_t offset_octets;
    unsigned turn;
    uint8_t lent[64];
    const uint8_t *rest;
    size_t rest_octets;
};

static void spoil(struct narrow *narrow)
{
    memset(narrow->lent, 0xEE, sizeof narrow->lent);
}

static int narrow_connect(struct postino_transport *transport, uint32_t timeout_ms)
{
    struct narrow *narrow = (struct narrow *)transport;

    transport->unsent_octets = 0;
    narrow->rest_octets = 0;
    return narrow->inner->methods->connect(narrow->inner, timeout_ms);
}

static int narrow_reserve(struct postino_transport *transport, uint8_t **buffer, size_t *capacity_octets)
{
    struct narrow *narrow = (struct narrow *)transport;

    spoil(narrow);
    if (transport->unsent_octets != 0)
        abort();
    if (narrow->octets != 0 && narrow->turn++ % 5 == 4)
        return POSTINO_AGAIN;
    *buffer = narrow->send_buffer;
    *capacity_octets = narrow->octets != 0 ? narrow->octets : sizeof narrow->send_buffer;
    return 0;
}

/* At most seven octets a call. */
static int narrow_send(struct postino_transport *transport, size_t length_octets)
{
    struct narrow *narrow = (struct narrow *)transport;
    uint8_t *buffer;
    size_t capacity;
    size_t length;
    int status;

    spoil(narrow);
    if (length_octets > 0) {
        narrow->offset_octets = 0;
        transport->unsent_octets = length_octets;
    }
    if (narrow->inner->unsent_octets != 0) {
        status = narrow->inner->methods->send(narrow->inner, 0);
        if (status != 0)
            return status;
    }
    if (narrow->octets != 0 && narrow->turn++ % 3 == 2)
        return POSTINO_AGAIN;
    status = narrow->inner->methods->reserve(narrow->inner, &buffer, &capacity);
    if (status != 0)
        return status;
    length = transport->unsent_octets;
    if (narrow->octets != 0 && length > 7)
        length = 7;
    memcpy(buffer, narrow->send_buffer + narrow->offset_octets, length);
    status = narrow->inner->methods->send(narrow->inner, length);
    if (status < 0)
        return status;
    /* What the kernel did not take is as good as sent for this test's loopback. */
    narrow->offset_octets += length;
    transport->unsent_octets -= length;
    return transport->unsent_octets != 0 || narrow->inner->unsent_octets != 0 ? POSTINO_AGAIN : 0;
}

static int narrow_receive(struct postino_transport *transport, const uint8_t **data, size_t *length_octets)
{
    struct narrow *narrow = (struct narrow *)transport;
    size_t most =
        narrow->octets != 0 && narrow->octets < sizeof narrow->lent ? narrow->octets : sizeof narrow->lent;
    int status = 0;

    spoil(narrow);
    if (narrow->rest_octets == 0)
        status = narrow->inner->methods->receive(narrow->inner, &narrow->rest, &narrow->rest_octets);
    if (status != 0)
        return status;
    if (most > narrow->rest_octets)
        most = narrow->rest_octets;
    memcpy(narrow->lent, narrow->rest, most);
    narrow->rest += most;
    narrow->rest_octets -= most;
    *data = narrow->lent;
    *length_octets = most;
    return 0;
}

static int narrow_wait(struct postino_transport *transport, unsigned events, uint32_t timeout_ms)
{
    struct narrow *narrow = (struct narrow *)transport;

    spoil(narrow);
    if ((events & POSTINO_EVENT_READ) != 0 && narrow->rest_octets != 0)
        return 0;
    return narrow->inner->methods->wait(narrow->inner, events, timeout_ms);
}

static void narrow_close(struct postino_transport *transport, int graceful)
{
    struct narrow *narrow = (struct narrow *)transport;

    narrow->inner->methods->close(narrow->inner, graceful);
}

static uint32_t narrow_now_ms(struct postino_transport *transport)
{
    struct narrow *narrow = (struct narrow *)transport;

    return narrow->inner->methods->now_ms(narrow->inner);
}

static const struct postino_transport_class narrow_methods = {
    .connect = narrow_connect,
    .reserve = narrow_reserve,
    .send = narrow_send,
    .receive = narrow_receive,
    .wait = narrow_wait,
    .close = narrow_close,
    .now_ms = narrow_now_ms,
};

static const char *option(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && value[0] != '\0' ? value : NULL;
}

static unsigned long option_number(const char *name, unsigned long otherwise)
{
    return option(name) != NULL ? strtoul(option(name), NULL, 10) : otherwise;
}

static void print_binding(const struct postino_channel_binding *binding)
{
    size_t i;

    printf(" %s=", binding->name != NULL ? binding->name : "none");
    for (i = 0; i < binding->length_octets; i++)
        printf("%02x", binding->data[i]);
}

static void send_mail(struct postino_client *client, const struct postino_tls_info *info, uint8_t *message,
                      size_t length)
{
    struct postino_memory_source source;
    struct postino_recipient recipient = {.address = "x@y.test"};
    struct postino_mail mail = {.reverse_path = FROM, .recipients = &recipient, .source = &source.source};
    int status;
    size_t text_octets;
    const char *text;

    postino_memory_source_init(&source, message, length);
    status = postino_client_send(client, &mail);
    text = postino_session_text(postino_client_session(client), &text_octets);
    printf("error=%d outcome=%d version=%s verified=%d resumed=%d certified=%d", status, mail.result.outcome,
           info->version != NULL ? info->version : "none", info->verified, info->resumed, info->certified);
    print_binding(&info->bindings[0]);
    print_binding(&info->bindings[1]);
    printf(" info=%s | text=%.*s\n", info->text, (int)text_octets, text);
    postino_client_quit(client);
}

/* Of 32 octets each, in hexadecimal digits. */
static size_t read_pins(uint8_t *pins, const char *digits)
{
    size_t count = strlen(digits) / 2;
    size_t i;

    for (i = 0; i < count; i++) {
        char pair[3] = {digits[2 * i], digits[2 * i + 1], '\0'};
        pins[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return count / POSTINO_TLS_PIN_OCTETS;
}

int main(void)
{
    static struct postino_posix posix;
    static struct narrow narrow;
    static struct postino_tls_mbedtls tls;
    static struct postino_client client;
    static uint8_t pins[4 * POSTINO_TLS_PIN_OCTETS];
    static const struct postino_time_limits limits = {3000, 3000, 3000, 3000, 3000, 3000};
    struct postino_tls_config config = {
        .host_name = option("HOST_NAME"),
        .mode = option("STARTTLS") != NULL ? POSTINO_TLS_MODE_STARTTLS : POSTINO_TLS_MODE_IMPLICIT,
        .verify = (uint8_t)option_number("VERIFY", 0),
        .version_min = (uint8_t)option_number("VERSION_MIN", 0),
        .ca_file = option("CA_FILE"),
        .certificate_file = option("CERTIFICATE"),
        .key_file = option("KEY"),
        .pins = pins,
    };
    const struct postino_client_config client_config = {
        .ehlo_name = "c.test", .connect_timeout_ms = 3000, .time_limits = &limits};
    size_t length = option_number("SIZE", 200);
    uint8_t *message = malloc(length);
    unsigned long mails = option_number("MAILS", 1);
    size_t i;
    int status;

    if (message == NULL)
        return 2;
    for (i = 0; i < length; i++)
        message[i] = (uint8_t)(i % 64 == 62 ? '\r' : i % 64 == 63 ? '\n' : 'a' + (int)(i / 64 % 26));
    if (option("PINS") != NULL)
        config.pin_count = read_pins(pins, option("PINS"));
    if (postino_posix_init(&posix, "127.0.0.1", option("PORT")) != 0)
        return 2;
    narrow.transport.methods = &narrow_methods;
    narrow.inner = &posix.transport;
    narrow.octets = option_number("NARROW", 0);
    status = postino_tls_mbedtls_init(&tls, option("NARROW") != NULL ? &narrow.transport : &posix.transport,
                                      &config);
    if (status != 0) {
        printf("init=%d info=%s connect=%d\n", status, tls.transport.methods->tls(&tls.transport)->text,
               tls.transport.methods->connect(&tls.transport, 1000));
        postino_tls_mbedtls_end(&tls);
        free(message);
        return 0;
    }
    status = postino_client_init(&client, &tls.transport, &client_config);
    if (status != 0)
        return 2;
    for (; mails > 0; mails--)
        send_mail(&client, tls.transport.methods->tls(&tls.transport), message, length);
    postino_tls_mbedtls_end(&tls);
    postino_tls_mbedtls_end(&tls);
    free(message);
    return 0;
}
