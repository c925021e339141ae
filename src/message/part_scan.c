/* SPDX-License-Identifier: MIT */
/* Scans a part that can be read twice, before it goes out. Invariant: message->column counts the octets of
 * the current line, message->scan_head holds the last four. */
#include "encoding.h"

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

int postino_part_scan(struct postino_message *message, struct postino_part *part, unsigned readable,
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
