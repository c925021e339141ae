/* SPDX-License-Identifier: MIT */
/* A ready message on its way. Its header passes octet by octet through the buffer, its body is lent as the
 * inner source lends it. Invariant: what header_lines.c does not yet know to be another field's never reaches
 * the buffer, so that nothing of Bcc, and of the lines that continue it, does. */
#include "compose.h"
#include "header_lines.h"
#include "../source/source.h"

#define RAW_LINE_MAX    998
/* One step puts out what was held, in which every second octet at most is a line end, which becomes two, and
 * a line end. */
#define RAW_STEP_OCTETS (POSTINO_HEADER_HELD_OCTETS + (POSTINO_HEADER_HELD_OCTETS - 1) / 2 + 2)

enum raw_state {
    RAW_HEADER,
    RAW_ADDED,
    RAW_BODY,
    RAW_FAILED
};
enum raw_seen {
    SEEN_DATE = 1,
    SEEN_FROM = 2,
    SEEN_ID = 4,
    SEEN_ALL = 7
};

static void raw_put(struct postino_raw_message *raw, unsigned octet)
{
    raw->buffer[raw->lent_octets++] = (uint8_t)octet;
    raw->total_octets++;
}

/* Puts out what the reader of lines held back. */
static void raw_held(struct postino_raw_message *raw)
{
    const char *held = raw->lines.held + raw->lines.out;
    unsigned i;

    for (i = 0; i < raw->lines.out_octets; i++) {
        unsigned octet = (unsigned char)held[i];

        if (octet > 127)
            raw->faults |= POSTINO_RAW_HEADER_8BIT;
        if (raw->dropped)
            continue;
        if (octet == '\n')
            raw_put(raw, '\r');
        raw_put(raw, octet);
    }
}

/* Leaves the line out if it is a field of Bcc, or may still become one. */
static void raw_drop(struct postino_raw_message *raw)
{
    raw->dropped = postino_header_is(&raw->lines, "bcc") || postino_header_is(&raw->lines, "resent-bcc");
    if (raw->dropped)
        raw->faults |= POSTINO_RAW_BCC;
}

static void raw_name(struct postino_raw_message *raw)
{
    raw_drop(raw);
    if (postino_header_is(&raw->lines, "date"))
        raw->seen |= SEEN_DATE;
    else if (postino_header_is(&raw->lines, "from"))
        raw->seen |= SEEN_FROM;
    else if (postino_header_is(&raw->lines, "message-id"))
        raw->seen |= SEEN_ID;
    raw_held(raw);
}

static void raw_missing(struct postino_raw_message *raw)
{
    raw->faults |= raw->lines.faults;
    raw->faults |= (uint16_t)(((raw->seen & SEEN_DATE) == 0 ? POSTINO_RAW_NO_DATE : 0) |
                              ((raw->seen & SEEN_FROM) == 0 ? POSTINO_RAW_NO_FROM : 0) |
                              ((raw->seen & SEEN_ID) == 0 ? POSTINO_RAW_NO_MESSAGE_ID : 0));
}

/* Line ends and what any line may have. Returns 1 where the octet belongs to the line end before. */
static int raw_line(struct postino_raw_message *raw, unsigned octet)
{
    unsigned cr = raw->cr;

    raw->cr = octet == '\r';
    if (cr && octet == '\n')
        return 1;
    if (cr || octet == '\n')
        raw->faults |= POSTINO_RAW_BARE_LINE_END;
    if (octet == 0)
        raw->faults |= POSTINO_RAW_NUL;
    if (octet == '\r' || octet == '\n')
        raw->line_octets = 0;
    else if (++raw->line_octets > RAW_LINE_MAX)
        raw->faults |= POSTINO_RAW_LONG_LINE;
    return 0;
}

/* An octet of the header: '\n' is a line end, HEADER_END the message's. Returns 0 where there is no header:
 * the octet is the body's. */
