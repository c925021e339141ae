/* SPDX-License-Identifier: MIT */
/* How fast an attachment of 64 MB is encoded, beside OpenSSL and a plain loop over a table: all of them in
 * turn, in ROUNDS rounds. Prints a line each: its name, then the median, the least and the most of the
 * rounds in GB/s of what goes in, by the process's own time. It judges none. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/evp.h>

#include "postino/message.h"

#define OCTETS 67108863u
#define ROUNDS 11
#define WAYS   5

static uint8_t *data;
static uint8_t *out;
static uint8_t buffer[65536];

static double now_s(void)
{
    struct timespec now;

    /* Of this process: what else the machine does meanwhile is not counted. */
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void encode_postino(size_t buffer_octets)
{
    static const struct postino_mailbox from = {NULL, "a@example.org", NULL};
    struct postino_memory_source source;
    struct postino_part part;
    struct postino_message message;
    struct postino_source_info info;
    const uint8_t *span;
    size_t length;

    postino_memory_source_init(&source, data, OCTETS);
    postino_part_attachment_init(&part, &source.source, NULL, NULL);
    postino_message_init(&message, &part, buffer, buffer_octets);
    message.from = &from;
    (void)message.source.methods->begin(&message.source, 0, &info);
    while (message.source.methods->span(&message.source, &span, &length) == POSTINO_SOURCE_DATA)
        message.source.methods->consume(&message.source, length);
}

static void encode_openssl(size_t unused)
{
    EVP_ENCODE_CTX *context = EVP_ENCODE_CTX_new();
    int length;

    (void)unused;
    EVP_EncodeInit(context);
    (void)EVP_EncodeUpdate(context, out, &length, data, (int)OCTETS);
    EVP_ENCODE_CTX_free(context);
}

static void encode_table(size_t unused)
{
    static const char table[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t *to = out;
    size_t i;

    (void)unused;
    for (i = 0; i + 3 <= OCTETS; i += 3) {
        unsigned bits = (unsigned)data[i] << 16 | (unsigned)data[i + 1] << 8 | data[i + 2];

        *to++ = (uint8_t)table[bits >> 18];
        *to++ = (uint8_t)table[bits >> 12 & 63];
        *to++ = (uint8_t)table[bits >> 6 & 63];
        *to++ = (uint8_t)table[bits & 63];
    }
}

static int by_rate(const void *one, const void *other)
{
    double a = *(const double *)one;
    double b = *(const double *)other;

    return (a > b) - (a < b);
}

int main(void)
{
    static const struct {
        const char *name;
        void (*encode)(size_t);
        size_t octets;
    } ways[WAYS] = {
        {"Postino, a message with 12 lines of buffer", encode_postino, POSTINO_MESSAGE_BUFFER_FAST},
        {"Postino, a message with 4 KiB", encode_postino, 4096},
        {"Postino, a message with 64 KiB", encode_postino, sizeof buffer},
        {"OpenSSL, lines of 64", encode_openssl, 0},
        {"plain table, no lines", encode_table, 0}};
    static double rates[WAYS][ROUNDS];
    unsigned round, i;

    data = malloc(OCTETS);
    out = malloc(2u * OCTETS);
    if (data == NULL || out == NULL)
        return 1;
    for (i = 0; i < OCTETS; i++)
        data[i] = (uint8_t)(i * 2654435761u >> 13);
    /* Pages are new to whoever comes first. */
    memset(out, 0, 2u * OCTETS);
    for (round = 0; round < ROUNDS; round++) {
        for (i = 0; i < WAYS; i++) {
            double begin = now_s();

            ways[i].encode(ways[i].octets);
            rates[i][round] = OCTETS / (now_s() - begin) / 1e9;
        }
    }
    for (i = 0; i < WAYS; i++) {
        qsort(rates[i], ROUNDS, sizeof rates[i][0], by_rate);
        printf("%s\t%.2f\t%.2f\t%.2f\n", ways[i].name, rates[i][ROUNDS / 2], rates[i][0],
               rates[i][ROUNDS - 1]);
    }
    free(data);
    free(out);
    return 0;
}
