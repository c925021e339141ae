/* SPDX-License-Identifier: MIT */
/* Parts that belong together (RFC 2387): in a file of its own, so that who names it not links none. */
#include "compose.h"

/* RFC 2387 section 3.1: the root's type, without its parameters. */
static void related_more(struct postino_writer *writer)
{
    const char *type = writer->message->part->first->type;

    postino_write_text(writer, ";\r\n type=\"");
    /* A part without a type is told when its own header is written. */
    if (type != NULL)
        (void)postino_write_until(writer, type, ';', 0);
    postino_write(writer, '"');
    postino_write_multipart(writer);
}

void postino_part_related_init(struct postino_part *part)
{
    postino_part_multipart_init(part, "multipart/related");
    part->more = related_more;
}