static int raw_octet(struct postino_raw_message *raw, unsigned octet)
{
    unsigned event;

    while ((event = postino_header_octet(&raw->lines, octet)) == HEADER_OPEN || event == HEADER_LOOSE) {
        /* A line that was left out as Bcc has lost blanks, so the rest of it goes too. */
        if (event == HEADER_OPEN)
            raw_drop(raw);
        else if (raw->lines.out == 0)
            raw->dropped = 0;
        raw_held(raw);
    }
    if (event == HEADER_NAME)
        raw_name(raw);
    if (event == HEADER_EMPTY || event == HEADER_BODY)
        raw->state = RAW_ADDED;
    if (event == HEADER_TEXT && octet > 127)
        raw->faults |= POSTINO_RAW_HEADER_8BIT;
    if (raw->dropped)
        return 1;
    if (event == HEADER_NAME || event == HEADER_TEXT) {
        raw_put(raw, octet);
    } else if (event == HEADER_LINE) {
        raw_put(raw, '\r');
        raw_put(raw, '\n');
    }
    return event != HEADER_BODY;
}

/* Returns 0 where the octet was not taken. */
static int raw_header(struct postino_raw_message *raw, unsigned octet)
{
    if (raw_line(raw, octet) || raw_octet(raw, octet == '\r' ? '\n' : octet))
        return 1;
    raw->cr = 0;
    raw->line_octets -= raw->line_octets != 0;
    return 0;
}

/* The fields that are added, the empty line, and what was held of a body without a header. */
static void raw_write(const struct postino_raw_message *raw, struct postino_writer *writer)
{
    unsigned i;

    if ((raw->seen & SEEN_DATE) == 0 && raw->date_s != 0) {
        postino_write_text(writer, "Date:");
        postino_message_date(writer, raw->date_s, raw->zone_minutes);
        postino_write_text(writer, "\r\n");
    }
    if ((raw->seen & SEEN_FROM) == 0 && raw->from != NULL) {
        postino_write_text(writer, "From:");
        postino_write_protocol(writer, raw->from);
        postino_write_text(writer, "\r\n");
    }
    if ((raw->seen & SEEN_ID) == 0 && raw->message_id != NULL) {
        postino_write_text(writer, "Message-ID:");
        postino_write_identifiers(writer, raw->message_id, IDENTIFIERS_ONE);
        postino_write_text(writer, "\r\n");
    }
    postino_write_text(writer, "\r\n");
    for (i = 0; i < raw->lines.out_octets; i++) {
        unsigned octet = (unsigned char)raw->lines.held[raw->lines.out + i];

        if (octet == '\n')
            postino_write(writer, '\r');
        postino_write(writer, octet);
    }
}

static int raw_start(struct postino_raw_message *raw, uint32_t capabilities, struct postino_source_info *info)
{
    raw->line_octets = 0;
    raw->added_octets = 0;
    raw->total_octets = 0;
    raw->lent_octets = 0;
    raw->taken_octets = 0;
    raw->state = RAW_HEADER;
    raw->seen = 0;
    raw->dropped = 0;
    raw->cr = 0;
    postino_header_start(&raw->lines);
    return postino_source_begin(raw->inner, capabilities, info);
}

/* The header ends with the message: its last line too. */
static void raw_header_end(struct postino_raw_message *raw)
{
    if (raw_octet(raw, HEADER_END))
        raw->line_octets = 0;
    raw->state = RAW_ADDED;
}

/* Counts octets of the body as they will be on the wire, and looks at them. */
static void raw_body(struct postino_raw_message *raw, const uint8_t *data, size_t length)
{
    size_t i;

    raw->state = RAW_BODY;
    raw->total_octets += length;
    for (i = 0; i < length; i++) {
        int again = raw_line(raw, data[i]);

        if (raw->verbatim)
            continue;
        /* Of CRLF each half is an octet already; half a line end gets the other. */
        if (again)
            raw->total_octets--;
        else if (data[i] == '\r' || data[i] == '\n')
            raw->total_octets++;
    }
}

