/* SPDX-License-Identifier: MIT */
/* Composes a sensor's alert with a chart and writes it to the standard output, or sends it:
 *
 *     compose_sensor_alert [HOST PORT]
 *
 * The chart is an SVG that a callback makes point by point: no more of it than one line is ever in memory.
 * The text is there twice, plain and as HTML that shows the chart. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "postino/client.h"
#include "postino/message.h"
#include "postino/posix.h"

/* Water level in millimetres, every ten minutes. */
static const int alert_levels_mm[] = {210, 214, 213, 220, 231, 250, 274, 305, 341, 382, 420, 455};
#define ALERT_LEVELS (sizeof alert_levels_mm / sizeof alert_levels_mm[0])

/* Which line of the chart comes next: its head, one for each level, its end. */
struct alert_chart {
    size_t line;
    char text[128];
};

static int alert_chart_begin(void *context)
{
    ((struct alert_chart *)context)->line = 0;
    return 0;
}

static enum postino_source_status alert_chart_read(void *context, const uint8_t **data, size_t *length_octets)
{
    struct alert_chart *chart = context;
    size_t line = chart->line++;
    int length;

    if (line == 0)
        length = snprintf(
            chart->text, sizeof chart->text,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"360\" height=\"250\" fill=\"steelblue\">\n");
    else if (line <= ALERT_LEVELS)
        length = snprintf(chart->text, sizeof chart->text,
                          "<rect x=\"%u\" y=\"%d\" width=\"26\" height=\"%d\"/>\n", (unsigned)(line - 1) * 30,
                          250 - alert_levels_mm[line - 1] / 2, alert_levels_mm[line - 1] / 2);
    else if (line == ALERT_LEVELS + 1)
        length = snprintf(chart->text, sizeof chart->text, "</svg>\n");
    else
        return POSTINO_SOURCE_END;
    *data = (const uint8_t *)chart->text;
    *length_octets = (size_t)length;
    return POSTINO_SOURCE_DATA;
}

static int alert_send(struct postino_message *message, char **arguments)
{
    static struct postino_posix posix;
    struct postino_client client;
    struct postino_client_config config = {.ehlo_name = "pump.example.org", .tls = &postino_tls_none};
    struct postino_recipient recipients[2];
    struct postino_mail mail = {.reverse_path = message->from->address, .source = &message->source};
    int error;

    if (postino_message_recipients(message, recipients, 2) > 2)
        return 2;
    mail.recipients = recipients;
    error = postino_posix_init(&posix, arguments[1], arguments[2]);
    if (error == 0)
        error = postino_client_init(&client, &posix.transport, &config);
    if (error == 0) {
        error = postino_client_send(&client, &mail);
        postino_client_quit(&client);
    }
    printf("%s\n", postino_strerror(error));
    return error != 0;
}

/* Writes the message as it would be sent. */
static int alert_write(struct postino_message *message)
{
    struct postino_source *source = &message->source;
    struct postino_source_info info;
    const uint8_t *data;
    size_t length;

    if (source->methods->begin(source, 0, &info) != 0) {
        (void)fprintf(stderr, "%s: %s\n", message->error_field != NULL ? message->error_field : "message",
                      postino_strerror(message->error));
        return 1;
    }
    while (source->methods->span(source, &data, &length) == POSTINO_SOURCE_DATA) {
        (void)fwrite(data, 1, length, stdout);
        source->methods->consume(source, length);
    }
    return 0;
}

int main(int argc, char **argv)
{
    static const char text[] = "The water is at 455 mm and rises by 200 mm an hour.\n";
    static const char html[] =
        "<h1>The water rises</h1><p>It is at <b>455 mm</b>: \xe2\x86\x91 200 mm an hour.</p>"
        "<p><img src=\"cid:chart@pump.example.org\" alt=\"chart\"></p>\n";
    static const struct postino_mailbox from = {"Pump 7, B\xc3\xbcrgerpark", "pump7@example.org", NULL};
    static const struct postino_mailbox second = {NULL, "duty@example.org", NULL};
    static const struct postino_mailbox to = {"Ann Lee", "ann@example.org", &second};
    uint8_t buffer[POSTINO_MESSAGE_BUFFER_MIN];
    struct alert_chart chart;
    struct postino_memory_source plain_source, html_source;
    struct postino_callback_source chart_source;
    struct postino_part plain, rich, image, related, both;
    struct postino_header priority[3], automatic;
    struct postino_message message;

    postino_memory_source_init(&plain_source, text, sizeof text - 1);
    postino_memory_source_init(&html_source, html, sizeof html - 1);
    postino_callback_source_init(&chart_source, alert_chart_begin, alert_chart_read, &chart,
                                 POSTINO_SIZE_UNKNOWN, 0);
    postino_part_text_init(&plain, &plain_source.source, "text/plain; charset=utf-8");
    postino_part_text_init(&rich, &html_source.source, "text/html; charset=utf-8");
    postino_part_attachment_init(&image, &chart_source.source, "image/svg+xml", "level.svg");
    image.disposition = "inline";
    image.content_id = "chart@pump.example.org";
    postino_part_related_init(&related);
    postino_part_multipart_init(&both, "multipart/alternative");
    if (postino_part_add(&related, &rich) != 0 || postino_part_add(&related, &image) != 0 ||
        postino_part_add(&both, &plain) != 0 || postino_part_add(&both, &related) != 0)
        return 2;
    postino_message_init(&message, &both, buffer, sizeof buffer);
    message.from = &from;
    message.to = &to;
    message.subject = "Water level: 455 mm \xe2\x80\x93 rising";
    message.date_s = (uint32_t)time(NULL);
    postino_message_priority(&message, priority, POSTINO_PRIORITY_HIGH);
    postino_message_automatic(&message, &automatic);
    if (argc == 3)
        return alert_send(&message, argv);
    return argc == 1 ? alert_write(&message) : 2;
}
