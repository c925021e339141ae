/* SPDX-License-Identifier: MIT */
/* Raw messages as sources. The header passes octet by octet through the buffer; the body is lent as the inner
 * source lends it. Invariant: the buffer holds octets of the mended header only, and of the fields that are
 * added. */
#include "raw_header.h"

#include <string.h>

#include "../source/source.h"

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

/* Counts octets of the body as they go out, and notes their faults. */
static void raw_body(struct postino_raw_message *raw, const uint8_t *data, size_t length)
{
    size_t i;

    raw->state = RAW_BODY;
    raw->total_octets += length;
    for (i = 0; i < length; i++) {
        int is_lf_of_crlf = postino_raw_note(raw, data[i]);

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
               postino_raw_header(raw, data[i])) {
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
        postino_raw_header_end(raw);
    raw->lent_octets = 0;
    /* The last line gets an end. */
    if (raw->line_octets != 0 && !raw->verbatim)
        raw->total_octets += 2;
    postino_writer_start(&writer, NULL);
    postino_raw_write_added(raw, &writer);
    raw->total_octets += writer.total;
    raw->faults |= raw->lines.faults | raw->missing;
    return status != POSTINO_SOURCE_END ? POSTINO_ERROR_SOURCE : writer.error;
}

/* Checks every field that may be added: a source that can be read only once shows too late which ones are. */
static int raw_check_added(const struct postino_raw_message *raw)
{
    struct postino_writer writer;

    postino_writer_start(&writer, NULL);
    postino_raw_write_added(raw, &writer);
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
            postino_raw_header_end(raw);
            break;
        }
        if (status != POSTINO_SOURCE_DATA)
            return status;
        while (i < length && raw->state == RAW_HEADER && raw_has_room(raw) &&
               postino_raw_header(raw, data[i]))
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
    postino_raw_write_added(raw, &writer);
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
