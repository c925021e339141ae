/* SPDX-License-Identifier: MIT */
/* Ready messages. The header passes octet by octet through the buffer; the body is lent as the inner source
 * lends it. Invariant: an octet reaches the buffer only when header_lines.c knows its field, so no octet of a
 * Bcc and of the lines that continue it does. */
#include "header_lines.h"

#include <string.h>

#include "writer.h"
#include "../source/source.h"

#define RAW_LINE_MAX    998
/* One step puts out the octets that were held, and a line end. At most every second of them is a line end,
 * which takes two. */
#define RAW_STEP_OCTETS (POSTINO_HEADER_HELD_OCTETS + (POSTINO_HEADER_HELD_OCTETS - 1) / 2 + 2)

enum raw_state {
    RAW_HEADER,
    RAW_ADDED, /* the fields that are added, and the empty line */
    RAW_BODY,
    RAW_FAILED
};
/* Fields that are added where they are missing. */
#define RAW_ADDABLE (POSTINO_RAW_NO_DATE | POSTINO_RAW_NO_FROM | POSTINO_RAW_NO_MESSAGE_ID)

static void raw_put(struct postino_raw_message *raw, unsigned octet)
{
    raw->buffer[raw->lent_octets++] = (uint8_t)octet;
    raw->total_octets++;
}

/* Puts out the octets that the reader of lines held back. */
static void raw_put_held(struct postino_raw_message *raw)
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

/* Leaves the line out if it is a Bcc field, or may still become one. */
static void raw_drop_bcc(struct postino_raw_message *raw)
{
    raw->dropped = postino_header_is(&raw->lines, "bcc") || postino_header_is(&raw->lines, "resent-bcc");
    if (raw->dropped)
        raw->faults |= POSTINO_RAW_BCC;
}

static void raw_name(struct postino_raw_message *raw)
{
    raw_drop_bcc(raw);
    if (postino_header_is(&raw->lines, "date"))
        raw->missing &= (uint8_t)~POSTINO_RAW_NO_DATE;
    else if (postino_header_is(&raw->lines, "from"))
        raw->missing &= (uint8_t)~POSTINO_RAW_NO_FROM;
    else if (postino_header_is(&raw->lines, "message-id"))
        raw->missing &= (uint8_t)~POSTINO_RAW_NO_MESSAGE_ID;
    raw_put_held(raw);
}

/* Notes the faults that any line may have. Returns 1 for the LF of a CRLF, which was noted as one line end
 * with its CR. */
static int raw_note(struct postino_raw_message *raw, unsigned octet)
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

/* Puts out an octet of the header: '\n' for a line end, HEADER_END for the end of the message. Returns 0 if
 * there is no header: the octet belongs to the body. */
static int raw_put_header(struct postino_raw_message *raw, unsigned octet)
{
    unsigned event;

    while ((event = postino_header_octet(&raw->lines, octet)) == HEADER_UNDECIDED ||
           event == HEADER_NO_FIELD) {
        /* A line that was left out as Bcc has lost blanks already, so the rest of it is left out too. */
        if (event == HEADER_UNDECIDED)
            raw_drop_bcc(raw);
        else if (raw->lines.out == 0)
            raw->dropped = 0;
        raw_put_held(raw);
    }
    if (event == HEADER_NAME)
        raw_name(raw);
    if (event == HEADER_ENDS || event == HEADER_ABSENT)
        raw->state = RAW_ADDED;
    if (event == HEADER_TEXT && octet > 127)
        raw->faults |= POSTINO_RAW_HEADER_8BIT;
    if (raw->dropped)
        return 1;
    if (event == HEADER_NAME || event == HEADER_TEXT) {
        raw_put(raw, octet);
    } else if (event == HEADER_LINE_END) {
        raw_put(raw, '\r');
        raw_put(raw, '\n');
    }
    return event != HEADER_ABSENT;
}

/* Takes an octet of the header. Returns 0 if it belongs to the body. */
static int raw_take_header(struct postino_raw_message *raw, unsigned octet)
{
    if (raw_note(raw, octet) || raw_put_header(raw, octet == '\r' ? '\n' : octet))
        return 1;
    raw->cr = 0;
    raw->line_octets -= raw->line_octets != 0;
    return 0;
}

/* Writes the fields that are added, the empty line, and the octets that were held of a body without a header.
 * */
