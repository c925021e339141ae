/* SPDX-License-Identifier: MIT */
/* Computes which octets of the client must be masked, from the dialogue alone. These are lines that answer
 * AUTH or hold an initial response, but not "*", and RCPT of a hidden recipient. */
#include "transcript.h"

#include <string.h>

struct secret_reader {
    struct transcript *transcript;
    int asked; /* AUTH was said, and not decided */
};

static int secret_is_bcc(const struct transcript *transcript, const char *line, size_t length)
{
    static const char verb[] = "RCPT TO:<";
    size_t i;
    size_t j;

    for (i = 0; i < transcript->mail_count; i++) {
        const struct transcript_mail *mail = &transcript->mails[i];

        for (j = 0; j < mail->recipients; j++) {
            size_t octets = strlen(mail->to[j].address);

            if (mail->to[j].kind == POSTINO_RECIPIENT_BCC && length > sizeof verb - 1 + octets &&
                memcmp(line, verb, sizeof verb - 1) == 0 &&
                memcmp(line + sizeof verb - 1, mail->to[j].address, octets) == 0) {
                return 1;
            }
        }
    }
    return 0;
}

static int secret_line(struct secret_reader *reader, const char *line, size_t length)
{
    static const char verb[] = "AUTH ";

    if (reader->asked) {
        return line[0] != '*';
    }
    if (length > sizeof verb && memcmp(line, verb, sizeof verb - 1) == 0) {
        reader->asked = 1;
        return memchr(line + sizeof verb, ' ', length - sizeof verb) != NULL;
    }
    return secret_is_bcc(reader->transcript, line, length);
}

static void secret_client(struct secret_reader *reader, const struct peer_event *event)
{
    const uint8_t *line = event->data;
    const uint8_t *end = event->data + event->length_octets;
    struct transcript *transcript = reader->transcript;

    while (line != end) {
        const uint8_t *feed = memchr(line, '\n', (size_t)(end - line));
        size_t length = feed != NULL ? (size_t)(feed + 1 - line) : (size_t)(end - line);

        if (secret_line(reader, (const char *)line, length)) {
            memset(transcript->secret + (line - transcript->octets), 1, length);
            transcript->has_secrets = 1;
        }
        line += length;
    }
}

/* The last line says whether the exchange goes on. */
static void secret_server(struct secret_reader *reader, const struct peer_event *event)
{
    size_t i = event->length_octets;

    while (i != 0 && (i == event->length_octets || event->data[i - 1] != '\n')) {
        i--;
    }
    if (reader->asked && (event->length_octets - i < 3 || memcmp(event->data + i, "334", 3) != 0)) {
        reader->asked = 0;
    }
}

void transcript_mark_secrets(struct transcript *transcript)
{
    struct secret_reader reader = {transcript, 0};
    size_t i;

    for (i = 0; i < transcript->event_count; i++) {
        const struct peer_event *event = &transcript->events[i];

        if (event->kind == PEER_CLIENT) {
            secret_client(&reader, event);
        } else if (event->kind == PEER_SERVER) {
            secret_server(&reader, event);
        }
    }
}