/* Reads all of it; leaves in total_octets how many octets it has on the wire. */
static int raw_look(struct postino_raw_message *raw)
{
    struct postino_source *inner = raw->inner;
    struct postino_writer writer;
    enum postino_source_status status;
    const uint8_t *data;
    size_t length;

    while ((status = inner->methods->span(inner, &data, &length)) == POSTINO_SOURCE_DATA) {
        size_t i = 0;

        /* Of the empty line the second half too. */
        while (i < length &&
               (raw->state == RAW_HEADER || (raw->state == RAW_ADDED && raw->cr && data[i] == '\n')) &&
               raw_header(raw, data[i])) {
            raw->lent_octets = 0;
            i++;
        }
        if (i < length)
            raw_body(raw, data + i, length - i);
        inner->methods->consume(inner, length);
    }
    if (raw->cr)
        raw->faults |= POSTINO_RAW_BARE_LINE_END;
    if (raw->state == RAW_HEADER)
        raw_header_end(raw);
    raw->lent_octets = 0;
    /* The last line gets an end. */
    if (raw->line_octets != 0 && !raw->verbatim)
        raw->total_octets += 2;
    memset(&writer, 0, sizeof writer);
    raw_write(raw, &writer);
    raw->total_octets += writer.total;
    raw_missing(raw);
    return status != POSTINO_SOURCE_END ? POSTINO_ERROR_SOURCE : writer.error;
}

/* Whether everything that may be added can be: what cannot be read beforehand is not to bring it out. */
static int raw_check(const struct postino_raw_message *raw)
{
    struct postino_writer writer;

    memset(&writer, 0, sizeof writer);
    raw_write(raw, &writer);
    return writer.error;
}

/* Looks the message through, unless it can be read only once. */
static int raw_begin_looked(struct postino_raw_message *raw, uint32_t capabilities,
                            struct postino_source_info *info)
{
    size_t octets;
    int error;

    if ((info->flags & POSTINO_SOURCE_REWINDS) == 0)
        return (info->flags & POSTINO_SOURCE_BINARY) != 0 ? POSTINO_ERROR_STATE : POSTINO_OK;
    if (raw->refuse == 0 && (info->flags & (POSTINO_SOURCE_IN_MEMORY | POSTINO_SOURCE_BINARY)) == 0)
        return POSTINO_OK;
    error = raw_look(raw);
    octets = raw->total_octets;
    if (error == POSTINO_OK && (raw->faults & raw->refuse) != 0)
        error = POSTINO_ERROR_RAW;
    if (error == POSTINO_OK)
        error = raw_start(raw, capabilities, info);
    info->size_octets = octets;
    return error;
}

static int raw_begin(struct postino_source *source, uint32_t capabilities, struct postino_source_info *info)
{
    struct postino_raw_message *raw = (struct postino_raw_message *)source;
    int error;

    raw->faults = 0;
    error = raw_start(raw, capabilities, info);
    if (error == POSTINO_OK)
        error = raw_check(raw);
    if (error == POSTINO_OK) {
        raw->verbatim = (info->flags & (POSTINO_SOURCE_CANONICAL | POSTINO_SOURCE_BINARY)) != 0;
        /* The inner one's is not that of the message as it goes out. */
        info->size_octets = POSTINO_SIZE_UNKNOWN;
        error = raw_begin_looked(raw, capabilities, info);
    }
    raw->error = (int16_t)error;
    return error;
}

static int raw_has_room(const struct postino_raw_message *raw)
{
    return POSTINO_RAW_BUFFER_OCTETS - raw->lent_octets >= RAW_STEP_OCTETS;
}

/* The header, as far as there is room. */
static enum postino_source_status raw_fill_header(struct postino_raw_message *raw)
{
    struct postino_source *inner = raw->inner;
    const uint8_t *data;
    size_t length;

