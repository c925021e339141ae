/* SPDX-License-Identifier: MIT */
/* The header of a raw message on its way into the buffer. Invariant: an octet reaches the buffer only when
 * its field is known. So no octet of a Bcc, and of the lines that continue it, does. */
#include "raw_header.h"

#define RAW_LINE_MAX 998

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

int postino_raw_note(struct postino_raw_message *raw, unsigned octet)
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

int postino_raw_header(struct postino_raw_message *raw, unsigned octet)
{
    if (postino_raw_note(raw, octet) || raw_put_header(raw, octet == '\r' ? '\n' : octet))
        return 1;
    raw->cr = 0;
    raw->line_octets -= raw->line_octets != 0;
    return 0;
}

void postino_raw_write_added(const struct postino_raw_message *raw, struct postino_writer *writer)
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

void postino_raw_header_end(struct postino_raw_message *raw)
{
    if (raw_put_header(raw, HEADER_END))
        raw->line_octets = 0;
    raw->state = RAW_ADDED;
}
