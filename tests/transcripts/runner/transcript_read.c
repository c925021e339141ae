/* SPDX-License-Identifier: MIT */
/* Strict: an unknown word, a mail without an expectation, or a case without an end is an error. A
 * transcript that is not understood tests nothing. */
#include "transcript.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The body's lines; a second one goes on where the first one ended. */
static int read_body(struct transcript *transcript, const char *line)
{
    struct transcript_mail *mail = &transcript->mails[transcript->mail_count - 1];
    const uint8_t *start = &transcript->octets[transcript->used_octets];

    if (transcript->mail_count == 0) {
        return -1;
    }
    if (mail->body + mail->body_octets != start) {
        mail->body = start;
        mail->body_octets = 0;
    }
    if (transcript_unescape(transcript, line, line + strlen(line)) != 0) {
        return -1;
    }
    mail->body_octets = (size_t)(&transcript->octets[transcript->used_octets] - mail->body);
    return 0;
}

static int read_body_mark(struct transcript *transcript, int fails)
{
    struct transcript_mail *mail = &transcript->mails[transcript->mail_count - 1];
    const uint8_t *here = &transcript->octets[transcript->used_octets];

    if (transcript->mail_count == 0 || mail->body + mail->body_octets != here) {
        return -1;
    }
    *(fails ? &mail->fail_octets : &mail->wait_octets) = mail->body_octets;
    return 0;
}

static struct peer_event *read_event(struct transcript *transcript, enum peer_event_kind kind)
{
    struct peer_event *event = &transcript->events[transcript->event_count];
    const uint8_t *here = &transcript->octets[transcript->used_octets];

    if (transcript->event_count != 0 && kind <= PEER_SERVER && event[-1].kind == kind &&
        event[-1].data + event[-1].length_octets == here) {
        return event - 1;
    }
    if (transcript->event_count == TRANSCRIPT_EVENTS) {
        return NULL;
    }
    transcript->event_count++;
    event->kind = kind;
    event->data = here;
    return event;
}

static int read_headers(struct transcript *transcript)
{
    const struct transcript_mail *mail = &transcript->mails[0];
    char headers[1024];

    (void)snprintf(
        headers, sizeof headers,
        "To: %s\\r\\nFrom: %s\\r\\nSubject: %s\\r\\nMIME-Version: 1.0\\r\\nContent-Type: text/plain;\\r\\n"
        " charset=\"utf-8\"\\r\\nContent-Transfer-Encoding: 8bit\\r\\n\\r\\n",
        mail->to[0].address, mail->from, mail->subject);
    return transcript->netx ? transcript_unescape(transcript, headers, headers + strlen(headers)) : 0;
}

/* A line of the dialogue: [SC] [-?]? (*N)? : text */
static int read_dialogue(struct transcript *transcript, const char *line)
{
    enum peer_event_kind kind = line[0] == 'S' ? PEER_SERVER : PEER_CLIENT;
    const char *text = strchr(line, ':');
    unsigned long times = 1;
    struct peer_event *event;
    int whole = 1;

    if (text == NULL) {
        return -1;
    }
    if (line[1] == '-' || line[1] == '?') {
        whole = 0;
        kind = line[1] == '?' ? PEER_CLIENT_MAYBE : kind;
    } else if (line[1] == '*') {
        times = strtoul(line + 2, NULL, 10);
    } else if (line[1] != ':') {
        return -1;
    }
    text += text[1] == ' ' ? 2 : 1;
    event = read_event(transcript, kind);
    if (event == NULL) {
        return -1;
    }
    for (; times != 0; times--) {
        if (strcmp(text, "<headers>") == 0) {
            if (read_headers(transcript) != 0) {
                return -1;
            }
        } else if (transcript_unescape(transcript, text, text + strlen(text)) != 0 ||
                   (whole &&
                    (transcript_put(transcript, '\r') != 0 || transcript_put(transcript, '\n') != 0))) {
            return -1;
        }
    }
    event->length_octets = (size_t)(&transcript->octets[transcript->used_octets] - event->data);
    return 0;
}