    while (raw->state == RAW_HEADER) {
        enum postino_source_status status = inner->methods->span(inner, &data, &length);
        size_t i = 0;

        if (status == POSTINO_SOURCE_END) {
            if (!raw_has_room(raw))
                return POSTINO_SOURCE_DATA;
            raw_header_end(raw);
            break;
        }
        if (status != POSTINO_SOURCE_DATA)
            return status;
        while (i < length && raw->state == RAW_HEADER && raw_has_room(raw) && raw_header(raw, data[i]))
            i++;
        inner->methods->consume(inner, i);
        if (raw->state == RAW_HEADER && !raw_has_room(raw))
            return POSTINO_SOURCE_DATA;
    }
    raw_missing(raw);
    if ((raw->faults & raw->refuse) != 0) {
        raw->state = RAW_FAILED;
        return POSTINO_SOURCE_FAIL;
    }
    return POSTINO_SOURCE_DATA;
}

static enum postino_source_status raw_fill(struct postino_raw_message *raw)
{
    struct postino_writer writer;

    if (raw->state == RAW_FAILED)
        return POSTINO_SOURCE_FAIL;
    if (raw->state == RAW_HEADER) {
        enum postino_source_status status = raw_fill_header(raw);

        if (status != POSTINO_SOURCE_DATA || raw->state == RAW_HEADER)
            return status;
    }
    memset(&writer, 0, sizeof writer);
    writer.out = raw->buffer;
    writer.room = POSTINO_RAW_BUFFER_OCTETS;
    writer.total = raw->lent_octets - raw->added_octets;
    raw_write(raw, &writer);
    if (writer.total <= writer.room)
        raw->state = RAW_BODY;
    else
        writer.total = writer.room;
    raw->added_octets += writer.total - raw->lent_octets;
    raw->lent_octets = (uint8_t)writer.total;
    return POSTINO_SOURCE_DATA;
}

static enum postino_source_status raw_span(struct postino_source *source, const uint8_t **data,
                                           size_t *length)
{
    struct postino_raw_message *raw = (struct postino_raw_message *)source;
    struct postino_source *inner = raw->inner;

    if (raw->taken_octets == raw->lent_octets) {
        enum postino_source_status status = POSTINO_SOURCE_DATA;

        raw->taken_octets = 0;
        raw->lent_octets = 0;
        if (raw->state != RAW_BODY)
            status = raw_fill(raw);
        if (raw->lent_octets == 0 && status != POSTINO_SOURCE_DATA)
            return status;
    }
    if (raw->lent_octets != 0) {
        *data = raw->buffer + raw->taken_octets;
        *length = (size_t)raw->lent_octets - raw->taken_octets;
        return POSTINO_SOURCE_DATA;
    }
    for (;;) {
        enum postino_source_status status = inner->methods->span(inner, data, length);

        /* The second half of the empty line's end. */
        if (status != POSTINO_SOURCE_DATA || !raw->cr)
            return status;
        raw->cr = 0;
        if (**data != '\n')
            return status;
        inner->methods->consume(inner, 1);
    }
}

static void raw_consume(struct postino_source *source, size_t length_octets)
{
    struct postino_raw_message *raw = (struct postino_raw_message *)source;

    if (raw->lent_octets != 0)
        raw->taken_octets = (uint8_t)(raw->taken_octets + length_octets);
    else if (length_octets != 0)
        raw->inner->methods->consume(raw->inner, length_octets);
}

/* The message is read through where `refuse` asks for it; otherwise only what is added can be at fault. */
static int raw_check_source(struct postino_source *source, uint32_t capabilities)
{
    struct postino_raw_message *raw = (struct postino_raw_message *)source;
    struct postino_source_info info;
    int error = postino_source_check(raw->inner, capabilities);

    if (error == POSTINO_OK)
        error = raw->refuse != 0 ? raw_begin(source, capabilities, &info) : raw_check(raw);
    raw->error = (int16_t)error;
    return error;
}

static int raw_mark(struct postino_source *source, int in_use)
{
    return postino_source_mark(((struct postino_raw_message *)source)->inner, in_use);
}

void postino_raw_message_init(struct postino_raw_message *raw, struct postino_source *inner)
{
    static const struct postino_source_class raw_class = {raw_begin, raw_span, raw_consume, raw_check_source,
                                                          raw_mark};

    memset(raw, 0, sizeof *raw);
    raw->source.methods = &raw_class;
    raw->inner = inner;
}
