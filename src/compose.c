/* SPDX-License-Identifier: MIT */
/* The message as a source. Invariant: the buffer holds the octets that come next from taken_octets to
 * lent_octets; behind them come the rest of the unit in hand, of which unit_octets went into the buffer, and the
 * units that follow it. A unit is composed anew for each buffer, so nothing is kept of it. */
#include "compose.h"

#define COMPOSE_FAILED 1

/* ---- Before it is sent ---- */

int postino_part_begin(struct postino_part *part, uint32_t capabilities, struct postino_source_info *info)
{
    if (part->source->methods->begin(part->source, capabilities, info) < 0)
        return POSTINO_ERROR_SOURCE;
    part->source_flags = info->flags;
    return POSTINO_OK;
}

int postino_part_read(struct postino_message *message, struct postino_part *part, uint32_t capabilities,
                      postino_part_take *take, struct postino_source_info *info)
{
    struct postino_source *source = part->source;
    enum postino_source_status status;
    const uint8_t *data;
    size_t length;
    int error = postino_part_begin(part, capabilities, info);

    if (error != POSTINO_OK || (info->flags & POSTINO_SOURCE_IN_MEMORY) == 0)
        return error;
    while ((status = source->methods->span(source, &data, &length)) == POSTINO_SOURCE_DATA) {
        take(message, part, data, length);
        source->methods->consume(source, length);
    }
    return status == POSTINO_SOURCE_END ? postino_part_begin(part, capabilities, info) : POSTINO_ERROR_SOURCE;
}

static void compose_take(struct postino_message *message, struct postino_part *part, const uint8_t *data,
                         size_t length)
{
    const struct postino_encoding *encoding = part->encoding;

    while (length != 0) {
        size_t taken = length;

        message->unit_octets += encoding == NULL ? taken
                                                 : encoding->encode(&message->encoder, data, &taken,
                                                                    message->buffer, message->buffer_octets);
        data += taken;
        length -= taken;
    }
}

/* The unit in hand is the part's body: its encoder and its count begin at 0. */
int postino_part_count(struct postino_message *message, struct postino_part *part, uint32_t capabilities)
{
    struct postino_source_info info;
    size_t octets;
    int error = postino_part_read(message, part, capabilities, compose_take, &info);

    if (error != POSTINO_OK)
        return error;
    octets = message->unit_octets;
    part->open = octets != 0;
    if (part->encoding != NULL) {
        octets +=
            part->encoding->encode(&message->encoder, NULL, NULL, message->buffer, message->buffer_octets);
        part->open = message->encoder.column != 0;
    }
    if ((info.flags & POSTINO_SOURCE_IN_MEMORY) == 0) {
        octets = part->encoding == NULL ? info.size_octets : POSTINO_SIZE_UNKNOWN;
        part->open = octets != 0;
    }
    part->size_octets = octets;
    return POSTINO_OK;
}

/* Begins the parts, and tells each multipart what its parts are. */
static int compose_parts(struct postino_message *message, uint32_t capabilities,
                         struct postino_source_info *info)
{
    for (postino_compose_start(message); message->unit != UNIT_END; postino_compose_next(message)) {
        struct postino_part *part = message->part;
        unsigned level;
        int error;

        if (message->unit == UNIT_HEAD) {
            part->level = 0;
            if (part->methods == NULL && part->first == NULL)
                return POSTINO_ERROR_NESTING;
        }
        if (message->unit != UNIT_BODY)
            continue;
        error = part->methods->begin_part(message, part, capabilities);
        if (error != POSTINO_OK)
            return error;
        if ((part->source_flags & POSTINO_SOURCE_REWINDS) == 0)
            info->flags &= (uint8_t)~POSTINO_SOURCE_REWINDS;
        level = part->encoding->level;
        for (; part != NULL; part = part->parent)
            if (part->level < level)
                part->level = (uint8_t)level;
    }
    return (message->boundaries & 0x3ffffff) == 0x3ffffff ? POSTINO_ERROR_BOUNDARY : POSTINO_OK;
}

