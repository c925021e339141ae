/* SPDX-License-Identifier: MIT */
/* What a message is made of, one unit behind the other: the header fields, one mailbox or field a unit, then for
 * each part its header, its body and the boundaries around it. Invariant: what a unit puts out depends on the
 * message only, and on the column it begins in; so it can be composed anew as often as needed. */
#include "compose.h"

enum unit_row_kind {
    ROW_MAILBOXES,
    ROW_TEXT,
    ROW_PROTOCOL,
    ROW_ID,
    ROW_DATE
};

struct unit_row {
    char name[12];
    uint8_t kind;
    uint8_t offset;
};

#define COMPOSE_ROW(name, kind, member)                               \
    {                                                                 \
        name, kind, (uint8_t)offsetof(struct postino_message, member) \
    }

static const struct unit_row unit_rows[COMPOSE_ROWS] = {
    COMPOSE_ROW("Date", ROW_DATE, date_s),
    COMPOSE_ROW("From", ROW_MAILBOXES, from),
    COMPOSE_ROW("Sender", ROW_MAILBOXES, sender),
    COMPOSE_ROW("Reply-To", ROW_MAILBOXES, reply_to),
    COMPOSE_ROW("To", ROW_MAILBOXES, to),
    COMPOSE_ROW("Cc", ROW_MAILBOXES, cc),
    COMPOSE_ROW("Subject", ROW_TEXT, subject),
    COMPOSE_ROW("Message-ID", ROW_ID, message_id),
    COMPOSE_ROW("In-Reply-To", ROW_PROTOCOL, in_reply_to),
    COMPOSE_ROW("References", ROW_PROTOCOL, references),
};

static const void *unit_member(const struct postino_message *message, const struct unit_row *row)
{
    const void *value;

    memcpy(&value, (const char *)message + row->offset, sizeof value);
    return value;
}

static void unit_enter(struct postino_message *message, unsigned unit)
{
    message->unit = (uint8_t)unit;
    message->unit_octets = 0;
    if (unit < COMPOSE_ROWS)
        message->item = unit_rows[unit].kind == ROW_MAILBOXES ? unit_member(message, &unit_rows[unit]) : NULL;
    else if (unit == UNIT_FIELDS)
        message->item = message->headers;
    else if (unit == UNIT_BODY)
        memset(&message->encoder, 0, sizeof message->encoder);
}

void postino_compose_start(struct postino_message *message)
{
    message->part = message->body;
    message->lent_octets = 0;
    message->taken_octets = 0;
    message->column = 0;
    unit_enter(message, 0);
}

void postino_compose_next(struct postino_message *message)
{
    struct postino_part *part = message->part;

    message->unit_octets = 0;
    if (message->unit <= UNIT_FIELDS && message->item != NULL) {
        message->item = message->unit == UNIT_FIELDS
                            ? (const void *)((const struct postino_header *)message->item)->next
                            : ((const struct postino_mailbox *)message->item)->next;
        if (message->item != NULL)
            return;
    }
    switch (message->unit) {
    case UNIT_HEAD:
        if (part->methods != NULL) {
            unit_enter(message, UNIT_BODY);
            return;
        }
        message->part = part->first;
        unit_enter(message, UNIT_DELIMITER);
        return;
    case UNIT_DELIMITER:
        unit_enter(message, UNIT_HEAD);
        return;
    case UNIT_BODY:
    case UNIT_CLOSE:
        if (part->parent == NULL) {
            unit_enter(message, UNIT_LAST);
        } else if (part->next != NULL) {
            message->part = part->next;
            unit_enter(message, UNIT_DELIMITER);
        } else {
            message->part = part->parent;
            unit_enter(message, UNIT_CLOSE);
        }
        return;
    case UNIT_LAST:
        unit_enter(message, UNIT_END);
        return;
    default:
        unit_enter(message, message->unit + 1u);
    }
}

/* "<random@domain>", where none is given. */
static void unit_id(const struct postino_message *message, struct postino_writer *writer)
{
    const char *address = message->from->address;
    const char *at;
    unsigned i;

    for (at = address; *at != '\0'; at++)
        if (*at == '@')
            address = at;
    postino_write_text(writer, " <");
    for (i = 0; i < 16; i++)
        postino_write_hex(writer, message->random[i]);
    postino_write(writer, '@');
    postino_write_text(writer, *address == '@' ? address + 1 : "localhost");
    postino_write(writer, '>');
}

