/* SPDX-License-Identifier: MIT */
/* Header fields of the caller's. Invariant: none passes for a field that the composer writes, or must not. */
#include "compose.h"

/* What a field's name must not be, or begin with where a "-" ends it. */
static const char field_taken[] = "date\0from\0sender\0reply-to\0to\0cc\0subject\0message-id\0in-reply-to\0"
                                  "references\0mime-version\0bcc\0resent-bcc\0content-\0";

/* RFC 5322 section 3.6.8 for what a name is. */
static int field_is_taken(const char *name)
{
    const char *taken = field_taken;
    size_t i;

    for (i = 0; name[i] != '\0'; i++)
        if (name[i] <= ' ' || name[i] > '~' || name[i] == ':')
            return 1;
    if (i == 0 || i > 70)
        return 1;
    while (*taken != '\0') {
        for (i = 0; taken[i] != '\0'; i++)
            if (name[i] != taken[i] && (taken[i] == '-' || (name[i] ^ 32) != taken[i]))
                break;
        if (taken[i] == '\0' && (name[i] == '\0' || taken[i - 1] == '-'))
            return 1;
        taken += i;
        while (*taken++ != '\0')
            continue;
    }
    return 0;
}

void postino_message_field(struct postino_writer *writer, const struct postino_header *header)
{
    if (field_is_taken(header->name)) {
        postino_write_fail(writer, POSTINO_ERROR_FIELD_NAME);
        return;
    }
    postino_write_text(writer, header->name);
    postino_write(writer, ':');
    if (header->kind == POSTINO_HEADER_TEXT)
        postino_write_readable(writer, header->value, 0);
    else
        postino_write_protocol(writer, header->value);
}
