/* SPDX-License-Identifier: MIT */
/* Media types by the extension of a file's name. Invariant: each entry of the table is an extension in lower
 * case and its type; an empty extension ends the table. */
#include "postino/letter.h"

static const char type_table[] = "pdf\0application/pdf\0"
                                 "png\0image/png\0"
                                 "jpg\0image/jpeg\0"
                                 "jpeg\0image/jpeg\0"
                                 "gif\0image/gif\0"
                                 "svg\0image/svg+xml\0"
                                 "webp\0image/webp\0"
                                 "txt\0text/plain\0"
                                 "log\0text/plain\0"
                                 "csv\0text/csv\0"
                                 "htm\0text/html\0"
                                 "html\0text/html\0"
                                 "ics\0text/calendar\0"
                                 "json\0application/json\0"
                                 "xml\0application/xml\0"
                                 "zip\0application/zip\0"
                                 "gz\0application/gzip\0"
                                 "mp3\0audio/mpeg\0"
                                 "wav\0audio/wav\0"
                                 "mp4\0video/mp4\0";

/* Whether the extension is that of the table, in upper or lower case. */
static int type_is(const char *extension, const char *entry)
{
    for (; *entry != '\0'; entry++, extension++)
        if (*extension != *entry && (*extension | 32) != *entry)
            return 0;
    return *extension == '\0';
}

static const char *type_behind(const char *text)
{
    while (*text++ != '\0')
        continue;
    return text;
}

const char *postino_letter_media_type(const char *file_name)
{
    const char *extension = NULL;
    const char *entry;

    for (; *file_name != '\0'; file_name++)
        if (*file_name == '.')
            extension = file_name + 1;
    if (extension == NULL)
        return NULL;
    for (entry = type_table; *entry != '\0'; entry = type_behind(type_behind(entry)))
        if (type_is(extension, entry))
            return type_behind(entry);
    return NULL;
}
