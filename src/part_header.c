/* SPDX-License-Identifier: MIT */
/* What a part says of itself (RFC 2045, RFC 2183), and its boundary. Invariant: a boundary begins with "=_" and
 * a letter; neither base64 nor quoted-printable can hold a line that begins so, and what goes out as it is was
 * looked through for it. */
#include "compose.h"

#define PART_QUOTED_COLUMNS 60

static void part_field(struct postino_writer *writer, const char *name, const char *value)
{
    postino_write_text(writer, name);
    postino_write_protocol(writer, value);
}

/* Printable ASCII without blanks and brackets. */
static void part_token(struct postino_writer *writer, const char *text)
{
    const char *at;

    for (at = text; *at != '\0'; at++)
        if (*at <= ' ' || *at > '~' || *at == '<' || *at == '>')
            postino_write_fail(writer, POSTINO_ERROR_FIELD);
    postino_write_text(writer, text);
}

/* A parameter (RFC 2045 section 5.1). */
static void part_parameter(struct postino_writer *writer, const char *name, const char *value)
{
    unsigned found = postino_compose_look(value);
    size_t columns = 0;
    size_t length;

    for (length = 0; value[length] != '\0'; length++)
        columns += value[length] == '"' || value[length] == '\\' ? 2 : 1;
    if ((found & COMPOSE_BAD) != 0) {
        postino_write_fail(writer, POSTINO_ERROR_FIELD);
    } else if (found != 0 || columns > PART_QUOTED_COLUMNS) {
        if (writer->features->parameter == NULL)
            postino_write_fail(writer, POSTINO_ERROR_FEATURE);
        else
            writer->features->parameter(writer, name, value);
    } else {
        postino_write_text(writer, ";\r\n ");
        postino_write_text(writer, name);
        postino_write_text(writer, "=\"");
        postino_write_escaped(writer, value, length, 1);
        postino_write(writer, '"');
    }
}

void postino_write_random(struct postino_writer *writer, const struct postino_message *message,
                          unsigned octets)
{
    const uint8_t *octet = message->random;

    for (; octet != NULL && octets != 0; octets--)
        postino_write_hex(writer, *octet++);
}

void postino_write_boundary(struct postino_writer *writer, const struct postino_message *message,
                            const struct postino_part *part)
{
    unsigned letter = 0;
    unsigned depth = 0;

    while (letter < 25 && (message->boundaries >> letter & 1) != 0)
        letter++;
    for (; part->parent != NULL; part = part->parent)
        depth++;
    postino_write_text(writer, "=_");
    postino_write(writer, 'A' + letter);
    postino_write(writer, '0' + depth);
    postino_write_random(writer, message, 8);
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
    const char *related = "multipart/related";
    const char *type = part->type;

    for (; *related != '\0' && *type == *related; type++)
        related++;
    if (*related == '\0')
        part_root_type(writer, part->first->type);
    postino_write_text(writer, ";\r\n boundary=\"");
    postino_write_boundary(writer, message, part);
    postino_write(writer, '"');
}

void postino_write_part(struct postino_writer *writer, const struct postino_message *message,
                        const struct postino_part *part)
{
    const char *encoding = part->level == LEVEL_8BIT ? "8bit" : "binary";

    if (part->encoding != NULL)
        encoding = part->encoding->name;
    else if (part->level == LEVEL_7BIT)
        encoding = "7bit";
    part_field(writer,
               part->parent == NULL ? "MIME-Version: 1.0\r\nContent-Type:" : "Content-Type:", part->type);
    if (part->parameter != NULL)
        part_parameter(writer, part->parameter, part->parameter_value);
    if (part->methods == NULL)
        part_multipart(writer, message, part);
    /* 7bit goes without saying. */
    if (*encoding != '7')
        part_field(writer, "\r\nContent-Transfer-Encoding:", encoding);
    if (part->disposition != NULL) {
        part_field(writer, "\r\nContent-Disposition:", part->disposition);
        if (part->file_name != NULL)
            part_parameter(writer, "filename", part->file_name);
    }
    if (part->content_id != NULL) {
        postino_write_text(writer, "\r\nContent-ID: <");
        part_token(writer, part->content_id);
        postino_write(writer, '>');
    }
    postino_write_text(writer, "\r\n");
    if (part->methods != NULL)
        postino_write_text(writer, "\r\n");
}
