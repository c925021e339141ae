/* SPDX-License-Identifier: MIT */
/* Dates and further header fields. Invariant: no field of the caller's is one that the composer writes, or
 * must not write. */
#include "writer.h"

void postino_message_date(struct postino_writer *writer, uint32_t seconds, int zone_minutes)
{
    uint32_t local = seconds + 60 * (uint32_t)zone_minutes;
    char date[POSTINO_DATE_OCTETS + 1];

    /* The local time is within the clock's range too. */
    if (zone_minutes <= -24 * 60 || zone_minutes >= 24 * 60 ||
        (zone_minutes != 0 && (zone_minutes < 0) != (local < seconds))) {
        postino_write_fail(writer, POSTINO_ERROR_FIELD_VALUE);
        return;
    }
    (void)postino_date(date, seconds, zone_minutes);
    postino_write(writer, ' ');
    postino_write_text(writer, date);
}

/* Names that a further field must not have. A "-" at the end stands for all names that begin so. */
static const char field_taken[] = "date\0from\0sender\0reply-to\0to\0cc\0subject\0message-id\0in-reply-to\0"
                                  "references\0mime-version\0bcc\0resent-bcc\0content-\0";

/* RFC 2369: their URLs stand in brackets. Readers do not look for them in encoded words or behind a fold. */
static const char field_urls[] = "list-unsubscribe\0list-subscribe\0list-help\0list-owner\0list-archive\0";

/* Whether the list has the name, or its beginning up to a "-". */
static int field_is_listed(const char *name, const char *list)
{
    while (*list != '\0') {
        size_t i;

        for (i = 0; list[i] != '\0'; i++)
            if (name[i] != list[i] && (list[i] == '-' || (name[i] ^ 32) != list[i]))
                break;
        if (list[i] == '\0' && (name[i] == '\0' || list[i - 1] == '-'))
            return 1;
        list += i;
        while (*list++ != '\0')
            continue;
    }
    return 0;
}

/* Whether the text is a field name (RFC 5322 section 3.6.8). */
static int field_is_name(const char *name)
{
    size_t i;

    for (i = 0; name[i] != '\0'; i++)
        if (name[i] <= ' ' || name[i] > '~' || name[i] == ':')
            return 0;
    return i != 0 && i <= 70;
}

void postino_message_field(struct postino_writer *writer, const struct postino_header *header)
{
    if (!field_is_name(header->name) || field_is_listed(header->name, field_taken)) {
        postino_write_fail(writer, POSTINO_ERROR_FIELD_NAME);
        return;
    }
    /* An empty value is as good as NULL. */
    if (header->value == NULL || *header->value == '\0')
        return;
    postino_write_text(writer, header->name);
    postino_write(writer, ':');
    if (field_is_listed(header->name, field_urls))
        postino_write_identifiers(writer, header->value, IDENTIFIERS_URLS);
    else if (header->kind == POSTINO_HEADER_TEXT)
        postino_write_readable(writer, header->value, 0);
    else
        postino_write_protocol(writer, header->value);
    postino_write_text(writer, "\r\n");
}

/* Adds a field in front of the message's further fields. */
static void fields_add(struct postino_message *message, struct postino_header *header, const char *name,
                       const char *value)
{
    header->name = name;
    header->value = value;
    header->kind = POSTINO_HEADER_PROTOCOL;
    header->next = message->headers;
    message->headers = header;
}

void postino_message_priority(struct postino_message *message, struct postino_header headers[3],
                              unsigned priority)
{
    int high = priority < POSTINO_PRIORITY_NORMAL;
    int low = priority > POSTINO_PRIORITY_NORMAL;

    fields_add(message, &headers[0], "Priority", high ? "urgent" : low ? "non-urgent" : "normal");
    fields_add(message, &headers[1], "Importance", high ? "high" : low ? "low" : "normal");
    fields_add(message, &headers[2], "X-Priority", high ? "1" : low ? "5" : "3");
}

void postino_message_automatic(struct postino_message *message, struct postino_header *header)
{
    fields_add(message, header, "Auto-Submitted", "auto-generated");
}

void postino_message_unsubscribe(struct postino_message *message, struct postino_header headers[2],
                                 const char *value, int one_click)
{
    if (one_click)
        fields_add(message, &headers[1], "List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
    fields_add(message, &headers[0], "List-Unsubscribe", value);
}
