/* SPDX-License-Identifier: MIT */
/* The units of a message. The header fields come first, one mailbox or field a unit. For each part follow its
 * delimiter, its fields, its body, and the boundary behind it. Invariant: the octets of a unit depend only on
 * the message and on the column that the unit begins in, so it can be composed anew at any time. */
#include "compose.h"

enum unit_row_kind {
    /* Rows with a list of items. */
    ROW_MAILBOXES,
    ROW_FIELDS,
    /* Rows with one item. */
    ROW_DATE,
    ROW_TEXT,
    ROW_ID,
    ROW_ONE_ID,
    ROW_IDS,
    ROW_ENCODING,
    ROW_TYPE,
    ROW_DISPOSITION,
    /* Rows that write their name only, or their name and the boundary. */
    ROW_NOBODY,
    ROW_LITERAL,
    ROW_BOUNDARY
};

struct unit_row {
    uint8_t kind;
    uint8_t offset; /* of the pointer to the row's first item; a NULL pointer writes nothing */
};

#define UNIT_OF(member)      (uint8_t) offsetof(struct postino_message, member)
#define UNIT_OF_PART(member) (uint8_t) offsetof(struct postino_part, member)

static const struct unit_row unit_rows[UNIT_BODY] = {
    {ROW_DATE, UNIT_OF(from)},
    {ROW_MAILBOXES, UNIT_OF(from)},
    {ROW_MAILBOXES, UNIT_OF(sender)},
    {ROW_MAILBOXES, UNIT_OF(reply_to)},
    {ROW_MAILBOXES, UNIT_OF(to)},
    {ROW_NOBODY, UNIT_OF(from)},
    {ROW_MAILBOXES, UNIT_OF(cc)},
    {ROW_TEXT, UNIT_OF(subject)},
    {ROW_ID, UNIT_OF(message_id)},
    {ROW_IDS, UNIT_OF(in_reply_to)},
    {ROW_IDS, UNIT_OF(references)},
    {ROW_FIELDS, UNIT_OF(headers)},
    {ROW_LITERAL, UNIT_OF(body)},
    {ROW_BOUNDARY, UNIT_OF_PART(parent)},
    {ROW_TYPE, UNIT_OF_PART(type)},
    {ROW_ENCODING, UNIT_OF_PART(encoding_name)},
    {ROW_DISPOSITION, UNIT_OF_PART(disposition)},
    {ROW_ONE_ID, UNIT_OF_PART(content_id)},
    {ROW_LITERAL, UNIT_OF_PART(source)},
};

/* One name a row. */
static const char unit_names[] =
    "Date\0From\0Sender\0Reply-To\0To\0To: undisclosed-recipients:;\0Cc\0Subject\0"
    "Message-ID\0In-Reply-To\0References\0\0MIME-Version: 1.0\0"
    "\r\n--\0Content-Type\0Content-Transfer-Encoding\0Content-Disposition\0"
    "Content-ID\0";

static const char *unit_name(unsigned unit)
{
    const char *name = unit_names;

    for (; unit != 0; unit--)
        while (*name++ != '\0')
            continue;
    return name;
}

/* Returns the first item of the current row; NULL: the row writes nothing. */
static const void *unit_item(const struct postino_message *message)
{
    const struct unit_row *row = &unit_rows[message->unit];
    const void *base = message->unit < UNIT_PART ? (const void *)message : message->part;
    const void *item = *(const void *const *)(const void *)((const char *)base + row->offset);

    /* An empty text is as good as NULL. */
    if (row->kind >= ROW_TEXT && row->kind < ROW_NOBODY && item != NULL && *(const char *)item == '\0')
        item = NULL;
    if (row->kind == ROW_ID && item == NULL)
        item = message->random;
    if ((row->kind == ROW_DATE && message->date_s == 0) ||
        /* RFC 5322 section 3.6.3 needs no recipient field; readers are used to this one in its place. */
        (row->kind == ROW_NOBODY && (message->to != NULL || message->cc != NULL)))
        item = NULL;
    return item;
}

static void unit_enter(struct postino_message *message, unsigned unit)
{
    message->unit = (uint8_t)unit;
    message->unit_octets = 0;
    if (unit < UNIT_BODY)
        message->item = unit_item(message);
    else if (unit == UNIT_BODY)
        postino_clear(&message->encoder, sizeof message->encoder);
}

void postino_compose_start(struct postino_message *message)
{
    message->part = message->body;
    message->lent_octets = 0;
    message->taken_octets = 0;
    message->column = 0;
    unit_enter(message, 0);
}

