/* SPDX-License-Identifier: MIT */
/* What a part says of itself (RFC 2045, RFC 2183), and its boundary. Invariant: a boundary begins with "=_"
 * and a letter; neither base64 nor quoted-printable can hold a line that begins so, and what goes out as it
 * is was looked through for it. */
#include "compose.h"

#define PART_COLUMNS 78

/* Where it does not fit a line it is written over. */
void postino_write_parameter(struct postino_writer *writer, const char *name, const char *value)
{
    size_t before = writer->total;
    unsigned found;

    if (value == NULL || *value == '\0')
        return;
    found = postino_compose_look(value);
    postino_write_text(writer, ";\r\n ");
    postino_write_text(writer, name);
    postino_write_text(writer, "=\"");
    (void)postino_write_until(writer, value, '\0', '"');
    postino_write(writer, '"');
    if ((found & COMPOSE_BAD) != 0) {
        postino_write_fail(writer, POSTINO_ERROR_FIELD);
    } else if ((found & ~(unsigned)COMPOSE_LONG) != 0 || writer->column > PART_COLUMNS) {
        writer->total = before;
        if (writer->message->features->parameter == NULL)
            postino_write_fail(writer, POSTINO_ERROR_FEATURE);
        else
            writer->message->features->parameter(writer, name, value);
    }
}

void postino_write_random(struct postino_writer *writer, unsigned octets)
{
    const uint8_t *octet = writer->message->random;

    for (; octet != NULL && octets != 0; octets--)
        postino_write_hex(writer, *octet++);
}

void postino_write_boundary(struct postino_writer *writer, const struct postino_part *part)
{
    unsigned depth = '0';

    for (; part->parent != NULL; part = part->parent)
        depth++;
    postino_write_text(writer, "=_");
    postino_write(writer, writer->message->letter);
    postino_write(writer, depth);
    postino_write_random(writer, 8);
}

void postino_write_multipart(struct postino_writer *writer)
{
    postino_write_text(writer, ";\r\n boundary=\"");
    postino_write_boundary(writer, writer->message->part);
    postino_write(writer, '"');
}
