/* SPDX-License-Identifier: MIT */
/* What a part says of itself (RFC 2045, RFC 2183), and its boundary. Invariant: a boundary begins with "=_" and
 * a letter; neither base64 nor quoted-printable can hold a line that begins so, and what goes out as it is was
 * looked through for it. */
#include "compose.h"

static void part_field(struct postino_writer *writer, const char *name, const char *value)
{
    postino_write_text(writer, name);
    postino_write_protocol(writer, value);
}

void postino_write_boundary(struct postino_writer *writer, const struct postino_message *message,
                            const struct postino_part *part)
{
    unsigned letter = 0;
    unsigned depth = 0;
    unsigned i;

    while (letter < 25 && (message->boundaries >> letter & 1) != 0)
        letter++;
    for (; part->parent != NULL; part = part->parent)
        depth++;
    postino_write_text(writer, "=_");
    postino_write(writer, 'A' + letter);
    postino_write(writer, '0' + depth);
    if (message->random != NULL)
        for (i = 0; i < 8; i++)
            postino_write_hex(writer, message->random[i]);
}

/* RFC 2387 section 3.1: the root's type, without its parameters. */
static void part_root_type(struct postino_writer *writer, const char *type)
{
    postino_write_text(writer, ";\r\n type=\"");
    for (; *type != '\0' && *type != ';'; type++)
        postino_write(writer, (unsigned char)*type);
    postino_write(writer, '"');
}

static void part_multipart(struct postino_writer *writer, const struct postino_message *message,
                           const struct postino_part *part)
{
    if (strlen(part->type) == 17 && memcmp(part->type + 10, "related", 7) == 0)
        part_root_type(writer, part->first->type);
    postino_write_text(writer, ";\r\n boundary=\"");
    postino_write_boundary(writer, message, part);
    postino_write(writer, '"');
}

void postino_write_part(struct postino_writer *writer, const struct postino_message *message,
                        const struct postino_part *part)
{
    static const char levels[3][7] = {"", "8bit", "binary"};
    const char *encoding = part->encoding != NULL ? part->encoding->name : levels[part->level];

    part_field(writer, "Content-Type:", part->type);
    if (part->parameter != NULL)
        postino_write_parameter(writer, part->parameter, part->parameter_value);
    if (part->methods == NULL)
        part_multipart(writer, message, part);
    /* 7bit goes without saying. */
    if (*encoding != '\0' && *encoding != '7')
        part_field(writer, "\r\nContent-Transfer-Encoding:", encoding);
    if (part->disposition != NULL) {
        part_field(writer, "\r\nContent-Disposition:", part->disposition);
        if (part->file_name != NULL)
            postino_write_parameter(writer, "filename", part->file_name);
    }
    if (part->content_id != NULL) {
        postino_write_text(writer, "\r\nContent-ID: <");
        postino_write_token(writer, part->content_id);
        postino_write(writer, '>');
    }
    postino_write_text(writer, "\r\n");
    if (part->methods != NULL)
        postino_write_text(writer, "\r\n");
}
