/* SPDX-License-Identifier: MIT */
/* File names for readers that know no RFC 2231: Outlook up to 2007, QQ and others look for encoded words in
 * the `name` of the type, against RFC 2047 section 5. Invariant: no line is longer than 76 columns. */
#include "compose.h"

#define NAME_COLUMNS 77

static void name_more(struct postino_writer *writer)
{
    const char *name = writer->message->part->file_name;
    size_t before;
    unsigned column;

    if (name == NULL || *name == '\0')
        return;
    postino_write_text(writer, ";\r\n name=\"");
    before = writer->total;
    column = writer->column;
    (void)postino_write_until(writer, name, '\0', '"');
    if ((postino_compose_look(name) & COMPOSE_BAD) != 0) {
        postino_write_fail(writer, POSTINO_ERROR_FIELD);
    } else if (postino_compose_look(name) != 0 || writer->column > NAME_COLUMNS) {
        writer->total = before;
        writer->column = column;
        while (postino_write_checked(writer, name) && *name != '\0') {
            if (writer->total != before)
                postino_write_text(writer, "\r\n ");
            name = postino_write_encoded_word(writer, name, 1);
        }
    }
    postino_write(writer, '"');
}

void postino_part_name_parameter(struct postino_part *part)
{
    part->more = name_more;
}
