/* SPDX-License-Identifier: MIT */
/* The kinds of parts and their tree. Invariants: a part has one parent at most, and the way up to the root is
 * at most POSTINO_PART_DEPTH_MAX long, so that a walk over the parts needs no stack. Octets that go out
 * without an encoding were scanned, so that no boundary occurs in them. */
#include "encoding.h"

#include <string.h>

#include "postino/extension.h"

#include "writer.h"

/* ---- The tree ---- */

/* Makes a part of no kind yet. */
static void part_init(struct postino_part *part,
                      int (*begin_part)(struct postino_message *message, struct postino_part *part),
                      struct postino_source *source, const char *type)
{
    postino_clear(part, sizeof *part);
    part->begin_part = begin_part;
    part->source = source;
    part->type = type;
    part->height = 1;
}

void postino_part_multipart_init(struct postino_part *part, const char *type)
{
    part_init(part, NULL, NULL, type);
    part->parameters = postino_write_multipart;
}

int postino_part_add(struct postino_part *multipart, struct postino_part *part)
{
    struct postino_part **last = &multipart->first;
    struct postino_part *up;
    unsigned height = part->height;

    if (multipart->source != NULL)
        return POSTINO_ERROR_STATE;
    if (part->parent != NULL || part->in_use || multipart->in_use)
        return POSTINO_ERROR_PART_IN_USE;
    for (up = multipart; up != NULL; up = up->parent) {
        if (up == part)
            return POSTINO_ERROR_PART_IN_USE;
        height++;
    }
    if (height > POSTINO_PART_DEPTH_MAX)
        return POSTINO_ERROR_NESTING;
    while (*last != NULL)
        last = &(*last)->next;
    *last = part;
    part->next = NULL;
    part->parent = multipart;
    for (height = part->height; (part = part->parent) != NULL;)
        if (part->height < ++height)
            part->height = (uint8_t)height;
    return POSTINO_OK;
}

/* ---- Scan ---- */

/* A part in memory is scanned before it goes out. message->column counts the octets of the current line,
 * message->scan_head holds the last four. */
/* The result of a scan, as bits. */
enum part_scan {
    SCAN_8BIT = 1,
    SCAN_NEEDS_ENCODING = 2, /* a line over 998 octets, or NUL */
    SCAN_BOUNDARY = 4        /* a line that begins as a boundary does */
};

#define SCAN_LINE_MAX 998
/* "--=_" */
#define SCAN_HEAD     0x2d2d3d5fu

static void scan_octet(struct postino_message *message, struct postino_part *part, unsigned octet)
{
    unsigned found = octet >> 7; /* SCAN_8BIT */
    unsigned column;

    octet = postino_text_octet(&message->encoder, octet);
    /* A line end takes two octets: those of a CRLF are counted, a bare one gets the other. */
    if (octet == ENCODING_END) {
        message->unit_octets--;
        return;
    }
    if (octet == '\n') {
        message->unit_octets++;
        message->column = 0;
        return;
    }
    column = message->column++;
    if (octet == 0 || column == SCAN_LINE_MAX)
        found |= SCAN_NEEDS_ENCODING;
    if (column == 4 && message->scan_head == SCAN_HEAD) {
        found |= SCAN_BOUNDARY;
        /* Another octet than a letter counts as the letter with the same low bits. */
        message->boundaries |= (uint32_t)1 << (octet & 31);
    }
    message->scan_head = message->scan_head << 8 | octet;
    part->scan |= (uint8_t)found;
}

/* Begins a part and sets part->scan. A part whose source has the flag `readable` (of enum
 * postino_source_flag) is measured. With `closely` its octets are scanned too: message->boundaries gets the
 * letters behind line heads that look like a boundary, message->unit_octets how many octets CRLF adds for the
 * line ends. Of any other part the scan is SCAN_NEEDS_ENCODING. Returns 0 or an error. */
static int scan_part(struct postino_message *message, struct postino_part *part, unsigned readable,
                     int closely)
{
    struct postino_source *source = part->source;
    struct postino_source_info info;
    enum postino_source_status status;
    const uint8_t *data;
    size_t length;

    message->column = 0;
    message->unit_octets = 0;
    if (source->methods->begin(source, message->capabilities, &info) < 0)
        return POSTINO_ERROR_SOURCE;
    part->source_flags = info.flags;
    /* The size of any other source is that of its lines on the wire, not of the octets that it lends. */
    part->size_octets = (info.flags & (POSTINO_SOURCE_CANONICAL | POSTINO_SOURCE_BINARY)) != 0
                            ? info.size_octets
                            : POSTINO_SIZE_UNKNOWN;
    part->scan = SCAN_NEEDS_ENCODING;
    if ((info.flags & readable) == 0)
        return POSTINO_OK;
    part->size_octets = 0;
    part->scan = 0;
    while ((status = source->methods->span(source, &data, &length)) == POSTINO_SOURCE_DATA) {
        size_t i;

        part->size_octets += length;
        for (i = 0; closely && i < length; i++)
            scan_octet(message, part, data[i]);
        source->methods->consume(source, length);
    }
    if (status != POSTINO_SOURCE_END || source->methods->begin(source, message->capabilities, &info) < 0)
        return POSTINO_ERROR_SOURCE;
    return POSTINO_OK;
}

/* ---- Text ---- */

/* Has a scanned part go out in lines without an encoding. */
static void part_as_text(struct postino_message *message, struct postino_part *part)
{
    part->encoding = &postino_encoding_text;
    part->size_octets += message->unit_octets;
    part->open_line = message->column != 0;
    if ((part->scan & SCAN_8BIT) != 0) {
        part->level = LEVEL_8BIT;
        part->encoding_name = "8bit";
    }
}

