/* SPDX-License-Identifier: MIT */
/* A ready message on its way. Its header passes octet by octet through the buffer, its body is lent as the inner
 * source lends it. Invariant: a field's name is held back until it is known whose it is; what was held and
 * belongs to Bcc, and the lines that continue it, never reach the buffer. */
#include "compose.h"
#include "source_begin.h"

#include "postino/raw_message.h"

#define RAW_LINE_MAX    998
/* One octet puts out a held name, a line end and itself at most. */
#define RAW_STEP_OCTETS (POSTINO_RAW_NAME_OCTETS + 3)

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

static int raw_is(const struct postino_raw_message *raw, const char *name)
{
    size_t i;

    for (i = 0; i < raw->name_octets && name[i] != '\0'; i++)
        if (raw->name[i] != name[i] && (raw->name[i] ^ 32) != name[i])
            return 0;
    return i == raw->name_octets && name[i] == '\0';
}

/* The name is complete, or too long to be one that matters. */
static void raw_name(struct postino_raw_message *raw)
{
    unsigned i;

    raw->in_name = 0;
    while (raw->name_octets != 0 && raw->name[raw->name_octets - 1] == ' ')
        raw->name_octets--;
    if (raw_is(raw, "bcc") || raw_is(raw, "resent-bcc")) {
        raw->dropped = 1;
        raw->faults |= POSTINO_RAW_BCC;
        return;
    }
    if (raw_is(raw, "date"))
        raw->seen |= SEEN_DATE;
    else if (raw_is(raw, "from"))
        raw->seen |= SEEN_FROM;
    else if (raw_is(raw, "message-id"))
        raw->seen |= SEEN_ID;
    for (i = 0; i < raw->name_octets; i++)
        raw_put(raw, (unsigned char)raw->name[i]);
}

static void raw_missing(struct postino_raw_message *raw)
{
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
    if (octet != '\r' && octet != '\n' && ++raw->line_octets > RAW_LINE_MAX)
        raw->faults |= POSTINO_RAW_LONG_LINE;
    return 0;
}

static void raw_line_end(struct postino_raw_message *raw)
{
    if (raw->line_octets == 0) {
        raw->state = RAW_ADDED;
        return;
    }
    if (raw->in_name) {
        raw->faults |= POSTINO_RAW_SYNTAX;
        raw_name(raw);
    }
    if (!raw->dropped) {
        raw_put(raw, '\r');
        raw_put(raw, '\n');
    }
    raw->line_octets = 0;
}

static void raw_header(struct postino_raw_message *raw, unsigned octet)
{
    size_t before = raw->line_octets;

    if (raw_line(raw, octet))
        return;
    if (octet > 127)
        raw->faults |= POSTINO_RAW_HEADER_8BIT;
    if (octet == '\r' || octet == '\n') {
        raw_line_end(raw);
        return;
    }
    if (before == 0 && octet != ' ' && octet != '\t') {
        raw->dropped = 0;
        raw->in_name = 1;
        raw->name_octets = 0;
    }
    if (raw->in_name) {
        if (octet != ':' && raw->name_octets < POSTINO_RAW_NAME_OCTETS) {
            raw->name[raw->name_octets++] = (char)octet;
            return;
        }
        raw_name(raw);
    }
    if (!raw->dropped)
        raw_put(raw, octet);
}

/* The fields that are added, and the empty line. */
static void raw_write(const struct postino_raw_message *raw, struct postino_writer *writer)
{
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
        postino_write_protocol(writer, raw->message_id);
        postino_write_text(writer, "\r\n");
    }
    postino_write_text(writer, "\r\n");
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
    raw->name_octets = 0;
    raw->in_name = 0;
    raw->dropped = 0;
    raw->cr = 0;
    return postino_source_begin(raw->inner, capabilities, info);
}

/* The header ends with the message: its last line too. */
static void raw_header_end(struct postino_raw_message *raw)
{
    if (raw->line_octets != 0)
        raw_line_end(raw);
    raw->state = RAW_ADDED;
}

/* Reads all of it; leaves in total_octets what becomes of the header, in *header_octets what it was. */
static int raw_look(struct postino_raw_message *raw, size_t *header_octets)
{
    struct postino_source *inner = raw->inner;
    struct postino_writer writer;
    enum postino_source_status status;
    const uint8_t *data;
    size_t length;

    *header_octets = 0;
    while ((status = inner->methods->span(inner, &data, &length)) == POSTINO_SOURCE_DATA) {
        size_t i;

        for (i = 0; i < length; i++) {
            if (raw->state == RAW_HEADER || (raw->state == RAW_ADDED && data[i] == '\n' && raw->cr)) {
                raw_header(raw, data[i]);
                raw->lent_octets = 0;
                ++*header_octets;
                continue;
            }
            raw->state = RAW_BODY;
            if (!raw_line(raw, data[i]) && (data[i] == '\r' || data[i] == '\n'))
                raw->line_octets = 0;
        }
        inner->methods->consume(inner, length);
    }
    if (raw->cr)
        raw->faults |= POSTINO_RAW_BARE_LINE_END;
    if (raw->state == RAW_HEADER)
        raw_header_end(raw);
    raw->lent_octets = 0;
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

static int raw_begin(struct postino_source *source, uint32_t capabilities, struct postino_source_info *info)
{
    struct postino_raw_message *raw = (struct postino_raw_message *)source;
    size_t before;
    size_t after;
    int error;

    raw->faults = 0;
    error = raw_start(raw, capabilities, info);
    if (error == POSTINO_OK)
        error = raw_check(raw);
    if (error == POSTINO_OK && (info->flags & POSTINO_SOURCE_REWINDS) != 0 &&
        ((info->flags & POSTINO_SOURCE_IN_MEMORY) != 0 || raw->refuse != 0)) {
        error = raw_look(raw, &before);
        after = raw->total_octets;
        if (error == POSTINO_OK && (raw->faults & raw->refuse) != 0)
            error = POSTINO_ERROR_RAW;
        if (error == POSTINO_OK)
            error = raw_start(raw, capabilities, info);
        if (info->size_octets != POSTINO_SIZE_UNKNOWN)
            info->size_octets += after - before;
    } else {
        info->size_octets = POSTINO_SIZE_UNKNOWN;
    }
    raw->error = (int16_t)error;
    return error;
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
            if (POSTINO_RAW_BUFFER_OCTETS - raw->lent_octets < RAW_STEP_OCTETS)
                return POSTINO_SOURCE_DATA;
            raw_header_end(raw);
            break;
        }
        if (status != POSTINO_SOURCE_DATA)
            return status;
        while (i < length && raw->state == RAW_HEADER &&
               POSTINO_RAW_BUFFER_OCTETS - raw->lent_octets >= RAW_STEP_OCTETS)
            raw_header(raw, data[i++]);
        inner->methods->consume(inner, i);
        if (raw->state == RAW_HEADER && POSTINO_RAW_BUFFER_OCTETS - raw->lent_octets < RAW_STEP_OCTETS)
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

void postino_raw_message_init(struct postino_raw_message *raw, struct postino_source *inner)
{
    static const struct postino_source_class raw_class = {raw_begin, raw_span, raw_consume, raw_check_source};

    memset(raw, 0, sizeof *raw);
    raw->source.methods = &raw_class;
    raw->inner = inner;
}