static void compose_writer(const struct postino_message *message, struct postino_writer *writer)
{
    postino_clear(writer, sizeof *writer);
    writer->features = message->features;
}

/* Counts the message, and looks at all that its header says. */
static int compose_count(struct postino_message *message, uint32_t capabilities,
                         struct postino_source_info *info)
{
    struct postino_writer writer;

    compose_writer(message, &writer);
    for (postino_compose_start(message); message->unit != UNIT_END; postino_compose_next(message)) {
        if (message->unit == UNIT_BODY) {
            size_t size = message->part->size_octets;

            /* Only whether it is empty matters for the end of a message that is one part. */
            if (message->part->parent == NULL)
                message->encoder.column = message->part->open;
            if (size == POSTINO_SIZE_UNKNOWN || info->size_octets == POSTINO_SIZE_UNKNOWN)
                info->size_octets = POSTINO_SIZE_UNKNOWN;
            else
                info->size_octets += size;
            continue;
        }
        postino_compose_unit(message, &writer);
        if (writer.utf8 != 0 && (capabilities & POSTINO_CAPABILITY_SMTPUTF8) == 0)
            postino_write_fail(&writer, POSTINO_ERROR_UTF8_ADDRESS);
        if (writer.error != 0) {
            message->error_field = postino_compose_where(message);
            return writer.error;
        }
    }
    if (info->size_octets != POSTINO_SIZE_UNKNOWN)
        info->size_octets += writer.total;
    if (message->body->level == LEVEL_BINARY)
        info->flags ^= POSTINO_SOURCE_CANONICAL | POSTINO_SOURCE_BINARY;
    if (message->body->level != LEVEL_7BIT || writer.utf8 != 0)
        info->flags |= POSTINO_SOURCE_8BIT;
    return POSTINO_OK;
}

static int compose_needed(struct postino_message *message)
{
    if (message->body == NULL || message->buffer_octets < POSTINO_MESSAGE_BUFFER_MIN)
        return POSTINO_ERROR_ARGUMENT;
    if (message->from == NULL)
        message->error_field = "From";
    else if (message->from->next != NULL && message->sender == NULL)
        message->error_field = "Sender";
    if (message->error_field != NULL)
        return POSTINO_ERROR_FIELD_MISSING;
    if (message->sender == NULL || message->sender->next == NULL)
        return POSTINO_OK;
    message->error_field = "Sender";
    return POSTINO_ERROR_FIELD;
}

static int compose_begin(struct postino_source *source, uint32_t capabilities,
                         struct postino_source_info *info)
{
    struct postino_message *message = (struct postino_message *)source;
    int error;

    message->error_field = NULL;
    message->boundaries = 0;
    message->flags = 0;
    info->size_octets = 0;
    info->flags = POSTINO_SOURCE_CANONICAL | POSTINO_SOURCE_REWINDS;
    error = compose_needed(message);
    if (error == POSTINO_OK)
        error = compose_parts(message, capabilities, info);
    if (error == POSTINO_OK)
        error = compose_count(message, capabilities, info);
    /* RFC 3030 section 3: what is not in lines needs a size beforehand. */
    if (error == POSTINO_OK && (info->flags & POSTINO_SOURCE_BINARY) != 0 &&
        info->size_octets == POSTINO_SIZE_UNKNOWN)
        return compose_begin(source, capabilities & ~(uint32_t)POSTINO_CAPABILITY_BINARYMIME, info);
    message->error = (int16_t)error;
    postino_compose_start(message);
    return error;
}

/* ---- While it is sent ---- */

/* Encodes what fits of the part in hand. Returns END behind its last octet, DATA when the buffer is full. */
static enum postino_source_status compose_body(struct postino_message *message)
{
    struct postino_part *part = message->part;
    struct postino_source *source = part->source;

