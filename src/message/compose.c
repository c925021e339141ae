/* SPDX-License-Identifier: MIT */
/* A message as a source. Invariant: the octets from taken_octets to lent_octets of the buffer come next. The
 * rest of the unit follows, of which unit_octets are in the buffer, and then the further units. A unit is
 * composed anew for each buffer, so nothing is kept of it. */
#include "compose.h"

#include "postino/extension.h"

#include "../source/source.h"

/* Begins the parts, and passes the level of each to the multiparts around it. */
static int compose_parts(struct postino_message *message, unsigned *flags)
{
    unsigned letter = 1;

    for (postino_compose_start(message); message->unit != UNIT_END; postino_compose_next(message)) {
        struct postino_part *part = message->part;
        struct postino_part *up = part;
        int error;

        if (message->unit == UNIT_PART) {
            part->level = LEVEL_7BIT;
            part->encoding_name = NULL;
        }
        if (message->unit != UNIT_BODY)
            continue;
        if (part->begin_part == NULL)
            return POSTINO_ERROR_NESTING;
        error = part->begin_part(message, part);
        if (error != POSTINO_OK)
            return error;
        if ((part->source_flags & POSTINO_SOURCE_REWINDS) == 0)
            *flags = POSTINO_SOURCE_CANONICAL;
        while ((up = up->parent) != NULL) {
            if (up->level < part->level) {
                up->level = part->level;
                up->encoding_name = part->encoding_name;
            }
        }
    }
    while ((message->boundaries >> letter & 1) != 0)
        letter++;
    message->letter = (uint8_t)('@' + letter);
    return letter <= 26 ? POSTINO_OK : POSTINO_ERROR_BOUNDARY;
}

/* Composes every unit into nothing: counts the message, and checks all fields. */
static int compose_count(struct postino_message *message, size_t *size_octets, unsigned *flags)
{
    struct postino_writer writer;
    int unknown = 0;

    postino_writer_start(&writer, message);
    for (postino_compose_start(message); message->unit != UNIT_END; postino_compose_next(message)) {
        if (message->unit == UNIT_BODY) {
            message->encoder.column = message->part->open_line;
            writer.total += message->part->size_octets;
            if (message->part->size_octets == POSTINO_SIZE_UNKNOWN)
                unknown = 1;
            continue;
        }
        postino_compose_unit(&writer);
        if (writer.error != 0) {
            message->error_field = writer.name;
            return writer.error;
        }
    }
    *size_octets = unknown ? POSTINO_SIZE_UNKNOWN : writer.total;
    if (message->body->level == LEVEL_BINARY)
        *flags ^= POSTINO_SOURCE_CANONICAL | POSTINO_SOURCE_BINARY;
    if (message->body->level != LEVEL_7BIT || writer.utf8 != 0)
        *flags |= POSTINO_SOURCE_8BIT;
    return POSTINO_OK;
}

static int compose_begin(struct postino_source *source, uint32_t capabilities,
                         struct postino_source_info *info)
{
    struct postino_message *message = (struct postino_message *)source;
    unsigned flags = POSTINO_SOURCE_CANONICAL | POSTINO_SOURCE_REWINDS;
    int error = POSTINO_ERROR_ARGUMENT;

    message->error_field = NULL;
    message->boundaries = 0;
    message->capabilities = capabilities;
    info->size_octets = 0;
    if (message->body != NULL && message->buffer_octets >= POSTINO_MESSAGE_BUFFER_MIN)
        error = compose_parts(message, &flags);
    if (error == POSTINO_OK)
        error = compose_count(message, &info->size_octets, &flags);
    /* RFC 3030 section 3: octets that are not in lines need a size beforehand. */
    if (error == POSTINO_OK && (flags & POSTINO_SOURCE_BINARY) != 0 &&
        info->size_octets == POSTINO_SIZE_UNKNOWN)
        return compose_begin(source, capabilities & ~(uint32_t)POSTINO_CAPABILITY_BINARYMIME, info);
    info->flags = (uint8_t)flags;
    message->error = (int16_t)error;
    postino_compose_start(message);
    return error;
}

