/* SPDX-License-Identifier: MIT */
/* Paths of the envelope. Nothing passes that could end the command or begin a parameter of its own: no
 * control character, no octet above 126, and outside a quoted string no blank and no bracket. */
#include "internal.h"

/* RFC 5321 section 4.5.3.1: local part 64, path 256 with its brackets, domain within it. */
#define ADDRESS_LOCAL_MAX 64
#define ADDRESS_PATH_MAX  254

int postino_address_path(const char *address, struct postino_span *path)
{
    size_t length = strlen(address);
    size_t local = 0;
    size_t i;
    int quoted = 0;

    if (address[0] == '<') {
        if (address[length - 1] != '>')
            return -1;
        address++;
        length -= 2;
    }
    path->data = address;
    path->length_octets = length;
    if (length > ADDRESS_PATH_MAX)
        return -1;
    for (i = 0; i < length; i++) {
        char c = address[i];

        if (quoted && c == '\\')
            c = address[++i];
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == ' ' || c == '<' || c == '>' || c == '\\'))
            return -1;
        else if (!quoted && c == '@') {
            if (local != 0 || i == 0 || i + 1 == length)
                return -1;
            local = i;
        }
        if (c < ' ' || c > '~')
            return -1;
    }
    if (quoted || i != length || local > ADDRESS_LOCAL_MAX)
        return -1;
    return 0;
}
