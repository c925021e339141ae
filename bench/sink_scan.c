/* SPDX-License-Identifier: MIT */
/* Invariant: `scan` depends on the octets seen and not on how they were split; an octet is counted when it
 * is certain that it belongs to the message. Only CRLF ends a line (RFC 5321 section 4.1.1.4). */

#include <string.h>

#include "sink.h"

/* Inside a line; the bulk of every message passes here, at the speed of memchr(). */
static size_t scan_text(enum sink_scan *scan, const char *data, size_t length)
{
    const char *end = memchr(data, '\n', length);

    if (end == NULL) {
        *scan = data[length - 1] == '\r' ? SINK_SCAN_CR : SINK_SCAN_TEXT;
        return length;
    }
    *scan = end > data && end[-1] == '\r' ? SINK_SCAN_LINE : SINK_SCAN_TEXT;
    return (size_t)(end - data) + 1;
}

/* Right after a CR. Returns how many octets it took: 0 where the octet belongs to the text. */
static size_t scan_after_cr(enum sink_scan *scan, char octet)
{
    *scan = octet == '\n' ? SINK_SCAN_LINE : octet == '\r' ? SINK_SCAN_CR : SINK_SCAN_TEXT;
    return *scan == SINK_SCAN_TEXT ? 0 : 1;
}

size_t sink_scan(enum sink_scan *scan, const char *data, size_t length, uint64_t *octets)
{
    size_t i = 0;
    size_t taken;

    while (i < length && *scan != SINK_SCAN_END) {
        switch (*scan) {
        case SINK_SCAN_TEXT:
            taken = scan_text(scan, data + i, length - i);
            i += taken;
            *octets += taken;
            break;
        case SINK_SCAN_CR:
            taken = scan_after_cr(scan, data[i]);
            i += taken;
            *octets += taken;
            break;
        case SINK_SCAN_LINE:
            if (data[i] == '.') {
                *scan = SINK_SCAN_DOT;
                i++;
            } else {
                *scan = SINK_SCAN_TEXT;
            }
            break;
        case SINK_SCAN_DOT:
            /* Only the end mark may follow otherwise, so the dot was one of transparency and does not
             * count. */
            *scan = data[i] == '\r' ? SINK_SCAN_DOT_CR : SINK_SCAN_TEXT;
            i += data[i] == '\r';
            break;
        case SINK_SCAN_DOT_CR:
            if (data[i] == '\n') {
                *scan = SINK_SCAN_END;
                i++;
            } else {
                /* The CR was the message's; what stands after it is looked at again. */
                *scan = SINK_SCAN_CR;
                (*octets)++;
            }
            break;
        case SINK_SCAN_END:
            break;
        }
    }
    return i;
}