static void unit_row(const struct postino_message *message, const struct unit_row *row,
                     struct postino_writer *writer)
{
    const void *value = row->kind != ROW_DATE ? unit_member(message, row) : NULL;
    const struct postino_mailbox *mailbox = message->item;

    if (row->kind == ROW_MAILBOXES) {
        if (value == NULL) {
            /* RFC 5322 section 3.6.3 needs no recipient, but what one reads in its place is a custom. */
            if (row->offset == offsetof(struct postino_message, to) && message->cc == NULL)
                postino_write_text(writer, "To: undisclosed-recipients:;\r\n");
            return;
        }
        if (value == mailbox) {
            postino_write_text(writer, row->name);
            postino_write(writer, ':');
        }
        postino_write_mailbox(writer, mailbox);
        return;
    }
    if (row->kind == ROW_DATE ? message->date_s == 0
                              : value == NULL && (row->kind != ROW_ID || message->random == NULL))
        return;
    postino_write_text(writer, row->name);
    postino_write(writer, ':');
    if (row->kind == ROW_DATE)
        postino_write_date(writer, message->date_s, message->zone_minutes);
    else if (value == NULL)
        unit_id(message, writer);
    else if (row->kind == ROW_TEXT)
        postino_write_readable(writer, value, 0);
    else
        postino_write_protocol(writer, value);
    postino_write_text(writer, "\r\n");
}

/* Whether `name` begins with `head`, which is in lower case or not. */
static int unit_begins(const char *name, const char *head)
{
    for (; *head != '\0'; name++, head++) {
        unsigned octet = (unsigned char)*name;

        if (octet != (unsigned char)*head && (octet ^ 32) != (unsigned char)*head)
            return 0;
    }
    return 1;
}

/* Names that a field of the caller's must not have (RFC 5322 section 3.6.8 for what a name is). */
static int unit_taken(const char *name)
{
    size_t length = strlen(name);
    size_t i;

    for (i = 0; i < length; i++)
        if (name[i] <= ' ' || name[i] > '~' || name[i] == ':')
            return 1;
    for (i = 0; i < COMPOSE_ROWS; i++)
        if (strlen(unit_rows[i].name) == length && unit_begins(name, unit_rows[i].name))
            return 1;
    return length == 0 || length > 70 || unit_begins(name, "content-") || unit_begins(name, "mime-version") ||
           unit_begins(name, "bcc") || unit_begins(name, "resent-bcc");
}

static void unit_field(const struct postino_header *header, struct postino_writer *writer)
{
    if (header == NULL)
        return;
    if (unit_taken(header->name)) {
        postino_write_fail(writer, POSTINO_ERROR_FIELD_NAME);
        return;
    }
    postino_write_text(writer, header->name);
    postino_write(writer, ':');
    if (header->kind == POSTINO_HEADER_TEXT)
        postino_write_readable(writer, header->value, 0);
    else
        postino_write_protocol(writer, header->value);
    postino_write_text(writer, "\r\n");
}

void postino_compose_unit(const struct postino_message *message, struct postino_writer *writer)
{
    const struct postino_part *part = message->part;
    unsigned unit = message->unit;

    if (unit < COMPOSE_ROWS) {
        unit_row(message, &unit_rows[unit], writer);
    } else if (unit == UNIT_FIELDS) {
        unit_field(message->item, writer);
    } else if (unit == UNIT_MIME) {
        postino_write_text(writer, "MIME-Version: 1.0\r\n");
    } else if (unit == UNIT_HEAD) {
        postino_write_part(writer, message, part);
    } else if (unit == UNIT_LAST) {
        if (part->methods == NULL || message->encoder.column != 0)
            postino_write_text(writer, "\r\n");
    } else {
        postino_write_text(writer, "\r\n--");
        postino_write_boundary(writer, message, unit == UNIT_CLOSE ? part : part->parent);
        postino_write_text(writer, unit == UNIT_CLOSE ? "--" : "\r\n");
    }
}

const char *postino_compose_where(const struct postino_message *message)
{
    if (message->unit < COMPOSE_ROWS)
        return unit_rows[message->unit].name;
    if (message->unit == UNIT_FIELDS)
        return ((const struct postino_header *)message->item)->name;
    return "Content-Type";
}
