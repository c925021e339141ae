/* SPDX-License-Identifier: MIT */
/* Reads the lines of a header octet by octet, for raw messages and for DKIM. A field is a name, any blanks
 * (RFC 5322 section 4.5) and a colon. Lines that begin with a blank continue it (section 2.2.3). Invariant:
 * octets are held back only until the reader knows whether their line is a field. Then they are given out, or
 * a fault reports them. */
#include "header_lines.h"

#include <string.h>

enum header_state {
    LINE_START,
    LINE_NAME,
    LINE_BLANKS, /* behind a name */
    LINE_FOLD,   /* the line ended before a colon: a blank may continue it */
    LINE_TEXT,
    /* States in front of the header only. */
    LINE_EMPTY, /* blanks, and nothing else so far */
    LINE_BOM,
    LINE_MBOX
};

/* lines->front */
enum header_front {
    FRONT_PASSED = 0, /* the header has begun */
    FRONT_NOTHING,
    FRONT_EMPTY_LINE /* an empty line: of the header, or in front of a body without a header */
};

static unsigned lines_hold(struct postino_header_lines *lines, unsigned octet, enum header_state state)
{
    lines->held[lines->held_octets++] = (char)octet;
    lines->state = (uint8_t)state;
    return HEADER_HELD;
}

/* Gives out the held octets in front of `end` that were not given out before. Keeps the first `keep` of
 * them. */
static unsigned lines_out(struct postino_header_lines *lines, unsigned end, unsigned keep, unsigned event)
{
    lines->out = lines->sent_octets;
    lines->out_octets = (uint8_t)(end - lines->sent_octets);
    lines->held_octets = (uint8_t)keep;
    lines->sent_octets = (uint8_t)keep;
    return event;
}

/* Notes that the header has begun. */
static void lines_in_header(struct postino_header_lines *lines)
{
    if (lines->front == FRONT_EMPTY_LINE)
        lines->faults |= POSTINO_RAW_EMPTY_LINE;
    lines->front = FRONT_PASSED;
}

/* Ends the wait for a colon: the line is no field. Behind an empty line there is no header, and the line is
 * the first of the body. */
static unsigned lines_no_field(struct postino_header_lines *lines)
{
    int body = lines->front == FRONT_EMPTY_LINE;

    lines->state = lines->state == LINE_FOLD ? LINE_START : LINE_TEXT;
    if (!body) {
        lines_in_header(lines);
        lines->faults |= POSTINO_RAW_SYNTAX;
    }
    return lines_out(lines, lines->held_octets, 0, body ? HEADER_ABSENT : HEADER_NO_FIELD);
}

/* Gives out a full buffer before the line is decided. A name that fits is kept, to be compared later. */
static unsigned lines_full(struct postino_header_lines *lines)
{
    if (lines->state == LINE_EMPTY)
        return lines_no_field(lines);
    lines_in_header(lines);
    if (lines->state == LINE_NAME) {
        lines->name_octets = 0;
        lines->name_end = 0;
        lines->is_long = 1;
    } else {
        lines->is_wide = 1;
    }
    return lines_out(lines, lines->held_octets, lines->name_end, HEADER_UNDECIDED);
}

static unsigned lines_empty(struct postino_header_lines *lines)
{
    if (lines->front == FRONT_PASSED)
        return HEADER_ENDS;
    /* The first empty line may separate an empty header from its body. */
    if (lines->front == FRONT_EMPTY_LINE || lines->held_octets != 0)
        lines->faults |= POSTINO_RAW_EMPTY_LINE;
    lines->front = FRONT_EMPTY_LINE;
    lines->held_octets = 0;
    lines->state = LINE_START;
    return HEADER_HELD;
}

static unsigned lines_bom(struct postino_header_lines *lines, unsigned octet)
{
    static const char bom[] = "\xef\xbb\xbf";

    if (octet != (unsigned char)bom[lines->held_octets])
        return lines_no_field(lines);
    (void)lines_hold(lines, octet, LINE_BOM);
    if (bom[lines->held_octets] == '\0') {
        lines->faults |= POSTINO_RAW_BOM;
        lines->held_octets = 0;
        lines->state = LINE_START;
    }
    return HEADER_HELD;
}

static unsigned lines_colon(struct postino_header_lines *lines)
{
    if (lines->name_end == 0 && !lines->is_long)
        return lines_no_field(lines);
    lines_in_header(lines);
    if (lines->is_folded)
        lines->faults |= POSTINO_RAW_SYNTAX;
    else if (lines->state == LINE_BLANKS)
        lines->faults |= POSTINO_RAW_BLANK;
    lines->state = LINE_TEXT;
    /* Once some of the blanks went out, the others must follow. */
    return lines_out(lines, lines->is_wide ? lines->held_octets : lines->name_end, 0, HEADER_NAME);
}

