/* SPDX-License-Identifier: MIT */
/* Sends a mail with postino_client and prints the dialogue: the client's lines after "C: ", the server's
 * after "S: ",
 * "***" in place of a secret. The last line says what became of the mail.
 *
 *     client_demo HOST PORT FROM TO SUBJECT [USER PASSWORD]
 *
 * The server gets a Date, a From, a To and a Subject line and demo_body, with every line ended by CRLF. Exits
 * with 0 when it took the mail, 1 when not, 2 when the arguments are wrong. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "postino/client.h"
#include "postino/posix.h"

/* Lines that a careless client breaks: a dot in front, a lone dot, line ends of every kind, an empty line,
 * and a last line without an end. */
static const char demo_body[] = "Hello from Postino.\r\n"
                                ".A line that begins with a dot\r\n"
                                ".\r\n"
                                "..\r\n"
                                "A line that ends with LF alone\n"
                                "A line that ends with CR alone\r"
                                "\r\n"
                                "The last line ends with nothing";

/* The end that spoke last, and whether it stopped in the middle of a line. */
struct demo_dialogue {
    int speaker;
    int middle;
};

/* A server's text is not to be trusted with a terminal: what is not printable ASCII is shown as "?". */
static void demo_trace(void *context, enum postino_direction direction, const uint8_t *data,
                       size_t length_octets)
{
    struct demo_dialogue *dialogue = context;

    if (dialogue->middle && dialogue->speaker != (int)direction) {
        putchar('\n');
        dialogue->middle = 0;
    }
    dialogue->speaker = (int)direction;
    if (data == NULL) {
        printf("%c: ***\n", (int)direction);
        return;
    }
    for (; length_octets > 0; data++, length_octets--) {
        if (*data == '\r')
            continue;
        if (!dialogue->middle)
            printf("%c: ", (int)direction);
        dialogue->middle = *data != '\n';
        putchar(*data == '\n' || (*data >= ' ' && *data <= '~') ? *data : '?');
    }
}

/* A text for a header line must not hold a line end: the rest would be another header line. The session
 * checks the addresses itself. */
static int demo_is_header_text(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text < ' ' || *text > '~')
            return 0;
    return 1;
}

static int demo_send(struct postino_client *client, const char *from, const char *to, const char *subject)
{
    time_t now = time(NULL);
    char date[64];
    size_t date_octets = strftime(date, sizeof date, "Date: %a, %d %b %Y %H:%M:%S +0000\n", gmtime(&now));
    const struct postino_span spans[] = {
        {date, date_octets},
        {"From: <", 7},
        {from, strlen(from)},
        {">\nTo: <", 7},
        {to, strlen(to)},
        {">\nSubject: ", 11},
        {subject, strlen(subject)},
        {"\n\n", 2},
        {demo_body, sizeof demo_body - 1},
    };
    struct postino_spans_source message;
    struct postino_recipient recipient = {.address = to};
    struct postino_mail mail = {.reverse_path = from, .recipients = &recipient, .source = &message.source};
    int error;

    postino_spans_source_init(&message, spans, sizeof spans / sizeof spans[0]);
    error = postino_client_send(client, &mail);
    postino_client_quit(client);
    printf("%s: %s", postino_outcome_name(mail.result.outcome), postino_strerror(error));
    if (error != 0)
        printf(" (%s, reply %u)", postino_step_name(mail.result.step), (unsigned)mail.result.reply_code);
    putchar('\n');
    return error != 0;
}

int main(int argc, char **argv)
{
    static struct postino_posix posix;
    struct demo_dialogue dialogue = {0};
    struct postino_client client;
    struct postino_client_config config = {.ehlo_name = "demo.example.org",
                                           .tls = &postino_tls_none,
                                           .trace = demo_trace,
                                           .trace_context = &dialogue};
    int error;

    if ((argc != 6 && argc != 8) || !demo_is_header_text(argv[3]) || !demo_is_header_text(argv[4]) ||
        !demo_is_header_text(argv[5])) {
        (void)fprintf(stderr, "usage: client_demo HOST PORT FROM TO SUBJECT [USER PASSWORD]\n");
        return 2;
    }
    if (argc == 8) {
        config.user = argv[6];
        config.password = argv[7];
        config.allow_clear_text_auth = 1; /* A server on this machine: nobody listens in. */
    }
    error = postino_posix_init(&posix, argv[1], argv[2]);
    if (error == 0)
        error = postino_client_init(&client, &posix.transport, &config);
    if (error != 0) {
        (void)fprintf(stderr, "client_demo: %s\n", postino_strerror(error));
        return 2;
    }
    return demo_send(&client, argv[3], argv[4], argv[5]);
}
