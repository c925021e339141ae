/* SPDX-License-Identifier: MIT */
/* What a message is made of, one unit behind the other: the header fields, one mailbox or field a unit, then for
 * each part its header, its body and the boundaries around it. Invariant: what a unit puts out depends on the
 * message only, and on the column it begins in; so it can be composed anew as often as needed. */
#include "compose.h"

enum unit_row_kind {
    ROW_MAILBOXES,
    ROW_FIELDS,
    ROW_NOBODY,
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

#define UNIT_ROW(name, kind, member)                                  \
    {                                                                 \
        name, kind, (uint8_t)offsetof(struct postino_message, member) \
    }

static const struct unit_row unit_rows[COMPOSE_ROWS] = {
    UNIT_ROW("Date", ROW_DATE, from),
    UNIT_ROW("From", ROW_MAILBOXES, from),
    UNIT_ROW("Sender", ROW_MAILBOXES, sender),
    UNIT_ROW("Reply-To", ROW_MAILBOXES, reply_to),
    UNIT_ROW("To", ROW_MAILBOXES, to),
    UNIT_ROW("To", ROW_NOBODY, from),
    UNIT_ROW("Cc", ROW_MAILBOXES, cc),
    UNIT_ROW("Subject", ROW_TEXT, subject),
    UNIT_ROW("Message-ID", ROW_PROTOCOL, message_id),
    UNIT_ROW("Message-ID", ROW_ID, random),
    UNIT_ROW("In-Reply-To", ROW_PROTOCOL, in_reply_to),
    UNIT_ROW("References", ROW_PROTOCOL, references),
    UNIT_ROW("", ROW_FIELDS, headers),
};

/* What the row in hand writes first; NULL: nothing. */
static const void *unit_item(const struct postino_message *message)
{
    const struct unit_row *row = &unit_rows[message->unit];

    if ((row->kind == ROW_DATE && message->date_s == 0) ||
        (row->kind == ROW_ID && message->message_id != NULL) ||
        /* RFC 5322 section 3.6.3 needs no recipient, but what one reads in its place is a custom. */
        (row->kind == ROW_NOBODY && (message->to != NULL || message->cc != NULL)))
        return NULL;
    return *(const void *const *)(const void *)((const char *)message + row->offset);
}

static void unit_enter(struct postino_message *message, unsigned unit)
{
    message->unit = (uint8_t)unit;
    if (unit < COMPOSE_ROWS)
        message->item = unit_item(message);
    else if (unit == UNIT_BODY)
        postino_clear(&message->encoder, sizeof message->encoder);
}

void postino_compose_start(struct postino_message *message)
{
    message->part = message->body;
    message->lent_octets = 0;
    message->taken_octets = 0;
    message->unit_octets = 0;
    message->column = 0;
    unit_enter(message, 0);
}

/* The item that follows in the row in hand; NULL: none. */
static const void *unit_next_item(const struct postino_message *message)
{
    const void *item = message->item;
    unsigned kind = unit_rows[message->unit].kind;

    if (item == NULL || kind > ROW_FIELDS)
        return NULL;
    return kind == ROW_FIELDS ? (const void *)((const struct postino_header *)item)->next
                              : ((const struct postino_mailbox *)item)->next;
}

void postino_compose_next(struct postino_message *message)
{
    struct postino_part *part = message->part;
    unsigned unit = message->unit;

    message->unit_octets = 0;
    if (unit < COMPOSE_ROWS) {
        message->item = unit_next_item(message);
        if (message->item != NULL)
            return;
        unit++;
    } else if (unit == UNIT_HEAD && part->methods == NULL) {
        message->part = part->first;
        unit = UNIT_DELIMITER;
    } else if (unit == UNIT_DELIMITER) {
        unit = UNIT_HEAD;
    } else if (unit == UNIT_HEAD || unit == UNIT_LAST) {
        unit++;
    } else if (part->parent == NULL) {
        unit = UNIT_LAST;
    } else if (part->next != NULL) {
        message->part = part->next;
        unit = UNIT_DELIMITER;
    } else {
        message->part = part->parent;
        unit = UNIT_CLOSE;
    }
    unit_enter(message, unit);
}

/* "<random@domain>", where none is given. */
static void unit_id(const struct postino_message *message, struct postino_writer *writer)
{
    const char *address = message->from->address;
    const char *at;

    for (at = address; *at != '\0'; at++)
        if (*at == '@')
            address = at;
    postino_write_text(writer, " <");
    postino_write_random(writer, message, 16);
    postino_write_text(writer, *address == '@' ? address : "@localhost");
    postino_write(writer, '>');
}

static void unit_row(const struct postino_message *message, struct postino_writer *writer)
{
    const struct unit_row *row = &unit_rows[message->unit];
    const struct postino_message_features *features = message->features;
    const void *item = message->item;
    int missing = 0;

    if (item == NULL)
        return;
    if (row->kind != ROW_MAILBOXES || item == unit_item(message)) {
        postino_write_text(writer, row->name);
        if (row->kind != ROW_FIELDS)
            postino_write(writer, ':');
    }
    switch (row->kind) {
    case ROW_MAILBOXES:
        postino_write_mailbox(writer, item);
        if (((const struct postino_mailbox *)item)->next != NULL)
            return;
        break;
    case ROW_FIELDS:
        missing = features->field == NULL;
        if (!missing)
            features->field(writer, item);
        break;
    case ROW_NOBODY:
        postino_write_text(writer, " undisclosed-recipients:;");
        break;
    case ROW_TEXT:
        postino_write_readable(writer, item, 0);
        break;
    case ROW_PROTOCOL:
        postino_write_protocol(writer, item);
        break;
    case ROW_ID:
        unit_id(message, writer);
        break;
    default:
        missing = features->date == NULL;
        if (!missing)
            features->date(writer, message->date_s, message->zone_minutes);
    }
    if (missing)
        postino_write_fail(writer, POSTINO_ERROR_FEATURE);
    postino_write_text(writer, "\r\n");
}

void postino_compose_unit(const struct postino_message *message, struct postino_writer *writer)
{
    const struct postino_part *part = message->part;
    unsigned unit = message->unit;

    if (unit < COMPOSE_ROWS) {
        unit_row(message, writer);
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
    if (message->unit >= COMPOSE_ROWS)
        return "Content-Type";
    if (unit_rows[message->unit].kind == ROW_FIELDS)
        return ((const struct postino_header *)message->item)->name;
    return unit_rows[message->unit].name;
}