static enum postino_source_status compose_fill(struct postino_message *message)
{
    for (; message->unit < UNIT_END; postino_compose_next(message)) {
        struct postino_writer writer;

        if (message->unit == UNIT_BODY) {
            enum postino_source_status status = postino_compose_body(message);

            if (status == POSTINO_SOURCE_END)
                continue;
            if (status == POSTINO_SOURCE_FAIL)
                message->unit = UNIT_FAILED;
            return status;
        }
        postino_writer_start(&writer, message);
        writer.out = message->buffer;
        writer.room = message->buffer_octets;
        writer.total = message->lent_octets - message->unit_octets;
        writer.column = message->column;
        postino_compose_unit(&writer);
        if (writer.total > writer.room) {
            message->unit_octets += writer.room - message->lent_octets;
            message->lent_octets = writer.room;
            return POSTINO_SOURCE_DATA;
        }
        message->lent_octets = writer.total;
        message->column = (uint16_t)writer.column;
    }
    return message->unit == UNIT_END ? POSTINO_SOURCE_END : POSTINO_SOURCE_FAIL;
}

static enum postino_source_status compose_span(struct postino_source *source, const uint8_t **data,
                                               size_t *length_octets)
{
    struct postino_message *message = (struct postino_message *)source;

    if (message->taken_octets == message->lent_octets) {
        enum postino_source_status status;

        message->taken_octets = 0;
        message->lent_octets = 0;
        status = compose_fill(message);
        if (message->lent_octets == 0)
            return status;
    }
    *data = message->buffer + message->taken_octets;
    *length_octets = message->lent_octets - message->taken_octets;
    return POSTINO_SOURCE_DATA;
}

static void compose_consume(struct postino_source *source, size_t length_octets)
{
    ((struct postino_message *)source)->taken_octets += length_octets;
}

static int compose_try(struct postino_message *message, uint32_t capabilities, size_t *size_octets)
{
    struct postino_source_info info;
    int error = compose_begin(&message->source, capabilities, &info);

    if (size_octets != NULL)
        *size_octets = info.size_octets;
    return error;
}

static int compose_check(struct postino_source *source, uint32_t capabilities)
{
    return compose_try((struct postino_message *)source, capabilities, NULL);
}

/* Marks all parts and their sources, or takes their marks off. On an error the marks in front of the part at
 * fault are taken off again. */
static int compose_mark(struct postino_source *source, int in_use)
{
    struct postino_message *message = (struct postino_message *)source;
    const struct postino_part *end = NULL;
    int error = POSTINO_OK;

    if (message->body == NULL)
        return POSTINO_OK;
    for (postino_compose_start(message); message->unit != UNIT_END; postino_compose_next(message)) {
        struct postino_part *part = message->part;
        int failed = POSTINO_OK;

        if (message->unit != UNIT_PART)
            continue;
        if (part == end)
            break;
        if (in_use && (part->in_use || message->body->parent != NULL))
            failed = POSTINO_ERROR_PART_IN_USE;
        else if (part->source != NULL)
            failed = postino_source_mark(part->source, in_use);
        if (failed != POSTINO_OK) {
            error = failed;
            end = part;
            in_use = 0;
            postino_compose_start(message);
            continue;
        }
        part->in_use = (uint8_t)in_use;
    }
    postino_compose_start(message);
    return error;
}

void postino_message_init_with(struct postino_message *message,
                               const struct postino_message_features *features, struct postino_part *body,
                               void *buffer, size_t buffer_octets)
{
    static const struct postino_source_class compose_class = {compose_begin, compose_span, compose_consume,
                                                              compose_check, compose_mark};

    postino_clear(message, sizeof *message);
    message->features = features;
    message->source.methods = &compose_class;
    message->body = body;
    message->buffer = buffer;
    message->buffer_octets = buffer_octets;
}

const struct postino_message_features postino_message_features_all = {
    postino_message_words,  postino_message_parameter, postino_message_date,        postino_message_field,
    postino_message_quoted, postino_message_address,   postino_message_identifiers, postino_message_type};

void postino_message_init(struct postino_message *message, struct postino_part *body, void *buffer,
                          size_t buffer_octets)
{
    postino_message_init_with(message, &postino_message_features_all, body, buffer, buffer_octets);
}

int postino_message_check(struct postino_message *message, uint32_t capabilities, size_t *size_octets)
{
    int error = postino_source_mark(&message->source, 1);

    if (error != POSTINO_OK)
        return error;
    error = compose_try(message, capabilities, size_octets);
    (void)postino_source_mark(&message->source, 0);
    return error;
}