/* Returns the next item of the current row; NULL: none. */
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
    unsigned unit = message->unit + 1u;

    if (unit <= UNIT_BODY) {
        message->item = unit_next_item(message);
        if (message->item != NULL) {
            message->unit_octets = 0;
            return;
        }
        if (unit == UNIT_BODY && part->first != NULL) {
            message->part = part->first;
            unit = UNIT_PART;
        }
    } else if (unit == UNIT_END) {
        if (part->next != NULL) {
            message->part = part->next;
            unit = UNIT_PART;
        } else if (part->parent != NULL) {
            message->part = part->parent;
            unit = UNIT_CLOSE;
        }
    }
    unit_enter(message, unit);
}

/* RFC 5322 section 3.6.2: there is a From, and one Sender if From has several mailboxes. A part without a
 * Content-Type would be ASCII text (RFC 2045 section 5.2), so each part needs one. */
static int unit_is_needed(const struct postino_message *message, unsigned unit)
{
    return unit == UNIT_FROM || unit == UNIT_TYPE || (unit == UNIT_SENDER && message->from->next != NULL);
}

/* Writes a part's type or disposition (RFC 2045 section 5.1, RFC 2183 section 2), and the parameters. */
static void unit_type(struct postino_writer *writer, unsigned kind, const char *text)
{
    const struct postino_part *part = writer->message->part;
    const struct postino_message_features *features = writer->message->features;

    if ((postino_text_traits(text) & ~(unsigned)(TEXT_LONG_WORD | TEXT_ENCODED_WORD)) != 0 ||
        (features->type != NULL && features->type(text, kind == ROW_TYPE) != 0))
        postino_write_fail(writer, POSTINO_ERROR_FIELD_TYPE);
    postino_write_words(writer, text, 0, ' ');
    if (kind == ROW_DISPOSITION) {
        postino_write_parameter(writer, "filename", part->file_name);
        return;
    }
    postino_write_parameter(writer, part->parameter, part->parameter_value);
    if (part->parameters != NULL)
        part->parameters(writer);
}

/* Writes the value of the current row. Returns whether a line end follows. */
static int unit_value(struct postino_writer *writer, unsigned kind, const void *item)
{
    const struct postino_message *message = writer->message;
    const struct postino_message_features *features = message->features;
    int missing = 0;

    switch (kind) {
    case ROW_MAILBOXES:
        postino_write_mailbox(writer, item);
        if (((const struct postino_mailbox *)item)->next == NULL)
            break;
        if (message->unit == UNIT_SENDER)
            postino_write_fail(writer, POSTINO_ERROR_FIELD_VALUE);
        postino_write(writer, ',');
        return 0;
    case ROW_FIELDS:
        writer->name = ((const struct postino_header *)item)->name;
        missing = features->field == NULL;
        if (missing)
            break;
        features->field(writer, item);
        return 0;
    case ROW_DATE:
        missing = features->date == NULL;
        if (!missing)
            features->date(writer, message->date_s, message->zone_minutes);
        break;
    case ROW_TEXT:
        postino_write_readable(writer, item, 0);
        break;
    case ROW_ID:
    case ROW_ONE_ID:
    case ROW_IDS:
        missing = features->identifiers == NULL;
        if (!missing)
            features->identifiers(writer, item, kind == ROW_IDS);
        break;
    case ROW_ENCODING:
        postino_write(writer, ' ');
        postino_write_text(writer, item);
        break;
    case ROW_BOUNDARY:
        postino_write_boundary(writer, item);
        break;
    case ROW_NOBODY:
    case ROW_LITERAL:
        break;
    default:
        unit_type(writer, kind, item);
    }
    if (missing)
        postino_write_fail(writer, POSTINO_ERROR_FEATURE);
    return 1;
}

static void unit_row(struct postino_writer *writer)
{
    const struct postino_message *message = writer->message;
    const void *item = message->item;
    unsigned unit = message->unit;
    unsigned kind = unit_rows[unit].kind;

    if (item == NULL && !unit_is_needed(message, unit))
        return;
    writer->name = unit_name(unit);
    if (item == NULL) {
        postino_write_fail(writer, POSTINO_ERROR_FIELD_MISSING);
        return;
    }
    if (kind != ROW_MAILBOXES || writer->column == 0) {
        postino_write_text(writer, writer->name);
        if (kind != ROW_FIELDS && kind < ROW_NOBODY)
            postino_write(writer, ':');
    }
    if (unit_value(writer, kind, item))
        postino_write_text(writer, "\r\n");
}

void postino_compose_unit(struct postino_writer *writer)
{
    const struct postino_message *message = writer->message;
    const struct postino_part *part = message->part;

    if (message->unit < UNIT_BODY) {
        unit_row(writer);
        return;
    }
    if (part->source == NULL) {
        postino_write_text(writer, "\r\n--");
        postino_write_boundary(writer, part);
        postino_write_text(writer, "--");
    } else if (message->encoder.column == 0) {
        return;
    }
    if (part->parent == NULL)
        postino_write_text(writer, "\r\n");
}