static void raw_write_added(const struct postino_raw_message *raw, struct postino_writer *writer)
{
    unsigned i;

    if ((raw->missing & POSTINO_RAW_NO_DATE) != 0 && raw->date_s != 0) {
        postino_write_text(writer, "Date:");
        postino_message_date(writer, raw->date_s, raw->zone_minutes);
        postino_write_text(writer, "\r\n");
    }
    if ((raw->missing & POSTINO_RAW_NO_FROM) != 0 && raw->from != NULL) {
        postino_write_text(writer, "From:");
        postino_write_protocol(writer, raw->from);
        postino_write_text(writer, "\r\n");
    }
    if ((raw->missing & POSTINO_RAW_NO_MESSAGE_ID) != 0 && raw->message_id != NULL) {
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
    raw->missing = RAW_ADDABLE;
    raw->dropped = 0;
    raw->cr = 0;
    postino_header_start(&raw->lines);
    return postino_source_begin(raw->inner, capabilities, info);
}

/* The message ends within its header, and so does the last line. */
static void raw_header_end(struct postino_raw_message *raw)
{
    if (raw_put_header(raw, HEADER_END))
        raw->line_octets = 0;
    raw->state = RAW_ADDED;
}

/* Counts octets of the body as they go out, and notes their faults. */
static void raw_body(struct postino_raw_message *raw, const uint8_t *data, size_t length)
{
    size_t i;

    raw->state = RAW_BODY;
    raw->total_octets += length;
    for (i = 0; i < length; i++) {
        int is_lf_of_crlf = raw_note(raw, data[i]);

        if (raw->verbatim)
            continue;
        /* A line end takes two octets: those of a CRLF are counted, a bare one gets the other. */
        if (is_lf_of_crlf)
            raw->total_octets--;
        else if (data[i] == '\r' || data[i] == '\n')
            raw->total_octets++;
    }
}

/* Reads all of the message. Sets total_octets to its size on the wire. */
static int raw_scan(struct postino_raw_message *raw)
{
    struct postino_source *inner = raw->inner;
    struct postino_writer writer;
    enum postino_source_status status;
    const uint8_t *data;
    size_t length;

    while ((status = inner->methods->span(inner, &data, &length)) == POSTINO_SOURCE_DATA) {
        size_t i = 0;

        /* The LF of the empty line belongs to the header. */
        while (i < length &&
               (raw->state == RAW_HEADER || (raw->state == RAW_ADDED && raw->cr && data[i] == '\n')) &&
               raw_take_header(raw, data[i])) {
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
    postino_writer_start(&writer, NULL);
    raw_write_added(raw, &writer);
    raw->total_octets += writer.total;
    raw->faults |= raw->lines.faults | raw->missing;
    return status != POSTINO_SOURCE_END ? POSTINO_ERROR_SOURCE : writer.error;
}

/* Checks every field that may be added: a source that can be read only once shows too late which ones are. */
static int raw_check_added(const struct postino_raw_message *raw)
{
    struct postino_writer writer;

    postino_writer_start(&writer, NULL);
    raw_write_added(raw, &writer);
    return writer.error;
}

/* Scans the message if it can be read again, and the size or the faults are needed. */
static int raw_begin_scanned(struct postino_raw_message *raw, uint32_t capabilities,
                             struct postino_source_info *info)
{
    size_t octets;
    int error;

    if ((info->flags & POSTINO_SOURCE_REWINDS) == 0)
        return (info->flags & POSTINO_SOURCE_BINARY) != 0 ? POSTINO_ERROR_STATE : POSTINO_OK;
    if (raw->refuse == 0 && (info->flags & (POSTINO_SOURCE_IN_MEMORY | POSTINO_SOURCE_BINARY)) == 0)
        return POSTINO_OK;
    error = raw_scan(raw);
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
        error = raw_check_added(raw);
    if (error == POSTINO_OK) {
        raw->verbatim = (info->flags & (POSTINO_SOURCE_CANONICAL | POSTINO_SOURCE_BINARY)) != 0;
        /* The inner size is not that of the message as it goes out. */
        info->size_octets = POSTINO_SIZE_UNKNOWN;
        error = raw_begin_scanned(raw, capabilities, info);
    }
    raw->error = (int16_t)error;
    return error;
}

static int raw_has_room(const struct postino_raw_message *raw)
{
    return POSTINO_RAW_BUFFER_OCTETS - raw->lent_octets >= RAW_STEP_OCTETS;
}

/* Fills the buffer with the header, as far as there is room. */
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
        while (i < length && raw->state == RAW_HEADER && raw_has_room(raw) && raw_take_header(raw, data[i]))
            i++;
        inner->methods->consume(inner, i);
        if (raw->state == RAW_HEADER && !raw_has_room(raw))
            return POSTINO_SOURCE_DATA;
    }
    raw->faults |= raw->lines.faults | raw->missing;
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
    postino_writer_start(&writer, NULL);
    writer.out = raw->buffer;
    writer.room = POSTINO_RAW_BUFFER_OCTETS;
    writer.total = raw->lent_octets - raw->added_octets;
    raw_write_added(raw, &writer);
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

        /* The LF of the empty line went out with its CR. */
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

/* The message is scanned if `refuse` asks for it; otherwise only the added fields can be at fault. */
static int raw_check_source(struct postino_source *source, uint32_t capabilities)
{
    struct postino_raw_message *raw = (struct postino_raw_message *)source;
    struct postino_source_info info;
    int error = postino_source_check(raw->inner, capabilities);

    if (error == POSTINO_OK)
        error = raw->refuse != 0 ? raw_begin(source, capabilities, &info) : raw_check_added(raw);
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
    raw->missing = RAW_ADDABLE;
}
