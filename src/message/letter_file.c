/* SPDX-License-Identifier: MIT */
/* Files of a letter. Invariant: the first `opened` attachments have an open file if they have a path. */
#include "letter.h"

/* Returns the last part of a path. */
static const char *file_name(const char *path)
{
    const char *name = path;

    for (; *path != '\0'; path++)
        if (*path == '/')
            name = path + 1;
    return name;
}

/* The message and the files share the buffer. All files get the same octets, because one is read at a
 * time. */
int postino_letter_file(struct postino_letter_maker *maker, const char *path,
                        union postino_letter_source *file, const char **name)
{
    const struct postino_letter_port *port = maker->letter->port;
    struct postino_message *message = &maker->objects->message;
    size_t octets = maker->octets / 4;

    if (octets < POSTINO_MESSAGE_BUFFER_MIN)
        octets = POSTINO_MESSAGE_BUFFER_MIN;
    if (octets > POSTINO_MESSAGE_BUFFER_FAST)
        octets = POSTINO_MESSAGE_BUFFER_FAST;
    message->buffer_octets = octets;
    if (*name == NULL)
        *name = file_name(path);
    if (port == NULL || port->open == NULL)
        return POSTINO_ERROR_FEATURE;
    return port->open(port->context, path, file, maker->at + octets, maker->octets - octets);
}

void postino_letter_close(struct postino_letter *letter)
{
    while (letter->opened != 0) {
        letter->opened--;
        if (letter->attachments[letter->opened].path != NULL)
            letter->port->close(letter->port->context, &letter->items[letter->opened].source);
    }
}