    for (;;) {
        size_t room = message->buffer_octets - message->lent_octets;
        uint8_t *out = message->buffer + message->lent_octets;
        const uint8_t *data;
        size_t length;
        enum postino_source_status status = source->methods->span(source, &data, &length);

        if (status > POSTINO_SOURCE_END)
            return status;
        if (part->encoding->encode == NULL) {
            if (status == POSTINO_SOURCE_DATA)
                return status;
            message->encoder.column = 1;
            return status;
        }
        if (room < COMPOSE_STEP_OCTETS)
            return POSTINO_SOURCE_DATA;
        if (status == POSTINO_SOURCE_END) {
            message->lent_octets += part->encoding->encode(&message->encoder, NULL, NULL, out, room);
            return status;
        }
        message->lent_octets += part->encoding->encode(&message->encoder, data, &length, out, room);
        source->methods->consume(source, length);
        if (length == 0)
            return POSTINO_SOURCE_DATA;
    }
}

static enum postino_source_status compose_fill(struct postino_message *message)
{
    while (message->unit != UNIT_END) {
        if (message->unit == UNIT_BODY) {
            enum postino_source_status status = compose_body(message);

            if (status == POSTINO_SOURCE_FAIL)
                message->flags |= COMPOSE_FAILED;
            if (status != POSTINO_SOURCE_END)
                return status;
        } else {
            struct postino_writer writer;
            size_t left;

            compose_writer(message, &writer);
            writer.out = message->buffer + message->lent_octets;
            writer.skip = message->unit_octets;
            writer.room = message->buffer_octets - message->lent_octets;
            writer.column = message->column;
            postino_compose_unit(message, &writer);
            left = writer.total - writer.skip;
            if (left > writer.room) {
                message->lent_octets += writer.room;
                message->unit_octets += writer.room;
                return POSTINO_SOURCE_DATA;
            }
            message->lent_octets += left;
            message->column = (uint16_t)writer.column;
        }
        postino_compose_next(message);
    }
    return POSTINO_SOURCE_END;
}

static enum postino_source_status compose_span(struct postino_source *source, const uint8_t **data,
                                               size_t *length_octets)
{
    struct postino_message *message = (struct postino_message *)source;

    if (message->taken_octets == message->lent_octets) {
        enum postino_source_status status = POSTINO_SOURCE_FAIL;

        message->taken_octets = 0;
        message->lent_octets = 0;
        if ((message->flags & COMPOSE_FAILED) == 0)
            status = compose_fill(message);
        if (message->lent_octets == 0)
            /* The part goes out as it is. */
            return status == POSTINO_SOURCE_DATA
                       ? message->part->source->methods->span(message->part->source, data, length_octets)
                       : status;
    }
    *data = message->buffer + message->taken_octets;
    *length_octets = message->lent_octets - message->taken_octets;
    return POSTINO_SOURCE_DATA;
}

static void compose_consume(struct postino_source *source, size_t length_octets)
{
    struct postino_message *message = (struct postino_message *)source;

    if (message->lent_octets != 0)
        message->taken_octets += length_octets;
    else if (length_octets != 0)
        message->part->source->methods->consume(message->part->source, length_octets);
}

void postino_message_init_with(struct postino_message *message,
                               const struct postino_message_features *features, struct postino_part *body,
                               void *buffer, size_t buffer_octets)
{
    static const struct postino_source_class compose_class = {compose_begin, compose_span, compose_consume};

    postino_clear(message, sizeof *message);
    message->features = features;
    message->source.methods = &compose_class;
    message->body = body;
    message->buffer = buffer;
    message->buffer_octets = buffer_octets;
}

int postino_message_check(struct postino_message *message, uint32_t capabilities, size_t *size_octets)
{
    struct postino_source_info info;
    int error = compose_begin(&message->source, capabilities, &info);

    if (size_octets != NULL)
        *size_octets = info.size_octets;
    return error;
}