/* Whether the line begins as a separator of an mbox file does. A From field with a blank begins so too
 * (section 4.5), but then a colon follows. */
static int lines_are_mbox(const struct postino_header_lines *lines)
{
    return lines->front != FRONT_PASSED && !lines->is_folded && lines->name_end == 4 &&
           memcmp(lines->held, "From ", 5) == 0;
}

static unsigned lines_name(struct postino_header_lines *lines, unsigned octet)
{
    if (octet == ':')
        return lines_colon(lines);
    if (octet == ' ' || octet == '\t')
        return lines_hold(lines, octet, LINE_BLANKS);
    if (octet == '\n') {
        lines->is_folded = 1;
        return lines_hold(lines, octet, LINE_FOLD);
    }
    if (lines->state == LINE_NAME && octet > ' ' && octet <= '~') {
        (void)lines_hold(lines, octet, LINE_NAME);
        lines->name_end = lines->held_octets;
        if (!lines->is_long)
            lines->name_octets = lines->held_octets;
        return HEADER_HELD;
    }
    if (lines->state == LINE_BLANKS && lines_are_mbox(lines)) {
        lines_in_header(lines);
        lines->faults |= POSTINO_RAW_MBOX;
        lines->front = FRONT_NOTHING;
        lines->held_octets = 0;
        lines->state = LINE_MBOX;
        return HEADER_HELD;
    }
    return lines_no_field(lines);
}

static unsigned lines_start(struct postino_header_lines *lines, unsigned octet)
{
    lines->sent_octets = 0;
    lines->name_octets = 0;
    lines->name_end = 0;
    lines->is_long = 0;
    lines->is_wide = 0;
    lines->is_folded = 0;
    if (octet == '\n')
        return lines_empty(lines);
    if (octet == ' ' || octet == '\t') {
        if (lines->front != FRONT_PASSED)
            return lines_hold(lines, octet, LINE_EMPTY);
        lines->state = LINE_TEXT;
        return HEADER_TEXT;
    }
    if (lines->front != FRONT_PASSED && octet == 0xef)
        return lines_hold(lines, octet, LINE_BOM);
    lines->state = LINE_NAME;
    return lines_name(lines, octet);
}

void postino_header_start(struct postino_header_lines *lines)
{
    memset(lines, 0, sizeof *lines);
    lines->front = FRONT_NOTHING;
}

/* Takes an octet of a line that is decided: of a value, of a line that is no field, or of one that is left
 * out. */
static unsigned lines_text(struct postino_header_lines *lines, unsigned octet)
{
    int left_out = lines->state == LINE_MBOX;

    if (octet != '\n' && octet != HEADER_END)
        return left_out ? HEADER_HELD : HEADER_TEXT;
    lines->state = LINE_START;
    return left_out ? HEADER_HELD : HEADER_LINE_END;
}

static unsigned lines_octet(struct postino_header_lines *lines, unsigned octet)
{
    int blank = octet == ' ' || octet == '\t';

    switch (lines->state) {
    case LINE_START:
        return octet == HEADER_END ? HEADER_HELD : lines_start(lines, octet);
    case LINE_EMPTY:
        if (octet == '\n' || octet == HEADER_END)
            return lines_empty(lines);
        return blank ? lines_hold(lines, octet, LINE_EMPTY) : lines_no_field(lines);
    case LINE_BOM:
        return lines_bom(lines, octet);
    case LINE_FOLD:
        return blank ? lines_hold(lines, octet, LINE_BLANKS) : lines_no_field(lines);
    case LINE_NAME:
    case LINE_BLANKS:
        return lines_name(lines, octet);
    default:
        return lines_text(lines, octet);
    }
}

unsigned postino_header_octet(struct postino_header_lines *lines, unsigned octet)
{
    lines->out_octets = 0;
    return lines->held_octets == sizeof lines->held ? lines_full(lines) : lines_octet(lines, octet);
}

int postino_header_is(const struct postino_header_lines *lines, const char *name)
{
    size_t i;

    /* The name has no control character, so bit 32 makes only letters equal. */
    for (i = 0; i < lines->name_octets && name[i] != '\0'; i++)
        if (lines->held[i] != name[i] && (lines->held[i] ^ 32) != name[i])
            return 0;
    return i == lines->name_octets && name[i] == '\0';
}