static int text_begin(struct postino_message *message, struct postino_part *part)
{
    uint32_t boundaries = message->boundaries;
    int error = scan_part(message, part, POSTINO_SOURCE_IN_MEMORY, 1);

    /* Text that holds a boundary is encoded, so its letter stays free. */
    message->boundaries = boundaries;
    if (error != POSTINO_OK)
        return error;
    if (part->scan == 0 ||
        (part->scan == SCAN_8BIT && (message->capabilities & POSTINO_CAPABILITY_8BITMIME) != 0)) {
        part_as_text(message, part);
        return POSTINO_OK;
    }
    return message->features->quoted != NULL ? message->features->quoted(message, part)
                                             : POSTINO_ERROR_FEATURE;
}

void postino_part_text_init(struct postino_part *part, struct postino_source *source, const char *type)
{
    part_init(part, text_begin, source, type);
}

/* RFC 6047 section 2.4: text with a method. */
void postino_part_calendar_init(struct postino_part *part, struct postino_source *source, const char *method)
{
    postino_part_text_init(part, source, "text/calendar; charset=utf-8");
    part->parameter = "method";
    part->parameter_value = method;
}

/* ---- Attachments ---- */

static int base64_begin(struct postino_message *message, struct postino_part *part)
{
    int error = scan_part(message, part, POSTINO_SOURCE_IN_MEMORY, 0);
    size_t octets = part->size_octets;

    part->encoding = &postino_encoding_base64;
    part->encoding_name = "base64";
    part->open_line = octets != 0;
    /* Line ends stand between the lines. */
    if (octets > SIZE_MAX / 2)
        part->size_octets = POSTINO_SIZE_UNKNOWN;
    else if (octets != 0)
        part->size_octets = (octets + 2) / 3 * 4 + (octets - 1) / BASE64_LINE_OCTETS * 2;
    return error;
}

void postino_part_attachment_init(struct postino_part *part, struct postino_source *source, const char *type,
                                  const char *file_name)
{
    part_init(part, base64_begin, source, type != NULL && *type != '\0' ? type : "application/octet-stream");
    part->disposition = "attachment";
    part->file_name = file_name;
}

/* ---- Attachments without an encoding (RFC 3030) ---- */

static uint8_t *binary_put(struct postino_encoder *encoder, uint8_t *to, unsigned octet)
{
    (void)encoder;
    if (octet != ENCODING_END)
        *to++ = (uint8_t)octet;
    return to;
}

#if !POSTINO_SMALL
static uint8_t *binary_run(struct postino_encoder *encoder, const uint8_t **data, const uint8_t *end,
                           uint8_t *to, const uint8_t *full)
{
    size_t room = (size_t)(full + ENCODING_STEP_OCTETS - to);
    size_t length = (size_t)(end - *data) < room ? (size_t)(end - *data) : room;

    (void)encoder;
    memcpy(to, *data, length);
    *data += length;
    return to + length;
}
#endif

static int binary_begin(struct postino_message *message, struct postino_part *part)
{
#if POSTINO_SMALL
    static const struct postino_encoding binary = {binary_put};
#else
    static const struct postino_encoding binary = {binary_put, binary_run};
#endif
    const uint32_t needed = POSTINO_CAPABILITY_BINARYMIME | POSTINO_CAPABILITY_CHUNKING;
    int error;

    if ((message->capabilities & needed) != needed || part->parent == NULL)
        return base64_begin(message, part);
    error = scan_part(message, part, POSTINO_SOURCE_IN_MEMORY, 1);
    if (error != POSTINO_OK)
        return error;
    /* Some readers take the line end of the boundary for the content of an empty part. */
    if ((part->source_flags & POSTINO_SOURCE_IN_MEMORY) == 0 || part->size_octets == 0)
        return base64_begin(message, part);
    part->encoding = &binary;
    part->encoding_name = "binary";
    part->level = LEVEL_BINARY;
    return POSTINO_OK;
}

void postino_part_binary_init(struct postino_part *part, struct postino_source *source, const char *type,
                              const char *file_name)
{
    postino_part_attachment_init(part, source, type, file_name);
    part->begin_part = binary_begin;
}

/* ---- Forwarded messages ---- */

/* RFC 2046 section 5.2.1 allows no encoding but 7bit and 8bit. */
static int forward_begin(struct postino_message *message, struct postino_part *part)
{
    int error = scan_part(message, part, POSTINO_SOURCE_REWINDS, 1);

    if (error != POSTINO_OK)
        return error;
    if ((part->source_flags & POSTINO_SOURCE_REWINDS) == 0)
        return POSTINO_ERROR_BOUNDARY;
    /* RFC 5322 section 2.1.1: the message can be neither sent nor changed. */
    if ((part->scan & SCAN_NEEDS_ENCODING) != 0)
        return POSTINO_ERROR_SOURCE;
    part_as_text(message, part);
    return POSTINO_OK;
}

void postino_part_message_init(struct postino_part *part, struct postino_source *source)
{
    part_init(part, forward_begin, source, "message/rfc822");
}

/* ---- multipart/related ---- */

/* RFC 2387 section 3.1: the root's type, without its parameters. */
static void related_parameters(struct postino_writer *writer)
{
    const char *type = writer->message->part->first->type;

    postino_write_text(writer, ";\r\n type=\"");
    /* The header of a part without a type is an error of its own. */
    if (type != NULL)
        (void)postino_write_until(writer, type, ';', 0);
    postino_write(writer, '"');
    postino_write_multipart(writer);
}

void postino_part_related_init(struct postino_part *part)
{
    postino_part_multipart_init(part, "multipart/related");
    part->parameters = related_parameters;
}
