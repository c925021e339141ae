/* SPDX-License-Identifier: MIT */
/* Looks a part through, where it lies in memory, before it goes out. Invariant: what is behind the last line
 * end was counted in `column`, of which `match` octets are the head of a boundary. */
#include "compose.h"

#define LOOK_LINE_MAX 998

struct look {
    size_t column;
    unsigned match;
    unsigned found;
    uint32_t boundaries;
};

static void look_octet(struct look *look, unsigned octet)
{
    static const char head[] = "--=_";

    if (octet == '\r' || octet == '\n') {
        look->column = 0;
        look->match = 0;
        return;
    }
    if (octet > 127)
        look->found |= LOOK_8BIT;
    else if (octet == 0)
        look->found |= LOOK_CONTROL;
    if (look->column == look->match && look->match < 4 && octet == (unsigned)head[look->match]) {
        look->match++;
        if (look->match == 4)
            look->found |= LOOK_BOUNDARY;
    } else if (look->column == 4 && look->match == 4 && octet - 'A' < 26) {
        look->boundaries |= (uint32_t)1 << (octet - 'A');
    }
    if (++look->column > LOOK_LINE_MAX)
        look->found |= LOOK_LONG;
}

int postino_part_look(struct postino_part *part, uint32_t capabilities, uint32_t *boundaries)
{
    struct postino_source *source = part->source;
    struct postino_source_info info;
    struct look look = {0, 0, 0, 0};
    enum postino_source_status status;
    const uint8_t *data;
    size_t length;
    int error = postino_part_begin(part, capabilities, &info);

    if (error != POSTINO_OK)
        return error;
    if ((info.flags & POSTINO_SOURCE_IN_MEMORY) == 0)
        return LOOK_LONG;
    while ((status = source->methods->span(source, &data, &length)) == POSTINO_SOURCE_DATA) {
        size_t i;

        for (i = 0; i < length; i++)
            look_octet(&look, data[i]);
        source->methods->consume(source, length);
    }
    if (status != POSTINO_SOURCE_END)
        return POSTINO_ERROR_SOURCE;
    *boundaries |= look.boundaries;
    error = postino_part_begin(part, capabilities, &info);
    return error != POSTINO_OK ? error : (int)look.found;
}