static int read_mark(struct transcript *transcript, const char *line)
{
    struct peer_event *event;

    if (strcmp(line, "<eof>") == 0) {
        return read_event(transcript, PEER_EOF) != NULL ? 0 : -1;
    }
    if (strcmp(line, "<reset>") == 0) {
        return read_event(transcript, PEER_RESET) != NULL ? 0 : -1;
    }
    if (strcmp(line, "<tls>") == 0 || strncmp(line, "<tls ", 5) == 0) {
        event = read_event(transcript, PEER_TLS);
        return event != NULL ? transcript_read_tls(transcript, event, line + 4) : -1;
    }
    if (strncmp(line, "<delay ", 7) == 0) {
        event = read_event(transcript, PEER_DELAY);
        if (event != NULL) {
            event->delay_ms = (uint32_t)strtoul(line + 7, NULL, 10);
            return 0;
        }
    }
    return -1;
}

static int read_line(struct transcript *transcript, const char *line)
{
    if (line[0] == '#' || line[0] == '\0') {
        return 0;
    }
    if (line[0] == '<') {
        return read_mark(transcript, line);
    }
    if (line[0] == 'S' || line[0] == 'C') {
        return read_dialogue(transcript, line);
    }
    if (strncmp(line, "config ", 7) == 0) {
        return transcript_read_config(transcript, line + 7);
    }
    if (strcmp(line, "mail") == 0 || strncmp(line, "mail ", 5) == 0) {
        return transcript_read_mail(transcript, line + 4);
    }
    if (strncmp(line, "service ", 8) == 0) {
        return transcript_read_service(transcript, line + 8);
    }
    if (strcmp(line, "body") == 0 || strncmp(line, "body ", 5) == 0) {
        return read_body(transcript, line[4] == ' ' ? line + 5 : "");
    }
    if (strcmp(line, "body-waits") == 0 || strcmp(line, "body-fails") == 0) {
        return read_body_mark(transcript, line[5] == 'f');
    }
    if (strncmp(line, "expect ", 7) == 0) {
        return transcript_read_expectation(transcript, line + 7);
    }
    if (strncmp(line, "ends ", 5) == 0) {
        return transcript_read_ends(transcript, line + 5);
    }
    return -1;
}

static int read_fail(const struct transcript_table *table, size_t index, unsigned line, const char *message)
{
    const struct table_case *row = &table->cases[index];

    (void)fprintf(stderr, "%s:%u: %s%.*s%s%s\n", table->path, line, row->name_octets != 0 ? "case " : "",
                  (int)row->name_octets, row->name, row->name_octets != 0 ? ": " : "", message);
    return -1;
}

static int read_complete(struct transcript *transcript, const struct transcript_table *table, size_t index)
{
    unsigned line = table->cases[index].line;
    size_t i;

    for (i = 0; i < transcript->event_count; i++) {
        if (transcript->events[i].kind == PEER_SERVER) {
            transcript->server_octets += transcript->events[i].length_octets;
        }
    }
    for (i = 0; i < transcript->mail_count; i++) {
        if (transcript->mails[i].outcome == TRANSCRIPT_NOT_SAID && transcript->mails[i].submit == 0) {
            return read_fail(table, index, line, "a mail without an \"expect\" line");
        }
    }
    if (!transcript->ends_said) {
        return read_fail(table, index, line, "no \"ends\" line");
    }
    return 0;
}

int transcript_read(struct transcript *transcript, const struct transcript_table *table, size_t index,
                    int netx)
{
    static char text[TABLE_OCTETS];
    char *line = text;
    unsigned number;

    memset(transcript, 0, sizeof *transcript);
    transcript->netx = netx;
    transcript->ways = TRANSCRIPT_SESSION | TRANSCRIPT_PUMP;
    transcript->ehlo_name = "client.example.com";
    transcript->after_ms = TRANSCRIPT_NOT_SAID;
    transcript->error = transcript->step = transcript->code = transcript->graceful = TRANSCRIPT_NOT_SAID;
    if (table_expand(table, index, text) != 0) {
        return -1;
    }
    for (number = 1; *line != '\0'; number++) {
        char *end = line + strcspn(line, "\n");

        *end = '\0';
        if (read_line(transcript, line) != 0) {
            (void)read_fail(table, index, number, "not understood:");
            (void)fprintf(stderr, "%s\n", line);
            return -1;
        }
        line = end + 1;
    }
    transcript_mark_secrets(transcript);
    return read_complete(transcript, table, index);
}
