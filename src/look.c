/* SPDX-License-Identifier: MIT */
/* Looks a part through, where it lies in memory, before it goes out. Invariant: message->column is how many
 * octets of the line in hand were seen, message->look_head the first four of them. */
#include "compose.h"

#define LOOK_LINE_MAX 998
/* "--=_" */
#define LOOK_HEAD     0x2d2d3d5fu

static void look_take(struct postino_message *message, struct postino_part *part, const uint8_t *data,
                      size_t length)
{
    for (; length != 0; length--) {
        unsigned octet = *data++;
        unsigned column = message->column++;

        if (octet == '\r' || octet == '\n') {
            message->column = 0;
        } else if (column < 4) {
            message->look_head = message->look_head << 8 | octet;
        } else if (column == 4 && message->look_head == LOOK_HEAD) {
            part->look |= LOOK_BOUNDARY;
            if (octet - 'A' < 26)
                message->boundaries |= (uint32_t)1 << (octet - 'A');
        } else if (column == LOOK_LINE_MAX) {
            part->look |= LOOK_LONG;
            message->column--;
        }
        if (octet > 127)
            part->look |= LOOK_8BIT;
        if (octet == 0)
            part->look |= LOOK_CONTROL;
    }
}

int postino_part_look(struct postino_message *message, struct postino_part *part, uint32_t capabilities)
{
    struct postino_source_info info;
    int error;

    message->column = 0;
    part->look = 0;
    error = postino_part_read(message, part, capabilities, look_take, &info);
    if (error != POSTINO_OK)
        return error;
    return (info.flags & POSTINO_SOURCE_IN_MEMORY) != 0 ? part->look : LOOK_LONG;
}
