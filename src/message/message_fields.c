/* SPDX-License-Identifier: MIT */
/* Header fields that go together. Invariant: what is put in front of a message's further fields ends in what
 * was there before. */
#include "compose.h"

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
